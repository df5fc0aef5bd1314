//! Accepts connections, limits them, and drains them at shutdown.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use super::effect::ResetConnection;
use super::wire::Wire;
use crate::kernel::abandon::{self, Requester};
use crate::kernel::clock::machine_tick;

/// Header that announces how long a connection may be idle.
static KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

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
    fn announced(self) -> Option<HeaderValue> {
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

/// Serves `app` on all listeners until `stop` is done, then lets open requests finish.
pub async fn serve(
    listeners: Vec<TcpListener>,
    app: impl App,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let mut http = hyper::server::conn::http1::Builder::new();
    // Without `pipeline_flush`, which would buffer a streamed body to its end.
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(patience.head_bytes);
    let mut urgent = http.clone();
    urgent.header_read_timeout(patience.head.min(RESERVED_TIME)).keep_alive(false);
    let open = GracefulShutdown::new();
    let room = Room {
        usual: Arc::new(Semaphore::new(patience.connections)),
        reserved: Arc::new(Semaphore::new(patience.reserved)),
    };
    let announced = patience.announced();
    let mut stop = pin!(stop);
    let mut warned: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listeners, &room) => accepted,
            () = &mut stop => break,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // No descriptors are left, or the client left while it waited.
                if warned.is_none_or(|before| before.elapsed() >= Duration::from_secs(1)) {
                    tracing::warn!(%error, "a connection could not be accepted");
                    warned = Some(machine_tick());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (app, announced) = (app.clone(), announced.clone());
        let wire = Wire::new(stream, patience.write);
        let (cut, client) = (Arc::clone(&wire.cut), wire.client());
        let is_reserved = place.is_reserved;
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (app, cut, announced) = (app.clone(), Arc::clone(&cut), announced.clone());
            let client = Arc::clone(&client);
            async move {
                if is_reserved && !app.is_urgent(request.uri().path()) {
                    let why = "All connections are in use.\n";
                    return Ok((StatusCode::SERVICE_UNAVAILABLE, why).into_response());
                }
                let mut response = one(app, request, client).await;
                if let Some(announced) = announced.filter(|_| !is_reserved) {
                    response.headers_mut().insert(&KEEP_ALIVE, announced);
                }
                if response.extensions().get::<ResetConnection>().is_some() {
                    cut.store(true, Ordering::Relaxed);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let http = if is_reserved { &urgent } else { &http };
        let connection = open.watch(http.serve_connection(TokioIo::new(wire), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listeners);
    if tokio::time::timeout(patience.drain, open.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Places for connections.
struct Room {
    usual: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
}

/// The place of a connection, free again when it is dropped.
struct Place {
    is_reserved: bool,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// A usual place if one is free; a reserved one otherwise.
    async fn place(&self) -> io::Result<Place> {
        let (usual, reserved) = (Arc::clone(&self.usual), Arc::clone(&self.reserved));
        let (is_reserved, permit) = tokio::select! {
            biased;
            permit = usual.acquire_owned() => (false, permit),
            permit = reserved.acquire_owned() => (true, permit),
        };
        Ok(Place { is_reserved, _permit: permit.map_err(io::Error::other)? })
    }
}

/// The next connection, once there is room for it.
async fn accept(listeners: &[TcpListener], room: &Room) -> io::Result<(TcpStream, Place)> {
    let place = room.place().await?;
    let next = |context: &mut Context<'_>| {
        let mut accepted = listeners.iter().map(|listener| listener.poll_accept(context));
        accepted.find(Poll::is_ready).unwrap_or(Poll::Pending)
    };
    let (stream, _) = poll_fn(next).await?;
    // A usual place may have become free while nobody came.
    let usual =
        place.is_reserved.then(|| Arc::clone(&room.usual).try_acquire_owned().ok()).flatten();
    let place = usual.map_or(place, |permit| Place { is_reserved: false, _permit: permit });
    Ok((stream, place))
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
