//! The dates of a report request, and their range.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::request::View;
use crate::http::body::Field;
use crate::kernel::civil::{self, Tz, local};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::model::users::{UserSettings, Weekday};
use crate::vendors::clockify::reports::range::{Preset, Span, week_of};
use crate::vendors::clockify::wire::loose::Text;
use crate::vendors::clockify::wire::stamps;

/// Parses the wall clock of a bound. A bound with an offset is converted to UTC first. Source:
/// clockify.md:3, clockify.md:6.1.
fn wall_clock(text: &str) -> Option<NaiveDateTime> {
    quirk!("CFY-400");
    let text = text.trim();
    let at = if let Some(at) = stamps::parse(text) {
        at.naive_utc()
    } else {
        if text.len() < 19 || text.as_bytes()[10] != b'T' || text.contains([' ', 't']) {
            return None;
        }
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?
    };
    (1..=9998).contains(&at.year()).then_some(at)
}

pub(super) fn bound(
    field: Field<Text>,
    name: &'static str,
) -> Result<Option<NaiveDateTime>, Refusal> {
    match field.value() {
        None => Ok(None),
        Some(text) => wall_clock(&text.0).map(Some).ok_or(Refusal::BadDate(name)),
    }
}

pub(super) fn zone(field: Field<Text>, profile: &UserSettings) -> Result<Tz, Refusal> {
    match field.value() {
        None => Ok(profile.time_zone),
        Some(name) => civil::zone(name.0.trim()).ok_or(Refusal::Invalid(name.0)),
    }
}

/// The dates in a request.
pub(super) struct Range {
    pub(super) start: Option<NaiveDateTime>,
    pub(super) end: Option<NaiveDateTime>,
    pub(super) preset: Preset,
    pub(super) zone: Tz,
    pub(super) week_start: Weekday,
}

impl Range {
    pub(super) fn span(&self, kind: SharedKind, view: &View<'_>) -> Result<Span, Refusal> {
        let start = self.start.ok_or(Refusal::NotNull)?;
        let today = local(view.now, self.zone).date();
        let span = match self.end {
            Some(end) => Span::between(start, end, self.zone)
                .map_err(|_| Refusal::EndBeforeStart(start.and_utc(), end.and_utc()))?,
            None if kind == SharedKind::Weekly => {
                quirk!("CFY-430");
                match view.revision {
                    Revision::Documented => self.week(start),
                    Revision::Current => return Err(Refusal::NotNull),
                }
            }
            None => return Err(Refusal::NotNull),
        };
        if let Some((first, last)) = self.preset.days(today, self.week_start) {
            quirk!("CFY-402");
            return Ok(Span::days(first, last, self.zone));
        }
        Ok(span)
    }

    /// The first whole week that begins at or after `start`.
    fn week(&self, start: NaiveDateTime) -> Span {
        let day = start.date();
        let later = |day: NaiveDate, days| day.checked_add_days(Days::new(days)).unwrap_or(day);
        let begun = week_of(day, self.week_start);
        let first =
            if begun == day && start.time() == NaiveTime::MIN { day } else { later(begun, 7) };
        Span::days(first, later(first, 6), self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::wall_clock;

    #[test]
    fn bounds_are_the_clock_they_show() {
        let read = |text: &str| wall_clock(text).map(|at| at.to_string());
        for (text, wanted) in [
            ("2020-05-10T00:00:00.000Z", "2020-05-10 00:00:00"),
            ("2018-11-01T00:00:00", "2018-11-01 00:00:00"),
            ("2018-11-01T23:59:59.999", "2018-11-01 23:59:59.999"),
            ("2018-11-01T23:59:59.999999", "2018-11-01 23:59:59.999999"),
            ("2020-05-10T00:00:00+02:00", "2020-05-09 22:00:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "",
            "2020-05-10",
            "2020-05-10 00:00:00",
            "99999-05-10T00:00:00",
            "2020-13-10T00:00:00",
            "ä2020-05-10T00:00:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
