//! The worklog report as JSON, as CSV and as the table of its page.

use axum::http::StatusCode;
use bytes::Bytes;

use super::polling::Pace;
use crate::http::cx::Cx;
use crate::http::reply::{Piece, Reply};
use crate::quirk;
use crate::vendors::time_tracker::auth::Caller;
use crate::vendors::time_tracker::error::Error;
use crate::vendors::time_tracker::limits;
use crate::vendors::time_tracker::rules::grouping::Frame;
use crate::vendors::time_tracker::rules::report::{self, Asker, report};
use crate::vendors::time_tracker::rules::view::{self, Wanted};
use crate::vendors::time_tracker::wire::csv::Export;
use crate::vendors::time_tracker::wire::html::Table;
use crate::vendors::time_tracker::wire::issues;
use crate::vendors::time_tracker::wire::question::Asked;
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

/// `GET /api/1/worklog`. Source: 002:23.
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

/// `GET /api/1/exportData.csv`. Source: 002:109, jira-vendors.md:2.1.
pub(super) fn export_data(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let (site, asker) = (root.value.jira.clone(), asker(cx, &caller, &root.value));
    let Asked { question, more, .. } = Asked::of(&cx.query, cx.revision())?;
    let report = report(&site, asker, &question)?;
    let pace = Pace::of(asker.settings, &report);
    let file = Export { site, settings: asker.settings.clone(), zone: caller.user.zone, more };
    Ok(pace.send(attached("text/csv; charset=utf-8", "exportData.csv", file.pieces(report))))
}

/// The same at the path that the document prints. Source: 002:109.
pub(super) fn export_data_documented(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    quirk!("TTR-009");
    export_data(cx, caller)
}

/// `GET /api/1/exportView.xls`. Source: 002:108, jira-vendors.md:2.7.
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

/// The same at the path that the document prints. Source: 002:108.
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
