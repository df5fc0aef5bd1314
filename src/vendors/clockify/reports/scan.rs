//! One pass over entries: filters them and calculates their amounts.
//!
//! Results that depend on a person, project, task, or a pair of them are cached for the pass, so
//! that an entry costs only a few lookups. Entries are processed in batches of some hundred, column
//! by column.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::batch::Batch;
use super::filter::{EntityFilter, Filter};
use super::pair_index::PairIndex;
use super::query::Query;
use super::rates::RateTable;
use super::result::{AmountKind, Money};
use crate::kernel::abandon;
use crate::kernel::civil::{Rounding, Tz, day_start, local, round_seconds};
use crate::kernel::ids::Hex24;
use crate::kernel::money::{ExactAmount, Minor};
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

/// Visits each row with its rate. A second round visits all rows again if some rates were not
/// cached.
#[inline]
fn each_rate(
    prices: &mut RateTable<'_>,
    rows: Slice<'_>,
    at: impl Iterator<Item = usize> + Clone,
    mut visit: impl FnMut(usize, usize, Minor),
) {
    let known = prices.known();
    let mut unknown = false;
    for (n, row) in at.clone().enumerate() {
        let rate = known.of(rows, row);
        unknown |= rate.is_none();
        visit(n, row, rate.unwrap_or(0));
    }
    if unknown {
        for (n, row) in at.enumerate() {
            visit(n, row, prices.of(rows, row));
        }
    }
}

/// Fills a column with `value` of each row.
fn fill<T>(column: &mut Vec<T>, at: &[usize], value: impl FnMut(usize) -> T) {
    column.clear();
    column.extend(at.iter().copied().map(value));
}

/// Cached answers to a yes-or-no question, by number.
#[derive(Debug, Default)]
struct FlagCache {
    of: Vec<Option<bool>>,
}

impl FlagCache {
    fn get(&mut self, place: IdNumber, find_out: impl FnOnce() -> bool) -> bool {
        let place = place as usize;
        if place >= self.of.len() {
            self.of.resize(place + 1, None);
        }
        *self.of[place].get_or_insert_with(find_out)
    }
}

/// A local day, with its start and end in seconds.
#[derive(Debug)]
struct LocalDay {
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
    people: FlagCache,
    projects: FlagCache,
    tasks: FlagCache,
    /// Pairs of a person and a project, and whether the caller may see their entries.
    pairs: PairIndex,
    visible: FlagCache,
    /// Hourly rates and cost rates, if the report needs them.
    hourly: Option<RateTable<'a>>,
    costs: Option<RateTable<'a>>,
    /// The index in `codes` of each project's currency.
    currencies: Vec<Option<u32>>,
    /// The workspace has only one currency. Its index is 0.
    one_currency: bool,
    pub(super) codes: Vec<Arc<str>>,
    local_day: LocalDay,
    step: i64,
    direction: Rounding,
    /// The filter matches no entry at all.
    matches_nothing: bool,
    has_filter: bool,
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
        let wants =
            |kind| query.amounts.contains(&kind) || query.amounts.contains(&AmountKind::Profit);
        Self {
            state,
            query,
            timeline: state.entries.timeline(),
            actor: *actor,
            people: FlagCache::default(),
            projects: FlagCache::default(),
            tasks: FlagCache::default(),
            pairs: PairIndex::default(),
            visible: FlagCache::default(),
            hourly: wants(AmountKind::Earned)
                .then(|| RateTable::new(state, actor.workspace, RateKind::Hourly)),
            costs: wants(AmountKind::Cost)
                .then(|| RateTable::new(state, actor.workspace, RateKind::Cost)),
            currencies: Vec::new(),
            one_currency: home.is_some(),
            codes: home.iter().map(|home| home.default_code().into()).collect(),
            local_day: LocalDay { from: 0, to: 0, day: NaiveDate::MIN },
            step,
            direction,
            matches_nothing: query.filter.approved == Some(true),
            has_filter: query.filter != Filter::default(),
        }
    }

    /// Visits the matching entries that start in the range, in batches by local day. Entries over
    /// midnight are split. Source: CFY-401.
    pub(super) fn for_each(&mut self, mut visit: impl FnMut(&Self, &Batch<'a>)) {
        let mut batch = Batch::default();
        let mut later = BTreeMap::new();
        let span = &self.query.span;
        for slice in self.timeline.between(self.actor.workspace, span.from, span.to) {
            abandon::check();
            let mut rest = slice;
            while let (Some(first), Some(last)) = (rest.starts.first(), rest.starts.last()) {
                let day = self.day(*first);
                let behind = self.local_day.to;
                let on_day = if *last < behind {
                    rest.len()
                } else {
                    rest.starts.partition_point(|start| *start < behind)
                };
                let (rows, following) = rest.split_at(on_day);
                rest = following;
                self.evaluate(rows, &mut batch);
                if batch.len() == 0 {
                    continue;
                }
                batch.day = day;
                if rows.ended > behind && day < span.last {
                    batch.cut(&self.query.span, behind, &mut later);
                }
                visit(self, &batch);
                while let Some((_, part)) = later.pop_first() {
                    visit(self, &part);
                }
            }
        }
    }

    /// Fills `batch` with the matching entries of `rows` and their amounts, before any split.
    pub(super) fn evaluate(&mut self, rows: Slice<'a>, batch: &mut Batch<'a>) {
        let rows = rows.even();
        self.select(rows, batch);
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
            self.fill_money(rows, 0..rows.len(), &batch.seconds, &mut batch.money);
        } else {
            self.fill_money(rows, at.iter().copied(), &batch.seconds, &mut batch.money);
        }
        if self.one_currency {
            batch.currencies.resize(at.len(), 0);
        } else {
            fill(&mut batch.currencies, at, |row| self.currency(rows.projects[row]));
        }
        batch.sum_up();
    }

    /// Calculates the amounts of rows of these lengths.
    #[inline]
    fn fill_money(
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
                money[n].earned = ExactAmount::earned(rate, seconds[n]);
            });
        }
        if let Some(costs) = &mut self.costs {
            each_rate(costs, rows, at, |n, _, rate| {
                money[n].cost = ExactAmount::earned(rate, seconds[n]);
            });
        }
    }

    /// The hourly rate and the cost rate of a batch's first entry, in minor units. `None` if none was
    /// ever set, 0 for a rate that the report does not need and for time that is not billable.
    pub(super) fn rates(&mut self, batch: &Batch<'_>) -> (Option<Minor>, Option<Minor>) {
        let (rows, row) = (batch.rows, batch.at[0]);
        let hourly = self.hourly.as_mut().filter(|_| rows.flags[row].billable());
        let rate = hourly.map_or(Some(0), |prices| prices.set_rate(rows, row));
        (rate, self.costs.as_mut().map_or(Some(0), |prices| prices.set_rate(rows, row)))
    }

    fn select(&mut self, rows: Slice<'_>, batch: &mut Batch<'_>) {
        let at = &mut batch.at;
        if !batch.counts_up {
            at.clear();
        }
        at.truncate(rows.len());
        at.extend(at.len()..rows.len());
        if self.matches_nothing {
            at.clear();
        }
        if rows.seconds.iter().fold(0, |all, seconds| all | seconds) < 0 {
            quirk!("CFY-401");
            at.retain(|row| rows.seconds[*row] >= 0);
        }
        if self.has_filter {
            at.retain(|row| self.fits(rows.ids[*row], rows.fact(*row)));
        }
        if !self.actor.is_admin() {
            at.retain(|row| self.is_visible(rows.fact(*row)));
        }
        batch.counts_up = at.len() == rows.len();
    }

    /// The workspace of the entries.
    pub(super) fn workspace(&self) -> WorkspaceId {
        self.actor.workspace
    }

    /// The entry with this id.
    pub(super) fn entry(&self, id: EntryId) -> Option<&'a Arc<TimeEntry>> {
        self.state.entries.get(id)
    }

    fn fits(&mut self, id: EntryId, fact: Fact) -> bool {
        let (state, timeline, actor) = (self.state, self.timeline, self.actor);
        let filter = &self.query.filter;
        let flags = fact.flags;
        let simple = filter.billable.is_none_or(|required| required == flags.billable())
            && filter.invoiced.is_none_or(|required| required == flags.invoiced())
            && !(filter.without_description && flags.described())
            && !(filter.audit.without_project && fact.project != 0)
            && !(filter.audit.without_task && fact.task != 0)
            && filter.audit.fits_length(fact.seconds);
        simple
            && self.people.get(fact.user, || person_fits(state, &actor, filter, timeline, fact))
            && self
                .projects
                .get(fact.project, || project_fits(state, &actor, filter, timeline, fact.project))
            && self.tasks.get(fact.task, || task_fits(state, filter, timeline, fact.task))
            && self.tags_and_texts_fit(id, fact)
    }

    fn tags_and_texts_fit(&self, id: EntryId, fact: Fact) -> bool {
        abandon::check();
        let filter = &self.query.filter;
        let tags = filter.tags.as_ref();
        if tags.is_some_and(|filter| !fact.flags.tagged() && !filter.fits(None, true)) {
            return false;
        }
        let tags = tags.filter(|_| fact.flags.tagged());
        if tags.is_none() && !filter.needs_texts() {
            return true;
        }
        let Some(entry) = self.entry(id) else { return false };
        let tags_fit = tags.is_none_or(|filter| {
            let found: Vec<(Hex24, bool)> = entry
                .tags
                .iter()
                .map(|id| {
                    let archived = self.state.tags.get(*id).is_none_or(|tag| tag.archived);
                    (id.0, filter.status.fits_closed(archived))
                })
                .collect();
            filter.fits_all(&found)
        });
        tags_fit && filter.fits_texts(entry)
    }

    fn is_visible(&mut self, fact: Fact) -> bool {
        let next = u32::try_from(self.visible.of.len()).unwrap_or(u32::MAX - 1);
        let of = &mut self.visible.of;
        let pair = self.pairs.index_of(fact.user, fact.project, || {
            of.push(None);
            next
        });
        let (state, actor, timeline) = (self.state, &self.actor, self.timeline);
        self.visible.get(pair, || {
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

    /// The local day of an instant in seconds.
    fn day(&mut self, start: i64) -> NaiveDate {
        if !(self.local_day.from..self.local_day.to).contains(&start) {
            self.local_day = local_day(start, self.query.span.zone);
        }
        self.local_day.day
    }
}

fn local_day(start: i64, zone: Tz) -> LocalDay {
    let at = DateTime::<Utc>::from_timestamp(start, 0).unwrap_or_default();
    let day = local(at, zone).date();
    let begin = day_start(day, zone).timestamp();
    let end = day.succ_opt().map_or(start, |next| day_start(next, zone).timestamp());
    // On a day with a clock change, midnight may occur twice: the result is valid for 1 second.
    let offset = |second: i64| {
        let at = DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
        local(at, zone) - at.naive_utc()
    };
    let steady = (begin..end).contains(&start) && offset(begin) == offset(end - 1);
    let (from, to) = if steady { (begin, end) } else { (start, start + 1) };
    LocalDay { from, to, day }
}

/// Filters by person, groups and custom fields of the person.
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
        .is_none_or(|filter| filter.fits(Some(user.0), filter.status.fits_member(status)));
    let fields = || member.map(|member| member.fields.as_slice()).unwrap_or_default();
    by_person
        && filter
            .groups
            .as_ref()
            .is_none_or(|filter| group_fits(state, actor, filter, user, status))
        && filter.user_fields.iter().all(|test| test.fits(fields()))
}

fn group_fits(
    state: &State,
    actor: &Actor,
    filter: &EntityFilter,
    user: UserId,
    status: Option<MembershipStatus>,
) -> bool {
    let in_state = filter.status.fits_member(status);
    let groups = state.groups.find(GroupBy::User(actor.workspace, user));
    let found: Vec<(Hex24, bool)> = groups.map(|group| (group.id.0, in_state)).collect();
    if found.is_empty() { filter.fits(None, in_state) && in_state } else { filter.fits_all(&found) }
}

/// Filters by project, client and currency.
fn project_fits(
    state: &State,
    actor: &Actor,
    filter: &Filter,
    timeline: &Timeline,
    place: IdNumber,
) -> bool {
    let project = timeline.project(place).and_then(|id| state.projects.get(id));
    let by_project = filter.projects.as_ref().is_none_or(|filter| {
        let closed = project.is_some_and(|project| project.archived);
        filter.fits(project.map(|project| project.id.0), filter.status.fits_closed(closed))
    });
    let client =
        project.and_then(|project| project.client).and_then(|client| state.clients.get(client));
    let by_client = filter.clients.as_ref().is_none_or(|filter| {
        let closed = client.is_some_and(|client| client.archived);
        filter.fits(client.map(|client| client.id.0), filter.status.fits_closed(closed))
    });
    let by_currency = filter.currencies.as_ref().is_none_or(|filter| {
        let Some(workspace) = actor.workspace(state) else { return false };
        let code = rates::currency(state, workspace, project.map(|project| &**project));
        let currency = workspace.currencies.iter().find(|currency| currency.code == code);
        filter.fits(currency.map(|currency| currency.id.0), true)
    });
    by_project && by_client && by_currency
}

fn task_fits(state: &State, filter: &Filter, timeline: &Timeline, place: IdNumber) -> bool {
    let Some(filter) = &filter.tasks else { return true };
    let task = timeline.task(place).and_then(|id| state.tasks.get(id));
    let closed = task.is_some_and(|task| task.status == TaskStatus::Done);
    filter.fits(task.map(|task| task.id.0), filter.status.fits_closed(closed))
}
