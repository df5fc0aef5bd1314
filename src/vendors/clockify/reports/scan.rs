//! One pass over entries: which of them a report wants and what each is worth.
//!
//! Whatever depends on a person, project, task, or a pair of them is found out once and kept for the
//! pass, so that an entry costs a few looks into lists. Some hundred entries are gone through at a time,
//! column by column.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::ask::Query;
use super::batch::Batch;
use super::filter::{Filter, Pick};
use super::numbers::Numbers;
use super::result::{AmountKind, Money};
use super::worth::Prices;
use crate::kernel::civil::{Rounding, Tz, day_start, local, round_seconds};
use crate::kernel::ids::Hex24;
use crate::kernel::money::{Minor, earned};
use crate::quirk;
use crate::vendors::clockify::model::columns::Slice;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::members::{MemberKey, MembershipStatus};
use crate::vendors::clockify::model::rates::RateKind;
use crate::vendors::clockify::model::settings::Rounding as Direction;
use crate::vendors::clockify::model::tasks::TaskStatus;
use crate::vendors::clockify::model::timeline::{Fact, IdNumber, Timeline};
use crate::vendors::clockify::model::{EntryId, State, UserId, WorkspaceId};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::rates;

fn billed_at(prices: &mut Prices<'_>, rows: Slice<'_>, row: usize) -> Minor {
    if rows.flags[row].billable() { prices.of(rows, row) } else { 0 }
}

/// Tells the rate of each place, with its number: first of those that are known, then of those that are
/// to be found out.
#[inline]
fn each_rate(
    prices: &mut Prices<'_>,
    rows: Slice<'_>,
    at: impl Iterator<Item = usize> + Clone,
    mut tell: impl FnMut(usize, usize, Minor),
) {
    let known = prices.known();
    let mut unknown = false;
    for (n, row) in at.clone().enumerate() {
        let rate = known.of(rows, row);
        unknown |= rate.is_none();
        tell(n, row, rate.unwrap_or(0));
    }
    if unknown {
        for (n, row) in at.enumerate() {
            tell(n, row, prices.of(rows, row));
        }
    }
}

/// Puts into a column what `value` says of each place.
fn fill<T>(column: &mut Vec<T>, at: &[usize], value: impl FnMut(usize) -> T) {
    column.clear();
    column.extend(at.iter().copied().map(value));
}

/// What was found out about a thing: nothing yet, no, or yes.
#[derive(Debug, Default)]
struct Verdicts {
    of: Vec<Option<bool>>,
}

impl Verdicts {
    fn holds(&mut self, place: IdNumber, find_out: impl FnOnce() -> bool) -> bool {
        let place = place as usize;
        if place >= self.of.len() {
            self.of.resize(place + 1, None);
        }
        *self.of[place].get_or_insert_with(find_out)
    }
}

/// The local day that the last entry was on, and when it begins and ends.
#[derive(Debug)]
struct Today {
    from: i64,
    to: i64,
    day: NaiveDate,
}

/// A pass over the entries of a workspace.
pub(super) struct Scan<'a> {
    pub(super) state: &'a State,
    pub(super) query: &'a Query,
    pub(super) timeline: &'a Timeline,
    actor: Actor,
    people: Verdicts,
    projects: Verdicts,
    tasks: Verdicts,
    /// Pairs of a person and a project, and whether the caller sees their entries.
    pairs: Numbers,
    seen: Verdicts,
    /// What work is billed at and what it costs, where the report wants to know.
    hourly: Option<Prices<'a>>,
    costs: Option<Prices<'a>>,
    /// By project, the number of its currency; and the codes.
    currencies: Vec<Option<u32>>,
    /// Whether the workspace has one currency, which then has number 0.
    one_currency: bool,
    pub(super) codes: Vec<Arc<str>>,
    today: Today,
    step: i64,
    direction: Rounding,
    /// Whether nothing fits, and whether there is a filter at all.
    nothing: bool,
    narrows: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(state: &'a State, actor: &Actor, query: &'a Query) -> Self {
        let round = actor.workspace(state).map(|workspace| workspace.settings.round);
        let (step, direction) = match round.filter(|_| query.rounding) {
            None => (0, Rounding::Nearest),
            Some(round) => {
                quirk!("CFY-407");
                let direction = match round.round {
                    Direction::Nearest => Rounding::Nearest,
                    Direction::Up => Rounding::Up,
                    Direction::Down => Rounding::Down,
                };
                (i64::from(round.minutes) * 60, direction)
            }
        };
        let home = actor.workspace(state).filter(|home| home.currencies.len() == 1);
        let wants = |kind| query.shown.contains(&kind) || query.shown.contains(&AmountKind::Profit);
        Self {
            state,
            query,
            timeline: state.entries.timeline(),
            actor: *actor,
            people: Verdicts::default(),
            projects: Verdicts::default(),
            tasks: Verdicts::default(),
            pairs: Numbers::default(),
            seen: Verdicts::default(),
            hourly: wants(AmountKind::Earned)
                .then(|| Prices::new(state, actor.workspace, RateKind::Hourly)),
            costs: wants(AmountKind::Cost)
                .then(|| Prices::new(state, actor.workspace, RateKind::Cost)),
            currencies: Vec::new(),
            one_currency: home.is_some(),
            codes: home.iter().map(|home| home.default_code().into()).collect(),
            today: Today { from: 0, to: 0, day: NaiveDate::MIN },
            step,
            direction,
            nothing: query.filter.approved == Some(true),
            narrows: query.filter != Filter::default(),
        }
    }

    /// Goes through the entries that start in the range, in order, and tells those wanted, day by day: on
    /// each local day the part of them that lies there. Source: CFY-401.
    pub(super) fn each(&mut self, mut tell: impl FnMut(&Self, &Batch<'a>)) {
        let mut batch = Batch::default();
        let mut later = BTreeMap::new();
        let span = &self.query.span;
        for slice in self.timeline.between(self.actor.workspace, span.from, span.to) {
            let mut rest = slice;
            while let (Some(first), Some(last)) = (rest.starts.first(), rest.starts.last()) {
                let day = self.day(*first);
                let behind = self.today.to;
                let today = if *last < behind {
                    rest.len()
                } else {
                    rest.starts.partition_point(|start| *start < behind)
                };
                let (rows, following) = rest.split_at(today);
                rest = following;
                self.weigh(rows, &mut batch);
                if batch.len() == 0 {
                    continue;
                }
                batch.day = day;
                if rows.ended > behind && day < span.last {
                    batch.cut(&self.query.span, behind, &mut later);
                }
                tell(self, &batch);
                while let Some((_, part)) = later.pop_first() {
                    tell(self, &part);
                }
            }
        }
    }

    /// Those among `rows` that the report wants, and what they are worth, whole.
    pub(super) fn weigh(&mut self, rows: Slice<'a>, batch: &mut Batch<'a>) {
        let rows = rows.even();
        self.choose(rows, batch);
        batch.rows = rows;
        batch.cut.clear();
        let at = &batch.at;
        let (step, direction) = (self.step, self.direction);
        let all = batch.counts_up;
        if step < 1 && all {
            batch.seconds.clear();
            batch.seconds.extend_from_slice(rows.seconds);
        } else {
            fill(&mut batch.seconds, at, |row| round_seconds(rows.seconds[row], step, direction));
        }
        if all {
            self.pay(rows, 0..rows.len(), &batch.seconds, &mut batch.money);
        } else {
            self.pay(rows, at.iter().copied(), &batch.seconds, &mut batch.money);
        }
        if self.one_currency {
            batch.currencies.resize(at.len(), 0);
        } else {
            fill(&mut batch.currencies, at, |row| self.currency(rows.projects[row]));
        }
        batch.sum_up();
    }

    /// What rows of these lengths are worth.
    #[inline]
    fn pay(
        &mut self,
        rows: Slice<'_>,
        at: impl ExactSizeIterator<Item = usize> + Clone,
        seconds: &[i64],
        money: &mut Vec<Money>,
    ) {
        money.resize(at.len(), Money::default());
        if let Some(hourly) = &mut self.hourly {
            each_rate(hourly, rows, at.clone(), |n, row, rate| {
                let rate = if rows.flags[row].billable() { rate } else { 0 };
                money[n].earned = earned(rate, seconds[n]);
            });
        }
        if let Some(costs) = &mut self.costs {
            each_rate(costs, rows, at, |n, _, rate| money[n].cost = earned(rate, seconds[n]));
        }
    }

    /// Minor units an hour of the first of a batch: what it is billed at, and what it costs.
    pub(super) fn rates(&mut self, batch: &Batch<'_>) -> (Minor, Minor) {
        let (rows, row) = (batch.rows, batch.at[0]);
        let hourly = self.hourly.as_mut();
        let rate = hourly.map_or(0, |prices| billed_at(prices, rows, row));
        (rate, self.costs.as_mut().map_or(0, |prices| prices.of(rows, row)))
    }

    fn choose(&mut self, rows: Slice<'_>, batch: &mut Batch<'_>) {
        let at = &mut batch.at;
        if !batch.counts_up {
            at.clear();
        }
        at.truncate(rows.len());
        at.extend(at.len()..rows.len());
        if self.nothing {
            at.clear();
        }
        if rows.seconds.iter().fold(0, |all, seconds| all | seconds) < 0 {
            quirk!("CFY-403");
            at.retain(|row| rows.seconds[*row] >= 0);
        }
        if self.narrows {
            at.retain(|row| self.fits(rows.ids[*row], rows.fact(*row)));
        }
        if !self.actor.is_admin() {
            at.retain(|row| self.is_seen(rows.fact(*row)));
        }
        batch.counts_up = at.len() == rows.len();
    }

    /// The workspace whose entries these are.
    pub(super) fn workspace(&self) -> WorkspaceId {
        self.actor.workspace
    }

    /// The entry itself.
    pub(super) fn entry(&self, id: EntryId) -> Option<&'a Arc<TimeEntry>> {
        self.state.entries.get(id)
    }

    fn fits(&mut self, id: EntryId, fact: Fact) -> bool {
        let (state, timeline, actor) = (self.state, self.timeline, self.actor);
        let filter = &self.query.filter;
        let flags = fact.flags;
        let simple = filter.billable.is_none_or(|wanted| wanted == flags.billable())
            && filter.invoiced.is_none_or(|wanted| wanted == flags.invoiced())
            && !(filter.without_description && flags.described())
            && !(filter.audit.without_project && fact.project != 0)
            && !(filter.audit.without_task && fact.task != 0)
            && filter.audit.fits_length(fact.seconds);
        simple
            && self.people.holds(fact.user, || person_fits(state, &actor, filter, timeline, fact))
            && self
                .projects
                .holds(fact.project, || project_fits(state, &actor, filter, timeline, fact.project))
            && self.tasks.holds(fact.task, || task_fits(state, filter, timeline, fact.task))
            && self.tags_and_texts_fit(id, fact)
    }

    fn tags_and_texts_fit(&self, id: EntryId, fact: Fact) -> bool {
        let filter = &self.query.filter;
        let tags = filter.tags.as_ref();
        if tags.is_some_and(|pick| !fact.flags.tagged() && !pick.fits(None, true)) {
            return false;
        }
        let tags = tags.filter(|_| fact.flags.tagged());
        if tags.is_none() && !filter.needs_texts() {
            return true;
        }
        let Some(entry) = self.entry(id) else { return false };
        let tags_fit = tags.is_none_or(|pick| {
            let found: Vec<(Hex24, bool)> = entry
                .tags
                .iter()
                .map(|id| {
                    let archived = self.state.tags.get(*id).is_none_or(|tag| tag.archived);
                    (id.0, pick.status.fits_over(archived))
                })
                .collect();
            pick.fits_all(&found)
        });
        tags_fit && filter.fits_texts(entry)
    }

    fn is_seen(&mut self, fact: Fact) -> bool {
        let next = u32::try_from(self.seen.of.len()).unwrap_or(u32::MAX - 1);
        let of = &mut self.seen.of;
        let pair = self.pairs.place(fact.user, fact.project, || {
            of.push(None);
            next
        });
        let (state, actor, timeline) = (self.state, &self.actor, self.timeline);
        self.seen.holds(pair, || {
            let Some(user) = timeline.user(fact.user) else { return false };
            actor.may_see_work(state, user, timeline.project(fact.project))
        })
    }

    #[inline]
    fn currency(&mut self, project: IdNumber) -> u32 {
        match self.currencies.get(project as usize) {
            Some(Some(known)) => *known,
            _ => self.new_currency(project),
        }
    }

    #[cold]
    fn new_currency(&mut self, project: IdNumber) -> u32 {
        let place = project as usize;
        if place >= self.currencies.len() {
            self.currencies.resize(place + 1, None);
        }
        let project = self.timeline.project(project).and_then(|id| self.state.projects.get(id));
        let code = self.actor.workspace(self.state).map_or("USD", |workspace| {
            rates::currency(self.state, workspace, project.map(|project| &**project))
        });
        let known = self.codes.iter().position(|known| **known == *code).unwrap_or_else(|| {
            self.codes.push(code.into());
            self.codes.len() - 1
        });
        // A workspace has a handful of currencies.
        let known = u32::try_from(known).unwrap_or(0);
        self.currencies[place] = Some(known);
        known
    }

    /// The local day of a start.
    fn day(&mut self, start: i64) -> NaiveDate {
        if !(self.today.from..self.today.to).contains(&start) {
            self.today = today(start, self.query.span.zone);
        }
        self.today.day
    }
}

fn today(start: i64, zone: Tz) -> Today {
    let at = DateTime::<Utc>::from_timestamp(start, 0).unwrap_or_default();
    let day = local(at, zone).date();
    let begin = day_start(day, zone).timestamp();
    let end = day.succ_opt().map_or(start, |next| day_start(next, zone).timestamp());
    // On a day whose clocks change, a moment says nothing of the next: midnight may come twice.
    let offset = |second: i64| {
        let at = DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
        local(at, zone) - at.naive_utc()
    };
    let steady = (begin..end).contains(&start) && offset(begin) == offset(end - 1);
    let (from, to) = if steady { (begin, end) } else { (start, start + 1) };
    Today { from, to, day }
}

/// Whether entries of a person fit, by who they are, their groups and their custom fields.
fn person_fits(
    state: &State,
    actor: &Actor,
    filter: &Filter,
    timeline: &Timeline,
    fact: Fact,
) -> bool {
    let Some(user) = timeline.user(fact.user) else { return false };
    let member = state.members.get(MemberKey { workspace: actor.workspace, user });
    let status = member.map(|member| member.status);
    let by_person = filter
        .users
        .as_ref()
        .is_none_or(|pick| pick.fits(Some(user.0), pick.status.fits_member(status)));
    let fields = || member.map(|member| member.fields.as_slice()).unwrap_or_default();
    by_person
        && filter.groups.as_ref().is_none_or(|pick| group_fits(state, actor, pick, user, status))
        && filter.user_fields.iter().all(|test| test.fits(fields()))
}

fn group_fits(
    state: &State,
    actor: &Actor,
    pick: &Pick,
    user: UserId,
    status: Option<MembershipStatus>,
) -> bool {
    let in_state = pick.status.fits_member(status);
    let groups = state.groups.find(GroupBy::User(actor.workspace, user));
    let found: Vec<(Hex24, bool)> = groups.map(|group| (group.id.0, in_state)).collect();
    if found.is_empty() { pick.fits(None, in_state) && in_state } else { pick.fits_all(&found) }
}

/// Whether entries of a project fit, by it, its client and its currency.
fn project_fits(
    state: &State,
    actor: &Actor,
    filter: &Filter,
    timeline: &Timeline,
    place: IdNumber,
) -> bool {
    let project = timeline.project(place).and_then(|id| state.projects.get(id));
    let by_project = filter.projects.as_ref().is_none_or(|pick| {
        let over = project.is_some_and(|project| project.archived);
        pick.fits(project.map(|project| project.id.0), pick.status.fits_over(over))
    });
    let client =
        project.and_then(|project| project.client).and_then(|client| state.clients.get(client));
    let by_client = filter.clients.as_ref().is_none_or(|pick| {
        let over = client.is_some_and(|client| client.archived);
        pick.fits(client.map(|client| client.id.0), pick.status.fits_over(over))
    });
    let by_currency = filter.currencies.as_ref().is_none_or(|pick| {
        let Some(workspace) = actor.workspace(state) else { return false };
        let code = rates::currency(state, workspace, project.map(|project| &**project));
        let currency = workspace.currencies.iter().find(|currency| currency.code == code);
        pick.fits(currency.map(|currency| currency.id.0), true)
    });
    by_project && by_client && by_currency
}

fn task_fits(state: &State, filter: &Filter, timeline: &Timeline, place: IdNumber) -> bool {
    let Some(pick) = &filter.tasks else { return true };
    let task = timeline.task(place).and_then(|id| state.tasks.get(id));
    let over = task.is_some_and(|task| task.status == TaskStatus::Done);
    pick.fits(task.map(|task| task.id.0), pick.status.fits_over(over))
}
