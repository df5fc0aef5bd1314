//! Finding entries: a stretch of time and what narrows it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockodo::model::{
    Billable, Entry, EntryId, Mark, MarkKind, State, TeamId, User, UserBy,
};

/// Which entries are wanted; what is absent does not narrow. An id of 0 stands for entries without the
/// thing, an id that nothing has for none.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Started at this instant or later.
    pub since: DateTime<Utc>,
    /// Started before this instant.
    pub until: DateTime<Utc>,
    /// Of this co-worker.
    pub user: Option<u64>,
    /// Of a co-worker of this team.
    pub team: Option<u64>,
    /// For this customer.
    pub customer: Option<u64>,
    /// On this project.
    pub project: Option<u64>,
    /// On this part of a project.
    pub subproject: Option<u64>,
    /// With this service.
    pub service: Option<u64>,
    /// Of this lump-sum service.
    pub lumpsum_service: Option<u64>,
    /// Billed so.
    pub billable: Option<WantedBillable>,
    /// With this in their text, in any letter case.
    pub text: Option<String>,
    /// With exactly this text.
    pub text_id: Option<u64>,
    /// On projects with such a budget.
    pub budget: Option<WantedBudget>,
}

/// Which billing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedBillable {
    /// Exactly this.
    Exactly(Billable),
    /// 12: billable or billed.
    Any,
}

/// Which budget is wanted. Source: 003:75.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedBudget {
    /// A fixed price; completed or not.
    Strict(Option<bool>),
    /// An estimate; completed or not.
    Soft(Option<bool>),
    /// None.
    Without,
    /// Anything but a fixed price.
    WithoutStrict,
}

/// A page of entries and how many there are in all.
#[derive(Debug)]
pub struct Found<'a> {
    /// The entries of the page.
    pub rows: Vec<&'a Arc<Entry>>,
    /// Number of entries on all pages.
    pub count: usize,
}

/// The wanted entries that `viewer` may see, by start, then id.
#[must_use]
pub fn search<'a>(state: &'a State, viewer: &User, wanted: &Wanted, page: Page) -> Found<'a> {
    quirk!("CDO-011");
    let filter = Filter::of(state, viewer, wanted);
    let (from, to) = (Mark::at(wanted.since), Mark::at(wanted.until));
    let marks = state.entries.marks();
    let row = |mark: &Mark| state.entries.get(EntryId(Serial(mark.id)));
    if filter.is_open() {
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
        return Found { rows, count: marks.count(from, to) };
    }
    let (first, most) = (page.skip(), page.take());
    let (mut count, mut rows) = (0, Vec::new());
    for mark in marks.slices(from, to).flatten().filter(|mark| filter.admits(mark)) {
        if count >= first && rows.len() < most {
            rows.extend(row(mark));
        }
        count += 1;
    }
    Found { rows, count }
}

/// A search with its references looked up: what an entry has to pass, apart from its time.
#[derive(Debug)]
pub struct Filter {
    tests: Vec<Test>,
}

/// One thing that an entry has to pass. Only those that a search asks for are there, so that a scan of
/// many entries asks little of each.
#[derive(Debug)]
enum Test {
    User(Ids),
    Customer(u64),
    Project(u64),
    Subproject(u64),
    Service(u64),
    LumpsumService(u64),
    Billable(Billable),
    NotUnbillable,
    Text(Ids),
    /// Projects with the wanted budget; 0 stands for no project.
    Budget(BTreeSet<u64>),
}

/// One id or several.
#[derive(Debug)]
enum Ids {
    One(u64),
    Several(BTreeSet<u64>),
}

impl Ids {
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

impl Test {
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

impl Filter {
    /// Looks up what a search refers to, and keeps to what `viewer` may see.
    #[must_use]
    pub fn of(state: &State, viewer: &User, wanted: &Wanted) -> Self {
        let mut tests = Vec::new();
        if let Some(user) = wanted.user {
            tests.push(Test::User(Ids::One(user)));
        }
        if !viewer.rights().others_entries {
            tests.push(Test::User(Ids::One(viewer.id.0.0)));
        }
        if let Some(team) = wanted.team {
            let members = state.users.find(UserBy::Team(TeamId(Serial(team))));
            tests.push(Test::User(Ids::of(members.map(|user| user.id.0.0).collect())));
        }
        tests.extend(wanted.customer.map(Test::Customer));
        tests.extend(wanted.project.map(Test::Project));
        tests.extend(wanted.subproject.map(Test::Subproject));
        tests.extend(wanted.service.map(Test::Service));
        tests.extend(wanted.lumpsum_service.map(Test::LumpsumService));
        tests.extend(wanted.billable.map(|billable| match billable {
            WantedBillable::Exactly(billable) => Test::Billable(billable),
            WantedBillable::Any => Test::NotUnbillable,
        }));
        if let Some(id) = wanted.text_id {
            tests.push(Test::Text(Ids::One(id)));
        }
        if let Some(part) = &wanted.text {
            quirk!("CDO-012");
            let part = part.to_lowercase();
            let with = state.texts.iter().filter(|text| text.words.to_lowercase().contains(&part));
            tests.push(Test::Text(Ids::of(with.map(|text| text.id.0.0).collect())));
        }
        tests.extend(wanted.budget.map(|budget| Test::Budget(with_budget(state, budget))));
        Self { tests }
    }

    /// Whether it admits everything.
    fn is_open(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether an entry is wanted, apart from its time.
    #[must_use]
    pub fn admits(&self, mark: &Mark) -> bool {
        self.tests.iter().all(|test| test.passes(mark))
    }
}

/// The projects with such a budget, and 0 where work without a project counts.
fn with_budget(state: &State, wanted: WantedBudget) -> BTreeSet<u64> {
    let fits = |hard: Option<bool>, completed: bool| match wanted {
        WantedBudget::Strict(done) => hard == Some(true) && done.is_none_or(|d| d == completed),
        WantedBudget::Soft(done) => hard == Some(false) && done.is_none_or(|d| d == completed),
        WantedBudget::Without => hard.is_none(),
        WantedBudget::WithoutStrict => hard != Some(true),
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
