//! Report files as answers: formats, content types and file names.

use axum::http::StatusCode;

use crate::http::reply::Reply;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::reports::export::csv;
use crate::vendors::clockify::reports::export::table::{Cell, Column};
use crate::vendors::clockify::reports::export::xlsx::{self, Book};
use crate::vendors::clockify::reports::result::ReportContext;

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the formats")]
pub enum Format {
    Json,
    Csv,
    Xlsx,
    Pdf,
}

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PDF: &str = "application/pdf";

/// Answers with the files of one report.
#[derive(Debug, Clone, Copy)]
pub struct FileReply<'a> {
    /// The context of the report.
    pub context: &'a ReportContext,
    /// The kind of report, as file names spell it.
    pub report: &'static str,
}

impl FileReply<'_> {
    /// A CSV file, which is written while it is sent.
    pub fn csv<I>(self, columns: &[Column], cells: I) -> Reply
    where
        I: Iterator<Item = Vec<Cell>> + Send + 'static,
    {
        let chunks = csv::chunks(self.context.style.clone(), columns, cells);
        Reply::streamed(StatusCode::OK, CSV, chunks)
            .with("content-disposition", &self.file_name("csv"))
    }

    /// An XLSX file of `count` rows, which is written while it is sent.
    ///
    /// # Errors
    /// [`Refusal::Defect`] if the workbook cannot be written.
    pub fn xlsx<I>(self, columns: &[Column], count: usize, cells: I) -> Result<Reply, Refusal>
    where
        I: Iterator<Item = Vec<Cell>> + Send + 'static,
    {
        let ReportContext { made, style, .. } = self.context;
        let book = Book { title: self.report, made: *made, style, columns, count };
        let pieces = xlsx::pieces(&book, cells).map_err(|error| {
            tracing::error!(%error, "a workbook could not be written");
            Refusal::Defect
        })?;
        let name = self.file_name("xlsx");
        Ok(Reply::streamed(StatusCode::OK, XLSX, pieces).with("content-disposition", &name))
    }

    /// A PDF file.
    ///
    /// # Errors
    /// [`Refusal::Defect`] without `bytes`: the document could not be written.
    pub fn pdf(self, bytes: Option<Vec<u8>>) -> Result<Reply, Refusal> {
        let bytes = bytes.ok_or_else(|| {
            tracing::error!("a document could not be written");
            Refusal::Defect
        })?;
        let name = self.file_name("pdf");
        Ok(Reply::bytes(StatusCode::OK, PDF, bytes).with("content-disposition", &name))
    }

    /// `filename=Clockify_Time_Report_Summary_11%2F15%2F2023-12%2F07%2F2023.pdf`. Source:
    /// clockify.md:2.
    fn file_name(self, extension: &str) -> String {
        quirk!("CFY-474");
        let Self { context, report } = self;
        let date = |day| {
            let text = context.style.date(day);
            percent_encoding::utf8_percent_encode(&text, RESERVED).to_string()
        };
        let (first, last) = (date(context.first), date(context.last));
        format!("filename=Clockify_Time_Report_{report}_{first}-{last}.{extension}")
    }
}

/// The characters that a file name writes percent-encoded.
const RESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
