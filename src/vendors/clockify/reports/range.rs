//! The range of a report: presets, days and wall clock times. Source: clockify.md:3,
//! clockify.md:6.1.
//!
//! Bounds are wall clock times in the report's zone, not instants.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc,
};
use serde::{Deserialize, Serialize};

use crate::kernel::civil::{Tz, instant};
use crate::quirk;
use crate::vendors::clockify::model::users::Weekday;

/// A range of time in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The start.
    pub from: DateTime<Utc>,
    /// The end, which is not part of the range.
    pub to: DateTime<Utc>,
    /// The zone.
    pub zone: Tz,
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// The end is before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backwards;

impl Span {
    /// The range between two wall clock times in `zone`.
    ///
    /// # Errors
    /// [`Backwards`].
    pub fn between(start: NaiveDateTime, end: NaiveDateTime, zone: Tz) -> Result<Self, Backwards> {
        quirk!("CFY-402");
        if end < start {
            return Err(Backwards);
        }
        let midnight = end.time() == NaiveTime::MIN && end > start;
        let second = TimeDelta::seconds(1);
        let last = if midnight { end - second } else { end };
        let behind = if midnight { end } else { whole(end) + second };
        Ok(Self {
            from: instant(whole(start), zone),
            to: instant(behind, zone),
            zone,
            first: start.date(),
            last: last.date(),
        })
    }

    /// A range of whole days, from `first` to `last`.
    #[must_use]
    pub fn days(first: NaiveDate, last: NaiveDate, zone: Tz) -> Self {
        let behind = last.succ_opt().unwrap_or(last);
        Self {
            from: instant(first.and_time(NaiveTime::MIN), zone),
            to: instant(behind.and_time(NaiveTime::MIN), zone),
            zone,
            first,
            last,
        }
    }

    /// Number of days that it covers or touches.
    #[must_use]
    pub fn count(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }
}

fn whole(at: NaiveDateTime) -> NaiveDateTime {
    use chrono::Timelike;
    at.with_nanosecond(0).unwrap_or(at)
}

/// A range that moves with the calendar. Source: clockify.md:6.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum Preset {
    Absolute,
    Today,
    Yesterday,
    ThisWeek,
    LastWeek,
    PastTwoWeeks,
    ThisMonth,
    LastMonth,
    ThisYear,
    LastYear,
}

impl Preset {
    /// The first and last day, relative to `today`. `None` for [`Self::Absolute`].
    #[must_use]
    pub fn days(self, today: NaiveDate, start: Weekday) -> Option<(NaiveDate, NaiveDate)> {
        let back = |day: NaiveDate, days| day.checked_sub_days(Days::new(days)).unwrap_or(day);
        let week = week_of(today, start);
        let month = today.with_day(1).unwrap_or(today);
        let year = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        let months = |day: NaiveDate, months: u32| {
            let next = day.checked_add_months(Months::new(months)).unwrap_or(day);
            (day, back(next, 1))
        };
        let earlier = |day: NaiveDate, n| day.checked_sub_months(Months::new(n)).unwrap_or(day);
        Some(match self {
            Self::Absolute => return None,
            Self::Today => (today, today),
            Self::Yesterday => (back(today, 1), back(today, 1)),
            Self::ThisWeek => (week, week.checked_add_days(Days::new(6)).unwrap_or(week)),
            Self::LastWeek => (back(week, 7), back(week, 1)),
            Self::PastTwoWeeks => (back(today, 13), today),
            Self::ThisMonth => months(month, 1),
            Self::LastMonth => months(earlier(month, 1), 1),
            Self::ThisYear => months(year, 12),
            Self::LastYear => months(earlier(year, 12), 12),
        })
    }
}

/// The first day of the week that contains `day`.
#[must_use]
pub fn week_of(day: NaiveDate, start: Weekday) -> NaiveDate {
    let into = (day.weekday().num_days_from_monday() + 7 - number(start)) % 7;
    day.checked_sub_days(Days::new(u64::from(into))).unwrap_or(day)
}

/// The number of a day of the week. Monday is 0.
fn number(day: Weekday) -> u32 {
    match day {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Backwards, Preset, Span, week_of};
    use crate::kernel::civil::Tz;
    use crate::vendors::clockify::model::users::Weekday;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(start: &str, end: &str, zone: Tz) -> Result<Span, Backwards> {
        Span::between(start.parse().unwrap(), end.parse().unwrap(), zone)
    }

    #[test]
    fn an_end_at_midnight_is_left_out_and_any_other_second_is_in() {
        let a = span("2026-06-01T00:00:00", "2026-06-07T23:59:59.999", Tz::Europe__Prague).unwrap();
        let b = span("2026-06-01T00:00:00", "2026-06-08T00:00:00", Tz::Europe__Prague).unwrap();
        assert_eq!((a, a.count()), (b, 7));
        assert_eq!(a.from.to_rfc3339(), "2026-05-31T22:00:00+00:00");
        let one = span("2026-06-01T00:00:00", "2026-06-01T00:00:00", Tz::UTC).unwrap();
        assert_eq!((one.count(), (one.to - one.from).num_seconds()), (1, 1));
        assert_eq!(span("2026-06-02T00:00:00", "2026-06-01T00:00:00", Tz::UTC), Err(Backwards));
    }

    #[test]
    fn presets_follow_the_calendar() {
        let today = day("2026-03-31");
        for (preset, first, last) in [
            (Preset::Yesterday, "2026-03-30", "2026-03-30"),
            (Preset::ThisWeek, "2026-03-29", "2026-04-04"),
            (Preset::LastWeek, "2026-03-22", "2026-03-28"),
            (Preset::PastTwoWeeks, "2026-03-18", "2026-03-31"),
            (Preset::LastMonth, "2026-02-01", "2026-02-28"),
            (Preset::LastYear, "2025-01-01", "2025-12-31"),
        ] {
            assert_eq!(preset.days(today, Weekday::Sunday), Some((day(first), day(last))));
        }
        assert_eq!(week_of(day("2026-06-12"), Weekday::Monday), day("2026-06-08"));
    }
}
