//! XLSX files: a workbook with typed cells, a frozen heading, filters and a line of totals.
//!
//! The library makes the workbook without its rows; they are written into its sheets while the file is sent. So
//! a file of a million entries takes no more memory than one of ten, and no temporary file.

use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use parking_lot::Mutex;
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{ZipArchive, ZipWriter};

use super::table::{Cell, Column};
use crate::kernel::money::ExactAmount;
use crate::vendors::clockify::model::settings::DurationFormat;
use crate::vendors::clockify::reports::style::Style;

/// Maximum rows of data on a sheet. A spreadsheet has 1,048,576 lines.
const SHEET: usize = 1_000_000;
/// Maximum characters of a cell.
const CELL: usize = 32_767;
/// Rows that are written before what has come of them is sent.
const STEP: usize = 200;
/// Compression: a good half of the size that the strongest gives, in a third of its time.
const LEVEL: i64 = 1;

/// A table to write as a workbook.
#[derive(Debug)]
pub struct Book<'a> {
    /// The title of the workbook and its sheets.
    pub title: &'static str,
    /// Its creation date.
    pub made: DateTime<Utc>,
    /// The style of dates, times and numbers.
    pub style: &'a Style,
    /// The columns.
    pub columns: &'a [Column],
    /// Number of rows.
    pub count: usize,
}

/// Formats of the cells, by kind.
struct Formats {
    heading: Format,
    /// In the order of [`Look`].
    cells: [Format; LOOKS],
}

/// The looks of cells.
#[derive(Debug, Clone, Copy)]
enum Look {
    Date,
    Time,
    Duration,
    Hours,
    Money,
    TotalText,
    TotalDuration,
    TotalHours,
    TotalMoney,
}

/// Number of looks.
const LOOKS: usize = 9;

impl Formats {
    fn of(style: &Style) -> Self {
        let bold = || Format::new().set_bold().set_border_top(FormatBorder::Thin);
        let money = "#,##0.00";
        Self {
            heading: Format::new()
                .set_bold()
                .set_background_color("#E4EAEE")
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            cells: [
                Format::new().set_num_format(style.date_code()).set_align(FormatAlign::Left),
                Format::new().set_num_format(style.time_code()).set_align(FormatAlign::Left),
                Format::new().set_num_format(style.duration_code()),
                Format::new().set_num_format("0.00"),
                Format::new().set_num_format(money),
                bold(),
                bold().set_num_format(style.duration_code()),
                bold().set_num_format("0.00"),
                bold().set_num_format(money),
            ],
        }
    }
}

/// The spreadsheet number of a duration, as it is shown: a spreadsheet cuts seconds off.
#[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
fn duration_value(style: &Style, seconds: i64) -> f64 {
    let unit = if style.duration == DurationFormat::Decimal { 3600.0 } else { 86_400.0 };
    style.shown(seconds) as f64 / unit
}

/// Writes a table as a workbook, in pieces.
///
/// # Errors
/// Errors of the XLSX writer, which no report causes.
pub fn pieces<I>(book: &Book<'_>, rows: I) -> Result<Pieces<I>, XlsxError>
where
    I: Iterator<Item = Vec<Cell>>,
{
    let bytes = frame(book)?;
    let mut frame = ZipArchive::new(Cursor::new(bytes))?;
    let (mut parts, mut sheets) = (Vec::new(), Vec::new());
    for at in 0..frame.len() {
        let mut part = frame.by_index(at)?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        let name = part.name()?.into_owned();
        if name.starts_with("xl/worksheets/sheet") {
            sheets.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        } else {
            parts.push((name, bytes));
        }
    }
    let sink = Sink::default();
    let mut zip = ZipWriter::new_stream(sink.clone());
    for (name, bytes) in parts {
        zip.start_file(name, options())?;
        zip.write_all(&bytes)?;
    }
    let looks = sheets.first().map_or([0; LOOKS], |(_, xml)| looks(xml));
    let sums = vec![Sum::default(); book.columns.len()];
    let summed = book.columns.iter().map(|column| column.summed).collect();
    let sheets = sheets.into_iter();
    let style = book.style.clone();
    Ok(Pieces { zip: Some(zip), sink, sheets, open: None, rows, style, looks, summed, sums })
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_level(Some(LEVEL))
}

/// The workbook without its rows. The second line of each sheet has a cell of each look.
fn frame(table: &Book<'_>) -> Result<Vec<u8>, XlsxError> {
    let Book { title, made, style, columns, count } = table;
    let mut book = Workbook::new();
    let formats = Formats::of(style);
    for number in 1..=count.div_ceil(SHEET).max(1) {
        let sheet = book.add_worksheet();
        sheet.set_name(if number == 1 {
            (*title).to_owned()
        } else {
            format!("{title} {number}")
        })?;
        let rows = (count - (number - 1) * SHEET).min(SHEET);
        empty_sheet(sheet, &formats, columns, u32::try_from(rows).unwrap_or(u32::MAX))?;
    }
    let year = u16::try_from(made.year()).unwrap_or(1970);
    let made = ExcelDateTime::from_timestamp(made.timestamp())
        .or_else(|_| ExcelDateTime::from_ymd(year, 1, 1))?;
    book.set_properties(&DocProperties::new().set_title(*title).set_creation_datetime(&made));
    book.save_to_buffer()
}

fn empty_sheet(
    sheet: &mut Worksheet,
    formats: &Formats,
    columns: &[Column],
    rows: u32,
) -> Result<(), XlsxError> {
    sheet.set_row_height(0, 20)?;
    for (at, column) in (0..).zip(columns) {
        sheet.set_column_width(at, f64::from(column.width))?;
        sheet.write_string_with_format(0, at, &*column.heading, &formats.heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (at, format) in (0..).zip(&formats.cells) {
        sheet.write_number_with_format(1, at, 0, format)?;
    }
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    if rows > 0 {
        sheet.autofilter(0, 0, rows, last)?;
    }
    Ok(())
}

/// The numbers of the looks in the list of styles, from the second line of a sheet.
fn looks(xml: &str) -> [u32; LOOKS] {
    let line = xml.split("<row ").nth(2).unwrap_or_default();
    let mut numbers = line.split(" s=\"").skip(1).map(|rest| {
        let digits = rest.split('"').next().unwrap_or_default();
        digits.parse().unwrap_or(0)
    });
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

/// Where the archive is written; what has been written is taken from here.
#[derive(Debug, Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sum of a column, and the kind of its figures.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    value: i64,
    kind: Kind,
}

/// The kind of a column's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Unknown,
    Duration,
    Hours,
    Money,
}

/// A sheet whose rows are being written.
#[derive(Debug)]
struct OpenSheet {
    /// Lines so far.
    lines: usize,
    /// What follows its rows.
    after: String,
}

/// A file as an iterator of pieces, which may be empty.
pub struct Pieces<I> {
    zip: Option<ZipWriter<StreamWriter<Sink>>>,
    sink: Sink,
    sheets: std::vec::IntoIter<(String, String)>,
    open: Option<OpenSheet>,
    rows: I,
    style: Style,
    looks: [u32; LOOKS],
    /// Which columns the line of totals sums.
    summed: Vec<bool>,
    sums: Vec<Sum>,
}

impl<I: Iterator<Item = Vec<Cell>>> Iterator for Pieces<I> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.zip.as_ref()?;
        if let Err(error) = self.step() {
            // Writing to memory does not fail.
            tracing::error!(%error, "a workbook could not be written");
            self.zip = None;
        }
        Some(std::mem::take(&mut *self.sink.0.lock()))
    }
}

impl<I: Iterator<Item = Vec<Cell>>> Pieces<I> {
    /// Writes the next rows, or the end of a sheet or of the file.
    fn step(&mut self) -> io::Result<()> {
        let Some(mut open) = self.open.take() else { return self.next_sheet() };
        let mut text = String::new();
        let mut last = open.lines > SHEET;
        for _ in 0..STEP {
            let Some(cells) = (!last).then(|| self.rows.next()).flatten() else {
                last = true;
                break;
            };
            open.lines += 1;
            self.row(&mut text, open.lines, &cells);
            last = open.lines > SHEET;
        }
        if last {
            self.totals(&mut text, open.lines);
            text.push_str(&open.after);
        } else {
            self.open = Some(open);
        }
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.zip.as_mut().map_or(Ok(()), |zip| zip.write_all(text.as_bytes()))
    }

    /// Begins the next sheet with its heading; after the last one ends the file.
    fn next_sheet(&mut self) -> io::Result<()> {
        let Some((name, xml)) = self.sheets.next() else {
            return self
                .zip
                .take()
                .map_or(Ok(()), |zip| zip.finish().map(drop).map_err(Into::into));
        };
        if let Some(zip) = &mut self.zip {
            zip.start_file(name, options())?;
        }
        self.sums.fill(Sum::default());
        let (before, rest) = xml.split_once("</row>").unwrap_or((&xml, ""));
        let after = rest.split_once("</row>").map_or("", |(_, after)| after).to_owned();
        self.open = Some(OpenSheet { lines: 1, after });
        // The library counted the cells that it knows.
        let (begin, sized) = before.split_once("<dimension ref=\"").unwrap_or((before, ""));
        let sized = sized.split_once("/>").map_or("", |(_, rest)| rest);
        self.write(&format!("{begin}{sized}</row>"))
    }

    fn row(&mut self, text: &mut String, line: usize, cells: &[Cell]) {
        use std::fmt::Write as _;
        let _ = write!(text, "<row r=\"{line}\">");
        for (at, cell) in cells.iter().enumerate() {
            let place = Place { column: at, line };
            match cell {
                Cell::Text(value) => place.text(text, None, value),
                Cell::Flag(flag) => place.text(text, None, if *flag { "Yes" } else { "No" }),
                Cell::Date(day) => match date(*day) {
                    Some(day) => place.number(text, self.look(Look::Date), day.to_excel()),
                    None => place.text(text, None, &day.to_string()),
                },
                Cell::Time(time) => {
                    place.number(text, self.look(Look::Time), seconds_of_day(time.time()));
                }
                Cell::Duration(seconds) => {
                    let value = duration_value(&self.style, *seconds);
                    place.number(text, self.look(Look::Duration), value);
                }
                Cell::Hours(seconds) => {
                    place.number(text, self.look(Look::Hours), hours(*seconds));
                }
                Cell::Money(amount) => {
                    place.number(text, self.look(Look::Money), amount.major());
                }
            }
            let figure = match cell {
                Cell::Duration(value) => Some((*value, Kind::Duration)),
                Cell::Hours(value) => Some((*value, Kind::Hours)),
                Cell::Money(ExactAmount(value)) => Some((*value, Kind::Money)),
                _ => None,
            };
            if let (Some((value, kind)), Some(sum)) = (figure, self.sums.get_mut(at)) {
                sum.value = sum.value.saturating_add(value);
                sum.kind = kind;
            }
        }
        text.push_str("</row>");
    }

    fn look(&self, look: Look) -> u32 {
        self.looks[look as usize]
    }

    /// Writes the line of totals after this many lines: formulas, with their results for readers that do not
    /// calculate.
    fn totals(&self, text: &mut String, lines: usize) {
        use std::fmt::Write as _;
        let line = lines + 1;
        let _ = write!(text, "<row r=\"{line}\">");
        for (at, summed) in self.summed.iter().enumerate() {
            let place = Place { column: at, line };
            if !summed {
                let name = if at == 0 { "Total" } else { "" };
                place.text(text, Some(self.look(Look::TotalText)), name);
                continue;
            }
            let Sum { value, kind } = self.sums[at];
            let (result, look) = match kind {
                Kind::Money => (ExactAmount(value).major(), Look::TotalMoney),
                Kind::Hours => (hours(value), Look::TotalHours),
                Kind::Duration | Kind::Unknown => {
                    (duration_value(&self.style, value), Look::TotalDuration)
                }
            };
            if lines == 1 {
                place.number(text, self.look(look), result);
                continue;
            }
            let name = name(at);
            let look = self.look(look);
            let _ = write!(
                text,
                "<c r=\"{name}{line}\" s=\"{look}\"><f>SUM({name}2:{name}{lines})</f><v>{result}</v></c>"
            );
        }
        text.push_str("</row>");
    }
}

/// The name of a column: `A`, `AB`.
fn name(column: usize) -> String {
    column_number_to_name(u16::try_from(column).unwrap_or(u16::MAX))
}

/// The place of a cell; lines count from 1.
#[derive(Debug, Clone, Copy)]
struct Place {
    column: usize,
    line: usize,
}

impl Place {
    fn number(self, text: &mut String, look: u32, value: f64) {
        use std::fmt::Write as _;
        let (name, line) = (name(self.column), self.line);
        let _ = write!(text, "<c r=\"{name}{line}\" s=\"{look}\"><v>{value}</v></c>");
    }

    fn text(self, text: &mut String, look: Option<u32>, value: &str) {
        use std::fmt::Write as _;
        let (name, line) = (name(self.column), self.line);
        let _ = write!(text, "<c r=\"{name}{line}\"");
        if let Some(look) = look {
            let _ = write!(text, " s=\"{look}\"");
        }
        if value.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        for letter in value.chars().take(CELL) {
            match letter {
                '&' => text.push_str("&amp;"),
                '<' => text.push_str("&lt;"),
                '>' => text.push_str("&gt;"),
                '\t' | '\n' => text.push(letter),
                // XML has no other control characters; spreadsheets write them like this.
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    let _ = write!(text, "_x{:04X}_", u32::from(letter));
                }
                letter => text.push(letter),
            }
        }
        text.push_str("</t></is></c>");
    }
}

/// The spreadsheet date of a day from 1900 to 9999.
fn date(day: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?)
        .ok()
}

fn seconds_of_day(time: chrono::NaiveTime) -> f64 {
    use chrono::Timelike;
    f64::from(time.num_seconds_from_midnight()) / 86_400.0
}

#[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
fn hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}
