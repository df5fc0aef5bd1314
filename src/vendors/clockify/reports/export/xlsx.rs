//! XLSX files: a workbook with typed cells, a frozen heading, filters and a line of totals.

use std::io::Cursor;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::table::{Cell, Column};
use crate::kernel::money::ExactAmount;
use crate::kernel::wanted::{self, Heeding};
use crate::vendors::clockify::model::settings::DurationFormat;
use crate::vendors::clockify::reports::style::Style;

/// Maximum rows of data on a sheet. A spreadsheet has 1,048,576 lines.
const SHEET: usize = 1_000_000;
/// Maximum characters of a cell.
const CELL: usize = 32_767;

/// Formats of the cells, by kind.
struct Formats<'a> {
    style: &'a Style,
    heading: Format,
    date: Format,
    time: Format,
    duration: Format,
    hours: Format,
    money: Format,
    /// Formats of the line of totals: text, duration, hours and money.
    total: [Format; 4],
    decimal: bool,
}

impl<'a> Formats<'a> {
    fn of(style: &'a Style) -> Self {
        let bold = || Format::new().set_bold().set_border_top(FormatBorder::Thin);
        let money = "#,##0.00";
        Self {
            style,
            heading: Format::new()
                .set_bold()
                .set_background_color("#E4EAEE")
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            date: Format::new().set_num_format(style.date_code()).set_align(FormatAlign::Left),
            time: Format::new().set_num_format(style.time_code()).set_align(FormatAlign::Left),
            duration: Format::new().set_num_format(style.duration_code()),
            hours: Format::new().set_num_format("0.00"),
            money: Format::new().set_num_format(money),
            total: [
                bold(),
                bold().set_num_format(style.duration_code()),
                bold().set_num_format("0.00"),
                bold().set_num_format(money),
            ],
            decimal: style.duration == DurationFormat::Decimal,
        }
    }

    /// The spreadsheet number of a duration, as it is shown: a spreadsheet cuts seconds off.
    #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
    fn duration_value(&self, seconds: i64) -> f64 {
        self.style.shown(seconds) as f64 / if self.decimal { 3600.0 } else { 86_400.0 }
    }
}

/// Writes a table as a workbook. `made` is its creation date.
///
/// # Errors
/// Errors of the XLSX writer, which no report causes.
pub fn workbook(
    title: &'static str,
    made: DateTime<Utc>,
    style: &Style,
    columns: &[Column],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let formats = Formats::of(style);
    let mut rows = rows.peekable();
    let mut number = 1;
    loop {
        let sheet = book.add_worksheet();
        sheet.set_name(if number == 1 { title.to_owned() } else { format!("{title} {number}") })?;
        let sheet_rows: Vec<_> = rows.by_ref().take(SHEET).collect();
        fill(sheet, &formats, columns, &sheet_rows)?;
        number += 1;
        if rows.peek().is_none() {
            break;
        }
    }
    let seconds = u16::try_from(made.year()).unwrap_or(1970);
    let made = ExcelDateTime::from_timestamp(made.timestamp())
        .or_else(|_| ExcelDateTime::from_ymd(seconds, 1, 1))?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let mut file = Heeding::new(Cursor::new(Vec::new()));
    book.save_to_writer(&mut file)?;
    Ok(file.into_inner().into_inner())
}

#[expect(clippy::cast_possible_truncation, reason = "rows and columns are counted below the limit")]
fn fill(
    sheet: &mut Worksheet,
    formats: &Formats<'_>,
    columns: &[Column],
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    sheet.set_row_height(0, 20)?;
    for (at, column) in columns.iter().enumerate() {
        let at = at as u16;
        sheet.set_column_width(at, f64::from(column.width))?;
        sheet.write_string_with_format(0, at, &*column.heading, &formats.heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, cells) in rows.iter().enumerate() {
        wanted::check();
        for (at, cell) in cells.iter().enumerate() {
            write(sheet, formats, (line as u32 + 1, at as u16), cell)?;
        }
    }
    let last = rows.len() as u32;
    if last > 0 {
        sheet.autofilter(0, 0, last, columns.len().saturating_sub(1) as u16)?;
    }
    totals(sheet, formats, columns, rows, last + 1)
}

fn write(
    sheet: &mut Worksheet,
    formats: &Formats<'_>,
    (line, at): (u32, u16),
    cell: &Cell,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => sheet.write_string(line, at, truncate(text))?,
        Cell::Flag(flag) => sheet.write_string(line, at, if *flag { "Yes" } else { "No" })?,
        Cell::Date(day) => match date(*day) {
            Some(day) => sheet.write_datetime_with_format(line, at, &day, &formats.date)?,
            None => sheet.write_string(line, at, day.to_string())?,
        },
        Cell::Time(time) => {
            let time = seconds_of_day(time.time());
            sheet.write_number_with_format(line, at, time, &formats.time)?
        }
        Cell::Duration(seconds) => {
            let value = formats.duration_value(*seconds);
            sheet.write_number_with_format(line, at, value, &formats.duration)?
        }
        Cell::Hours(seconds) => {
            sheet.write_number_with_format(line, at, hours(*seconds), &formats.hours)?
        }
        Cell::Money(amount) => {
            sheet.write_number_with_format(line, at, amount.major(), &formats.money)?
        }
    };
    Ok(())
}

/// Writes the line of totals: formulas, with their results for readers that do not calculate.
#[expect(clippy::cast_possible_truncation, reason = "columns are counted below the limit")]
fn totals(
    sheet: &mut Worksheet,
    formats: &Formats<'_>,
    columns: &[Column],
    rows: &[Vec<Cell>],
    line: u32,
) -> Result<(), XlsxError> {
    let [text, duration, decimal, money] = &formats.total;
    for (at, column) in columns.iter().enumerate() {
        let column_index = at as u16;
        if !column.summed {
            let name = if at == 0 { "Total" } else { "" };
            sheet.write_string_with_format(line, column_index, name, text)?;
            continue;
        }
        let cells = || rows.iter().filter_map(|cells| cells.get(at));
        let sum = cells().fold(0_i64, |sum, cell| match cell {
            Cell::Duration(value) | Cell::Hours(value) | Cell::Money(ExactAmount(value)) => {
                sum.saturating_add(*value)
            }
            _ => sum,
        });
        let figure = cells().find(|cell| !matches!(cell, Cell::Text(_)));
        let (result, format) = match figure {
            Some(Cell::Money(_)) => (ExactAmount(sum).major(), money),
            Some(Cell::Hours(_)) => (hours(sum), decimal),
            _ => (formats.duration_value(sum), duration),
        };
        if rows.is_empty() {
            sheet.write_number_with_format(line, column_index, result, format)?;
            continue;
        }
        let name = rust_xlsxwriter::utility::column_number_to_name(column_index);
        let formula = Formula::new(format!("=SUM({name}2:{name}{line})"));
        let formula = formula.set_result(result.to_string());
        sheet.write_formula_with_format(line, column_index, formula, format)?;
    }
    Ok(())
}

fn truncate(text: &str) -> String {
    text.chars().take(CELL).collect()
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
