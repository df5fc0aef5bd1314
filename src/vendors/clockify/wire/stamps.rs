//! Instants and durations. Source: clockify.md:3.
//!
//! Answers have whole seconds, `2026-08-08T10:15:00Z`, and durations with hours as the largest
//! unit, `PT1H30M`. Requests may have `Z` or an offset, and a fraction of a second, which is
//! dropped.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use serde::{Serialize, Serializer};

use crate::kernel::civil::{iso_duration, parse_iso_duration};
use crate::vendors::clockify::error::Refusal;

/// An instant of the main API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub DateTime<Utc>);

impl Stamp {
    /// The twenty characters, without an allocation. Years have four digits.
    fn to_ascii(self) -> [u8; 20] {
        let at = self.0;
        let year = u32::try_from(at.year().clamp(0, 9999)).unwrap_or(0);
        let mut text = *b"0000-00-00T00:00:00Z";
        let mut put = |at: usize, digits: usize, value: u32| {
            let mut rest = value;
            for place in (at..at + digits).rev() {
                // One decimal digit always fits a byte.
                text[place] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
        };
        put(0, 4, year);
        put(5, 2, at.month());
        put(8, 2, at.day());
        put(11, 2, at.hour());
        put(14, 2, at.minute());
        put(17, 2, at.second());
        text
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

/// A duration of the main API, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IsoDuration(pub i64);

impl Serialize for IsoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso_duration(self.0))
    }
}

/// The longest valid duration in seconds: more than a million years. Ours; the vendor states none.
pub const LONGEST: i64 = 40_000_000_000_000;

/// Parses an ISO 8601 duration that is not negative, in seconds.
///
/// # Errors
/// [`Refusal::Invalid`].
pub fn duration(text: &str) -> Result<i64, Refusal> {
    let seconds = parse_iso_duration(text.trim()).filter(|seconds| (0..=LONGEST).contains(seconds));
    seconds.ok_or_else(|| Refusal::Invalid(text.to_owned()))
}

/// Parses an instant to the whole second.
///
/// # Errors
/// [`Refusal::BadDate`] with the name of the field.
pub fn instant(field: &'static str, text: &str) -> Result<DateTime<Utc>, Refusal> {
    parse(text).ok_or(Refusal::BadDate(field))
}

/// As [`instant`]. `None` for an invalid instant or a year of more than four digits.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let at = parse_exact(text)?;
    DateTime::from_timestamp(at.timestamp(), 0)
}

/// As [`parse`], but keeps the offset, and rounds a fraction up to the next second. For bounds of lists:
/// their rows have whole seconds.
#[must_use]
pub fn parse_bound(text: &str) -> Option<DateTime<FixedOffset>> {
    let at = parse_exact(text)?;
    let whole = at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0);
    Some(DateTime::from_timestamp(whole, 0)?.with_timezone(at.offset()))
}

fn parse_exact(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    let bytes = text.as_bytes();
    // Chrono also accepts a space and small letters.
    if bytes.len() < 20 || bytes[10] != b'T' || text.contains(['t', 'z', ' ']) || !text.is_ascii() {
        return None;
    }
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at,
        // Java accepts `+0200` and `+02`.
        Err(_) => DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z").ok()?,
    };
    (0..=9999).contains(&at.to_utc().year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::{Stamp, parse, parse_bound};

    #[test]
    fn instants_are_read_and_written_as_the_vendor_does() {
        let out = |text: &str| parse(text).map(|at| Stamp(at).to_string());
        for (text, wanted) in [
            ("2018-06-12T13:48:14.000Z", "2018-06-12T13:48:14Z"),
            ("2018-06-12T13:48:14Z", "2018-06-12T13:48:14Z"),
            ("2018-06-12T13:48:14.999999Z", "2018-06-12T13:48:14Z"),
            ("2018-06-12T13:48:14+02:00", "2018-06-12T11:48:14Z"),
            ("2018-06-12T13:48:14-0730", "2018-06-12T21:18:14Z"),
            ("2018-06-12T13:48:14.5+02", "2018-06-12T11:48:14Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(out(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "",
            "2018-06-12",
            "2018-06-12T13:48:14",
            "2018-06-12 13:48:14Z",
            "2018-06-12t13:48:14z",
            "2018-13-12T13:48:14Z",
            "99999-06-12T13:48:14Z",
            "+2018-06-12T13:48:14Z",
            "9999-12-31T23:59:59-12:00",
            "2018-06-12T13:48:14ZZ",
            "２018-06-12T13:48:14Z",
        ] {
            assert_eq!(out(text), None, "{text}");
        }
    }

    #[test]
    fn bounds_never_lose_a_whole_second() {
        let out = |text: &str| parse_bound(text).map(|at| Stamp(at.to_utc()).to_string());
        for (text, wanted) in [
            ("2018-06-12T13:48:14Z", "2018-06-12T13:48:14Z"),
            ("2018-06-12T13:48:14.000Z", "2018-06-12T13:48:14Z"),
            ("2018-06-12T23:59:59.999Z", "2018-06-13T00:00:00Z"),
        ] {
            assert_eq!(out(text).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(out("2018-06-12"), None);
    }
}
