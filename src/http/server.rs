//! Accepts connections, limits them, and drains them at shutdown.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

pub use super::connection::{App, Patience, Protocol};
use super::connection::{Connection, Place};
use super::wire::Wire;
use crate::kernel::clock::machine_tick;

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
