//! Formats durations for exports: rounded in two steps like the vendor's formatter, without trailing zeros, with
//! the decimal and thousands separators of the locale.

use crate::quirk;
use crate::vendors::jira::model as jira;
use crate::vendors::time_tracker::model::{Locale, Settings, Unit, ViewDuration};

/// Maximum number of decimal places in the locale's format.
const LOCALE_DIGITS: usize = 3;

/// A duration in a column of `exportData.csv`.
#[must_use]
pub fn exported(settings: &Settings, site: &jira::Settings, seconds: i64) -> String {
    let period = match settings.export_unit {
        Unit::Hours => 3600,
        Unit::Days => site.working_day,
        Unit::Minutes => 60,
    };
    decimal(settings, seconds, period)
}

/// A duration in a cell of `exportView.xls`.
#[must_use]
pub fn viewed(settings: &Settings, site: &jira::Settings, seconds: i64) -> String {
    match settings.view_duration {
        ViewDuration::Hours => decimal(settings, seconds, 3600),
        ViewDuration::Days => decimal(settings, seconds, site.working_day),
        ViewDuration::Minutes => decimal(settings, seconds, 60),
        ViewDuration::Pretty => pretty(site, seconds),
    }
}

/// `1y 2m 3w 4d 5h 6m`, in working days of the site; a month has four working weeks, a year twelve such
/// months.
fn pretty(site: &jira::Settings, seconds: i64) -> String {
    let day = site.working_day.max(3600);
    let week = day * site.working_week.max(1);
    let units =
        [(week * 48, "y"), (week * 4, "m"), (week, "w"), (day, "d"), (3600, "h"), (60, "m")];
    let mut rest = seconds.max(0);
    let mut words = Vec::new();
    for (length, unit) in units {
        let count = rest / length;
        if count > 0 || length == 60 && words.is_empty() {
            words.push(format!("{count}{unit}"));
            rest -= count * length;
        }
    }
    words.join(" ")
}

/// `seconds / period` in the locale's digits.
fn decimal(settings: &Settings, seconds: i64, period: i64) -> String {
    quirk!("TTR-013");
    // The vendor reads 0 as not set; its locale format then cuts to three digits.
    let digits = match settings.fraction_digits {
        0 => 2,
        digits => usize::from(digits),
    };
    #[expect(clippy::cast_precision_loss, reason = "spans of work stay far below 2^53 seconds")]
    let value = seconds as f64 / period.max(1) as f64;
    // A double has fewer than 100 decimal places here, so this is its exact value.
    let exact = format!("{value:.100}");
    let text = rounded(&rounded(&exact, digits), LOCALE_DIGITS.min(digits));
    localised(settings.locale, &text)
}

/// Rounds a decimal text to `digits` places, half up.
fn rounded(text: &str, digits: usize) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() <= digits {
        return text.to_owned();
    }
    let (kept, rest) = fraction.split_at(digits);
    let mut number: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if rest.as_bytes()[0] >= b'5' {
        let mut carry = true;
        for digit in number.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carry = false;
                break;
            }
        }
        if carry {
            number.insert(0, b'1');
        }
    }
    let number = String::from_utf8(number).unwrap_or_default();
    let (whole, fraction) = number.split_at(number.len() - digits);
    if digits == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// A decimal text without trailing zeros, in the locale's format.
fn localised(locale: Locale, text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let Signs { thousand, decimal, grouped_from } = signs(locale);
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && whole.len() >= grouped_from && (whole.len() - n) % 3 == 0 {
            out.push(thousand);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(decimal);
        out.push_str(fraction);
    }
    out
}

/// A locale's number format.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// Thousands separator.
    pub thousand: char,
    /// Decimal separator.
    pub decimal: char,
    /// Minimum number of digits of a grouped number.
    pub grouped_from: usize,
}

/// The number format of a locale.
#[must_use]
pub const fn signs(locale: Locale) -> Signs {
    let (thousand, decimal, grouped_from) = match locale {
        Locale::EnUs => (',', '.', 4),
        Locale::DeDe | Locale::PtBr => ('.', ',', 4),
        Locale::EsEs => ('.', ',', 5),
        Locale::FrFr => ('\u{202f}', ',', 4),
        Locale::RuRu => ('\u{a0}', ',', 4),
    };
    Signs { thousand, decimal, grouped_from }
}

#[cfg(test)]
mod tests {
    use super::{Locale, Settings, Unit, ViewDuration, exported, jira, viewed};

    fn hours(locale: Locale, digits: u8, seconds: i64) -> String {
        let settings = Settings { locale, fraction_digits: digits, ..Settings::default() };
        exported(&settings, &jira::Settings::default(), seconds)
    }

    #[test]
    fn hours_look_as_the_vendors_formatter_printed_them() {
        for (seconds, text) in [
            (3600, "1"),
            (120, "0.03"),
            (17, "0"),
            (18, "0.01"),
            (54, "0.01"),
            (450, "0.13"),
            (5400, "1.5"),
            (36_000, "10"),
            (4_500_000, "1,250"),
            (4_505_508, "1,251.53"),
            (3_599_999, "1,000"),
        ] {
            assert_eq!(hours(Locale::EnUs, 2, seconds), text, "{seconds}");
        }
        assert_eq!(hours(Locale::EnUs, 0, 120), "0.03", "0 digits are taken for 2");
        assert_eq!(hours(Locale::EnUs, 1, 120), "0");
        assert_eq!(hours(Locale::EnUs, 4, 120), "0.033", "three digits at most");
    }

    #[test]
    fn every_locale_has_its_signs() {
        for (locale, text) in [
            (Locale::EnUs, "1,251.53"),
            (Locale::DeDe, "1.251,53"),
            (Locale::EsEs, "1251,53"),
            (Locale::FrFr, "1\u{202f}251,53"),
            (Locale::PtBr, "1.251,53"),
            (Locale::RuRu, "1\u{a0}251,53"),
        ] {
            assert_eq!(hours(locale, 2, 4_505_508), text);
        }
        assert_eq!(hours(Locale::EsEs, 2, 45_055_080), "12.515,3");
    }

    #[test]
    fn units_and_forms_differ() {
        let site = jira::Settings::default();
        let unit = |export_unit| Settings { export_unit, ..Settings::default() };
        assert_eq!(exported(&unit(Unit::Days), &site, 3600), "0.13");
        assert_eq!(exported(&unit(Unit::Minutes), &site, 54), "0.9");
        let form = |view_duration| Settings { view_duration, ..Settings::default() };
        assert_eq!(viewed(&form(ViewDuration::Days), &site, 4_500_000), "156.25");
        assert_eq!(viewed(&form(ViewDuration::Pretty), &site, 4_500_000), "7m 3w 1d 2h");
        assert_eq!(viewed(&form(ViewDuration::Pretty), &site, 54), "0m");
    }
}
