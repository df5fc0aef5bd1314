//! Long work of the control API: off the threads that answer requests, and given up when the client is gone.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::Problem;
use crate::http::long_work::{CONTROL, Unfinished};
use crate::kernel::abandon::{Abandoned, Interruptible};

impl From<Unfinished> for Problem {
    fn from(why: Unfinished) -> Self {
        match why {
            Unfinished::Abandoned => Self::new(503, why.to_string()).with_name(Abandoned::ID),
            Unfinished::Failed => Self::new(500, why.to_string()),
        }
    }
}

/// Does long work.
pub(super) async fn away<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    Ok(CONTROL.run(work).await?)
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
