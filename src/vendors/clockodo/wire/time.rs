//! Instants and days in the vendor's forms.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};
use serde::{Serialize, Serializer};

use crate::kernel::revision::Revision;
use crate::quirk;

/// The form of an instant.
const WHOLE: &[u8; 20] = b"0000-00-00T00:00:00Z";

/// An instant as `2021-06-30T12:34:56Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub DateTime<Utc>);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let at = self.0;
        let mut text = *WHOLE;
        // Lists have thousands of instants, so this avoids a formatter. Years are from 0 to 9999.
        let parts = [
            (0, at.year().unsigned_abs() / 100),
            (2, at.year().unsigned_abs() % 100),
            (5, at.month()),
            (8, at.day()),
            (11, at.hour()),
            (14, at.minute()),
            (17, at.second()),
        ];
        for (place, number) in parts {
            let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
            (text[place], text[place + 1]) = (digit(number / 10), digit(number));
        }
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// An instant as `2023-01-03T19:55:31.742Z`. Only the clock has this form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MilliStamp(pub DateTime<Utc>);

impl Serialize for MilliStamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Parses an instant to the whole second: RFC 3339, or in the `documented` revision also
/// `2021-01-01 00:00:00`, which is UTC. A date without a time is invalid. Source: clockodo.md:4.5,
/// field-cases.md:FC-20.
#[must_use]
pub fn instant(text: &str, revision: Revision) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let has_space = text.as_bytes().get(10) == Some(&b' ');
    if has_space {
        quirk!("CDO-009");
        if revision == Revision::Current {
            return None;
        }
    }
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => {
            if text.len() != WHOLE.len() {
                quirk!("CDO-052");
            }
            at.to_utc()
        }
        Err(_) if has_space => {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?.and_utc()
        }
        Err(_) => {
            if day(text).is_some() {
                quirk!("CDO-051");
            }
            return None;
        }
    };
    let whole = DateTime::from_timestamp(at.timestamp(), 0)?;
    (1..=9999).contains(&whole.year()).then_some(whole)
}

/// Parses a day: `2021-06-30`.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    (1..=9999).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::{Stamp, day};
    use crate::kernel::revision::Revision;

    fn instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        super::instant(text, Revision::Documented)
    }

    #[test]
    fn instants_are_written_to_the_second() {
        for text in ["2021-06-30T12:34:56Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            let at = instant(text).unwrap();
            assert_eq!(serde_json::to_string(&Stamp(at)).unwrap(), format!("\"{text}\""));
        }
    }

    #[test]
    fn instants_are_read_in_every_form_the_vendor_takes() {
        let at = instant("2021-06-30T12:34:56Z");
        assert!(at.is_some());
        for same in [
            "2021-06-30T12:34:56.789Z",
            "2021-06-30T14:34:56+02:00",
            "2021-06-30 12:34:56",
            " 2021-06-30T12:34:56Z ",
        ] {
            assert_eq!(instant(same), at, "{same}");
        }
        for none in [
            "2021-06-30",
            "2021-06-30T12:34:56",
            "2021-02-30T00:00:00Z",
            "2021-06-30 12:34",
            "99999-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "1625056496",
            "",
        ] {
            assert_eq!(instant(none), None, "{none}");
        }
        for spaced in ["2021-06-30 12:34:56", "2021-06-30 12:34:56Z"] {
            assert!(instant(spaced).is_some(), "{spaced}");
            assert_eq!(super::instant(spaced, Revision::Current), None, "{spaced}");
        }
        assert!(day("2024-02-29").is_some() && day("2023-02-29").is_none());
        assert!(day("12024-01-01").is_none());
    }
}
