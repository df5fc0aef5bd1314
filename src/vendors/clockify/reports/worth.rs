//! What an hour of somebody's work is worth, for many entries in a row.
//!
//! The order of precedence is that of [`crate::vendors::clockify::rules::rates::resolve`], and a test holds the two
//! together. Here each place that may have a rate is looked up once, and most have none.

use chrono::{DateTime, Utc};

use super::numbers::Numbers;
use crate::kernel::money::Minor;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::projects::{Principal, Project};
use crate::vendors::clockify::model::rates::{RateHistory, RateKind};
use crate::vendors::clockify::model::timeline::{Fact, IdNumber, Timeline};
use crate::vendors::clockify::model::{State, WorkspaceId};
use crate::vendors::clockify::rules::permissions::is_in_group;

/// The rates of one place.
#[derive(Debug, Clone, Copy)]
enum Rate<'a> {
    /// None was ever set.
    None,
    /// One for all time.
    Flat(Minor),
    /// Some that changed.
    History(&'a RateHistory),
}

impl<'a> Rate<'a> {
    fn of(history: &'a RateHistory) -> Self {
        match history.periods() {
            [] => Self::None,
            [only] if only.since.is_none() => Self::Flat(only.amount),
            _ => Self::History(history),
        }
    }

    fn is_set(self) -> bool {
        !matches!(self, Self::None)
    }

    /// The rate in force at a second.
    fn at(self, start: i64) -> Option<Minor> {
        match self {
            Self::None => None,
            Self::Flat(amount) => Some(amount),
            Self::History(history) => history.at(DateTime::<Utc>::from_timestamp(start, 0)?),
        }
    }
}

/// By place, the rate that holds without a further look, or one of the words below.
#[derive(Debug)]
struct Flat(Vec<Minor>);

impl Flat {
    /// There is no rate: the next in the order of precedence is asked.
    const NONE: Minor = -1;
    /// It has not been found out, or it depends.
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

/// Rates that hold without a further look.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownRates<'a> {
    tasks: &'a Flat,
    projects: &'a Flat,
    users: &'a Flat,
}

impl KnownRates<'_> {
    /// As [`Prices::of`], if it is known.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each of a million rows, and small")]
    pub(super) fn of(self, rows: Slice<'_>, row: usize) -> Option<Minor> {
        // All are looked up: which of them holds is no pattern that a processor could guess.
        let task = self.tasks.of(rows.tasks[row]);
        let project = self.projects.of(rows.projects[row]);
        let user = self.users.of(rows.users[row]);
        let below = if project == Flat::NONE { user } else { project };
        let rate = if task == Flat::NONE { below } else { task };
        (rate >= 0).then_some(rate)
    }
}

/// What is known of a project's rates.
#[derive(Debug, Clone, Copy)]
struct OfProject<'a> {
    own: Rate<'a>,
    /// The project, if some of its members have rates of their own.
    members: Option<&'a Project>,
}

/// Things found out once, by their place.
#[derive(Debug)]
struct Known<T>(Vec<Option<T>>);

impl<T: Copy> Known<T> {
    fn get(&mut self, place: IdNumber, find_out: impl FnOnce() -> T) -> T {
        let place = place as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, None);
        }
        *self.0[place].get_or_insert_with(find_out)
    }
}

/// The rates of one kind in a workspace.
pub(super) struct Prices<'a> {
    state: &'a State,
    timeline: &'a Timeline,
    workspace: WorkspaceId,
    kind: RateKind,
    of_workspace: Rate<'a>,
    tasks: Known<Rate<'a>>,
    projects: Known<OfProject<'a>>,
    users: Known<Rate<'a>>,
    /// The same, where one number says all. Entries without a task or project are in the first place.
    flat_tasks: Flat,
    flat_projects: Flat,
    flat_users: Flat,
    /// Pairs of a person and a project whose members have rates, and the rates that hold for them.
    pairs: Numbers,
    of_pairs: Vec<Vec<Rate<'a>>>,
}

impl<'a> Prices<'a> {
    pub(super) fn new(state: &'a State, workspace: WorkspaceId, kind: RateKind) -> Self {
        let home = state.workspaces.get(workspace);
        Self {
            state,
            timeline: state.entries.timeline(),
            workspace,
            kind,
            of_workspace: home.map_or(Rate::None, |home| Rate::of(home.rates.of(kind))),
            tasks: Known(Vec::new()),
            projects: Known(Vec::new()),
            users: Known(Vec::new()),
            flat_tasks: Flat(vec![Flat::NONE]),
            flat_projects: Flat(vec![Flat::NONE]),
            flat_users: Flat(Vec::new()),
            pairs: Numbers::default(),
            of_pairs: Vec::new(),
        }
    }

    /// What is known so far, to be asked for many rows in a row.
    pub(super) fn known(&self) -> KnownRates<'_> {
        KnownRates {
            tasks: &self.flat_tasks,
            projects: &self.flat_projects,
            users: &self.flat_users,
        }
    }

    /// Minor units an hour of the work in a row; 0 when no rate was ever set.
    pub(super) fn of(&mut self, rows: Slice<'_>, row: usize) -> Minor {
        self.known().of(rows, row).unwrap_or_else(|| self.at(rows.starts[row], rows.fact(row)))
    }

    /// The same, and what can be learnt from it for the rows to come.
    #[cold]
    fn at(&mut self, start: i64, fact: Fact) -> Minor {
        let Self { state, timeline, workspace, kind, .. } = *self;
        if fact.task != 0 {
            let task = self.tasks.get(fact.task, || {
                let task = timeline.task(fact.task).and_then(|id| state.tasks.get(id));
                task.map_or(Rate::None, |task| Rate::of(task.rates.of(kind)))
            });
            self.flat_tasks.learn(fact.task, task);
            if let Some(rate) = task.at(start) {
                return rate;
            }
        }
        if fact.project != 0 {
            let project = self.projects.get(fact.project, || {
                let project = timeline.project(fact.project).and_then(|id| state.projects.get(id));
                of_project(project.map(|project| &**project), kind)
            });
            if project.members.is_none() {
                self.flat_projects.learn(fact.project, project.own);
            }
            let member = project.members.and_then(|project| self.member(project, start, fact));
            if let Some(rate) = member.or_else(|| project.own.at(start)) {
                return rate;
            }
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
        user.at(start).or_else(|| self.of_workspace.at(start)).unwrap_or(0)
    }

    /// A person's own rate on a project, else that of the first of their groups that has one.
    fn member(&mut self, project: &'a Project, start: i64, fact: Fact) -> Option<Minor> {
        let Self { state, timeline, kind, ref mut pairs, ref mut of_pairs, .. } = *self;
        let next = u32::try_from(of_pairs.len()).unwrap_or(u32::MAX - 1);
        let pair = pairs.place(fact.user, fact.project, || {
            of_pairs.push(of_member(state, timeline, project, kind, fact));
            next
        });
        of_pairs[pair as usize].iter().find_map(|rate| rate.at(start))
    }
}

fn of_project(project: Option<&Project>, kind: RateKind) -> OfProject<'_> {
    let Some(project) = project else { return OfProject { own: Rate::None, members: None } };
    let mut memberships = project.memberships.iter();
    let set = memberships.any(|membership| Rate::of(membership.rates.of(kind)).is_set());
    OfProject { own: Rate::of(project.rates.of(kind)), members: set.then_some(project) }
}

/// The rates that hold for a person on a project, in the order in which they are asked.
fn of_member<'a>(
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
