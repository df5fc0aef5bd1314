//! The context of a handler: the request, its sandbox, and the only ways to read and change the world.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use super::query::QueryMap;
use super::reads::Reads;
use super::{Rejection, body, headers};
use crate::contract::Operation;
use crate::kernel::clock::machine_tick;
use crate::kernel::limits::{Instants, Limit};
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::Sandbox;
use crate::kernel::store::{Root, Written};
use crate::kernel::sync::CommitReceipt;
use crate::world::World;

/// The mark that some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Maximum number of unread parameters, and of unread fields, that the journal names.
const MOST_NAMED: usize = 100;

/// One request in its sandbox.
#[derive(Debug)]
pub struct Context {
    /// HTTP method.
    pub method: Method,
    /// Path below the surface, as the routes spell it.
    pub path: String,
    /// Query parameters.
    pub query: QueryMap,
    /// Request headers.
    pub headers: HeaderMap,
    pub(super) body: Bytes,
    /// Whether the body was read.
    pub(super) body_read: Cell<bool>,
    /// The operation, once a route is found.
    pub(super) operation: Option<&'static Operation>,
    /// The limits of the surface.
    pub(super) limits: &'static [Limit],
    pub(super) params: Vec<(String, String)>,
    pub(super) sandbox: Arc<Sandbox<World>>,
    pub(super) secret: Option<String>,
    /// The world's time at the start of the request; it stays the same until its end.
    pub(super) now: DateTime<Utc>,
    pub(super) person: RefCell<Option<String>>,
    /// The world that this request reads: as it was on arrival, then with its own writes, even before others
    /// see them.
    pub(super) root: RefCell<Arc<Root<World>>>,
    /// Receipts of its commits that are not yet saved.
    pub(super) receipts: RefCell<Vec<CommitReceipt>>,
    /// Whether it has posted messages.
    pub(super) posted: Cell<bool>,
    /// Functions that turn events into messages, after each change.
    pub(super) posters: &'static [fn(&mut World, DateTime<Utc>)],
    /// Number of extra copies of each message that a fault plan asks for.
    pub(super) duplicate: u32,
    /// Paths of body fields that nothing read.
    pub(super) unknown_fields: RefCell<Vec<String>>,
    /// Loose fields and whether they were read.
    pub(super) fields: RefCell<Option<Arc<Reads>>>,
}

impl Context {
    /// The world as it was on arrival, with the changes of this request: an immutable value.
    #[must_use]
    pub fn read(&self) -> Arc<Root<World>> {
        Arc::clone(&self.root.borrow())
    }

    /// Runs `rule` on the world and commits the result, unless it fails. The answer waits until the commit
    /// is saved.
    ///
    /// # Errors
    /// The error of `rule`; the world is then unchanged.
    pub fn write<T, E>(&self, rule: impl FnOnce(&mut World) -> Result<T, E>) -> Result<T, E> {
        let (result, written) = self.sandbox.store.commit(|world| {
            let known = world.outbox.newest();
            let result = rule(world)?;
            self.posters.iter().for_each(|post| post(world, self.now));
            if world.outbox.newest() > known {
                self.posted.set(true);
                if self.duplicate > 0 {
                    world.outbox.duplicate(&mut world.ids, known, self.duplicate);
                }
            }
            Ok(result)
        })?;
        let Written { root, receipt } = written;
        self.root.replace(root);
        if receipt.outcome() != Some(Ok(())) {
            self.receipts.borrow_mut().push(receipt);
        }
        Ok(result)
    }

    /// The world's time of this request.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The revision that this world imitates.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.root.borrow().value.settings.revision
    }

    /// The credential's secret without the sandbox's name, if the request carries one.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// A request header as text, from UTF-8 or Latin-1.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        headers::text(&self.headers, name)
    }

    /// The value of `Content-Type` in lower case.
    #[must_use]
    pub fn content_type(&self) -> Option<String> {
        self.header("content-type").map(|kind| kind.to_ascii_lowercase())
    }

    /// The body's bytes, without a byte-order mark.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.body_read.set(true);
        self.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.body)
    }

    /// The body as JSON. The journal notes the fields that `T` does not have.
    ///
    /// # Errors
    /// See [`body::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Rejection> {
        let mut unknown = Vec::new();
        let value = body::json_noting(self.body(), |path| unknown.push(path));
        self.unknown_fields.replace(unknown);
        value
    }

    /// The text in the path for `{name}`; empty when the route has no such part.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The operation; `None` when no route was found.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// The rate limits of the operation; with the name of a parameter, those that this parameter adds.
    pub fn budget(&self, parameter: Option<&str>) -> impl Iterator<Item = &'static Limit> {
        let (limits, revision) = (self.limits, self.revision());
        let budget = self.operation.map_or(&[][..], |operation| operation.budget);
        let budget = budget.iter().filter(move |budget| {
            budget.parameter == parameter && budget.revision.is_none_or(|only| only == revision)
        });
        budget.filter_map(|budget| limits.iter().find(|limit| limit.id == budget.limit))
    }

    /// Records the caller for the journal.
    pub fn note_person(&self, email: &str) {
        *self.person.borrow_mut() = Some(email.to_owned());
    }

    /// Takes one request of `limit` from the budget of `caller`, unless the world has no rate limits.
    ///
    /// # Errors
    /// The time after which one request is possible again.
    pub fn spend(&self, limit: &Limit, caller: &str) -> Result<(), Duration> {
        if !self.root.borrow().value.settings.rate_limits {
            return Ok(());
        }
        let now = Instants { sandbox: self.now, machine: machine_tick() };
        self.sandbox.budgets().take(limit, caller, now)
    }

    /// Names of query parameters and paths of body fields that nothing read; `names` finds those of a whole body.
    /// A refusal can come before they are read, so after one only those that the contract does not have are
    /// named.
    pub(super) fn unread(
        &self,
        is_refused: bool,
        names: fn(&Self) -> Vec<String>,
    ) -> (Vec<String>, Vec<String>) {
        let mut fields = self.unknown_fields.take();
        if !self.body.is_empty() && !self.body_read.get() && !is_refused {
            fields = names(self);
        }
        if let Some(reads) = self.fields.take() {
            let read = reads.read_in_query();
            self.query.note(|name| read.contains(name));
            fields.extend(reads.unread_in_body());
        }
        let mut parameters = self.query.unread();
        if is_refused && let Some(operation) = self.operation {
            parameters.retain(|name| !operation.knows(name));
            fields.retain(|name| !operation.knows(name));
        }
        parameters.truncate(MOST_NAMED);
        fields.truncate(MOST_NAMED);
        (parameters, fields)
    }
}
