//! The route list of a surface: method, path, operation id, handler. Handlers are plain functions whose
//! arguments are taken from the request in the order written.

use std::fmt;
use std::sync::Arc;

use axum::http::{Method, StatusCode};

use super::Rejection;
use super::cx::Cx;
use super::reply::Reply;

/// An argument of a handler, taken from the request.
pub trait FromCx: Sized {
    /// Why it cannot be had.
    type Rejection;

    /// Takes it.
    fn from_cx(cx: &Cx) -> Result<Self, Self::Rejection>;
}

/// A vendor's closed error, which knows how it looks on the wire.
pub trait VendorError: From<Rejection> + Send + 'static {
    /// The answer in the vendor's form.
    fn reply(&self, cx: &Cx) -> Reply;
}

/// A function `(&Cx, A, B, …) -> Result<Reply, E>`.
pub trait Handler<E, Arguments>: Send + Sync + 'static {
    /// Takes the arguments in order and calls the function.
    fn call(&self, cx: &Cx) -> Result<Reply, E>;
}

macro_rules! handler {
    ($($argument:ident)*) => {
        impl<F, E, $($argument,)*> Handler<E, ($($argument,)*)> for F
        where
            F: Fn(&Cx, $($argument,)*) -> Result<Reply, E> + Send + Sync + 'static,
            $($argument: FromCx, E: From<$argument::Rejection>,)*
        {
            fn call(&self, cx: &Cx) -> Result<Reply, E> {
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

type Endpoint = Arc<dyn Fn(&Cx) -> Reply + Send + Sync>;

/// One line of a route list.
#[derive(Clone)]
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path with `{name}` parts, below the surface.
    pub path: &'static str,
    /// Operation id, as in the contract or in `limits.toml`.
    pub operation: &'static str,
    /// Whether `limits.toml` lists it: it is answered, but not imitated.
    pub declined: bool,
    endpoint: Endpoint,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.operation)
    }
}

/// The routes of one surface, in the order of its list.
#[derive(Debug, Clone)]
pub struct Routes {
    list: Vec<Route>,
    reject: fn(&Cx, Rejection) -> Reply,
    by_path: matchit::Router<Vec<usize>>,
}

impl Routes {
    /// No routes yet; whatever the plumbing turns down is rendered as `E`.
    #[must_use]
    pub fn new<E: VendorError>() -> Self {
        Self {
            list: Vec::new(),
            reject: |cx, rejection| E::from(rejection).reply(cx),
            by_path: matchit::Router::new(),
        }
    }

    /// Adds a line.
    ///
    /// # Panics
    /// When the path conflicts with another line; every server start would show it.
    #[must_use]
    pub fn on<E: VendorError, A: 'static>(
        self,
        method: Method,
        path: &'static str,
        operation: &'static str,
        handler: impl Handler<E, A>,
    ) -> Self {
        let endpoint: Endpoint =
            Arc::new(move |cx| handler.call(cx).unwrap_or_else(|error| error.reply(cx)));
        self.add(Route { method, path, operation, declined: false, endpoint })
    }

    /// Adds a line for an operation that `limits.toml` declines; `handler` says so in the vendor's form.
    ///
    /// # Panics
    /// As [`Routes::on`].
    #[must_use]
    pub fn decline<E: VendorError, A: 'static>(
        self,
        method: Method,
        path: &'static str,
        operation: &'static str,
        handler: impl Handler<E, A>,
    ) -> Self {
        let mut routes = self.on(method, path, operation, handler);
        if let Some(route) = routes.list.last_mut() {
            route.declined = true;
        }
        routes
    }

    fn add(mut self, route: Route) -> Self {
        let path = route.path;
        let line = self.list.len();
        self.list.push(route);
        if let Ok(found) = self.by_path.at_mut(path)
            && self.list[found.value[0]].path == path
        {
            found.value.push(line);
            return self;
        }
        #[expect(clippy::expect_used, reason = "a conflict is a defect of the route list")]
        self.by_path.insert(path, vec![line]).expect("route list without conflicts");
        self
    }

    /// The lines in order.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// Renders a rejection in the vendor's form.
    #[must_use]
    pub fn reject(&self, cx: &Cx, rejection: Rejection) -> Reply {
        (self.reject)(cx, rejection)
    }

    /// Finds the line for a request and leaves the path's parts in `cx`. `HEAD` is found as `GET`.
    ///
    /// # Errors
    /// [`Rejection::UnknownPath`] and [`Rejection::WrongMethod`].
    pub fn find(&self, cx: &mut Cx) -> Result<&Route, Rejection> {
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
        route
    }

    /// Runs the handler of a line.
    pub fn run(&self, route: &Route, cx: &Cx) -> Reply {
        let run = std::panic::AssertUnwindSafe(|| (route.endpoint)(cx));
        std::panic::catch_unwind(run).unwrap_or_else(|_| {
            tracing::error!(operation = route.operation, "a handler panicked");
            let mut reply = self.reject(cx, Rejection::Defect);
            reply.status = StatusCode::INTERNAL_SERVER_ERROR;
            reply
        })
    }
}
