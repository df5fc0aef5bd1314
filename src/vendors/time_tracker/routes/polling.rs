//! Long polling: the answer starts before its content is known. So it has status 202 and no content type, and
//! blank lines keep the connection alive until the content follows. Source: 002:21.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use crate::http::reply::{Piece, Reply};
use crate::quirk;
use crate::vendors::time_tracker::model::{LongPolling, Settings};
use crate::vendors::time_tracker::rules::report::Report;

/// The pace at which an answer is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(Option<LongPolling>);

impl Pace {
    /// Slow if the report exceeds a threshold of the tenant.
    pub(super) fn of(settings: &Settings, report: &Report) -> Self {
        let polling = settings.long_polling;
        let worklogs = polling.over_worklogs.is_some_and(|most| report.len() > most as usize);
        let days = polling.over_days.is_some_and(|most| match report.period {
            (Some(first), Some(last)) => (last - first).num_days() + 1 > i64::from(most),
            _ => true,
        });
        Self((worklogs || days).then_some(polling))
    }

    /// The reply at this pace.
    pub(super) fn send(self, mut reply: Reply) -> Reply {
        reply.slow_form = Some(|reply, delay| {
            let lines = LongPolling::default().blank_lines;
            long_polled(reply, lines, delay / (u32::from(lines) + 1))
        });
        match self.0 {
            None => reply,
            Some(polling) => long_polled(reply, polling.blank_lines, polling.pause()),
        }
    }
}

/// Status 202, no content type, and `lines` blank lines before the body, with a pause before each of
/// them and before the body.
fn long_polled(mut reply: Reply, lines: u16, pause: Duration) -> Reply {
    quirk!("TTR-017");
    reply.status = StatusCode::ACCEPTED;
    reply.headers.remove(CONTENT_TYPE);
    let blank = Piece { after: pause, ..Piece::now("\n") };
    reply.after(vec![blank; usize::from(lines)], pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_held_back_has_the_slow_form() {
        let reply = Reply::ok(&["row"]);
        let reply = Pace(None).send(reply);
        assert_eq!((reply.status, reply.body.len()), (StatusCode::OK, Some(7)));
        let (slow, has_form) = reply.held_back(Duration::from_secs(8));
        assert!(has_form);
        assert_eq!(slow.status, StatusCode::ACCEPTED);
        assert!(!slow.headers.contains_key(CONTENT_TYPE));
        assert_eq!(slow.body.into_bytes(), "\n\n\n[\"row\"]");
        let (_, has_form) = Reply::ok(&["row"]).held_back(Duration::from_secs(8));
        assert!(!has_form, "most answers have no such form");
    }
}
