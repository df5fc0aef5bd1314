//! The worklog report as JSON, as CSV and as the table of its page.

use axum::http::StatusCode;
use bytes::Bytes;

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::limits;
use super::super::rules::grouping::Frame;
use super::super::rules::report::{self, Asker, report};
use super::super::rules::view::{self, Wanted};
use super::super::wire::csv::Export;
use super::super::wire::html::Table;
use super::super::wire::issues;
use super::super::wire::question::Asked;
use super::polling::Pace;
use crate::http::cx::Cx;
use crate::http::reply::{Piece, Reply};
use crate::quirk;
use crate::world::World;

impl From<report::Error> for Error {
    fn from(error: report::Error) -> Self {
        match error {
            report::Error::Backwards => Self::Backwards,
            report::Error::Unknown(kind, name) => Self::Unknown { kind, name },
            report::Error::Search(why) => Self::Search(why),
            report::Error::NotAuditor => Self::NotAuditor,
        }
    }
}

/// `GET /api/1/worklog`. Source: document 002, line 23.
pub(super) fn get_worklog(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let (site, asker) = (&root.value.jira, asker(cx, &caller, &root.value));
    let Asked { question, more, .. } = Asked::of(&cx.query, cx.revision())?;
    let report = report(site, asker, &question)?;
    quirk!("TTR-007");
    let frame = issues::Frame { site, zone: caller.user.zone, more: &more };
    let out: Vec<_> = report.rows.iter().map(|row| frame.issue(row)).collect();
    Ok(Pace::of(asker.settings, &report).send(Reply::ok(&out)))
}

/// `GET /api/1/exportData.csv`. Source: document 002, line 109, and jira-vendors.md 2.1.
pub(super) fn export_data(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let (site, asker) = (root.value.jira.clone(), asker(cx, &caller, &root.value));
    let Asked { question, more, .. } = Asked::of(&cx.query, cx.revision())?;
    let report = report(&site, asker, &question)?;
    let pace = Pace::of(asker.settings, &report);
    let file = Export { site, settings: asker.settings.clone(), zone: caller.user.zone, more };
    Ok(pace.send(attached("text/csv; charset=utf-8", "exportData.csv", file.pieces(report))))
}

/// The same at the path that the document prints. Source: document 002, line 109.
pub(super) fn export_data_documented(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    quirk!("TTR-009");
    export_data(cx, caller)
}

/// `GET /api/1/exportView.xls`. Source: document 002, line 108, and jira-vendors.md 2.7.
pub(super) fn export_view(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let (site, asker) = (root.value.jira.clone(), asker(cx, &caller, &root.value));
    let Asked { question, view, more } = Asked::of(&cx.query, cx.revision())?;
    let (wanted, report) = (view?, report(&site, asker, &question)?);
    let pace = Pace::of(asker.settings, &report);
    let Wanted { reporting_day, compressed, .. } = wanted;
    let frame = Frame { site: &site, zone: caller.user.zone, reporting_day };
    let view = view::view(frame, &report, &wanted, limits::COLUMNS).ok_or(Error::TooWide)?;
    let Wanted { group_by, categorize_by, .. } = wanted;
    let settings = asker.settings.clone();
    let table = Table { site, settings, more, compressed, group_by, categorize_by };
    let kind = "application/vnd.ms-excel; charset=utf-8";
    Ok(pace.send(attached(kind, "exportView.xls", table.pieces(view, &report.limits))))
}

/// The same at the path that the document prints. Source: document 002, line 108.
pub(super) fn export_view_documented(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    quirk!("TTR-009");
    export_view(cx, caller)
}

fn asker<'a>(cx: &Cx, caller: &'a Caller, world: &'a World) -> Asker<'a> {
    Asker { viewer: &caller.user, settings: &world.time_tracker.settings, now: cx.now() }
}

/// A file to be saved under `name`.
fn attached(
    kind: &'static str,
    name: &str,
    pieces: impl Iterator<Item = Bytes> + Send + 'static,
) -> Reply {
    Reply::pieces(StatusCode::OK, kind, pieces.map(Piece::now))
        .with("content-disposition", &format!("attachment; filename=\"{name}\""))
}
