//! One published value: reads never wait, a write replaces it as a whole.
//!
//! A read clones the root pointer. A write takes the writer lock, edits a copy of the newest root and
//! publishes it on `Ok`. On `Err` or a panic the copy is dropped; that is the rollback. There is no
//! `await` here.
//!
//! With a [`SandboxStorage`], a commit is published once it is saved. Writers build on commits that are not yet
//! saved; readers do not see them. If one is lost, so are all that build on it.

use std::fmt::Debug;
use std::hint::spin_loop;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard, RwLock};

use super::abandon;
use super::sync::{CommitLost, CommitReceipt, ReceiptSender, commit_receipt};

/// How often a writer checks the lock before it sleeps: for about twenty microseconds.
const LOOKS: u32 = 1024;

/// A value with its version.
#[derive(Debug, Clone)]
pub struct Root<W> {
    /// Commits since the sandbox was created or reset; 0 is the pristine state.
    pub version: u64,
    /// The value.
    pub value: W,
}

impl<W> Root<W> {
    /// `value` as a pristine state.
    #[must_use]
    pub fn pristine(value: W) -> Arc<Self> {
        Arc::new(Self { version: 0, value })
    }
}

/// Durable storage for the commits of one sandbox.
pub trait SandboxStorage<W>: Send + Sync + Debug {
    /// Takes over a commit, and calls [`Commit::kept`] or [`Commit::lost`] later. Called under the writer
    /// lock, in the order of commits: it must not wait.
    ///
    /// # Errors
    /// The commit, when the storage is closed.
    fn keep(&self, commit: Commit<W>) -> Result<(), Box<Commit<W>>>;

    /// Saves a new sandbox before its first commit.
    fn record(&self) -> CommitReceipt;

    /// Deletes the sandbox. Later commits succeed but are not saved.
    fn forget(&self) -> CommitReceipt;
}

/// A step from one root to the next that is not yet saved.
#[derive(Debug)]
pub struct Commit<W> {
    /// The root it builds on.
    pub before: Arc<Root<W>>,
    /// The new root.
    pub after: Arc<Root<W>>,
    /// Number of commits of the store that were lost before this one.
    era: u64,
    sender: ReceiptSender,
    shared: Arc<Shared<W>>,
}

impl<W> Commit<W> {
    /// Whether no commit that it builds on was lost.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.shared.turn().era == self.era
    }

    /// Publishes the saved commit and resolves its receipt.
    pub fn kept(self) {
        let old = self.shared.publish(self.after);
        self.sender.send(Ok(()));
        // Freed outside the lock.
        drop((old, self.before));
    }

    /// Returns to the published root after a failure, and resolves the receipt with it.
    pub fn lost(self) {
        let unkept = {
            let mut writer = self.shared.turn();
            (writer.era == self.era).then(|| {
                writer.era += 1;
                std::mem::replace(&mut writer.head, self.shared.read())
            })
        };
        self.sender.send(Err(CommitLost));
        drop(unkept);
    }
}

/// The current root and the lock that serialises its writers.
#[derive(Debug)]
pub struct Store<W> {
    shared: Arc<Shared<W>>,
    storage: Option<Arc<dyn SandboxStorage<W>>>,
}

#[derive(Debug)]
struct Shared<W> {
    /// The published state. Locked only to copy or replace the pointer.
    published: RwLock<Arc<Root<W>>>,
    /// Held for the length of a write, never across an await.
    writer: Mutex<Writer<W>>,
}

#[derive(Debug)]
struct Writer<W> {
    /// The state that the next commit builds on; ahead of the published one while commits
    /// are being saved.
    head: Arc<Root<W>>,
    era: u64,
}

/// The result of a write.
#[derive(Debug)]
pub struct Written<W> {
    /// The new root.
    pub root: Arc<Root<W>>,
    /// Resolves when it is saved and published.
    pub receipt: CommitReceipt,
}

impl<W> Shared<W> {
    /// Takes the writer lock. A write takes a few microseconds, less than to sleep and wake up; so this spins
    /// for about as long before it sleeps.
    fn turn(&self) -> MutexGuard<'_, Writer<W>> {
        for _ in 0..LOOKS {
            if !self.writer.is_locked()
                && let Some(turn) = self.writer.try_lock()
            {
                return turn;
            }
            spin_loop();
        }
        self.writer.lock()
    }

    fn read(&self) -> Arc<Root<W>> {
        Arc::clone(&self.published.read())
    }

    #[must_use]
    fn publish(&self, root: Arc<Root<W>>) -> Arc<Root<W>> {
        let mut published = self.published.write();
        std::mem::replace(&mut *published, root)
    }
}

impl<W: Clone> Store<W> {
    /// A store whose version 0 is `value`.
    #[must_use]
    pub fn new(value: W) -> Self {
        Self::at(Root::pristine(value), None)
    }

    /// A store whose state is `root`.
    #[must_use]
    pub fn at(root: Arc<Root<W>>, storage: Option<Arc<dyn SandboxStorage<W>>>) -> Self {
        let writer = Mutex::new(Writer { head: Arc::clone(&root), era: 0 });
        Self { shared: Arc::new(Shared { published: RwLock::new(root), writer }), storage }
    }

    /// The published root, an immutable value.
    #[must_use]
    pub fn read(&self) -> Arc<Root<W>> {
        self.shared.read()
    }

    /// Runs `edit` on a copy of the newest root and commits it, unless `edit` fails. Once begun, it is finished,
    /// whether or not anybody [waits](abandon).
    ///
    /// # Errors
    /// The error of `edit`; nothing has changed then.
    pub fn commit<T, E>(
        &self,
        edit: impl FnOnce(&mut W) -> Result<T, E>,
    ) -> Result<(T, Written<W>), E> {
        let base;
        abandon::keep();
        let mut writer = self.shared.turn();
        base = Arc::clone(&writer.head);
        let mut value = base.value.clone();
        let result = edit(&mut value)?;
        let root = Arc::new(Root { version: base.version + 1, value });
        let receipt = self.advance(&mut writer, &root);
        Ok((result, Written { root, receipt }))
    }

    /// [`Store::commit`] without the receipt.
    ///
    /// # Errors
    /// The error of `edit`; nothing has changed then.
    pub fn write<T, E>(&self, edit: impl FnOnce(&mut W) -> Result<T, E>) -> Result<T, E> {
        self.commit(edit).map(|(result, _)| result)
    }

    /// Replaces the state by `root`.
    pub fn replace(&self, root: &Arc<Root<W>>) -> CommitReceipt {
        let _before;
        let mut writer = self.shared.turn();
        _before = Arc::clone(&writer.head);
        self.advance(&mut writer, root)
    }

    fn advance(&self, writer: &mut Writer<W>, root: &Arc<Root<W>>) -> CommitReceipt {
        let before = std::mem::replace(&mut writer.head, Arc::clone(root));
        let Some(storage) = &self.storage else {
            drop(self.shared.publish(Arc::clone(root)));
            return CommitReceipt::saved();
        };
        let (sender, receipt) = commit_receipt();
        let refused = storage.keep(Commit {
            before,
            after: Arc::clone(root),
            era: writer.era,
            sender,
            shared: Arc::clone(&self.shared),
        });
        if let Err(commit) = refused {
            writer.head = Arc::clone(&commit.before);
            commit.sender.send(Err(CommitLost));
        }
        receipt
    }
}
