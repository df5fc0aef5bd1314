//! Permissions, from rank, roles, and the workspace's settings and plan.
//!
//! A request enters a workspace once ([`enter`]). Rules then ask the resulting [`Actor`].

use std::sync::Arc;

use super::refusal::Refusal;
use crate::quirk;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::members::{
    Grant, Member, MemberBy, MemberKey, MembershipStatus, Team,
};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::{Principal, Project, ProjectBy};
use crate::vendors::clockify::model::settings::{AdminOnlyPage, Creators, WorkspaceSettings};
use crate::vendors::clockify::model::tasks::Task;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{GroupId, ProjectId, State, UserId, WorkspaceId};

/// A member's rank in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Neither administrator nor owner.
    Regular,
    /// Administrator.
    Admin,
    /// Owner.
    Owner,
}

/// A member acting in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person.
    pub user: UserId,
    /// Their rank.
    pub rank: Rank,
    /// The features that the operation needs as a whole: `x-plan` of the contract. Empty outside requests.
    pub plan: &'static [&'static str],
}

/// The rates that a member may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateVisibility {
    /// Hourly rates.
    pub hourly: bool,
    /// Cost rates.
    pub cost: bool,
}

/// Enters a workspace as a member.
///
/// # Errors
/// [`Refusal::UnknownWorkspace`] and [`Refusal::AccessDenied`].
pub fn enter(state: &State, workspace: WorkspaceId, user: UserId) -> Result<Actor, Refusal> {
    let row = state.workspaces.get(workspace).ok_or(Refusal::UnknownWorkspace)?;
    let member = state.members.get(MemberKey { workspace, user }).ok_or(Refusal::AccessDenied)?;
    if member.status != MembershipStatus::Active {
        return Err(Refusal::AccessDenied);
    }
    let rank = rank(row, member);
    Ok(Actor { workspace, user, rank, plan: &[] })
}

/// A member's rank.
#[must_use]
pub fn rank(workspace: &Workspace, member: &Member) -> Rank {
    if workspace.owner == member.user() {
        Rank::Owner
    } else if member.is_admin() {
        Rank::Admin
    } else {
        Rank::Regular
    }
}

/// The workspaces that an account has access to, in order of id.
pub fn workspaces_of(state: &State, user: UserId) -> impl Iterator<Item = &Arc<Workspace>> {
    let members = state.members.find(MemberBy::User(user));
    members
        .filter(|member| member.status == MembershipStatus::Active)
        .filter_map(|member| state.workspaces.get(member.key.workspace))
}

/// True if a person is in a group.
#[must_use]
pub fn is_in_group(state: &State, group: GroupId, user: UserId) -> bool {
    state.groups.get(group).is_some_and(|group| group.users.contains(&user))
}

/// True if a person belongs to a project, directly or through a group.
#[must_use]
pub fn is_on_project(state: &State, project: &Project, user: UserId) -> bool {
    project.memberships.iter().any(|membership| {
        membership.status == MembershipStatus::Active
            && match membership.who {
                Principal::User(member) => member == user,
                Principal::Group(group) => is_in_group(state, group, user),
            }
    })
}

/// The projects that a person belongs to, directly or through a group, in order of id.
#[must_use]
pub fn projects_of(state: &State, workspace: WorkspaceId, user: UserId) -> Vec<Arc<Project>> {
    let own = state.projects.find(ProjectBy::User(workspace, user));
    let groups = state.groups.find(GroupBy::User(workspace, user));
    let through = groups.flat_map(|group| state.projects.find(ProjectBy::Group(group.id)));
    let mut projects: Vec<_> = own.chain(through).cloned().collect();
    projects.sort_by_key(|project| project.id);
    projects.dedup_by_key(|project| project.id);
    projects
}

impl Actor {
    /// True for the owner and administrators.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.rank >= Rank::Admin
    }

    /// Refuses unless the actor is an administrator.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_be_admin(&self) -> Result<(), Refusal> {
        allow(self.is_admin())
    }

    /// The workspace.
    #[must_use]
    pub fn workspace<'a>(&self, state: &'a State) -> Option<&'a Arc<Workspace>> {
        state.workspaces.get(self.workspace)
    }

    fn settings<'a>(&self, state: &'a State) -> Option<&'a WorkspaceSettings> {
        self.workspace(state).map(|workspace| &workspace.settings)
    }

    fn setting(&self, state: &State, read: impl Fn(&WorkspaceSettings) -> bool) -> bool {
        self.settings(state).is_some_and(read)
    }

    fn grants<'a>(&self, state: &'a State) -> &'a [Grant] {
        let key = MemberKey { workspace: self.workspace, user: self.user };
        state.members.get(key).map_or(&[], |member| &member.grants)
    }

    /// Refuses a feature that the plan lacks.
    ///
    /// # Errors
    /// [`Refusal::NotInPlan`].
    pub fn must_have(&self, state: &State, feature: Feature) -> Result<(), Refusal> {
        quirk!("CFY-506");
        match self.workspace(state) {
            Some(workspace) if workspace.plan.allows(feature) => Ok(()),
            _ => Err(Refusal::NotInPlan(feature)),
        }
    }

    /// Refuses the operation if the plan lacks a feature that the contract says it needs.
    ///
    /// # Errors
    /// [`Refusal::NotInPlan`].
    pub fn must_have_plan(&self, state: &State) -> Result<(), Refusal> {
        let features = self.plan.iter().filter_map(|name| Feature::named(name));
        features.into_iter().try_for_each(|feature| self.must_have(state, feature))
    }

    /// Refuses if the workspace is on the free plan. Source: 001:2204.
    ///
    /// # Errors
    /// [`Refusal::FreePlan`].
    pub fn must_pay(&self, state: &State) -> Result<(), Refusal> {
        match self.workspace(state) {
            Some(workspace) if workspace.plan.is_paid() => Ok(()),
            _ => Err(Refusal::FreePlan),
        }
    }

    /// True if they have the manager role on this project. Administrators need no role.
    #[must_use]
    pub fn manages_project(&self, state: &State, project: ProjectId) -> bool {
        self.grants(state).contains(&Grant::ProjectManager(project))
    }

    /// True if they have the manager role on any project.
    #[must_use]
    pub fn manages_some_project(&self, state: &State) -> bool {
        self.grants(state).iter().any(|grant| matches!(grant, Grant::ProjectManager(_)))
    }

    /// True if they have the manager role over this person, directly or through a group.
    #[must_use]
    pub fn manages_person(&self, state: &State, user: UserId) -> bool {
        self.grants(state).iter().any(|grant| match grant {
            Grant::TeamManager(Team::User(managed)) => *managed == user,
            Grant::TeamManager(Team::Group(group)) => is_in_group(state, *group, user),
            Grant::Admin | Grant::ProjectManager(_) => false,
        })
    }

    fn may_create(&self, state: &State, creators: Creators) -> bool {
        match creators {
            Creators::Admins => self.is_admin(),
            Creators::AdminsAndProjectManagers => {
                self.is_admin() || self.manages_some_project(state)
            }
            Creators::Everyone => true,
        }
    }

    fn creators(
        &self,
        state: &State,
        of: impl Fn(&WorkspaceSettings) -> Creators,
    ) -> Result<(), Refusal> {
        quirk!("CFY-010");
        let creators = self.settings(state).map_or(Creators::Admins, of);
        allow(self.may_create(state, creators))
    }

    /// Refuses unless the actor may create and rename clients, and create projects.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_create_projects_and_clients(&self, state: &State) -> Result<(), Refusal> {
        self.creators(state, |settings| {
            settings.entity_creation_permissions.who_can_create_projects_and_clients
        })
    }

    /// Refuses unless the actor may create tags.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_create_tags(&self, state: &State) -> Result<(), Refusal> {
        self.creators(state, |settings| settings.entity_creation_permissions.who_can_create_tags)
    }

    /// Refuses unless the actor may create tasks of a project. Managers of other projects may not.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_create_tasks(&self, state: &State, project: ProjectId) -> Result<(), Refusal> {
        quirk!("CFY-010");
        let creators = self
            .settings(state)
            .map_or(Creators::Admins, |s| s.entity_creation_permissions.who_can_create_tasks);
        allow(match creators {
            Creators::Admins => self.is_admin(),
            Creators::AdminsAndProjectManagers => {
                self.is_admin() || self.manages_project(state, project)
            }
            Creators::Everyone => true,
        })
    }

    /// Refuses unless the actor may change tasks of a project: those who may create them, and the
    /// project's managers.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_edit_tasks(&self, state: &State, project: ProjectId) -> Result<(), Refusal> {
        if self.manages_project(state, project) {
            return Ok(());
        }
        self.must_create_tasks(state, project)
    }

    /// Refuses a page of the app, and the lists it shows, that only administrators see.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_see_page(&self, state: &State, page: AdminOnlyPage) -> Result<(), Refusal> {
        let closed = self.setting(state, |settings| settings.admin_only_pages.contains(&page));
        allow(self.is_admin() || !closed)
    }

    /// True if they may see a project. Administrators see all; others see public ones and those
    /// they belong to or manage.
    #[must_use]
    pub fn may_see_project(&self, state: &State, project: &Project) -> bool {
        self.is_admin()
            || project.public
            || self.manages_project(state, project.id)
            || is_on_project(state, project, self.user)
    }

    /// Refuses unless the actor may change a project: administrators and its managers may.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`].
    pub fn must_edit_project(&self, state: &State, project: ProjectId) -> Result<(), Refusal> {
        allow(self.is_admin() || self.manages_project(state, project))
    }

    /// True if they may track time on a task: they see its project, and it is not assigned to
    /// others.
    #[must_use]
    pub fn may_track_task(&self, state: &State, task: &Task) -> bool {
        let assigned = task.assignees.is_empty() && task.groups.is_empty()
            || task.assignees.contains(&self.user)
            || task.groups.iter().any(|group| is_in_group(state, *group, self.user));
        if !assigned {
            quirk!("CFY-548");
        }
        assigned || self.is_admin() || self.manages_project(state, task.project)
    }

    /// True if they may list a person's entries. Members list their own, administrators everyone's
    /// (001:1411), team managers those of their people.
    #[must_use]
    pub fn may_list_entries_of(&self, state: &State, user: UserId) -> bool {
        self.user == user || self.is_admin() || self.manages_person(state, user)
    }

    /// True if they may see an entry, including in reports.
    #[must_use]
    pub fn may_see_entry(&self, state: &State, entry: &TimeEntry) -> bool {
        self.may_see_work(state, entry.user, entry.project)
    }

    /// True if they may see a person's time on a project, or without a project.
    #[must_use]
    pub fn may_see_work(&self, state: &State, user: UserId, project: Option<ProjectId>) -> bool {
        if self.may_list_entries_of(state, user) {
            return true;
        }
        let Some(settings) = self.settings(state) else { return false };
        let project = project.and_then(|project| state.projects.get(project));
        if project.is_some_and(|project| self.manages_project(state, project.id)) {
            return true;
        }
        match project {
            _ if !settings.only_admins_see_all_time_entries => {
                project.is_none_or(|project| self.may_see_project(state, project))
            }
            Some(project) if project.public => !settings.only_admins_see_public_projects_entries,
            _ => false,
        }
    }

    /// Refuses unless the actor may change a person's entries and timer: members may change their
    /// own; administrators those of others if the plan includes it, and so may team managers those of
    /// their people if the workspace says so. Source: 001:1532, 001:1609, facts.md:N-60.
    ///
    /// # Errors
    /// [`Refusal::AccessDenied`] and [`Refusal::NotInPlan`].
    pub fn must_edit_entries_of(&self, state: &State, user: UserId) -> Result<(), Refusal> {
        if self.user == user {
            return Ok(());
        }
        let enabled = self.workspace(state).is_some_and(|home| home.managers_edit_time);
        quirk!("CFY-527");
        allow(self.is_admin() || enabled && self.manages_person(state, user))?;
        self.must_have(state, Feature::AddTimeForOthers)
    }

    /// True if they may set an entry's `billable`.
    #[must_use]
    pub fn may_set_billable(&self, state: &State) -> bool {
        self.is_admin()
            || !self.setting(state, |settings| settings.only_admins_can_change_billable_status)
    }

    /// The rates that they may see.
    #[must_use]
    pub fn rate_visibility(&self, state: &State) -> RateVisibility {
        let hidden = self.setting(state, |settings| settings.only_admins_see_billable_rates);
        RateVisibility { hourly: self.is_admin() || !hidden, cost: self.is_admin() }
    }
}

fn allow(allowed: bool) -> Result<(), Refusal> {
    if allowed {
        return Ok(());
    }
    quirk!("CFY-505");
    Err(Refusal::AccessDenied)
}
