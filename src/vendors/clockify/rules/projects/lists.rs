//! Listing projects: filters and order. Source: 001:275-334,
//! clockify.md:4.3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{budget_of, seconds_of};
use crate::quirk;
use crate::vendors::clockify::model::clients::ClientBy;
use crate::vendors::clockify::model::members::{MemberKey, MembershipStatus};
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::projects::{Principal, Project, ProjectBy};
use crate::vendors::clockify::model::settings::AdminOnlyPage;
use crate::vendors::clockify::model::{ClientId, GroupId, State, UserId, WorkspaceId};
use crate::vendors::clockify::rules::permissions::{Actor, is_on_project};
use crate::vendors::clockify::rules::refusal::Refusal;

/// The order of a list of projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sort {
    /// By id.
    Id,
    /// By name.
    #[default]
    Name,
    /// By name of the client; projects without one come first.
    ClientName,
    /// By tracked time.
    Duration,
    /// By budget; projects without one come first.
    Budget,
    /// By the tracked share of the time estimate; projects without an active one come first.
    Progress,
}

/// A filter by the ids of clients, people or groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdFilter<T> {
    /// The ids. Absent: matches any entity.
    pub ids: Option<BTreeSet<T>>,
    /// True if matching projects are excluded.
    pub without: bool,
}

impl<T> IdFilter<T> {
    /// True if a project matches. `has` tells if it has one of these ids, or any at all.
    fn fits(&self, has: impl FnOnce(Option<&BTreeSet<T>>) -> bool) -> bool {
        has(self.ids.as_ref()) != self.without
    }
}

/// Filters of a list of projects.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Archived or active projects. Absent: both.
    pub archived: Option<bool>,
    /// By name.
    pub name: Option<NameFilter>,
    /// Billable or not.
    pub billable: Option<bool>,
    /// Public or not.
    pub public: Option<bool>,
    /// Templates or not.
    pub template: Option<bool>,
    /// By client.
    pub clients: Option<IdFilter<ClientId>>,
    /// By client: archived or active.
    pub client_archived: Option<bool>,
    /// By people with access.
    pub users: Option<IdFilter<UserId>>,
    /// For the filter by people: only members of the workspace with this status count.
    pub user_status: Option<MembershipStatus>,
    /// By member group.
    pub groups: Option<IdFilter<GroupId>>,
    /// The order.
    pub sort: Sort,
    /// True for descending order.
    pub descending: bool,
}

/// The projects that the actor may see and that match the filter. A list by name is searched
/// lazily, so that a page costs no more than the rows before it.
///
/// # Errors
/// [`Refusal::AccessDenied`].
pub fn list<'a>(
    state: &'a State,
    actor: &'a Actor,
    filter: &'a ProjectFilter,
) -> Result<Box<dyn Iterator<Item = &'a Arc<Project>> + 'a>, Refusal> {
    quirk!("CFY-405");
    actor.must_see_page(state, AdminOnlyPage::Project)?;
    let workspace = actor.workspace;
    let by_name = |name| ProjectBy::Name(workspace, name);
    let range = filter.name.as_ref().map_or_else(|| Folded::all(by_name), |n| n.range(by_name));
    let rows = state
        .projects
        .scan(range)
        .filter(|project| fits(state, project, filter))
        .filter(|project| actor.may_see_project(state, project));
    quirk!("CFY-141");
    if filter.sort == Sort::Name {
        return Ok(if filter.descending { Box::new(rows.rev()) } else { Box::new(rows) });
    }
    let mut projects: Vec<_> = rows.collect();
    match filter.sort {
        Sort::Name => {}
        Sort::Id => projects.sort_by_key(|project| project.id),
        Sort::ClientName => {
            let places = places_of_clients(state, workspace);
            projects.sort_by_cached_key(|project| places.get(&project.client?));
        }
        Sort::Duration => {
            projects.sort_by_cached_key(|project| state.entries.seconds_on_project(project.id));
        }
        Sort::Budget => projects.sort_by_cached_key(|project| budget_of(state, project)),
        Sort::Progress => projects.sort_by_cached_key(|project| progress(state, project)),
    }
    if filter.descending {
        projects.reverse();
    }
    Ok(Box::new(projects.into_iter()))
}

/// The position of each client in the order of names.
fn places_of_clients(state: &State, workspace: WorkspaceId) -> BTreeMap<ClientId, usize> {
    let clients = state.clients.scan(Folded::all(|name| ClientBy::Name(workspace, name)));
    clients.enumerate().map(|(place, client)| (client.id, place)).collect()
}

/// The tracked share of the active estimate, in millionths.
fn progress(state: &State, project: &Project) -> Option<i128> {
    let estimate = project.time_estimate.active.then(|| seconds_of(state, project))?;
    let tracked = i128::from(state.entries.seconds_on_project(project.id));
    (estimate > 0).then(|| tracked * 1_000_000 / i128::from(estimate))
}

fn fits(state: &State, project: &Project, filter: &ProjectFilter) -> bool {
    let same = |filter: Option<bool>, is: bool| filter.is_none_or(|wanted| wanted == is);
    same(filter.archived, project.archived)
        && same(filter.billable, project.billable)
        && same(filter.public, project.public)
        && same(filter.template, project.template)
        && filter.name.as_ref().is_none_or(|name| name.fits(&project.name))
        && fits_client(state, project, filter)
        && fits_people(state, project, filter)
        && filter.groups.as_ref().is_none_or(|among| fits_groups(project, among))
}

fn fits_client(state: &State, project: &Project, filter: &ProjectFilter) -> bool {
    quirk!("CFY-142");
    let archived = || Some(state.clients.get(project.client?)?.archived);
    let has = |ids: Option<&BTreeSet<ClientId>>| {
        project.client.is_some_and(|client| ids.is_none_or(|ids| ids.contains(&client)))
    };
    filter.client_archived.is_none_or(|wanted| archived() == Some(wanted))
        && filter.clients.as_ref().is_none_or(|among| among.fits(has))
}

fn fits_people(state: &State, project: &Project, filter: &ProjectFilter) -> bool {
    quirk!("CFY-143");
    let counts = |user: UserId| {
        let member = MemberKey { workspace: project.workspace, user };
        filter.user_status.is_none_or(|status| {
            state.members.get(member).is_some_and(|member| member.status == status)
        })
    };
    let has_access =
        |user: &UserId| counts(*user) && (project.public || is_on_project(state, project, *user));
    let has = |ids: Option<&BTreeSet<UserId>>| match ids {
        Some(ids) => ids.iter().any(has_access),
        None => people_of(state, project).any(counts),
    };
    match &filter.users {
        Some(among) => among.fits(has),
        None => filter.user_status.is_none() || has(None),
    }
}

/// All members of a project, direct or through a group.
fn people_of<'a>(state: &'a State, project: &'a Project) -> impl Iterator<Item = UserId> + 'a {
    project.memberships.iter().flat_map(|membership| match membership.who {
        Principal::User(user) => vec![user],
        Principal::Group(id) => {
            state.groups.get(id).map(|group| group.users.clone()).unwrap_or_default()
        }
    })
}

fn fits_groups(project: &Project, among: &IdFilter<GroupId>) -> bool {
    let mut groups = project.memberships.iter().filter_map(|membership| match membership.who {
        Principal::Group(group) => Some(group),
        Principal::User(_) => None,
    });
    among.fits(|ids| groups.any(|group| ids.is_none_or(|ids| ids.contains(&group))))
}
