//! Facts of entries in columns, in order of start and id: persistent chunks of some hundred rows.
//!
//! Cloning copies a pointer. New rows are kept in a small chunk of their own, so that a change
//! copies little. When that chunk is full, its rows move into the large ones together. This module
//! knows neither workspaces nor what the facts mean.

use std::ops::Bound;
use std::sync::Arc;

use super::EntryId;
use super::timeline::{Fact, Flags, IdNumber};
use crate::kernel::table::Key;

/// The position of a row: its start in seconds, then its id.
pub type At = (i64, EntryId);

/// The most rows in a chunk. A scan starts a new slice after so many.
const MOST: usize = 512;
/// The most rows that wait to move into the large chunks. A change copies this many; with their
/// counts they take less than 1 KiB, which allocators provide without a search.
const NEW: usize = 24;

/// The position before all rows.
const FIRST: At = (i64::MIN, EntryId::MIN);

/// Rows in order, in columns: one contiguous block of memory that a scan reads sequentially.
#[derive(Debug, Clone)]
struct Chunk<const N: usize> {
    len: usize,
    /// No row ends later than this. Removing rows does not lower it.
    ended: i64,
    starts: [i64; N],
    seconds: [i64; N],
    users: [IdNumber; N],
    projects: [IdNumber; N],
    tasks: [IdNumber; N],
    flags: [Flags; N],
    ids: [EntryId; N],
}

impl<const N: usize> Default for Chunk<N> {
    fn default() -> Self {
        Self {
            len: 0,
            ended: i64::MIN,
            starts: [0; N],
            seconds: [0; N],
            users: [0; N],
            projects: [0; N],
            tasks: [0; N],
            flags: [Flags::default(); N],
            ids: [EntryId::MIN; N],
        }
    }
}

/// Inserts values at position `at` of a column with `len` values.
fn open<T: Copy>(column: &mut [T], len: usize, at: usize, values: &[T]) {
    let behind = at + values.len();
    column.copy_within(at..len, behind);
    column[at..behind].copy_from_slice(values);
}

impl<const N: usize> Chunk<N> {
    /// Inserts rows before row `at`, as long as there is room.
    fn insert(&mut self, at: usize, rows: Slice<'_>) {
        let len = self.len;
        open(&mut self.starts, len, at, rows.starts);
        open(&mut self.seconds, len, at, rows.seconds);
        open(&mut self.users, len, at, rows.users);
        open(&mut self.projects, len, at, rows.projects);
        open(&mut self.tasks, len, at, rows.tasks);
        open(&mut self.flags, len, at, rows.flags);
        open(&mut self.ids, len, at, rows.ids);
        self.len += rows.len();
        let ends = std::iter::zip(rows.starts, rows.seconds);
        let ended = ends.map(|(start, seconds)| start.saturating_add(*seconds)).max();
        self.ended = self.ended.max(ended.unwrap_or(i64::MIN));
    }

    fn remove(&mut self, at: usize) {
        let behind = at + 1..self.len;
        self.starts.copy_within(behind.clone(), at);
        self.seconds.copy_within(behind.clone(), at);
        self.users.copy_within(behind.clone(), at);
        self.projects.copy_within(behind.clone(), at);
        self.tasks.copy_within(behind.clone(), at);
        self.flags.copy_within(behind.clone(), at);
        self.ids.copy_within(behind, at);
        self.len -= 1;
    }

    /// Removes and returns the rows from `at` onwards.
    fn split_off(&mut self, at: usize) -> Self {
        let mut behind = Self::default();
        behind.insert(0, self.slice().split_at(at).1);
        self.len = at;
        behind
    }

    fn slice(&self) -> Slice<'_> {
        Slice {
            starts: &self.starts[..self.len],
            ids: &self.ids[..self.len],
            users: &self.users[..self.len],
            projects: &self.projects[..self.len],
            tasks: &self.tasks[..self.len],
            flags: &self.flags[..self.len],
            seconds: &self.seconds[..self.len],
            ended: self.ended,
        }
    }
}

/// Rows in order, one slice per column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slice<'a> {
    /// The start of each row in seconds.
    pub starts: &'a [i64],
    /// The entries.
    pub ids: &'a [EntryId],
    /// [`Fact::user`].
    pub users: &'a [IdNumber],
    /// [`Fact::project`].
    pub projects: &'a [IdNumber],
    /// [`Fact::task`].
    pub tasks: &'a [IdNumber],
    /// [`Fact::flags`].
    pub flags: &'a [Flags],
    /// [`Fact::seconds`].
    pub seconds: &'a [i64],
    /// A time in seconds by which all rows have ended. It need not be the earliest.
    pub ended: i64,
}

impl<'a> Slice<'a> {
    /// The number of rows.
    #[must_use]
    #[inline]
    pub fn len(self) -> usize {
        self.starts.len()
    }

    /// True if there are no rows.
    #[must_use]
    #[inline]
    pub fn is_empty(self) -> bool {
        self.starts.is_empty()
    }

    /// The fact of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    #[inline]
    pub fn fact(self, row: usize) -> Fact {
        Fact {
            user: self.users[row],
            project: self.projects[row],
            task: self.tasks[row],
            flags: self.flags[row],
            seconds: self.seconds[row],
        }
    }

    /// The same slice, with columns that the compiler knows to have equal lengths.
    ///
    /// # Panics
    /// Never: the lengths are equal.
    #[must_use]
    #[inline]
    pub fn even(self) -> Self {
        let len = self.len();
        Self {
            starts: &self.starts[..len],
            ids: &self.ids[..len],
            users: &self.users[..len],
            projects: &self.projects[..len],
            tasks: &self.tasks[..len],
            flags: &self.flags[..len],
            seconds: &self.seconds[..len],
            ended: self.ended,
        }
    }

    /// Splits the rows before `at`.
    ///
    /// # Panics
    /// If there are fewer rows.
    #[must_use]
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let (starts, ids) = (self.starts.split_at(at), self.ids.split_at(at));
        let (users, projects) = (self.users.split_at(at), self.projects.split_at(at));
        let (tasks, flags) = (self.tasks.split_at(at), self.flags.split_at(at));
        let seconds = self.seconds.split_at(at);
        let before = Self {
            starts: starts.0,
            ids: ids.0,
            users: users.0,
            projects: projects.0,
            tasks: tasks.0,
            flags: flags.0,
            seconds: seconds.0,
            ended: self.ended,
        };
        let behind = Self {
            starts: starts.1,
            ids: ids.1,
            users: users.1,
            projects: projects.1,
            tasks: tasks.1,
            flags: flags.1,
            seconds: seconds.1,
            ended: self.ended,
        };
        (before, behind)
    }

    fn is_before(self, at: At) -> bool {
        self.starts.last().is_none_or(|last| *last < at.0)
    }

    fn is_behind(self, at: At) -> bool {
        self.starts.first().is_none_or(|first| *first > at.0)
    }

    /// The number of rows before a position.
    fn before(self, (start, id): At) -> usize {
        let sooner = self.starts.partition_point(|other| *other < start);
        let same = self.starts[sooner..].partition_point(|other| *other == start);
        sooner + self.ids[sooner..sooner + same].partition_point(|other| *other < id)
    }

    /// The row at a position.
    fn find(self, at: At) -> Option<usize> {
        let row = self.before(at);
        let found = self.starts.get(row) == Some(&at.0) && self.ids.get(row) == Some(&at.1);
        found.then_some(row)
    }

    /// The position of the first row.
    fn first(self) -> Option<At> {
        Some((*self.starts.first()?, *self.ids.first()?))
    }

    fn cut(self, from: usize, to: usize) -> Slice<'a> {
        self.split_at(to).0.split_at(from).1
    }
}

/// All rows in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// The chunks, by a position at or before their first row. The first chunk's key is [`FIRST`].
    chunks: imbl::OrdMap<At, Arc<Chunk<MOST>>>,
    /// New rows, which belong between those of the chunks.
    new: Arc<Chunk<NEW>>,
    len: usize,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The key of the chunk that `at` belongs to.
    fn home(&self, at: At) -> Option<At> {
        self.chunks.get_prev(&at).map(|(home, _)| *home)
    }

    pub(super) fn insert(&mut self, at: At, fact: Fact) {
        if self.new.len == NEW {
            let waiting = std::mem::take(&mut self.new);
            let mut rest = waiting.slice();
            while !rest.is_empty() {
                rest = self.settle(rest);
            }
        }
        let row = Slice {
            starts: &[at.0],
            ids: &[at.1],
            users: &[fact.user],
            projects: &[fact.project],
            tasks: &[fact.task],
            flags: &[fact.flags],
            seconds: &[fact.seconds],
            ended: at.0.saturating_add(fact.seconds),
        };
        let place = self.new.slice().before(at);
        Arc::make_mut(&mut self.new).insert(place, row);
        self.len += 1;
    }

    /// Moves the first of some rows, as many as belong together, into their chunk. Returns the
    /// others.
    fn settle<'a>(&mut self, rows: Slice<'a>) -> Slice<'a> {
        let Some(at) = rows.first() else { return rows };
        let home = self.home(at).unwrap_or(FIRST);
        let behind = (Bound::Excluded(home), Bound::Unbounded);
        let next = self.chunks.range(behind).next().map(|(next, _)| *next);
        let chunk = Arc::make_mut(self.chunks.entry(home).or_default());
        let place = chunk.slice().before(at);
        if chunk.len == MOST {
            let (other, rest) = if next.is_none() && place == MOST {
                // Most new entries are later than all others: keep full chunks full.
                let mut last = Chunk::default();
                last.insert(0, rows);
                (last, Slice::default())
            } else {
                (chunk.split_off(MOST / 2), rows)
            };
            if let Some(first) = other.slice().first() {
                self.chunks.insert(first, Arc::new(other));
            }
            return rest;
        }
        let until = chunk.slice().split_at(place).1.first().or(next);
        let fits = until.map_or(rows.len(), |until| rows.before(until));
        let fits = fits.clamp(1, MOST - chunk.len);
        let (these, others) = rows.split_at(fits);
        chunk.insert(place, these);
        others
    }

    pub(super) fn remove(&mut self, at: At) {
        if let Some(row) = self.new.slice().find(at) {
            self.len -= 1;
            Arc::make_mut(&mut self.new).remove(row);
            return;
        }
        let Some(home) = self.home(at) else { return };
        let Some(chunk) = self.chunks.get_mut(&home) else { return };
        let Some(row) = chunk.slice().find(at) else { return };
        self.len -= 1;
        if chunk.len == 1 {
            self.chunks.remove(&home);
        } else {
            Arc::make_mut(chunk).remove(row);
        }
    }

    /// The row at a position.
    pub(super) fn only(&self, at: At) -> Option<Slice<'_>> {
        let chunk = || self.chunks.get_prev(&at).map(|(_, chunk)| chunk.slice());
        let slices = std::iter::once(self.new.slice()).chain(std::iter::once_with(chunk).flatten());
        let mut found = slices.filter_map(|slice| Some((slice, slice.find(at)?)));
        found.next().map(|(slice, row)| slice.cut(row, row + 1))
    }

    /// The rows in `[from, to)`, in slices.
    pub(super) fn between(&self, from: At, to: At) -> impl Iterator<Item = Slice<'_>> {
        let home = self.home(from).unwrap_or(FIRST);
        let chunks = self.chunks.range(home..to).map(|(_, chunk)| chunk.slice());
        let within = move |slice: Slice<'_>| -> (usize, usize) {
            // Most chunks are entirely within the range.
            let end = if slice.is_before(to) { slice.len() } else { slice.before(to) };
            let begin = if slice.is_behind(from) { 0 } else { slice.before(from).min(end) };
            (begin, end)
        };
        let mut settled = chunks.map(move |slice| {
            let (begin, end) = within(slice);
            slice.cut(begin, end)
        });
        let new = self.new.slice();
        let (begin, end) = within(new);
        let mut new = new.cut(begin, end);
        let mut here = Slice::default();
        std::iter::from_fn(move || {
            while here.is_empty() {
                let Some(next) = settled.next() else {
                    return Some(std::mem::take(&mut new)).filter(|rest| !rest.is_empty());
                };
                here = next;
            }
            let Some(next) = new.first() else { return Some(std::mem::take(&mut here)) };
            let (before, behind) = here.split_at(here.before(next));
            if !before.is_empty() {
                here = behind;
                return Some(before);
            }
            let sooner = here.first().map_or(0, |first| new.before(first));
            let (before, behind) = new.split_at(sooner);
            new = behind;
            Some(before)
        })
    }

    /// True if the rows are in order and each is in the chunk where it is looked for.
    pub(super) fn are_in_order(&self) -> bool {
        let places = |Slice { starts, ids, .. }| -> Vec<At> {
            std::iter::zip(starts.iter().copied(), ids.iter().copied()).collect()
        };
        let chunks = || self.chunks.iter().map(|(home, chunk)| (home, places(chunk.slice())));
        let settled: Vec<At> = chunks().flat_map(|(_, places)| places).collect();
        let new = places(self.new.slice());
        let homes = chunks().all(|(home, places)| places.first() >= Some(home));
        let counted = settled.len() + new.len() == self.len;
        homes && settled.is_sorted() && new.is_sorted() && counted
    }
}

#[cfg(test)]
mod tests {
    use super::{At, Columns};
    use crate::kernel::ids::Hex24;
    use crate::vendors::clockify::model::EntryId;
    use crate::vendors::clockify::model::timeline::{Fact, Flags};

    fn at(n: u32) -> At {
        let mut bytes = [0; 12];
        bytes[8..].copy_from_slice(&n.to_be_bytes());
        (i64::from(n / 3), EntryId(Hex24::from_bytes(bytes)))
    }

    fn fact(n: u32) -> Fact {
        let seconds = i64::from(n);
        Fact { user: n, project: n + 1, task: n + 2, flags: Flags::default(), seconds }
    }

    #[test]
    fn columns_are_those_of_an_ordered_map_whatever_comes_and_goes() {
        let mut columns = Columns::default();
        let mut map = std::collections::BTreeMap::new();
        let mut dice = 7_u64;
        let mut before = columns.clone();
        for turn in 0..20_000 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // First in order, then in random order, and at the end more removals than insertions.
            let n = if turn < 3000 { turn } else { (dice >> 33) as u32 % 4000 };
            if (turn > 12_000 || dice >> 62 == 0) && map.remove(&at(n)).is_some() {
                columns.remove(at(n));
            } else if turn < 15_000 && !map.contains_key(&at(n)) {
                columns.insert(at(n), fact(n));
                map.insert(at(n), fact(n));
            }
            columns.remove(at(4001));
            if turn % 500 != 0 {
                continue;
            }
            let kept = before.len();
            let rows = |from, to| -> Vec<(At, Fact)> {
                let slices = columns.between(from, to);
                let row = |slice: super::Slice<'_>, n: usize| {
                    ((slice.starts[n], slice.ids[n]), slice.fact(n))
                };
                slices.flat_map(|slice| (0..slice.len()).map(move |n| row(slice, n))).collect()
            };
            let (from, to) = (at(n / 2), at(n.max(4)));
            let wanted: Vec<(At, Fact)> = map.range(from..to).map(|(a, b)| (*a, *b)).collect();
            assert_eq!(rows(from, to), wanted);
            let all: Vec<(At, Fact)> = map.iter().map(|(a, b)| (*a, *b)).collect();
            assert_eq!(rows(super::FIRST, at(5000)), all);
            assert!(columns.are_in_order() && before.are_in_order());
            assert_eq!((columns.len(), before.len()), (map.len(), kept));
            let found = columns.only(at(n)).map(|slice| slice.fact(0));
            assert_eq!(found, map.get(&at(n)).copied());
            before = columns.clone();
        }
        assert!(!map.is_empty() && map.len() < 2000, "{} rows are left", map.len());
    }
}
