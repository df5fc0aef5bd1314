//! The worklog report as JSON, as CSV and as an HTML table.

use axum::http::StatusCode;
use bytes::Bytes;

use super::polling::Pace;
use crate::http::context::Context;
use crate::http::reply::{Piece, Reply, json_bytes};
use crate::quirk;
use crate::vendors::time_tracker::auth::Caller;
use crate::vendors::time_tracker::limits;
use crate::vendors::time_tracker::rules::grouping::Grouper;
use crate::vendors::time_tracker::rules::refusal::Refusal;
use crate::vendors::time_tracker::rules::report::{ReportContext, report};
use crate::vendors::time_tracker::rules::view::{self, ViewOptions};
use crate::vendors::time_tracker::wire::csv::Export;
use crate::vendors::time_tracker::wire::html::Table;
use crate::vendors::time_tracker::wire::issues::IssueRenderer;
use crate::vendors::time_tracker::wire::query::ReportQuery;
use crate::world::World;

/// `GET /api/1/worklog`. Source: 002:23.
pub(super) fn get_worklog(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (site, context) = (&root.value.jira, context(cx, &caller, &root.value));
    let ReportQuery { filter, more, .. } = ReportQuery::of(&cx.query, cx.revision())?;
    let report = report(site, context, &filter)?;
    quirk!("TTR-007");
    let pace = Pace::of(context.settings, &report);
    let (site, zone) = (root.value.jira.clone(), caller.user.zone);
    let issues = report.rows.into_iter().map(move |row| {
        let renderer = IssueRenderer { site: &site, zone, more: &more };
        json_bytes(&renderer.issue(&row))
    });
    Ok(pace.send(Reply::listed("[", issues, "]")))
}

/// The same at the address that the document's first sentence names. Source: 002:5.
pub(super) fn get_worklog_documented(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    quirk!("TTR-018");
    get_worklog(cx, caller)
}

/// `GET /api/1/exportData.csv`. Source: 002:109, jira-vendors.md:2.1.
pub(super) fn export_data(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (site, context) = (root.value.jira.clone(), context(cx, &caller, &root.value));
    let ReportQuery { filter, more, .. } = ReportQuery::of(&cx.query, cx.revision())?;
    let report = report(&site, context, &filter)?;
    let pace = Pace::of(context.settings, &report);
    let file = Export { site, settings: context.settings.clone(), zone: caller.user.zone, more };
    Ok(pace.send(attached("text/csv; charset=utf-8", "exportData.csv", file.pieces(report))))
}

/// The same at the document's path. Source: 002:109.
pub(super) fn export_data_documented(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    quirk!("TTR-009");
    export_data(cx, caller)
}

/// `GET /api/1/exportView.xls`. Source: 002:108, jira-vendors.md:2.7.
pub(super) fn export_view(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (site, context) = (root.value.jira.clone(), context(cx, &caller, &root.value));
    let ReportQuery { filter, view, more } = ReportQuery::of(&cx.query, cx.revision())?;
    let (options, report) = (view?, report(&site, context, &filter)?);
    let pace = Pace::of(context.settings, &report);
    let ViewOptions { reporting_day, compressed, .. } = options;
    let grouper = Grouper { site: &site, zone: caller.user.zone, reporting_day };
    let view = view::view(grouper, &report, &options, limits::VIEW)?;
    let ViewOptions { group_by, categorize_by, .. } = options;
    let settings = context.settings.clone();
    let table = Table { site, settings, more, compressed, group_by, categorize_by };
    let kind = "application/vnd.ms-excel; charset=utf-8";
    Ok(pace.send(attached(kind, "exportView.xls", table.pieces(view, &report.limits))))
}

/// The same at the document's path. Source: 002:108.
pub(super) fn export_view_documented(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    quirk!("TTR-009");
    export_view(cx, caller)
}

fn context<'a>(cx: &Context, caller: &'a Caller, world: &'a World) -> ReportContext<'a> {
    ReportContext { viewer: &caller.user, settings: &world.time_tracker.settings, now: cx.now() }
}

/// A download with this file name.
fn attached(
    kind: &'static str,
    name: &str,
    pieces: impl Iterator<Item = Bytes> + Send + 'static,
) -> Reply {
    Reply::pieces(StatusCode::OK, kind, pieces.map(Piece::now))
        .with("content-disposition", &format!("attachment; filename=\"{name}\""))
}
