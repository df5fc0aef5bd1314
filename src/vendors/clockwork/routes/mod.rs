//! Binds Clockwork's operations to their handlers, a line for each.

mod timers;
mod worklogs;

use axum::http::StatusCode;

use super::error;
use super::rules::refusal::Refusal;
use super::{auth, limits};
use crate::contract;
use crate::http::cors::BrowserPolicy;
use crate::http::routes::Handlers;
use crate::http::surface::Surface;
use crate::quirk;

/// Clockwork for Jira.
pub const SURFACE: Surface = Surface {
    name: "clockwork",
    // Source: 000:55.
    hosts: &["api.clockwork.report"],
    partial_hosts: &[],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    knows: auth::knows,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: &[],
    bounds: limits::BOUNDS,
    operations: contract::CLOCKWORK,
    handlers,
    credentials: auth::credentials,
    fault: error::fault,
    browsers,
    bases: &[("base_url", "/v1")],
};

fn locate(own_host: bool, path: &str) -> Option<String> {
    let first = |path: &str| path.split('/').nth(1).map(str::to_owned);
    let below = path.strip_prefix("/v1").and_then(first);
    let ours = |known: &contract::Operation| below.is_some() && first(known.path) == below;
    (own_host || contract::CLOCKWORK.iter().any(ours)).then(|| path.to_owned())
}

/// What browsers are told.
fn browsers() -> BrowserPolicy {
    quirk!("CWK-030");
    BrowserPolicy { preflight: StatusCode::OK, max_age: 1800 }
}

fn handlers() -> Handlers {
    Handlers::new::<Refusal>()
        .on("listWorklogs", worklogs::list_worklogs)
        .on("startTimer", timers::start_timer)
        .on("stopTimer", timers::stop_timer)
}
