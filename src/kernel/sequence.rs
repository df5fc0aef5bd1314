//! A sorted, persistent sequence of small values that can be counted and paged without a full walk.
//!
//! Values are stored in chunks, so a scan reads memory in order, and a count of a million values adds up a
//! few thousand lengths. A clone copies a pointer; a change copies one chunk. Beside a
//! [`super::table::Table`] it holds what lists and reports need of each row.

use std::fmt::Debug;
use std::sync::Arc;

/// Maximum number of values in a chunk; a longer one is cut in half.
const CHUNK: usize = 256;

/// Sorted values, each once.
#[derive(Debug, Clone)]
pub struct Sequence<T: Ord> {
    /// Chunks by their first value. No chunk is empty.
    chunks: imbl::OrdMap<T, Arc<[T]>>,
    len: usize,
}

impl<T> Default for Sequence<T>
where
    T: Copy + Ord + Debug,
{
    fn default() -> Self {
        Self { chunks: imbl::OrdMap::new(), len: 0 }
    }
}

impl<T> Sequence<T>
where
    T: Copy + Ord + Debug,
{
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Inserts `value`, or replaces an equal one.
    pub fn insert(&mut self, value: T) {
        let found = self
            .chunks
            .get_prev(&value)
            .or_else(|| self.chunks.get_min().map(|(first, chunk)| (first, chunk)));
        let Some((first, chunk)) = found else {
            self.chunks.insert(value, Arc::from([value]));
            self.len = 1;
            return;
        };
        let first = *first;
        let mut chunk = chunk.to_vec();
        match chunk.binary_search(&value) {
            Ok(at) => chunk[at] = value,
            Err(at) => {
                chunk.insert(at, value);
                self.len += 1;
            }
        }
        self.chunks.remove(&first);
        if chunk.len() > CHUNK {
            // Values mostly arrive in order: a full chunk at the end stays nearly full.
            let at = if chunk.last() == Some(&value) { CHUNK } else { CHUNK / 2 };
            let rest = chunk.split_off(at);
            self.chunks.insert(rest[0], Arc::from(rest));
        }
        self.chunks.insert(chunk[0], Arc::from(chunk));
    }

    /// Removes the value that equals `value`. Returns whether there was one.
    pub fn remove(&mut self, value: &T) -> bool {
        let Some((first, chunk)) = self.chunks.get_prev(value) else { return false };
        let Ok(at) = chunk.binary_search(value) else { return false };
        let first = *first;
        let mut chunk = chunk.to_vec();
        chunk.remove(at);
        self.chunks.remove(&first);
        if let Some(first) = chunk.first().copied() {
            self.chunks.insert(first, Arc::from(chunk));
        }
        self.len -= 1;
        true
    }

    /// The values in `from..to`, as consecutive slices, none of them empty.
    pub fn slices(&self, from: T, to: T) -> impl Iterator<Item = &[T]> {
        let (first, last) = self.ends(from, to);
        // A range that ends before it begins is empty.
        self.chunks.range(first..to.max(first)).filter_map(move |(start, chunk)| {
            let low =
                if *start == first { chunk.partition_point(|value| *value < from) } else { 0 };
            let high = if Some(*start) == last {
                chunk.partition_point(|value| *value < to)
            } else {
                chunk.len()
            };
            chunk.get(low..high).filter(|slice| !slice.is_empty())
        })
    }

    /// Number of values in `from..to`.
    #[must_use]
    pub fn count(&self, from: T, to: T) -> usize {
        self.slices(from, to).map(<[T]>::len).sum()
    }

    /// The first and the last chunk that a range from `from` to `to` may cut. All chunks between them lie in
    /// it as a whole.
    fn ends(&self, from: T, to: T) -> (T, Option<T>) {
        let start = |of: &T| self.chunks.get_prev(of).map(|(first, _)| *first);
        (start(&from).unwrap_or(from), start(&to))
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.values().flat_map(|chunk| chunk.iter())
    }
}

impl<T> FromIterator<T> for Sequence<T>
where
    T: Copy + Ord + Debug,
{
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values: Vec<T> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        let chunks = values.chunks(CHUNK).map(|chunk| (chunk[0], Arc::from(chunk)));
        Self { chunks: chunks.collect(), len: values.len() }
    }
}
