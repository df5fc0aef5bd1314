//! Members of a workspace: bodies that invite, change and search them, and their roles.

use serde::{Deserialize, Serialize};

use super::loose::{LooseBool, LooseInt, Text};
use super::users::SourceOut;
use crate::http::body::Field;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::members::MembershipStatus;
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::users::AccountStatus;
use crate::vendors::clockify::model::{UserId, WorkspaceId};
use crate::vendors::clockify::rules::members::RoleChange;
use crate::vendors::clockify::rules::people::{Kinds, PersonFilter, Role, RoleName, Sort};

/// The body that invites a person. Source: 001:2210.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InviteIn {
    /// The address.
    pub email: Field<Text>,
}

/// The statuses that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum StatusChange {
    Active,
    Inactive,
}

/// The body that activates or deactivates a member. Source: 001:2303, clockify.md:4.7.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusIn {
    status: Field<StatusChange>,
    membership_status: Field<StatusChange>,
}

impl StatusIn {
    /// `true` to activate, `false` to deactivate.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] without a status.
    pub fn active(self, revision: Revision) -> Result<bool, Refusal> {
        let Self { status, membership_status } = self;
        quirk!("CFY-312");
        let word = match revision {
            Revision::Documented => membership_status.value().or(status.value()),
            Revision::Current => status.value(),
        };
        word.map(|word| word == StatusChange::Active).ok_or(Refusal::NotNull)
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RoleType {
    WorkspaceAdmin,
    TeamManager,
    ProjectManager,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RoleSource {
    UserGroup,
}

/// The body that gives or takes a role. Source: clockify.md:4.7.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleIn {
    entity_id: Field<Text>,
    role: Field<RoleType>,
    source_type: Field<RoleSource>,
}

impl RoleIn {
    /// The change of roles.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] without a role or entity.
    pub fn change(self) -> Result<RoleChange, Refusal> {
        let Self { entity_id, role, source_type } = self;
        let entity = entity_id.value().ok_or(Refusal::NoRoleTarget)?.0;
        Ok(match (role.value().ok_or(Refusal::NotNull)?, source_type.value()) {
            (RoleType::WorkspaceAdmin, _) => RoleChange::Admin(entity),
            (RoleType::ProjectManager, _) => RoleChange::ProjectManager(entity),
            (RoleType::TeamManager, None) => RoleChange::ManagerOfUser(entity),
            (RoleType::TeamManager, Some(RoleSource::UserGroup)) => {
                RoleChange::ManagerOfGroup(entity)
            }
        })
    }
}

/// A role of a member over one entity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleDetailsOut {
    role: RoleDetailOut,
    user_id: UserId,
    workspace_id: WorkspaceId,
}

#[derive(Debug, Serialize)]
struct RoleDetailOut {
    id: String,
    name: &'static str,
    source: Option<SourceOut>,
}

impl RoleDetailsOut {
    /// Renders all roles of a member.
    #[must_use]
    pub fn all(roles: Vec<Role>, user: UserId, workspace: WorkspaceId) -> Vec<Self> {
        let over = roles.into_iter().flat_map(|Role { name, over }| {
            let name = match name {
                RoleName::Owner => "Owner",
                RoleName::WorkspaceAdmin => "Administrator",
                RoleName::TeamManager => "Team manager",
                RoleName::ProjectManager => "Project manager",
            };
            over.into_iter().map(move |over| (name, over))
        });
        over.map(|(name, over)| Self {
            role: RoleDetailOut { id: over.id, name, source: over.group.map(SourceOut::from) },
            user_id: user,
            workspace_id: workspace,
        })
        .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum StatusFilter {
    Pending,
    Active,
    Declined,
    Inactive,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum SortOrder {
    Ascending,
    Descending,
}

/// The body that searches people. Source: clockify.md:4.7.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchIn {
    email: Field<Text>,
    name: Field<Text>,
    project_id: Field<Text>,
    status: Field<StatusFilter>,
    account_statuses: Field<Vec<AccountStatus>>,
    roles: Field<Vec<RoleName>>,
    user_groups: Field<Vec<Text>>,
    memberships: Field<Kinds>,
    include_roles: Field<LooseBool>,
    sort_column: Field<Sort>,
    sort_order: Field<SortOrder>,
    page: Field<LooseInt>,
    page_size: Field<LooseInt>,
}

/// A search for people.
#[derive(Debug)]
pub struct Search {
    /// The filter and order.
    pub filter: PersonFilter,
    /// Memberships to include.
    pub kinds: Kinds,
    /// Includes roles.
    pub roles: bool,
    /// Number of the page.
    pub page: Option<i64>,
    /// Size of the page.
    pub page_size: Option<i64>,
}

impl SearchIn {
    /// The search in this body.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for invalid ids.
    pub fn search(self) -> Result<Search, Refusal> {
        let Self {
            email,
            name,
            project_id,
            status,
            account_statuses,
            roles,
            user_groups,
            memberships,
            include_roles,
            sort_column,
            sort_order,
            page,
            page_size,
        } = self;
        let text = |field: Field<Text>| field.value().map(|t| t.0).filter(|t| !t.is_empty());
        let part = |field| text(field).map(|part| NameFilter::part(&part));
        let project = text(project_id).map(|id| id.parse()).transpose();
        let groups = user_groups.value().unwrap_or_default();
        let groups = groups.iter().map(|group| group.0.parse()).collect::<Result<_, _>>();
        let accounts = account_statuses.value().filter(|statuses| !statuses.is_empty());
        let filter = PersonFilter {
            email: part(email),
            name: part(name),
            project: project.map_err(|_| Refusal::Unknown(Entity::PROJECT))?,
            status: match status.value() {
                None | Some(StatusFilter::All) => None,
                Some(StatusFilter::Pending) => Some(MembershipStatus::Pending),
                Some(StatusFilter::Active) => Some(MembershipStatus::Active),
                Some(StatusFilter::Declined) => Some(MembershipStatus::Declined),
                Some(StatusFilter::Inactive) => Some(MembershipStatus::Inactive),
            },
            accounts: accounts.unwrap_or_else(|| AccountStatus::USUAL.to_vec()),
            roles: roles.value().unwrap_or_default(),
            groups: groups.map_err(|_| Refusal::Unknown(Entity::USER_GROUP))?,
            sort: sort_column.value().unwrap_or_default(),
            descending: sort_order.value() == Some(SortOrder::Descending),
        };
        Ok(Search {
            filter,
            kinds: memberships.value().unwrap_or(Kinds::None),
            roles: include_roles.value().is_some_and(|include| include.0),
            page: page.value().map(|page| page.0),
            page_size: page_size.value().map(|size| size.0),
        })
    }
}
