//! What a request says about entries: which are wanted, which is added, what is changed.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::paging::page;
use super::params::Params;
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockodo::error::{Error, Problem};
use crate::vendors::clockodo::limits::ENTRIES_A_PAGE;
use crate::vendors::clockodo::model::{
    Billable, CustomerId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, UserId,
};
use crate::vendors::clockodo::rules::edits::EntryPatch;
use crate::vendors::clockodo::rules::entries::{New, NewEntry};
use crate::vendors::clockodo::rules::search::{Wanted, WantedBillable, WantedBudget};

/// Names of the budget filter and what they mean. Source: 003:75.
const BUDGETS: [(&str, WantedBudget); 8] = [
    ("strict", WantedBudget::Strict(None)),
    ("strict-completed", WantedBudget::Strict(Some(true))),
    ("strict-incomplete", WantedBudget::Strict(Some(false))),
    ("soft", WantedBudget::Soft(None)),
    ("soft-completed", WantedBudget::Soft(Some(true))),
    ("soft-incomplete", WantedBudget::Soft(Some(false))),
    ("without", WantedBudget::Without),
    ("without-strict", WantedBudget::WithoutStrict),
];

/// What a request for a list asks for.
#[derive(Debug)]
pub struct ListIn {
    /// Which entries.
    pub wanted: Wanted,
    /// Which page of them.
    pub page: Page,
    /// The filters to show in the answer.
    pub filter: Option<Map<String, Value>>,
    /// Whether names, revenues and prices are wanted, and if so, whether open fixed prices bring revenue
    /// too.
    pub enhanced: Option<bool>,
}

impl ListIn {
    /// Reads the request. Source: 003:65 to 79.
    ///
    /// # Errors
    /// See [`wanted`] and [`page`].
    pub fn of(params: &Params<'_>) -> Result<Self, Error> {
        let enhanced = params.boolean("enhanced_list")?.value() == Some(true);
        let also = params.boolean("calc_also_revenues_for_projects_with_hard_budget")?.value();
        Ok(Self {
            wanted: wanted(params)?,
            page: page(params, ENTRIES_A_PAGE, ENTRIES_A_PAGE)?,
            filter: respected(params)?,
            enhanced: enhanced.then_some(also == Some(true)),
        })
    }
}

/// Reads the stretch of time and the filter of a list or of groups.
///
/// # Errors
/// Bounds that are missing or no instants, and filters of another kind.
pub fn wanted(params: &Params<'_>) -> Result<Wanted, Error> {
    params.require(&["time_since", "time_until"])?;
    let since = params.instant("time_since")?.value();
    let until = params.instant("time_until")?.value();
    let (Some(since), Some(until)) = (since, until) else {
        return Err(Error::fault(Problem::Missing, &["time_since", "time_until"]));
    };
    if until < since {
        return Err(Error::fault(Problem::EndBeforeStart, &["time_since", "time_until"]));
    }
    let filter = params.nested("filter")?;
    Ok(Wanted {
        since,
        until,
        user: filter.id("users_id")?.value(),
        team: None,
        customer: filter.id("customers_id")?.value(),
        project: filter.id("projects_id")?.value(),
        subproject: filter.id("subprojects_id")?.value(),
        service: filter.id("services_id")?.value(),
        lumpsum_service: filter.id("lumpsum_services_id")?.value(),
        billable: wanted_billable(&filter)?,
        text: filter.text("text", 1000)?.value().filter(|text| !text.is_empty()),
        text_id: filter.id("texts_id")?.value(),
        budget: wanted_budget(&filter)?,
    })
}

/// The same for groups, which can be of a team as well. Source: clockodo.md:5.2.
///
/// # Errors
/// As [`wanted`].
pub fn wanted_of_groups(params: &Params<'_>) -> Result<Wanted, Error> {
    let team = params.nested("filter")?.id("teams_id")?.value();
    Ok(Wanted { team, ..wanted(params)? })
}

/// Which billing a filter wants.
pub(super) fn wanted_billable(filter: &Params<'_>) -> Result<Option<WantedBillable>, Error> {
    let Some(number) = filter.integer("billable")?.value() else { return Ok(None) };
    if number == 12 {
        quirk!("CDO-025");
        return Ok(Some(WantedBillable::Any));
    }
    let billable = Billable::of(number).map(WantedBillable::Exactly);
    billable.map(Some).ok_or_else(|| unexpected(filter, "billable", &json!([0, 1, 2, 12])))
}

fn wanted_budget(filter: &Params<'_>) -> Result<Option<WantedBudget>, Error> {
    let Some(name) = filter.text("budget_type", 100)?.value() else { return Ok(None) };
    if name.is_empty() {
        return Ok(None);
    }
    let short = match name.strip_prefix("rep_filter_budget_") {
        None => name,
        Some(rest) => {
            quirk!("CDO-008");
            rest.replace('_', "-")
        }
    };
    let known = BUDGETS.iter().find(|(known, _)| *known == short);
    known.map(|(_, budget)| Some(*budget)).ok_or_else(|| {
        let names: Vec<&str> = BUDGETS.iter().map(|(name, _)| *name).collect();
        unexpected(filter, "budget_type", &json!(names))
    })
}

fn unexpected(params: &Params<'_>, name: &str, expected: &Value) -> Error {
    let details = json!({ "expected_values": expected });
    Error::detailed(Problem::UnexpectedValue, &params.full(name), details)
}

/// Filters that lists of entries respect, in the order in which they are shown.
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

/// The respected filters as they came; nothing when there were none. Numbers are shown as numbers.
fn respected(params: &Params<'_>) -> Result<Option<Map<String, Value>>, Error> {
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

/// Whether an entry is billed, as a request says it.
///
/// # Errors
/// Anything but 0, 1 and 2.
pub fn billable(params: &Params<'_>) -> Result<Option<Billable>, Error> {
    let Some(number) = params.integer("billable")?.value() else { return Ok(None) };
    let billable = Billable::of(number);
    billable.map(Some).ok_or_else(|| unexpected(params, "billable", &json!([0, 1, 2])))
}

/// An id that may be left out.
pub(super) fn id<T>(
    params: &Params<'_>,
    name: &str,
    of: fn(Serial) -> T,
) -> Result<Option<T>, Error> {
    Ok(params.id(name)?.value().map(|id| of(Serial(id))))
}

/// An id that may be left out or be 0 for none.
pub(super) fn optional<T>(
    params: &Params<'_>,
    name: &str,
    of: fn(Serial) -> T,
) -> Result<Field<T>, Error> {
    Ok(match params.id(name)? {
        Field::Absent => Field::Absent,
        Field::Null | Field::Value(0) => Field::Null,
        Field::Value(id) => Field::Value(of(Serial(id))),
    })
}

/// A number of seconds, 0 or more.
pub(super) fn seconds(params: &Params<'_>, name: &str) -> Result<Option<i64>, Error> {
    let seconds = params.integer(name)?.value();
    if seconds.is_some_and(|seconds| seconds < 0) {
        return Err(Error::fault(Problem::WrongFormat, &[name]));
    }
    Ok(seconds)
}

/// Reads an entry to add. The type follows from what is sent: units of a lump-sum service, a lump sum,
/// or time. Source: 003:123 to 137, clockodo.md:4.6.
///
/// # Errors
/// Parameters that are missing or of another kind.
pub fn new_entry(params: &Params<'_>, caller: UserId) -> Result<NewEntry, Error> {
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
    let missing = || Error::fault(Problem::Missing, required);
    let since = params.instant("time_since")?.value().ok_or_else(missing)?;
    let service = id(params, "services_id", ServiceId)?;
    let billable = billable(params)?.ok_or_else(missing)?;
    let unit = id(params, "lumpsum_services_id", LumpsumServiceId)?;
    let what = if let Some(service) = unit {
        let amount = params.hundredths("lumpsum_services_amount")?.value().ok_or_else(missing)?;
        New::LumpsumService { service, amount }
    } else if let Some(value) = params.hundredths("lumpsum")?.value() {
        New::Lumpsum { service: service.ok_or_else(missing)?, value }
    } else {
        let offline = params.boolean("clocked_offline")?.value() == Some(true);
        let clocked = params.instant("time_clocked_since")?.value();
        New::Time {
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
    Ok(NewEntry {
        user: id(params, "users_id", UserId)?.unwrap_or(caller),
        customer: id(params, "customers_id", CustomerId)?.ok_or_else(missing)?,
        project: optional(params, "projects_id", ProjectId)?.value(),
        subproject: optional(params, "subprojects_id", SubprojectId)?.value(),
        billable,
        text: params.text("text", usize::MAX)?.value(),
        since,
        what,
    })
}

/// Reads what is changed of an entry. Source: 003:147.
///
/// # Errors
/// Parameters of another kind, and nothing where something must be.
pub fn patch(params: &Params<'_>) -> Result<EntryPatch, Error> {
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
    let text = match params.text("text", usize::MAX)? {
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

/// Reads whose entries of which day are cut at midnight. Source: clockodo.md:4.6.
///
/// # Errors
/// Parameters that are missing or of another kind.
pub fn split(params: &Params<'_>) -> Result<(UserId, NaiveDate), Error> {
    params.require(&["users_id", "day"])?;
    let missing = || Error::fault(Problem::Missing, &["users_id", "day"]);
    let user = id(params, "users_id", UserId)?.ok_or_else(missing)?;
    Ok((user, params.day("day")?.value().ok_or_else(missing)?))
}
