//! Binds the handlers of a surface to the operations of its contract, which bring method, path and the rest.
//! A handler is a function whose arguments are read from the request in the order written.

use std::fmt;
use std::sync::Arc;

use axum::http::{Method, StatusCode};

use super::Rejection;
use super::context::Context;
use super::reply::Reply;
use crate::contract::Operation;
use crate::kernel::abandon;
use crate::kernel::limits::Limit;

/// An argument of a handler, read from the request.
pub trait FromCx: Sized {
    /// The error for a request without it.
    type Rejection;

    /// Reads it.
    fn from_cx(cx: &Context) -> Result<Self, Self::Rejection>;
}

/// A vendor's error, which knows its form on the wire.
pub trait VendorError: From<Rejection> + Send + 'static {
    /// The answer in the vendor's form.
    fn reply(&self, cx: &Context) -> Reply;
}

/// A function `(&Context, A, B, …) -> Result<Reply, E>`.
pub trait Handler<E, Arguments>: Send + Sync + 'static {
    /// Reads the arguments in order and calls the function.
    fn call(&self, cx: &Context) -> Result<Reply, E>;
}

macro_rules! handler {
    ($($argument:ident)*) => {
        impl<F, E, $($argument,)*> Handler<E, ($($argument,)*)> for F
        where
            F: Fn(&Context, $($argument,)*) -> Result<Reply, E> + Send + Sync + 'static,
            $($argument: FromCx, E: From<$argument::Rejection>,)*
        {
            fn call(&self, cx: &Context) -> Result<Reply, E> {
                self(cx, $($argument::from_cx(cx)?,)*)
            }
        }
    };
}

handler!();
handler!(A1);
handler!(A1 A2);
handler!(A1 A2 A3);
handler!(A1 A2 A3 A4);
handler!(A1 A2 A3 A4 A5);

type Endpoint = Arc<dyn Fn(&Context) -> Reply + Send + Sync>;

/// Operation ids with their handlers.
pub struct Handlers {
    list: Vec<(&'static str, Endpoint)>,
    declined: Option<Endpoint>,
    reject: fn(&Context, Rejection) -> Reply,
}

impl Handlers {
    /// No handlers yet; rejections of the plumbing are rendered as `E`.
    #[must_use]
    pub fn new<E: VendorError>() -> Self {
        let reject = |cx: &Context, rejection| E::from(rejection).reply(cx);
        Self { list: Vec::new(), declined: None, reject }
    }

    /// Binds an operation to its handler.
    #[must_use]
    pub fn on<E: VendorError, A: 'static>(
        mut self,
        operation: &'static str,
        handler: impl Handler<E, A>,
    ) -> Self {
        self.list.push((operation, endpoint(handler)));
        self
    }

    /// Binds every declined operation to one handler.
    #[must_use]
    pub fn declined<E: VendorError, A: 'static>(self, handler: impl Handler<E, A>) -> Self {
        Self { declined: Some(endpoint(handler)), ..self }
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list.iter().map(|(operation, _)| operation)).finish()
    }
}

fn endpoint<E: VendorError, A: 'static>(handler: impl Handler<E, A>) -> Endpoint {
    Arc::new(move |cx| handler.call(cx).unwrap_or_else(|error| error.reply(cx)))
}

/// A disagreement between a surface and its contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// An operation has no handler.
    #[error("{0} has no handler")]
    NoHandler(&'static str),
    /// A handler has no operation.
    #[error("a handler is bound to {0}, which the contract does not have")]
    NoOperation(&'static str),
    /// An operation has two handlers.
    #[error("two handlers are bound to {0}")]
    Twice(&'static str),
    /// A declined operation has a handler.
    #[error("a handler is bound to {0}, which the contract declines")]
    Declined(&'static str),
    /// An operation names a limit that the surface does not have.
    #[error("{operation} is taken from {limit}, which is no limit of the surface")]
    NoLimit {
        /// Operation id.
        operation: &'static str,
        /// Id of the limit.
        limit: &'static str,
    },
    /// An operation has an impossible method or path.
    #[error("the surface cannot have {0} where the contract puts it")]
    Misplaced(&'static str),
}

/// An operation with its handler.
#[derive(Clone)]
pub struct Route {
    /// The operation.
    pub operation: &'static Operation,
    /// HTTP method.
    pub method: Method,
    /// Path with `{name}` parts, below the surface.
    pub path: String,
    endpoint: Endpoint,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.operation.id)
    }
}

/// The routes of one surface in the order of its handlers, then the declined ones.
#[derive(Debug, Clone)]
pub struct Routes {
    list: Vec<Route>,
    reject: fn(&Context, Rejection) -> Reply,
    by_path: matchit::Router<Vec<usize>>,
}

impl Routes {
    /// Binds handlers to operations. `limits` are those of the surface; `locate` finds the path below it.
    ///
    /// # Errors
    /// The first disagreement, with the operation's id.
    pub fn bind(
        operations: &'static [Operation],
        handlers: Handlers,
        limits: &[Limit],
        locate: fn(own_host: bool, path: &str) -> Option<String>,
    ) -> Result<Self, Mismatch> {
        let Handlers { list, declined, reject } = handlers;
        let mut routes = Self { list: Vec::new(), reject, by_path: matchit::Router::new() };
        for (id, endpoint) in list {
            let operation = operations.iter().find(|operation| operation.id == id);
            let operation = operation.ok_or(Mismatch::NoOperation(id))?;
            if operation.declined.is_some() {
                return Err(Mismatch::Declined(id));
            }
            if routes.has(id) {
                return Err(Mismatch::Twice(id));
            }
            routes.add(operation, endpoint, locate)?;
        }
        for operation in operations {
            if let Some(budget) =
                operation.budget.iter().find(|budget| limits.iter().all(|it| it.id != budget.limit))
            {
                let Operation { id: operation, .. } = operation;
                return Err(Mismatch::NoLimit { operation, limit: budget.limit });
            }
            if routes.has(operation.id) {
                continue;
            }
            let endpoint = declined.clone().filter(|_| operation.declined.is_some());
            let endpoint = endpoint.ok_or(Mismatch::NoHandler(operation.id))?;
            routes.add(operation, endpoint, locate)?;
        }
        Ok(routes)
    }

    fn has(&self, id: &str) -> bool {
        self.list.iter().any(|route| route.operation.id == id)
    }

    fn add(
        &mut self,
        operation: &'static Operation,
        endpoint: Endpoint,
        locate: fn(own_host: bool, path: &str) -> Option<String>,
    ) -> Result<(), Mismatch> {
        let misplaced = || Mismatch::Misplaced(operation.id);
        let path = locate(false, &format!("{}{}", operation.base, operation.path));
        let path = path.ok_or_else(misplaced)?;
        let method = operation.method.parse().map_err(|_| misplaced())?;
        let line = self.list.len();
        let same = self.list.iter().position(|route| route.path == path);
        let known = same.and_then(|_| self.by_path.at_mut(&path).ok());
        match known {
            Some(found) => found.value.push(line),
            None => self.by_path.insert(path.as_str(), vec![line]).map_err(|_| misplaced())?,
        }
        self.list.push(Route { operation, method, path, endpoint });
        Ok(())
    }

    /// The routes in order.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// Renders a rejection in the vendor's form.
    #[must_use]
    pub fn reject(&self, cx: &Context, rejection: Rejection) -> Reply {
        (self.reject)(cx, rejection)
    }

    /// Finds the route of a request and puts the operation and the path's parts into `cx`. `HEAD` finds `GET`.
    ///
    /// # Errors
    /// [`Rejection::UnknownPath`] and [`Rejection::WrongMethod`].
    pub fn find(&self, cx: &mut Context) -> Result<&Route, Rejection> {
        let found = self.by_path.at(&cx.path).map_err(|_| Rejection::UnknownPath)?;
        let params = found.params.iter().map(|(name, value)| {
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            (name.to_owned(), value.into_owned())
        });
        let params = params.collect();
        let wanted = if cx.method == Method::HEAD { &Method::GET } else { &cx.method };
        let lines = || found.value.iter().map(|line| &self.list[*line]);
        let route = lines().find(|route| route.method == *wanted).ok_or_else(|| {
            Rejection::WrongMethod { allow: lines().map(|route| route.method.clone()).collect() }
        });
        cx.params = params;
        cx.operation = route.as_ref().ok().map(|route| route.operation);
        route
    }

    /// Runs the handler of a route.
    pub fn run(&self, route: &Route, cx: &Context) -> Reply {
        let run = std::panic::AssertUnwindSafe(|| (route.endpoint)(cx));
        std::panic::catch_unwind(run).unwrap_or_else(|why| {
            if abandon::is_abandoned(&*why) {
                std::panic::resume_unwind(why);
            }
            tracing::error!(operation = route.operation.id, "a handler panicked");
            let mut reply = self.reject(cx, Rejection::Defect);
            reply.status = StatusCode::INTERNAL_SERVER_ERROR;
            reply
        })
    }
}
