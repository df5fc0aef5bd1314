//! Hydrated projects: with their client, tasks, custom fields and currency.

use serde::Serialize;

use super::{BudgetOut, EstimateOut, ProjectOut, TimeEstimateOut};
use crate::quirk;
use crate::vendors::clockify::model::clients::Client;
use crate::vendors::clockify::model::fields::{FieldBy, FieldEntity, FieldStatus, FieldType};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::projects::Project;
use crate::vendors::clockify::model::workspaces::Currency;
use crate::vendors::clockify::model::{ClientId, CurrencyId, FieldId, ProjectId, WorkspaceId};
use crate::vendors::clockify::rules::tasks::of_project;
use crate::vendors::clockify::wire::field_content::ContentOut;
use crate::vendors::clockify::wire::memberships::{MembershipOut, RowContext};
use crate::vendors::clockify::wire::money::RateOut;
use crate::vendors::clockify::wire::stamps::IsoDuration;
use crate::vendors::clockify::wire::tasks::TaskOut;

/// A project with what belongs to it. Its client has no name of its own. Source: facts.md:N-30.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
pub struct HydratedProjectOut<'a> {
    id: ProjectId,
    name: &'a str,
    hourly_rate: Option<RateOut<'a>>,
    client_id: String,
    client: Option<ProjectClientOut<'a>>,
    workspace_id: WorkspaceId,
    billable: bool,
    memberships: Vec<MembershipOut<'a>>,
    color: &'a str,
    estimate: EstimateOut,
    archived: bool,
    tasks: Vec<FavoriteTaskOut<'a>>,
    note: &'a str,
    duration: IsoDuration,
    cost_rate: Option<RateOut<'a>>,
    time_estimate: TimeEstimateOut,
    budget_estimate: Option<BudgetOut>,
    custom_fields: Vec<ProjectFieldOut<'a>>,
    currency: Option<CurrencyOut<'a>>,
    favorite: bool,
    template: bool,
    public: bool,
}

/// A task with the mark of a favourite, which nobody sets here.
#[derive(Debug, Serialize)]
struct FavoriteTaskOut<'a> {
    #[serde(flatten)]
    task: TaskOut<'a>,
    favorite: bool,
}

/// The client of a project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectClientOut<'a> {
    id: ClientId,
    name: &'a str,
    email: Option<&'a str>,
    workspace_id: WorkspaceId,
    archived: bool,
    address: Option<&'a str>,
    note: Option<&'a str>,
}

/// The currency of a project's amounts.
#[derive(Debug, Serialize)]
struct CurrencyOut<'a> {
    id: CurrencyId,
    code: &'a str,
}

impl<'a> HydratedProjectOut<'a> {
    /// Adds to a row what belongs to its project.
    #[must_use]
    pub fn new(out: ProjectOut<'a>, project: &Project, context: &RowContext<'a>) -> Self {
        let ProjectOut {
            id,
            name,
            hourly_rate,
            client_id,
            workspace_id,
            billable,
            memberships,
            color,
            estimate,
            archived,
            duration,
            client_name: _,
            note,
            cost_rate,
            time_estimate,
            budget_estimate,
            estimate_reset: _,
            template,
            public,
        } = out;
        quirk!("CFY-140");
        let client = project.client.and_then(|client| context.state.clients.get(client));
        let home = context.workspace;
        let own = client.and_then(|client| home.currency(client.currency?));
        let tasks = of_project(context.state, id);
        let tasks = tasks.map(|task| TaskOut::new(task, context));
        Self {
            id,
            name,
            hourly_rate,
            client_id,
            client: client.map(|client| ProjectClientOut::from(&**client)),
            workspace_id,
            billable,
            memberships,
            color,
            estimate,
            archived,
            tasks: tasks.map(|task| FavoriteTaskOut { task, favorite: false }).collect(),
            note,
            duration,
            cost_rate,
            time_estimate,
            budget_estimate,
            custom_fields: fields_of(id, context),
            currency: own.or(home.default_currency()).map(CurrencyOut::from),
            favorite: false,
            template,
            public,
        }
    }
}

impl<'a> From<&'a Client> for ProjectClientOut<'a> {
    fn from(client: &'a Client) -> Self {
        let Client { id, workspace, name, email, address, note, archived, .. } = client;
        Self {
            id: *id,
            name,
            email: email.as_deref(),
            workspace_id: *workspace,
            archived: *archived,
            address: address.as_deref(),
            note: note.as_deref(),
        }
    }
}

impl<'a> From<&'a Currency> for CurrencyOut<'a> {
    fn from(currency: &'a Currency) -> Self {
        Self { id: currency.id, code: &currency.code }
    }
}

/// A custom field of a project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectFieldOut<'a> {
    custom_field_id: FieldId,
    name: &'a str,
    r#type: FieldType,
    value: Option<ContentOut<'a>>,
    status: FieldStatus,
}

/// The custom fields of time entries that are active on a project.
fn fields_of<'a>(project: ProjectId, context: &RowContext<'a>) -> Vec<ProjectFieldOut<'a>> {
    let by_name = |name| FieldBy::Name(context.workspace.id, name);
    quirk!("CFY-550");
    let fields = context.state.fields.scan(Folded::all(by_name));
    fields
        .filter(|field| field.entity == FieldEntity::Timeentry)
        .map(|field| {
            let (value, status) = field.on(Some(project));
            let (custom_field_id, name, r#type) = (field.id, field.name.as_str(), field.kind);
            let value = value.map(ContentOut);
            ProjectFieldOut { custom_field_id, name, r#type, value, status }
        })
        .filter(|field| field.status != FieldStatus::Inactive)
        .collect()
}
