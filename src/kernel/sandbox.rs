//! Named worlds that never see each other, each with its history, limits and journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// All sandboxes of a server.
#[derive(Debug)]
pub struct Sandboxes<W> {
    bound: usize,
    journal_bound: usize,
    inner: Mutex<Inner<W>>,
}

#[derive(Debug)]
struct Inner<W> {
    /// What an implicit fork starts from.
    pristine: W,
    uses: u64,
    /// With the number of the use that touched it last.
    all: BTreeMap<String, (u64, Arc<Sandbox<W>>)>,
}

impl<W: Clone> Sandboxes<W> {
    /// `main` holding `pristine`; at most `bound` sandboxes, each journal of `journal_bound` records.
    #[must_use]
    pub fn new(pristine: W, bound: usize, journal_bound: usize) -> Self {
        let main = Arc::new(Sandbox::new(MAIN, pristine.clone(), journal_bound));
        let all = BTreeMap::from([(MAIN.to_owned(), (0, main))]);
        Self {
            bound: bound.max(1),
            journal_bound,
            inner: Mutex::new(Inner { pristine, uses: 0, all }),
        }
    }

    /// The sandbox of this name, forked from the pristine world at its first use.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no idle sandbox can make room.
    pub fn enter(&self, name: &str) -> Result<Arc<Sandbox<W>>, Refused> {
        let mut inner = lock(&self.inner);
        inner.uses += 1;
        let now = inner.uses;
        if let Some((used, sandbox)) = inner.all.get_mut(name) {
            *used = now;
            return Ok(Arc::clone(sandbox));
        }
        let pristine = inner.pristine.clone();
        self.insert(&mut inner, name, pristine)
    }

    /// The sandbox of this name, if it exists.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Sandbox<W>>> {
        lock(&self.inner).all.get(name).map(|(_, sandbox)| Arc::clone(sandbox))
    }

    /// A sandbox of this name that holds `value` as its pristine world; replaces one that exists.
    ///
    /// # Errors
    /// [`Refused::BadName`], or [`Refused::Full`] when no idle sandbox can make room.
    pub fn create(&self, name: &str, value: W) -> Result<Arc<Sandbox<W>>, Refused> {
        let mut inner = lock(&self.inner);
        inner.uses += 1;
        if let Some((_, sandbox)) = inner.all.get(name) {
            let sandbox = Arc::clone(sandbox);
            sandbox.store.replace(value);
            *lock(&sandbox.pristine) = sandbox.store.read();
            sandbox.budgets().clear();
            sandbox.journal().clear();
            return Ok(sandbox);
        }
        self.insert(&mut inner, name, value)
    }

    /// Drops the sandbox of this name.
    ///
    /// # Errors
    /// [`Refused::Main`] and [`Refused::Unknown`].
    pub fn drop(&self, name: &str) -> Result<(), Refused> {
        if name == MAIN {
            return Err(Refused::Main);
        }
        let dropped = lock(&self.inner).all.remove(name);
        dropped.map(|_| ()).ok_or(Refused::Unknown)
    }

    /// What an implicit fork starts from.
    #[must_use]
    pub fn pristine(&self) -> W {
        lock(&self.inner).pristine.clone()
    }

    /// All sandboxes by name.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Sandbox<W>>> {
        lock(&self.inner).all.values().map(|(_, sandbox)| Arc::clone(sandbox)).collect()
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
        if inner.all.len() >= self.bound {
            // Idle: nobody but this map holds it.
            let idle = inner
                .all
                .iter()
                .filter(|(name, (_, sandbox))| *name != MAIN && Arc::strong_count(sandbox) == 1)
                .min_by_key(|(_, (used, _))| *used)
                .map(|(name, _)| name.clone());
            let idle = idle.ok_or(Refused::Full(self.bound))?;
            inner.all.remove(&idle);
        }
        let sandbox = Arc::new(Sandbox::new(name, value, self.journal_bound));
        inner.all.insert(name.to_owned(), (inner.uses, Arc::clone(&sandbox)));
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
