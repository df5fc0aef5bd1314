//! The description of a surface: the data and functions that the plumbing needs.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};

use super::context::Context;
use super::cors::BrowserPolicy;
use super::query::QueryMap;
use super::reply::Reply;
use super::routes::{Handlers, Mismatch, Routes};
use crate::contract::Operation;
use crate::kernel::limits::{Bound, Limit};
use crate::world::World;

/// An HTTP API we imitate, as data and functions.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    /// `clockify`, `clockodo`, `clockwork` or `time-tracker`.
    pub name: &'static str,
    /// The vendor's own host names, as patterns of [`super::hosts::matches`].
    pub hosts: &'static [&'static str],
    /// Those of them that serve only what is below a path, as the routes spell it.
    pub partial_hosts: &'static [(&'static str, &'static str)],
    /// The path below the surface's routes, if this surface owns the path. The flag says
    /// whether the request names one of `hosts`.
    pub locate: fn(own_host: bool, path: &str) -> Option<String>,
    /// Whether doubled slashes and a trailing one are ignored.
    pub loose_slashes: bool,
    /// The secret as sent, with the sandbox's name.
    pub secret: fn(&HeaderMap, &QueryMap) -> Option<String>,
    /// Whether a secret, without a sandbox's name, is somebody's in this world.
    pub knows: fn(&World, &str) -> bool,
    /// Names of query parameters that carry secrets.
    pub secret_parameters: &'static [&'static str],
    /// Maximum length of a request body, in bytes.
    pub max_body: usize,
    /// All rate limits.
    pub limits: &'static [Limit],
    /// The most that its operations take or answer.
    pub bounds: &'static [Bound],
    /// The operations of its contract.
    pub operations: &'static [Operation],
    /// The handlers of the operations.
    pub handlers: fn() -> Handlers,
    /// The credentials of all people who can call, owners first.
    pub credentials: fn(&World) -> Vec<Login>,
    /// The vendor's answer to a failure that the request did not cause: an injected fault, or a write that
    /// cannot be saved. [`empty_fault`] if it is unknown.
    pub fault: fn(&Context, Fault) -> Reply,
    /// What the vendor says to browsers.
    pub browsers: fn() -> BrowserPolicy,
    /// Base URLs for clients of this surface, below our origin: name and path.
    pub bases: &'static [(&'static str, &'static str)],
}

impl Surface {
    /// Whether the secret, if there is one, is somebody's in this world.
    pub fn is_known(&self, world: &World, secret: Option<&str>) -> bool {
        secret.is_some_and(|secret| (self.knows)(world, secret))
    }

    /// Its operations with their handlers.
    ///
    /// # Errors
    /// See [`Routes::bind`].
    pub fn routes(&self) -> Result<Routes, Mismatch> {
        Routes::bind(self.operations, (self.handlers)(), self.limits, self.locate)
    }
}

/// A surface with its route list built.
#[derive(Debug)]
pub struct Mounted {
    /// Its data and functions.
    pub surface: Surface,
    /// Its routes.
    pub routes: Routes,
}

impl Mounted {
    /// These surfaces with their routes.
    ///
    /// # Panics
    /// When a surface and its contract disagree; every start would show it.
    #[must_use]
    pub fn all(surfaces: &[Surface]) -> Arc<[Self]> {
        let mounted = |surface: &Surface| match surface.routes() {
            Ok(routes) => Self { surface: *surface, routes },
            #[expect(clippy::panic, reason = "it is a defect of the program, not of its input")]
            Err(mismatch) => panic!("{}: {mismatch}", surface.name),
        };
        surfaces.iter().map(mounted).collect()
    }
}

/// A failure that the request did not cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An error of this status.
    Status(StatusCode),
    /// Too many requests.
    RateLimited,
}

/// A bare status, as a proxy in front of the vendor sends it.
#[must_use]
pub fn empty_fault(_: &Context, fault: Fault) -> Reply {
    Reply::empty(match fault {
        Fault::Status(status) => status,
        Fault::RateLimited => StatusCode::TOO_MANY_REQUESTS,
    })
}

/// A person's credential for a surface.
#[derive(Debug, Clone)]
pub struct Login {
    /// E-mail.
    pub person: String,
    /// Full name.
    pub name: String,
    /// Role, in the vendor's terms.
    pub role: String,
    /// Whether they own the account; owners are listed first.
    pub owner: bool,
    /// The secret, to which a sandbox's name is appended.
    pub secret: String,
    /// The headers to send, made of the secret with the sandbox's name.
    pub headers: fn(login: &Login, secret: &str) -> Vec<(&'static str, String)>,
    /// The query parameters to send instead, if the vendor reads the secret there.
    pub query: fn(secret: &str) -> Vec<(&'static str, String)>,
}
