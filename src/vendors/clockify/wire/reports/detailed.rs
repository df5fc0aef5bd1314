//! The detailed report as JSON.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::groups::{TotalsList, decimal};
use crate::http::body::Field;
use crate::kernel::civil::Tz;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::entries::EntryType;
use crate::vendors::clockify::model::fields::{FieldContent, FieldType};
use crate::vendors::clockify::model::{
    ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId,
};
use crate::vendors::clockify::reports::result::{
    AmountKind, Money, Named, ReportContext, Row, RowField, Totals,
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

/// Amounts and rates of an entry. Those that were not requested are 0. Source: CFY-404.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowAmounts {
    amount: f64,
    rate: f64,
    earned_amount: f64,
    earned_rate: f64,
    cost_amount: f64,
    cost_rate: f64,
}

impl RowAmounts {
    fn new(main: AmountKind, kinds: &[AmountKind], row: &Row) -> Self {
        let rates = Money { earned: row.rate, cost: row.cost_rate };
        let requested = |kind, amount| {
            let included = kinds.contains(&kind) || kinds.contains(&AmountKind::Profit);
            if included { decimal(amount) } else { 0.0 }
        };
        Self {
            amount: decimal(row.money.of(main)),
            rate: decimal(rates.of(main)),
            earned_amount: requested(AmountKind::Earned, row.money.earned),
            earned_rate: requested(AmountKind::Earned, row.rate),
            cost_amount: requested(AmountKind::Cost, row.money.cost),
            cost_rate: requested(AmountKind::Cost, row.cost_rate),
        }
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
