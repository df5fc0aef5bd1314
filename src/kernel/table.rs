//! Rows by key with declared secondary indices, over [persistent ordered maps](super::ordered).
//!
//! A clone copies a pointer. Only [`Table::put`], [`Table::change`] and [`Table::remove`] change a row, so
//! the indices are always right.

use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::ordered::Ordered;

/// A primary key: small, ordered, with a smallest and a largest value.
pub trait Key: Copy + Ord + Debug {
    /// The smallest value.
    const MIN: Self;
    /// The largest value.
    const MAX: Self;
}

/// A row that knows its key and its index entries.
pub trait Row: Clone {
    /// Its primary key, which never changes.
    type Key: Key;
    /// An enum with a variant for each index; `()` for a table without indices.
    type Index: Ord + Clone + Debug;

    /// The primary key.
    fn key(&self) -> Self::Key;

    /// Every index entry of this row.
    fn index(&self) -> Vec<Self::Index>;
}

/// Rows in key order, with indices.
#[derive(Debug)]
pub struct Table<R: Row> {
    rows: Ordered<R::Key, Arc<R>>,
    index: Ordered<(R::Index, R::Key), ()>,
}

impl<R: Row> Clone for Table<R> {
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone(), index: self.index.clone() }
    }
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        Self { rows: Ordered::default(), index: Ordered::default() }
    }
}

impl<R: Row> Table<R> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of `key`.
    #[must_use]
    pub fn get(&self, key: R::Key) -> Option<&Arc<R>> {
        self.rows.get(&key)
    }

    /// All rows in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<R>> {
        self.rows.iter().map(|(_, row)| row)
    }

    /// The rows whose index entries lie in `range`, in index order, then key order. A row with several
    /// entries in the range appears several times.
    pub fn scan(
        &self,
        range: RangeInclusive<R::Index>,
    ) -> impl DoubleEndedIterator<Item = &Arc<R>> {
        let (from, to) = range.into_inner();
        let bounds = if from <= to {
            (from, R::Key::MIN)..=(to, R::Key::MAX)
        } else {
            (from.clone(), R::Key::MAX)..=(from, R::Key::MAX)
        };
        self.index.range(bounds).filter_map(|((_, key), ())| self.rows.get(key))
    }

    /// The rows with exactly this index entry, in key order.
    pub fn find(&self, entry: R::Index) -> impl DoubleEndedIterator<Item = &Arc<R>> {
        self.scan(entry.clone()..=entry)
    }

    /// Stores `row`, replacing the row of the same key. Returns the row replaced.
    pub fn put(&mut self, row: impl Into<Arc<R>>) -> Option<Arc<R>> {
        let row = row.into();
        let key = row.key();
        let fresh = row.index();
        let old = self.rows.insert(key, row);
        if let Some(old) = &old {
            for entry in old.index() {
                if !fresh.contains(&entry) {
                    self.index.remove(&(entry, key));
                }
            }
        }
        for entry in fresh {
            self.index.insert((entry, key), ());
        }
        old
    }

    /// Applies `edit` to a copy of the row of `key` and stores it. `None` when there is no such row.
    ///
    /// # Panics
    /// When `edit` changes the row's key, which is a defect of the caller.
    pub fn change<T>(&mut self, key: R::Key, edit: impl FnOnce(&mut R) -> T) -> Option<T> {
        let mut row = R::clone(self.rows.get(&key)?);
        let result = edit(&mut row);
        assert!(row.key() == key, "a row's key never changes");
        self.put(row);
        Some(result)
    }

    /// Removes the row of `key`.
    pub fn remove(&mut self, key: R::Key) -> Option<Arc<R>> {
        let old = self.rows.remove(&key)?;
        for entry in old.index() {
            self.index.remove(&(entry, key));
        }
        Some(old)
    }

    /// The rows in which `after` differs from this table, by key; `None` for a removed row. The cost depends
    /// on the differences, not on the size: shared structure is skipped.
    #[must_use]
    pub fn changes<'a>(&self, after: &'a Self) -> Vec<(R::Key, Option<&'a Arc<R>>)>
    where
        R: PartialEq,
    {
        let keys = self.rows.changed(&after.rows).into_iter();
        keys.map(|key| (key, after.get(key))).collect()
    }

    /// Whether the indices equal a rebuild from the rows. For tests.
    #[must_use]
    pub fn indices_are_right(&self) -> bool {
        let rebuilt: Ordered<(R::Index, R::Key), ()> = self
            .iter()
            .flat_map(|row| row.index().into_iter().map(move |entry| ((entry, row.key()), ())))
            .collect();
        rebuilt == self.index
    }
}
