//! The tree of groups: it sums entries, then sorts and labels the groups.

use std::ops::Range;
use std::sync::Arc;

use super::batch::Batch;
use super::keys::{GroupKeys, SortKey};
use super::pair_index::PairIndex;
use super::result::{AmountKind, ByCurrency, Group, GroupId, GroupKind, Label, Money, Sum};
use super::scan::Scan;
use crate::kernel::abandon;
use crate::vendors::clockify::model::EntryId;

/// The sort column of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// By name or date.
    Group,
    /// By duration.
    Duration,
    /// By amount.
    Amount(AmountKind),
}

/// A group while entries are added.
#[derive(Debug)]
struct Node {
    /// The parent group's index plus one; 0 for the outermost groups.
    parent: u32,
    /// The index of its name.
    name: u32,
    /// Its key on its level.
    key: u32,
    sum: Sum,
    /// The index plus one of the last child added; for groups by time.
    last: u32,
    /// The index plus one of the previous group with the same parent; for groups by time.
    previous: u32,
    /// The currency of its first entry.
    currency: u32,
    /// Its first entry.
    first: EntryId,
    /// The index plus one of its amounts by currency; 0 while it has one currency.
    split: u32,
}

/// The amounts by currency of groups that have several currencies.
#[derive(Debug, Default)]
struct CurrencySplits(Vec<Vec<Money>>);

impl CurrencySplits {
    fn of(&self, node: &Node) -> Option<&Vec<Money>> {
        self.0.get((node.split as usize).checked_sub(1)?)
    }

    #[inline]
    fn add(&mut self, node: &mut Node, sum: Sum, currency: u32) {
        if node.split != 0 || currency != node.currency {
            self.add_money(node, sum.money, currency);
        }
        node.sum += sum;
    }

    #[inline(never)]
    fn add_money(&mut self, node: &mut Node, money: Money, currency: u32) {
        if node.split == 0 {
            let mut split = vec![Money::default(); node.currency as usize + 1];
            split[node.currency as usize] = node.sum.money;
            self.0.push(split);
            node.split = count(&self.0);
        }
        let split = &mut self.0[node.split as usize - 1];
        let currency = currency as usize;
        if currency >= split.len() {
            split.resize(currency + 1, Money::default());
        }
        split[currency] += money;
    }

    /// Adds a group to its parent.
    fn add_all(&mut self, node: &mut Node, inside: &Node) {
        let Some(split) = self.of(inside) else {
            return self.add(node, inside.sum, inside.currency);
        };
        for (currency, money) in (0..).zip(split.clone()) {
            self.add(node, Sum { seconds: 0, money }, currency);
        }
        node.sum.seconds = node.sum.seconds.saturating_add(inside.sum.seconds);
    }

    /// The amounts of a group by currency. Entries refer to `codes` by index.
    fn by_currency(&self, node: &Node, codes: &[Arc<str>]) -> ByCurrency {
        let Some(split) = self.of(node) else {
            let code = codes.get(node.currency as usize);
            return code.map_or(ByCurrency::default(), |code| ByCurrency::One(Arc::clone(code)));
        };
        let each = codes.iter().cloned().zip(split.iter().copied());
        let mut each: Vec<_> = each.filter(|(_, money)| *money != Money::default()).collect();
        each.sort_by(|a, b| a.0.cmp(&b.0));
        ByCurrency::Several(each)
    }
}

/// All groups of a report.
pub(super) struct Tree {
    keys: Vec<GroupKeys>,
    nodes: Vec<Node>,
    splits: CurrencySplits,
    /// The index plus one of the last outermost group added; for groups by time.
    last: u32,
    /// The index plus one of each outermost group, by key.
    outermost: Vec<u32>,
    /// The indices of the other groups, by parent and key.
    places: PairIndex,
    /// Level and key of each name. Groups of one entity on one level share a name.
    names: Vec<(u8, u32)>,
    name_places: PairIndex,
    /// Seven sums per group, in a weekly report.
    days: Option<Vec<[Sum; 7]>>,
    /// Buffers for [`Self::add`]: the index plus one of each entry's group so far, and its key on
    /// the next level.
    around: Vec<u32>,
    found: Vec<u32>,
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX - 1)
}

impl Tree {
    pub(super) fn new(kinds: &[GroupKind], weekly: bool) -> Self {
        Self {
            keys: kinds.iter().map(|kind| GroupKeys::new(*kind)).collect(),
            nodes: Vec::new(),
            splits: CurrencySplits::default(),
            last: 0,
            outermost: Vec::new(),
            places: PairIndex::default(),
            names: Vec::new(),
            name_places: PairIndex::default(),
            days: weekly.then(Vec::new),
            around: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Adds entries to their innermost groups. `day` is their day among the seven.
    pub(super) fn add(&mut self, scan: &Scan<'_>, batch: &Batch<'_>, day: usize) {
        let mut around = std::mem::take(&mut self.around);
        let mut keys = std::mem::take(&mut self.found);
        around.clear();
        around.resize(batch.len(), 0);
        for level in 0..self.keys.len() {
            self.keys[level].fill(scan, batch, &mut keys);
            let is_time = self.keys[level].kind.is_time();
            for (n, (around, key)) in around.iter_mut().zip(&keys).enumerate() {
                let place = if is_time {
                    self.time_group(*around, level, *key, batch, n)
                } else {
                    self.group_of(*around, level, *key, batch, n)
                };
                *around = place + 1;
            }
        }
        for (n, place) in around.iter().enumerate() {
            let place = *place as usize - 1;
            let sum = batch.sum_of(n);
            self.splits.add(&mut self.nodes[place], sum, batch.currencies[n]);
            let days = self.days.as_mut().and_then(|days| days[place].get_mut(day));
            if let Some(day) = days {
                *day += sum;
            }
        }
        (self.around, self.found) = (around, keys);
    }

    /// Adds each group to its parent. Parents come before their children.
    fn add_up(&mut self) {
        for place in (0..self.nodes.len()).rev() {
            let (around, inside) = self.nodes.split_at_mut(place);
            let inside = &inside[0];
            let Some(parent) = (inside.parent as usize).checked_sub(1) else { continue };
            self.splits.add_all(&mut around[parent], inside);
            if let Some(days) = &mut self.days {
                let inside = days[place];
                days[parent].iter_mut().zip(inside).for_each(|(day, more)| *day += more);
            }
        }
    }

    /// The group with this key in `parent`.
    fn group_of(
        &mut self,
        parent: u32,
        level: usize,
        key: u32,
        batch: &Batch<'_>,
        n: usize,
    ) -> u32 {
        let next = count(&self.nodes);
        let place = if parent == 0 {
            let key = key as usize;
            if key >= self.outermost.len() {
                self.outermost.resize(key + 1, 0);
            }
            let place = &mut self.outermost[key];
            if *place == 0 {
                *place = next + 1;
            }
            *place - 1
        } else {
            self.places.index_of(parent, key, || next)
        };
        if place == next {
            self.add_node(parent, level, key, batch, n);
        }
        place
    }

    /// As [`Self::group_of`], for groups by time. Entries come in order, so it is nearly always the
    /// last group or a new one. Earlier groups are searched for zones that set the clocks back over
    /// midnight.
    fn time_group(
        &mut self,
        parent: u32,
        level: usize,
        key: u32,
        batch: &Batch<'_>,
        n: usize,
    ) -> u32 {
        let last = match parent.checked_sub(1) {
            None => self.last,
            Some(parent) => self.nodes[parent as usize].last,
        };
        let (mut at, mut newer) = (last, None);
        while let Some(place) = at.checked_sub(1) {
            let node = &self.nodes[place as usize];
            if node.key == key {
                return place;
            }
            if node.key < key {
                break;
            }
            (at, newer) = (node.previous, Some(place));
        }
        let place = count(&self.nodes);
        self.add_node(parent, level, key, batch, n);
        self.nodes[place as usize].previous = at;
        match (newer, parent.checked_sub(1)) {
            (Some(newer), _) => self.nodes[newer as usize].previous = place + 1,
            (None, Some(parent)) => self.nodes[parent as usize].last = place + 1,
            (None, None) => self.last = place + 1,
        }
        place
    }

    fn add_node(&mut self, parent: u32, level: usize, key: u32, batch: &Batch<'_>, n: usize) {
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        let names = &mut self.names;
        let name = self.name_places.index_of(u32::from(level), key, || {
            names.push((level, key));
            count(names) - 1
        });
        self.nodes.push(Node {
            parent,
            name,
            key,
            sum: Sum::default(),
            last: 0,
            previous: 0,
            currency: batch.currencies[n],
            first: batch.id(n),
            split: 0,
        });
        if let Some(days) = &mut self.days {
            days.push([Sum::default(); 7]);
        }
    }

    /// The labelled and sorted groups.
    pub(super) fn groups(mut self, scan: &Scan<'_>, sort: SortBy, descending: bool) -> Vec<Group> {
        self.add_up();
        let labels = self.labels(scan);
        let children = self.children();
        // Distributes the nodes to their parents, in the order of creation.
        let mut next: Vec<usize> = children.iter().map(|range| range.start).collect();
        let mut order = vec![Position::default(); self.nodes.len()];
        for (number, node) in (0..).zip(&self.nodes) {
            let at = &mut next[node.parent as usize];
            order[*at] = Position::new(number, node, &labels, sort, descending);
            *at += 1;
        }
        for range in &children {
            abandon::check();
            order[range.clone()].sort_unstable();
        }
        let codes = &scan.codes;
        Builder { tree: &self, order: &order, children: &children, labels: &labels, codes }
            .children_of(0, 0)
    }

    /// The range of each group's children if all are laid out by parent. The first range has the
    /// outermost groups, as in [`Node::parent`].
    fn children(&self) -> Vec<Range<usize>> {
        let mut children = vec![0..0; self.nodes.len() + 1];
        self.nodes.iter().for_each(|node| children[node.parent as usize].end += 1);
        let mut from = 0;
        for range in &mut children {
            *range = from..from + range.end;
            from = range.end;
        }
        children
    }

    /// The label of each name, with its rank in the order of names.
    fn labels(&self, scan: &Scan<'_>) -> Vec<(Arc<Label>, u32)> {
        let mut found: Vec<(SortKey, Arc<Label>, usize)> = self
            .names
            .iter()
            .enumerate()
            .map(|(place, (level, key))| {
                abandon::check();
                let (label, order) = self.keys[usize::from(*level)].label(scan, *key);
                (order, Arc::new(label), place)
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
        let mut labels: Vec<(usize, (Arc<Label>, u32))> =
            (0..).zip(found).map(|(rank, (_, label, place))| (place, (label, rank))).collect();
        labels.sort_unstable_by_key(|(place, _)| *place);
        labels.into_iter().map(|(_, label)| label).collect()
    }
}

/// The position of a group among its siblings: by the sort column, then by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    figure: i64,
    tie: u32,
    node: u32,
}

impl Position {
    fn new(
        number: u32,
        node: &Node,
        labels: &[(Arc<Label>, u32)],
        sort: SortBy,
        descending: bool,
    ) -> Self {
        let tie = labels[node.name as usize].1;
        let figure = match sort {
            SortBy::Group => i64::from(tie),
            SortBy::Duration => node.sum.seconds,
            SortBy::Amount(kind) => node.sum.money.of(kind).0,
        };
        // `!` reverses the order of numbers.
        Self { figure: if descending { !figure } else { figure }, tie, node: number }
    }
}

/// Builds the labelled groups, outermost first.
struct Builder<'a> {
    tree: &'a Tree,
    order: &'a [Position],
    children: &'a [Range<usize>],
    labels: &'a [(Arc<Label>, u32)],
    codes: &'a [Arc<str>],
}

impl Builder<'_> {
    /// The children, on `level`, of a node. `node` is its index plus one; 0 gives the outermost
    /// groups.
    fn children_of(&self, node: usize, level: usize) -> Vec<Group> {
        let inside = &self.order[self.children[node].clone()];
        inside.iter().map(|place| self.group(place.node as usize, level)).collect()
    }

    fn group(&self, place: usize, level: usize) -> Group {
        abandon::check();
        let node = &self.tree.nodes[place];
        let mut label = Arc::clone(&self.labels[node.name as usize].0);
        if self.tree.keys[level].kind == GroupKind::Timeentry {
            // The document names such a group by an entry's id. Source: 001:2520.
            Arc::make_mut(&mut label).id = GroupId::One(node.first.0);
        }
        let days = self.tree.days.as_ref().map_or_else(Vec::new, |days| days[place].to_vec());
        let by_currency = self.tree.splits.by_currency(node, self.codes);
        let children = self.children_of(place + 1, level + 1);
        Group { label, sum: node.sum, by_currency, days, children }
    }
}
