//! Local days of many instants in ascending order, with few lookups in the zone's table.

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone};

use crate::kernel::civil::Tz;

/// Seconds for which an offset may stay valid. No zone changes twice within the longest.
const STEPS: [i64; 4] = [7 * 86_400, 86_400, 3600, 900];

/// Converts instants to local days.
#[derive(Debug)]
pub(super) struct Days {
    zone: Tz,
    offset: i64,
    /// The first second at which the offset is valid.
    from: i64,
    /// The end of the time in which the offset is valid.
    until: i64,
    day: i64,
    date: NaiveDate,
}

impl Days {
    /// Local days in this zone.
    pub(super) fn of(zone: Tz) -> Self {
        let epoch = NaiveDate::default();
        Self { zone, offset: 0, from: 0, until: 0, day: 0, date: epoch }
    }

    fn offset_at(&self, seconds: i64) -> i64 {
        let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc();
        self.zone.offset_from_utc_datetime(&at).fix().local_minus_utc().into()
    }

    /// The local day of an instant, in seconds since 1970.
    pub(super) fn day(&mut self, seconds: i64) -> NaiveDate {
        if !(self.from..self.until).contains(&seconds) {
            self.offset = self.offset_at(seconds);
            let holds = |step: &&i64| self.offset_at(seconds + **step) == self.offset;
            let step = STEPS.iter().find(holds).copied().unwrap_or(1);
            (self.from, self.until) = (seconds, seconds + step);
        }
        let day = (seconds + self.offset).div_euclid(86_400);
        if day != self.day {
            self.day = day;
            // There are 719163 days from the first day of the calendar to 1970.
            let number = i32::try_from(day + 719_163).unwrap_or(i32::MAX);
            self.date = NaiveDate::from_num_days_from_ce_opt(number).unwrap_or_default();
        }
        self.date
    }
}

/// The week of a day, as year and number. A week that begins on Sunday has the number of its
/// Monday.
pub(super) fn week(day: NaiveDate, from_monday: bool) -> (i32, u32) {
    let day = if from_monday { Some(day) } else { day.succ_opt() };
    let week = day.unwrap_or_default().iso_week();
    (week.year(), week.week())
}

#[cfg(test)]
mod tests {
    use super::Days;
    use crate::kernel::civil::{local, zone};
    use chrono::DateTime;

    #[test]
    fn days_equal_those_of_the_zone() {
        for name in ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "Pacific/Apia"] {
            let zone = zone(name).unwrap();
            let mut days = Days::of(zone);
            // Every 37 minutes from 2009 to 2013: Samoa skipped a day, Morocco changes four times a
            // year.
            for seconds in (1_230_768_000..1_388_534_400_i64).step_by(37 * 60) {
                let at = DateTime::from_timestamp(seconds, 0).unwrap();
                assert_eq!(days.day(seconds), local(at, zone).date(), "{name} {at}");
            }
        }
        let mut utc = Days::of(chrono_tz::UTC);
        for (seconds, day) in [(0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01")] {
            assert_eq!(utc.day(seconds).to_string(), day);
        }
    }
}
