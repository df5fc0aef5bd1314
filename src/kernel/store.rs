//! One published value, read without waiting and replaced as a whole.
//!
//! A read clones the root pointer. A write takes the writer lock, edits a copy of the root and
//! publishes it on `Ok`; on `Err` (or a panic) the copy is dropped, which is the rollback. Nothing here
//! awaits, so the locks are the standard library's.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// A root value with the number of commits that led to it.
#[derive(Debug, Clone)]
pub struct Root<W> {
    /// Commits since the sandbox was made; 0 is the pristine state.
    pub version: u64,
    /// The value.
    pub value: W,
}

/// The current root and the lock that serialises its writers.
#[derive(Debug)]
pub struct Store<W> {
    /// Held only to copy or replace the pointer.
    current: RwLock<Arc<Root<W>>>,
    /// Held for the length of a write, never across an await.
    writer: Mutex<()>,
}

impl<W: Clone> Store<W> {
    /// A store whose version 0 is `value`.
    #[must_use]
    pub fn new(value: W) -> Self {
        Self { current: RwLock::new(Arc::new(Root { version: 0, value })), writer: Mutex::new(()) }
    }

    /// The current root. It stays as it is however long it is held.
    #[must_use]
    pub fn read(&self) -> Arc<Root<W>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `edit` on a copy of the root and publishes it, unless `edit` fails.
    ///
    /// # Errors
    /// What `edit` returns; nothing has changed then.
    pub fn write<T, E>(&self, edit: impl FnOnce(&mut W) -> Result<T, E>) -> Result<T, E> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let base = self.read();
        let mut value = base.value.clone();
        let result = edit(&mut value)?;
        self.publish(Root { version: base.version + 1, value });
        Ok(result)
    }

    /// Puts `value` in place of the current root, as version 0.
    pub fn replace(&self, value: W) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.publish(Root { version: 0, value });
    }

    fn publish(&self, root: Root<W>) {
        let root = Arc::new(root);
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, root)
        };
        // The last reader frees the old root, outside the lock.
        drop(old);
    }
}
