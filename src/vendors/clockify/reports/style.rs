//! The style of dates, times, durations and money in files, from the caller's profile and the
//! workspace's settings.

use std::fmt::Write;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};

use crate::kernel::civil::{Tz, local};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::settings::{CurrencyFormat, DurationFormat, NumberFormat};
use crate::vendors::clockify::model::users::TimeFormat;

/// The style of dates and figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// E.g. `MM/DD/YYYY`.
    pub date: String,
    /// Twelve or twenty-four hours.
    pub time: TimeFormat,
    /// Times show seconds.
    pub seconds: bool,
    /// The form of durations.
    pub duration: DurationFormat,
    /// Thousands and decimal separators, in PDF files.
    pub number: NumberFormat,
    /// The position of the currency, in PDF files.
    pub currency: CurrencyFormat,
}

/// A part of a date format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DatePart<'a> {
    Year,
    ShortYear,
    Month,
    Day,
    Other(&'a str),
}

/// Parses formats like `MM/DD/YYYY`. Other characters are literal.
fn parts(format: &str) -> Vec<DatePart<'_>> {
    let known = [("YYYY", DatePart::Year), ("YY", DatePart::ShortYear), ("MM", DatePart::Month)];
    let known = known.into_iter().chain([("DD", DatePart::Day)]);
    let mut parts = Vec::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let found = known.clone().find(|(name, _)| rest.starts_with(name));
        let (part, length) = match found {
            Some((name, part)) => (part, name.len()),
            None => (DatePart::Other(&rest[..letter.len_utf8()]), letter.len_utf8()),
        };
        parts.push(part);
        rest = &rest[length..];
    }
    parts
}

impl Style {
    /// A date in the caller's format: `06/12/2026`.
    #[must_use]
    pub fn date(&self, day: NaiveDate) -> String {
        let mut text = String::with_capacity(10);
        for part in parts(&self.date) {
            let _ = match part {
                DatePart::Year => write!(text, "{:04}", day.year()),
                DatePart::ShortYear => write!(text, "{:02}", day.year().rem_euclid(100)),
                DatePart::Month => write!(text, "{:02}", day.month()),
                DatePart::Day => write!(text, "{:02}", day.day()),
                DatePart::Other(other) => text.write_str(other),
            };
        }
        text
    }

    /// A time in the caller's format: `02:44:33 PM`, `14:44:33`, or without seconds.
    #[must_use]
    pub fn time(&self, at: NaiveDateTime) -> String {
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        let (clock_hour, half) = match self.time {
            TimeFormat::Hour12 => match hour {
                0 => (12, " AM"),
                1..=11 => (hour, " AM"),
                12 => (12, " PM"),
                _ => (hour - 12, " PM"),
            },
            TimeFormat::Hour24 => (hour, ""),
        };
        let mut text = format!("{clock_hour:02}:{minute:02}");
        if self.seconds {
            let _ = write!(text, ":{second:02}");
        }
        text.push_str(half);
        text
    }

    /// Date and time of an instant in `zone`.
    #[must_use]
    pub fn moment(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let at = local(at, zone);
        format!("{} {}", self.date(at.date()), self.time(at))
    }

    /// A duration in the workspace's format: `01:30:00`, `1:30` or `1.50`.
    #[must_use]
    pub fn duration(&self, seconds: i64) -> String {
        match self.duration {
            DurationFormat::Full => clock(seconds),
            DurationFormat::Compact => {
                let seconds = self.shown(seconds);
                let sign = if seconds < 0 { "-" } else { "" };
                let minutes = seconds.unsigned_abs() / 60;
                format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
            }
            DurationFormat::Decimal => decimal_hours(seconds),
        }
    }

    /// The seconds that a duration shows: with `h:mm`, those of the nearest minute.
    #[must_use]
    pub fn shown(&self, seconds: i64) -> i64 {
        if self.duration != DurationFormat::Compact {
            return seconds;
        }
        quirk!("CFY-574");
        let minutes = (seconds.unsigned_abs() / 30).div_ceil(2);
        i64::try_from(minutes).unwrap_or(0) * 60 * seconds.signum()
    }

    /// Money in the workspace's format: `USD 1,234.50`.
    #[must_use]
    pub fn money(&self, amount: Minor, currency: &str) -> String {
        let number = self.number(amount);
        match self.currency {
            CurrencyFormat::CurrencySpaceValue => format!("{currency} {number}"),
            CurrencyFormat::ValueSpaceCurrency => format!("{number} {currency}"),
            CurrencyFormat::CurrencyValue => format!("{currency}{number}"),
            CurrencyFormat::ValueCurrency => format!("{number}{currency}"),
        }
    }

    /// Minor units as major units with the workspace's separators: `1,234.50`.
    #[must_use]
    pub fn number(&self, amount: Minor) -> String {
        let (thousands, decimal) = match self.number {
            NumberFormat::CommaPeriod => (",", "."),
            NumberFormat::PeriodComma => (".", ","),
            NumberFormat::QuotationMarkPeriod => ("'", "."),
            // A no-break space.
            NumberFormat::SpaceComma => ("\u{a0}", ","),
        };
        let digits = (amount.unsigned_abs() / 100).to_string();
        let mut text = String::from(if amount < 0 { "-" } else { "" });
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                text.push_str(thousands);
            }
            text.push(digit);
        }
        let _ = write!(text, "{decimal}{:02}", amount.unsigned_abs() % 100);
        text
    }

    /// The spreadsheet format of [`Self::date`].
    #[must_use]
    pub fn date_code(&self) -> String {
        let mut code = String::new();
        for part in parts(&self.date) {
            match part {
                DatePart::Year => code.push_str("yyyy"),
                DatePart::ShortYear => code.push_str("yy"),
                DatePart::Month => code.push_str("mm"),
                DatePart::Day => code.push_str("dd"),
                DatePart::Other("/" | "-" | "." | " ") if code.is_empty() => {}
                DatePart::Other("-" | " ") => code.push_str("\\-"),
                DatePart::Other(".") => code.push_str("\\."),
                DatePart::Other("/") => code.push_str("\\/"),
                // Other characters would need quotes, and a date is readable without them.
                DatePart::Other(_) => {}
            }
        }
        code
    }

    /// The spreadsheet format of [`Self::time`].
    #[must_use]
    pub fn time_code(&self) -> &'static str {
        match (self.time, self.seconds) {
            (TimeFormat::Hour12, true) => "hh:mm:ss AM/PM",
            (TimeFormat::Hour12, false) => "hh:mm AM/PM",
            (TimeFormat::Hour24, true) => "hh:mm:ss",
            (TimeFormat::Hour24, false) => "hh:mm",
        }
    }

    /// The spreadsheet format of [`Self::duration`].
    #[must_use]
    pub fn duration_code(&self) -> &'static str {
        match self.duration {
            DurationFormat::Full => "[hh]:mm:ss",
            DurationFormat::Compact => "[h]:mm",
            DurationFormat::Decimal => "0.00",
        }
    }
}

/// `01:30:00`. Hours may have more than two digits.
#[must_use]
pub fn clock(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Hours with two decimals, rounded half up: `0.58`.
#[must_use]
pub fn decimal_hours(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let hundredths = (u128::from(seconds.unsigned_abs()) + 18) / 36;
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Minor units as plain major units: `43.21`.
#[must_use]
pub fn plain_money(amount: Minor) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", amount.unsigned_abs() / 100, amount.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Style, clock, decimal_hours, plain_money};
    use crate::vendors::clockify::model::settings::{CurrencyFormat, DurationFormat, NumberFormat};
    use crate::vendors::clockify::model::users::TimeFormat;

    fn style() -> Style {
        Style {
            date: "MM/DD/YYYY".to_owned(),
            time: TimeFormat::Hour12,
            seconds: true,
            duration: DurationFormat::Full,
            number: NumberFormat::CommaPeriod,
            currency: CurrencyFormat::CurrencySpaceValue,
        }
    }

    #[test]
    fn dates_and_times_follow_the_profile() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        let mut style = style();
        for (format, text, code) in [
            ("MM/DD/YYYY", "03/09/2026", "mm\\/dd\\/yyyy"),
            ("DD.MM.YYYY", "09.03.2026", "dd\\.mm\\.yyyy"),
            ("YYYY-MM-DD", "2026-03-09", "yyyy\\-mm\\-dd"),
        ] {
            format.clone_into(&mut style.date);
            assert_eq!((style.date(day), style.date_code()), (text.to_owned(), code.to_owned()));
        }
        let at = |h, m, s| day.and_hms_opt(h, m, s).unwrap();
        assert_eq!(style.time(at(14, 44, 33)), "02:44:33 PM");
        assert_eq!(
            (style.time(at(0, 5, 0)), style.time(at(12, 5, 0))),
            ("12:05:00 AM".into(), "12:05:00 PM".into())
        );
        style.time = TimeFormat::Hour24;
        style.seconds = false;
        assert_eq!(style.time(at(14, 44, 33)), "14:44");
    }

    #[test]
    fn figures_are_written_as_the_workspace_wants() {
        let mut style = style();
        assert_eq!((clock(2097), decimal_hours(2097)), ("00:34:57".into(), "0.58".into()));
        assert_eq!(clock(360_000), "100:00:00");
        style.duration = DurationFormat::Compact;
        for (seconds, text) in [
            (0, "0:00"),
            (29, "0:00"),
            (30, "0:01"),
            (105, "0:02"),
            (2097, "0:35"),
            (-105, "-0:02"),
        ] {
            assert_eq!(style.duration(seconds), text, "{seconds}");
        }
        assert_eq!((plain_money(4321), plain_money(-5)), ("43.21".into(), "-0.05".into()));
        assert_eq!(style.money(123_456_789, "USD"), "USD 1,234,567.89");
        style.number = NumberFormat::PeriodComma;
        style.currency = CurrencyFormat::ValueSpaceCurrency;
        assert_eq!(style.money(-100_000, "EUR"), "-1.000,00 EUR");
    }
}
