//! Time Tracker's operations, a line each.

mod polling;
mod reports;

use axum::http::Method;

use super::error;
use super::rules::refusal::Refusal;
use super::{auth, limits};
use crate::http::routes::Routes;
use crate::http::surface::Surface;

/// Time Tracker for Jira.
pub const SURFACE: Surface = Surface {
    name: "time-tracker",
    hosts: &["timesheet-reports-gadgets.tempo.io"],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    secret_parameters: &["Apikey"],
    max_body: limits::BODY,
    limits: &[],
    routes,
    credentials: auth::credentials,
    fault: error::fault,
    bases: &[("base_url", "")],
};

fn locate(own_host: bool, path: &str) -> Option<String> {
    let ours = path.starts_with("/api/1/") || path.starts_with("/atlassian-connect.json/");
    (own_host || ours).then(|| path.to_owned())
}

/// The route list.
#[must_use]
pub fn routes() -> Routes {
    const JSON: &str = "/api/1/worklog";
    const CSV: [&str; 2] = ["/api/1/exportData.csv", "/atlassian-connect.json/exportData.csv"];
    const XLS: [&str; 2] = ["/api/1/exportView.xls", "/atlassian-connect.json/exportView.xls"];
    Routes::new::<Refusal>()
        .on(Method::GET, JSON, "getWorklog", reports::get_worklog)
        .on(Method::GET, CSV[0], "exportData", reports::export_data)
        .on(Method::GET, CSV[1], "exportDataDocumented", reports::export_data_documented)
        .on(Method::GET, XLS[0], "exportView", reports::export_view)
        .on(Method::GET, XLS[1], "exportViewDocumented", reports::export_view_documented)
}
