//! UUIDs of version 7 without randomness, so that a frozen world repeats them. They are made of the
//! sandbox's clock, a count and a name; those of one name sort by count.
//!
//! Version 7 leaves 74 bits after the milliseconds free. Here the upper 42 are the count and the lower 32
//! are a hash of the name.

use chrono::{DateTime, Utc};
pub use uuid::Uuid;

/// Largest instant of a version 7, in milliseconds.
const LAST: u64 = (1 << 48) - 1;
/// Bits of the count before the variant.
const HIGH: u32 = 12;
/// Bits of the count after the variant.
const LOW: u32 = 30;

/// A generator of ordered ids, even when the clock is set back.
#[derive(Debug)]
pub struct Uuids {
    name: u32,
    count: u64,
    millis: u64,
}

impl Uuids {
    /// Ids under this name, counted from 1.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: hash(name), count: 0, millis: 0 }
    }

    /// Number of ids given.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The next id, at this instant.
    pub fn next(&mut self, at: DateTime<Utc>) -> Uuid {
        self.count += 1;
        self.millis = self.millis.max(millis(at));
        uuid(self.millis, self.count, self.name)
    }

    /// Starts again at 1.
    pub fn restart(&mut self) {
        (self.count, self.millis) = (0, 0);
    }
}

/// The id of this instant and count under a name.
#[must_use]
pub fn at(instant: DateTime<Utc>, count: u64, name: &str) -> Uuid {
    uuid(millis(instant), count, hash(name))
}

/// The count in an id made here.
#[must_use]
pub fn count(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    (high & ((1 << HIGH) - 1)) << LOW | (low >> 32 & ((1 << LOW) - 1))
}

fn uuid(millis: u64, count: u64, name: u32) -> Uuid {
    let high = millis << 16 | 0x7000 | (count >> LOW & ((1 << HIGH) - 1));
    let low = 1 << 63 | (count & ((1 << LOW) - 1)) << 32 | u64::from(name);
    Uuid::from_u64_pair(high, low)
}

fn millis(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or(0).min(LAST)
}

/// FNV-1a.
fn hash(name: &str) -> u32 {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    name.bytes().fold(0x811c_9dc5, mix)
}

#[cfg(test)]
mod tests {
    use super::{Uuids, at, count};
    use uuid::Variant;

    #[test]
    fn ids_sort_in_order_repeat_and_tell_their_count() {
        let day = |text: &str| text.parse().unwrap();
        let days =
            ["2026-06-12T10:00:00Z", "2026-06-12T10:00:00Z", "1999-01-01T00:00:00Z"].map(day);
        let given = || {
            let mut ids = Uuids::new("main");
            days.map(|day| ids.next(day))
        };
        let ids = given();
        assert!(ids.is_sorted() && ids[0] < ids[1] && ids[1] < ids[2], "{ids:?}");
        assert_eq!(ids, given());
        assert_eq!(ids.map(count), [1, 2, 3]);
        assert_ne!(ids[0], Uuids::new("other").next(days[0]));
        assert_eq!(ids[0].get_version_num(), 7);
        assert_eq!(ids[0].get_variant(), Variant::RFC4122);
        assert_eq!(ids[0].to_string(), "019ebb46-3100-7000-8000-0001ea90e208");
        let far = at(day("9999-12-31T23:59:59Z"), (1 << 42) - 1, "main");
        assert_eq!((count(far), far.get_version_num()), ((1 << 42) - 1, 7));
    }
}
