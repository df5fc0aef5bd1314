//! Replies: status, headers and bytes exactly as the vendor sends them, whole or in pieces.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use hyper::body::Frame;
use serde::Serialize;
use tokio::time::Sleep;

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

impl From<Reply> for Response<axum::body::Body> {
    fn from(reply: Reply) -> Self {
        let body = match reply.body {
            Body::Whole(bytes) => axum::body::Body::from(bytes),
            Body::Pieces(pieces) => {
                axum::body::Body::new(Paced { pieces, held: None, pause: None })
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        response
    }
}

/// Pieces as an HTTP body.
struct Paced {
    pieces: Box<dyn Iterator<Item = Piece> + Send>,
    /// The piece that waits for its pause.
    held: Option<Bytes>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
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
            let Some(Piece { after, bytes }) = self.pieces.next() else {
                return Poll::Ready(None);
            };
            if !after.is_zero() {
                self.pause = Some(Box::pin(tokio::time::sleep(after)));
            }
            self.held = Some(bytes);
        }
    }
}
