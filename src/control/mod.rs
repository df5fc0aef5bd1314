//! Our own API under `/_twin`: worlds, clocks, journals and contracts. JSON in, JSON out, errors as RFC
//! 9457 problems. Knows no vendor but by the registry.

mod clock;
mod contract;
mod problem;
mod requests;
mod sandboxes;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post, put};

use crate::twin::Twin;
use problem::Problem;

/// The control API with everything else falling through to the surfaces.
pub fn router(twin: Arc<Twin>) -> Router {
    let surfaces = Arc::clone(&twin);
    let control = Router::new()
        .route("/health", get(health))
        .route("/credentials", get(sandboxes::credentials))
        .route("/sandboxes", get(sandboxes::list))
        .route("/sandboxes/{sandbox}", put(sandboxes::put).delete(sandboxes::drop))
        .route("/sandboxes/{sandbox}/reset", post(sandboxes::reset))
        .route("/sandboxes/{sandbox}/clock", get(clock::get).put(clock::put))
        .route("/sandboxes/{sandbox}/clock/advance", post(clock::advance))
        .route("/sandboxes/{sandbox}/requests", get(requests::list).delete(requests::clear))
        .route("/sandboxes/{sandbox}/requests/{id}", get(requests::get))
        .route("/sandboxes/{sandbox}/ledger", get(sandboxes::ledger))
        .route("/contract/{file}", get(contract::openapi))
        .route("/contract/{surface}/quirks", get(contract::quirks))
        .route("/coverage", get(contract::coverage))
        .fallback(async || Problem::new(404, "The control API has no such path."))
        .method_not_allowed_fallback(async || {
            Problem::new(405, "The control API has no such method on this path.")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&twin), guard))
        .with_state(twin);
    Router::new()
        .nest("/_twin", control)
        .fallback(async move |request: Request| surfaces.mount().answer(request).await)
}

/// `GET /_twin/health`
async fn health() -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Asks for the token, if there is one, and refuses changes that a foreign page asks for.
async fn guard(
    State(twin): State<Arc<Twin>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    admit(&twin, &request)?;
    Ok(next.run(request).await)
}

fn admit(twin: &Twin, request: &Request) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_health = request.uri().path() == "/health";
    if let Some(token) = twin.control_token()
        && !is_health
    {
        let sent = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        if !sent.is_some_and(|sent| same(sent.as_bytes(), token.as_bytes())) {
            let problem = Problem::new(401, "The control API needs its token.");
            return Err(problem.with("www-authenticate", "Bearer"));
        }
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(origin) = header(ORIGIN)
        && !reads
    {
        let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
        if header(HOST) != Some(authority) && origin != twin.origin() {
            return Err(Problem::new(403, "A page of another origin may not change sandboxes."));
        }
    }
    Ok(())
}

/// Compares in a time that does not depend on where two texts of one length differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
