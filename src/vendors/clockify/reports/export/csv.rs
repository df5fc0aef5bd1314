//! CSV files: all cells quoted, lines end with a line feed, no byte-order mark.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::table::{Cell, Column};
use crate::kernel::abandon;
use crate::quirk;
use crate::vendors::clockify::reports::style::{Style, decimal_hours, plain_money};

/// Minimum size of a chunk in bytes, except for the last.
const CHUNK: usize = 64 * 1024;

/// A file as an iterator of chunks. Only one chunk is in memory at a time.
#[derive(Debug)]
pub struct Chunks<I> {
    style: Style,
    heading: Option<Vec<String>>,
    rows: I,
}

/// Writes a table as a file.
#[must_use]
pub fn chunks<I>(style: Style, columns: &[Column], rows: I) -> Chunks<I>
where
    I: Iterator<Item = Vec<Cell>>,
{
    quirk!("CFY-472");
    let heading = columns.iter().map(|column| column.heading.clone()).collect();
    Chunks { style, heading: Some(heading), rows }
}

impl<I: Iterator<Item = Vec<Cell>>> Iterator for Chunks<I> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(CHUNK + CHUNK / 8);
        if let Some(heading) = self.heading.take() {
            let mut line = line();
            // Writing to memory cannot fail.
            let _ = line.write_record(&heading);
            bytes.extend(line.into_inner().unwrap_or_default());
        }
        let mut writer = line();
        let mut filled = bytes.len();
        for cells in self.rows.by_ref() {
            abandon::check();
            let texts: Vec<String> = cells.iter().map(|cell| text(&self.style, cell)).collect();
            filled += texts.iter().map(|text| text.len() + 3).sum::<usize>();
            let _ = writer.write_record(&texts);
            if filled >= CHUNK {
                break;
            }
        }
        bytes.extend(writer.into_inner().unwrap_or_default());
        (!bytes.is_empty()).then_some(bytes)
    }
}

fn line() -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::Any(b'\n'))
        .flexible(true)
        .from_writer(Vec::new())
}

/// The text of a cell.
fn text(style: &Style, cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        Cell::Flag(flag) => if *flag { "Yes" } else { "No" }.to_owned(),
        Cell::Date(day) => style.date(*day),
        Cell::Time(at) => style.time(*at),
        Cell::Duration(seconds) => style.duration(*seconds),
        Cell::Hours(seconds) => decimal_hours(*seconds),
        Cell::Money(amount) => plain_money(amount.rounded()),
    }
}
