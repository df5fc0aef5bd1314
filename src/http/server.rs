//! Accepts connections, limits them, and drains them at shutdown.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use axum::response::Response;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt;

use super::connection::Connection;
use super::proxy::Proxy;
use super::wire::Wire;
use crate::kernel::clock::machine_tick;

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
pub(super) const RESERVED_TIME: Duration = Duration::from_secs(2);

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

/// A listener, and what is spoken on its connections.
#[derive(Debug)]
pub struct Door {
    /// The listener.
    pub listener: TcpListener,
    /// What its connections speak.
    pub protocol: Protocol,
}

impl From<TcpListener> for Door {
    fn from(listener: TcpListener) -> Self {
        Self { listener, protocol: Protocol::Http }
    }
}

/// Serves `app` at all doors until `stop` is done, then lets open requests finish.
pub async fn serve(
    doors: Vec<Door>,
    app: impl App,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let room = Room {
        usual: Arc::new(Semaphore::new(patience.connections)),
        reserved: Arc::new(Semaphore::new(patience.reserved)),
    };
    let (stopping, stopped) = watch::channel(false);
    let announced = patience.announced();
    let mut stop = pin!(stop);
    let mut warned: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = accept(&doors, &room) => accepted,
            () = &mut stop => break,
        };
        let (stream, protocol, place) = match accepted {
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
        let wire = Wire::new(stream, patience.write);
        let connection = Connection {
            app: app.clone(),
            patience,
            announced: announced.clone().filter(|_| !place.is_reserved),
            cut: Arc::clone(&wire.cut),
            client: wire.client(),
            place: Arc::new(place),
            stopped: stopped.clone(),
        };
        tokio::spawn(connection.speak(wire, protocol));
    }
    drop((doors, stopped));
    let _ = stopping.send(true);
    if tokio::time::timeout(patience.drain, stopping.closed()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Places for connections.
struct Room {
    usual: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
}

/// The place of a connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) is_reserved: bool,
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
async fn accept(doors: &[Door], room: &Room) -> io::Result<(TcpStream, Protocol, Place)> {
    let place = room.place().await?;
    let next = |context: &mut Context<'_>| {
        let mut accepted = doors.iter().map(|door| {
            door.listener.poll_accept(context).map_ok(|(stream, _)| (stream, door.protocol.clone()))
        });
        accepted.find(Poll::is_ready).unwrap_or(Poll::Pending)
    };
    let (stream, protocol) = poll_fn(next).await?;
    // A usual place may have become free while nobody came.
    let usual =
        place.is_reserved.then(|| Arc::clone(&room.usual).try_acquire_owned().ok()).flatten();
    let place = usual.map_or(place, |permit| Place { is_reserved: false, _permit: permit });
    Ok((stream, protocol, place))
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
