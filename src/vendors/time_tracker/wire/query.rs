//! Decodes the query: the documented parameters and those of the report page.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::http::query::QueryMap;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::time_tracker::limits::MORE;
use crate::vendors::time_tracker::rules::grouping::GroupBy;
use crate::vendors::time_tracker::rules::refusal::Refusal;
use crate::vendors::time_tracker::rules::report::{ReportFilter, Span};
use crate::vendors::time_tracker::rules::view::{Kind, Sum, ViewOptions};

/// A decoded query.
#[derive(Debug, Clone)]
pub struct ReportQuery {
    /// The filter of worklogs.
    pub filter: ReportFilter,
    /// Options of the view, if the report type has one.
    pub view: Result<ViewOptions, Refusal>,
    /// Additional fields of the issues, each once.
    pub more: Vec<String>,
}

/// Parameters by name. Users may paste the part of a report page's URL after `#!`, so the first name can have a
/// prefix.
struct Parameters<'a>(&'a QueryMap);

/// Prefixes of the first parameter in a pasted URL of a report page.
const PASTED: [&str; 6] = ["", "#!/?", "#!?", "#!", "/?", "?"];

impl<'a> Parameters<'a> {
    fn all(&self, name: &str) -> Vec<&'a str> {
        let mut values = Vec::new();
        for before in PASTED {
            let found: Vec<&str> = self.0.all(&format!("{before}{name}")).collect();
            if !before.is_empty() && !found.is_empty() {
                quirk!("TTR-011");
            }
            values.extend(found);
        }
        values
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, &'a str)> {
        // All spellings count as read.
        let found: Vec<_> = names
            .iter()
            .filter_map(|name| {
                let value = self.all(name).first().copied()?.trim();
                (!value.is_empty()).then_some((*name, value))
            })
            .collect();
        found.first().copied()
    }

    fn text(&self, name: &'static str) -> Option<&'a str> {
        self.first(&[name]).map(|(_, value)| value)
    }

    /// Values that are repeated, comma-separated or both, each once.
    fn list(&self, names: &[&str]) -> Vec<String> {
        let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
        for name in names {
            for part in self.all(name).iter().flat_map(|value| value.split(',')).map(str::trim) {
                if !part.is_empty() && seen.insert(part) {
                    list.push(part.to_owned());
                }
            }
        }
        list
    }

    fn flag(&self, name: &'static str) -> Option<bool> {
        let value = self.text(name)?;
        Some(value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// A whole number; other values count as absent.
    fn number(&self, name: &'static str) -> Option<i16> {
        self.text(name)?.parse().ok()
    }

    fn date(&self, names: &[&'static str]) -> Result<Option<NaiveDate>, Refusal> {
        let Some((name, text)) = self.first(names) else { return Ok(None) };
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let day = day.filter(|day| text.len() == 10 && (1900..=9998).contains(&day.year()));
        day.map(Some).ok_or(Refusal::BadDate(name))
    }
}

impl ReportQuery {
    /// Decodes a query.
    ///
    /// # Errors
    /// [`Refusal::BadDate`], [`Refusal::NoStart`], [`Refusal::TooManyFields`] and [`Refusal::UnknownReportType`].
    pub fn of(query: &QueryMap, revision: Revision) -> Result<Self, Refusal> {
        let parameters = Parameters(query);
        // Reads every parameter before it refuses one, so that none counts as unread.
        let start = parameters.date(&["start", "startDate"]);
        let end = parameters.date(&["end", "endDate"]);
        let reporting_day = weekday(parameters.text("reportingDay"));
        let month_view = parameters.text("view") == Some("month");
        let kind_and_span = kind(&parameters, month_view, reporting_day);
        let group = |name| parameters.text(name).map(GroupBy::named);
        let shows_details = parameters.flag("showDetails").unwrap_or(true);
        let (show_weekends, group_by) = (parameters.flag("showWeekends"), group("groupByField"));
        let compressed = parameters.flag("compressed").unwrap_or(!shows_details);
        let categorize_by = group("categorizeByField");
        let more = parameters.list(&["moreFields"]);
        let mut filter = ReportFilter {
            users: parameters.list(&["user"]),
            groups: parameters.list(&["groups", "group"]),
            exclude_groups: parameters.list(&["excludeGroup"]),
            all_users: parameters.flag("allUsers").unwrap_or(false),
            filters_or_projects: parameters.list(&["filterOrProjectId"]),
            jql: parameters.text("jql").map(str::to_owned),
            ..ReportFilter::default()
        };
        (filter.start, filter.end) = (start?, end?);
        if filter.start.is_none() {
            quirk!("TTR-002");
            if revision == Revision::Documented {
                return Err(Refusal::NoStart);
            }
        }
        if more.len() > MORE {
            return Err(Refusal::TooManyFields);
        }
        let (kind, span) = kind_and_span?;
        filter.span = span;
        let view = kind.map(|kind| ViewOptions {
            kind,
            show_weekends: show_weekends.unwrap_or(false),
            reporting_day,
            compressed,
            group_by,
            categorize_by,
        });
        Ok(Self { filter, view, more })
    }
}

type KindAndSpan = (Result<Kind, Refusal>, Span);

/// The report type: its columns, and its default for a missing day. Types that need estimates, a history or rates
/// are declined; some are known only as lists of worklogs.
fn kind(
    parameters: &Parameters<'_>,
    month_view: bool,
    reporting_day: Weekday,
) -> Result<KindAndSpan, Refusal> {
    let sum = match parameters.text("sum") {
        Some("month") => Sum::Month,
        Some("week") => Sum::Week,
        None if month_view => Sum::Week,
        _ => Sum::Day,
    };
    let weeks = parameters.number("numOfWeeks").map_or(1, |weeks| weeks.clamp(1, 520));
    let offset = parameters.number("offset").map_or(0, |weeks| weeks.clamp(-520, 520));
    let week = Span::Weeks { count: weeks.unsigned_abs(), offset, reporting_day };
    let month = Span::Weeks { count: 4, offset: 0, reporting_day };
    let declined = |name: &str| {
        quirk!("TTR-014");
        Refusal::UnknownReportType(name.to_owned())
    };
    Ok(match parameters.text("pivotTableType") {
        None | Some("Timesheet") => {
            (Ok(Kind::Timesheet(sum)), if month_view { month } else { week })
        }
        Some("IssueWorkedTimeByUser") => (Ok(Kind::ByUser), Span::Open),
        Some("IssueWorkedTimeByStatus") => (Ok(Kind::ByStatus), Span::Open),
        Some("IssueWorkedTimeByLabel") => (Ok(Kind::ByLabel), Span::Open),
        Some("Timespent") => (Ok(Kind::TimeSpent), Span::Open),
        Some(name @ "Calendar") => (Err(declined(name)), month),
        Some(name @ "TimeEntry") => (Err(declined(name)), week),
        Some(name @ ("PieChart" | "CostReport")) => (Err(declined(name)), Span::Open),
        Some(other) => return Err(declined(other)),
    })
}

/// A weekday by its number, from Sunday; Monday for other values.
fn weekday(text: Option<&str>) -> Weekday {
    match text.and_then(|text| text.parse::<u8>().ok()) {
        Some(0) => Weekday::Sun,
        Some(2) => Weekday::Tue,
        Some(3) => Weekday::Wed,
        Some(4) => Weekday::Thu,
        Some(5) => Weekday::Fri,
        Some(6) => Weekday::Sat,
        _ => Weekday::Mon,
    }
}
