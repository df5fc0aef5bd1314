//! However the view is arranged, no second is lost and none is counted twice.

use chrono::{NaiveDate, Weekday};
use proptest::prelude::*;
use timetwin::kernel::civil::Tz;
use timetwin::vendors::jira::model::UserBy;
use timetwin::vendors::time_tracker::model::Settings;
use timetwin::vendors::time_tracker::rules::grouping::{GroupBy, Grouper};
use timetwin::vendors::time_tracker::rules::report::{ReportContext, ReportFilter, Span, report};
use timetwin::vendors::time_tracker::rules::view::{Column, Kind, Most, Sum, ViewOptions, view};

use crate::support::{FRIDAY, TestTwin, rounds};

const GROUPS: [&str; 14] = [
    "issue",
    "parent",
    "project",
    "workeduser",
    "workedusergroup",
    "workeddate",
    "workedweek",
    "workcreated",
    "commentfirstword",
    "worklabel",
    "assignee",
    "labels",
    "priority",
    "customfield_10051",
];

fn group() -> impl Strategy<Value = Option<GroupBy>> {
    prop::option::of(prop::sample::select(&GROUPS[..]).prop_map(GroupBy::named))
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Timesheet(Sum::Day),
        Kind::Timesheet(Sum::Week),
        Kind::Timesheet(Sum::Month),
        Kind::ByUser,
        Kind::ByStatus,
        Kind::TimeSpent,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds(30)))]

    #[test]
    fn rows_columns_and_worklogs_add_up(
        kind in kind(),
        group_by in group(),
        categorize_by in group(),
        show_weekends in any::<bool>(),
        compressed in any::<bool>(),
        first_day in 0_u8..7,
        from in 0_u64..90,
        days in 0_u64..50,
    ) {
        let twin = TestTwin::studio();
        let root = twin.twin.sandbox("main").unwrap().store.read();
        let site = &root.value.jira;
        let anna = site.users.find(UserBy::Email("anna@studio.example".into())).next().unwrap();
        let settings = Settings::default();
        let context = ReportContext { viewer: anna, settings: &settings, now: FRIDAY.parse().unwrap() };
        let start = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap() + chrono::Days::new(from);
        let reporting_day = Weekday::try_from(first_day).unwrap();
        let filter = ReportFilter {
            start: Some(start),
            end: Some(start + chrono::Days::new(days)),
            span: Span::Weeks { count: 1, offset: 0, reporting_day },
            all_users: true,
            ..ReportFilter::default()
        };
        let report = report(site, context, &filter).unwrap();
        let all = report.rows.iter().flat_map(|row| &row.entries);
        let seconds: i64 = all.clone().map(|entry| entry.worklog.seconds).sum();
        let options =
            ViewOptions { kind, show_weekends, reporting_day, compressed, group_by, categorize_by };
        let grouper = Grouper { site, zone: Tz::Europe__Berlin, reporting_day };
        let table = view(grouper, &report, &options, most(750)).unwrap();
        prop_assert_eq!(table.sum, seconds);
        prop_assert_eq!(table.totals.iter().sum::<i64>(), seconds);
        prop_assert_eq!(table.totals.len(), table.columns.len());
        let details: usize = table.rows.iter().map(|row| row.details.len()).sum();
        prop_assert_eq!(details, if compressed { 0 } else { report.len() });
        for row in &table.rows {
            prop_assert_eq!(row.sum, row.cells.values().sum::<i64>());
        }
        for row in table.rows.iter().filter(|_| !compressed) {
            let of_row: i64 = row.details.iter().map(|d| d.entry.worklog.seconds).sum();
            prop_assert_eq!(row.sum, of_row);
            for (n, cell) in &row.cells {
                let here = row.details.iter().filter(|detail| detail.column == Some(*n));
                prop_assert_eq!(*cell, here.map(|d| d.entry.worklog.seconds).sum::<i64>());
            }
        }
        for (column, total) in table.columns.iter().zip(&table.totals) {
            if let Column::Day(day) = column {
                let of_day = all.clone().filter(|entry| entry.at.date() == *day);
                prop_assert_eq!(*total, of_day.map(|entry| entry.worklog.seconds).sum::<i64>());
            }
        }
    }
}

/// As many cells as there are, in so many columns.
fn most(columns: usize) -> Most {
    Most { columns, cells: usize::MAX }
}

#[test]
fn too_many_columns_are_no_view() {
    let twin = TestTwin::studio();
    let root = twin.twin.sandbox("main").unwrap().store.read();
    let site = &root.value.jira;
    let anna = site.users.iter().next().unwrap();
    let settings = Settings::default();
    let context = ReportContext { viewer: anna, settings: &settings, now: FRIDAY.parse().unwrap() };
    let filter = ReportFilter {
        start: NaiveDate::from_ymd_opt(2025, 1, 1),
        end: NaiveDate::from_ymd_opt(2026, 1, 1),
        ..ReportFilter::default()
    };
    let report = report(site, context, &filter).unwrap();
    let options = ViewOptions {
        kind: Kind::Timesheet(Sum::Day),
        show_weekends: false,
        reporting_day: Weekday::Mon,
        compressed: false,
        group_by: None,
        categorize_by: None,
    };
    let grouper = Grouper { site, zone: Tz::UTC, reporting_day: Weekday::Mon };
    assert!(view(grouper, &report, &options, most(365)).is_err());
    assert!(view(grouper, &report, &options, most(366)).is_ok());
}
