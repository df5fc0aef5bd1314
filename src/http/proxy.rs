//! A forward proxy whose other end is this server: hosts that are ours are answered here, hosts that are allowed are
//! reached, and everything else is refused. Nothing leaves the machine unless a rule names it.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, CONTENT_TYPE, HOST};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConfig;

use super::hosts;
use super::wire::Wire;

/// Maximum time to reach a host, and for the head of its answer.
const REACH: Duration = Duration::from_secs(30);
/// Hosts that are remembered as refused.
const REFUSED: usize = 1000;
/// What a proxy keeps to itself.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// A host that may be reached: a pattern of [`hosts::matches`] or `*`, at one port or at any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    host: String,
    port: Option<u16>,
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || "expected HOST or HOST:PORT, such as pypi.org or *.example.com:443".to_owned();
        let (host, port) = split(text).ok_or_else(expected)?;
        let name = host.strip_prefix("*.").unwrap_or(&host);
        let is_host = name == "*"
            || name.parse::<IpAddr>().is_ok()
            || (!name.is_empty()
                && name
                    .bytes()
                    .all(|letter| letter.is_ascii_alphanumeric() || b".-_".contains(&letter)));
        if is_host { Ok(Self { host, port }) } else { Err(expected()) }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl Allowed {
    /// Its port, if it has one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether it stands for this host, at some port.
    #[must_use]
    pub fn has_name(&self, host: &str) -> bool {
        self.host == "*" || hosts::matches(&self.host, host)
    }

    /// Whether it stands for this host, and not just for every one.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        self.host != "*" && self.has_name(host)
    }

    /// Whether it stands for this host at this port.
    #[must_use]
    pub fn has(&self, host: &str, port: u16) -> bool {
        self.port.is_none_or(|own| own == port) && self.has_name(host)
    }
}

/// Host in lower case without brackets, and port, of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn split(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
        None => match text.rsplit_once(':') {
            Some((host, _)) if host.contains(':') => (text, None),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map(str::parse::<u16>).transpose().ok()?;
    Some((host.to_ascii_lowercase(), port))
}

/// This end of a connection to the proxy.
pub(super) trait Here: Send + 'static {
    /// The answer of this server.
    fn answer(self, request: Request<Incoming>) -> impl Future<Output = Response> + Send;

    /// Speaks with whoever is at the other end of a tunnel that leads here, TLS or plain HTTP.
    fn tunnel(self, wire: Wire, tls: Arc<ServerConfig>) -> impl Future<Output = ()> + Send;

    /// Waits until the server is to stop.
    fn stopped(&self) -> impl Future<Output = ()> + Send;
}

/// Where requests to a host go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To this server.
    Here,
    /// To the host itself.
    Out,
    Refused,
}

/// Hosts that were asked for and refused, and how often; the first thousand of them.
#[derive(Debug, Default)]
pub struct RefusedHosts(Mutex<BTreeMap<String, u64>>);

impl RefusedHosts {
    /// Counts one.
    pub fn note(&self, host: &str) {
        let mut refused = self.0.lock();
        if refused.len() < REFUSED || refused.contains_key(host) {
            *refused.entry(host.to_owned()).or_default() += 1;
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<(String, u64)> {
        self.0.lock().iter().map(|(host, count)| (host.clone(), *count)).collect()
    }
}

/// The rules of a proxy, and what it has refused.
pub struct Proxy {
    tls: Arc<ServerConfig>,
    vendors: Vec<&'static str>,
    /// Ports of this server on this machine.
    ports: Vec<u16>,
    allowed: Vec<Allowed>,
    refused: Arc<RefusedHosts>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Proxy {
    /// A proxy that answers for the vendors' hosts with certificates of `tls`, and for this machine at `ports`.
    #[must_use]
    pub fn new(
        tls: Arc<ServerConfig>,
        vendors: impl IntoIterator<Item = &'static str>,
        ports: Vec<u16>,
        allowed: Vec<Allowed>,
    ) -> Self {
        let vendors = vendors.into_iter().collect();
        Self { tls, vendors, ports, allowed, refused: Arc::default() }
    }

    /// The same that counts there what it refuses.
    #[must_use]
    pub fn counting(self, refused: Arc<RefusedHosts>) -> Self {
        Self { refused, ..self }
    }

    fn way(&self, host: &str, port: u16) -> Way {
        let is_local = host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if self.vendors.iter().any(|known| hosts::matches(known, host)) {
            // A rule that names a vendor's host wins: it is how real traffic is recorded.
            let is_named = |rule: &Allowed| rule.names(host) && rule.has(host, port);
            return if self.allowed.iter().any(is_named) { Way::Out } else { Way::Here };
        }
        if is_local && self.ports.contains(&port) {
            Way::Here
        } else if is_local || self.allowed.iter().any(|rule| rule.has(host, port)) {
            Way::Out
        } else {
            Way::Refused
        }
    }

    /// Answers a request as a proxy or, when it asks for a path alone, as the server itself.
    pub(super) async fn answer(
        self: Arc<Self>,
        own: impl Here,
        request: Request<Incoming>,
    ) -> Response {
        let Some(authority) = request.uri().authority().cloned() else {
            return own.answer(request).await;
        };
        let is_tunnel = request.method() == Method::CONNECT;
        let is_https = request.uri().scheme() == Some(&Scheme::HTTPS);
        let usual = if is_tunnel || is_https { 443 } else { 80 };
        let Some((host, port)) = split(authority.as_str()) else {
            return problem(StatusCode::BAD_REQUEST, "bad-host", "The host cannot be read.");
        };
        let port = port.unwrap_or(usual);
        match (self.way(&host, port), is_tunnel) {
            (Way::Refused, _) => {
                self.refused.note(&format!("{host}:{port}"));
                let why = format!(
                    "Nothing leaves this machine: '{host}:{port}' is neither a vendor's host nor allowed. Allow it with --allow {host}."
                );
                problem(StatusCode::FORBIDDEN, "host-refused", &why)
            }
            (Way::Here, false) => own.answer(request).await,
            (Way::Here, true) => {
                let tls = Arc::clone(&self.tls);
                tokio::spawn(async move {
                    if let Some(wire) = upgraded(request).await {
                        own.tunnel(wire, tls).await;
                    }
                });
                StatusCode::OK.into_response()
            }
            (Way::Out, true) => match reach(&host, port).await {
                Ok(out) => {
                    tokio::spawn(tunnel(own, request, out));
                    StatusCode::OK.into_response()
                }
                Err(why) => unreachable(&host, port, &why),
            },
            (Way::Out, false) if is_https => {
                let why = "Ask for an https address through a tunnel.";
                problem(StatusCode::BAD_REQUEST, "bad-host", why)
            }
            (Way::Out, false) => match forward(&host, port, request).await {
                Ok(response) => response,
                Err(why) => unreachable(&host, port, &why),
            },
        }
    }
}

/// The socket of a connection whose client has been told that its tunnel stands.
async fn upgraded(request: Request<Incoming>) -> Option<Wire> {
    let upgraded = hyper::upgrade::on(request).await.ok()?;
    let parts = upgraded.downcast::<TokioIo<Wire>>().ok()?;
    let mut wire = parts.io.into_inner();
    wire.put_back(parts.read_buf);
    Some(wire)
}

async fn reach(host: &str, port: u16) -> Result<TcpStream, String> {
    let reached = tokio::time::timeout(REACH, TcpStream::connect((host, port))).await;
    reached.map_err(|_| "it does not answer".to_owned())?.map_err(|error| error.to_string())
}

/// Carries bytes both ways until one side ends or the server stops.
async fn tunnel(own: impl Here, request: Request<Incoming>, mut out: TcpStream) {
    let Some(mut wire) = upgraded(request).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut wire, &mut out) => {}
        () = own.stopped() => {}
    }
}

/// Asks the host itself.
async fn forward(host: &str, port: u16, request: Request<Incoming>) -> Result<Response, String> {
    let stream = reach(host, port).await?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    strip(&mut parts.headers);
    if let Some(authority) = parts.uri.authority().map(Authority::as_str)
        && let Ok(value) = HeaderValue::from_str(authority)
    {
        parts.headers.insert(HOST, value);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse::<Uri>().map_err(|error| error.to_string())?;
    parts.version = axum::http::Version::HTTP_11;
    let asked = sender.send_request(Request::from_parts(parts, body));
    let answered = tokio::time::timeout(REACH, asked).await;
    let response = answered.map_err(|_| "it does not answer".to_owned())?;
    let mut response = response.map_err(|error| error.to_string())?;
    strip(response.headers_mut());
    Ok(response.map(Body::new))
}

/// Removes what concerns one connection.
fn strip(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn unreachable(host: &str, port: u16, why: &str) -> Response {
    let why = format!("'{host}:{port}' is allowed but cannot be reached: {why}.");
    problem(StatusCode::BAD_GATEWAY, "host-unreachable", &why)
}

/// An answer of the proxy itself.
fn problem(status: StatusCode, name: &str, detail: &str) -> Response {
    let problem = json!({
        "type": format!("urn:timetwin:{name}"),
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::{Allowed, split};

    #[test]
    fn rules_name_hosts_and_perhaps_a_port() {
        let has = |rule: &str, host, port| rule.parse::<Allowed>().unwrap().has(host, port);
        assert!(has("PyPI.org", "pypi.org", 443) && has("pypi.org", "PYPI.org", 80));
        assert!(has("pypi.org:443", "pypi.org", 443) && !has("pypi.org:443", "pypi.org", 80));
        assert!(has("*.pypi.org", "files.pypi.org", 1) && !has("*.pypi.org", "pypi.org", 1));
        assert!(has("*", "anything", 1) && has("*:25", "anything", 25) && !has("*:25", "x", 26));
        assert!(
            has("[::1]:80", "::1", 80)
                && has("::1", "::1", 9)
                && has("10.0.0.7:9000", "10.0.0.7", 9000)
        );
        for bad in
            ["", ":80", "a b", "a:", "a:b", "a:99999", "http://a", "a/b", "*a", "[::1", "[::1]80"]
        {
            assert!(bad.parse::<Allowed>().is_err(), "{bad}");
        }
        assert_eq!("A.x:5".parse::<Allowed>().unwrap().to_string(), "a.x:5");
        assert_eq!(split("[::1]:443"), Some(("::1".to_owned(), Some(443))));
    }
}
