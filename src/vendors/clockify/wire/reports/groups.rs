//! Summary and weekly reports as JSON. Durations are seconds, amounts are minor units as decimals.

use axum::http::StatusCode;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::http::reply::{Reply, json_bytes};
use crate::kernel::money::ExactAmount;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::model::settings::DurationFormat;
use crate::vendors::clockify::reports::result::{
    AmountKind, Day, Group, GroupId, GroupKind, Money, ReportContext, Sum, Totals,
};

/// Minor units in the form of the reports API: `4321.0`.
pub(super) fn decimal(amount: ExactAmount) -> f64 {
    amount.minor()
}

/// An amount with its kind. Source: clockify.md:6.2.
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

/// The amounts of a group, the only ones in whole minor units.
fn rounded_amounts(kinds: &[AmountKind], money: Money) -> Vec<AmountOut<'_>> {
    quirk!("CFY-502");
    let amount = |kind: &AmountKind| AmountOut {
        r#type: *kind,
        value: decimal(ExactAmount::whole(money.of(*kind).rounded())),
        amount_by_currency: None,
    };
    kinds.iter().map(amount).collect()
}

/// Totals of the report. Source: 001:2502-2509, clockify.md:6.2.
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
    fn new(context: &'a ReportContext, totals: &'a Totals) -> Self {
        let Totals { sum, billable_seconds, entries, by_currency } = totals;
        let of = |kind: AmountKind| -> Vec<CurrencyOut<'a>> {
            let each = by_currency.iter();
            each.map(|(code, money)| CurrencyOut {
                currency: code,
                amount: decimal(money.of(kind)),
            })
            .collect()
        };
        let amount = |kind: &AmountKind| AmountOut {
            r#type: *kind,
            value: decimal(sum.money.of(*kind)),
            amount_by_currency: Some(of(*kind)),
        };
        Self {
            id: "",
            total_time: sum.seconds,
            total_billable_time: *billable_seconds,
            entries_count: *entries,
            total_amount: context.main().map(|kind| decimal(sum.money.of(kind))),
            num_of_currencies: by_currency.len(),
            total_amount_by_currency: context.main().map(of),
            amounts: context.amounts.iter().map(amount).collect(),
        }
    }
}

/// A list with the totals. Without entries it is empty or contains `null`. Source: CFY-441.
#[derive(Debug)]
pub(super) struct TotalsList<'a> {
    totals: Option<TotalsOut<'a>>,
    null_item: bool,
}

impl<'a> TotalsList<'a> {
    pub(super) fn new(context: &'a ReportContext, totals: &'a Totals, revision: Revision) -> Self {
        if totals.entries == 0 {
            quirk!("CFY-441");
            return Self { totals: None, null_item: revision == Revision::Current };
        }
        Self { totals: Some(TotalsOut::new(context, totals)), null_item: false }
    }
}

impl Serialize for TotalsList<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(None)?;
        match &self.totals {
            Some(totals) => list.serialize_element(totals)?,
            None if self.null_item => list.serialize_element(&())?,
            None => {}
        }
        list.end()
    }
}

/// The id of a group: one id, a list of ids or a text.
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

/// A group without its inner groups. Source: 001:2510-2527, clockify.md:6.3.
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
}

/// The groups of a report as JSON, one after the other, each with its inner groups in `children`. Groups are
/// freed once they are written.
#[derive(Debug)]
pub struct Groups {
    context: ReportContext,
    /// Number of levels.
    levels: usize,
    /// The days of a weekly report.
    days: Option<Vec<Day>>,
    /// The groups that are left on each level, and whether none was written yet.
    open: Vec<(std::vec::IntoIter<Group>, bool)>,
}

impl Groups {
    fn new(
        context: &ReportContext,
        levels: usize,
        days: Option<Vec<Day>>,
        groups: Vec<Group>,
    ) -> Self {
        Self { context: context.clone(), levels, days, open: vec![(groups.into_iter(), true)] }
    }

    fn write(&self, text: &mut Vec<u8>, group: &Group) {
        let Group { label, sum, by_currency: _, days: sums, children: _ } = group;
        let context = &self.context;
        let day = |(day, sum): (&Day, &Sum)| DayOut::new(context, day, *sum);
        let fields = GroupFields {
            id: IdOut(&label.id),
            duration: sum.seconds,
            amount: context.main().map(|kind| decimal(sum.money.of(kind))),
            amounts: rounded_amounts(&context.amounts, sum.money),
            name: &label.name,
            name_lower_case: label.name.to_lowercase(),
            color: label.color.as_deref(),
            client_name: label.client.as_deref(),
            currency: group.currency().unwrap_or(&context.currency),
            workspace_currency_code: &context.currency,
            days: self.days.as_ref().map(|days| days.iter().zip(sums).map(day).collect()),
        };
        text.extend(json_bytes(&fields));
    }
}

impl Iterator for Groups {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let level = self.open.len().checked_sub(1)?;
        let (left, is_first) = &mut self.open[level];
        let Some(mut group) = left.next() else {
            self.open.pop();
            return (level > 0).then(|| b"]}".to_vec());
        };
        let mut text = if std::mem::take(is_first) { Vec::new() } else { b",".to_vec() };
        let children = std::mem::take(&mut group.children);
        self.write(&mut text, &group);
        if level + 1 < self.levels {
            // The inner groups are the last member.
            text.pop();
            text.extend(b",\"children\":[");
            self.open.push((children.into_iter(), true));
        }
        Some(text)
    }
}

/// A report as JSON: `head` with a place for the groups, and the groups.
#[derive(Debug)]
pub struct Report<T> {
    /// The answer with an empty list of groups.
    pub head: T,
    /// The groups.
    pub groups: Groups,
}

/// An answer with the groups in their place. A long one is made while it is sent.
pub fn streamed(head: &impl Serialize, groups: Groups) -> Reply {
    const PLACE: &[u8] = b"\"groupOne\":[";
    let mut before = json_bytes(head);
    let place = before.windows(PLACE.len()).position(|part| part == PLACE);
    let after = before.split_off(place.map_or(before.len(), |place| place + PLACE.len()));
    let pieces = std::iter::once(before).chain(groups).chain(std::iter::once(after));
    Reply::streamed(StatusCode::OK, "application/json", pieces)
}

/// A day. Source: 001:2611-2615.
#[derive(Debug, Serialize)]
struct DayOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    duration: i64,
    date: String,
}

impl DayOut {
    fn new(context: &ReportContext, day: &Day, sum: Sum) -> Self {
        Self {
            amount: context.main().map(|kind| decimal(sum.money.of(kind))),
            duration: sum.seconds,
            date: day.date.to_string(),
        }
    }
}

/// The answer with a summary report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryOut<'a> {
    totals: TotalsList<'a>,
    /// Always empty: no recorded answer fills it.
    donut_chart: [(); 0],
    group_totals: GroupTotals,
    /// A place for the groups.
    group_one: [(); 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupTotals {
    group_one_total_count: usize,
    group_two_total_count: usize,
}

impl<'a> SummaryOut<'a> {
    /// Renders a summary report, whose totals stay with the caller.
    #[must_use]
    pub fn split(
        context: &'a ReportContext,
        totals: &'a Totals,
        kinds: &[GroupKind],
        groups: Vec<Group>,
        revision: Revision,
    ) -> Report<Self> {
        let head = Self {
            totals: TotalsList::new(context, totals, revision),
            donut_chart: [],
            group_totals: GroupTotals {
                group_one_total_count: groups.len(),
                group_two_total_count: groups.iter().map(|group| group.children.len()).sum(),
            },
            group_one: [],
        };
        Report { head, groups: Groups::new(context, kinds.len(), None, groups) }
    }
}

/// The answer with a weekly report. Source: 001:2601-2737.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WeeklyOut<'a> {
    totals: TotalsList<'a>,
    totals_by_day: Vec<DayOut>,
    /// A place for the groups.
    group_one: [(); 0],
    decimal_format: bool,
    include_users_without_time: bool,
    users_without_time: [(); 0],
    track_time_down_to_seconds: bool,
}

impl<'a> WeeklyOut<'a> {
    /// Renders a weekly report, whose totals stay with the caller.
    #[must_use]
    pub fn split(
        context: &'a ReportContext,
        totals: &'a Totals,
        days: Vec<Day>,
        groups: Vec<Group>,
        revision: Revision,
    ) -> Report<Self> {
        let head = Self {
            totals: TotalsList::new(context, totals, revision),
            totals_by_day: days.iter().map(|day| DayOut::new(context, day, day.sum)).collect(),
            group_one: [],
            decimal_format: context.style.duration == DurationFormat::Decimal,
            include_users_without_time: false,
            users_without_time: [],
            track_time_down_to_seconds: context.style.seconds,
        };
        Report { head, groups: Groups::new(context, LEVELS, Some(days), groups) }
    }
}

/// Levels of groups in a weekly report.
const LEVELS: usize = 2;
