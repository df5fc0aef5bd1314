//! PDF: a document to hand to a client. A heading with the figures, a bar chart by day, the report's
//! rows with subtotals and a total, page numbers.

mod chart;
mod page;
mod rows;
mod text;

use std::sync::Arc;

use crate::vendors::clockify::reports::result::{
    AmountKind, Details, Frame, Money, Row, Summary, Totals, Weekly,
};
use page::{Align, GREY, GROUND, INK, MARGIN, Pages};
use text::{Fonts, Type};

/// The document of a summary report. `None` when it cannot be written; nothing a report holds leads to
/// that.
#[must_use]
pub fn summary(frame: &Frame, report: &Summary) -> Option<Vec<u8>> {
    let mut pages = Pages::new(text::fonts()?, false);
    head(&mut pages, frame, "Summary report", &report.totals);
    chart::draw(&mut pages, frame, &report.days);
    rows::summary(&mut pages, frame, report);
    finish(pages, frame, "Summary report")
}

/// The document of a weekly report. `None` as in [`summary`].
#[must_use]
pub fn weekly(frame: &Frame, report: &Weekly) -> Option<Vec<u8>> {
    let mut pages = Pages::new(text::fonts()?, true);
    head(&mut pages, frame, "Weekly report", &report.totals);
    chart::draw(&mut pages, frame, &report.days);
    rows::weekly(&mut pages, frame, report);
    finish(pages, frame, "Weekly report")
}

/// The document of a detailed report. `None` as in [`summary`].
#[must_use]
pub fn detailed(
    frame: &Frame,
    details: &Details,
    entries: impl Iterator<Item = Row>,
) -> Option<Vec<u8>> {
    let mut pages = Pages::new(text::fonts()?, true);
    head(&mut pages, frame, "Detailed report", &details.totals);
    chart::draw(&mut pages, frame, &details.days);
    rows::detailed(&mut pages, frame, &details.totals, entries);
    finish(pages, frame, "Detailed report")
}

fn finish(pages: Pages, frame: &Frame, title: &str) -> Option<Vec<u8>> {
    let (first, last) = (frame.style.date(frame.first), frame.style.date(frame.last));
    let made = frame.style.moment(frame.made, frame.zone);
    let foot = format!("{} · {title} {first} – {last} · created {made}", frame.workspace);
    pages.finish(&format!("{title} {first} – {last}"), frame.made, &foot)
}

/// What an amount is called in a heading.
fn amount_name(kind: AmountKind) -> &'static str {
    match kind {
        AmountKind::Earned => "Amount",
        AmountKind::Cost => "Cost",
        AmountKind::Profit => "Profit",
    }
}

/// An amount in all its currencies, a line each.
fn amounts(frame: &Frame, by_currency: &[(Arc<str>, Money)], kind: AmountKind) -> Vec<String> {
    if by_currency.is_empty() {
        return vec![frame.style.money(0, &frame.currency)];
    }
    let each = by_currency.iter();
    each.map(|(code, money)| frame.style.money(money.of(kind), code)).collect()
}

/// Title, workspace, range and figures.
fn head(pages: &mut Pages, frame: &Frame, title: &str, totals: &Totals) {
    let fonts: &Fonts = pages.fonts;
    let width = pages.right() - MARGIN;
    pages.text(MARGIN, pages.y + 18.0, Align::Left, title, Type { size: 20.0, bold: true }, INK);
    let name = fonts.fit(&frame.workspace, Type { size: 11.0, bold: false }, width);
    pages.line(MARGIN, pages.y + 37.0, Align::Left, name, INK);
    let range = format!(
        "{} – {}  ({})",
        frame.style.date(frame.first),
        frame.style.date(frame.last),
        frame.zone
    );
    pages.text(MARGIN, pages.y + 52.0, Align::Left, &range, Type { size: 9.0, bold: false }, GREY);
    pages.y += 66.0;

    let mut figures = vec![
        ("Total time", vec![frame.style.duration(totals.sum.seconds)]),
        ("Billable time", vec![frame.style.duration(totals.billable_seconds)]),
    ];
    for kind in &frame.shown {
        figures.push((amount_name(*kind), amounts(frame, &totals.by_currency, *kind)));
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
