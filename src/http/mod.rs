//! HTTP plumbing: mounting, requests, replies. Knows no vendor: no number, header, envelope or message
//! of one; a surface brings them as data and functions ([`surface::Surface`]).

pub mod aside;
pub mod body;
pub mod cx;
pub mod fields;
pub mod mount;
mod near;
pub mod query;
mod reads;
pub mod reply;
pub mod routes;
pub mod server;
pub mod shape;
pub mod surface;
mod visit;

use crate::kernel::sandbox::Refused;
use axum::http::Method;

/// A request that the plumbing refuses. Each surface renders it in its vendor's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No route has this path.
    UnknownPath,
    /// The path has routes, but none for this method.
    WrongMethod {
        /// The methods it has, in the order of the handlers.
        allow: Vec<Method>,
    },
    /// The body is longer than the surface allows, in bytes.
    BodyTooLarge(usize),
    /// The body did not arrive in time.
    BodyTooSlow,
    /// A body was needed and none was sent.
    NoBody,
    /// The content type is none that the operation reads.
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
    /// A parameter has a value of another kind.
    BadParameter {
        /// Its name as the operation calls it.
        name: String,
        /// The value sent.
        value: String,
        /// The kind expected.
        expected: Expected,
    },
    /// A required parameter is missing.
    NoParameter {
        /// Its name as the operation calls it.
        name: String,
    },
    /// The sandbox that the request names cannot be had.
    Sandbox(Refused),
    /// A defect of ours; the details are in the log.
    Defect,
}

/// The kind a parameter should have.
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
