//! Reports as flat tables with typed cells, for CSV and XLSX.
//!
//! Headings are those of real exports (clockify.md:6.5). Amounts are in major units of the currency
//! in the heading. Each currency has its own columns, so that no column adds different currencies.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use crate::kernel::civil::local;
use crate::kernel::money::ExactAmount;
use crate::quirk;
use crate::vendors::clockify::reports::result::{
    AmountKind, Details, Group, GroupKind, Label, Money, ReportContext, Row, RowField, Summary,
    Totals, Weekly,
};

/// A typed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveDateTime),
    /// Seconds, shown as a duration.
    Duration(i64),
    /// Seconds, shown as hours with decimals.
    Hours(i64),
    /// An amount, shown in major units.
    Money(ExactAmount),
}

impl Cell {
    fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Width in characters.
    pub width: u16,
    /// The line of totals has a sum of this column.
    pub summed: bool,
}

fn column(heading: impl Into<String>, width: u16) -> Column {
    Column { heading: heading.into(), width, summed: false }
}

fn summed_column(heading: impl Into<String>) -> Column {
    Column { heading: heading.into(), width: 16, summed: true }
}

/// The currencies with columns: those of the amounts, the workspace's own first.
fn currency_codes(context: &ReportContext, totals: &Totals) -> Vec<Arc<str>> {
    let paid = totals.by_currency.iter().filter(|(_, money)| *money != Money::default());
    let mut codes: Vec<Arc<str>> = paid.map(|(code, _)| Arc::clone(code)).collect();
    codes.sort_by_key(|code| *code != context.currency);
    if codes.is_empty() {
        codes.push(Arc::clone(&context.currency));
    }
    if codes.len() > 1 {
        quirk!("CFY-471");
    }
    codes
}

/// Columns of a detailed report.
#[must_use]
pub fn detailed_columns(context: &ReportContext, details: &Details) -> Vec<Column> {
    let mut columns = vec![
        column(context.heading(GroupKind::Project), 24),
        column(context.heading(GroupKind::Client), 20),
        column(context.heading(GroupKind::Timeentry), 40),
        column(context.heading(GroupKind::Task), 20),
        column("User", 20),
        column("Group", 16),
        column("Email", 26),
        column("Tags", 20),
        column("Billable", 9),
        column("Start Date", 12),
        column("Start Time", 12),
        column("End Date", 12),
        column("End Time", 12),
        summed_column("Duration (h)"),
        summed_column("Duration (decimal)"),
    ];
    for code in currency_codes(context, &details.totals) {
        for kind in &context.amounts {
            let name = match kind {
                AmountKind::Earned => "Billable",
                AmountKind::Cost => "Cost",
                AmountKind::Profit => "Profit",
            };
            if *kind != AmountKind::Profit {
                columns.push(column(format!("{name} Rate ({code})"), 16));
            }
            columns.push(summed_column(format!("{name} Amount ({code})")));
        }
    }
    quirk!("CFY-470");
    if context.newer_columns {
        columns.push(column("Date of creation", 16));
    }
    columns.extend(details.fields.iter().map(|field| column(&*field.name, 16)));
    columns
}

/// Cells of an entry, in the order of [`detailed_columns`].
#[must_use]
pub fn detailed_cells(context: &ReportContext, details: &Details, row: &Row) -> Vec<Cell> {
    let (start, end) = (local(row.start, context.zone), local(row.end, context.zone));
    let name = |name: Option<&Arc<str>>| {
        name.map_or_else(|| Cell::text(""), |n| Cell::Text(Arc::clone(n)))
    };
    let tags: Vec<&str> = row.tags.iter().map(|tag| &*tag.name).collect();
    let mut cells = vec![
        name(row.project.as_ref().map(|project| &project.name)),
        name(row.client.as_ref().map(|client| &client.name)),
        Cell::text(&row.description),
        name(row.task.as_ref().map(|task| &task.name)),
        Cell::Text(Arc::clone(&row.user.name)),
        Cell::Text(Arc::clone(&row.groups)),
        Cell::Text(Arc::clone(&row.email)),
        Cell::text(&tags.join(", ")),
        Cell::Flag(row.billable),
        Cell::Date(start.date()),
        Cell::Time(start),
        Cell::Date(end.date()),
        Cell::Time(end),
        Cell::Duration(row.seconds),
        Cell::Hours(row.seconds),
    ];
    let codes = currency_codes(context, &details.totals);
    for code in &codes {
        let own = *code == row.currency || codes.len() == 1;
        let money = |amount| if own { Cell::Money(amount) } else { Cell::text("") };
        let rate = |rate: Option<_>| ExactAmount::whole(rate.unwrap_or(0));
        for kind in &context.amounts {
            match kind {
                AmountKind::Earned => cells.push(money(rate(row.rate))),
                AmountKind::Cost => cells.push(money(rate(row.cost_rate))),
                AmountKind::Profit => {}
            }
            cells.push(money(row.money.of(*kind)));
        }
    }
    if context.newer_columns {
        cells.push(Cell::Date(local(row.created, context.zone).date()));
    }
    for field in &details.fields {
        let filled = row.fields.iter().find(|filled| filled.id == field.id);
        cells.push(Cell::text(&filled.map(RowField::text).unwrap_or_default()));
    }
    cells
}

/// Adds the columns of a group of this kind.
fn group_columns(context: &ReportContext, kind: GroupKind, columns: &mut Vec<Column>) {
    let width = if kind == GroupKind::Timeentry { 40 } else { 24 };
    columns.push(column(context.heading(kind), width));
    if kind == GroupKind::Project {
        columns.push(column(context.heading(GroupKind::Client), 20));
    }
}

/// Adds the cells of a group of this kind.
fn group_cells(kind: GroupKind, label: &Label, cells: &mut Vec<Cell>) {
    cells.push(match (kind, label.day) {
        (GroupKind::Date, Some(day)) => Cell::Date(day),
        _ => Cell::Text(Arc::clone(&label.name)),
    });
    if kind == GroupKind::Project {
        cells.push(label.client.clone().map_or_else(|| Cell::text(""), Cell::Text));
    }
}

fn time_and_amounts(context: &ReportContext, totals: &Totals, columns: &mut Vec<Column>) {
    columns.push(summed_column("Time (h)"));
    columns.push(summed_column("Time (decimal)"));
    for code in currency_codes(context, totals) {
        columns.extend(context.amounts.iter().map(|kind| {
            let name = match kind {
                AmountKind::Earned => "Amount",
                AmountKind::Cost => "Cost",
                AmountKind::Profit => "Profit",
            };
            summed_column(format!("{name} ({code})"))
        }));
    }
}

fn figures(context: &ReportContext, codes: &[Arc<str>], group: &Group, cells: &mut Vec<Cell>) {
    cells.push(Cell::Duration(group.sum.seconds));
    cells.push(Cell::Hours(group.sum.seconds));
    let paid = group.money();
    let alone = codes.len() == 1;
    for code in codes {
        let money = paid.iter().find(|(paid, _)| paid == code).map(|(_, money)| *money);
        let money = money.or_else(|| alone.then(Money::default));
        cells.extend(context.amounts.iter().map(|kind| {
            money.map_or_else(|| Cell::text(""), |money| Cell::Money(money.of(*kind)))
        }));
    }
}

/// Columns of a summary report: one per group, the client after a project, then time and amounts.
#[must_use]
pub fn summary_columns(context: &ReportContext, report: &Summary) -> Vec<Column> {
    let mut columns = Vec::new();
    report.kinds.iter().for_each(|kind| group_columns(context, *kind, &mut columns));
    time_and_amounts(context, &report.totals, &mut columns);
    columns
}

/// Rows of a summary report, one per innermost group, made one after the other.
pub fn summary_cells(
    context: &ReportContext,
    report: Summary,
) -> impl Iterator<Item = Vec<Cell>> + use<> {
    let codes = currency_codes(context, &report.totals);
    let context = context.clone();
    leaves(report.kinds, report.groups).map(move |(group, mut cells)| {
        figures(&context, &codes, &group, &mut cells);
        cells
    })
}

/// The innermost groups, with the cells of their outer groups and their own.
fn leaves(kinds: Vec<GroupKind>, groups: Vec<Group>) -> impl Iterator<Item = (Group, Vec<Cell>)> {
    // The groups that are left on each level, with the cells of their outer groups.
    let mut open = vec![(groups.into_iter(), Vec::new())];
    std::iter::from_fn(move || {
        loop {
            let level = open.len().checked_sub(1)?;
            let (left, before) = &mut open[level];
            let Some(mut group) = left.next() else {
                open.pop();
                continue;
            };
            let mut cells = before.clone();
            group_cells(*kinds.get(level)?, &group.label, &mut cells);
            if level + 1 == kinds.len() {
                return Some((group, cells));
            }
            open.push((std::mem::take(&mut group.children).into_iter(), cells));
        }
    })
}

/// The number of innermost groups.
#[must_use]
pub fn count_leaves(kinds: &[GroupKind], groups: &[Group]) -> usize {
    match kinds.split_first() {
        None => 0,
        Some((_, [])) => groups.len(),
        Some((_, inner)) => groups.iter().map(|group| count_leaves(inner, &group.children)).sum(),
    }
}

/// Columns of a weekly report: the two groups, the days, time and amounts.
#[must_use]
pub fn weekly_columns(context: &ReportContext, report: &Weekly) -> Vec<Column> {
    quirk!("CFY-471");
    // Each cell is in its project's currency, so a column may have several currencies.
    let several = currency_codes(context, &report.totals).len() > 1;
    let mut columns = Vec::new();
    report.kinds.iter().for_each(|kind| group_columns(context, *kind, &mut columns));
    columns.extend(report.days.iter().map(|day| Column {
        heading: context.style.date(day.date),
        width: 12,
        summed: !(report.money && several),
    }));
    time_and_amounts(context, &report.totals, &mut columns);
    columns
}

/// Rows of a weekly report, one per inner group, made one after the other.
pub fn weekly_cells(
    context: &ReportContext,
    report: Weekly,
) -> impl Iterator<Item = Vec<Cell>> + use<> {
    let codes = currency_codes(context, &report.totals);
    let context = context.clone();
    leaves(report.kinds.to_vec(), report.groups).map(move |(group, mut cells)| {
        cells.extend(group.days.iter().map(|day| match context.main() {
            Some(kind) if report.money => Cell::Money(day.money.of(kind)),
            _ => Cell::Duration(day.seconds),
        }));
        figures(&context, &codes, &group, &mut cells);
        cells
    })
}
