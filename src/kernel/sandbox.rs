//! Named worlds that never see each other, each with its history, limits, faults and journal.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::clock::machine_tick;
use super::faults::Plan;
use super::journal::Journal;
use super::limits::Budgets;
use super::store::{Root, SandboxStorage, Store};
use super::sync::{CommitReceipt, Signal};

/// Name of the sandbox that requests without a name go to. It is never dropped.
pub const MAIN: &str = "main";
/// Most checkpoints of a sandbox.
pub const CHECKPOINTS: usize = 100;
/// Maximum length of the name of a sandbox or checkpoint.
pub const NAME: usize = 64;
/// Time between two looks for idle sandboxes, at most.
const SWEEP: Duration = Duration::from_mins(1);

/// The root that a sandbox starts with and returns to on a reset.
#[derive(Debug)]
pub struct Origin<W> {
    /// The root.
    pub root: Arc<Root<W>>,
    /// The origin of the sandbox it was forked from; `None` for a world grown from a scenario.
    pub base: Option<Arc<Origin<W>>>,
    /// Number of origins below it.
    depth: u32,
}

/// Maximum length of a chain of forks. A deeper fork is saved as a fork of the first sandbox.
const DEPTH: u32 = 8;

impl<W> Origin<W> {
    /// The origin of a world grown from a scenario.
    #[must_use]
    pub fn grown(value: W) -> Arc<Self> {
        Arc::new(Self { root: Root::pristine(value), base: None, depth: 0 })
    }

    /// The origin of a fork of a sandbox with this origin.
    #[must_use]
    pub fn forked(value: W, base: &Arc<Self>) -> Arc<Self> {
        let mut base = base;
        if base.depth >= DEPTH {
            while let Some(below) = &base.base {
                base = below;
            }
        }
        let depth = base.depth + 1;
        Arc::new(Self { root: Root::pristine(value), base: Some(Arc::clone(base)), depth })
    }
}

/// Durable storage for the sandboxes of a server.
pub trait Storage<W>: Send + Sync + Debug {
    /// Storage for a new sandbox. The sandbox need not be saved before its first commit.
    fn open(&self, name: &str, origin: &Arc<Origin<W>>) -> Arc<dyn SandboxStorage<W>>;
}

/// One world with its history, limits, faults and journal.
#[derive(Debug)]
pub struct Sandbox<W> {
    name: String,
    /// The current world.
    pub store: Store<W>,
    origin: Arc<Origin<W>>,
    storage: Option<Arc<dyn SandboxStorage<W>>>,
    checkpoints: Mutex<BTreeMap<String, Arc<Root<W>>>>,
    budgets: Mutex<Budgets>,
    faults: Mutex<Plan>,
    journal: Mutex<Journal>,
    /// Whether it ends with the request it was made for.
    passing: bool,
    /// Signals after each request and when the journal is cleared.
    pub signal: Signal,
}

impl<W: Clone> Sandbox<W> {
    fn new(
        name: &str,
        origin: Arc<Origin<W>>,
        now: Arc<Root<W>>,
        storage: Option<Arc<dyn SandboxStorage<W>>>,
        journal: usize,
    ) -> Self {
        Self {
            name: name.to_owned(),
            store: Store::at(now, storage.clone()),
            origin,
            storage,
            checkpoints: Mutex::default(),
            budgets: Mutex::default(),
            faults: Mutex::default(),
            journal: Mutex::new(Journal::new(name, journal)),
            passing: false,
            signal: Signal::default(),
        }
    }

    /// Ends the sandbox: wakes the listeners and deletes it from storage.
    fn leave(&self) -> CommitReceipt {
        self.signal.notify();
        self.storage.as_ref().map_or_else(CommitReceipt::saved, |storage| storage.forget())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The state it started with.
    #[must_use]
    pub fn origin(&self) -> &Arc<Origin<W>> {
        &self.origin
    }

    /// Whether nothing has changed since the start.
    #[must_use]
    pub fn is_pristine(&self) -> bool {
        Arc::ptr_eq(&self.store.read(), &self.origin.root)
    }

    /// Whether it ends with the request it was made for: it was named, but does not exist.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// Whether nobody has written to it, planned faults for it or saved checkpoints in it.
    fn is_untouched(&self) -> bool {
        self.is_pristine() && self.faults().is_empty() && self.checkpoints.lock().is_empty()
    }

    /// The spent budgets, locked.
    pub fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock()
    }

    /// The fault plan, locked.
    pub fn faults(&self) -> MutexGuard<'_, Plan> {
        self.faults.lock()
    }

    /// The journal, locked.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock()
    }

    /// Empties the journal.
    pub fn clear_journal(&self) {
        self.journal().clear();
        self.signal.notify();
    }

    /// Returns to the origin and clears limits, faults and the journal. Checkpoints stay.
    pub fn reset(&self) -> CommitReceipt {
        let receipt = self.store.replace(&self.origin.root);
        self.budgets().clear();
        *self.faults() = Plan::default();
        self.clear_journal();
        receipt
    }

    /// Saves the current world as a checkpoint. Returns whether the name was new.
    ///
    /// # Errors
    /// [`Refused::BadCheckpoint`] and [`Refused::Checkpoints`].
    pub fn checkpoint(&self, name: &str) -> Result<bool, Refused> {
        if !is_name(name) {
            return Err(Refused::BadCheckpoint);
        }
        let mut checkpoints = self.checkpoints.lock();
        if checkpoints.len() >= CHECKPOINTS && !checkpoints.contains_key(name) {
            return Err(Refused::Checkpoints(CHECKPOINTS));
        }
        Ok(checkpoints.insert(name.to_owned(), self.store.read()).is_none())
    }

    /// Checkpoints by name, with their versions.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<(String, u64)> {
        let checkpoints = self.checkpoints.lock();
        checkpoints.iter().map(|(name, root)| (name.clone(), root.version)).collect()
    }

    /// Returns to a checkpoint and clears limits. The journal stays.
    ///
    /// # Errors
    /// [`Refused::NoCheckpoint`].
    pub fn restore(&self, name: &str) -> Result<CommitReceipt, Refused> {
        let root = self.checkpoints.lock().get(name).cloned().ok_or(Refused::NoCheckpoint)?;
        Ok(self.go_to(root.value.clone()))
    }

    /// Deletes a checkpoint.
    ///
    /// # Errors
    /// [`Refused::NoCheckpoint`].
    pub fn forget(&self, name: &str) -> Result<(), Refused> {
        let gone = self.checkpoints.lock().remove(name);
        gone.map(|_| ()).ok_or(Refused::NoCheckpoint)
    }

    /// Replaces the world by `value` in one commit and clears limits.
    pub fn go_to(&self, value: W) -> CommitReceipt {
        let done = self.store.commit(|world| {
            *world = value;
            Ok::<_, std::convert::Infallible>(())
        });
        self.budgets().clear();
        match done {
            Ok(((), written)) => written.receipt,
            Err(never) => match never {},
        }
    }
}

/// A sandbox or checkpoint that is unavailable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The name is empty, longer than 64 characters, or has characters other than letters, digits, `.`,
    /// `_` and `-`.
    #[error("a sandbox name has 1 to 64 letters, digits, '.', '_' or '-'")]
    BadName,
    /// Every sandbox is in use or holds somebody's work.
    #[error("all {0} sandboxes are in use or hold work")]
    Full(usize),
    /// `main` cannot be dropped.
    #[error("the sandbox 'main' cannot be dropped")]
    Main,
    /// There is no sandbox of this name.
    #[error("there is no sandbox of this name")]
    Unknown,
    /// An invalid name; see [`Refused::BadName`].
    #[error("a checkpoint name has 1 to 64 letters, digits, '.', '_' or '-'")]
    BadCheckpoint,
    /// There is no checkpoint of this name.
    #[error("there is no checkpoint of this name")]
    NoCheckpoint,
    /// The sandbox has the maximum number of checkpoints.
    #[error("a sandbox has at most {0} checkpoints")]
    Checkpoints(usize),
}

impl Refused {
    /// Its machine-readable name.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::BadName => "bad-sandbox-name",
            Self::Full(_) => "sandboxes-full",
            Self::Main => "main-stays",
            Self::Unknown => "unknown-sandbox",
            Self::BadCheckpoint => "bad-checkpoint-name",
            Self::NoCheckpoint => "unknown-checkpoint",
            Self::Checkpoints(_) => "checkpoints-full",
        }
    }
}

/// Limits on the sandboxes of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Maximum number of sandboxes, with `main`. At the limit, a new one takes the place of the least recently
    /// used one that nobody has written to, or of one that was idle for longer than `idle`.
    pub sandboxes: usize,
    /// A sandbox that has been idle for this long may be dropped when another is created. `main` stays.
    pub idle: Duration,
    /// Number of requests that each journal keeps.
    pub journal: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { sandboxes: 20_000, idle: Duration::from_hours(24), journal: 1000 }
    }
}

/// A sandbox read back from storage.
#[derive(Debug)]
pub struct SavedSandbox<W> {
    /// Its name.
    pub name: String,
    /// The state it started with.
    pub origin: Arc<Origin<W>>,
    /// Its current state.
    pub root: Arc<Root<W>>,
    /// Its storage.
    pub storage: Arc<dyn SandboxStorage<W>>,
}

/// All sandboxes of a server.
#[derive(Debug)]
pub struct Sandboxes<W> {
    bounds: Bounds,
    /// The state that an implicit fork starts from.
    origin: Arc<Origin<W>>,
    storage: Option<Arc<dyn Storage<W>>>,
    all: Mutex<BTreeMap<String, Entry<W>>>,
    /// When the idle ones were last looked for.
    swept: Mutex<Instant>,
}

/// A sandbox with the time of its last use on the machine's monotonic clock.
#[derive(Debug)]
struct Entry<W> {
    used: Instant,
    sandbox: Arc<Sandbox<W>>,
}

impl<W: Clone> Entry<W> {
    fn new(sandbox: &Arc<Sandbox<W>>) -> Self {
        Self { used: machine_tick(), sandbox: Arc::clone(sandbox) }
    }

    /// Whether it may be dropped: it is not in use and, where sandboxes are saved, equals a new fork of
    /// `origin`.
    fn may_go(&self, origin: &Arc<Origin<W>>) -> bool {
        self.is_unused() && (self.sandbox.storage.is_none() || self.is_plain(origin))
    }

    /// Whether nothing is lost with it: a request with its name gets the same again.
    fn is_empty(&self, origin: &Arc<Origin<W>>) -> bool {
        self.is_unused() && self.is_plain(origin) && self.sandbox.is_untouched()
    }

    fn is_unused(&self) -> bool {
        Arc::strong_count(&self.sandbox) == 1 && self.sandbox.name != MAIN
    }

    fn is_plain(&self, origin: &Arc<Origin<W>>) -> bool {
        self.sandbox.is_pristine() && Arc::ptr_eq(&self.sandbox.origin, origin)
    }
}

impl<W: Clone> Sandboxes<W> {
    /// A `main` with the world `pristine`, without storage.
    #[must_use]
    pub fn new(pristine: W, bounds: Bounds) -> Self {
        Self::over(Origin::grown(pristine), bounds, None, Vec::new())
    }

    /// The sandboxes read back from storage. Implicit forks start from `origin`; so does `main` if it was
    /// not saved.
    #[must_use]
    pub fn over(
        origin: Arc<Origin<W>>,
        bounds: Bounds,
        storage: Option<Arc<dyn Storage<W>>>,
        kept: Vec<SavedSandbox<W>>,
    ) -> Self {
        let all = kept.into_iter().map(|SavedSandbox { name, origin, root, storage }| {
            let sandbox = Sandbox::new(&name, origin, root, Some(storage), bounds.journal);
            (name, Entry::new(&Arc::new(sandbox)))
        });
        let mut all: BTreeMap<String, Entry<W>> = all.collect();
        let swept = Mutex::new(machine_tick());
        let sandboxes = Self { bounds, origin, storage, all: Mutex::default(), swept };
        all.entry(MAIN.to_owned())
            .or_insert_with(|| Entry::new(&sandboxes.make(MAIN, Arc::clone(&sandboxes.origin))));
        *sandboxes.all.lock() = all;
        sandboxes
    }

    /// Its limits.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The state that an implicit fork starts from.
    #[must_use]
    pub fn origin(&self) -> &Arc<Origin<W>> {
        &self.origin
    }

    /// The state that an implicit fork starts from.
    #[must_use]
    pub fn pristine(&self) -> W {
        self.origin.root.value.clone()
    }

    /// The sandbox of this name. If there is none, it is forked from the pristine world when `may_make` says so
    /// of that world; otherwise the request gets one that ends with it. A sandbox counts as in use while the
    /// returned pointer is held.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no other sandbox can make room.
    pub fn enter(
        &self,
        name: &str,
        may_make: impl FnOnce(&W) -> bool,
    ) -> Result<Arc<Sandbox<W>>, Refused> {
        let _gone;
        let mut all = self.all.lock();
        if let Some(entry) = all.get_mut(name) {
            entry.used = machine_tick();
            return Ok(Arc::clone(&entry.sandbox));
        }
        if !is_name(name) {
            return Err(Refused::BadName);
        }
        if !may_make(&self.origin.root.value) {
            let (origin, root) = (Arc::clone(&self.origin), Arc::clone(&self.origin.root));
            let passing = Sandbox::new(name, origin, root, None, 0);
            return Ok(Arc::new(Sandbox { passing: true, ..passing }));
        }
        _gone = self.make_room(&mut all, name)?;
        let sandbox = self.make(name, Arc::clone(&self.origin));
        all.insert(name.to_owned(), Entry::new(&sandbox));
        Ok(sandbox)
    }

    /// The sandbox of this name, if it exists.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Sandbox<W>>> {
        self.all.lock().get(name).map(|entry| Arc::clone(&entry.sandbox))
    }

    /// Creates a sandbox with this origin and replaces an existing one of this name.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no idle sandbox can make room.
    pub fn create(
        &self,
        name: &str,
        origin: Arc<Origin<W>>,
    ) -> Result<(Arc<Sandbox<W>>, CommitReceipt), Refused> {
        let _gone;
        let _replaced;
        let mut all = self.all.lock();
        let is_known = all.contains_key(name);
        _gone = if is_known { Vec::new() } else { self.make_room(&mut all, name)? };
        _replaced = all.remove(name).inspect(|entry| {
            entry.sandbox.leave();
        });
        let sandbox = self.make(name, origin);
        let receipt =
            sandbox.storage.as_ref().map_or_else(CommitReceipt::saved, |storage| storage.record());
        all.insert(name.to_owned(), Entry::new(&sandbox));
        Ok((sandbox, receipt))
    }

    /// Drops the sandbox of this name. Running requests finish, but their changes are lost. The next
    /// request with this name gets a new fork.
    ///
    /// # Errors
    /// [`Refused::Main`] and [`Refused::Unknown`].
    pub fn drop(&self, name: &str) -> Result<CommitReceipt, Refused> {
        if name == MAIN {
            return Err(Refused::Main);
        }
        // Freed outside the lock.
        let dropped = self.all.lock().remove(name);
        let dropped = dropped.ok_or(Refused::Unknown)?;
        Ok(dropped.sandbox.leave())
    }

    /// Names of all sandboxes, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.all.lock().keys().cloned().collect()
    }

    /// Number of sandboxes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.lock().len()
    }

    fn make(&self, name: &str, origin: Arc<Origin<W>>) -> Arc<Sandbox<W>> {
        let storage = self.storage.as_ref().map(|storage| storage.open(name, &origin));
        let root = Arc::clone(&origin.root);
        Arc::new(Sandbox::new(name, origin, root, storage, self.bounds.journal))
    }

    /// Makes room for a sandbox of this name. Returns the dropped sandboxes, to be freed outside the lock.
    fn make_room(
        &self,
        all: &mut BTreeMap<String, Entry<W>>,
        name: &str,
    ) -> Result<Vec<Entry<W>>, Refused> {
        if !is_name(name) {
            return Err(Refused::BadName);
        }
        let mut gone = Vec::new();
        let is_full = all.len() >= self.bounds.sandboxes;
        let now = machine_tick();
        let swept = now.saturating_duration_since(*self.swept.lock());
        if is_full {
            let empty = all.iter().filter(|(_, entry)| entry.is_empty(&self.origin));
            let oldest = empty.min_by_key(|(_, entry)| entry.used).map(|(name, _)| name.clone());
            gone.extend(oldest.and_then(|name| all.remove(&name)));
        }
        // Looked for now and then, because every sandbox is looked at.
        if (is_full && gone.is_empty()) || swept >= (self.bounds.idle / 16).min(SWEEP) {
            *self.swept.lock() = now;
            let is_old = |_: &String, entry: &mut Entry<W>| {
                entry.may_go(&self.origin)
                    && now.saturating_duration_since(entry.used) >= self.bounds.idle
            };
            gone.extend(all.extract_if(.., is_old).map(|(_, entry)| entry));
        }
        if all.len() >= self.bounds.sandboxes {
            return Err(Refused::Full(self.bounds.sandboxes));
        }
        for entry in &gone {
            entry.sandbox.leave();
        }
        Ok(gone)
    }
}

/// Whether this is a valid sandbox name.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}
