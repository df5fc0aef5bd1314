//! Long work of the control API: off the threads that answer requests, and given up when the client is gone.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::problem::Problem;
use crate::http::long_work::MOST;
use crate::kernel::abandon::{self, Abandoned, Interruptible, Requester};

/// Places of the control API's own, so that long work of the surfaces keeps nobody from looking.
static PLACES: Semaphore = Semaphore::const_new(MOST);

/// The call that waits. It is dropped with the connection, or when the call has taken too long.
struct Call(Arc<Requester>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Does long work.
pub(super) async fn away<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    // Nobody closes it.
    let place = PLACES.acquire().await;
    let requester = Requester::for_current();
    let _call = Call(Arc::clone(&requester));
    let work = move || {
        // It is given back when the work has ended, not when the client leaves.
        let _place = place;
        // The client may have left while the work waited for a thread.
        abandon::look();
        work()
    };
    let work = move || abandon::attempt(|| abandon::on_behalf_of(Some(requester), work));
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Abandoned)) => Err(Problem::new(503, "Nobody waits.").with_name(Abandoned::ID)),
        Err(_) => Err(Problem::new(500, "Internal error.")),
    }
}

/// Does work whose result is long: it is written as JSON there, too.
pub(super) async fn list<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<Response, Problem>
where
    T: Serialize,
    Problem: From<E>,
{
    let text = away(move || {
        let mut text = Interruptible::new(Vec::new());
        let written = serde_json::to_writer(&mut text, &work()?);
        written.map_err(|error| Problem::new(500, error.to_string()))?;
        Ok::<_, Problem>(text.into_inner())
    });
    Ok(([(CONTENT_TYPE, "application/json")], text.await??).into_response())
}
