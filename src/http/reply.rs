//! Replies: status, headers and bytes exactly as the vendor sends them, whole or in pieces.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::iter::Peekable;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use hyper::body::Frame;
use serde::Serialize;
use tokio::time::Sleep;

use super::long_work::{Places, SURFACES, Unfinished};
use crate::kernel::abandon::Interruptible;

/// An answer. Only `Date` and, for a whole body, `Content-Length` are added to it.
#[derive(Debug)]
pub struct Reply {
    /// Status code.
    pub status: StatusCode,
    /// Headers in the order set.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The vendor's form of this answer when it takes long, if there is one.
    pub slow_form: Option<SlowForm>,
}

/// Turns an answer into the vendor's form for an answer that takes this long.
pub type SlowForm = fn(Reply, Duration) -> Reply;

/// A body.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// A stream of pieces. Each is made after the one before has left, and sent after its pause.
    Pieces(Box<dyn Iterator<Item = Piece> + Send>),
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The pause before it, on the machine's clock.
    pub after: Duration,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Piece {
    /// Bytes without a pause.
    #[must_use]
    pub fn now(bytes: impl Into<Bytes>) -> Self {
        Self { after: Duration::ZERO, bytes: bytes.into() }
    }
}

impl Body {
    /// Number of bytes, when it is known.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Whole(bytes) => Some(bytes.len()),
            Self::Pieces(_) => None,
        }
    }

    /// Whether the body is known to be empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// All bytes, without the pauses.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Pieces(pieces) => {
                let mut all = BytesMut::new();
                for piece in pieces {
                    all.extend_from_slice(&piece.bytes);
                }
                all.freeze()
            }
        }
    }

    /// As pieces.
    fn into_pieces(self) -> Box<dyn Iterator<Item = Piece> + Send> {
        match self {
            Self::Whole(bytes) => Box::new(std::iter::once(Piece::now(bytes))),
            Self::Pieces(pieces) => pieces,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => f.debug_tuple("Whole").field(bytes).finish(),
            Self::Pieces(_) => f.write_str("Pieces"),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::Whole(bytes.into())
    }
}

impl Reply {
    /// No body and no content type.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Body::Whole(Bytes::new()), slow_form: None }
    }

    /// Bytes of this content type.
    #[must_use]
    pub fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply.body = Body::Whole(body.into());
        reply
    }

    /// Pieces of this content type.
    #[must_use]
    pub fn pieces(
        status: StatusCode,
        content_type: &'static str,
        pieces: impl Iterator<Item = Piece> + Send + 'static,
    ) -> Self {
        let mut reply = Self::bytes(status, content_type, Bytes::new());
        reply.body = Body::Pieces(Box::new(pieces));
        reply
    }

    /// 200 with a JSON list of any length: `before`, the items between commas, and `after`. A short list is
    /// sent whole, a long one is made while it is sent.
    #[must_use]
    pub fn listed(
        before: impl Into<Vec<u8>>,
        items: impl Iterator<Item = Vec<u8>> + Send + 'static,
        after: impl Into<Vec<u8>>,
    ) -> Self {
        let comma = |n| if n == 0 { &b""[..] } else { b"," };
        let items = items.enumerate().map(move |(n, item)| [comma(n), &item].concat());
        let ends = (std::iter::once(before.into()), std::iter::once(after.into()));
        Self::streamed(StatusCode::OK, "application/json", ends.0.chain(items).chain(ends.1))
    }

    /// Pieces of any size and of this content type. What is short is sent whole, the rest while it is made.
    #[must_use]
    pub fn streamed(
        status: StatusCode,
        content_type: &'static str,
        pieces: impl Iterator<Item = Vec<u8>> + Send + 'static,
    ) -> Self {
        let mut pieces = pieces.fuse();
        let mut next = move || {
            let mut bytes = Vec::new();
            while bytes.len() < PIECE
                && let Some(piece) = pieces.next()
            {
                bytes.extend(piece);
            }
            bytes
        };
        let mut begin = Vec::new();
        while begin.len() < WHOLE {
            let more = next();
            if more.is_empty() {
                return Self::bytes(status, content_type, begin);
            }
            begin.extend(more);
        }
        let rest = std::iter::from_fn(move || Some(next()).filter(|more| !more.is_empty()));
        let pieces = std::iter::once(begin).chain(rest);
        Self::pieces(status, content_type, pieces.map(Piece::now))
    }

    /// `value` as JSON in the order of its fields.
    #[must_use]
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        // Our wire types have string keys and no failing serialisers.
        match written(|body| serde_json::to_writer(Interruptible::new(body), value)) {
            Ok(body) => Self::bytes(status, "application/json", body),
            Err(error) => {
                tracing::error!(%error, "a wire type did not serialise");
                Self::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// 200 with `value` as JSON.
    #[must_use]
    pub fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// The same reply with one more header. An invalid value is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(HeaderName::from_static(name), value);
        }
        self
    }

    /// The same reply in the vendor's form for an answer that takes `delay`, and whether there is one. If
    /// not, nothing may be sent before `delay` is over.
    #[must_use]
    pub fn held_back(mut self, delay: Duration) -> (Self, bool) {
        match self.slow_form.take() {
            Some(form) => (form(self, delay), true),
            None => (self, false),
        }
    }

    /// The same reply with `before` sent first, then its body after the pause `after`.
    #[must_use]
    pub fn after(mut self, before: Vec<Piece>, after: Duration) -> Self {
        let own = self.body.into_pieces().enumerate();
        let own = own.map(move |(n, piece)| {
            let after = if n == 0 { after.saturating_add(piece.after) } else { piece.after };
            Piece { after, ..piece }
        });
        self.body = Body::Pieces(Box::new(before.into_iter().chain(own)));
        self
    }
}

/// Size of the pieces of a streamed answer, in bytes, and of the longest that is sent whole.
const PIECE: usize = 64 * 1024;
const WHOLE: usize = 1024 * 1024;

/// A value as JSON, for [`Reply::listed`].
#[must_use]
pub fn json_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|error| {
        // As in `Reply::json`, this does not happen.
        tracing::error!(%error, "a wire type did not serialise");
        Vec::new()
    })
}

/// Maximum size of the write buffer that a thread keeps, in bytes. Most answers are shorter.
const KEPT: usize = 64 * 1024;

/// The output of `write`. Its length is unknown, so it goes to a reused buffer and is copied once.
fn written<E>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Bytes, E> {
    thread_local! {
        static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut room = ROOM.take();
    room.clear();
    write(&mut room)?;
    if room.len() > KEPT {
        return Ok(room.into());
    }
    let bytes = Bytes::copy_from_slice(&room);
    ROOM.set(room);
    Ok(bytes)
}

impl Reply {
    /// As a response. What is left to make of its body is made in `places`, while it is sent.
    #[must_use]
    pub fn made_in(self, places: &'static Places) -> Response<axum::body::Body> {
        let body = match self.body {
            Body::Whole(bytes) => axum::body::Body::from(bytes),
            Body::Pieces(pieces) => axum::body::Body::new(Paced::new(pieces, places)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// What is left to make is made in the places of the surfaces.
impl From<Reply> for Response<axum::body::Body> {
    fn from(reply: Reply) -> Self {
        reply.made_in(&SURFACES)
    }
}

/// Pieces as an HTTP body. Each is long work of its own: a client that does not read takes no place.
struct Paced {
    source: Source,
    places: &'static Places,
    /// The piece that waits for its pause.
    held: Option<Bytes>,
    pause: Option<Pin<Box<Sleep>>>,
}

type Pieces = Peekable<Box<dyn Iterator<Item = Piece> + Send>>;
/// The next piece with what follows it.
type Making = dyn Future<Output = Result<(Option<Piece>, Pieces), Unfinished>> + Send;

enum Source {
    Waiting(Pieces),
    Making(Pin<Box<Making>>),
    Ended,
}

impl Paced {
    fn new(pieces: Box<dyn Iterator<Item = Piece> + Send>, places: &'static Places) -> Self {
        Self { source: Source::Waiting(pieces.peekable()), places, held: None, pause: None }
    }
}

/// The next piece, with those that follow it without a pause until it is long enough.
fn next_piece(pieces: &mut Pieces) -> Option<Piece> {
    let mut piece = pieces.next()?;
    if piece.bytes.len() < PIECE {
        let mut joined = BytesMut::from(&*piece.bytes);
        while joined.len() < PIECE
            && let Some(more) = pieces.next_if(|more| more.after.is_zero())
        {
            joined.extend_from_slice(&more.bytes);
        }
        piece.bytes = joined.freeze();
    }
    Some(piece)
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.pause = None;
            }
            if let Some(bytes) = self.held.take() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            match std::mem::replace(&mut self.source, Source::Ended) {
                Source::Ended => return Poll::Ready(None),
                Source::Waiting(mut pieces) => {
                    let making = self.places.run(move || (next_piece(&mut pieces), pieces));
                    self.source = Source::Making(Box::pin(making));
                }
                Source::Making(mut making) => match making.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.source = Source::Making(making);
                        return Poll::Pending;
                    }
                    // The connection is cut, so that nobody takes what was sent for all of it.
                    Poll::Ready(Err(why)) => return Poll::Ready(Some(Err(why.into()))),
                    Poll::Ready(Ok((None, _))) => {}
                    Poll::Ready(Ok((Some(Piece { after, bytes }), rest))) => {
                        if !after.is_zero() {
                            self.pause = Some(Box::pin(tokio::time::sleep(after)));
                        }
                        self.held = Some(bytes);
                        self.source = Source::Waiting(rest);
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use axum::http::StatusCode;
    use http_body_util::BodyExt;

    use super::{Piece, Reply};
    use crate::http::long_work::{CONTROL, MOST};

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn each_piece_of_a_long_answer_is_long_work_and_a_client_that_does_not_read_takes_no_place()
     {
        let places = &CONTROL;
        let own = thread::current().id();
        let (seen, threads) = mpsc::channel();
        let answer = || {
            let seen = seen.clone();
            let pieces = (0..3).map(move |_| {
                seen.send(thread::current().id()).unwrap();
                Piece::now(vec![0; 100_000])
            });
            Reply::pieces(StatusCode::OK, "text/plain", pieces).made_in(places).into_body()
        };
        let mut unread: Vec<_> = (0..2 * MOST).map(|_| answer()).collect();
        for body in &mut unread {
            assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap().len(), 100_000);
        }
        assert_eq!(places.free(), MOST);
        assert_eq!(answer().collect().await.unwrap().to_bytes().len(), 300_000);
        assert_eq!(threads.try_iter().filter(|thread| *thread != own).count(), 2 * MOST + 3);
    }
}
