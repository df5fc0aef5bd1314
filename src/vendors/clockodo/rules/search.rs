//! Searching entries by period and filter.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Entry, EntryId, Mark, MarkKind, State, TeamId, User, UserBy,
};

/// A filter of entries. Absent parts match all. An id of 0 matches entries without such an entity;
/// an unknown id matches none.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Start at or after this.
    pub since: DateTime<Utc>,
    /// Start before this.
    pub until: DateTime<Utc>,
    /// By co-worker.
    pub user: Option<u64>,
    /// By the co-worker's team.
    pub team: Option<u64>,
    /// By customer.
    pub customer: Option<u64>,
    /// By project.
    pub project: Option<u64>,
    /// By subproject.
    pub subproject: Option<u64>,
    /// By service.
    pub service: Option<u64>,
    /// By lump-sum service.
    pub lumpsum_service: Option<u64>,
    /// By billing state.
    pub billable: Option<BillableFilter>,
    /// By part of the text, ignoring letter case.
    pub text: Option<String>,
    /// By exact text.
    pub text_id: Option<u64>,
    /// By budget of the project.
    pub budget: Option<BudgetFilter>,
}

impl EntryFilter {
    /// The filter as a text, from which confirmation keys are derived. It does not depend on the
    /// type's name.
    #[must_use]
    pub fn key_text(&self) -> String {
        format!("{self:?}").replacen("EntryFilter", "Wanted", 1)
    }
}

/// A filter by billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillableFilter {
    /// This state only.
    Exactly(Billable),
    /// 12: billable or billed.
    Any,
}

/// A filter by budget. Source: 003:75.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetFilter {
    /// A fixed price. If present, completed or not.
    Strict(Option<bool>),
    /// An estimate. If present, completed or not.
    Soft(Option<bool>),
    /// No budget.
    Without,
    /// No fixed price.
    WithoutStrict,
}

/// A page of entries, with the number of all entries.
#[derive(Debug)]
pub struct EntryPage<'a> {
    /// The entries of the page.
    pub rows: Vec<&'a Arc<Entry>>,
    /// Number of entries on all pages.
    pub count: usize,
}

/// The entries that match a filter and that `viewer` may see, by start, then id.
#[must_use]
pub fn search<'a>(
    state: &'a State,
    viewer: &User,
    filter: &EntryFilter,
    page: Page,
) -> EntryPage<'a> {
    quirk!("CDO-011");
    let matcher = EntryMatcher::of(state, viewer, filter);
    let (from, to) = (Mark::at(filter.since), Mark::at(filter.until));
    let marks = state.entries.marks();
    let row = |mark: &Mark| state.entries.get(EntryId(Serial(mark.id)));
    if matcher.is_open() {
        let mut skip = page.skip();
        let mut rows = Vec::new();
        for slice in marks.slices(from, to) {
            let passed = skip.min(slice.len());
            skip -= passed;
            let room = page.take() - rows.len();
            rows.extend(slice[passed..].iter().take(room).filter_map(row));
            if rows.len() >= page.take() {
                break;
            }
        }
        return EntryPage { rows, count: marks.count(from, to) };
    }
    let (first, most) = (page.skip(), page.take());
    let (mut count, mut rows) = (0, Vec::new());
    for mark in marks.slices(from, to).flatten().filter(|mark| matcher.admits(mark)) {
        if count >= first && rows.len() < most {
            rows.extend(row(mark));
        }
        count += 1;
    }
    EntryPage { rows, count }
}

/// A filter with its references resolved. It checks everything except the time.
#[derive(Debug)]
pub struct EntryMatcher {
    conditions: Vec<Condition>,
}

/// A condition on an entry. A matcher has only those that the filter contains, so that scanning
/// many entries costs little.
#[derive(Debug)]
enum Condition {
    User(IdSet),
    Customer(u64),
    Project(u64),
    Subproject(u64),
    Service(u64),
    LumpsumService(u64),
    Billable(Billable),
    NotUnbillable,
    Text(IdSet),
    /// Projects with a matching budget. 0 means no project.
    Budget(BTreeSet<u64>),
}

/// One or several ids.
#[derive(Debug)]
enum IdSet {
    One(u64),
    Several(BTreeSet<u64>),
}

impl IdSet {
    fn of(ids: BTreeSet<u64>) -> Self {
        match (ids.len(), ids.first()) {
            (1, Some(id)) => Self::One(*id),
            _ => Self::Several(ids),
        }
    }

    fn have(&self, id: u64) -> bool {
        match self {
            Self::One(one) => *one == id,
            Self::Several(ids) => ids.contains(&id),
        }
    }
}

impl Condition {
    fn passes(&self, mark: &Mark) -> bool {
        let is_unit = mark.kind == MarkKind::LumpsumService;
        match self {
            Self::User(ids) => ids.have(mark.user),
            Self::Customer(id) => mark.customer == *id,
            Self::Project(id) => mark.project == *id,
            Self::Subproject(id) => mark.subproject == *id,
            Self::Service(id) => *id == if is_unit { 0 } else { mark.service },
            Self::LumpsumService(id) => *id == if is_unit { mark.service } else { 0 },
            Self::Billable(billable) => mark.billable == *billable,
            Self::NotUnbillable => mark.billable != Billable::No,
            Self::Text(ids) => ids.have(mark.text),
            Self::Budget(projects) => projects.contains(&mark.project),
        }
    }
}

impl EntryMatcher {
    /// Resolves the references of a filter, and limits it to what `viewer` may see.
    #[must_use]
    pub fn of(state: &State, viewer: &User, filter: &EntryFilter) -> Self {
        let mut conditions = Vec::new();
        if let Some(user) = filter.user {
            conditions.push(Condition::User(IdSet::One(user)));
        }
        if !viewer.rights().others_entries {
            conditions.push(Condition::User(IdSet::One(viewer.id.0.0)));
        }
        if let Some(team) = filter.team {
            let members = state.users.find(UserBy::Team(TeamId(Serial(team))));
            conditions.push(Condition::User(IdSet::of(members.map(|user| user.id.0.0).collect())));
        }
        conditions.extend(filter.customer.map(Condition::Customer));
        conditions.extend(filter.project.map(Condition::Project));
        conditions.extend(filter.subproject.map(Condition::Subproject));
        conditions.extend(filter.service.map(Condition::Service));
        conditions.extend(filter.lumpsum_service.map(Condition::LumpsumService));
        conditions.extend(filter.billable.map(|billable| match billable {
            BillableFilter::Exactly(billable) => Condition::Billable(billable),
            BillableFilter::Any => Condition::NotUnbillable,
        }));
        if let Some(id) = filter.text_id {
            conditions.push(Condition::Text(IdSet::One(id)));
        }
        if let Some(part) = &filter.text {
            quirk!("CDO-012");
            let part = part.to_lowercase();
            let with = state.texts.iter().filter(|text| text.words.to_lowercase().contains(&part));
            conditions.push(Condition::Text(IdSet::of(with.map(|text| text.id.0.0).collect())));
        }
        conditions
            .extend(filter.budget.map(|budget| Condition::Budget(with_budget(state, budget))));
        Self { conditions }
    }

    /// True if it matches all entries.
    fn is_open(&self) -> bool {
        self.conditions.is_empty()
    }

    /// True if an entry matches, apart from its time.
    #[must_use]
    pub fn admits(&self, mark: &Mark) -> bool {
        self.conditions.iter().all(|test| test.passes(mark))
    }
}

/// The projects with a matching budget, and 0 if entries without a project match.
fn with_budget(state: &State, filter: BudgetFilter) -> BTreeSet<u64> {
    let fits = |hard: Option<bool>, completed: bool| match filter {
        BudgetFilter::Strict(done) => hard == Some(true) && done.is_none_or(|d| d == completed),
        BudgetFilter::Soft(done) => hard == Some(false) && done.is_none_or(|d| d == completed),
        BudgetFilter::Without => hard.is_none(),
        BudgetFilter::WithoutStrict => hard != Some(true),
    };
    let fitting = state.projects.iter().filter(|project| {
        fits(project.budget.as_ref().map(|budget| budget.hard), project.completed_at.is_some())
    });
    let mut projects: BTreeSet<u64> = fitting.map(|project| project.id.0.0).collect();
    if fits(None, false) {
        projects.insert(0);
    }
    projects
}
