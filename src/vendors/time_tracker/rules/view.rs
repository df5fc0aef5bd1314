//! The report as a table, like on its page: a column for each day, week, month, user, status or label, and a row
//! for each issue or group, followed by its worklogs. Source: jira-vendors.md:2.7.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::grouping::{Group, GroupBy, Grouper, tags, week_number, week_of};
use super::refusal::Refusal;
use super::report::{Entry, Report, by_key};
use crate::kernel::abandon;
use crate::vendors::jira::model::{Issue, State, User};

/// The kind of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Days, weeks or months.
    Timesheet(Sum),
    /// One for each user.
    ByUser,
    /// One for each status.
    ByStatus,
    /// One for each label in the comments.
    ByLabel,
    /// A single one.
    TimeSpent,
}

/// The period of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// A day.
    Day,
    /// A reporting week.
    Week,
    /// A month.
    Month,
}

/// Options of the table.
#[derive(Debug, Clone)]
pub struct ViewOptions {
    /// The kind of columns.
    pub kind: Kind,
    /// Whether weekend days without work are shown.
    pub show_weekends: bool,
    /// The first day of a reporting week.
    pub reporting_day: Weekday,
    /// Whether rows of single worklogs are left out.
    pub compressed: bool,
    /// Grouping of rows; issues when absent.
    pub group_by: Option<GroupBy>,
    /// Grouping of groups.
    pub categorize_by: Option<GroupBy>,
}

/// A column.
#[derive(Debug, Clone)]
pub enum Column {
    /// A day.
    Day(NaiveDate),
    /// A week, by its number.
    Week(u32),
    /// A month, by its first day.
    Month(NaiveDate),
    /// A user.
    User(Arc<User>),
    /// A status.
    Status(&'static str),
    /// A label; empty for comments without one.
    Label(String),
    /// All time.
    TimeSpent,
}

/// The table.
#[derive(Debug, Clone)]
pub struct View {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Total seconds of each column.
    pub totals: Vec<i64>,
    /// Total seconds.
    pub sum: i64,
}

/// A row with its sums and worklogs.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The category of its group.
    pub category: Option<Group>,
    /// Its group, when rows are grouped.
    pub group: Option<Group>,
    /// The issue, if it is the row of one.
    pub issue: Option<Arc<Issue>>,
    /// All issues in it, once each, in key order.
    pub issues: Vec<Arc<Issue>>,
    /// Seconds by column position, without zeros.
    pub cells: BTreeMap<usize, i64>,
    /// Total seconds.
    pub sum: i64,
    /// Its worklogs; empty in a compressed table.
    pub details: Vec<Detail>,
}

/// A worklog in a row.
#[derive(Debug, Clone)]
pub struct Detail {
    /// Its issue.
    pub issue: Arc<Issue>,
    /// The worklog.
    pub entry: Entry,
    /// Position of its first column.
    pub column: Option<usize>,
}

/// Sort key of a row: category and group in lower case and as they are, and the position of the issue.
type RowKey = ((String, String), (String, String), usize);

/// Sort key of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ColumnKey {
    Date(NaiveDate),
    Text(String),
}

/// Limits on the size of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Maximum number of day, week or month columns.
    pub columns: usize,
    /// Maximum number of cells: lines times columns.
    pub cells: usize,
}

/// The columns on first use: by key, with their number.
type Columns = BTreeMap<ColumnKey, (usize, Column)>;

/// Arranges a report.
///
/// # Errors
/// [`Refusal::TooManyColumns`] and [`Refusal::TooManyCells`].
pub fn view(
    grouper: Grouper<'_>,
    report: &Report,
    options: &ViewOptions,
    most: Most,
) -> Result<View, Refusal> {
    let mut columns =
        fixed_columns(report, options, most.columns).ok_or(Refusal::TooManyColumns)?;
    let mut rows: BTreeMap<RowKey, Row> = BTreeMap::new();
    let mut lines = 0;
    for (n, work) in report.rows.iter().enumerate() {
        for entry in &work.entries {
            abandon::check();
            let places = column_numbers(grouper.site, &mut columns, options, &work.issue, entry);
            let group = options.group_by.as_ref().map(|by| grouper.group(by, &work.issue, entry));
            let category = options.categorize_by.as_ref().filter(|_| group.is_some());
            let category = category.map(|by| grouper.group(by, &work.issue, entry));
            let text = |group: &Option<Group>| {
                let text = group.as_ref().map(|group| group.text.as_str()).unwrap_or_default();
                (text.to_lowercase(), text.to_owned())
            };
            let by_issue = matches!(options.group_by, None | Some(GroupBy::Issue));
            // Rows without a group keep the order of the report; groups sort by their text.
            let key = (text(&category), text(&group), if by_issue { n } else { 0 });
            let row = rows.entry(key).or_insert_with(|| {
                lines += 1;
                let issue = by_issue.then(|| Arc::clone(&work.issue));
                Row { category, group, issue, ..Row::default() }
            });
            if row.issues.last().is_none_or(|last| last.id != work.issue.id) {
                row.issues.push(Arc::clone(&work.issue));
            }
            row.sum = row.sum.saturating_add(entry.worklog.seconds);
            for place in &places {
                let cell = row.cells.entry(*place).or_default();
                *cell = cell.saturating_add(entry.worklog.seconds);
            }
            lines += usize::from(!options.compressed);
            if lines.saturating_mul(columns.len()) > most.cells {
                return Err(Refusal::TooManyCells);
            }
            if !options.compressed {
                let (issue, entry) = (Arc::clone(&work.issue), entry.clone());
                row.details.push(Detail { issue, entry, column: places.first().copied() });
            }
        }
    }
    // From the order of first use to that of the keys.
    let mut position = vec![0; columns.len()];
    let columns = columns.into_values().enumerate().map(|(at, (number, column))| {
        position[number] = at;
        column
    });
    let columns: Vec<Column> = columns.collect();
    let mut view = View { totals: vec![0; columns.len()], columns, rows: Vec::new(), sum: 0 };
    view.rows = rows.into_values().collect();
    view.rows.iter_mut().for_each(|row| row.move_columns(&position));
    if options.kind == Kind::TimeSpent && options.group_by.is_none() {
        view.rows.sort_by_key(|row| row.sum);
    }
    for row in &mut view.rows {
        let by_size = options.kind == Kind::TimeSpent;
        match &row.issue {
            Some(_) => row.details.sort_by_key(|detail| detail.entry.at),
            None if by_size => row.details.sort_by_key(|detail| detail.entry.worklog.seconds),
            None => row.details.sort_by(|a, b| {
                by_key(&a.issue.key, &b.issue.key).then(a.entry.at.cmp(&b.entry.at))
            }),
        }
        view.sum = view.sum.saturating_add(row.sum);
        for (column, cell) in &row.cells {
            view.totals[*column] = view.totals[*column].saturating_add(*cell);
        }
    }
    drop_free_weekends(&mut view, options);
    Ok(view)
}

impl Row {
    /// Gives its cells and worklogs other columns.
    fn move_columns(&mut self, position: &[usize]) {
        let cells = std::mem::take(&mut self.cells).into_iter();
        self.cells = cells.map(|(column, cell)| (position[column], cell)).collect();
        for detail in &mut self.details {
            detail.column = detail.column.map(|column| position[column]);
        }
    }
}

/// The columns of a period, with or without work.
fn fixed_columns(report: &Report, options: &ViewOptions, most: usize) -> Option<Columns> {
    let mut columns = Columns::new();
    let (Kind::Timesheet(sum), (Some(first), Some(last))) = (options.kind, report.period) else {
        if options.kind == Kind::TimeSpent {
            columns.insert(ColumnKey::Text(String::new()), (0, Column::TimeSpent));
        }
        return Some(columns);
    };
    let mut day = Some(first);
    while let Some(at) = day.filter(|day| *day <= last) {
        if columns.len() == most {
            return None;
        }
        let (key, column, next) = stretch(at, sum, options.reporting_day);
        columns.insert(ColumnKey::Date(key), (columns.len(), column));
        day = next;
    }
    Some(columns)
}

/// The period of `day`: its first day, its column, and the first day after it.
fn stretch(
    day: NaiveDate,
    sum: Sum,
    reporting_day: Weekday,
) -> (NaiveDate, Column, Option<NaiveDate>) {
    match sum {
        Sum::Day => (day, Column::Day(day), day.succ_opt()),
        Sum::Week => {
            let first = week_of(day, reporting_day);
            let next = first.checked_add_days(Days::new(7));
            (first, Column::Week(week_number(first)), next)
        }
        Sum::Month => {
            let first = day.with_day(1).unwrap_or(day);
            (first, Column::Month(first), first.checked_add_months(Months::new(1)))
        }
    }
}

/// The numbers of a worklog's columns. Adds columns on first use.
fn column_numbers(
    site: &State,
    columns: &mut Columns,
    options: &ViewOptions,
    issue: &Issue,
    entry: &Entry,
) -> Vec<usize> {
    let text = |text: &str| ColumnKey::Text(text.to_owned());
    let named: Vec<(ColumnKey, Column)> = match options.kind {
        Kind::Timesheet(sum) => {
            let (key, column, _) = stretch(entry.at.date(), sum, options.reporting_day);
            vec![(ColumnKey::Date(key), column)]
        }
        Kind::TimeSpent => vec![(text(""), Column::TimeSpent)],
        Kind::ByUser => {
            let user = site.users.get(entry.worklog.author);
            user.map(|user| (text(&user.account_id), Column::User(Arc::clone(user))))
                .into_iter()
                .collect()
        }
        Kind::ByStatus => {
            vec![(text(issue.status.name), Column::Status(issue.status.name))]
        }
        Kind::ByLabel => {
            let mut labels = tags(entry.worklog.comment.as_deref().unwrap_or_default());
            labels.dedup();
            if labels.is_empty() {
                labels.push("");
            }
            labels.into_iter().map(|label| (text(label), Column::Label(label.into()))).collect()
        }
    };
    let add = |(key, column)| {
        let next = columns.len();
        columns.entry(key).or_insert((next, column)).0
    };
    named.into_iter().map(add).collect()
}

/// Removes weekend days without work, unless the options show them.
fn drop_free_weekends(view: &mut View, options: &ViewOptions) {
    if options.show_weekends {
        return;
    }
    let keep: Vec<bool> = view
        .columns
        .iter()
        .zip(&view.totals)
        .map(|(column, total)| match column {
            Column::Day(day) => *total > 0 || !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
            _ => true,
        })
        .collect();
    let position: Vec<usize> = keep
        .iter()
        .scan(0, |before, kept| {
            let here = *before;
            *before += usize::from(*kept);
            Some(here)
        })
        .collect();
    let kept = |n: &mut usize| {
        *n += 1;
        keep[*n - 1]
    };
    let mut n = 0;
    view.columns.retain(|_| kept(&mut n));
    let mut n = 0;
    view.totals.retain(|_| kept(&mut n));
    view.rows.iter_mut().for_each(|row| row.move_columns(&position));
}
