//! The bar chart: hours per day, with billable time at the bottom. Long ranges show weeks, months
//! or years.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::page::{Align, BILLABLE, GREY, INK, MARGIN, OTHER, Pages, RULE};
use super::text::Type;
use crate::vendors::clockify::reports::result::{Day, ReportContext};

/// Height of the chart area, in points.
const HEIGHT: f32 = 110.0;
/// Width of the scale, in points.
const SCALE: f32 = 34.0;

/// The time of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Day,
    Week,
    Month,
    Year,
}

impl Span {
    /// The shortest span that gives a range a readable number of bars.
    pub(super) fn of(first: NaiveDate, last: NaiveDate) -> Self {
        match (last - first).num_days() {
            ..62 => Self::Day,
            62..400 => Self::Week,
            400..1900 => Self::Month,
            _ => Self::Year,
        }
    }

    /// The first day of the span that contains `day`.
    fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => {
                let back = u64::from(day.weekday().num_days_from_monday());
                day.checked_sub_days(Days::new(back)).unwrap_or(day)
            }
            Self::Month => day.with_day(1).unwrap_or(day),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day),
        }
    }

    /// The first day of the next span.
    fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => start.succ_opt(),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
            Self::Year => start.checked_add_months(Months::new(12)),
        }
    }

    fn caption(self) -> &'static str {
        match self {
            Self::Day => "Hours by day",
            Self::Week => "Hours by week",
            Self::Month => "Hours by month",
            Self::Year => "Hours by year",
        }
    }
}

/// A bar. Lengths are seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) start: NaiveDate,
    pub(super) billable: i64,
    pub(super) all: i64,
}

/// One bar per span, even without time, and at most 120. A range of many years is reduced to the
/// days with entries.
pub(super) fn bars(context: &ReportContext, days: &[Day]) -> (Span, Vec<Bar>) {
    let (mut first, mut last) = (context.first, context.last);
    if (last - first).num_days() > 1900 {
        first = days.first().map_or(first, |day| day.date);
        last = days.last().map_or(first, |day| day.date);
    }
    let span = Span::of(first, last);
    let mut bars: Vec<Bar> = Vec::new();
    let mut at = Some(span.start(first));
    while let Some(start) = at.filter(|start| *start <= last && bars.len() < 120) {
        bars.push(Bar { start, billable: 0, all: 0 });
        at = span.next(start);
    }
    for day in days {
        let start = span.start(day.date);
        if let Ok(at) = bars.binary_search_by_key(&start, |bar| bar.start) {
            bars[at].billable = bars[at].billable.saturating_add(day.billable_seconds);
            bars[at].all = bars[at].all.saturating_add(day.sum.seconds);
        }
    }
    (span, bars)
}

/// Hours between the lines of the scale: 1, 2 or 5 times a power of ten. There are at most five
/// lines.
fn step(most: f32) -> f32 {
    let mut step = 1.0;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if most <= step * factor * 5.0 {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than a float holds")]
fn hours(seconds: i64) -> f32 {
    seconds as f32 / 3600.0
}

/// Draws the chart and moves below it.
#[expect(clippy::cast_precision_loss, reason = "there are few bars")]
pub(super) fn draw(pages: &mut Pages, context: &ReportContext, days: &[Day]) {
    let (span, bars) = bars(context, days);
    if bars.is_empty() {
        return;
    }
    legend(pages, span);
    let (left, right) = (MARGIN + SCALE, pages.right());
    let top = pages.y + 8.0;
    let bottom = top + HEIGHT;
    let most = bars.iter().map(|bar| hours(bar.all)).fold(0.0, f32::max).max(1.0);
    let step = step(most);
    let lines = (most / step).ceil().max(1.0);
    let scale = HEIGHT / (lines * step);
    let small = Type { size: 7.0, bold: false };
    let mut line = 0.0;
    while line <= lines {
        let y = bottom - line * step * scale;
        pages.block(left, y - 0.25, right - left, 0.5, RULE);
        let text = format!("{} h", line * step);
        pages.text(left - 6.0, y + 2.5, Align::Right, &text, small, GREY);
        line += 1.0;
    }
    let slot = (right - left) / bars.len() as f32;
    let width = (slot * 0.62).min(38.0);
    let labelled = (34.0 / slot).ceil().max(1.0);
    for (n, bar) in bars.iter().enumerate() {
        let middle = left + slot * (n as f32 + 0.5);
        let (all, billable) = (hours(bar.all) * scale, hours(bar.billable.min(bar.all)) * scale);
        if all > 0.0 {
            pages.block(middle - width / 2.0, bottom - all, width, all - billable, OTHER);
            pages.block(middle - width / 2.0, bottom - billable, width, billable, BILLABLE);
        }
        if bar.all > 0 && slot >= 34.0 {
            let text = context.style.duration(bar.all);
            pages.text(middle, bottom - all - 3.0, Align::Middle, &text, small, INK);
        }
        if (n as f32) % labelled == 0.0 {
            let text = label(span, bar.start);
            pages.text(middle, bottom + 11.0, Align::Middle, &text, small, GREY);
        }
    }
    pages.block(left, bottom - 0.4, right - left, 0.8, GREY);
    pages.y = bottom + 28.0;
}

fn label(span: Span, start: NaiveDate) -> String {
    match span {
        Span::Day => start.format("%a %-d").to_string(),
        Span::Week => start.format("%-d %b").to_string(),
        Span::Month => start.format("%b %y").to_string(),
        Span::Year => start.format("%Y").to_string(),
    }
}

fn legend(pages: &mut Pages, span: Span) {
    let small = Type { size: 7.5, bold: false };
    let y = pages.y + 6.0;
    pages.text(MARGIN, y, Align::Left, span.caption(), Type { size: 8.5, bold: true }, INK);
    let mut x = pages.right();
    for (name, colour) in [("Non-billable", OTHER), ("Billable", BILLABLE)] {
        let line = pages.fonts.line(name, small);
        x -= line.width;
        pages.line(x, y, Align::Left, line, GREY);
        pages.block(x - 11.0, y - 6.0, 7.0, 7.0, colour);
        x -= 24.0;
    }
    pages.y += 14.0;
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    #[expect(clippy::float_cmp, reason = "steps are exact")]
    fn the_scale_has_round_steps() {
        for (most, expected) in
            [(1.0, 1.0), (5.0, 1.0), (8.0, 2.0), (24.0, 5.0), (40.0, 10.0), (900.0, 200.0)]
        {
            assert_eq!(step(most), expected, "{most}");
        }
    }
}
