//! Clockwork's operations, a line each.

mod timers;
mod worklogs;

use axum::http::Method;

use super::error;
use super::rules::refusal::Refusal;
use super::{auth, limits};
use crate::http::routes::Routes;
use crate::http::surface::Surface;

/// Clockwork for Jira.
pub const SURFACE: Surface = Surface {
    name: "clockwork",
    hosts: &["api.clockwork.report"],
    locate,
    loose_slashes: false,
    secret: auth::secret,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: &[],
    routes,
    credentials: auth::credentials,
    fault: error::fault,
    bases: &[("base_url", "/v1")],
};

fn locate(own_host: bool, path: &str) -> Option<String> {
    let first = path.strip_prefix("/v1/").unwrap_or_default().split('/').next()?;
    let ours = matches!(first, "worklogs" | "start_timer" | "stop_timer");
    (own_host || ours).then(|| path.to_owned())
}

/// The route list.
#[must_use]
pub fn routes() -> Routes {
    Routes::new::<Refusal>()
        .on(Method::GET, "/v1/worklogs", "listWorklogs", worklogs::list_worklogs)
        .on(Method::POST, "/v1/start_timer", "startTimer", timers::start_timer)
        .on(Method::POST, "/v1/stop_timer", "stopTimer", timers::stop_timer)
}
