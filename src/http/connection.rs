//! One connection: HTTP/1.1 or HTTP/2, plain, over TLS or through a proxy's tunnel, within the same limits.

use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::HOST;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, Uri, Version};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt;

use super::activity::Activity;
use super::effect::ResetConnection;
use super::proxy::{Here, Proxy};
use super::wire::Wire;
use crate::kernel::abandon::{self, Requester};

/// Limits on connections and requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Maximum time for a request head to arrive, and for a connection to be idle. Answers announce
    /// five seconds less, so that a client that keeps to it never writes into a connection that is closing.
    pub head: Duration,
    /// Maximum length of a request head, in bytes.
    pub head_bytes: usize,
    /// Maximum number of connections; more wait to be accepted.
    pub connections: usize,
    /// Connections beyond these that are kept for health checks and the control API.
    pub reserved: usize,
    /// Maximum time for a client to read something of an answer.
    pub write: Duration,
    /// Maximum time for open requests after the server is told to stop.
    pub drain: Duration,
}

/// How much later than announced an idle connection is closed.
const SLACK: Duration = Duration::from_secs(5);

impl Patience {
    /// The header that announces how long a connection may be idle.
    pub(super) fn announced(self) -> Option<HeaderValue> {
        let seconds = self.head.checked_sub(SLACK)?.as_secs();
        HeaderValue::from_str(&format!("timeout={seconds}")).ok().filter(|_| seconds > 0)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(35),
            head_bytes: 64 * 1024,
            connections: 4096,
            reserved: 64,
            write: Duration::from_mins(1),
            drain: Duration::from_secs(4),
        }
    }
}

/// Maximum time for the request of a reserved connection.
const RESERVED_TIME: Duration = Duration::from_secs(2);

/// The application behind a server.
pub trait App: Clone + Send + Sync + 'static {
    /// Whether a request is answered when there is no room for others.
    fn is_urgent(&self, _path: &str) -> bool {
        false
    }

    /// Answers one request.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response> + Send;
}

impl App for Router {
    async fn answer(&self, request: Request<Body>) -> Response {
        match self.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// What is spoken on the connections of a listener.
#[derive(Debug, Clone)]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/1.1 or HTTP/2 over TLS.
    Tls(Arc<ServerConfig>),
    /// HTTP/1.1, of an ordinary client or of one that takes this server for a proxy.
    Proxy(Arc<Proxy>),
}

/// The place of a connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) is_reserved: bool,
    pub(super) _permit: OwnedSemaphorePermit,
}

/// Header that announces how long a connection may be idle.
static KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
/// First byte of a TLS handshake.
const HANDSHAKE: u8 = 22;
/// Requests at a time on a connection of HTTP/2.
const STREAMS: u32 = 128;
/// Bytes of an answer over HTTP/2 that are made before the client has taken them.
const SENT_AHEAD: usize = 64 * 1024;

/// A connection before anything was said on it.
#[derive(Clone)]
pub(super) struct Connection<A> {
    pub(super) app: A,
    pub(super) patience: Patience,
    /// The header that announces how long it may be idle.
    pub(super) announced: Option<HeaderValue>,
    /// Whether the next write resets it.
    pub(super) cut: Arc<AtomicBool>,
    pub(super) client: Arc<Requester>,
    pub(super) place: Arc<Place>,
    /// Whether the server is told to stop. Once nobody has one of these, all connections have ended.
    pub(super) stopped: watch::Receiver<bool>,
}

impl<A: App> Connection<A> {
    /// Answers the requests on it to its end.
    pub(super) async fn speak(self, wire: Wire, protocol: Protocol) {
        match protocol {
            Protocol::Http => self.http(wire, false).await,
            Protocol::Tls(config) => match self.first_byte(&wire).await {
                Some(HANDSHAKE) => self.tls(wire, config).await,
                Some(_) => self.refuse_plain(wire).await,
                None => {}
            },
            Protocol::Proxy(proxy) => {
                let is_reserved = self.place.is_reserved;
                let asked = self.clone();
                let service = service_fn(move |request| {
                    let (own, proxy) = (asked.clone(), Arc::clone(&proxy));
                    async move {
                        // A reserved place is for health and control, not for a tunnel.
                        Ok::<_, Infallible>(if is_reserved {
                            own.answer_own(request).await
                        } else {
                            proxy.answer(own, request).await
                        })
                    }
                });
                let http = self.http1(is_reserved).serve_connection(TokioIo::new(wire), service);
                self.until_stopped(http.with_upgrades(), UpgradeableConnection::graceful_shutdown)
                    .await;
            }
        }
    }

    /// Maximum time until the first request is there.
    fn head_time(&self) -> Duration {
        if self.place.is_reserved {
            self.patience.head.min(RESERVED_TIME)
        } else {
            self.patience.head
        }
    }

    /// The first byte, or nothing when the client leaves, takes too long, or the server stops.
    async fn first_byte(&self, wire: &Wire) -> Option<u8> {
        let mut stopped = self.stopped.clone();
        tokio::select! {
            first = tokio::time::timeout(self.head_time(), wire.first_byte()) => first.ok()?.ok()?,
            _ = stopped.wait_for(|stopped| *stopped) => None,
        }
    }

    async fn tls(self, wire: Wire, config: Arc<ServerConfig>) {
        let mut stopped = self.stopped.clone();
        let handshake = TlsAcceptor::from(config).accept(wire);
        let stream = tokio::select! {
            stream = tokio::time::timeout(self.head_time(), handshake) => stream,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let stream = match stream {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%error, "no TLS"),
            Err(_) => return tracing::debug!("a TLS handshake took too long"),
        };
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.http2(stream).await;
        } else {
            self.http(stream, true).await;
        }
    }

    /// HTTP/1.1.
    async fn http(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, is_secure: bool) {
        let http = self.http1(self.place.is_reserved);
        let http = http.serve_connection(TokioIo::new(io), self.clone().service(is_secure));
        self.until_stopped(http, http1::Connection::graceful_shutdown).await;
    }

    fn http1(&self, is_reserved: bool) -> http1::Builder {
        let mut http = http1::Builder::new();
        // Without `pipeline_flush`, which would buffer a streamed body to its end.
        http.timer(TokioTimer::new())
            .header_read_timeout(self.head_time())
            .max_buf_size(self.patience.head_bytes)
            .keep_alive(!is_reserved);
        http
    }

    async fn http2(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Patience { head, head_bytes, write, .. } = self.patience;
        let activity = Activity::new();
        let (service, watched) = (self.clone().service(true), Arc::clone(&activity));
        let service = service_fn(move |request| {
            let activity = Arc::clone(&watched);
            let answer = service.call(request);
            async move {
                let _working = activity.work();
                answer.await.map(|answer| activity.watch(answer))
            }
        });
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_send_buf_size(SENT_AHEAD)
            .max_header_list_size(u32::try_from(head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(head)
            .keep_alive_timeout(head);
        let http = http.serve_connection(TokioIo::new(io), service);
        // One that is idle, or whose client takes nothing, is dropped.
        let ends = async {
            let why = activity.overdue(self.head_time(), write).await;
            tracing::debug!(?why, "a connection is dropped");
        };
        tokio::select! {
            () = self.until_stopped(http, http2::Connection::graceful_shutdown) => {}
            () = ends => {}
        }
    }

    /// Runs a connection to its end, which comes after the next answer when the server stops and calls `end`.
    async fn until_stopped<C, E>(&self, connection: C, end: impl Fn(Pin<&mut C>))
    where
        C: Future<Output = Result<(), E>>,
        E: Display,
    {
        let mut connection = pin!(connection);
        let mut stopped = self.stopped.clone();
        let mut is_ending = false;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                _ = stopped.wait_for(|stopped| *stopped), if !is_ending => {
                    is_ending = true;
                    end(connection.as_mut());
                }
            }
        }
    }

    /// Answers requests.
    fn service(
        self,
        is_secure: bool,
    ) -> impl Service<
        Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send + 'static,
    > + Send
    + 'static {
        service_fn(move |request: Request<Incoming>| {
            let own = self.clone();
            async move {
                let request = if is_secure { secure(request) } else { request };
                Ok(own.answer_own(request).await)
            }
        })
    }

    /// The answer to one request, whoever it is for.
    async fn answer_own(self, request: Request<Incoming>) -> Response {
        if self.place.is_reserved && !self.app.is_urgent(request.uri().path()) {
            let why = "All connections are in use.\n";
            return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
        }
        let has_idle_time = request.version() < Version::HTTP_2;
        let mut response = one(self.app, request, self.client).await;
        if let Some(announced) = self.announced.filter(|_| has_idle_time) {
            response.headers_mut().insert(&KEEP_ALIVE, announced);
        }
        if response.extensions().get::<ResetConnection>().is_some() {
            self.cut.store(true, Ordering::Relaxed);
        }
        response
    }

    /// Plain HTTP where TLS is spoken.
    async fn refuse_plain(self, wire: Wire) {
        let service = service_fn(async |_: Request<Incoming>| {
            let why = "This address speaks HTTPS.\n";
            Ok::<_, Infallible>((StatusCode::BAD_REQUEST, why).into_response())
        });
        let http = self.http1(true).serve_connection(TokioIo::new(wire), service);
        self.until_stopped(http, http1::Connection::graceful_shutdown).await;
    }
}

impl<A: App> Here for Connection<A> {
    async fn answer(self, request: Request<Incoming>) -> Response {
        self.answer_own(request).await
    }

    async fn tunnel(self, wire: Wire, tls: Arc<ServerConfig>) {
        match self.first_byte(&wire).await {
            Some(HANDSHAKE) => self.tls(wire, tls).await,
            Some(_) => self.http(wire, false).await,
            None => {}
        }
    }

    async fn stopped(&self) {
        let mut stopped = self.stopped.clone();
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }
}

/// The same request with the address that the client asked in full, so that links in the answer begin with `https`.
fn secure(mut request: Request<Incoming>) -> Request<Incoming> {
    let authority =
        request.headers().get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let mut parts = request.uri().clone().into_parts();
    if parts.scheme.is_none() && authority.is_some() && parts.path_and_query.is_some() {
        (parts.scheme, parts.authority) = (Some(Scheme::HTTPS), authority);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Answers one request. A panic fails this request, not others of the connection.
async fn one(app: impl App, request: Request<Incoming>, client: Arc<Requester>) -> Response {
    let mut answer = pin!(app.answer(request.map(Body::new)));
    let answer = poll_fn(|context| {
        let client = Some(Arc::clone(&client));
        let step = || abandon::on_behalf_of(client, || answer.as_mut().poll(context));
        catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|why| Poll::Ready(failed(&*why)))
    });
    answer.await
}

/// The answer of a request that ended in a panic.
fn failed(why: &(dyn Any + Send)) -> Response {
    if abandon::is_abandoned(why) {
        // Nobody reads it.
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    tracing::error!("a request ended in a panic");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Patience;

    #[test]
    fn a_connection_outlasts_what_is_announced() {
        let patience = Patience::default();
        assert_eq!(
            (patience.head.as_secs(), patience.announced().unwrap()),
            (35, "timeout=30".parse().unwrap())
        );
        let short = Patience { head: Duration::from_secs(5), ..patience };
        assert!(short.announced().is_none(), "nothing is promised that does not hold");
    }
}
