//! Entry groups: entries summed by common values on several levels, and changed or deleted
//! together. Source: clockodo.md:5.2.

use std::cmp::Reverse;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::days::{Days, week};
use super::edits::{EntryPatch, edit};
use super::entries::delete;
use super::index::Index;
use super::refusal::Refusal;
use super::revenue::{Revenues, Share};
use super::search::{EntryFilter, EntryMatcher};
use crate::kernel::civil::{Rounding, round_seconds};
use crate::kernel::ids::{Ids, Serial};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Entry, EntryId, Kind, Mark, MarkKind, State, User,
};

/// A criterion by which entries are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Billing state.
    Billable,
    /// Customer.
    Customer,
    /// Local day in the viewer's time zone.
    Day,
    /// Local month.
    Month,
    /// Lump sum (of either kind) or not.
    IsLumpsum,
    /// Lump-sum service.
    LumpsumService,
    /// Project. Entries without a project are grouped by customer.
    Project,
    /// Service.
    Service,
    /// Subproject.
    Subproject,
    /// Text.
    Text,
    /// Co-worker.
    User,
    /// Local week.
    Week,
    /// Local year.
    Year,
}

impl Grouping {
    fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month | Self::Year)
    }
}

/// The value that the entries of a group share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// An id, or 0 for entries without such an entity.
    Id(u64),
    /// No project, and this customer.
    NoProjectOf(u64),
    /// A number: the billing state, or 1 for lump sums and 0 for time.
    Number(u64),
    /// A day.
    Day(NaiveDate),
    /// Year and month, or year and week.
    YearAnd(i32, u32),
    /// A year.
    Year(i32),
}

/// Entries with a common value.
#[derive(Debug, Clone)]
pub struct Group {
    /// The criterion of this level.
    pub by: Grouping,
    /// The shared value.
    pub shared: GroupKey,
    /// Their sums.
    pub sums: Sums,
    /// The next level.
    pub groups: Vec<Group>,
}

/// The sums of entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a fact the vendor tells")]
pub struct Sums {
    /// Seconds worked, rounded if requested.
    pub seconds: i64,
    /// Seconds worked, not rounded.
    pub exact_seconds: i64,
    /// Revenue of the rounded seconds, if rounding is requested.
    pub revenue: Minor,
    /// Revenue of the exact seconds.
    pub exact_revenue: Minor,
    /// Part of the revenue comes from a fixed price and is billed.
    pub budget_billed: bool,
    /// Part of the revenue comes from a fixed price and is not billed.
    pub budget_open: bool,
    /// Part of the revenue comes from outside fixed prices and is billed.
    pub other_billed: bool,
    /// Part of the revenue comes from outside fixed prices and is not billed.
    pub other_open: bool,
    /// There are billable lump sums.
    pub lumpsums: bool,
    /// Billable seconds.
    billable: i64,
    /// Sum of rate times billable seconds.
    weighted: i128,
    /// The rate of all billable time so far, if it has only one.
    rate: Option<Minor>,
    /// Billable time has more than one rate.
    mixed: bool,
}

impl Sums {
    fn add(&mut self, mark: &Mark, revenue: Minor, share: Share) {
        self.exact_seconds += mark.seconds;
        self.exact_revenue = self.exact_revenue.saturating_add(revenue);
        if mark.billable == Billable::No {
            return;
        }
        match (share == Share::Full, mark.billable == Billable::Billed) {
            (false, true) => self.budget_billed = true,
            (false, false) => self.budget_open = true,
            (true, true) => self.other_billed = true,
            (true, false) => self.other_open = true,
        }
        if mark.kind == MarkKind::Time {
            self.billable += mark.seconds;
            self.weighted += i128::from(mark.amount) * i128::from(mark.seconds);
            self.mixed |= self.rate.is_some_and(|rate| rate != mark.amount);
            self.rate = Some(mark.amount);
        } else {
            self.lumpsums = true;
        }
    }

    fn join(&mut self, other: &Self) {
        self.seconds += other.seconds;
        self.exact_seconds += other.exact_seconds;
        self.revenue = self.revenue.saturating_add(other.revenue);
        self.exact_revenue = self.exact_revenue.saturating_add(other.exact_revenue);
        self.budget_billed |= other.budget_billed;
        self.budget_open |= other.budget_open;
        self.other_billed |= other.other_billed;
        self.other_open |= other.other_open;
        self.lumpsums |= other.lumpsums;
        self.billable += other.billable;
        self.weighted += other.weighted;
        let differ = self.rate.zip(other.rate).is_some_and(|(a, b)| a != b);
        self.mixed |= other.mixed || differ;
        self.rate = self.rate.or(other.rate);
    }

    /// Rounds the seconds up to full steps, and the revenue in proportion.
    fn round(&mut self, minutes: Option<i64>) {
        let Some(minutes) = minutes else {
            (self.seconds, self.revenue) = (self.exact_seconds, self.exact_revenue);
            return;
        };
        self.seconds = round_seconds(self.exact_seconds, minutes.saturating_mul(60), Rounding::Up);
        let exact = i128::from(self.exact_revenue) * i128::from(self.seconds);
        let revenue = exact.checked_div(i128::from(self.exact_seconds));
        let revenue = revenue.and_then(|revenue| Minor::try_from(revenue).ok());
        self.revenue = revenue.unwrap_or(self.exact_revenue);
    }

    /// Average rate of the billable time, rounded to a minor unit.
    #[must_use]
    pub fn hourly_rate(&self) -> Option<Minor> {
        let seconds = i128::from(self.billable);
        let rate = (self.weighted + seconds / 2).checked_div(seconds)?;
        Minor::try_from(rate).ok()
    }

    /// True if all billable time has one rate and there are no lump sums.
    #[must_use]
    pub fn is_one_rate(&self) -> bool {
        !self.mixed && !self.lumpsums
    }
}

/// The options of a grouping.
#[derive(Debug, Clone, Default)]
pub struct GroupOptions {
    /// The criteria, one per level.
    pub by: Vec<Grouping>,
    /// Rounds seconds up to this many minutes in each group of the last level.
    pub round_to_minutes: Option<i64>,
    /// True if open fixed prices bring revenue at the hourly rate.
    pub also_open: bool,
}

/// Groups the entries that match a filter and that `viewer` may see.
#[must_use]
pub fn group(state: &State, viewer: &User, filter: &EntryFilter, how: &GroupOptions) -> Vec<Group> {
    let matcher = EntryMatcher::of(state, viewer, filter);
    let mut revenues = Revenues::of(state, how.also_open);
    let mut days = Days::of(viewer.zone);
    let mut index = Index::default();
    let mut sums: Vec<Sums> = Vec::new();
    let mut keys: Vec<GroupKey> = Vec::new();
    let (from, to) = (Mark::at(filter.since), Mark::at(filter.until));
    for mark in state.entries.marks().slices(from, to).flatten() {
        if !matcher.admits(mark) {
            continue;
        }
        // Node 0 is the root. Each level leads from a node and a value to another node.
        let mut node = 0;
        for by in &how.by {
            let shared = shared(*by, mark, &mut days, viewer.weekstart_monday);
            let (number, is_new) = index.number((node, code(shared)));
            if is_new {
                sums.push(Sums::default());
                keys.push(shared);
            }
            node = number as u64 + 1;
        }
        let share = revenues.share(mark);
        let leaf = usize::try_from(node).ok().and_then(|node| node.checked_sub(1));
        if let Some(leaf) = leaf.and_then(|leaf| sums.get_mut(leaf)) {
            leaf.add(mark, revenues.revenue(mark), share);
        }
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); sums.len() + 1];
    for (number, (parent, _)) in index.pairs().iter().enumerate() {
        if let Some(list) = usize::try_from(*parent).ok().and_then(|at| children.get_mut(at)) {
            list.push(number);
        }
    }
    quirk!("CDO-043");
    let of_time = |by: &Grouping| {
        matches!(by, Grouping::Day | Grouping::Week | Grouping::Month | Grouping::Year)
    };
    if how.round_to_minutes.is_some() || how.by.iter().any(of_time) {
        quirk!("CDO-068");
    }
    level(0, &how.by, &children, &keys, &sums, how.round_to_minutes)
}

fn level(
    node: usize,
    by: &[Grouping],
    children: &[Vec<usize>],
    keys: &[GroupKey],
    sums: &[Sums],
    minutes: Option<i64>,
) -> Vec<Group> {
    let Some((first, rest)) = by.split_first() else { return Vec::new() };
    let made = children[node].iter().map(|number| {
        let groups = level(number + 1, rest, children, keys, sums, minutes);
        let mut sums = sums[*number];
        if rest.is_empty() {
            sums.round(minutes);
        }
        for group in &groups {
            sums.join(&group.sums);
        }
        Group { by: *first, shared: keys[*number], sums, groups }
    });
    let mut made: Vec<Group> = made.collect();
    if first.is_time() {
        made.sort_by_key(|group| group.shared);
    } else {
        made.sort_by_key(|group| (Reverse(group.sums.seconds), group.shared));
    }
    made
}

/// The value of a mark for a criterion.
fn shared(by: Grouping, mark: &Mark, days: &mut Days, from_monday: bool) -> GroupKey {
    let is_unit = mark.kind == MarkKind::LumpsumService;
    match by {
        Grouping::Billable => GroupKey::Number(mark.billable.number().into()),
        Grouping::IsLumpsum => GroupKey::Number((mark.kind != MarkKind::Time).into()),
        Grouping::Customer => GroupKey::Id(mark.customer),
        Grouping::Project if mark.project == 0 => GroupKey::NoProjectOf(mark.customer),
        Grouping::Project => GroupKey::Id(mark.project),
        Grouping::Subproject => GroupKey::Id(mark.subproject),
        Grouping::Service => GroupKey::Id(if is_unit { 0 } else { mark.service }),
        Grouping::LumpsumService => GroupKey::Id(if is_unit { mark.service } else { 0 }),
        Grouping::Text => GroupKey::Id(mark.text),
        Grouping::User => GroupKey::Id(mark.user),
        Grouping::Day => GroupKey::Day(days.day(mark.since)),
        Grouping::Week => {
            let (year, week) = week(days.day(mark.since), from_monday);
            GroupKey::YearAnd(year, week)
        }
        Grouping::Month => {
            let day = days.day(mark.since);
            GroupKey::YearAnd(day.year(), day.month())
        }
        Grouping::Year => GroupKey::Year(days.day(mark.since).year()),
    }
}

/// A number for each value of a level.
fn code(shared: GroupKey) -> u64 {
    // Years are from 0 to 10000. The bit for a customer is above all ids.
    let year = |year: i32| u64::from(year.unsigned_abs());
    match shared {
        GroupKey::Id(id) | GroupKey::Number(id) => id,
        GroupKey::NoProjectOf(customer) => customer | 1 << 63,
        GroupKey::Day(day) => u64::from(day.num_days_from_ce().unsigned_abs()),
        GroupKey::YearAnd(of, part) => year(of) * 100 + u64::from(part),
        GroupKey::Year(of) => year(of),
    }
}

/// The entries that match a filter and that `viewer` may see.
#[must_use]
pub fn affected(state: &State, viewer: &User, filter: &EntryFilter) -> Vec<EntryId> {
    let matcher = EntryMatcher::of(state, viewer, filter);
    let (from, to) = (Mark::at(filter.since), Mark::at(filter.until));
    let marks = state.entries.marks().slices(from, to).flatten();
    marks.filter(|mark| matcher.admits(mark)).map(|mark| EntryId(Serial(mark.id))).collect()
}

/// A key that confirms the action `what` on these entries in their current state.
#[must_use]
pub fn confirm_key(what: &str, state: &State, entries: &[EntryId]) -> String {
    let mut hash = (0xcbf2_9ce4_8422_2325_u64, 0x6c62_272e_07bb_0142_u64);
    let mut mix = |bytes: &[u8]| {
        for byte in bytes {
            hash.0 = (hash.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            hash.1 = (hash.1 ^ hash.0.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    };
    mix(what.as_bytes());
    for id in entries {
        mix(&id.0.0.to_be_bytes());
        let changed = state.entries.get(*id).map(|entry| entry.changed.timestamp());
        mix(&changed.unwrap_or_default().to_be_bytes());
    }
    format!("{:016x}{:016x}", hash.0, hash.1)
}

/// Changes these entries and returns the number of changed ones. Changes that an entry's type does
/// not have are ignored; an entry without remaining changes stays as it is.
///
/// # Errors
/// The first refusal. The caller must then discard all changes.
pub fn edit_all(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    viewer: &User,
    entries: &[EntryId],
    patch: &EntryPatch,
) -> Result<usize, Refusal> {
    let mut count = 0;
    for id in entries {
        let Some(entry) = state.entries.get(*id) else { continue };
        let patch = fitting(entry, patch);
        if patch.is_empty() {
            continue;
        }
        edit(state, ids, now, viewer, *id, patch)?;
        count += 1;
    }
    Ok(count)
}

/// The changes that an entry's type supports.
fn fitting(entry: &Entry, patch: &EntryPatch) -> EntryPatch {
    let mut patch = patch.clone();
    let is_unit = matches!(entry.kind, Kind::LumpsumService { .. });
    patch.rate = patch.rate.filter(|_| entry.time().is_some());
    patch.service = patch.service.filter(|_| !is_unit);
    patch.lumpsum_service = patch.lumpsum_service.filter(|_| is_unit);
    patch
}

/// Deletes these entries and returns their number.
///
/// # Errors
/// The first refusal. The caller must then discard all changes.
pub fn delete_all(
    state: &mut State,
    now: DateTime<Utc>,
    viewer: &User,
    entries: &[EntryId],
) -> Result<usize, Refusal> {
    for id in entries {
        delete(state, now, viewer, *id)?;
    }
    Ok(entries.len())
}
