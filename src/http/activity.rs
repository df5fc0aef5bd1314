//! What happens on a connection that carries many requests at a time: whether it is idle, and whether its client
//! takes nothing of what it asked for.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Error;
use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;

use crate::kernel::clock::machine_tick;

/// What happens on a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Requests that are worked on.
    working: usize,
    /// Answers that are on their way.
    open: usize,
    /// Those of them that wait for the client to take something.
    blocked: usize,
    /// When something happened last.
    last: Instant,
}

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nothing was asked for some time.
    Idle,
    /// Nothing was taken for some time.
    Stalled,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let state = State { working: 0, open: 0, blocked: 0, last: machine_tick() };
        Arc::new(Self(Mutex::new(state)))
    }

    fn note(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.lock();
        change(&mut state);
        state.last = machine_tick();
    }

    /// A request is worked on until this is dropped.
    pub(super) fn work(self: &Arc<Self>) -> Working {
        self.note(|state| state.working += 1);
        Working(Arc::clone(self))
    }

    /// The answer, which is on its way until its body is dropped.
    pub(super) fn watch(self: &Arc<Self>, response: Response) -> Response {
        self.note(|state| state.open += 1);
        let activity = Arc::clone(self);
        response.map(|inner| Body::new(Watched { inner, activity, is_blocked: false }))
    }

    /// Waits until the connection has been idle for `idle`, or its client has taken nothing for `write`.
    pub(super) async fn overdue(&self, idle: Duration, write: Duration) -> Overdue {
        loop {
            let (why, time, last) = {
                let state = self.0.lock();
                let (why, time) = match (state.working, state.open) {
                    (0, 0) => (Some(Overdue::Idle), idle),
                    (0, open) if state.blocked == open => (Some(Overdue::Stalled), write),
                    _ => (None, idle.min(write)),
                };
                (why, time, state.last)
            };
            let left = time.saturating_sub(last.elapsed());
            match why {
                Some(why) if left.is_zero() => return why,
                Some(_) => tokio::time::sleep(left).await,
                None => tokio::time::sleep(time).await,
            }
        }
    }
}

/// A request that is worked on.
pub(super) struct Working(Arc<Activity>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.note(|state| state.working -= 1);
    }
}

/// The body of an answer that is on its way. It is asked for more once the client has taken enough.
struct Watched {
    inner: Body,
    activity: Arc<Activity>,
    is_blocked: bool,
}

impl Watched {
    fn set_blocked(&mut self, is_blocked: bool) {
        if self.is_blocked != is_blocked {
            self.is_blocked = is_blocked;
            let blocked = |state: &mut State| {
                state.blocked = if is_blocked { state.blocked + 1 } else { state.blocked - 1 };
            };
            self.activity.note(blocked);
        }
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.set_blocked(false);
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        self.set_blocked(matches!(frame, Poll::Ready(Some(Ok(_)))));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.set_blocked(false);
        self.activity.note(|state| state.open -= 1);
    }
}
