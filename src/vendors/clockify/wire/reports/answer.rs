//! Reports as JSON: seconds, and minor units as decimals.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::super::super::model::entries::EntryType;
use super::super::super::model::fields::{FieldContent, FieldType};
use super::super::super::model::settings::DurationFormat;
use super::super::super::model::{ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId};
use super::super::super::reports::result::{
    AmountKind, Day, Filled, Frame, Group, GroupId, GroupKind, Money, Named, Row, Sum, Summary,
    Totals, Weekly,
};
use crate::kernel::civil::Tz;
use crate::kernel::money::Minor;
use crate::kernel::revision::Revision;
use crate::quirk;

/// Minor units as the reports API writes them: `4321.0`.
#[expect(clippy::cast_precision_loss, reason = "amounts of money stay far below 2^53")]
fn decimal(amount: Minor) -> f64 {
    amount as f64
}

/// An instant in the zone of the report: `2026-08-08T10:15:00+12:00`, `Z` in UTC.
#[derive(Debug, Clone, Copy)]
struct Zoned(DateTime<Utc>, Tz);

impl Serialize for Zoned {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let at = self.0.with_timezone(&self.1);
        to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// An amount with its kind. Source: notes/clockify.md 6.2.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AmountOut<'a> {
    r#type: AmountKind,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_by_currency: Option<Vec<CurrencyOut<'a>>>,
}

#[derive(Debug, Serialize)]
struct CurrencyOut<'a> {
    currency: &'a str,
    amount: f64,
}

fn amounts(shown: &[AmountKind], money: Money) -> Vec<AmountOut<'_>> {
    let amount = |kind: &AmountKind| AmountOut {
        r#type: *kind,
        value: decimal(money.of(*kind)),
        amount_by_currency: None,
    };
    shown.iter().map(amount).collect()
}

/// Figures of the whole report. Source: document 001, lines 2502 to 2509, and notes/clockify.md 6.2.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TotalsOut<'a> {
    #[serde(rename = "_id")]
    id: &'static str,
    total_time: i64,
    total_billable_time: i64,
    entries_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_amount: Option<f64>,
    num_of_currencies: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_amount_by_currency: Option<Vec<CurrencyOut<'a>>>,
    amounts: Vec<AmountOut<'a>>,
}

impl<'a> TotalsOut<'a> {
    fn new(frame: &'a Frame, totals: &'a Totals) -> Self {
        let Totals { sum, billable_seconds, entries, by_currency } = totals;
        let of = |kind: AmountKind| -> Vec<CurrencyOut<'a>> {
            let each = by_currency.iter();
            each.map(|(code, money)| CurrencyOut {
                currency: code,
                amount: decimal(money.of(kind)),
            })
            .collect()
        };
        let mut all = amounts(&frame.shown, sum.money);
        for amount in &mut all {
            amount.amount_by_currency = Some(of(amount.r#type));
        }
        Self {
            id: "",
            total_time: sum.seconds,
            total_billable_time: *billable_seconds,
            entries_count: *entries,
            total_amount: frame.main().map(|kind| decimal(sum.money.of(kind))),
            num_of_currencies: by_currency.len(),
            total_amount_by_currency: frame.main().map(of),
            amounts: all,
        }
    }
}

/// A list of one, or what stands for no entries. Source: quirk CFY-441.
#[derive(Debug)]
struct TotalsList<'a> {
    totals: Option<TotalsOut<'a>>,
    hole: bool,
}

impl<'a> TotalsList<'a> {
    fn new(frame: &'a Frame, totals: &'a Totals, revision: Revision) -> Self {
        if totals.entries == 0 {
            quirk!("CFY-441");
            return Self { totals: None, hole: revision == Revision::Current };
        }
        Self { totals: Some(TotalsOut::new(frame, totals)), hole: false }
    }
}

impl Serialize for TotalsList<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(None)?;
        match &self.totals {
            Some(totals) => list.serialize_element(totals)?,
            None if self.hole => list.serialize_element(&())?,
            None => {}
        }
        list.end()
    }
}

/// The id of a group: one, several, a text, or an empty text.
#[derive(Debug)]
struct IdOut<'a>(&'a GroupId);

impl Serialize for IdOut<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            GroupId::Without => to.serialize_str(""),
            GroupId::One(id) => id.serialize(to),
            GroupId::Many(ids) => ids.serialize(to),
            GroupId::Text(text) => to.serialize_str(text),
        }
    }
}

/// A group. Source: document 001, lines 2510 to 2527, and notes/clockify.md 6.3.
#[derive(Debug, Clone, Copy)]
struct GroupOut<'a> {
    frame: &'a Frame,
    kinds: &'a [GroupKind],
    group: &'a Group,
    /// The days of the weekly report.
    days: Option<&'a [Day]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupFields<'a> {
    #[serde(rename = "_id")]
    id: IdOut<'a>,
    duration: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    amounts: Vec<AmountOut<'a>>,
    name: &'a str,
    name_lower_case: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<&'a str>,
    currency: &'a str,
    workspace_currency_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<Vec<DayOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Groups<'a>>,
}

impl Serialize for GroupOut<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { frame, kinds, group, days } = *self;
        let Group { label, sum, by_currency: _, days: sums, children } = group;
        let inner = kinds.get(1..).unwrap_or_default();
        let day = |(day, sum): (&Day, &Sum)| DayOut::new(frame, day, *sum);
        GroupFields {
            id: IdOut(&label.id),
            duration: sum.seconds,
            amount: frame.main().map(|kind| decimal(sum.money.of(kind))),
            amounts: amounts(&frame.shown, sum.money),
            name: &label.name,
            name_lower_case: label.name.to_lowercase(),
            color: label.color.as_deref(),
            client_name: label.client.as_deref(),
            currency: group.currency().unwrap_or(&frame.currency),
            workspace_currency_code: &frame.currency,
            days: days.map(|days| days.iter().zip(sums).map(day).collect()),
            children: (!inner.is_empty()).then_some(Groups {
                frame,
                kinds: inner,
                of: children,
                days,
            }),
        }
        .serialize(to)
    }
}

/// Groups of one level, written one after the other.
#[derive(Debug, Clone, Copy)]
struct Groups<'a> {
    frame: &'a Frame,
    kinds: &'a [GroupKind],
    of: &'a [Group],
    days: Option<&'a [Day]>,
}

impl Serialize for Groups<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { frame, kinds, of, days } = *self;
        let group = |group| GroupOut { frame, kinds, group, days };
        to.collect_seq(of.iter().map(group))
    }
}

/// A day. Source: document 001, lines 2606 to 2611.
#[derive(Debug, Serialize)]
struct DayOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    duration: i64,
    date: String,
}

impl DayOut {
    fn new(frame: &Frame, day: &Day, sum: Sum) -> Self {
        Self {
            amount: frame.main().map(|kind| decimal(sum.money.of(kind))),
            duration: sum.seconds,
            date: day.date.to_string(),
        }
    }
}

/// The answer of a summary report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryOut<'a> {
    totals: TotalsList<'a>,
    /// Always empty: what fills it is not on record.
    donut_chart: [(); 0],
    group_totals: GroupTotals,
    group_one: Groups<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupTotals {
    group_one_total_count: usize,
    group_two_total_count: usize,
}

impl<'a> SummaryOut<'a> {
    /// Writes a summary report.
    #[must_use]
    pub fn new(frame: &'a Frame, report: &'a Summary, revision: Revision) -> Self {
        let Summary { totals, kinds, groups, days: _ } = report;
        Self {
            totals: TotalsList::new(frame, totals, revision),
            donut_chart: [],
            group_totals: GroupTotals {
                group_one_total_count: groups.len(),
                group_two_total_count: groups.iter().map(|group| group.children.len()).sum(),
            },
            group_one: Groups { frame, kinds, of: groups, days: None },
        }
    }
}

/// The answer of a weekly report. Source: document 001, lines 2596 to 2735.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WeeklyOut<'a> {
    totals: TotalsList<'a>,
    totals_by_day: Vec<DayOut>,
    group_one: Groups<'a>,
    decimal_format: bool,
    include_users_without_time: bool,
    users_without_time: [(); 0],
    track_time_down_to_seconds: bool,
}

impl<'a> WeeklyOut<'a> {
    /// Writes a weekly report.
    #[must_use]
    pub fn new(frame: &'a Frame, report: &'a Weekly, revision: Revision) -> Self {
        let Weekly { totals, kinds, money: _, days, groups } = report;
        Self {
            totals: TotalsList::new(frame, totals, revision),
            totals_by_day: days.iter().map(|day| DayOut::new(frame, day, day.sum)).collect(),
            group_one: Groups { frame, kinds, of: groups, days: Some(days) },
            decimal_format: frame.style.duration == DurationFormat::Decimal,
            include_users_without_time: false,
            users_without_time: [],
            track_time_down_to_seconds: frame.style.seconds,
        }
    }
}

/// The answer of a detailed report.
#[derive(Debug, Serialize)]
pub struct DetailedOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<TotalsList<'a>>,
    timeentries: Vec<RowOut<'a>>,
}

impl<'a> DetailedOut<'a> {
    /// Writes a page of a detailed report, with or without the figures of all pages.
    #[must_use]
    pub fn new(
        frame: &'a Frame,
        totals: Option<&'a Totals>,
        rows: &'a [Row],
        revision: Revision,
    ) -> Self {
        quirk!("CFY-442");
        Self {
            totals: totals.map(|totals| TotalsList::new(frame, totals, revision)),
            timeentries: rows.iter().map(|row| RowOut::new(frame, row)).collect(),
        }
    }
}

/// An entry. Source: document 001, lines 2822 to 2846, and notes/clockify.md 6.2.
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
    client_id: Option<ClientId>,
    currency: &'a str,
    r#type: EntryType,
    invoicing_info: (),
    tag_ids: Vec<TagId>,
}

#[derive(Debug, Serialize)]
struct IntervalOut {
    start: Zoned,
    end: Zoned,
    duration: i64,
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

/// Amounts and rates of an entry; those not asked for are 0. Source: quirk CFY-404.
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
    fn new(main: AmountKind, shown: &[AmountKind], row: &Row) -> Self {
        let rates = Money { earned: row.rate, cost: row.cost_rate };
        let asked = |kind, amount| {
            let asked = shown.contains(&kind) || shown.contains(&AmountKind::Profit);
            if asked { decimal(amount) } else { 0.0 }
        };
        Self {
            amount: decimal(row.money.of(main)),
            rate: decimal(rates.of(main)),
            earned_amount: asked(AmountKind::Earned, row.money.earned),
            earned_rate: asked(AmountKind::Earned, row.rate),
            cost_amount: asked(AmountKind::Cost, row.money.cost),
            cost_rate: asked(AmountKind::Cost, row.cost_rate),
        }
    }
}

fn name<I>(named: Option<&Named<I>>) -> Option<&str> {
    named.map(|named| &*named.name)
}

impl<'a> RowOut<'a> {
    fn new(frame: &'a Frame, row: &'a Row) -> Self {
        let field = |filled: &'a Filled| FieldOut {
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
                start: Zoned(row.start, frame.zone),
                end: Zoned(row.end, frame.zone),
                duration: row.seconds,
            },
            approval_request_id: (),
            task_name: name(row.task.as_ref()),
            tags: row.tags.iter().map(|tag| TagOut { name: &tag.name, id: tag.id }).collect(),
            is_locked: row.locked,
            custom_fields: row.fields.iter().map(field).collect(),
            amounts: frame.main().map(|main| RowAmounts::new(main, &frame.shown, row)),
            user_name: &row.user.name,
            user_email: &row.email,
            project_name: name(row.project.as_ref()),
            project_color: row.color.as_ref().map(Arc::as_ref),
            client_name: name(row.client.as_ref()),
            client_id: row.client.as_ref().map(|client| client.id),
            currency: &row.currency,
            r#type: row.kind,
            invoicing_info: (),
            tag_ids: row.tags.iter().map(|tag| tag.id).collect(),
        }
    }
}
