//! Civil time: zones, local days, ISO 8601 durations and rounding.
//!
//! A local date always comes with its zone. A local time that the change to summer time skips moves forward
//! by the gap; of one that occurs twice, the first counts.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
pub use chrono_tz::Tz;

/// The zone of an IANA name.
#[must_use]
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// Years in which zones are looked up. Outside, every zone counts as UTC, so that arithmetic on any date
/// from a client stays in range.
const YEARS: RangeInclusive<i32> = -9999..=9999;

/// The instant at which clocks in `zone` show `local`.
#[must_use]
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    if !YEARS.contains(&local.year()) {
        return local.and_utc();
    }
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            // No gap is longer than a day (Samoa skipped one whole day).
            let before = local - TimeDelta::days(2);
            let offset = zone.from_utc_datetime(&before);
            (local - (offset.naive_local() - before)).and_utc()
        }
    }
}

/// The day and time that clocks in `zone` show at `at`.
#[must_use]
pub fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    if !YEARS.contains(&at.year()) {
        return at.naive_utc();
    }
    at.with_timezone(&zone).naive_local()
}

/// The instant at which `day` begins in `zone`.
#[must_use]
pub fn day_start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    instant(day.and_time(NaiveTime::MIN), zone)
}

/// Cuts `[start, end)` at the midnights of `zone`: one piece for each local day, in order.
#[must_use]
pub fn by_day(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    zone: Tz,
) -> Vec<(NaiveDate, DateTime<Utc>, DateTime<Utc>)> {
    let mut pieces = Vec::new();
    let mut from = start;
    while from < end {
        let day = local(from, zone).date();
        let midnight = day.succ_opt().map_or(end, |next| day_start(next, zone));
        // A zone that skips midnight can put the day's start before `from`.
        let to = if midnight > from { midnight.min(end) } else { end };
        pieces.push((day, from, to));
        from = to;
    }
    pieces
}

/// An ISO 8601 duration with hours as its largest unit: `PT1H30M15S`, `PT48H`, `PT0S`.
#[must_use]
pub fn iso_duration(seconds: i64) -> String {
    use std::fmt::Write;
    if seconds == 0 {
        return "PT0S".to_owned();
    }
    let mut text = String::with_capacity(16);
    text.push_str(if seconds < 0 { "-PT" } else { "PT" });
    let seconds = seconds.unsigned_abs();
    for (value, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')] {
        if value > 0 {
            let _ = write!(text, "{value}{unit}");
        }
    }
    text
}

/// An ISO 8601 duration to the millisecond: `PT1H30M15S`, `PT0.25S`, `PT0S`.
#[must_use]
pub fn iso_span(span: TimeDelta) -> String {
    let millis = span.num_milliseconds();
    if millis % 1000 == 0 {
        return iso_duration(millis / 1000);
    }
    let (whole, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    let whole = iso_duration(i64::try_from(whole).unwrap_or(i64::MAX));
    let minutes = whole.trim_end_matches(|c: char| c == 'S' || c.is_ascii_digit());
    let seconds = whole.get(minutes.len()..).and_then(|text| text.strip_suffix('S'));
    let fraction = format!("{rest:03}");
    let sign = if millis < 0 { "-" } else { "" };
    let seconds = seconds.unwrap_or("0");
    format!("{sign}{minutes}{seconds}.{}S", fraction.trim_end_matches('0'))
}

/// The whole seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds. A fraction of a
/// second is cut off. `None` for other text, and for years and months, which have no fixed length.
#[must_use]
pub fn parse_iso_duration(text: &str) -> Option<i64> {
    Some(parse_iso_span(text)?.num_seconds())
}

/// An ISO 8601 duration to the millisecond. `None` as in [`parse_iso_duration`].
#[must_use]
pub fn parse_iso_span(text: &str) -> Option<TimeDelta> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix(['P', 'p'])?;
    let (days, time) = match rest.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let total = units(days, &[('W', 604_800_000), ('D', 86_400_000)])?
        .checked_add(units(time, &[('H', 3_600_000), ('M', 60_000), ('S', 1000)])?)?;
    TimeDelta::try_milliseconds(if negative { -total } else { total })
}

/// The milliseconds of `text`, with each unit of `order` at most once and in that order.
fn units(mut text: &str, order: &[(char, i64)]) -> Option<i64> {
    let mut order = order.iter();
    let mut total = 0_i64;
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
        let (number, rest) = text.split_at(end);
        let letter = rest.chars().next()?;
        let (unit, millis) = order.find(|(unit, _)| unit.eq_ignore_ascii_case(&letter))?;
        let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
        if whole.is_empty()
            || (number.len() != whole.len() && (fraction.is_empty() || *unit != 'S'))
        {
            return None;
        }
        total = total.checked_add(whole.parse::<i64>().ok()?.checked_mul(*millis)?)?;
        if !fraction.is_empty() {
            let digits = format!("{fraction:0<3}");
            if !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(digits.get(..3)?.parse().ok()?)?;
        }
        text = rest.get(letter.len_utf8()..)?;
    }
    Some(total)
}

/// Direction of a rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest multiple, half up.
    Nearest,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// `seconds` (not negative) rounded to a multiple of `step` seconds. A step below 1 changes nothing.
#[must_use]
#[inline]
pub fn round_seconds(seconds: i64, step: i64, direction: Rounding) -> i64 {
    if step < 1 {
        return seconds;
    }
    let rest = seconds.rem_euclid(step);
    let down = seconds - rest;
    let up = match direction {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::Nearest => rest * 2 >= step,
    };
    if up { down.saturating_add(step) } else { down }
}
