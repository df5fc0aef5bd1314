//! Named worlds that never see each other, each with its history, limits and journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::machine_tick;
use super::journal::Journal;
use super::limits::Budgets;
use super::store::{Root, Store};

/// Name of the sandbox that requests without a name go to. It is never dropped.
pub const MAIN: &str = "main";

/// One world with its history, limits and journal.
#[derive(Debug)]
pub struct Sandbox<W> {
    name: String,
    /// The world now.
    pub store: Store<W>,
    pristine: Mutex<Arc<Root<W>>>,
    budgets: Mutex<Budgets>,
    journal: Mutex<Journal>,
}

impl<W: Clone> Sandbox<W> {
    fn new(name: &str, value: W, journal_bound: usize) -> Self {
        let store = Store::new(value);
        let pristine = Mutex::new(store.read());
        Self {
            name: name.to_owned(),
            store,
            pristine,
            budgets: Mutex::new(Budgets::default()),
            journal: Mutex::new(Journal::new(journal_bound)),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The spent budgets, locked.
    pub fn budgets(&self) -> MutexGuard<'_, Budgets> {
        lock(&self.budgets)
    }

    /// The journal, locked.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Back to the world it was made with; journal and limits are cleared.
    pub fn reset(&self) {
        let pristine = Arc::clone(&lock(&self.pristine));
        self.store.replace(pristine.value.clone());
        self.budgets().clear();
        self.journal().clear();
    }
}

/// Why a sandbox cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The name is empty, longer than 64 characters or holds something else than letters, digits, `.`,
    /// `_` and `-`.
    #[error("a sandbox name has 1 to 64 letters, digits, '.', '_' or '-'")]
    BadName,
    /// Every sandbox is in use.
    #[error("all {0} sandboxes are in use")]
    Full(usize),
    /// `main` cannot be dropped.
    #[error("the sandbox 'main' cannot be dropped")]
    Main,
    /// There is no sandbox of this name.
    #[error("there is no sandbox of this name")]
    Unknown,
}

/// How much a server keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most sandboxes at a time, `main` among them; the least recently used idle one makes room.
    pub sandboxes: usize,
    /// A sandbox that nobody used for this long is dropped when another is made. `main` stays.
    pub idle: Duration,
    /// Requests that each journal keeps.
    pub journal: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { sandboxes: 500, idle: Duration::from_hours(24), journal: 1000 }
    }
}

/// All sandboxes of a server.
#[derive(Debug)]
pub struct Sandboxes<W> {
    bounds: Bounds,
    inner: Mutex<Inner<W>>,
}

#[derive(Debug)]
struct Inner<W> {
    /// What an implicit fork starts from.
    pristine: W,
    all: BTreeMap<String, Seat<W>>,
}

/// A sandbox with the moment of its last use on the machine's monotonic clock.
#[derive(Debug)]
struct Seat<W> {
    used: Instant,
    sandbox: Arc<Sandbox<W>>,
}

impl<W> Seat<W> {
    /// Nobody but the map holds it.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.sandbox) == 1
    }
}

impl<W: Clone> Sandboxes<W> {
    /// `main` holding `pristine`.
    #[must_use]
    pub fn new(pristine: W, bounds: Bounds) -> Self {
        let main = Arc::new(Sandbox::new(MAIN, pristine.clone(), bounds.journal));
        let all = BTreeMap::from([(MAIN.to_owned(), Seat { used: machine_tick(), sandbox: main })]);
        Self { bounds, inner: Mutex::new(Inner { pristine, all }) }
    }

    /// How much it keeps.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The sandbox of this name, forked from the pristine world at its first use. It counts as in use as
    /// long as the answer is held.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no idle sandbox can make room.
    pub fn enter(&self, name: &str) -> Result<Arc<Sandbox<W>>, Refused> {
        let mut inner = lock(&self.inner);
        if let Some(seat) = inner.all.get_mut(name) {
            seat.used = machine_tick();
            return Ok(Arc::clone(&seat.sandbox));
        }
        let pristine = inner.pristine.clone();
        self.insert(&mut inner, name, pristine)
    }

    /// The sandbox of this name, if it exists.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Sandbox<W>>> {
        lock(&self.inner).all.get(name).map(|seat| Arc::clone(&seat.sandbox))
    }

    /// A sandbox of this name that holds `value` as its pristine world; replaces one that exists.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no idle sandbox can make room.
    pub fn create(&self, name: &str, value: W) -> Result<Arc<Sandbox<W>>, Refused> {
        let mut inner = lock(&self.inner);
        if let Some(seat) = inner.all.get_mut(name) {
            seat.used = machine_tick();
            let sandbox = Arc::clone(&seat.sandbox);
            sandbox.store.replace(value);
            *lock(&sandbox.pristine) = sandbox.store.read();
            sandbox.budgets().clear();
            sandbox.journal().clear();
            return Ok(sandbox);
        }
        self.insert(&mut inner, name, value)
    }

    /// Drops the sandbox of this name. Requests that are in it run to their end and are answered; what
    /// they change is gone with it, and the next request of this name finds a fresh fork.
    ///
    /// # Errors
    /// [`Refused::Main`] and [`Refused::Unknown`].
    pub fn drop(&self, name: &str) -> Result<(), Refused> {
        if name == MAIN {
            return Err(Refused::Main);
        }
        let dropped = lock(&self.inner).all.remove(name);
        // Freed outside the lock.
        dropped.map(|_| ()).ok_or(Refused::Unknown)
    }

    /// What an implicit fork starts from.
    #[must_use]
    pub fn pristine(&self) -> W {
        lock(&self.inner).pristine.clone()
    }

    /// Names of all sandboxes, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        lock(&self.inner).all.keys().cloned().collect()
    }

    fn insert(
        &self,
        inner: &mut Inner<W>,
        name: &str,
        value: W,
    ) -> Result<Arc<Sandbox<W>>, Refused> {
        if !is_name(name) {
            return Err(Refused::BadName);
        }
        let now = machine_tick();
        inner.all.retain(|name, seat| {
            let idle = now.saturating_duration_since(seat.used);
            name == MAIN || !seat.is_idle() || idle < self.bounds.idle
        });
        if inner.all.len() >= self.bounds.sandboxes {
            let idle = inner.all.iter().filter(|(name, seat)| *name != MAIN && seat.is_idle());
            let idle = idle.min_by_key(|(_, seat)| seat.used).map(|(name, _)| name.clone());
            let idle = idle.ok_or(Refused::Full(self.bounds.sandboxes))?;
            inner.all.remove(&idle);
        }
        let sandbox = Arc::new(Sandbox::new(name, value, self.bounds.journal));
        let seat = Seat { used: now, sandbox: Arc::clone(&sandbox) };
        inner.all.insert(name.to_owned(), seat);
        Ok(sandbox)
    }
}

/// Whether this can name a sandbox.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
