//! Reports in each of their formats: JSON, CSV, XLSX and PDF.

use super::detailed::DetailedOut;
use super::file::{FileReply, Format};
use super::groups::{Report, SummaryOut, WeeklyOut, streamed};
use super::shared::{FiltersOut, ReportOut};
use crate::http::reply::Reply;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::reports::detailed::{self, Rows};
use crate::vendors::clockify::reports::export::{pdf, table};
use crate::vendors::clockify::reports::result::{Details, ReportContext, Summary, Weekly};

/// The options of a report's answer, besides its figures.
#[derive(Debug)]
pub struct Rendering<'a> {
    /// The context of the report.
    pub context: &'a ReportContext,
    /// The revision whose JSON is written.
    pub revision: Revision,
    /// The format to write.
    pub format: Format,
    /// The settings of a shared report. JSON only.
    pub filters: Option<FiltersOut<'a>>,
}

impl Rendering<'_> {
    /// Writes a summary report.
    ///
    /// # Errors
    /// [`Refusal::Defect`] if the file cannot be written.
    pub fn summary(self, report: Summary) -> Result<Reply, Refusal> {
        let context = self.context;
        let file = FileReply { context, report: "Summary" };
        let columns = || table::summary_columns(context, &report);
        let count = table::count_leaves(&report.kinds, &report.groups);
        match self.format {
            Format::Json => {
                let Summary { totals, kinds, groups, days: _ } = report;
                let Report { head, groups } =
                    SummaryOut::split(context, &totals, &kinds, groups, self.revision);
                Ok(streamed(&ReportOut { report: head, filters: self.filters }, groups))
            }
            Format::Csv => Ok(file.csv(&columns(), table::summary_cells(context, report))),
            Format::Xlsx => file.xlsx(&columns(), count, table::summary_cells(context, report)),
            Format::Pdf => file.pdf(pdf::summary(context, &report)),
        }
    }

    /// Writes a weekly report.
    ///
    /// # Errors
    /// [`Refusal::Defect`] if the file cannot be written.
    pub fn weekly(self, report: Weekly) -> Result<Reply, Refusal> {
        let context = self.context;
        let file = FileReply { context, report: "Weekly" };
        let columns = || table::weekly_columns(context, &report);
        let count = table::count_leaves(&report.kinds, &report.groups);
        match self.format {
            Format::Json => {
                let Weekly { totals, kinds: _, money: _, days, groups } = report;
                let Report { head, groups } =
                    WeeklyOut::split(context, &totals, days, groups, self.revision);
                Ok(streamed(&ReportOut { report: head, filters: self.filters }, groups))
            }
            Format::Csv => Ok(file.csv(&columns(), table::weekly_cells(context, report))),
            Format::Xlsx => file.xlsx(&columns(), count, table::weekly_cells(context, report)),
            Format::Pdf => file.pdf(pdf::weekly(context, &report)),
        }
    }

    /// Writes a detailed report. JSON contains the figures of all pages if `totals` is true.
    ///
    /// # Errors
    /// [`Refusal::Defect`] if the file cannot be written.
    pub fn detailed(self, details: Details, rows: Rows, totals: bool) -> Result<Reply, Refusal> {
        let context = self.context;
        let file = FileReply { context, report: "Detailed" };
        let columns = || table::detailed_columns(context, &details);
        match self.format {
            Format::Json => {
                let rows = detailed::rows(&rows.state, &rows.actor, &rows.query, &rows.ids);
                let totals = totals.then_some(&details.totals);
                let report = DetailedOut::new(context, totals, &rows, self.revision);
                Ok(Reply::ok(&ReportOut { report, filters: self.filters }))
            }
            Format::Csv => {
                quirk!("CFY-440");
                let (columns, context) = (columns(), context.clone());
                let cells =
                    rows.each().map(move |row| table::detailed_cells(&context, &details, &row));
                Ok(file.csv(&columns, cells))
            }
            Format::Xlsx => {
                let (columns, context, count) = (columns(), context.clone(), rows.ids.len());
                let cells =
                    rows.each().map(move |row| table::detailed_cells(&context, &details, &row));
                file.xlsx(&columns, count, cells)
            }
            Format::Pdf => file.pdf(pdf::detailed(context, &details, rows.each())),
        }
    }
}
