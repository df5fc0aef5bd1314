//! Groups within groups, while they are counted; then sorted and named.

use std::ops::Range;
use std::sync::Arc;

use super::super::model::EntryId;
use super::keys::{Keys, Order};
use super::numbers::Numbers;
use super::result::{AmountKind, ByCurrency, Group, GroupId, GroupKind, Label, Money, Sum};
use super::scan::{Found, Scan};

/// What groups are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// What they are: name or date.
    Group,
    /// Their time.
    Duration,
    /// An amount.
    Amount(AmountKind),
}

/// A group while it is counted.
#[derive(Debug, Clone)]
struct Node {
    /// 0 for the outermost groups, else one more than the place of the group around it.
    parent: u32,
    /// Place of its name.
    name: u32,
    sum: Sum,
    /// The currency of its first entry.
    currency: u32,
    /// Its first entry.
    first: EntryId,
    /// Its money by currency, once there is a second one.
    #[expect(clippy::box_collection, reason = "nearly no node has it, and there are many nodes")]
    split: Option<Box<Vec<Money>>>,
}

impl Node {
    fn add(&mut self, found: &Found) {
        if self.split.is_none() && found.currency != self.currency {
            let mut split = vec![Money::default(); self.currency as usize + 1];
            split[self.currency as usize] = self.sum.money;
            self.split = Some(Box::new(split));
        }
        if let Some(split) = &mut self.split {
            let currency = found.currency as usize;
            if currency >= split.len() {
                split.resize(currency + 1, Money::default());
            }
            split[currency] += found.money;
        }
        self.sum += found.sum();
    }

    /// Its money by code. `codes` are numbered as the entries number them.
    fn by_currency(&self, codes: &[Arc<str>]) -> ByCurrency {
        let Some(split) = &self.split else {
            let code = codes.get(self.currency as usize);
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
    keys: Vec<Keys>,
    nodes: Vec<Node>,
    places: Numbers,
    /// Level and key of every name; groups of the same entity on one level share it.
    names: Vec<(u8, u32)>,
    name_places: Numbers,
    /// Seven sums a node, in the weekly report.
    days: Option<Vec<[Sum; 7]>>,
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX - 1)
}

impl Tree {
    pub(super) fn new(kinds: &[GroupKind], weekly: bool) -> Self {
        Self {
            keys: kinds.iter().map(|kind| Keys::new(*kind)).collect(),
            nodes: Vec::new(),
            places: Numbers::default(),
            names: Vec::new(),
            name_places: Numbers::default(),
            days: weekly.then(Vec::new),
        }
    }

    /// Counts an entry in its group on every level; `day` is its place among the seven.
    pub(super) fn add(&mut self, scan: &Scan<'_>, found: &Found, day: usize) {
        let Self { keys, nodes, places, names, name_places, days } = self;
        let mut parent = 0;
        for (level, keys) in (0..).zip(keys.iter_mut()) {
            let key = keys.key(scan, found);
            let place = places.place(parent, key, || {
                let name = name_places.place(u32::from(level), key, || {
                    names.push((level, key));
                    count(names) - 1
                });
                nodes.push(Node {
                    parent,
                    name,
                    sum: Sum::default(),
                    currency: found.currency,
                    split: None,
                    first: found.id,
                });
                if let Some(days) = days {
                    days.push([Sum::default(); 7]);
                }
                count(nodes) - 1
            });
            nodes[place as usize].add(found);
            if let Some(day) = days.as_mut().and_then(|days| days[place as usize].get_mut(day)) {
                *day += found.sum();
            }
            parent = place + 1;
        }
    }

    /// The groups, named and sorted.
    pub(super) fn groups(self, scan: &Scan<'_>, sort: SortBy, descending: bool) -> Vec<Group> {
        let labels = self.labels(scan);
        let mut order: Vec<Place> = (0..count(&self.nodes))
            .zip(&self.nodes)
            .map(|(place, node)| Place::new(place, node, &labels, sort, descending))
            .collect();
        order.sort_unstable();
        let mut children = vec![0..0; self.nodes.len() + 1];
        let mut from = 0;
        for part in order.chunk_by(|a, b| a.parent == b.parent) {
            children[part[0].parent as usize] = from..from + part.len();
            from += part.len();
        }
        let codes = &scan.codes;
        Builder { tree: &self, order: &order, children: &children, labels: &labels, codes }
            .inside(0)
    }

    /// Every name with its place in the order of names.
    fn labels(&self, scan: &Scan<'_>) -> Vec<(Arc<Label>, u32)> {
        let mut found: Vec<(Order, Arc<Label>, usize)> = self
            .names
            .iter()
            .enumerate()
            .map(|(place, (level, key))| {
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

/// A node's place among all nodes: by the group around it, then as was asked, then by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    parent: u32,
    rank: u32,
    figure: i64,
    tie: u32,
    place: u32,
}

impl Place {
    fn new(
        place: u32,
        node: &Node,
        labels: &[(Arc<Label>, u32)],
        sort: SortBy,
        descending: bool,
    ) -> Self {
        let tie = labels[node.name as usize].1;
        let (rank, figure) = match sort {
            SortBy::Group => (tie, 0),
            SortBy::Duration => (0, node.sum.seconds),
            SortBy::Amount(kind) => (0, node.sum.money.of(kind)),
        };
        // `!` turns the order of numbers round.
        let (rank, figure) = if descending { (!rank, !figure) } else { (rank, figure) };
        Self { parent: node.parent, rank, figure, tie, place }
    }
}

/// Turns counted groups into named ones, from the outside in.
struct Builder<'a> {
    tree: &'a Tree,
    order: &'a [Place],
    children: &'a [Range<usize>],
    labels: &'a [(Arc<Label>, u32)],
    codes: &'a [Arc<str>],
}

impl Builder<'_> {
    /// The groups inside a node; 0 for the outermost, else one more than the node's place.
    fn inside(&self, node: usize) -> Vec<Group> {
        let inside = &self.order[self.children[node].clone()];
        inside.iter().map(|place| self.group(place.place as usize)).collect()
    }

    fn group(&self, place: usize) -> Group {
        let node = &self.tree.nodes[place];
        let (level, _) = self.tree.names[node.name as usize];
        let mut label = Arc::clone(&self.labels[node.name as usize].0);
        if self.tree.keys[usize::from(level)].kind == GroupKind::Timeentry {
            // The document names such a group by an entry's id (line 2520).
            Arc::make_mut(&mut label).id = GroupId::One(node.first.0);
        }
        let days = self.tree.days.as_ref().map_or_else(Vec::new, |days| days[place].to_vec());
        let by_currency = node.by_currency(self.codes);
        let children = self.inside(place + 1);
        Group { label, sum: node.sum, by_currency, days, children }
    }
}
