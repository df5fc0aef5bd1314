//! The live feed of a journal as server-sent events.

use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use futures_util::{Stream, stream};
use tokio::sync::OwnedSemaphorePermit;

use super::filter::Filter;
use crate::kernel::journal::Record;
use crate::kernel::sandbox::Sandbox;
use crate::kernel::sync::Signal;
use crate::twin::Twin;
use crate::world::World;

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// How far a feed has come. It does not keep its sandbox in use, and ends when the sandbox is dropped or
/// made anew.
struct Feed {
    twin: Arc<Twin>,
    name: String,
    sandbox: Weak<Sandbox<World>>,
    signal: Signal,
    filter: Filter,
    /// The number of the last record seen, and how often the journal had been cleared then.
    last: u64,
    cleared: u64,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

/// The records that come after the one of this number.
pub(super) fn feed(
    twin: Arc<Twin>,
    sandbox: &Arc<Sandbox<World>>,
    filter: Filter,
    last: u64,
    place: OwnedSemaphorePermit,
) -> Sse<KeepAliveStream<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
    let feed = Feed {
        twin,
        name: sandbox.name().to_owned(),
        sandbox: Arc::downgrade(sandbox),
        signal: sandbox.signal.clone(),
        filter,
        last,
        cleared: sandbox.journal().cleared(),
        greeted: false,
        _place: place,
    };
    let events = stream::unfold(feed, |mut feed| async move {
        let event = feed.next().await?;
        Some((Ok(event), feed))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT).text("still there"))
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            // The client learns that it is connected before anything happens.
            self.greeted = true;
            return Some(Event::default().comment("connected"));
        }
        let signal = self.signal.clone();
        loop {
            let seen = signal.count();
            match self.record() {
                Found::Event(event) => return Some(event),
                Found::SandboxGone => return None,
                Found::Nothing => (),
            }
            tokio::select! {
                _ = signal.wait_past(seen) => (),
                _ = self.twin.shutdown().wait_past(0) => return None,
            }
        }
    }

    /// Looks for the next record that the filter lets through. A feed whose client is slow misses those that the
    /// journal drops in the meantime, and says how many.
    fn record(&mut self) -> Found {
        let Some(sandbox) = self.sandbox.upgrade() else { return Found::SandboxGone };
        let is_same = |now: Arc<Sandbox<World>>| Arc::ptr_eq(&now, &sandbox);
        if !self.twin.sandboxes().get(&self.name).is_some_and(is_same) {
            return Found::SandboxGone;
        }
        let journal = sandbox.journal();
        if journal.cleared() != self.cleared {
            (self.cleared, self.last) = (journal.cleared(), 0);
        }
        let next = self.last + 1;
        let first = journal.iter().next().map_or(next, Record::number);
        if first > next {
            self.last = first - 1;
            return Found::Event(dropped(first - next));
        }
        for record in journal.after(self.last) {
            self.last = record.number();
            if self.filter.wants(record) {
                return Found::Event(event(record));
            }
        }
        Found::Nothing
    }
}

/// What a look into the journal brings.
enum Found {
    Event(Event),
    Nothing,
    SandboxGone,
}

fn event(record: &Record) -> Event {
    let data = serde_json::to_string(record).unwrap_or_default();
    Event::default().id(record.id.to_string()).event("request").data(data)
}

/// Says that this many records fell out of the journal before the feed came to them.
fn dropped(count: u64) -> Event {
    Event::default().event("dropped").data(count.to_string())
}
