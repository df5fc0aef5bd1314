//! Exact replies: status, headers and bytes as the vendor sends them.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Serialize;

/// A whole answer. What is not set here is not sent, but for `Content-Length` and `Date`.
#[derive(Debug)]
pub struct Reply {
    /// Status code.
    pub status: StatusCode,
    /// Headers in the order set.
    pub headers: HeaderMap,
    /// Body bytes.
    pub body: Bytes,
    /// More of the body, made while it is sent. Its length is not announced.
    pub rest: Option<Chunks>,
}

/// Parts of a body, made one by one.
pub struct Chunks(Box<dyn Iterator<Item = Bytes> + Send>);

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chunks")
    }
}

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

impl Reply {
    /// No body and no content type.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), rest: None }
    }

    /// Bytes of this content type.
    #[must_use]
    pub fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply.body = body.into();
        reply
    }

    /// Bytes of this content type, made part by part while they are sent.
    #[must_use]
    pub fn chunks(
        status: StatusCode,
        content_type: &'static str,
        chunks: impl Iterator<Item = Bytes> + Send + 'static,
    ) -> Self {
        let mut reply = Self::bytes(status, content_type, Bytes::new());
        reply.rest = Some(Chunks(Box::new(chunks)));
        reply
    }

    /// `value` as JSON in the order of its fields.
    #[must_use]
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(512);
        // Our wire types have string keys and no failing serialisers.
        if let Err(error) = serde_json::to_writer(&mut body, value) {
            tracing::error!(%error, "a wire type did not serialise");
            return Self::empty(StatusCode::INTERNAL_SERVER_ERROR);
        }
        Self::bytes(status, "application/json", body)
    }

    /// 200 with `value` as JSON.
    #[must_use]
    pub fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// The same reply with one more header. A value that cannot be a header is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(HeaderName::from_static(name), value);
        }
        self
    }
}

impl From<Reply> for Response<Body> {
    fn from(reply: Reply) -> Self {
        let body = match reply.rest {
            None => Body::from(reply.body),
            Some(Chunks(rest)) if reply.body.is_empty() => Body::new(Chunks(rest)),
            Some(Chunks(rest)) => {
                Body::new(Chunks(Box::new(std::iter::once(reply.body).chain(rest))))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        response
    }
}
