//! Time Tracker's operations, a line each.

mod reports;

use axum::http::Method;

use super::error::Error;
use super::{auth, limits};
use crate::http::routes::Routes;
use crate::http::surface::{Surface, empty_fault};

/// Time Tracker for Jira.
pub const SURFACE: Surface = Surface {
    name: "time-tracker",
    hosts: &["timesheet-reports-gadgets.tempo.io"],
    locate,
    loose_slashes: false,
    secret: auth::secret,
    secret_parameters: &["Apikey"],
    max_body: limits::BODY,
    limits: &[],
    routes,
    credentials: auth::credentials,
    fault: empty_fault,
    bases: &[("base_url", "")],
};

fn locate(own_host: bool, path: &str) -> Option<String> {
    let ours = path.starts_with("/api/1/") || path.starts_with("/atlassian-connect.json/");
    (own_host || ours).then(|| path.to_owned())
}

/// The route list.
#[must_use]
pub fn routes() -> Routes {
    let (csv, documented) = ("/api/1/exportData.csv", "/atlassian-connect.json/exportData.csv");
    Routes::new::<Error>()
        .on(Method::GET, "/api/1/worklog", "getWorklog", reports::get_worklog)
        .on(Method::GET, csv, "exportData", reports::export_data)
        .on(Method::GET, documented, "exportDataDocumented", reports::export_data_documented)
}
