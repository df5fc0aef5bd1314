//! A sorted, persistent sequence of small values that can be counted and paged without walking it.
//!
//! Values lie in chunks, so that a scan reads memory in order and counting a million of them reads a
//! few thousand lengths. Cloning is a pointer copy; a change copies one chunk. Beside a
//! [`super::table::Table`] it holds what lists and reports need of each row.

use std::fmt::Debug;
use std::sync::Arc;

/// Most values a chunk holds; a longer one is cut in half.
const CHUNK: usize = 256;

/// Sorted values, each once.
#[derive(Debug, Clone)]
pub struct Sequence<T: Ord> {
    /// By the first value of the chunk. No chunk is empty.
    chunks: imbl::OrdMap<T, Arc<Vec<T>>>,
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

    /// Puts `value` in its place, instead of an equal one.
    pub fn insert(&mut self, value: T) {
        let found = self
            .chunks
            .get_prev(&value)
            .or_else(|| self.chunks.get_min().map(|(first, chunk)| (first, chunk)));
        let Some((first, chunk)) = found else {
            self.chunks.insert(value, Arc::new(vec![value]));
            self.len = 1;
            return;
        };
        let first = *first;
        let mut chunk = Vec::clone(chunk);
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
            self.chunks.insert(rest[0], Arc::new(rest));
        }
        self.chunks.insert(chunk[0], Arc::new(chunk));
    }

    /// Takes the value that equals `value` out and tells whether there was one.
    pub fn remove(&mut self, value: &T) -> bool {
        let Some((first, chunk)) = self.chunks.get_prev(value) else { return false };
        let Ok(at) = chunk.binary_search(value) else { return false };
        let first = *first;
        let mut chunk = Vec::clone(chunk);
        chunk.remove(at);
        self.chunks.remove(&first);
        if let Some(first) = chunk.first().copied() {
            self.chunks.insert(first, Arc::new(chunk));
        }
        self.len -= 1;
        true
    }

    /// The values from `from` up to but without `to`, as consecutive slices, none of them empty.
    pub fn slices(&self, from: T, to: T) -> impl Iterator<Item = &[T]> {
        let start = self.chunks.get_prev(&from).map_or(from, |(first, _)| *first);
        // A range that ends before it begins is empty.
        let end = to.max(start);
        self.chunks.range(start..end).filter_map(move |(_, chunk)| {
            let low = chunk.partition_point(|value| *value < from);
            let high = chunk.partition_point(|value| *value < to);
            chunk.get(low..high).filter(|slice| !slice.is_empty())
        })
    }

    /// How many values lie from `from` up to but without `to`.
    #[must_use]
    pub fn count(&self, from: T, to: T) -> usize {
        self.slices(from, to).map(<[T]>::len).sum()
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
        let chunks = values.chunks(CHUNK).map(|chunk| (chunk[0], Arc::new(chunk.to_vec())));
        Self { chunks: chunks.collect(), len: values.len() }
    }
}
