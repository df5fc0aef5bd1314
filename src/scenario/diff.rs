//! Compares two ledgers: work that is missing, extra, doubled or different.
//!
//! People are matched by e-mail, work by the key of its project and issue, or by a name that leads to a key. A
//! system without issues has only the project, which matches any of its issues.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::ledger::LedgerLine;
use super::seed::Scenario;
use crate::kernel::abandon;
use crate::kernel::civil::{Tz, local};

/// Maximum distance of two starts at which work counts as moved, not missing.
const MOVED: TimeDelta = TimeDelta::hours(36);

/// Options of a comparison.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Starts and durations count as equal up to this difference.
    pub tolerance: TimeDelta,
    /// The zone that decides the day.
    pub zone: Tz,
    /// Whether notes are compared.
    pub notes: bool,
    /// Whether `billable` is compared.
    pub billable: bool,
    /// Keys by lower-case name, for systems that know only names.
    pub keys: BTreeMap<String, String>,
}

impl Measure {
    /// Equal to the second, in UTC, by keys alone.
    #[must_use]
    pub fn exact() -> Self {
        Self {
            tolerance: TimeDelta::zero(),
            zone: Tz::UTC,
            notes: false,
            billable: false,
            keys: BTreeMap::new(),
        }
    }

    /// The same, with the names of a scenario's projects and tasks.
    #[must_use]
    pub fn with_names_of(mut self, scenario: &Scenario) -> Self {
        let projects = scenario.projects.iter().map(|project| (&project.name, &project.key));
        let tasks = scenario.tasks.iter().map(|task| (&task.name, &task.key));
        // Tasks of several projects may share a name; the name of a project is unique.
        for (name, key) in tasks.chain(projects) {
            self.keys.insert(name.to_lowercase(), key.clone());
        }
        self
    }
}

/// Rows that only the left ledger has, and rows that only the right one has.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LedgerDiff {
    /// On the left only.
    pub missing: Vec<LedgerLine>,
    /// On the right only.
    pub extra: Vec<LedgerLine>,
    /// More often on the right than on the left.
    pub doubled: Vec<LedgerLine>,
    /// On both sides, with differences.
    pub different: Vec<Different>,
}

/// Work that differs between the sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Different {
    /// The left side.
    pub left: LedgerLine,
    /// The right side.
    pub right: LedgerLine,
    /// The fields that differ: `who`, `what`, `start`, `day`, `seconds`, `note`, `billable`.
    pub fields: Vec<&'static str>,
}

impl LedgerDiff {
    /// Whether both sides are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { missing, extra, doubled, different } = self;
        missing.is_empty() && extra.is_empty() && doubled.is_empty() && different.is_empty()
    }
}

/// What a pair must have in common.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one of the four things that a pair can share"
)]
struct Round {
    who: bool,
    on: bool,
    starts: bool,
    lasts: bool,
}

/// The rounds in which pairs are matched: equal lines first, then those with one difference.
const ROUNDS: [Round; 5] = [
    Round { who: true, on: true, starts: true, lasts: true },
    Round { who: true, on: true, starts: true, lasts: false },
    Round { who: true, on: true, starts: false, lasts: true },
    Round { who: true, on: false, starts: true, lasts: true },
    Round { who: false, on: true, starts: true, lasts: true },
];

/// Compares two ledgers in O(n log² n), whatever the tolerance.
#[must_use]
pub fn diff(left: &[LedgerLine], right: &[LedgerLine], measure: &Measure) -> LedgerDiff {
    let mut names = Names::default();
    let (left, right) = (sides(left, measure, &mut names), sides(right, measure, &mut names));
    let mut pairs: Vec<Option<usize>> = vec![None; left.len()];
    let mut taken = vec![false; right.len()];
    for (n, round) in ROUNDS.into_iter().enumerate() {
        let open = |at: &usize| pairs[*at].is_none();
        let mut groups = round.groups((0..left.len()).filter(open), &left);
        let free = round.groups((0..right.len()).filter(|at| !taken[*at]), &right);
        for (key, free) in free {
            let Some(open) = groups.remove(&key) else { continue };
            let mut pool = Pool::new((&right, &free), (&left, &open), round, measure);
            for at in open {
                abandon::check();
                let Some(other) = pool.nearest(&left[at]) else { continue };
                pool.remove(other);
                pairs[at] = Some(other);
                taken[other] = true;
            }
        }
        if n == 0 {
            // A duplicate of existing work is not work that was moved or renamed.
            let paired = round.groups((0..left.len()).filter(|at| pairs[*at].is_some()), &left);
            let mut again = round.groups((0..right.len()).filter(|at| !taken[*at]), &right);
            for (key, paired) in paired {
                let Some(again) = again.remove(&key) else { continue };
                let pool = Pool::new((&left, &paired), (&right, &again), round, measure);
                for at in again {
                    abandon::check();
                    taken[at] = pool.nearest(&right[at]).is_some();
                }
            }
        }
    }
    report(&left, &right, &pairs, &taken, measure)
}

/// Numbers for the names of people, projects and issues.
#[derive(Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    fn number(&mut self, name: String) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(name).or_insert(next)
    }
}

/// The lines of a ledger, by start.
fn sides<'a>(lines: &'a [LedgerLine], measure: &Measure, names: &mut Names) -> Vec<Side<'a>> {
    let mut sides: Vec<Side<'_>> =
        lines.iter().map(|line| Side::new(line, measure, names)).collect();
    sides.sort_by_key(|side| side.line.start);
    sides
}

impl Round {
    /// Positions of lines by the person and project that they must share, each in order.
    fn groups(
        self,
        lines: impl Iterator<Item = usize>,
        sides: &[Side<'_>],
    ) -> BTreeMap<(Option<u32>, Option<u32>), Vec<usize>> {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for at in lines {
            let side = &sides[at];
            let key = (self.who.then_some(side.who), self.on.then_some(side.project));
            groups.entry(key).or_default().push(at);
        }
        groups
    }
}

/// Lines of one group, to find the one that starts next to another line.
struct Pool<'a> {
    sides: &'a [Side<'a>],
    round: Round,
    /// Maximum distance of two starts.
    reach: TimeDelta,
    /// All lines, if any line is compared with all of them.
    all: Option<Tree>,
    /// The lines of each issue; those without an issue under `None`.
    by_issue: BTreeMap<Option<u32>, Tree>,
}

impl<'a> Pool<'a> {
    /// A pool of `lines`, to look for `others`.
    fn new(
        (sides, lines): (&'a [Side<'a>], &[usize]),
        (others, wanted): (&[Side<'_>], &[usize]),
        round: Round,
        measure: &Measure,
    ) -> Self {
        let tolerance = measure.tolerance;
        let reach = if round.starts { tolerance } else { MOVED.max(tolerance) };
        let mut by_issue: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
        if round.on {
            for at in lines {
                by_issue.entry(sides[*at].issue).or_default().push(*at);
            }
        }
        let tree = |lines: &[usize]| Tree::new(sides, lines, round.lasts.then_some(tolerance));
        let by_issue = by_issue.iter().map(|(issue, lines)| (*issue, tree(lines))).collect();
        let is_broad = !round.on || wanted.iter().any(|at| others[*at].issue.is_none());
        Self { sides, round, reach, all: is_broad.then(|| tree(lines)), by_issue }
    }

    /// The line that starts closest to this one; of equals the first.
    fn nearest(&self, side: &Side<'_>) -> Option<usize> {
        let start = side.line.start;
        let apart = |at: &usize| (self.sides[*at].line.start - start).abs();
        let close = |tree: &Tree| tree.nearest(start, side.line.seconds);
        let found = match side.issue.filter(|_| self.round.on) {
            None => self.all.as_ref().and_then(close),
            Some(issue) => {
                let trees = [Some(issue), None].map(|issue| self.by_issue.get(&issue));
                let found = trees.into_iter().flatten().filter_map(close);
                found.min_by_key(|at| (apart(at), *at))
            }
        };
        found.filter(|at| apart(at) <= self.reach)
    }

    fn remove(&mut self, at: usize) {
        let side = &self.sides[at];
        let (start, seconds) = (side.line.start, side.line.seconds);
        let own = self.by_issue.get_mut(&side.issue);
        own.into_iter().chain(&mut self.all).for_each(|tree| tree.remove(start, seconds, at));
    }
}

/// Lines by duration and start: a segment tree over their durations, whose nodes hold starts.
struct Tree {
    /// The durations that occur, in order; a single one where durations do not count.
    durations: Vec<Option<i64>>,
    /// Durations count as equal up to this many seconds; `None` where they do not count.
    tolerance: Option<i64>,
    /// The leaves are the second half; the parent of `n` is `n / 2`.
    nodes: Vec<BTreeSet<(DateTime<Utc>, usize)>>,
}

impl Tree {
    fn new(sides: &[Side<'_>], lines: &[usize], tolerance: Option<TimeDelta>) -> Self {
        let tolerance = tolerance.map(|tolerance| tolerance.num_seconds());
        let mut durations: Vec<Option<i64>> = match tolerance {
            None => vec![None],
            Some(_) => lines.iter().map(|at| sides[*at].line.seconds).collect(),
        };
        durations.sort_unstable();
        durations.dedup();
        let nodes = vec![BTreeSet::new(); 2 * durations.len()];
        let mut tree = Self { durations, tolerance, nodes };
        for at in lines {
            let line = sides[*at].line;
            tree.path(line.seconds).for_each(|node| {
                tree.nodes[node].insert((line.start, *at));
            });
        }
        tree
    }

    /// The nodes that hold a line of this duration. Without a tolerance only leaves are asked for.
    fn path(&self, seconds: Option<i64>) -> impl Iterator<Item = usize> + use<> {
        let leaf = match self.tolerance {
            None => 0,
            Some(_) => self.durations.partition_point(|known| *known < seconds),
        };
        let levels = if self.tolerance == Some(0) { 1 } else { usize::MAX };
        let leaf = (leaf < self.durations.len()).then_some(leaf + self.durations.len());
        std::iter::successors(leaf, |node| Some(node / 2).filter(|node| *node > 0)).take(levels)
    }

    fn remove(&mut self, start: DateTime<Utc>, seconds: Option<i64>, at: usize) {
        for node in self.path(seconds) {
            self.nodes[node].remove(&(start, at));
        }
    }

    /// The line with about this duration that starts closest to `start`; of equals the first.
    fn nearest(&self, start: DateTime<Utc>, seconds: Option<i64>) -> Option<usize> {
        let (least, most) = match (self.tolerance, seconds) {
            (None, _) => (None, Some(i64::MAX)),
            (Some(_), None) => (None, None),
            (Some(tolerance), Some(seconds)) => {
                let least = seconds.saturating_sub(tolerance);
                (Some(least), Some(seconds.saturating_add(tolerance)))
            }
        };
        let leaves = self.durations.len();
        let mut from = leaves + self.durations.partition_point(|known| *known < least);
        let mut to = leaves + self.durations.partition_point(|known| *known <= most);
        let mut found: Option<(TimeDelta, usize)> = None;
        let mut look = |node: usize| {
            let near = closest(&self.nodes[node], start);
            found = found.into_iter().chain(near).min();
        };
        while from < to {
            if from % 2 == 1 {
                look(from);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                look(to);
            }
            (from, to) = (from / 2, to / 2);
        }
        found.map(|(_, at)| at)
    }
}

/// The start closest to `start`, and how far away it is; of equals the first.
fn closest(
    starts: &BTreeSet<(DateTime<Utc>, usize)>,
    start: DateTime<Utc>,
) -> Option<(TimeDelta, usize)> {
    let later = starts.range((start, 0)..).next();
    let earlier = starts.range(..(start, 0)).next_back();
    let earlier = earlier.and_then(|(at, _)| starts.range((*at, 0)..).next());
    let both = earlier.into_iter().chain(later);
    both.map(|(at, line)| ((*at - start).abs(), *line)).min()
}

fn report(
    left: &[Side<'_>],
    right: &[Side<'_>],
    pairs: &[Option<usize>],
    taken: &[bool],
    measure: &Measure,
) -> LedgerDiff {
    let mut diff = LedgerDiff::default();
    let mut paired = vec![false; right.len()];
    for (side, pair) in left.iter().zip(pairs) {
        let Some(other) = *pair else {
            diff.missing.push(side.line.clone());
            continue;
        };
        paired[other] = true;
        let other = &right[other];
        let fields = side.fields(other, measure);
        if !fields.is_empty() {
            let (left, right) = (side.line.clone(), other.line.clone());
            diff.different.push(Different { left, right, fields });
        }
    }
    for ((side, taken), paired) in right.iter().zip(taken).zip(paired) {
        match (taken, paired) {
            (_, true) => {}
            (true, false) => diff.doubled.push(side.line.clone()),
            (false, false) => diff.extra.push(side.line.clone()),
        }
    }
    diff
}

/// A line with its matching keys.
struct Side<'a> {
    line: &'a LedgerLine,
    who: u32,
    /// Project key, and issue key if known; the project is empty for work without one.
    project: u32,
    issue: Option<u32>,
}

impl<'a> Side<'a> {
    fn new(line: &'a LedgerLine, measure: &Measure, names: &mut Names) -> Self {
        let what = line.what.as_deref().unwrap_or_default();
        let key = measure.keys.get(&what.to_lowercase()).map_or(what, String::as_str);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let issue = key.rsplit_once('-').filter(|(_, number)| is_number(number));
        let (project, issue) = match issue {
            Some((project, _)) => (project, Some(names.number(key.to_lowercase()))),
            None => (key, None),
        };
        abandon::check();
        let project = names.number(project.to_lowercase());
        Self { line, who: names.number(line.who.to_lowercase()), project, issue }
    }

    fn is_on(&self, other: &Self) -> bool {
        self.project == other.project
            && match (&self.issue, &other.issue) {
                (Some(one), Some(two)) => one == two,
                _ => true,
            }
    }

    fn fields(&self, other: &Self, measure: &Measure) -> Vec<&'static str> {
        let (one, two) = (self.line, other.line);
        let day = |line: &LedgerLine| local(line.start, measure.zone).date();
        let moved = !starts(self, other, measure);
        let fields = [
            ("who", self.who != other.who),
            ("what", !self.is_on(other)),
            ("start", moved),
            ("day", moved && day(one) != day(two)),
            ("seconds", !lasts(self, other, measure)),
            ("note", measure.notes && one.note.trim() != two.note.trim()),
            ("billable", measure.billable && one.billable != two.billable),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}

fn starts(one: &Side<'_>, two: &Side<'_>, measure: &Measure) -> bool {
    (one.line.start - two.line.start).abs() <= measure.tolerance
}

fn lasts(one: &Side<'_>, two: &Side<'_>, measure: &Measure) -> bool {
    match (one.line.seconds, two.line.seconds) {
        (Some(one), Some(two)) => (one - two).abs() <= measure.tolerance.num_seconds(),
        (one, two) => one == two,
    }
}
