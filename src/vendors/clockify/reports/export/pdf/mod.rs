//! PDF files: a heading with the totals, a bar chart by day, rows with subtotals and a total, and
//! page numbers. A file has at most 3,000 rows; its totals are those of the whole report.

mod chart;
mod fonts;
mod page;
mod rows;
mod text;

use std::sync::Arc;

pub use self::rows::ROWS;
use crate::quirk;
use crate::vendors::clockify::reports::result::{
    AmountKind, Details, Money, ReportContext, Row, Summary, Totals, Weekly,
};
use fonts::Fonts;
use page::{Align, GREY, GROUND, INK, MARGIN, Pages};
use text::Type;

/// The document of a summary report. `None` if it cannot be written, which no report causes.
#[must_use]
pub fn summary(context: &ReportContext, report: &Summary) -> Option<Vec<u8>> {
    let mut pages = Pages::new(fonts::fonts()?, false);
    head(&mut pages, context, "Summary report", &report.totals);
    chart::draw(&mut pages, context, &report.days);
    rows::summary(&mut pages, context, report);
    finish(pages, context, "Summary report")
}

/// The document of a weekly report. `None` as in [`summary`].
#[must_use]
pub fn weekly(context: &ReportContext, report: &Weekly) -> Option<Vec<u8>> {
    let mut pages = Pages::new(fonts::fonts()?, true);
    head(&mut pages, context, "Weekly report", &report.totals);
    chart::draw(&mut pages, context, &report.days);
    rows::weekly(&mut pages, context, report);
    finish(pages, context, "Weekly report")
}

/// The document of a detailed report. `None` as in [`summary`].
#[must_use]
pub fn detailed(
    context: &ReportContext,
    details: &Details,
    entries: impl Iterator<Item = Row>,
) -> Option<Vec<u8>> {
    let mut pages = Pages::new(fonts::fonts()?, true);
    head(&mut pages, context, "Detailed report", &details.totals);
    chart::draw(&mut pages, context, &details.days);
    rows::detailed(&mut pages, context, &details.totals, entries);
    finish(pages, context, "Detailed report")
}

fn finish(pages: Pages, context: &ReportContext, title: &str) -> Option<Vec<u8>> {
    quirk!("CFY-578");
    let (first, last) = (context.style.date(context.first), context.style.date(context.last));
    let made = context.style.moment(context.made, context.zone);
    let foot = format!("{} · {title} {first} – {last} · created {made}", context.workspace);
    pages.finish(&format!("{title} {first} – {last}"), context.made, &foot)
}

/// The heading of an amount.
fn amount_name(kind: AmountKind) -> &'static str {
    match kind {
        AmountKind::Earned => "Amount",
        AmountKind::Cost => "Cost",
        AmountKind::Profit => "Profit",
    }
}

/// An amount in all its currencies, one line per currency.
fn amounts(
    context: &ReportContext,
    by_currency: &[(Arc<str>, Money)],
    kind: AmountKind,
) -> Vec<String> {
    if by_currency.is_empty() {
        return vec![context.style.money(0, &context.currency)];
    }
    let each = by_currency.iter();
    each.map(|(code, money)| context.style.money(money.of(kind).rounded(), code)).collect()
}

/// Draws title, workspace, range and totals.
fn head(pages: &mut Pages, context: &ReportContext, title: &str, totals: &Totals) {
    let fonts: &Fonts = pages.fonts;
    let width = pages.right() - MARGIN;
    pages.text(MARGIN, pages.y + 18.0, Align::Left, title, Type { size: 20.0, bold: true }, INK);
    let name = fonts.fit(&context.workspace, Type { size: 11.0, bold: false }, width);
    pages.line(MARGIN, pages.y + 37.0, Align::Left, name, INK);
    let range = format!(
        "{} – {}  ({})",
        context.style.date(context.first),
        context.style.date(context.last),
        context.zone
    );
    pages.text(MARGIN, pages.y + 52.0, Align::Left, &range, Type { size: 9.0, bold: false }, GREY);
    pages.y += 66.0;

    let mut figures = vec![
        ("Total time", vec![context.style.duration(totals.sum.seconds)]),
        ("Billable time", vec![context.style.duration(totals.billable_seconds)]),
    ];
    for kind in &context.amounts {
        figures.push((amount_name(*kind), amounts(context, &totals.by_currency, *kind)));
    }
    let most = figures.iter().map(|(_, texts)| texts.len()).max().unwrap_or(1);
    #[expect(clippy::cast_precision_loss, reason = "there are few figures and currencies")]
    let (height, slot) = (26.0 + 14.0 * most as f32, width / figures.len() as f32);
    pages.block(MARGIN, pages.y, width, height, GROUND);
    let mut x = MARGIN + 12.0;
    for (name, texts) in figures {
        let small = Type { size: 7.5, bold: false };
        pages.text(x, pages.y + 15.0, Align::Left, name, small, GREY);
        let mut y = pages.y + 31.0;
        for text in texts {
            let line = fonts.fit(&text, Type { size: 12.0, bold: true }, slot - 16.0);
            pages.line(x, y, Align::Left, line, INK);
            y += 14.0;
        }
        x += slot;
    }
    pages.y += height + 18.0;
}
