//! People of a workspace and their memberships.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::permissions::{Actor, is_in_group, is_on_project, projects_of, rank};
use super::refusal::{Entity, Refusal};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::members::{
    Grant, Member, MemberBy, MemberKey, MembershipStatus, Team,
};
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::rates::{RateKind, Rates};
use crate::vendors::clockify::model::settings::AdminOnlyPage;
use crate::vendors::clockify::model::users::{AccountStatus, User};
use crate::vendors::clockify::model::{GroupId, ProjectId, State, UserId, WorkspaceId};

/// The order of a list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sort {
    /// By id.
    Id,
    /// By e-mail.
    #[default]
    Email,
    /// By name, case-sensitive.
    Name,
    /// By name, ignoring letter case.
    NameLowercase,
    /// By rank, the owner first.
    Access,
    /// By hourly rate in the workspace; people without one come first.
    Hourlyrate,
    /// By cost rate in the workspace; people without one come first.
    Costrate,
}

/// Filters of a list of people.
#[derive(Debug, Clone)]
pub struct PersonFilter {
    /// By part of the e-mail.
    pub email: Option<NameFilter>,
    /// By part of the name.
    pub name: Option<NameFilter>,
    /// By access to this project.
    pub project: Option<ProjectId>,
    /// By status of membership.
    pub status: Option<MembershipStatus>,
    /// By status of the account.
    pub accounts: Vec<AccountStatus>,
    /// By role: any of these. Empty: all. Owners count as administrators.
    pub roles: Vec<RoleName>,
    /// By group: any of these. Empty: all.
    pub groups: Vec<GroupId>,
    /// The order.
    pub sort: Sort,
    /// True for descending order.
    pub descending: bool,
}

/// A person in a workspace.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their membership.
    pub member: Arc<Member>,
    /// Their account.
    pub user: Arc<User>,
}

/// The people of the actor's workspace that match the filter.
///
/// # Errors
/// [`Refusal::Unknown`] if the filter's project does not exist or the actor may not see it.
pub fn list(
    state: &State,
    actor: &Actor,
    now: DateTime<Utc>,
    filter: &PersonFilter,
) -> Result<Vec<Person>, Refusal> {
    quirk!("CFY-510");
    actor.must_see_page(state, AdminOnlyPage::Team)?;
    let project = match filter.project {
        None => None,
        Some(id) => {
            let project = state.projects.get(id);
            let seen = project.filter(|project| {
                project.workspace == actor.workspace && actor.may_see_project(state, project)
            });
            quirk!("CFY-153");
            Some(seen.ok_or(Refusal::Unknown(Entity::PROJECT))?)
        }
    };
    let PersonFilter { email, name, project: _, status, accounts, roles, groups, sort, descending } =
        filter;
    let mut people: Vec<Person> = state
        .members
        .find(MemberBy::Workspace(actor.workspace))
        .filter_map(|member| {
            let user = state.users.get(member.user())?;
            Some(Person { member: Arc::clone(member), user: Arc::clone(user) })
        })
        .filter(|Person { member, user }| {
            status.is_none_or(|status| member.status == status)
                && accounts.contains(&user.status)
                && email.as_ref().is_none_or(|email| email.fits(&user.email))
                && name.as_ref().is_none_or(|name| name.fits(&user.name))
                && project.is_none_or(|project| has_access(state, project, user.id))
                && (roles.is_empty() || has_role(state, member, roles))
                && (groups.is_empty()
                    || groups.iter().any(|group| is_in_group(state, *group, user.id)))
        })
        .collect();
    order(state, actor, now, *sort, *descending, &mut people);
    Ok(people)
}

fn order(
    state: &State,
    actor: &Actor,
    now: DateTime<Utc>,
    sort: Sort,
    descending: bool,
    people: &mut [Person],
) {
    people.sort_by(|a, b| {
        let order = compare(state, actor.workspace, now, sort, a, b);
        let order = if descending { order.reverse() } else { order };
        order.then_with(|| a.user.id.cmp(&b.user.id))
    });
}

fn has_role(state: &State, member: &Member, filter: &[RoleName]) -> bool {
    let held = roles(state, member);
    held.iter().any(|role| {
        filter.contains(&role.name)
            || role.name == RoleName::Owner && filter.contains(&RoleName::WorkspaceAdmin)
    })
}

/// The managers of a person in the actor's workspace, directly or through a group. `None` if
/// there is no such person.
#[must_use]
pub fn managers(
    state: &State,
    actor: &Actor,
    now: DateTime<Utc>,
    of: UserId,
    sort: Sort,
    descending: bool,
) -> Option<Vec<Person>> {
    state.members.get(MemberKey { workspace: actor.workspace, user: of })?;
    let members = state.members.find(MemberBy::Workspace(actor.workspace));
    let managing = members.filter(|member| {
        member.grants.iter().any(|grant| match grant {
            Grant::TeamManager(Team::User(user)) => *user == of,
            Grant::TeamManager(Team::Group(group)) => is_in_group(state, *group, of),
            Grant::Admin | Grant::ProjectManager(_) => false,
        })
    });
    let mut people: Vec<Person> = managing
        .filter_map(|member| {
            let user = state.users.get(member.user())?;
            Some(Person { member: Arc::clone(member), user: Arc::clone(user) })
        })
        .collect();
    order(state, actor, now, sort, descending, &mut people);
    Some(people)
}

fn has_access(state: &State, project: &Project, user: UserId) -> bool {
    quirk!("CFY-018");
    project.public || is_on_project(state, project, user)
}

fn compare(
    state: &State,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
    sort: Sort,
    a: &Person,
    b: &Person,
) -> Ordering {
    let rate = |person: &Person, kind| person.member.rates.of(kind).at(now);
    let rank = |person: &Person| state.workspaces.get(workspace).map(|w| rank(w, &person.member));
    match sort {
        Sort::Id => a.user.id.cmp(&b.user.id),
        Sort::Email => a.user.email.to_lowercase().cmp(&b.user.email.to_lowercase()),
        Sort::Name => a.user.name.cmp(&b.user.name),
        Sort::NameLowercase => a.user.name.to_lowercase().cmp(&b.user.name.to_lowercase()),
        Sort::Access => rank(b).cmp(&rank(a)),
        Sort::Hourlyrate => rate(a, RateKind::Hourly).cmp(&rate(b, RateKind::Hourly)),
        Sort::Costrate => rate(a, RateKind::Cost).cmp(&rate(b, RateKind::Cost)),
    }
}

/// A person with their memberships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A workspace.
    Workspace(WorkspaceId),
    /// A project, directly or through a group.
    Project(ProjectId),
    /// A user group.
    Group(GroupId),
}

/// A membership of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The person.
    pub user: UserId,
    /// The thing.
    pub target: Target,
    /// Its state.
    pub status: MembershipStatus,
    /// Their rates there.
    pub rates: Rates,
}

/// The kinds of memberships to include.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kinds {
    /// Workspaces.
    Workspace,
    /// Projects.
    Project,
    /// User groups.
    Usergroup,
    /// All kinds.
    All,
    /// No memberships.
    None,
}

/// The memberships of a member in a workspace.
#[must_use]
pub fn memberships(state: &State, member: &Member, kinds: Kinds) -> Vec<Membership> {
    let (workspace, user) = (member.key.workspace, member.key.user);
    let mut found = Vec::new();
    if matches!(kinds, Kinds::Workspace | Kinds::All) {
        found.push(of_workspace(member));
    }
    if matches!(kinds, Kinds::Project | Kinds::All) {
        found.extend(projects_of(state, workspace, user).iter().map(|project| {
            let own = project.membership(user);
            Membership {
                user,
                target: Target::Project(project.id),
                status: own.map_or(MembershipStatus::Active, |own| own.status),
                rates: own.map(|own| own.rates.clone()).unwrap_or_default(),
            }
        }));
    }
    if matches!(kinds, Kinds::Usergroup | Kinds::All) {
        let groups = state.groups.find(GroupBy::User(workspace, user));
        found.extend(groups.map(|group| Membership {
            user,
            target: Target::Group(group.id),
            status: MembershipStatus::Active,
            rates: Rates::default(),
        }));
    }
    found
}

/// A member's membership of their workspace.
#[must_use]
pub fn of_workspace(member: &Member) -> Membership {
    Membership {
        user: member.user(),
        target: Target::Workspace(member.key.workspace),
        status: member.status,
        rates: member.rates.clone(),
    }
}

/// A role with the entities that it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The kind.
    pub name: RoleName,
    /// The entities: workspaces, projects or people.
    pub over: Vec<RoleTarget>,
}

/// An entity that a role applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTarget {
    /// Its id as a text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The group through which a person is managed.
    pub group: Option<GroupId>,
}

/// A role, by the vendor's name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoleName {
    /// Owner.
    Owner,
    /// Administrator.
    WorkspaceAdmin,
    /// Team manager.
    TeamManager,
    /// Project manager.
    ProjectManager,
}

impl RoleName {
    /// Its word in lists of people.
    #[must_use]
    pub fn word(self, revision: Revision) -> &'static str {
        quirk!("CFY-523");
        match (self, revision) {
            (Self::Owner, Revision::Documented) => "OWNER",
            (Self::Owner, Revision::Current) => "WORKSPACE_OWN",
            (Self::WorkspaceAdmin, _) => "WORKSPACE_ADMIN",
            (Self::TeamManager, _) => "TEAM_MANAGER",
            (Self::ProjectManager, _) => "PROJECT_MANAGER",
        }
    }
}

/// A member's roles without duplicates, highest first.
#[must_use]
pub fn roles(state: &State, member: &Member) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    let mut add = |name: RoleName, target: RoleTarget| match roles
        .iter_mut()
        .find(|role| role.name == name)
    {
        Some(role) => role.over.push(target),
        None => roles.push(Role { name, over: vec![target] }),
    };
    let target = |id: String, name: &str, group| RoleTarget { id, name: name.to_owned(), group };
    if let Some(workspace) = state.workspaces.get(member.key.workspace) {
        let over = || target(workspace.id.to_string(), &workspace.name, None);
        if workspace.owner == member.user() {
            add(RoleName::Owner, over());
        } else if member.is_admin() {
            add(RoleName::WorkspaceAdmin, over());
        }
    }
    for grant in &member.grants {
        match grant {
            Grant::Admin => {}
            Grant::ProjectManager(id) => {
                if let Some(project) = state.projects.get(*id) {
                    add(RoleName::ProjectManager, target(id.to_string(), &project.name, None));
                }
            }
            Grant::TeamManager(Team::User(id)) => {
                if let Some(user) = state.users.get(*id) {
                    add(RoleName::TeamManager, target(id.to_string(), &user.name, None));
                }
            }
            Grant::TeamManager(Team::Group(id)) => {
                let people = state.groups.get(*id).map(|group| group.users.clone());
                for user in people.unwrap_or_default() {
                    if let Some(user) = state.users.get(user) {
                        let over = target(user.id.to_string(), &user.name, Some(*id));
                        add(RoleName::TeamManager, over);
                    }
                }
            }
        }
    }
    roles.sort_by_key(|role| role.name);
    roles
}
