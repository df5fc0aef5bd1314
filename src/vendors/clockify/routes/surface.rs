//! Clockify as a surface: its hosts, its paths, and what it answers to declined operations.
//!
//! Paths below the surface: `/v1/…` is the main API, `/report/v1/…` the reports API.

use axum::http::StatusCode;

use super::FAMILIES;
use crate::contract;
use crate::http::context::Context;
use crate::http::cors::BrowserPolicy;
use crate::http::reply::Reply;
use crate::http::routes::{FromCx, Handlers};
use crate::http::surface::Surface;
use crate::quirk;
use crate::vendors::clockify::auth::{self, Access, Caller};
use crate::vendors::clockify::error::{self, Refusal};
use crate::vendors::clockify::limits;

/// Clockify.
pub const SURFACE: Surface = Surface {
    name: "clockify",
    // Source: clockify.md:9.
    hosts: &[
        "api.clockify.me",
        "global.api.clockify.me",
        "reports.api.clockify.me",
        "pto.api.clockify.me",
        "developer.clockify.me",
        "euc1.clockify.me",
        "use2.clockify.me",
        "euw2.clockify.me",
        "apse2.clockify.me",
        // Workspaces with a subdomain, and services that were split off.
        "*.clockify.me",
    ],
    partial_hosts: &[("reports.api.clockify.me", "/report/")],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    knows: auth::knows,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: limits::ALL,
    bounds: limits::BOUNDS,
    operations: contract::CLOCKIFY,
    handlers,
    credentials: auth::credentials,
    fault: error::fault,
    browsers,
    bases: &[("base_url", "/api/v1"), ("reports_base_url", "/v1")],
};

/// Maps the path of a request to a path in the route list. Source: clockify.md:8.3, clockify.md:9.
///
/// The vendor serves reports on their own host. Here both share one host, so the rest of `/v1/…`
/// decides between them. `/api/v1/…` is always the main API, which has no reports.
fn locate(own_host: bool, path: &str) -> Option<String> {
    let below = |base: &str| {
        let rest = path.strip_prefix(base)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    };
    if below("/api/v1").is_some() {
        return path.strip_prefix("/api").map(str::to_owned);
    }
    // The main API stood below `/api` before it had a version.
    if let Some(rest) = below("/api")
        && matches!(rest.split('/').nth(1), Some("user" | "workspaces"))
    {
        quirk!("CFY-601");
        return Some(format!("/v1{rest}"));
    }
    if below("/report/v1").is_some() {
        return Some(path.to_owned());
    }
    let parts: Vec<&str> = below("/v1").unwrap_or_default().split('/').skip(1).collect();
    match parts[..] {
        ["shared-reports", ..] | ["workspaces", _, "reports" | "shared-reports", ..] => {
            Some(format!("/report{path}"))
        }
        ["workspaces" | "user" | "file", ..] => Some(path.to_owned()),
        _ => own_host.then(|| path.to_owned()),
    }
}

/// What browsers are told.
fn browsers() -> BrowserPolicy {
    quirk!("CFY-600");
    BrowserPolicy { preflight: StatusCode::OK, max_age: 1800 }
}

fn handlers() -> Handlers {
    let handlers = Handlers::new::<Refusal>().declined(no_feature);
    FAMILIES.iter().fold(handlers, |handlers, family| family(handlers))
}

/// Answers a declined operation: callers who may use it get the refusal that the plan lacks its
/// feature. Source: clockify.md:8.2.
fn no_feature(cx: &Context) -> Result<Reply, Refusal> {
    match cx.param("workspaceId") {
        "" => Caller::from_cx(cx).map(drop)?,
        _ => Access::from_cx(cx).map(drop)?,
    }
    Err(Refusal::NotOnThisPlan)
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn main_api_and_reports_are_told_apart() {
        for (path, wanted) in [
            ("/api/v1/user", Some("/v1/user")),
            ("/api/v1", Some("/v1")),
            ("/v1/user", Some("/v1/user")),
            ("/v1/workspaces/a/clients", Some("/v1/workspaces/a/clients")),
            ("/v1/workspaces/a/reports/summary", Some("/report/v1/workspaces/a/reports/summary")),
            ("/v1/workspaces/a/shared-reports", Some("/report/v1/workspaces/a/shared-reports")),
            ("/v1/shared-reports/b", Some("/report/v1/shared-reports/b")),
            ("/report/v1/shared-reports/b", Some("/report/v1/shared-reports/b")),
            ("/api/v1/workspaces/a/reports/summary", Some("/v1/workspaces/a/reports/summary")),
            ("/v1/worklogs", None),
            ("/v1/start_timer", None),
            ("/v1", None),
            ("/api/user", Some("/v1/user")),
            ("/api/workspaces/a/clients", Some("/v1/workspaces/a/clients")),
            ("/api/users", None),
            ("/api/v12/user", None),
            ("/api/v2/entries", None),
        ] {
            assert_eq!(locate(false, path).as_deref(), wanted, "{path}");
        }
        assert_eq!(locate(true, "/v1/nothing").as_deref(), Some("/v1/nothing"));
    }
}
