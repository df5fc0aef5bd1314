//! Receipts of commits, and signals between tasks.
//!
//! Both use `tokio::sync::watch`. It needs no runtime, so the kernel may use it and its futures run on any
//! executor.

use std::pin::Pin;

use tokio::sync::watch;

/// The commit could not be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the change could not be saved")]
pub struct CommitLost;

impl CommitLost {
    /// Its machine-readable name.
    pub const ID: &str = "not-kept";
}

type Outcome = Option<Result<(), CommitLost>>;

/// Resolves a receipt, once. If it is dropped, the commit counts as lost.
#[derive(Debug)]
pub struct ReceiptSender(watch::Sender<Outcome>);

/// Resolves when a commit is saved or lost. All clones have the same outcome.
#[derive(Debug, Clone)]
pub struct CommitReceipt(Option<watch::Receiver<Outcome>>);

/// A receipt with its sender.
#[must_use]
pub fn commit_receipt() -> (ReceiptSender, CommitReceipt) {
    let (sender, receiver) = watch::channel(None);
    (ReceiptSender(sender), CommitReceipt(Some(receiver)))
}

impl ReceiptSender {
    /// Sends the outcome.
    pub fn send(self, outcome: Result<(), CommitLost>) {
        self.0.send_replace(Some(outcome));
    }
}

impl CommitReceipt {
    /// A receipt of a saved commit.
    #[must_use]
    pub fn saved() -> Self {
        Self(None)
    }

    /// The outcome, if it is known.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<(), CommitLost>> {
        let Some(receiver) = &self.0 else { return Some(Ok(())) };
        let outcome = *receiver.borrow();
        outcome.or_else(|| receiver.has_changed().is_err().then_some(Err(CommitLost)))
    }

    /// Waits for the outcome.
    ///
    /// # Errors
    /// The commit is lost.
    pub async fn wait(self) -> Result<(), CommitLost> {
        let Some(mut receiver) = self.0 else { return Ok(()) };
        let outcome = receiver.wait_for(Option::is_some).await.ok().and_then(|outcome| *outcome);
        outcome.unwrap_or(Err(CommitLost))
    }
}

impl IntoFuture for CommitReceipt {
    type Output = Result<(), CommitLost>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}

/// Counts notifications and wakes the tasks that wait for them.
#[derive(Debug, Clone, Default)]
pub struct Signal(watch::Sender<u64>);

impl Signal {
    /// Notifies all waiting tasks.
    pub fn notify(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Number of notifications so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits for a notification beyond the first `seen`. Returns their number.
    pub async fn wait_past(&self, seen: u64) -> u64 {
        let mut counts = self.0.subscribe();
        // `self` holds the sender, so the channel stays open.
        counts.wait_for(|count| *count > seen).await.map_or(seen, |count| *count)
    }
}
