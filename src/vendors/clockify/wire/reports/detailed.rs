//! The detailed report as JSON.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::groups::{TotalsList, decimal};
use crate::http::body::Field;
use crate::kernel::civil::Tz;
use crate::kernel::money::{ExactAmount, Minor};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::entries::EntryType;
use crate::vendors::clockify::model::fields::{FieldContent, FieldType};
use crate::vendors::clockify::model::{
    ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId,
};
use crate::vendors::clockify::reports::result::{
    AmountKind, Named, ReportContext, Row, RowField, Totals,
};

/// An instant in the report's zone: `2026-08-08T10:15:00+12:00`, `Z` in UTC.
#[derive(Debug, Clone, Copy)]
struct Zoned(DateTime<Utc>, Tz);

impl Serialize for Zoned {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let at = self.0.with_timezone(&self.1);
        to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// The answer with a detailed report.
#[derive(Debug, Serialize)]
pub struct DetailedOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<TotalsList<'a>>,
    timeentries: Vec<RowOut<'a>>,
}

impl<'a> DetailedOut<'a> {
    /// Renders a page of a detailed report. `totals` covers all pages.
    #[must_use]
    pub fn new(
        context: &'a ReportContext,
        totals: Option<&'a Totals>,
        rows: &'a [Row],
        revision: Revision,
    ) -> Self {
        quirk!("CFY-442");
        Self {
            totals: totals.map(|totals| TotalsList::new(context, totals, revision)),
            timeentries: rows.iter().map(|row| RowOut::new(context, row, revision)).collect(),
        }
    }
}

/// An entry. Source: 001:2826-2845, clockify.md:6.2.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowOut<'a> {
    #[serde(rename = "_id")]
    id: EntryId,
    description: &'a str,
    user_id: UserId,
    billable: bool,
    task_id: Option<TaskId>,
    project_id: Option<ProjectId>,
    time_interval: IntervalOut,
    approval_request_id: (),
    task_name: Option<&'a str>,
    tags: Vec<TagOut<'a>>,
    is_locked: bool,
    custom_fields: Vec<FieldOut<'a>>,
    #[serde(flatten)]
    amounts: Option<RowAmounts>,
    user_name: &'a str,
    user_email: &'a str,
    project_name: Option<&'a str>,
    project_color: Option<&'a str>,
    client_name: Option<&'a str>,
    client_id: Option<ClientIdOut>,
    currency: &'a str,
    r#type: EntryType,
    #[serde(skip_serializing_if = "Field::is_absent")]
    invoicing_info: Field<InvoicingOut>,
    tag_ids: Vec<TagId>,
}

#[derive(Debug, Serialize)]
struct IntervalOut {
    start: Zoned,
    end: Zoned,
    duration: i64,
}

/// The client of a project, or an empty text. Source: facts.md:N-32.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ClientIdOut {
    Id(ClientId),
    None(&'static str),
}

/// An entry that was marked as invoiced. Source: facts.md:N-36.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InvoicingOut {
    manually_invoiced: bool,
}

#[derive(Debug, Serialize)]
struct TagOut<'a> {
    name: &'a str,
    #[serde(rename = "_id")]
    id: TagId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldOut<'a> {
    custom_field_id: FieldId,
    time_entry_id: EntryId,
    value: Option<&'a FieldContent>,
    name: &'a str,
    r#type: FieldType,
}

/// Amounts and rates of an entry: `null` without a rate, 0 if they were not requested. Source: CFY-404,
/// CFY-503.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowAmounts {
    amount: Option<f64>,
    rate: Option<f64>,
    earned_amount: Option<f64>,
    earned_rate: Option<f64>,
    cost_amount: Option<f64>,
    cost_rate: Option<f64>,
}

impl RowAmounts {
    fn new(main: AmountKind, kinds: &[AmountKind], row: &Row) -> Self {
        quirk!("CFY-503");
        let requested = |kind| kinds.contains(&kind) || kinds.contains(&AmountKind::Profit);
        let shown = |kind, rate: Option<Minor>| match rate {
            _ if !requested(kind) => [Some(0.0); 2],
            None => [None; 2],
            Some(rate) => {
                [row.money.of(kind), ExactAmount::whole(rate)].map(|it| Some(decimal(it)))
            }
        };
        let [earned_amount, earned_rate] = shown(AmountKind::Earned, row.rate);
        let [cost_amount, cost_rate] = shown(AmountKind::Cost, row.cost_rate);
        let [amount, rate] = match main {
            AmountKind::Earned => [earned_amount, earned_rate],
            AmountKind::Cost => [cost_amount, cost_rate],
            AmountKind::Profit => {
                let margin = row.rate.unwrap_or(0).saturating_sub(row.cost_rate.unwrap_or(0));
                [row.money.of(main), ExactAmount::whole(margin)].map(|it| Some(decimal(it)))
            }
        };
        Self { amount, rate, earned_amount, earned_rate, cost_amount, cost_rate }
    }
}

fn name<I>(named: Option<&Named<I>>) -> Option<&str> {
    named.map(|named| &*named.name)
}

/// Name and id of the client: empty texts for a project without one, `null` without a project.
fn client(row: &Row) -> (Option<&str>, Option<ClientIdOut>) {
    match &row.client {
        Some(client) => (Some(&client.name), Some(ClientIdOut::Id(client.id))),
        None if row.project.is_some() => {
            quirk!("CFY-576");
            (Some(""), Some(ClientIdOut::None("")))
        }
        None => (None, None),
    }
}

fn invoicing(row: &Row, revision: Revision) -> Field<InvoicingOut> {
    quirk!("CFY-577");
    match revision {
        _ if row.invoiced => Field::Value(InvoicingOut { manually_invoiced: true }),
        Revision::Documented => Field::Absent,
        Revision::Current => Field::Null,
    }
}

impl<'a> RowOut<'a> {
    fn new(context: &'a ReportContext, row: &'a Row, revision: Revision) -> Self {
        let (client_name, client_id) = client(row);
        let field = |filled: &'a RowField| FieldOut {
            custom_field_id: filled.id,
            time_entry_id: row.id,
            value: filled.value.as_ref(),
            name: &filled.name,
            r#type: filled.kind,
        };
        Self {
            id: row.id,
            description: &row.description,
            user_id: row.user.id,
            billable: row.billable,
            task_id: row.task.as_ref().map(|task| task.id),
            project_id: row.project.as_ref().map(|project| project.id),
            time_interval: IntervalOut {
                start: Zoned(row.start, context.zone),
                end: Zoned(row.end, context.zone),
                duration: row.seconds,
            },
            approval_request_id: (),
            task_name: name(row.task.as_ref()),
            tags: row.tags.iter().map(|tag| TagOut { name: &tag.name, id: tag.id }).collect(),
            is_locked: row.locked,
            custom_fields: row.fields.iter().map(field).collect(),
            amounts: context.main().map(|main| RowAmounts::new(main, &context.amounts, row)),
            user_name: &row.user.name,
            user_email: &row.email,
            project_name: name(row.project.as_ref()),
            project_color: row.color.as_ref().map(Arc::as_ref),
            client_name,
            client_id,
            currency: &row.currency,
            r#type: row.kind,
            invoicing_info: invoicing(row, revision),
            tag_ids: row.tags.iter().map(|tag| tag.id).collect(),
        }
    }
}
