//! One published value, read without waiting and replaced as a whole.
//!
//! A read clones the root pointer. A write takes the writer lock, edits a copy of the newest root and
//! publishes it on `Ok`; on `Err` (or a panic) the copy is dropped, which is the rollback. Nothing here
//! awaits.
//!
//! With a [`Keeper`], a commit is published only once it is kept elsewhere. Writers build on commits
//! that are still on their way; readers never see them. When one is lost, so are those built on it.

use std::fmt::Debug;
use std::hint::spin_loop;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard, RwLock};

use super::word::{Lost, Promise, Receipt, promise};

/// How often a writer looks whether another one has ended before it goes to sleep: for some twenty
/// microseconds.
const LOOKS: u32 = 1024;

/// A root value with the number of commits that led to it.
#[derive(Debug, Clone)]
pub struct Root<W> {
    /// Commits since the sandbox was made or reset; 0 is the pristine state.
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

/// Keeps commits where they outlive the process.
pub trait Keeper<W>: Send + Sync + Debug {
    /// Takes a commit over and sees to it that [`Commit::kept`] or [`Commit::lost`] is called later.
    /// Called under the writer lock, in the order of commits: it must not wait.
    ///
    /// # Errors
    /// The commit, when nothing is kept any more.
    fn keep(&self, commit: Commit<W>) -> Result<(), Box<Commit<W>>>;

    /// Keeps the sandbox as it was made, whether or not anything is ever committed to it.
    fn record(&self) -> Receipt;

    /// Forgets the sandbox; what is committed to it from now on is kept nowhere and counts all the same.
    fn forget(&self) -> Receipt;
}

/// A step from one root to the next, on its way to being kept.
#[derive(Debug)]
pub struct Commit<W> {
    /// The root it builds on.
    pub before: Arc<Root<W>>,
    /// The root it makes.
    pub after: Arc<Root<W>>,
    /// Number of its store's commits that were lost before it was made.
    era: u64,
    promise: Promise,
    shared: Arc<Shared<W>>,
}

impl<W> Commit<W> {
    /// Whether everything it builds on was kept or still may be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.shared.turn().era == self.era
    }

    /// It is kept: publishes it and tells whoever waits.
    pub fn kept(self) {
        let old = self.shared.publish(self.after);
        self.promise.settle(Ok(()));
        // The last reader frees the old root, outside the lock.
        drop((old, self.before));
    }

    /// It is lost: the store goes back to what is published.
    pub fn lost(self) {
        let unkept = {
            let mut writer = self.shared.turn();
            (writer.era == self.era).then(|| {
                writer.era += 1;
                std::mem::replace(&mut writer.head, self.shared.read())
            })
        };
        self.promise.settle(Err(Lost));
        drop(unkept);
    }
}

/// The current root and the lock that serialises its writers.
#[derive(Debug)]
pub struct Store<W> {
    shared: Arc<Shared<W>>,
    keeper: Option<Arc<dyn Keeper<W>>>,
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
    /// The root it made.
    pub root: Arc<Root<W>>,
    /// Resolves when it is saved and published.
    pub receipt: Receipt,
}

impl<W> Shared<W> {
    /// Waits for the turn to write. A write takes a few microseconds, less than going to sleep and being
    /// woken: so this looks for the end of another one for about as long before it goes to sleep.
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

    /// A store that stands at `root`.
    #[must_use]
    pub fn at(root: Arc<Root<W>>, keeper: Option<Arc<dyn Keeper<W>>>) -> Self {
        let writer = Mutex::new(Writer { head: Arc::clone(&root), era: 0 });
        Self { shared: Arc::new(Shared { published: RwLock::new(root), writer }), keeper }
    }

    /// The published root. It stays as it is however long it is held.
    #[must_use]
    pub fn read(&self) -> Arc<Root<W>> {
        self.shared.read()
    }

    /// Runs `edit` on a copy of the newest root and commits it, unless `edit` fails.
    ///
    /// # Errors
    /// The error of `edit`; nothing has changed then.
    pub fn commit<T, E>(
        &self,
        edit: impl FnOnce(&mut W) -> Result<T, E>,
    ) -> Result<(T, Written<W>), E> {
        let base;
        let mut writer = self.shared.turn();
        base = Arc::clone(&writer.head);
        let mut value = base.value.clone();
        let result = edit(&mut value)?;
        let root = Arc::new(Root { version: base.version + 1, value });
        let receipt = self.advance(&mut writer, &root);
        Ok((result, Written { root, receipt }))
    }

    /// [`Store::commit`] for whoever need not know when it is kept.
    ///
    /// # Errors
    /// The error of `edit`; nothing has changed then.
    pub fn write<T, E>(&self, edit: impl FnOnce(&mut W) -> Result<T, E>) -> Result<T, E> {
        self.commit(edit).map(|(result, _)| result)
    }

    /// Goes to `root` whatever came before.
    pub fn replace(&self, root: &Arc<Root<W>>) -> Receipt {
        let _before;
        let mut writer = self.shared.turn();
        _before = Arc::clone(&writer.head);
        self.advance(&mut writer, root)
    }

    fn advance(&self, writer: &mut Writer<W>, root: &Arc<Root<W>>) -> Receipt {
        let before = std::mem::replace(&mut writer.head, Arc::clone(root));
        let Some(keeper) = &self.keeper else {
            drop(self.shared.publish(Arc::clone(root)));
            return Receipt::kept();
        };
        let (promise, receipt) = promise();
        let refused = keeper.keep(Commit {
            before,
            after: Arc::clone(root),
            era: writer.era,
            promise,
            shared: Arc::clone(&self.shared),
        });
        if let Err(commit) = refused {
            writer.head = Arc::clone(&commit.before);
            commit.promise.settle(Err(Lost));
        }
        receipt
    }
}
