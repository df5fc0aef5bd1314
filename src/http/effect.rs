//! Applies the effects of a fault to a reply: bodies cut off or slow, and connections reset.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use bytes::Bytes;
use hyper::body::Frame;
use tokio::time::Sleep;

use super::reply::Reply;
use crate::kernel::faults::{Effect, Slow};

/// Marks a response: the connection is reset instead. See [`super::server`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetConnection;

/// Pause before the connection is cut, so that the bytes sent before reach the client.
const FAREWELL: Duration = Duration::from_millis(5);
/// Interval between the pieces of a slow body.
const BEAT: Duration = Duration::from_millis(100);

/// The reply with the effect applied.
pub(super) fn apply_effect(mut reply: Reply, effect: &Effect) -> Response<Body> {
    if effect.reset.is_some() {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(ResetConnection);
        return response;
    }
    if let Some(kind) =
        effect.content_type.as_deref().and_then(|kind| HeaderValue::from_str(kind).ok())
    {
        reply.headers.insert(CONTENT_TYPE, kind);
    }
    if effect.truncate.is_none() && effect.slow.is_none() {
        return reply.into();
    }
    // Announces the whole length, so that a client can notice the missing part.
    let mut rest = std::mem::replace(&mut reply.body, Bytes::new().into()).into_bytes();
    reply.headers.insert(CONTENT_LENGTH, rest.len().into());
    if let Some(length) = effect.truncate {
        rest.truncate(length);
    }
    let pace = effect.slow.map(|Slow { bytes_per_second }| {
        let beats = Duration::from_secs(1).as_millis() / BEAT.as_millis();
        let piece = u128::from(bytes_per_second).div_ceil(beats);
        let piece = usize::try_from(piece).unwrap_or(usize::MAX);
        // Below one byte a beat, the beat is longer.
        let beat = BEAT.max(Duration::from_secs(1) / bytes_per_second.max(1));
        (piece, beat)
    });
    let cut = effect.truncate.map(|_| Cutting::Sending);
    let response: Response<Body> = reply.into();
    response.map(|_| Body::new(FaultyBody { rest, pace, pause: None, cut }))
}

/// A body that is slow, cut off, or both.
struct FaultyBody {
    rest: Bytes,
    /// Bytes a beat, and the length of a beat.
    pace: Option<(usize, Duration)>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether the connection is cut after the body.
    cut: Option<Cutting>,
}

/// Progress of a body that is cut off.
enum Cutting {
    Sending,
    /// The server has all of it; the client may not.
    Sent,
}

impl hyper::body::Body for FaultyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.pause = None;
        }
        if self.rest.is_empty() {
            return match self.cut.take() {
                None => Poll::Ready(None),
                Some(Cutting::Sending) => {
                    self.cut = Some(Cutting::Sent);
                    self.pause = Some(Box::pin(tokio::time::sleep(FAREWELL)));
                    // Polls the pause.
                    self.poll_frame(context)
                }
                Some(Cutting::Sent) => {
                    let why = "cut off on purpose";
                    let error = io::Error::new(io::ErrorKind::ConnectionAborted, why);
                    Poll::Ready(Some(Err(error)))
                }
            };
        }
        let piece = match self.pace {
            None => std::mem::take(&mut self.rest),
            Some((piece, beat)) => {
                self.pause = Some(Box::pin(tokio::time::sleep(beat)));
                let piece = piece.min(self.rest.len());
                self.rest.split_to(piece)
            }
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}
