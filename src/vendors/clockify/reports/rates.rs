//! The rates of many entries.
//!
//! The order of precedence is that of [`crate::vendors::clockify::rules::rates::resolve`]; a test
//! compares the two. Each task, project and person is looked up only once.

use chrono::{DateTime, Utc};

use super::pair_index::PairIndex;
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::projects::{Principal, Project};
use crate::vendors::clockify::model::rates::{RateHistory, RateKind};
use crate::vendors::clockify::model::timeline::{Fact, IdNumber, Timeline};
use crate::vendors::clockify::model::{EntryId, State, WorkspaceId};
use crate::vendors::clockify::rules::permissions::is_in_group;

/// The rates of one entity.
#[derive(Debug, Clone, Copy)]
enum Rate<'a> {
    /// No rate was ever set.
    None,
    /// One rate for all time.
    Flat(Minor),
    /// Several rates, one after the other.
    History(&'a RateHistory),
}

impl<'a> Rate<'a> {
    fn of(history: &'a RateHistory) -> Self {
        match history.periods() {
            [] => Self::None,
            [only] if only.is_for_all_work() => Self::Flat(only.amount),
            _ => Self::History(history),
        }
    }

    fn is_set(self) -> bool {
        !matches!(self, Self::None)
    }

    /// The rate of an entry.
    fn of_entry(self, entry: Priced<'_>) -> Option<Minor> {
        match self {
            Self::None => None,
            Self::Flat(amount) => Some(amount),
            Self::History(history) => {
                let start = DateTime::<Utc>::from_timestamp(entry.start, 0)?;
                if history.goes_by_date() {
                    return history.at(start);
                }
                let row = entry.state.entries.get(entry.id)?;
                history.of_work(start, row.known_rates)
            }
        }
    }
}

/// What decides between the rates of a history.
#[derive(Clone, Copy)]
struct Priced<'a> {
    state: &'a State,
    id: EntryId,
    start: i64,
}

/// Cached flat rates by number, or one of the markers below.
#[derive(Debug)]
struct FlatRates(Vec<Minor>);

impl FlatRates {
    /// There is no rate: the next in the order of precedence applies.
    const NONE: Minor = -1;
    /// The rate is not cached yet, or it is not flat.
    const ASK: Minor = -2;

    #[inline]
    fn of(&self, place: IdNumber) -> Minor {
        self.0.get(place as usize).copied().unwrap_or(Self::ASK)
    }

    fn learn(&mut self, place: IdNumber, rate: Rate<'_>) {
        let place = place as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, Self::ASK);
        }
        self.0[place] = match rate {
            Rate::None => Self::NONE,
            Rate::Flat(amount) => amount.max(Self::ASK),
            Rate::History(_) => Self::ASK,
        };
    }
}

/// The flat rates that are cached so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownRates<'a> {
    tasks: &'a FlatRates,
    projects: &'a FlatRates,
    users: &'a FlatRates,
}

impl KnownRates<'_> {
    /// As [`RateTable::of`]; `None` if the rate is not cached. A project with rates of members is never
    /// cached, since those come before the task's.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each of a million rows, and small")]
    pub(super) fn of(self, rows: Slice<'_>, row: usize) -> Option<Minor> {
        // Looks up all three without branches, which a processor could not predict.
        let task = self.tasks.of(rows.tasks[row]);
        let project = self.projects.of(rows.projects[row]);
        let user = self.users.of(rows.users[row]);
        let below = if project == FlatRates::NONE { user } else { project };
        let rate = if task == FlatRates::NONE { below } else { task };
        let rate = if project == FlatRates::ASK { project } else { rate };
        (rate >= 0).then_some(rate)
    }
}

/// The rates of a project.
#[derive(Debug, Clone, Copy)]
struct ProjectRates<'a> {
    own: Rate<'a>,
    /// The project, if some of its members have rates of their own.
    members: Option<&'a Project>,
}

/// Values that are calculated once, by number.
#[derive(Debug)]
struct Cache<T>(Vec<Option<T>>);

impl<T: Copy> Cache<T> {
    fn get(&mut self, place: IdNumber, find_out: impl FnOnce() -> T) -> T {
        let place = place as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, None);
        }
        *self.0[place].get_or_insert_with(find_out)
    }
}

/// The rates of one kind in a workspace.
pub(super) struct RateTable<'a> {
    state: &'a State,
    timeline: &'a Timeline,
    workspace: WorkspaceId,
    kind: RateKind,
    of_workspace: Rate<'a>,
    tasks: Cache<Rate<'a>>,
    projects: Cache<ProjectRates<'a>>,
    users: Cache<Rate<'a>>,
    /// The flat ones among these rates. Number 0 is for entries without a task or project.
    flat_tasks: FlatRates,
    flat_projects: FlatRates,
    flat_users: FlatRates,
    /// Pairs of a person and a project with member rates, and the rates that apply to them.
    pairs: PairIndex,
    pair_rates: Vec<Vec<Rate<'a>>>,
}

impl<'a> RateTable<'a> {
    pub(super) fn new(state: &'a State, workspace: WorkspaceId, kind: RateKind) -> Self {
        let home = state.workspaces.get(workspace);
        quirk!("CFY-500");
        Self {
            state,
            timeline: state.entries.timeline(),
            workspace,
            kind,
            of_workspace: home.map_or(Rate::None, |home| Rate::of(home.rates.of(kind))),
            tasks: Cache(Vec::new()),
            projects: Cache(Vec::new()),
            users: Cache(Vec::new()),
            flat_tasks: FlatRates(vec![FlatRates::NONE]),
            flat_projects: FlatRates(vec![FlatRates::NONE]),
            flat_users: FlatRates(Vec::new()),
            pairs: PairIndex::default(),
            pair_rates: Vec::new(),
        }
    }

    /// The cached flat rates.
    pub(super) fn known(&self) -> KnownRates<'_> {
        KnownRates {
            tasks: &self.flat_tasks,
            projects: &self.flat_projects,
            users: &self.flat_users,
        }
    }

    /// The rate of a row, in minor units per hour; 0 if no rate was ever set.
    pub(super) fn of(&mut self, rows: Slice<'_>, row: usize) -> Minor {
        self.known().of(rows, row).unwrap_or_else(|| self.look_up(rows, row).unwrap_or(0))
    }

    /// The rate of a row, in minor units per hour; `None` if no rate was ever set.
    pub(super) fn set_rate(&mut self, rows: Slice<'_>, row: usize) -> Option<Minor> {
        match self.of(rows, row) {
            0 => self.look_up(rows, row),
            rate => Some(rate),
        }
    }

    /// Looks the rate up and caches what it finds.
    #[cold]
    fn look_up(&mut self, rows: Slice<'_>, row: usize) -> Option<Minor> {
        let Self { state, timeline, workspace, kind, .. } = *self;
        let fact = rows.fact(row);
        let entry = Priced { state, id: rows.ids[row], start: rows.starts[row] };
        let mut of_project = Rate::None;
        if fact.project != 0 {
            let project = self.projects.get(fact.project, || {
                let project = timeline.project(fact.project).and_then(|id| state.projects.get(id));
                project_rates(project.map(|project| &**project), kind)
            });
            of_project = project.own;
            match project.members {
                None => self.flat_projects.learn(fact.project, project.own),
                Some(project) => {
                    if let Some(rate) = self.member(project, fact, entry) {
                        return Some(rate);
                    }
                }
            }
        }
        if fact.task != 0 {
            let task = self.tasks.get(fact.task, || {
                let task = timeline.task(fact.task).and_then(|id| state.tasks.get(id));
                task.map_or(Rate::None, |task| Rate::of(task.rates.of(kind)))
            });
            self.flat_tasks.learn(fact.task, task);
            if let Some(rate) = task.of_entry(entry) {
                return Some(rate);
            }
        }
        if let Some(rate) = of_project.of_entry(entry) {
            return Some(rate);
        }
        let user = self.users.get(fact.user, || {
            let user = timeline.user(fact.user);
            let member = user.and_then(|user| state.members.get(MemberKey { workspace, user }));
            member.map_or(Rate::None, |member| Rate::of(member.rates.of(kind)))
        });
        let known = match (user, self.of_workspace) {
            (Rate::None, Rate::None) => Rate::Flat(0),
            (Rate::None, of_workspace) => of_workspace,
            (user, _) => user,
        };
        self.flat_users.learn(fact.user, known);
        user.of_entry(entry).or_else(|| self.of_workspace.of_entry(entry))
    }

    /// A person's own rate on a project, else the rate of the first of their groups that has one.
    fn member(&mut self, project: &'a Project, fact: Fact, entry: Priced<'_>) -> Option<Minor> {
        let Self { state, timeline, kind, ref mut pairs, ref mut pair_rates, .. } = *self;
        let next = u32::try_from(pair_rates.len()).unwrap_or(u32::MAX - 1);
        let pair = pairs.index_of(fact.user, fact.project, || {
            pair_rates.push(member_rates(state, timeline, project, kind, fact));
            next
        });
        pair_rates[pair as usize].iter().find_map(|rate| rate.of_entry(entry))
    }
}

fn project_rates(project: Option<&Project>, kind: RateKind) -> ProjectRates<'_> {
    let Some(project) = project else { return ProjectRates { own: Rate::None, members: None } };
    let mut memberships = project.memberships.iter();
    let set = memberships.any(|membership| Rate::of(membership.rates.of(kind)).is_set());
    ProjectRates { own: Rate::of(project.rates.of(kind)), members: set.then_some(project) }
}

/// The rates that apply to a person on a project, in order of precedence.
fn member_rates<'a>(
    state: &'a State,
    timeline: &Timeline,
    project: &'a Project,
    kind: RateKind,
    fact: Fact,
) -> Vec<Rate<'a>> {
    let Some(user) = timeline.user(fact.user) else { return Vec::new() };
    let own = project.membership(user).into_iter();
    let groups = project.memberships.iter().filter(|membership| match membership.who {
        Principal::Group(group) => is_in_group(state, group, user),
        Principal::User(_) => false,
    });
    let all = own.chain(groups).map(|membership| Rate::of(membership.rates.of(kind)));
    all.filter(|rate| rate.is_set()).collect()
}
