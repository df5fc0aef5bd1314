//! Reports, in JSON and as files.

use axum::http::StatusCode;

use crate::http::cx::Cx;
use crate::http::reply::{Piece, Reply};
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::Error;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::model::{EntryId, State};
use crate::vendors::clockify::reports::ask::{self, Query};
use crate::vendors::clockify::reports::export::table::{self, Cell, Column};
use crate::vendors::clockify::reports::export::{csv, pdf, xlsx};
use crate::vendors::clockify::reports::result::{Details, Frame, Row, Summary, Weekly};
use crate::vendors::clockify::reports::{detailed, summary, weekly};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::reports::answer::{SummaryOut, WeeklyOut};
use crate::vendors::clockify::wire::reports::asked::{Asked, Export, Family, ReportIn, View};
use crate::vendors::clockify::wire::reports::entries::DetailedOut;
use crate::vendors::clockify::wire::reports::shared::{FiltersOut, Generated};

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("generateSummaryReport", summary_report)
        .on("generateWeeklyReport", weekly_report)
        .on("generateDetailedReport", detailed_report)
}

/// Source: 001:2430.
fn summary_report(cx: &Cx, access: Access) -> Result<Reply, Error> {
    report(cx, &access, SharedKind::Summary)
}

/// Source: 001:2535.
fn weekly_report(cx: &Cx, access: Access) -> Result<Reply, Error> {
    report(cx, &access, SharedKind::Weekly)
}

/// Source: 001:2742.
fn detailed_report(cx: &Cx, access: Access) -> Result<Reply, Error> {
    report(cx, &access, SharedKind::Detailed)
}

fn report(cx: &Cx, access: &Access, kind: SharedKind) -> Result<Reply, Error> {
    let asked = body::object::<ReportIn>(cx)?;
    let root = cx.read();
    let view = View {
        state: &root.value.clockify,
        actor: &access.actor,
        now: cx.now(),
        revision: root.value.settings.revision,
        rolling_from: None,
    };
    let asked = asked.asked(kind, &view)?;
    render(cx, &view, asked, None)
}

/// Everything that a format is made from.
struct Page<'a> {
    frame: &'a Frame,
    revision: Revision,
    export: Export,
    filters: Option<FiltersOut<'a>>,
}

/// Makes a report in the format that was asked for.
pub(super) fn render(
    cx: &Cx,
    view: &View<'_>,
    asked: Asked,
    filters: Option<FiltersOut<'_>>,
) -> Result<Reply, Error> {
    cx.work(|| made(view, asked, filters))
}

fn made(view: &View<'_>, asked: Asked, filters: Option<FiltersOut<'_>>) -> Result<Reply, Error> {
    let Asked { query, family, export, descending } = asked;
    let (state, actor, revision) = (view.state, view.actor, view.revision);
    let newer = revision == Revision::Current;
    let frame = ask::frame(state, actor, &query, view.now, newer);
    let frame = frame.ok_or(Error::UnknownWorkspace)?;
    let page = Page { frame: &frame, revision, export, filters };
    match family {
        Family::Summary { kinds, sort } => {
            page.summary(&summary::summary(state, actor, &query, &kinds, sort, descending))
        }
        Family::Weekly { kinds, money } => {
            page.weekly(&weekly::weekly(state, actor, &query, kinds, money, descending))
        }
        Family::Detailed { page: number, sort, totals } => {
            // Quirk CFY-443: files hold every entry.
            let number = (export == Export::Json).then_some(number);
            let (details, ids) = detailed::detailed(state, actor, &query, sort, descending, number);
            let rows = Rows { state: state.clone(), actor: *actor, query, ids };
            page.detailed(details, rows, totals)
        }
    }
}

impl Page<'_> {
    fn summary(self, report: &Summary) -> Result<Reply, Error> {
        let frame = self.frame;
        let columns = || table::summary_columns(frame, report);
        let cells = || table::summary_cells(frame, report).into_iter();
        match self.export {
            Export::Json => Ok(Reply::ok(&Generated {
                report: SummaryOut::new(frame, report, self.revision),
                filters: self.filters,
            })),
            Export::Csv => Ok(csv_file(frame, "Summary", &columns(), cells())),
            Export::Xlsx => xlsx_file(frame, "Summary", &columns(), cells()),
            Export::Pdf => pdf_file(frame, "Summary", pdf::summary(frame, report)),
        }
    }

    fn weekly(self, report: &Weekly) -> Result<Reply, Error> {
        let frame = self.frame;
        let columns = || table::weekly_columns(frame, report);
        let cells = || table::weekly_cells(frame, report).into_iter();
        match self.export {
            Export::Json => Ok(Reply::ok(&Generated {
                report: WeeklyOut::new(frame, report, self.revision),
                filters: self.filters,
            })),
            Export::Csv => Ok(csv_file(frame, "Weekly", &columns(), cells())),
            Export::Xlsx => xlsx_file(frame, "Weekly", &columns(), cells()),
            Export::Pdf => pdf_file(frame, "Weekly", pdf::weekly(frame, report)),
        }
    }

    fn detailed(self, details: Details, rows: Rows, totals: bool) -> Result<Reply, Error> {
        let frame = self.frame;
        let columns = || table::detailed_columns(frame, &details);
        match self.export {
            Export::Json => {
                let rows = detailed::rows(&rows.state, &rows.actor, &rows.query, &rows.ids);
                let totals = totals.then_some(&details.totals);
                let report = DetailedOut::new(frame, totals, &rows, self.revision);
                Ok(Reply::ok(&Generated { report, filters: self.filters }))
            }
            Export::Csv => {
                quirk!("CFY-443");
                let (columns, frame) = (columns(), frame.clone());
                let style = frame.style.clone();
                let name = file_name(&frame, "Detailed", "csv");
                let cells =
                    rows.each().map(move |row| table::detailed_cells(&frame, &details, &row));
                let pieces = csv::chunks(style, &columns, cells).map(Piece::now);
                Ok(Reply::pieces(StatusCode::OK, CSV, pieces).with("content-disposition", &name))
            }
            Export::Xlsx => {
                let columns = columns();
                let cells = rows.each().map(|row| table::detailed_cells(frame, &details, &row));
                xlsx_file(frame, "Detailed", &columns, cells)
            }
            Export::Pdf => pdf_file(frame, "Detailed", pdf::detailed(frame, &details, rows.each())),
        }
    }
}

/// The entries of a file, looked up as they are written. It holds the state they were found in.
struct Rows {
    state: State,
    actor: Actor,
    query: Query,
    ids: Vec<EntryId>,
}

impl Rows {
    /// Entries looked up at a time.
    const STEP: usize = 500;

    fn each(self) -> impl Iterator<Item = Row> {
        let steps = self.ids.len().div_ceil(Self::STEP);
        (0..steps).flat_map(move |step| {
            let from = step * Self::STEP;
            let to = self.ids.len().min(from + Self::STEP);
            detailed::rows(&self.state, &self.actor, &self.query, &self.ids[from..to])
        })
    }
}

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PDF: &str = "application/pdf";

/// `filename=Clockify_Time_Report_Summary_11%2F15%2F2023-12%2F07%2F2023.pdf`. Source:
/// clockify.md:2.
fn file_name(frame: &Frame, family: &str, ending: &str) -> String {
    quirk!("CFY-474");
    let date = |day| {
        let text = frame.style.date(day);
        percent_encoding::utf8_percent_encode(&text, UNRESERVED).to_string()
    };
    let (first, last) = (date(frame.first), date(frame.last));
    format!("filename=Clockify_Time_Report_{family}_{first}-{last}.{ending}")
}

/// What is not written as it is in a file's name.
const UNRESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn csv_file(
    frame: &Frame,
    family: &str,
    columns: &[Column],
    cells: impl Iterator<Item = Vec<Cell>>,
) -> Reply {
    let bytes: Vec<u8> = csv::chunks(frame.style.clone(), columns, cells).flatten().collect();
    let name = file_name(frame, family, "csv");
    Reply::bytes(StatusCode::OK, CSV, bytes).with("content-disposition", &name)
}

fn xlsx_file(
    frame: &Frame,
    family: &'static str,
    columns: &[Column],
    cells: impl Iterator<Item = Vec<Cell>>,
) -> Result<Reply, Error> {
    let bytes =
        xlsx::workbook(family, frame.made, &frame.style, columns, cells).map_err(|error| {
            tracing::error!(%error, "a workbook could not be written");
            Error::Defect
        })?;
    let name = file_name(frame, family, "xlsx");
    Ok(Reply::bytes(StatusCode::OK, XLSX, bytes).with("content-disposition", &name))
}

fn pdf_file(frame: &Frame, family: &str, bytes: Option<Vec<u8>>) -> Result<Reply, Error> {
    let bytes = bytes.ok_or_else(|| {
        tracing::error!("a document could not be written");
        Error::Defect
    })?;
    let name = file_name(frame, family, "pdf");
    Ok(Reply::bytes(StatusCode::OK, PDF, bytes).with("content-disposition", &name))
}
