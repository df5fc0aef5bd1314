//! The live feed of a journal as a body of server-sent events.

use std::convert::Infallible;
use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Frame;

use super::requests::Filter;
use crate::kernel::sandbox::Sandbox;
use crate::kernel::word::Bell;
use crate::twin::Twin;
use crate::world::World;

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// A feed. It does not keep its sandbox in use, and ends when the sandbox is dropped or made anew.
pub(super) struct Feed {
    next: Option<Next>,
}

/// The next piece and where to go on behind it.
type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Place)>> + Send>>;

/// How far a feed has come.
struct Place {
    twin: Arc<Twin>,
    name: String,
    sandbox: Weak<Sandbox<World>>,
    bell: Bell,
    filter: Filter,
    /// The last record seen, and how often the journal had been cleared then.
    last: u64,
    cleared: u64,
    greeted: bool,
}

impl Feed {
    pub(super) fn new(
        twin: Arc<Twin>,
        sandbox: &Arc<Sandbox<World>>,
        filter: Filter,
        last: u64,
    ) -> Self {
        let place = Place {
            twin,
            name: sandbox.name().to_owned(),
            sandbox: Arc::downgrade(sandbox),
            bell: sandbox.bell.clone(),
            filter,
            last,
            cleared: sandbox.journal().cleared(),
            greeted: false,
        };
        Self { next: Some(Box::pin(place.next())) }
    }
}

impl Place {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if !self.greeted {
            // The client learns that it is connected before anything happens.
            self.greeted = true;
            return Some((Bytes::from_static(b": connected\n\n"), self));
        }
        loop {
            let heard = self.bell.rings();
            let text = self.records()?;
            if !text.is_empty() {
                return Some((text.into(), self));
            }
            tokio::select! {
                _ = self.bell.after(heard) => (),
                _ = self.twin.ending().after(0) => return None,
                () = tokio::time::sleep(BEAT) => {
                    return Some((Bytes::from_static(b": still there\n\n"), self));
                }
            }
        }
    }

    /// What was written since; nothing when the sandbox is gone.
    fn records(&mut self) -> Option<String> {
        let sandbox = self.sandbox.upgrade()?;
        let is_there = |now: Arc<Sandbox<World>>| Arc::ptr_eq(&now, &sandbox);
        self.twin.sandboxes().get(&self.name).is_some_and(is_there).then_some(())?;
        let journal = sandbox.journal();
        if journal.cleared() != self.cleared {
            (self.cleared, self.last) = (journal.cleared(), 0);
        }
        let mut text = String::new();
        for record in journal.after(self.last) {
            self.last = record.id;
            if self.filter.wants(record) {
                let data = serde_json::to_string(record).unwrap_or_default();
                let _ = write!(text, "id: {}\nevent: request\ndata: {data}\n\n", record.id);
            }
        }
        Some(text)
    }
}

impl hyper::body::Body for Feed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let Some((bytes, place)) = ready!(next.as_mut().poll(context)) else {
            self.next = None;
            return Poll::Ready(None);
        };
        self.next = Some(Box::pin(place.next()));
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
