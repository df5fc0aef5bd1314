//! The table of a document: columns, headings on every page, subtotals and the total.

use super::page::{Align, BILLABLE, Colour, GREY, GROUND, INK, MARGIN, Pages, RULE};
use super::text::Type;
use super::{amount_name, amounts};
use crate::kernel::civil::local;
use crate::vendors::clockify::reports::result::{
    AmountKind, Group, GroupKind, ReportContext, Row, Sum, Summary, Totals, Weekly,
};

const PLAIN: Type = Type { size: 8.5, bold: false };
const STRONG: Type = Type { size: 8.5, bold: true };
/// Maximum number of rows. Source: facts.md:CFY-443.
pub const ROWS: usize = 3000;
/// Height of a line in a row.
const LINE: f32 = 11.0;
const SMALL: Type = Type { size: 7.5, bold: false };

/// A column after the first.
struct Column {
    heading: String,
    /// In points.
    width: f32,
    /// Right for figures, left for names.
    align: Align,
}

fn figures(heading: impl Into<String>, width: f32) -> Column {
    Column { heading: heading.into(), width, align: Align::Right }
}

impl Column {
    /// The x position of a text in a column that ends at `right`.
    fn text_x(&self, right: f32) -> f32 {
        if self.align == Align::Right { right - 6.0 } else { right - self.width + 6.0 }
    }
}

/// A table with a wide first column, followed by figures.
struct Layout<'a> {
    first: &'a str,
    columns: Vec<Column>,
}

impl Layout<'_> {
    fn figures(&self) -> f32 {
        self.columns.iter().map(|column| column.width).sum()
    }

    /// Width of the first column.
    fn room(&self, pages: &Pages) -> f32 {
        pages.right() - MARGIN - self.figures() - 10.0
    }

    fn heading(&self, pages: &mut Pages) {
        let height = 18.0;
        pages.block(MARGIN, pages.y, pages.right() - MARGIN, height, GROUND);
        let y = pages.y + 12.0;
        pages.text(MARGIN + 6.0, y, Align::Left, self.first, Type { bold: true, ..SMALL }, GREY);
        let mut right = pages.right() - self.figures();
        for column in &self.columns {
            right += column.width;
            let text = &column.heading;
            pages.text(
                column.text_x(right),
                y,
                column.align,
                text,
                Type { bold: true, ..SMALL },
                GREY,
            );
        }
        pages.y += height;
    }

    /// Starts a new page if `height` more does not fit.
    fn ensure_room(&self, pages: &mut Pages, height: f32) {
        if !pages.fits(height) {
            pages.next_page();
            self.heading(pages);
        }
    }

    /// Draws the cells after the first. Each has one or more lines.
    fn values(
        &self,
        pages: &mut Pages,
        y: f32,
        style: Type,
        colour: Colour,
        texts: &[Vec<String>],
    ) {
        let mut right = pages.right() - self.figures();
        for (column, texts) in self.columns.iter().zip(texts) {
            right += column.width;
            let mut y = y;
            for text in texts {
                let line = pages.fonts.fit(text, style, column.width - 4.0);
                pages.line(column.text_x(right), y, column.align, line, colour);
                y += LINE;
            }
        }
    }

    /// Draws the last row.
    fn total(&self, pages: &mut Pages, texts: &[Vec<String>]) {
        let height = lines(texts);
        self.ensure_room(pages, height + 12.0);
        pages.block(MARGIN, pages.y, pages.right() - MARGIN, 1.2, INK);
        pages.text(MARGIN + 6.0, pages.y + 15.0, Align::Left, "Total", STRONG, INK);
        self.values(pages, pages.y + 15.0, STRONG, INK, texts);
        pages.y += height + 12.0;
    }
}

/// Height of cells.
fn lines(texts: &[Vec<String>]) -> f32 {
    let most = texts.iter().map(Vec::len).max().unwrap_or(1);
    #[expect(clippy::cast_precision_loss, reason = "there are few currencies")]
    let most = most as f32;
    LINE * most
}

fn one(text: String) -> Vec<String> {
    vec![text]
}

fn amount_columns(context: &ReportContext) -> impl Iterator<Item = Column> {
    context.amounts.iter().map(|kind| figures(amount_name(*kind), 92.0))
}

/// The amounts of a group.
fn money<'a>(
    context: &'a ReportContext,
    group: &'a Group,
) -> impl Iterator<Item = Vec<String>> + 'a {
    let money = group.money();
    context.amounts.iter().map(move |kind| amounts(context, &money, *kind))
}

fn empty_notice(pages: &mut Pages) {
    pages.text(
        MARGIN + 6.0,
        pages.y + 16.0,
        Align::Left,
        "No time entries in this range.",
        PLAIN,
        GREY,
    );
    pages.y += 26.0;
}

/// `#03A9F4`
fn colour(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// Draws the groups of a summary report. Each level is indented further.
pub(super) fn summary(pages: &mut Pages, context: &ReportContext, report: &Summary) {
    let mut columns = vec![figures("Duration", 74.0)];
    columns.extend(amount_columns(context));
    let layout = Layout { first: heading(context, &report.kinds), columns };
    layout.heading(pages);
    if report.groups.is_empty() {
        empty_notice(pages);
    }
    let mut room = ROWS;
    for group in &report.groups {
        summary_group(pages, context, &layout, &report.kinds, group, 0, &mut room);
    }
    let mut totals = vec![vec![context.style.duration(report.totals.sum.seconds)]];
    totals.extend(
        context.amounts.iter().map(|kind| amounts(context, &report.totals.by_currency, *kind)),
    );
    layout.total(pages, &totals);
}

fn heading<'a>(context: &'a ReportContext, kinds: &[GroupKind]) -> &'a str {
    kinds.first().map_or("", |kind| context.heading(*kind))
}

/// Draws a group and its inner groups, while there is room for more rows.
fn summary_group(
    pages: &mut Pages,
    context: &ReportContext,
    layout: &Layout<'_>,
    kinds: &[GroupKind],
    group: &Group,
    level: u8,
    room: &mut usize,
) {
    let Some((kind, inner)) = kinds.split_first().filter(|_| *room > 0) else { return };
    *room -= 1;
    let style = if level == 0 { STRONG } else { PLAIN };
    let mut texts = vec![one(context.style.duration(group.sum.seconds))];
    texts.extend(money(context, group));
    group_row(pages, context, layout, *kind, group, level, style, &texts);
    for child in &group.children {
        summary_group(pages, context, layout, inner, child, level + 1, room);
    }
}

/// Draws the row of a group.
#[expect(clippy::too_many_arguments, reason = "a row has this many parts")]
fn group_row(
    pages: &mut Pages,
    context: &ReportContext,
    layout: &Layout<'_>,
    kind: GroupKind,
    group: &Group,
    level: u8,
    style: Type,
    texts: &[Vec<String>],
) {
    let label = &group.label;
    let indent = 6.0 + 14.0 * f32::from(level);
    let mark = label.color.as_deref().and_then(colour).filter(|_| kind == GroupKind::Project);
    let shift = if mark.is_some() { 12.0 } else { 0.0 };
    let room = layout.room(pages) - indent - shift;
    let name = match (kind, label.day) {
        (GroupKind::Date, Some(day)) => context.style.date(day),
        _ => label.name.to_string(),
    };
    let names = pages.fonts.wrap(&name, style, room, 3);
    #[expect(clippy::cast_precision_loss, reason = "there are at most three lines")]
    let height = 6.0 + (LINE * names.len() as f32).max(lines(texts));
    layout.ensure_room(pages, if level == 0 { height + 17.0 } else { height });
    if level == 0 {
        pages.rule(pages.y, RULE);
    }
    let (x, y) = (MARGIN + indent, pages.y + 12.0);
    if let Some(mark) = mark {
        pages.block(x, y - 6.5, 7.0, 7.0, mark);
    }
    let mut end = 0.0;
    let mut at = y;
    for line in names {
        end = line.width;
        pages.line(x + shift, at, Align::Left, line, INK);
        at += LINE;
    }
    if let Some(client) =
        label.client.as_deref().filter(|client| !client.is_empty() && room - end > 40.0)
    {
        let client = pages.fonts.fit(client, PLAIN, room - end - 7.0);
        pages.line(x + shift + end + 7.0, at - LINE, Align::Left, client, GREY);
    }
    layout.values(pages, y, style, INK, texts);
    pages.y += height;
}

/// Draws the groups of a weekly report with their days.
pub(super) fn weekly(pages: &mut Pages, context: &ReportContext, report: &Weekly) {
    let day_width = if report.money { 66.0 } else { 52.0 };
    let mut columns: Vec<Column> = report
        .days
        .iter()
        .map(|day| figures(day.date.format("%a %-d").to_string(), day_width))
        .collect();
    columns.push(figures("Total", 60.0));
    columns.extend(amount_columns(context));
    let layout = Layout { first: heading(context, &report.kinds), columns };
    layout.heading(pages);
    if report.groups.is_empty() {
        empty_notice(pages);
    }
    let day = |day: &Sum| match context.main().filter(|_| report.money) {
        _ if *day == Sum::default() => one("–".to_owned()),
        Some(kind) => one(context.style.number(day.money.of(kind).rounded())),
        None => one(context.style.duration(day.seconds)),
    };
    let texts = |group: &Group| {
        let mut texts: Vec<Vec<String>> = group.days.iter().map(day).collect();
        texts.push(one(context.style.duration(group.sum.seconds)));
        texts.extend(money(context, group));
        texts
    };
    let [outer, inner] = report.kinds;
    let rows = report.groups.iter().flat_map(|group| {
        let children = group.children.iter().map(|child| (inner, child, 1, PLAIN));
        std::iter::once((outer, group, 0, STRONG)).chain(children)
    });
    for (kind, group, level, style) in rows.take(ROWS) {
        group_row(pages, context, &layout, kind, group, level, style, &texts(group));
    }
    let mut totals: Vec<Vec<String>> = report.days.iter().map(|each| day(&each.sum)).collect();
    totals.push(one(context.style.duration(report.totals.sum.seconds)));
    let by_currency = &report.totals.by_currency;
    totals.extend(context.amounts.iter().map(|kind| amounts(context, by_currency, *kind)));
    layout.total(pages, &totals);
}

/// Draws the entries of a detailed report.
pub(super) fn detailed(
    pages: &mut Pages,
    context: &ReportContext,
    totals: &Totals,
    entries: impl Iterator<Item = Row>,
) {
    let mut columns = vec![
        Column { heading: "User".to_owned(), width: 120.0, align: Align::Left },
        figures("Start", 112.0),
        figures("End", 66.0),
        figures("Duration", 62.0),
    ];
    columns.extend(amount_columns(context));
    let layout = Layout { first: "Time entry", columns };
    layout.heading(pages);
    let mut any = false;
    for row in entries.take(ROWS) {
        any = true;
        entry(pages, context, &layout, &row);
    }
    if !any {
        empty_notice(pages);
    }
    let mut row = vec![vec![String::new()]; 3];
    row.push(vec![context.style.duration(totals.sum.seconds)]);
    row.extend(context.amounts.iter().map(|kind| amounts(context, &totals.by_currency, *kind)));
    layout.total(pages, &row);
}

fn entry(pages: &mut Pages, context: &ReportContext, layout: &Layout<'_>, row: &Row) {
    let room = layout.room(pages) - 6.0;
    let description =
        if row.description.is_empty() { "(Without description)" } else { &row.description };
    let lines = pages.fonts.wrap(description, PLAIN, room, 3);
    let below = below(row);
    #[expect(clippy::cast_precision_loss, reason = "there are at most three lines")]
    let height = 7.0 + 11.0 * lines.len() as f32 + if below.is_empty() { 0.0 } else { 11.0 };
    layout.ensure_room(pages, height);
    pages.rule(pages.y, RULE);
    let mut y = pages.y + 12.0;
    let mut texts = vec![
        one(row.user.name.to_string()),
        one(context.style.moment(row.start, context.zone)),
        one(context.style.time(local(row.end, context.zone))),
        one(context.style.duration(row.seconds)),
    ];
    let amount =
        |kind: &AmountKind| one(context.style.money(row.money.of(*kind).rounded(), &row.currency));
    texts.extend(context.amounts.iter().map(amount));
    layout.values(pages, y, PLAIN, INK, &texts);
    for line in lines {
        pages.line(MARGIN + 6.0, y, Align::Left, line, INK);
        y += 11.0;
    }
    if !below.is_empty() {
        let mark = row.color.as_deref().and_then(colour).unwrap_or(BILLABLE);
        let shift = if row.project.is_some() { 10.0 } else { 0.0 };
        if row.project.is_some() {
            pages.block(MARGIN + 6.0, y - 6.0, 6.0, 6.0, mark);
        }
        let line = pages.fonts.fit(&below, SMALL, room - shift);
        pages.line(MARGIN + 6.0 + shift, y, Align::Left, line, GREY);
    }
    pages.y += height;
}

/// Project, task, client and tags in one line.
fn below(row: &Row) -> String {
    let mut text = String::new();
    if let Some(project) = &row.project {
        text.push_str(&project.name);
    }
    if let Some(task) = &row.task {
        text.push_str(": ");
        text.push_str(&task.name);
    }
    if let Some(client) = &row.client {
        text.push_str(" – ");
        text.push_str(&client.name);
    }
    let tags: Vec<&str> = row.tags.iter().map(|tag| &*tag.name).collect();
    if !tags.is_empty() {
        if !text.is_empty() {
            text.push_str("  ·  ");
        }
        text.push_str(&tags.join(", "));
    }
    text
}
