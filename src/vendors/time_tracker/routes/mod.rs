//! Binds Time Tracker's operations to their handlers, a line for each.

mod polling;
mod reports;

use axum::http::StatusCode;

use super::error;
use super::rules::refusal::Refusal;
use super::{auth, limits};
use crate::contract;
use crate::http::cors::BrowserPolicy;
use crate::http::routes::Handlers;
use crate::http::surface::Surface;
use crate::quirk;

/// Time Tracker for Jira.
pub const SURFACE: Surface = Surface {
    name: "time-tracker",
    // Source: 002:8.
    hosts: &["timesheet-reports-gadgets.tempo.io"],
    partial_hosts: &[],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    knows: auth::knows,
    secret_parameters: &["Apikey"],
    max_body: limits::BODY,
    limits: &[],
    bounds: limits::BOUNDS,
    operations: contract::TIME_TRACKER,
    handlers,
    credentials: auth::credentials,
    fault: error::fault,
    browsers,
    bases: &[("base_url", "")],
};

fn locate(own_host: bool, path: &str) -> Option<String> {
    let ours = path.starts_with("/api/1/")
        || path == "/atlassian-connect.json"
        || path.starts_with("/atlassian-connect.json/");
    (own_host || ours).then(|| path.to_owned())
}

/// What browsers are told.
fn browsers() -> BrowserPolicy {
    quirk!("TTR-030");
    BrowserPolicy { preflight: StatusCode::OK, max_age: 1800 }
}

fn handlers() -> Handlers {
    Handlers::new::<Refusal>()
        .on("getWorklog", reports::get_worklog)
        .on("getWorklogDocumented", reports::get_worklog_documented)
        .on("exportData", reports::export_data)
        .on("exportDataDocumented", reports::export_data_documented)
        .on("exportView", reports::export_view)
        .on("exportViewDocumented", reports::export_view_documented)
}
