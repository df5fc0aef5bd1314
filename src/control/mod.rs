//! Our own API under `/_twin`: worlds, clocks, journals and contracts. JSON in, JSON out, errors as RFC
//! 9457 problems. Knows no vendor but by the registry.

mod away;
mod clock;
mod contract;
mod deliveries;
mod delivery_feed;
mod faults;
mod feed;
mod filter;
mod limits;
mod problem;
mod requests;
mod sandboxes;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderValue, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};

use crate::http::hosts;
use crate::http::server::App;
use crate::twin::Twin;
use away::away;
pub use limits::BOUNDS;
use limits::{BODY, PLANT, SNAPSHOT, TIME};
use problem::Problem;

/// All HTTP of a twin: the control API below `/_twin`, the surfaces elsewhere.
#[derive(Debug, Clone)]
pub struct Front {
    twin: Arc<Twin>,
    control: Router,
}

impl Front {
    /// The surfaces of this twin and its control API.
    #[must_use]
    pub fn new(twin: Arc<Twin>) -> Self {
        Self { control: router(Arc::clone(&twin)), twin }
    }
}

impl App for Front {
    fn is_urgent(&self, path: &str) -> bool {
        is_control(path)
    }

    async fn answer(&self, request: Request) -> Response {
        let is_control = is_control(request.uri().path());
        if let Err(problem) = admit_host(&self.twin, &request, is_control) {
            return problem.into_response();
        }
        if is_control {
            self.control.answer(request).await
        } else {
            self.twin.mount().answer(request).await
        }
    }
}

/// Whether a path is of the control API.
fn is_control(path: &str) -> bool {
    let below = path.strip_prefix("/_twin");
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The control API.
fn router(twin: Arc<Twin>) -> Router {
    let control = Router::new()
        .route("/health", get(health))
        .route("/credentials", get(sandboxes::credentials))
        .route("/sandboxes", get(sandboxes::list))
        .route(
            "/sandboxes/{sandbox}",
            get(sandboxes::get).put(sandboxes::put).delete(sandboxes::drop),
        )
        .nest("/sandboxes/{sandbox}", sandbox())
        .route("/deliveries/stream", get(delivery_feed::stream))
        .route("/metrics", get(metrics))
        .route("/ca.pem", get(certificate))
        .route("/contract/{file}", get(contract::openapi))
        .route("/contract/{surface}/quirks", get(contract::quirks))
        .route("/contract/{surface}/limits", get(contract::limits))
        .route("/coverage", get(contract::coverage))
        .fallback(async || Problem::new(404, "The control API has no such path."))
        .method_not_allowed_fallback(async || {
            Problem::new(405, "The control API has no such method on this path.")
        })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&twin), guard))
        .with_state(twin);
    Router::new()
        .nest("/_twin", control)
        .route("/_twin/", any(async || Problem::new(404, "The control API has no such path.")))
}

/// The routes below a sandbox.
fn sandbox() -> Router<Arc<Twin>> {
    let snapshot = get(sandboxes::snapshot).put(sandboxes::put_snapshot);
    Router::new()
        .route("/reset", post(sandboxes::reset))
        .route("/plant", post(sandboxes::plant).layer(DefaultBodyLimit::max(PLANT)))
        .route("/checkpoints", get(sandboxes::checkpoints))
        .route("/checkpoints/{checkpoint}", put(sandboxes::checkpoint).delete(sandboxes::forget))
        .route("/checkpoints/{checkpoint}/restore", post(sandboxes::restore))
        .route("/snapshot", snapshot.layer(DefaultBodyLimit::max(SNAPSHOT)))
        .route("/clock", get(clock::get).put(clock::put))
        .route("/clock/advance", post(clock::advance))
        .route("/faults", get(faults::get).put(faults::put).delete(faults::clear))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/requests/count", get(requests::count))
        .route("/requests/stream", get(requests::stream))
        .route("/requests/verify", post(requests::verify))
        .route("/requests/{id}", get(requests::get))
        .route("/ledger", get(sandboxes::ledger))
        .route("/ledger/diff", get(sandboxes::ledger_diff))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}", get(deliveries::get))
        .route("/deliveries/{id}/resend", post(deliveries::resend))
}

/// `GET /_twin/metrics`
async fn metrics(State(twin): State<Arc<Twin>>) -> Result<impl IntoResponse, Problem> {
    let text = away(move || twin.metrics()).await?;
    let text = text.map_err(|error| Problem::new(500, error.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}

/// `GET /_twin/ca.pem`: the certificate to trust for TLS.
async fn certificate(State(twin): State<Arc<Twin>>) -> Result<impl IntoResponse, Problem> {
    let none = || Problem::new(404, "This server speaks no TLS. Start it with --tls or --proxy.");
    let pem = twin.setup().certificate.clone().ok_or_else(none)?;
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], pem))
}

/// `GET /_twin/health`
async fn health() -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Checks the token, refuses requests from pages of other origins, and makes every error a problem.
async fn guard(
    State(twin): State<Arc<Twin>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    admit(&twin, &request)?;
    let response = tokio::time::timeout(TIME, next.run(request)).await;
    let response = response.map_err(|_| Problem::new(408, "The call took too long."))?;
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if status.as_u16() < 400 || kind == Some(problem::KIND.as_bytes()) {
        return Ok(response);
    }
    // The framework's own: a path that is not UTF-8, a body that is too long.
    let why = axum::body::to_bytes(response.into_body(), 1024).await.unwrap_or_default();
    Err(Problem::new(status.as_u16(), String::from_utf8_lossy(&why)))
}

/// Refuses a host name that cannot be read, and on the surfaces one that is not ours. The control API looks at its
/// token first.
fn admit_host(twin: &Twin, request: &Request, is_control: bool) -> Result<(), Problem> {
    for name in [HOST, ORIGIN] {
        let mut sent = request.headers().get_all(&name).iter();
        let first = sent.next();
        if sent.next().is_some() || first.is_some_and(|value| value.to_str().is_err()) {
            let why = format!("The header '{name}' must come once and be of ASCII letters.");
            return Err(Problem::new(400, why).with_name("bad-host"));
        }
    }
    let hosts = &twin.setup().hosts;
    let links = twin.mount().links();
    let Some(host) = links.host(request.uri(), request.headers()) else { return Ok(()) };
    if is_control
        || !hosts.guards_surfaces()
        || hosts.has(host, twin.origin())
        || twin.mount().is_vendors(&hosts::bare(host))
    {
        return Ok(());
    }
    let how = "Allow it with --allow-host, or set it with --public-url.";
    let why = format!("This server does not answer to the host name '{host}'. {how}");
    Err(Problem::new(403, why).with_name("foreign-host"))
}

fn admit(twin: &Twin, request: &Request) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = twin.mount().links().host(request.uri(), request.headers());
    let is_health = request.uri().path() == "/health";
    if let Some(token) = twin.control_token()
        && !is_health
    {
        let sent = header(AUTHORIZATION).and_then(|value| value.split_once(' '));
        let sent = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"));
        let sent = sent.map(|(_, token)| token);
        if !sent.is_some_and(|sent| equal(sent.as_bytes(), token.as_bytes())) {
            let problem = Problem::new(401, "The control API requires its token.");
            return Err(problem.with_header("www-authenticate", "Bearer"));
        }
    } else if let Some(host) = host
        && !twin.setup().hosts.has(host, twin.origin())
    {
        let how = "Set it with --public-url, or require a token with --control-token.";
        let problem = Problem::new(
            403,
            format!("The control API does not answer to the host name '{host}'. {how}"),
        );
        return Err(problem.with_name("foreign-host"));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(origin) = header(ORIGIN)
        && !reads
    {
        let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
        if host != Some(authority) && origin != twin.origin() {
            let problem = Problem::new(403, "A page of another origin may not change sandboxes.");
            return Err(problem.with_name("foreign-origin"));
        }
    }
    Ok(())
}

/// Compares in a time that does not depend on where two texts of equal length differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
