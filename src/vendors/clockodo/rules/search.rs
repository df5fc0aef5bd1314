//! Finding entries: a stretch of time and what narrows it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::super::model::{Billable, Entry, EntryId, Mark, MarkKind, State, TeamId, User, UserBy};
use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::quirk;

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

/// A search with its references looked up.
#[derive(Debug)]
pub struct Filter {
    /// By co-worker; several for a team, at most the viewer for who sees no others.
    users: Option<BTreeSet<u64>>,
    customer: Option<u64>,
    project: Option<u64>,
    subproject: Option<u64>,
    service: Option<u64>,
    lumpsum_service: Option<u64>,
    billable: Option<WantedBillable>,
    texts: Option<BTreeSet<u64>>,
    /// Projects with the wanted budget; 0 stands for no project.
    budget: Option<BTreeSet<u64>>,
}

impl Filter {
    /// Looks up what a search refers to, and keeps to what `viewer` may see.
    #[must_use]
    pub fn of(state: &State, viewer: &User, wanted: &Wanted) -> Self {
        let mut users: Option<BTreeSet<u64>> = wanted.user.map(|user| BTreeSet::from([user]));
        let mut narrow = |to: BTreeSet<u64>| {
            users = Some(match users.take() {
                None => to,
                Some(users) => users.intersection(&to).copied().collect(),
            });
        };
        if let Some(team) = wanted.team {
            let members = state.users.find(UserBy::Team(TeamId(Serial(team))));
            narrow(members.map(|user| user.id.0.0).collect());
        }
        if !viewer.rights().others_entries {
            narrow(BTreeSet::from([viewer.id.0.0]));
        }
        let mut texts = wanted.text_id.map(|id| BTreeSet::from([id]));
        if let Some(part) = &wanted.text {
            quirk!("CDO-012");
            let part = part.to_lowercase();
            let with = state.texts.iter().filter(|text| text.words.to_lowercase().contains(&part));
            let with: BTreeSet<u64> = with.map(|text| text.id.0.0).collect();
            texts = Some(match texts {
                None => with,
                Some(texts) => texts.intersection(&with).copied().collect(),
            });
        }
        Self {
            users,
            customer: wanted.customer,
            project: wanted.project,
            subproject: wanted.subproject,
            service: wanted.service,
            lumpsum_service: wanted.lumpsum_service,
            billable: wanted.billable,
            texts,
            budget: wanted.budget.map(|budget| with_budget(state, budget)),
        }
    }

    /// Whether it admits everything.
    fn is_open(&self) -> bool {
        let Self {
            users,
            customer,
            project,
            subproject,
            service,
            lumpsum_service,
            billable,
            texts,
            budget,
        } = self;
        users.is_none()
            && customer.is_none()
            && project.is_none()
            && subproject.is_none()
            && service.is_none()
            && lumpsum_service.is_none()
            && billable.is_none()
            && texts.is_none()
            && budget.is_none()
    }

    /// Whether an entry is wanted, apart from its time.
    #[must_use]
    pub fn admits(&self, mark: &Mark) -> bool {
        let is_unit = mark.kind == MarkKind::LumpsumService;
        let service = if is_unit { 0 } else { mark.service };
        let lumpsum_service = if is_unit { mark.service } else { 0 };
        self.users.as_ref().is_none_or(|users| users.contains(&mark.user))
            && self.customer.is_none_or(|id| id == mark.customer)
            && self.project.is_none_or(|id| id == mark.project)
            && self.subproject.is_none_or(|id| id == mark.subproject)
            && self.service.is_none_or(|id| id == service)
            && self.lumpsum_service.is_none_or(|id| id == lumpsum_service)
            && self.billable.is_none_or(|wanted| match wanted {
                WantedBillable::Exactly(billable) => billable == mark.billable,
                WantedBillable::Any => mark.billable != Billable::No,
            })
            && self.texts.as_ref().is_none_or(|texts| texts.contains(&mark.text))
            && self.budget.as_ref().is_none_or(|projects| projects.contains(&mark.project))
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
