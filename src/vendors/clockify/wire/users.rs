//! Accounts with their memberships, custom fields and roles.

use serde::Serialize;

use super::field_content::ContentOut;
use super::memberships::MembershipOut;
use crate::kernel::revision::Revision;
use crate::vendors::clockify::model::fields::FieldType;
use crate::vendors::clockify::model::members::Member;
use crate::vendors::clockify::model::users::{AccountStatus, User, UserSettings};
use crate::vendors::clockify::model::{FieldId, GroupId, State, UserId, WorkspaceId};
use crate::vendors::clockify::rules::people::Role;

/// An account. Source: 001:1697-1737, clockify.md:4.7.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserOut<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    memberships: Vec<MembershipOut<'a>>,
    profile_picture: &'a str,
    active_workspace: WorkspaceId,
    default_workspace: WorkspaceId,
    settings: Option<&'a UserSettings>,
    status: AccountStatus,
    custom_fields: Vec<UserFieldOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<RoleOut>>,
}

impl<'a> UserOut<'a> {
    /// Renders an account without roles.
    #[must_use]
    pub fn new(
        user: &'a User,
        memberships: Vec<MembershipOut<'a>>,
        custom_fields: Vec<UserFieldOut<'a>>,
    ) -> Self {
        let User {
            id,
            email,
            name,
            profile_picture,
            active_workspace,
            default_workspace,
            settings,
            status,
        } = user;
        Self {
            id: *id,
            email,
            name,
            memberships,
            profile_picture,
            active_workspace: *active_workspace,
            default_workspace: *default_workspace,
            settings: settings.as_ref(),
            status: *status,
            custom_fields,
            roles: None,
        }
    }

    /// Adds the roles.
    #[must_use]
    pub fn with_roles(mut self, roles: Vec<Role>, revision: Revision) -> Self {
        self.roles = Some(roles.into_iter().map(|role| RoleOut::new(role, revision)).collect());
        self
    }
}

/// A custom field of a member.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserFieldOut<'a> {
    custom_field_id: FieldId,
    custom_field_name: &'a str,
    custom_field_type: FieldType,
    user_id: UserId,
    value: Option<ContentOut<'a>>,
}

/// The custom field values of a member.
#[must_use]
pub fn fields_of<'a>(state: &'a State, member: &'a Member) -> Vec<UserFieldOut<'a>> {
    let filled = member.fields.iter();
    filled
        .filter_map(|filled| {
            let field = state.fields.get(filled.field)?;
            Some(UserFieldOut {
                custom_field_id: field.id,
                custom_field_name: &field.name,
                custom_field_type: field.kind,
                user_id: member.user(),
                value: filled.value.as_ref().map(ContentOut),
            })
        })
        .collect()
}

/// A role.
#[derive(Debug, Serialize)]
pub struct RoleOut {
    role: &'static str,
    entities: Vec<RoleTargetOut>,
}

#[derive(Debug, Serialize)]
struct RoleTargetOut {
    id: String,
    name: String,
    source: Option<SourceOut>,
}

/// The group whose members a manager manages.
#[derive(Debug, Serialize)]
pub struct SourceOut {
    id: GroupId,
    r#type: &'static str,
}

impl From<GroupId> for SourceOut {
    fn from(id: GroupId) -> Self {
        Self { id, r#type: "USER_GROUP" }
    }
}

impl RoleOut {
    fn new(role: Role, revision: Revision) -> Self {
        let Role { name, over } = role;
        let entities = over
            .into_iter()
            .map(|over| RoleTargetOut {
                id: over.id,
                name: over.name,
                source: over.group.map(SourceOut::from),
            })
            .collect();
        Self { role: name.word(revision), entities }
    }
}
