//! HTTP plumbing: mounting, requests, replies. Knows no vendor: the numbers, headers, envelopes and messages
//! come with each surface as data and functions ([`surface::Surface`]).

mod activity;
pub mod body;
mod connection;
pub mod context;
pub mod cors;
pub mod effect;
mod exchange;
pub mod fields;
pub mod headers;
pub mod hosts;
pub mod links;
pub mod long_work;
pub mod mount;
pub mod proxy;
pub mod query;
mod reads;
mod redact;
pub mod reply;
pub mod routes;
pub mod server;
mod stand_in;
mod suggest;
pub mod surface;
mod unclaimed;
mod wire;

use crate::kernel::sandbox::Refused;
use axum::http::Method;

/// A request that the plumbing rejects. Each surface renders it in its vendor's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No route has this path.
    UnknownPath,
    /// The path has routes, but none for this method.
    WrongMethod {
        /// The allowed methods, in the order of the handlers.
        allow: Vec<Method>,
    },
    /// The body is longer than the surface allows, in bytes.
    BodyTooLarge(usize),
    /// The body did not arrive in time.
    BodyTooSlow,
    /// A required body is missing.
    NoBody,
    /// The operation does not read this content type.
    WrongContentType(String),
    /// The body is not JSON.
    BadJson {
        /// The parser's message.
        message: String,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// The body is JSON of another shape.
    BadField {
        /// Path of the field, e.g. `customFields[1].value`; empty for the whole body.
        path: String,
        /// The decoder's message.
        message: String,
    },
    /// A parameter has a value of the wrong kind.
    BadParameter {
        /// Name of the parameter.
        name: String,
        /// The value sent.
        value: String,
        /// The kind expected.
        expected: Expected,
    },
    /// A required parameter is missing.
    NoParameter {
        /// Name of the parameter.
        name: String,
    },
    /// The sandbox of the request is unavailable.
    Sandbox(Refused),
    /// An internal error; the details are in the log.
    Defect,
}

/// The expected kind of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A date or instant.
    Date,
    /// An id.
    Id,
    /// One of a fixed list of words.
    Word,
}
