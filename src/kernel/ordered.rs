//! A persistent ordered map with cheap insertions.
//!
//! An insertion into a persistent tree copies every node on its path, and updates the reference counts of
//! their children. So new pairs wait in a short sorted list, and an insertion copies only this list. When it
//! is full, all its pairs move into the tree, and each node is copied once for many. Reads look into both.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use arrayvec::ArrayVec;

use super::abandon;

/// Maximum number of waiting pairs. With index entries of 48 bytes, the largest that we insert often, the list
/// stays below 1 KiB, which allocators serve fast.
const NEW: usize = 20;

/// Values in key order. A clone copies a pointer.
#[derive(Debug)]
pub struct Ordered<K: Ord, V> {
    settled: imbl::OrdMap<K, V>,
    /// Waiting pairs, sorted; none of their keys is in the tree.
    new: Arc<ArrayVec<(K, V), NEW>>,
}

impl<K: Ord, V> Clone for Ordered<K, V> {
    fn clone(&self) -> Self {
        Self { settled: self.settled.clone(), new: Arc::clone(&self.new) }
    }
}

impl<K: Ord, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self { settled: imbl::OrdMap::new(), new: Arc::default() }
    }
}

impl<K: Ord + Clone, V: Clone> Ordered<K, V> {
    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.settled.len() + self.new.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of a waiting key, or the position to insert it at.
    #[inline]
    fn position(&self, key: &K) -> Result<usize, usize> {
        // Most new keys are the largest.
        match self.new.last() {
            None => Err(0),
            Some((last, _)) if last < key => Err(self.new.len()),
            Some(_) => self.new.binary_search_by(|(known, _)| known.cmp(key)),
        }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        match self.position(key) {
            Ok(at) => Some(&self.new[at].1),
            Err(_) => self.settled.get(key),
        }
    }

    /// Sets the value of a key. Returns the old one.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = match self.position(&key) {
            Ok(at) => {
                let known = &mut Arc::make_mut(&mut self.new)[at].1;
                return Some(std::mem::replace(known, value));
            }
            Err(at) => at,
        };
        // An unshared list usually means an unshared tree, which changes in place.
        let is_alone = Arc::get_mut(&mut self.new).is_some_and(|new| new.is_empty());
        if is_alone || self.settled.contains_key(&key) {
            return self.settled.insert(key, value);
        }
        if self.new.is_full() {
            let waiting = std::mem::take(&mut self.new);
            self.settled.extend(Arc::unwrap_or_clone(waiting));
            Arc::make_mut(&mut self.new).push((key, value));
        } else {
            Arc::make_mut(&mut self.new).insert(at, (key, value));
        }
        None
    }

    /// Removes a key. Returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        match self.position(key) {
            Ok(at) => Some(Arc::make_mut(&mut self.new).remove(at).1),
            Err(_) => self.settled.remove(key),
        }
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.range(..)
    }

    /// The pairs whose keys lie in a range, in order.
    ///
    /// # Panics
    /// When the range ends before it begins.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let begin = self.new.partition_point(|(key, _)| match range.start_bound() {
            Bound::Included(first) => key < first,
            Bound::Excluded(before) => key <= before,
            Bound::Unbounded => false,
        });
        let end = self.new.partition_point(|(key, _)| match range.end_bound() {
            Bound::Included(last) => key <= last,
            Bound::Excluded(behind) => key < behind,
            Bound::Unbounded => true,
        });
        let new = self.new[begin..end.max(begin)].iter().map(|(key, value)| (key, value));
        Merged { left: Ends::of(self.settled.range(range)), right: Ends::of(new) }
    }

    /// The keys whose values differ in `after`, or that only one of the two has, in order. The cost depends on
    /// the differences, not on the size: shared structure is skipped.
    #[must_use]
    pub fn changed(&self, after: &Self) -> Vec<K>
    where
        V: PartialEq,
    {
        let mut keys: Vec<K> = Vec::new();
        if !self.settled.ptr_eq(&after.settled) {
            keys.extend(self.settled.diff(&after.settled).map(|change| match change {
                imbl::ordmap::DiffItem::Add(key, _)
                | imbl::ordmap::DiffItem::Update { new: (key, _), .. }
                | imbl::ordmap::DiffItem::Remove(key, _) => key.clone(),
            }));
        }
        if !Arc::ptr_eq(&self.new, &after.new) {
            keys.extend(self.new.iter().chain(&*after.new).map(|(key, _)| key.clone()));
        }
        keys.sort_unstable();
        keys.dedup();
        // A pair that only moved into the tree has not changed.
        keys.retain(|key| self.get(key) != after.get(key));
        keys
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self { settled: pairs.into_iter().collect(), new: Arc::default() }
    }
}

/// Two maps are equal if their pairs are, waiting or not.
impl<K: Ord + Clone, V: Clone + PartialEq> PartialEq for Ordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

/// An iterator that can peek at both ends.
struct Ends<I: Iterator> {
    rest: I,
    first: Option<I::Item>,
    last: Option<I::Item>,
}

impl<I: DoubleEndedIterator> Ends<I> {
    fn of(rest: I) -> Self {
        Self { rest, first: None, last: None }
    }

    fn first(&mut self) -> Option<&I::Item> {
        if self.first.is_none() {
            self.first = self.rest.next().or_else(|| self.last.take());
        }
        self.first.as_ref()
    }

    fn last(&mut self) -> Option<&I::Item> {
        if self.last.is_none() {
            self.last = self.rest.next_back().or_else(|| self.first.take());
        }
        self.last.as_ref()
    }
}

/// Merges two sorted iterators without a common key.
struct Merged<A: Iterator, B: Iterator> {
    left: Ends<A>,
    right: Ends<B>,
}

impl<'a, K, V, A, B> Iterator for Merged<A, B>
where
    K: Ord + 'a,
    V: 'a,
    A: DoubleEndedIterator<Item = (&'a K, &'a V)>,
    B: DoubleEndedIterator<Item = (&'a K, &'a V)>,
{
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        abandon::check();
        let Some((new, _)) = self.right.first() else {
            return self
                .left
                .first
                .take()
                .or_else(|| self.left.rest.next())
                .or_else(|| self.left.last.take());
        };
        let is_left = self.left.first().is_some_and(|(settled, _)| settled < new);
        if is_left { self.left.first.take() } else { self.right.first.take() }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (left, right) = (self.left.rest.size_hint(), self.right.rest.size_hint());
        (left.0 + right.0, None)
    }
}

impl<'a, K, V, A, B> DoubleEndedIterator for Merged<A, B>
where
    K: Ord + 'a,
    V: 'a,
    A: DoubleEndedIterator<Item = (&'a K, &'a V)>,
    B: DoubleEndedIterator<Item = (&'a K, &'a V)>,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        abandon::check();
        let Some((new, _)) = self.right.last() else {
            return self
                .left
                .last
                .take()
                .or_else(|| self.left.rest.next_back())
                .or_else(|| self.left.first.take());
        };
        let is_left = self.left.last().is_some_and(|(settled, _)| settled > new);
        if is_left { self.left.last.take() } else { self.right.last.take() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Ordered;

    #[test]
    fn it_is_an_ordered_map_whatever_comes_and_goes() {
        let mut map = Ordered::default();
        let mut model = BTreeMap::new();
        let (mut earlier, mut earlier_model) = (map.clone(), model.clone());
        let mut dice = 7_u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % sides
        };
        for turn in 0..20_000_u64 {
            // First in order, then anywhere, and at the end more removals than insertions.
            let key = if turn < 2000 { turn } else { roll(2500) };
            let goes = if turn < 15_000 { roll(4) == 0 } else { roll(4) != 0 };
            if goes {
                assert_eq!(map.remove(&key), model.remove(&key));
            } else {
                assert_eq!(map.insert(key, turn), model.insert(key, turn));
            }
            assert_eq!((map.len(), map.get(&key)), (model.len(), model.get(&key)));
            if turn % 97 != 0 {
                continue;
            }
            let (from, to) = (roll(2500), roll(2500));
            let (from, to) = (from.min(to), from.max(to));
            let (mut got, mut wanted) = (map.range(from..to), model.range(from..to));
            loop {
                let pair = if roll(2) == 0 {
                    (got.next(), wanted.next())
                } else {
                    (got.next_back(), wanted.next_back())
                };
                assert_eq!(pair.0, pair.1);
                if pair.1.is_none() {
                    break;
                }
            }
            assert!(map.range(from..=to).rev().eq(model.range(from..=to).rev()));
            let mut changed: Vec<u64> = model.keys().chain(earlier_model.keys()).copied().collect();
            changed.sort_unstable();
            changed.dedup();
            changed.retain(|key| model.get(key) != earlier_model.get(key));
            assert_eq!(earlier.changed(&map), changed);
            assert!(earlier.iter().eq(&earlier_model), "a clone stays as it was");
            assert_eq!(map, model.iter().map(|(key, value)| (*key, *value)).collect());
            (earlier, earlier_model) = (map.clone(), model.clone());
        }
        assert!(!map.is_empty() && map.len() < 1500, "{} are left", map.len());
    }
}
