//! Requests for entries: filters, new entries and changes.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::paging::page;
use super::params::Params;
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::limits::ENTRIES_A_PAGE;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, UserId,
};
use crate::vendors::clockodo::rules::edits::EntryPatch;
use crate::vendors::clockodo::rules::entries::{DraftKind, EntryDraft};
use crate::vendors::clockodo::rules::refusal::{self, Detail, Problem, Refusal};
use crate::vendors::clockodo::rules::search::{BillableFilter, BudgetFilter, EntryFilter};

/// The names of budget filters and their meanings. Source: 003:75.
const BUDGETS: [(&str, BudgetFilter); 8] = [
    ("strict", BudgetFilter::Strict(None)),
    ("strict-completed", BudgetFilter::Strict(Some(true))),
    ("strict-incomplete", BudgetFilter::Strict(Some(false))),
    ("soft", BudgetFilter::Soft(None)),
    ("soft-completed", BudgetFilter::Soft(Some(true))),
    ("soft-incomplete", BudgetFilter::Soft(Some(false))),
    ("without", BudgetFilter::Without),
    ("without-strict", BudgetFilter::WithoutStrict),
];

/// What the vendor's later contract writes before these names, with underscores. Source: clockodo.md:4.4.
const LONG_BUDGET: &str = "rep_filter_budget_";

/// A request for a list.
#[derive(Debug)]
pub struct EntryListIn {
    /// The filter.
    pub filter: EntryFilter,
    /// The page.
    pub page: Page,
    /// The filters that the answer repeats.
    pub echo: Option<Map<String, Value>>,
    /// Present if names, revenues and prices are requested. True if open fixed prices bring
    /// revenue too.
    pub enhanced: Option<bool>,
}

impl EntryListIn {
    /// Reads the request. Source: 003:65-79.
    ///
    /// # Errors
    /// See [`entry_filter`] and [`page`].
    pub fn of(params: &Params<'_>) -> Result<Self, Refusal> {
        let enhanced = params.boolean("enhanced_list")?.value() == Some(true);
        let also = params.boolean("calc_also_revenues_for_projects_with_hard_budget")?.value();
        Ok(Self {
            filter: entry_filter(params)?,
            page: page(params, ENTRIES_A_PAGE, ENTRIES_A_PAGE)?,
            echo: echoed_filter(params)?,
            enhanced: enhanced.then_some(also == Some(true)),
        })
    }
}

/// Reads the period and the filter of a list or of groups.
///
/// # Errors
/// For missing or unparsable bounds, and for filters of the wrong type.
pub fn entry_filter(params: &Params<'_>) -> Result<EntryFilter, Refusal> {
    params.require(&["time_since", "time_until"])?;
    let since = params.instant("time_since")?.value();
    let until = params.instant("time_until")?.value();
    let (Some(since), Some(until)) = (since, until) else {
        return Err(Problem::Missing.at(&["time_since", "time_until"]));
    };
    if until < since {
        return Err(Problem::EndBeforeStart.at(&["time_since", "time_until"]));
    }
    let filter = params.nested("filter")?;
    Ok(EntryFilter {
        since,
        until,
        user: filter.id("users_id")?.value(),
        team: None,
        customer: filter.id("customers_id")?.value(),
        project: filter.id("projects_id")?.value(),
        subproject: filter.id("subprojects_id")?.value(),
        service: filter.id("services_id")?.value(),
        lumpsum_service: filter.id("lumpsum_services_id")?.value(),
        billable: billable_filter(&filter)?,
        text: filter.text("text", 1000)?.value().filter(|text| !text.is_empty()),
        text_id: filter.id("texts_id")?.value(),
        budget: budget_filter(&filter)?,
    })
}

/// As [`entry_filter`], for groups, which can also be filtered by team. Source: clockodo.md:5.2.
///
/// # Errors
/// As [`entry_filter`].
pub fn group_filter(params: &Params<'_>) -> Result<EntryFilter, Refusal> {
    let team = params.nested("filter")?.id("teams_id")?.value();
    Ok(EntryFilter { team, ..entry_filter(params)? })
}

/// Reads a filter by billing state.
pub(super) fn billable_filter(filter: &Params<'_>) -> Result<Option<BillableFilter>, Refusal> {
    let Some(number) = filter.integer("billable")?.value() else { return Ok(None) };
    if number == 12 {
        quirk!("CDO-025");
        return Ok(Some(BillableFilter::Any));
    }
    let billable = Billable::of(number).map(BillableFilter::Exactly);
    billable
        .map(Some)
        .ok_or_else(|| unexpected(filter, "billable", Detail::numbers([0_u8, 1, 2, 12])))
}

fn budget_filter(filter: &Params<'_>) -> Result<Option<BudgetFilter>, Refusal> {
    let Some(name) = filter.text("budget_type", 100)?.value() else { return Ok(None) };
    if name.is_empty() {
        return Ok(None);
    }
    quirk!("CDO-008");
    let long = |short: &str| format!("{LONG_BUDGET}{}", short.replace('-', "_"));
    let is_older = filter.revision() == Revision::Documented;
    let known = BUDGETS.iter().find(|(short, _)| long(short) == name || is_older && *short == name);
    known.map(|(_, budget)| Some(*budget)).ok_or_else(|| {
        let words = BUDGETS.iter().map(
            |(short, _)| {
                if is_older { (*short).to_owned() } else { long(short) }
            },
        );
        unexpected(filter, "budget_type", Detail::texts(words))
    })
}

fn unexpected(params: &Params<'_>, name: &str, expected: Detail) -> Refusal {
    refusal::unexpected(&params.full(name), expected)
}

/// The filters that lists of entries support, in the order of the answer.
const FILTERS: [&str; 10] = [
    "users_id",
    "customers_id",
    "projects_id",
    "subprojects_id",
    "services_id",
    "lumpsum_services_id",
    "billable",
    "text",
    "texts_id",
    "budget_type",
];

/// The supported filters as sent. `None` if there are none. Numbers are rendered as numbers.
fn echoed_filter(params: &Params<'_>) -> Result<Option<Map<String, Value>>, Refusal> {
    let filter = params.nested("filter")?;
    let mut shown = Map::new();
    for name in FILTERS {
        let value = match filter.raw(name) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.is_empty() => continue,
            Some(Value::String(text)) if name != "text" => {
                text.trim().parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
            }
            Some(value) => value.clone(),
        };
        shown.insert(name.to_owned(), value);
    }
    Ok(Some(shown).filter(|shown| !shown.is_empty()))
}

/// Reads the billing state of an entry.
///
/// # Errors
/// For values other than 0, 1 and 2.
pub fn billable(params: &Params<'_>) -> Result<Option<Billable>, Refusal> {
    let Some(number) = params.integer("billable")?.value() else { return Ok(None) };
    let billable = Billable::of(number);
    billable.map(Some).ok_or_else(|| unexpected(params, "billable", Detail::numbers([0_u8, 1, 2])))
}

/// An optional id.
pub(super) fn id<T>(
    params: &Params<'_>,
    name: &str,
    of: fn(Serial) -> T,
) -> Result<Option<T>, Refusal> {
    Ok(params.id(name)?.value().map(|id| of(Serial(id))))
}

/// Reads an optional id. 0 means none.
pub(super) fn optional<T>(
    params: &Params<'_>,
    name: &str,
    of: fn(Serial) -> T,
) -> Result<Field<T>, Refusal> {
    Ok(match params.id(name)? {
        Field::Absent => Field::Absent,
        Field::Null | Field::Value(0) => Field::Null,
        Field::Value(id) => Field::Value(of(Serial(id))),
    })
}

/// Reads a number of seconds, 0 or more.
pub(super) fn seconds(params: &Params<'_>, name: &str) -> Result<Option<i64>, Refusal> {
    let seconds = params.integer(name)?.value();
    if seconds.is_some_and(|seconds| seconds < 0) {
        return Err(Problem::WrongFormat.at(&[name]));
    }
    Ok(seconds)
}

/// Reads a new entry. Its type follows from the parameters: units of a lump-sum service, a lump
/// sum, or time. Source: 003:123-137, clockodo.md:4.6.
///
/// # Errors
/// For parameters that are missing or of the wrong type.
pub fn entry_draft(params: &Params<'_>, caller: UserId) -> Result<EntryDraft, Refusal> {
    let required: &[&str] = if params.has("lumpsum_services_id") {
        &[
            "customers_id",
            "lumpsum_services_id",
            "lumpsum_services_amount",
            "billable",
            "time_since",
        ]
    } else if params.has("lumpsum") {
        &["customers_id", "services_id", "lumpsum", "billable", "time_since"]
    } else {
        &["customers_id", "services_id", "billable", "time_since", "time_until"]
    };
    params.require(required)?;
    let missing = || Problem::Missing.at(required);
    let since = params.instant("time_since")?.value().ok_or_else(missing)?;
    let service = id(params, "services_id", ServiceId)?;
    let billable = billable(params)?.ok_or_else(missing)?;
    let unit = id(params, "lumpsum_services_id", LumpsumServiceId)?;
    let kind = if let Some(service) = unit {
        let amount = params.hundredths("lumpsum_services_amount")?.value().ok_or_else(missing)?;
        DraftKind::LumpsumService { service, amount }
    } else if let Some(value) = params.hundredths("lumpsum")?.value() {
        DraftKind::Lumpsum { service: service.ok_or_else(missing)?, value }
    } else {
        let offline = params.boolean("clocked_offline")?.value() == Some(true);
        let clocked = params.instant("time_clocked_since")?.value();
        DraftKind::Time {
            service: service.ok_or_else(missing)?,
            until: params.instant("time_until")?.value().ok_or_else(missing)?,
            duration: seconds(params, "duration")?,
            rate: params.hundredths("hourly_rate")?.value(),
            offline: offline.then_some(clocked),
        }
    };
    if billable == Billable::Billed {
        quirk!("CDO-028");
    }
    Ok(EntryDraft {
        user: id(params, "users_id", UserId)?.unwrap_or(caller),
        customer: id(params, "customers_id", CustomerId)?.ok_or_else(missing)?,
        project: optional(params, "projects_id", ProjectId)?.value(),
        subproject: optional(params, "subprojects_id", SubprojectId)?.value(),
        billable,
        text: params.entry_text()?.value(),
        since,
        kind,
    })
}

/// Reads the changes of an entry. Source: 003:147.
///
/// # Errors
/// For parameters of the wrong type, and for empty ones that require a value.
pub fn entry_patch(params: &Params<'_>) -> Result<EntryPatch, Refusal> {
    for name in [
        "customers_id",
        "users_id",
        "services_id",
        "lumpsum_services_id",
        "billable",
        "time_since",
        "time_until",
    ] {
        if params.has(name) {
            params.require(&[name])?;
        }
    }
    let text = match params.entry_text()? {
        Field::Null => Some(String::new()),
        other => other.value(),
    };
    Ok(EntryPatch {
        user: id(params, "users_id", UserId)?,
        customer: id(params, "customers_id", CustomerId)?,
        project: optional(params, "projects_id", ProjectId)?.change(),
        subproject: optional(params, "subprojects_id", SubprojectId)?.change(),
        service: id(params, "services_id", ServiceId)?,
        lumpsum_service: id(params, "lumpsum_services_id", LumpsumServiceId)?,
        billable: billable(params)?,
        text,
        since: params.instant("time_since")?.value(),
        until: params.instant("time_until")?.value(),
        duration: seconds(params, "duration")?,
        value: params.hundredths("lumpsum")?.value(),
        amount: params.hundredths("lumpsum_services_amount")?.value(),
        rate: params.hundredths("hourly_rate")?.value(),
    })
}

/// Reads the co-worker and the day whose entries are split at midnight. Source: clockodo.md:4.6.
///
/// # Errors
/// For parameters that are missing or of the wrong type.
pub fn split_request(params: &Params<'_>) -> Result<(UserId, NaiveDate), Refusal> {
    params.require(&["users_id", "day"])?;
    let missing = || Problem::Missing.at(&["users_id", "day"]);
    let user = id(params, "users_id", UserId)?.ok_or_else(missing)?;
    Ok((user, params.day("day")?.value().ok_or_else(missing)?))
}
