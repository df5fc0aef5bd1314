//! Promises that a change is kept, and bells that ring when something is new.
//!
//! Both are `tokio::sync::watch` inside: a part of tokio that needs no runtime, so that the kernel may
//! use it and its futures run on any executor.

use std::pin::Pin;

use tokio::sync::watch;

/// The commit could not be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it could not be kept")]
pub struct Lost;

impl Lost {
    /// Its machine-readable name.
    pub const ID: &str = "not-kept";
}

type Word = Option<Result<(), Lost>>;

/// The side that gives word, once. Dropped without a word, it counts as lost.
#[derive(Debug)]
pub struct Promise(watch::Sender<Word>);

/// The side that waits for it. Every clone hears the same word.
#[derive(Debug, Clone)]
pub struct Receipt(Option<watch::Receiver<Word>>);

/// A promise and its receipt.
#[must_use]
pub fn promise() -> (Promise, Receipt) {
    let (sender, receiver) = watch::channel(None);
    (Promise(sender), Receipt(Some(receiver)))
}

impl Promise {
    /// Gives word.
    pub fn settle(self, word: Result<(), Lost>) {
        self.0.send_replace(Some(word));
    }
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
        let Some(receiver) = &self.0 else { return Some(Ok(())) };
        let word = *receiver.borrow();
        word.or_else(|| receiver.has_changed().is_err().then_some(Err(Lost)))
    }

    /// Waits for the word.
    ///
    /// # Errors
    /// It is lost.
    pub async fn heard(self) -> Result<(), Lost> {
        let Some(mut receiver) = self.0 else { return Ok(()) };
        let word = receiver.wait_for(Option::is_some).await.ok().and_then(|word| *word);
        word.unwrap_or(Err(Lost))
    }
}

impl IntoFuture for Receipt {
    type Output = Result<(), Lost>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.heard())
    }
}

/// Rings whenever there is something new; listeners say how many rings they have heard.
#[derive(Debug, Clone, Default)]
pub struct Bell(watch::Sender<u64>);

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Number of times it has rung.
    #[must_use]
    pub fn rings(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until it has rung more than `heard` times; tells how often.
    pub async fn after(&self, heard: u64) -> u64 {
        let mut rings = self.0.subscribe();
        // The sender is borrowed for as long as this waits, so the channel is open.
        rings.wait_for(|count| *count > heard).await.map_or(heard, |count| *count)
    }
}
