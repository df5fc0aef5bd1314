//! Compares two ledgers: work that is missing, extra, doubled or different.
//!
//! People are matched by e-mail, work by the key of its project and issue, or by a name that leads to a key. A
//! system without issues has only the project, which matches any of its issues.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::ledger::LedgerLine;
use super::seed::Scenario;
use crate::kernel::civil::{Tz, local};
use crate::kernel::wanted;

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

/// Whether a line of the left and one of the right belong together.
type Same = fn(&Side<'_>, &Side<'_>, &Measure) -> bool;

/// The rounds in which pairs are matched: equal lines first, then those with one difference.
const ROUNDS: [Same; 5] = [
    |l, r, m| l.who == r.who && l.is_on(r) && starts(l, r, m) && lasts(l, r, m),
    |l, r, m| l.who == r.who && l.is_on(r) && starts(l, r, m),
    |l, r, m| l.who == r.who && l.is_on(r) && lasts(l, r, m),
    |l, r, m| l.who == r.who && starts(l, r, m) && lasts(l, r, m),
    |l, r, m| l.is_on(r) && starts(l, r, m) && lasts(l, r, m),
];
/// The round that matches moved work.
const MOVING: usize = 2;

/// Compares two ledgers.
#[must_use]
pub fn diff(left: &[LedgerLine], right: &[LedgerLine], measure: &Measure) -> LedgerDiff {
    let (left, right) = (Lines::new(left, measure), Lines::new(right, measure));
    let mut pairs: Vec<Option<usize>> = vec![None; left.sides.len()];
    let mut taken = vec![false; right.sides.len()];
    for (n, is_same) in ROUNDS.into_iter().enumerate() {
        let reach = if n == MOVING { MOVED.max(measure.tolerance) } else { measure.tolerance };
        for (side, pair) in left.sides.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
            // The last round looks for the work at other people.
            let whose = (n < ROUNDS.len() - 1).then_some(side.who.as_str());
            let near = right.near(side, reach, whose);
            let near = near.inspect(|_| wanted::check());
            let fits = near.filter(|at| !taken[*at] && is_same(side, &right.sides[*at], measure));
            let apart = |at: &usize| (right.sides[*at].line.start - side.line.start).abs();
            if let Some(nearest) = fits.min_by_key(apart) {
                *pair = Some(nearest);
                taken[nearest] = true;
            }
        }
        if n == 0 {
            // A duplicate of existing work is not work that was moved or renamed.
            for (at, side) in
                right.sides.iter().enumerate().filter(|(at, _)| !taken[*at]).collect::<Vec<_>>()
            {
                let near = left.near(side, reach, Some(&side.who));
                let mut near = near.inspect(|_| wanted::check());
                let again =
                    |at: usize| pairs[at].is_some() && is_same(&left.sides[at], side, measure);
                taken[at] = near.any(again);
            }
        }
    }
    report(&left.sides, &right.sides, &pairs, &taken, measure)
}

/// A ledger by start, and each person's part of it.
struct Lines<'a> {
    sides: Vec<Side<'a>>,
    /// Positions by person, by start.
    by_who: BTreeMap<String, Vec<usize>>,
    all: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(lines: &'a [LedgerLine], measure: &Measure) -> Self {
        let mut sides: Vec<Side<'_>> = lines.iter().map(|line| Side::new(line, measure)).collect();
        sides.sort_by_key(|side| side.line.start);
        let mut by_who: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, side) in sides.iter().enumerate() {
            match by_who.get_mut(&side.who) {
                Some(own) => own.push(at),
                None => drop(by_who.insert(side.who.clone(), vec![at])),
            }
        }
        let all = (0..sides.len()).collect();
        Self { sides, by_who, all }
    }

    /// Positions of the lines that start within `reach` of this one; of one person, or of all.
    fn near(
        &self,
        side: &Side<'_>,
        reach: TimeDelta,
        whose: Option<&str>,
    ) -> impl Iterator<Item = usize> + use<'_> {
        let own = match whose {
            Some(who) => self.by_who.get(who).map_or(&[][..], Vec::as_slice),
            None => &self.all,
        };
        let start = side.line.start;
        let from = own.partition_point(|at| start - self.sides[*at].line.start > reach);
        let to = own.partition_point(|at| self.sides[*at].line.start - start <= reach);
        own.get(from..to).unwrap_or_default().iter().copied()
    }
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
    who: String,
    /// Project key, and issue key if known; both empty for work without a project.
    project: String,
    issue: Option<String>,
}

impl<'a> Side<'a> {
    fn new(line: &'a LedgerLine, measure: &Measure) -> Self {
        let what = line.what.as_deref().unwrap_or_default();
        let key = measure.keys.get(&what.to_lowercase()).map_or(what, String::as_str);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let issue = key.rsplit_once('-').filter(|(_, number)| is_number(number));
        let (project, issue) = match issue {
            Some((project, _)) => (project.to_lowercase(), Some(key.to_lowercase())),
            None => (key.to_lowercase(), None),
        };
        wanted::check();
        Self { line, who: line.who.to_lowercase(), project, issue }
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
