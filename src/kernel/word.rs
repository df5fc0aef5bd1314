//! Word that something has happened, to be awaited by whoever wants to know, on any executor.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

/// The commit could not be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it could not be kept")]
pub struct Lost;

impl Lost {
    /// Its machine-readable name.
    pub const ID: &str = "not-kept";
}

/// The side that gives word, once. Dropped without a word, it counts as lost.
#[derive(Debug)]
pub struct Promise(Arc<Mutex<Slot>>);

/// The side that waits for it. `clone` and every clone hears the same word.
#[derive(Debug, Clone)]
pub struct Receipt(Option<Arc<Mutex<Slot>>>);

#[derive(Debug, Default)]
struct Slot {
    word: Option<Result<(), Lost>>,
    waiting: Vec<Waker>,
}

/// A promise and its receipt.
#[must_use]
pub fn promise() -> (Promise, Receipt) {
    let slot = Arc::new(Mutex::new(Slot::default()));
    (Promise(Arc::clone(&slot)), Receipt(Some(slot)))
}

impl Promise {
    /// Gives word.
    pub fn settle(self, word: Result<(), Lost>) {
        give(&self.0, word);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        give(&self.0, Err(Lost));
    }
}

/// The first word counts.
fn give(slot: &Mutex<Slot>, word: Result<(), Lost>) {
    let waiting = {
        let mut slot = slot.lock();
        slot.word.get_or_insert(word);
        std::mem::take(&mut slot.waiting)
    };
    waiting.into_iter().for_each(Waker::wake);
}

impl Receipt {
    /// A receipt for what is kept already.
    #[must_use]
    pub fn kept() -> Self {
        Self(None)
    }

    /// The word, if it was given.
    #[must_use]
    pub fn word(&self) -> Option<Result<(), Lost>> {
        match &self.0 {
            None => Some(Ok(())),
            Some(slot) => slot.lock().word,
        }
    }
}

impl Future for Receipt {
    type Output = Result<(), Lost>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(slot) = &self.0 else { return Poll::Ready(Ok(())) };
        let mut slot = slot.lock();
        if let Some(word) = slot.word {
            return Poll::Ready(word);
        }
        wait(&mut slot.waiting, context);
        Poll::Pending
    }
}

/// Rings whenever there is something new; listeners say how many rings they have heard.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Mutex<Rings>>);

#[derive(Debug, Default)]
struct Rings {
    count: u64,
    listeners: u64,
    waiting: BTreeMap<u64, Waker>,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        let waiting = {
            let mut rings = self.0.lock();
            rings.count += 1;
            std::mem::take(&mut rings.waiting)
        };
        waiting.into_values().for_each(Waker::wake);
    }

    /// Number of times it has rung.
    #[must_use]
    pub fn rings(&self) -> u64 {
        self.0.lock().count
    }

    /// Done when it has rung more than `heard` times; tells how often.
    #[must_use]
    pub fn after(&self, heard: u64) -> After {
        let number = {
            let mut rings = self.0.lock();
            rings.listeners += 1;
            rings.listeners
        };
        After { bell: self.clone(), heard, number }
    }
}

/// Waits for a bell. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct After {
    bell: Bell,
    heard: u64,
    number: u64,
}

impl Future for After {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u64> {
        let mut rings = self.bell.0.lock();
        if rings.count > self.heard {
            return Poll::Ready(rings.count);
        }
        rings.waiting.insert(self.number, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for After {
    fn drop(&mut self) {
        self.bell.0.lock().waiting.remove(&self.number);
    }
}

fn wait(waiting: &mut Vec<Waker>, context: &Context<'_>) {
    if !waiting.iter().any(|known| known.will_wake(context.waker())) {
        waiting.push(context.waker().clone());
    }
}
