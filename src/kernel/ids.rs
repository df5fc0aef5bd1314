//! Identifiers: three kinds of value and the counters that make them.
//!
//! Counters are part of the world, one stream for each label. So a fork or a replay gives the same ids, and
//! one more id in one stream does not shift the others.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::table::Key;

/// An id of 24 lower-case hexadecimal digits; its first four bytes are the creation time in Unix seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hex24([u8; 12]);

/// An id that is a JSON number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(pub u64);

/// An id that is a string of decimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(pub u64);

/// Text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

impl Hex24 {
    /// The id made of these twelve bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// The creation time in the id, in Unix seconds.
    #[must_use]
    pub fn created(self) -> u32 {
        u32::from_be_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }

    /// The 24 digits, without an allocation.
    #[must_use]
    pub fn digits(self) -> [u8; 24] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 24];
        for (i, byte) in self.0.iter().enumerate() {
            text[i * 2] = DIGITS[usize::from(byte >> 4)];
            text[i * 2 + 1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }
}

/// In the order of their digits. Compared as two numbers, because tables compare ids very often.
impl Ord for Hex24 {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |Self(id): &Self| {
            let high = id.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            let low = id.last_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
            (high, low)
        };
        numbers(self).cmp(&numbers(other))
    }
}

impl PartialOrd for Hex24 {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Hex24 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Hex24 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hex24 {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let text = text.as_bytes();
        if text.len() != 24 {
            return Err(NotAnId);
        }
        let mut bytes = [0; 12];
        for (i, pair) in text.chunks_exact(2).enumerate() {
            bytes[i] = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, NotAnId> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NotAnId),
    }
}

impl serde::Serialize for Hex24 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl<'de> serde::Deserialize<'de> for Hex24 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Key for Hex24 {
    const MIN: Self = Self([0; 12]);
    const MAX: Self = Self([255; 12]);
}

macro_rules! number_kind {
    ($name:ident, $serialize:expr, $deserialize:expr) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // `u64::from_str` accepts a leading `+`; no vendor does.
                if text.starts_with('+') {
                    return Err(NotAnId);
                }
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let serialize: fn(u64, S) -> Result<S::Ok, S::Error> = $serialize;
                serialize(self.0, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let deserialize: fn(D) -> Result<u64, D::Error> = $deserialize;
                deserialize(d).map(Self)
            }
        }

        impl Key for $name {
            const MIN: Self = Self(0);
            const MAX: Self = Self(u64::MAX);
        }
    };
}

number_kind!(Serial, |n, s| s.serialize_u64(n), serde::Deserialize::deserialize);
number_kind!(Decimal, |n, s| s.collect_str(&n), |d| {
    let text = <std::borrow::Cow<str> as serde::Deserialize>::deserialize(d)?;
    text.parse().map_err(serde::de::Error::custom)
});

/// Declares id newtypes over one of the three kinds: `id_kinds! { /// doc
/// pub ProjectId(Hex24); }`. They can be displayed, parsed, serialised, ordered and used as table keys.
#[macro_export]
macro_rules! id_kinds {
    ($($(#[$doc:meta])* pub $name:ident($kind:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $kind);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::ids::NotAnId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl $crate::kernel::table::Key for $name {
            const MIN: Self = Self(<$kind as $crate::kernel::table::Key>::MIN);
            const MAX: Self = Self(<$kind as $crate::kernel::table::Key>::MAX);
        }
    )*};
}

/// A label: a constant of the code, or one read back from a file.
pub type Label = Cow<'static, str>;

/// How many numeric ids of a kind fit between those of two salts.
const BLOCK: u64 = 1 << 20;

/// The counters of a world, one for each label.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: u64,
    streams: imbl::OrdMap<Label, u64>,
}

impl Ids {
    /// Counters at 0. The same seed gives the same ids.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, streams: imbl::OrdMap::new() }
    }

    /// The same counters with ids that another salt, or none, does not give.
    pub fn salt(&mut self, salt: &str) {
        self.seed = fnv(0, salt.bytes()) | 1;
    }

    /// What numeric ids are counted up by: 0 without a salt, else a multiple of [`BLOCK`] below 2⁵³, the
    /// largest number that every JSON reader keeps exactly.
    fn offset(&self) -> u64 {
        (self.seed >> 32) * BLOCK
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The current count of each stream, by label.
    #[must_use]
    pub fn streams(&self) -> &imbl::OrdMap<Label, u64> {
        &self.streams
    }

    /// The same, mutable.
    pub fn streams_mut(&mut self) -> &mut imbl::OrdMap<Label, u64> {
        &mut self.streams
    }

    /// The next number of the stream `label`: 0, 1, 2 …
    pub fn next(&mut self, label: &'static str) -> u64 {
        let number = self.streams.get(label).copied().unwrap_or(0);
        self.streams.insert(Cow::Borrowed(label), number + 1);
        number
    }

    /// The next integer id of `label`, counted up from `first`.
    pub fn serial(&mut self, label: &'static str, first: u64) -> Serial {
        Serial(first + self.offset() + self.next(label))
    }

    /// The next decimal-string id of `label`, counted up from `first`.
    pub fn decimal(&mut self, label: &'static str, first: u64) -> Decimal {
        Decimal(first + self.offset() + self.next(label))
    }

    /// The next 24-digit id of `label`, created at `at`. Five bytes identify the stream, three are its count.
    pub fn hex24(&mut self, label: &'static str, at: DateTime<Utc>) -> Hex24 {
        let number = self.next(label);
        let seconds = u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX);
        let stream = self.stream(label).wrapping_add(number >> 24);
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..9].copy_from_slice(&stream.to_be_bytes()[3..]);
        bytes[9..].copy_from_slice(&number.to_be_bytes()[5..]);
        Hex24(bytes)
    }

    /// A hash of seed and label: stable across runs, versions and machines.
    fn stream(&self, label: &str) -> u64 {
        fnv(self.seed, label.bytes())
    }
}

/// FNV-1a of a number and a text.
fn fnv(number: u64, text: impl Iterator<Item = u8>) -> u64 {
    number.to_be_bytes().into_iter().chain(text).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
