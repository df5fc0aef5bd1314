//! Workspaces with their settings and members.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::loose::Text;
use super::memberships::{MembershipOut, RowContext};
use super::money::RateOut;
use crate::http::body::Field;
use crate::vendors::clockify::model::members::MemberBy;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::settings::{Creators, EntityCreation, WorkspaceSettings};
use crate::vendors::clockify::model::workspaces::{Currency, Workspace};
use crate::vendors::clockify::model::{CurrencyId, State, WorkspaceId};
use crate::vendors::clockify::rules::people::of_workspace;
use crate::vendors::clockify::rules::permissions::RateVisibility;

/// A workspace. Source: 001:2142-2199, clockify.md:4.9.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceOut<'a> {
    id: WorkspaceId,
    name: &'a str,
    hourly_rate: Option<RateOut<'a>>,
    cost_rate: Option<RateOut<'a>>,
    currencies: Vec<CurrencyOut<'a>>,
    memberships: Vec<MembershipOut<'a>>,
    workspace_settings: SettingsOut<'a>,
    image_url: &'a str,
    feature_subscription_type: Option<&'a str>,
    features: Vec<Feature>,
    subdomain: SubdomainOut<'a>,
    cake_organization_id: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CurrencyOut<'a> {
    id: CurrencyId,
    code: &'a str,
    is_default: bool,
}

#[derive(Debug, Serialize)]
struct SubdomainOut<'a> {
    name: Option<&'a str>,
    enabled: bool,
}

/// Renders a workspace with all its members. It contains the rates at `now` that `sight` allows.
#[must_use]
pub fn workspace<'a>(
    state: &'a State,
    row: &'a Workspace,
    sight: RateVisibility,
    now: DateTime<Utc>,
) -> WorkspaceOut<'a> {
    let Workspace {
        id,
        name,
        image_url,
        owner: _,
        rates,
        currencies,
        plan,
        seats: _,
        settings,
        breaks: _,
        managers_edit_time: _,
        subdomain,
        cake_organization_id,
    } = row;
    let context = RowContext { state, workspace: row, sight, now };
    let members = state.members.find(MemberBy::Workspace(*id));
    let code = row.default_code();
    // A workspace without a rate shows 0 (001:2143).
    let hourly = rates.hourly.at(now).unwrap_or(0);
    WorkspaceOut {
        id: *id,
        name,
        hourly_rate: RateOut::visible(Some(hourly), code, sight.hourly),
        cost_rate: RateOut::visible(rates.cost.at(now), code, sight.cost),
        currencies: currencies.iter().map(CurrencyOut::from).collect(),
        memberships: members.map(|member| context.out(&of_workspace(member))).collect(),
        workspace_settings: settings.into(),
        image_url,
        feature_subscription_type: plan.name(),
        features: plan.features().collect(),
        subdomain: SubdomainOut { name: subdomain.as_deref(), enabled: subdomain.is_some() },
        cake_organization_id,
    }
}

impl<'a> From<&'a Currency> for CurrencyOut<'a> {
    fn from(currency: &'a Currency) -> Self {
        let Currency { id, code, is_default } = currency;
        Self { id: *id, code, is_default: *is_default }
    }
}

/// The settings. The stored ones have the vendor's keys; the three older switches derive from the
/// creators.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsOut<'a> {
    #[serde(flatten)]
    stored: &'a WorkspaceSettings,
    only_admins_create_project: bool,
    only_admins_create_tag: bool,
    only_admins_create_task: bool,
}

impl<'a> From<&'a WorkspaceSettings> for SettingsOut<'a> {
    fn from(stored: &'a WorkspaceSettings) -> Self {
        let EntityCreation {
            who_can_create_projects_and_clients,
            who_can_create_tags,
            who_can_create_tasks,
        } = stored.entity_creation_permissions;
        let only_admins = |creators| creators != Creators::Everyone;
        Self {
            stored,
            only_admins_create_project: only_admins(who_can_create_projects_and_clients),
            only_admins_create_tag: only_admins(who_can_create_tags),
            only_admins_create_task: only_admins(who_can_create_tasks),
        }
    }
}

/// The body that creates a workspace. Source: clockify.md:4.9.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WorkspaceIn {
    /// Its name.
    pub name: Field<Text>,
}
