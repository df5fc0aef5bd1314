//! Locks of time entries: a manual lock before a fixed time, and an automatic lock that moves with
//! the calendar.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::kernel::civil::{day_start, local};
use crate::quirk;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::settings::{AutomaticLock, LockPeriod, LockType};
use crate::vendors::clockify::model::users::Weekday;
use crate::vendors::clockify::model::workspaces::Workspace;

/// The time before which ended entries are locked, if any: the later of a fixed lock, which the vendor's
/// app allows only alone, and a moving one. Source: 001:2164-2171, 001:2179.
#[must_use]
pub fn locked_before(state: &State, home: &Workspace, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let settings = &home.settings;
    let of_owner = || state.users.get(home.owner).map(|owner| owner.zone());
    let zone = settings.lock_time_zone.or_else(of_owner).unwrap_or(Tz::UTC);
    let moving = settings.automatic_lock.and_then(|lock| {
        quirk!("CFY-231");
        Some(day_start(first_open_day(lock, local(now, zone).date())?, zone))
    });
    // `None` is less than any instant.
    settings.lock_time_entries.max(moving)
}

/// True if an entry is locked, given [`locked_before`]. A running timer never is.
#[must_use]
pub fn is_locked(entry: &TimeEntry, before: Option<DateTime<Utc>>) -> bool {
    !entry.is_running() && before.is_some_and(|before| entry.start < before)
}

/// The first day that an automatic lock leaves open on `today`. `None` if it locks nothing.
fn first_open_day(lock: AutomaticLock, today: NaiveDate) -> Option<NaiveDate> {
    let AutomaticLock { change_day, day_of_month, first_day, .. } = lock;
    match lock.r#type {
        LockType::Weekly => last(first_day, last(change_day, today)?),
        LockType::Monthly => {
            let this = today.with_day(1)?;
            let begins = (this + Months::new(1)).pred_opt()?.day().min(day_of_month);
            if today.day() >= begins { Some(this) } else { this.checked_sub_months(Months::new(1)) }
        }
        LockType::OlderThan => {
            let value = lock.older_than_value;
            let last_locked = match lock.older_than_period {
                LockPeriod::Days => today.checked_sub_days(Days::new(value.into())),
                LockPeriod::Weeks => today.checked_sub_days(Days::new(u64::from(value) * 7)),
                LockPeriod::Months => today.checked_sub_months(Months::new(value)),
            };
            last_locked?.succ_opt()
        }
    }
}

/// The last weekday `wanted` on or before `day`.
fn last(wanted: Weekday, day: NaiveDate) -> Option<NaiveDate> {
    let since = (7 + day.weekday().num_days_from_monday() - wanted as u32) % 7;
    day.checked_sub_days(Days::new(since.into()))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::first_open_day;
    use crate::vendors::clockify::model::settings::{AutomaticLock, LockPeriod, LockType};
    use crate::vendors::clockify::model::users::Weekday;

    const LOCK: AutomaticLock = AutomaticLock {
        change_day: Weekday::Tuesday,
        day_of_month: 31,
        first_day: Weekday::Monday,
        older_than_period: LockPeriod::Days,
        older_than_value: 10,
        r#type: LockType::Weekly,
    };

    fn opens(lock: AutomaticLock, today: &str) -> String {
        first_open_day(lock, today.parse::<NaiveDate>().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_weekly_lock_takes_the_week_before_on_its_day() {
        // 2026-06-08 is a Monday.
        assert_eq!(opens(LOCK, "2026-06-08"), "2026-06-01", "not before Tuesday");
        assert_eq!(opens(LOCK, "2026-06-09"), "2026-06-08");
        assert_eq!(opens(LOCK, "2026-06-14"), "2026-06-08");
        let sunday = AutomaticLock { first_day: Weekday::Sunday, ..LOCK };
        assert_eq!(opens(sunday, "2026-06-09"), "2026-06-07");
    }

    #[test]
    fn a_monthly_lock_takes_the_month_before_on_its_day_or_the_last_there_is() {
        let monthly = AutomaticLock { r#type: LockType::Monthly, ..LOCK };
        assert_eq!(opens(monthly, "2026-06-29"), "2026-05-01");
        assert_eq!(opens(monthly, "2026-06-30"), "2026-06-01", "June has no 31st");
        assert_eq!(opens(monthly, "2026-12-31"), "2026-12-01");
        assert_eq!(opens(AutomaticLock { day_of_month: 1, ..monthly }, "2026-01-01"), "2026-01-01");
    }

    #[test]
    fn an_age_counts_in_days_weeks_and_months() {
        let lock = |older_than_period| AutomaticLock {
            older_than_period,
            r#type: LockType::OlderThan,
            ..LOCK
        };
        assert_eq!(opens(lock(LockPeriod::Days), "2026-06-12"), "2026-06-03");
        assert_eq!(opens(lock(LockPeriod::Weeks), "2026-06-12"), "2026-04-04");
        assert_eq!(opens(lock(LockPeriod::Months), "2026-06-12"), "2025-08-13");
        let day = AutomaticLock { older_than_value: 1, ..lock(LockPeriod::Days) };
        assert_eq!(opens(day, "2026-06-12"), "2026-06-12", "yesterday is locked");
        let ever = AutomaticLock { older_than_value: u32::MAX, ..lock(LockPeriod::Weeks) };
        assert_eq!(first_open_day(ever, NaiveDate::from_ymd_opt(2026, 6, 12).unwrap()), None);
    }
}
