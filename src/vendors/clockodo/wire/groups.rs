//! Entry groups in answers, with names in the client's language. Source: clockodo.md:5.2.

use chrono::Datelike;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::entry_in::{billable, group_filter, id, optional};
use super::group_names::{GroupName, GroupNames};
use super::number::Hundredths;
use super::params::Params;
use crate::http::body::Field;
use crate::http::fields::rows;
use crate::http::reply::json_bytes;
use crate::kernel::part::Part;
use crate::quirk;
use crate::vendors::clockodo::model::{
    CustomerId, LumpsumServiceId, ProjectId, Rights, ServiceId, State, SubprojectId, UserId,
};
use crate::vendors::clockodo::rules::edits::EntryPatch;
use crate::vendors::clockodo::rules::groups::{Group, GroupKey, GroupOptions, Grouping, Sums};
use crate::vendors::clockodo::rules::refusal::{Problem, Refusal};
use crate::vendors::clockodo::rules::search::{BillableFilter, EntryFilter};

/// The names of groupings. Source: clockodo.md:5.2.
const GROUPINGS: [(&str, Grouping); 13] = [
    ("billable", Grouping::Billable),
    ("customers_id", Grouping::Customer),
    ("day", Grouping::Day),
    ("month", Grouping::Month),
    ("is_lumpsum", Grouping::IsLumpsum),
    ("lumpsum_services_id", Grouping::LumpsumService),
    ("projects_id", Grouping::Project),
    ("services_id", Grouping::Service),
    ("subprojects_id", Grouping::Subproject),
    ("texts_id", Grouping::Text),
    ("users_id", Grouping::User),
    ("week", Grouping::Week),
    ("year", Grouping::Year),
];

/// A request for groups.
#[derive(Debug)]
pub struct GroupsIn {
    /// The filter.
    pub filter: EntryFilter,
    /// The options of the grouping.
    pub how: GroupOptions,
    /// True if project names include the customer.
    pub with_customer: bool,
    /// The restrictions of all groups that result from the filter.
    pub restrictions: Map<String, Value>,
}

impl GroupsIn {
    /// Reads the request.
    ///
    /// # Errors
    /// As [`group_filter`], and for a missing or unknown grouping.
    pub fn of(params: &Params<'_>) -> Result<Self, Refusal> {
        let filter = group_filter(params)?;
        let by = grouping(params)?;
        let minutes = params.integer("round_to_minutes")?.value();
        if minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) {
            return Err(Problem::WrongFormat.at(&["round_to_minutes"]));
        }
        let also_open = params.boolean("calc_also_revenues_for_projects_with_hard_budget")?;
        let with_customer = params.boolean("prepend_customer_to_project_name")?.value();
        let budget_type = params.nested("filter")?.text("budget_type", 100)?.value();
        Ok(Self {
            restrictions: restrictions(&filter, budget_type.as_deref()),
            how: GroupOptions {
                by,
                round_to_minutes: minutes,
                also_open: also_open.value() == Some(true),
            },
            with_customer: with_customer.unwrap_or(true),
            filter,
        })
    }
}

fn grouping(params: &Params<'_>) -> Result<Vec<Grouping>, Refusal> {
    let found = match params.raw("grouping") {
        None | Some(Value::Null) => return Err(Problem::Missing.at(&["grouping"])),
        Some(list @ (Value::Array(_) | Value::Object(_))) => {
            quirk!("CDO-050");
            Some(rows(list)).filter(|rows| !rows.is_empty())
        }
        Some(_) => return Err(Problem::NotArray.at(&["grouping"])),
    };
    let found = found.ok_or_else(|| Problem::Missing.at(&["grouping"]))?;
    let mut by = Vec::new();
    for row in found {
        let known = GROUPINGS.iter().find(|(name, _)| row.as_str() == Some(name));
        let Some((_, grouping)) = known else {
            return Err(Problem::UnknownGroupOption.into());
        };
        if !by.contains(grouping) {
            by.push(*grouping);
        }
    }
    Ok(by)
}

/// A group, but for its `sub_groups`, which come last.
#[derive(Debug, Serialize)]
struct GroupOut<'a> {
    group: Value,
    grouped_by: &'static str,
    name: String,
    number: Option<&'a str>,
    note: Option<&'a str>,
    restrictions: &'a Map<String, Value>,
    duration: i64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    money: Option<MoneyOut>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    rounding: Option<RoundingOut>,
}

/// The properties that require the right to see revenues.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
struct MoneyOut {
    revenue: Hundredths,
    has_budget_revenues_billed: bool,
    has_budget_revenues_not_billed: bool,
    has_non_budget_revenues_billed: bool,
    has_non_budget_revenues_not_billed: bool,
    budget_used: bool,
    hourly_rate: Option<Hundredths>,
    hourly_rate_is_equal_and_has_no_lumpsums: bool,
}

/// The values before rounding. Only with `round_to_minutes`.
#[derive(Debug, Serialize)]
struct RoundingOut {
    duration_without_rounding: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue_without_rounding: Option<Hundredths>,
    rounding_success: bool,
}

/// Renders groups, each before those below it.
#[derive(Debug)]
pub struct GroupRendering {
    /// The account.
    pub state: Part<State>,
    /// The rights of the viewer.
    pub rights: Rights,
    /// True if the client prefers German.
    pub german: bool,
    /// True if project names include the customer.
    pub with_customer: bool,
    /// True if durations are rounded.
    pub rounded: bool,
}

/// Groups that are still to be rendered, with the restrictions that they share.
struct Level {
    groups: std::vec::IntoIter<Group>,
    restrictions: Map<String, Value>,
    is_first: bool,
}

impl Level {
    fn of(groups: Vec<Group>, restrictions: Map<String, Value>) -> Self {
        Self { groups: groups.into_iter(), restrictions, is_first: true }
    }
}

impl GroupRendering {
    /// `{"groups":[…]}` in pieces, a group in each, so that an answer of any length takes no more memory than its sums.
    pub fn pieces(
        self,
        groups: Vec<Group>,
        restrictions: Map<String, Value>,
    ) -> impl Iterator<Item = Vec<u8>> + Send {
        let mut levels = vec![Level::of(groups, restrictions)];
        let rest = std::iter::from_fn(move || {
            let level = levels.last_mut()?;
            let Some(group) = level.groups.next() else {
                levels.pop();
                return Some(b"]}".to_vec());
            };
            let mut piece = Vec::new();
            if !std::mem::take(&mut level.is_first) {
                piece.push(b',');
            }
            piece.extend(json_bytes(&self.group(&group, &level.restrictions)));
            if !group.groups.is_empty() {
                piece.pop();
                piece.extend(b",\"sub_groups\":[");
                let mut below = level.restrictions.clone();
                if let Some((key, value)) = restriction(group.by, group.shared) {
                    if below.is_empty() {
                        below = unrestricted();
                    }
                    below.insert(key.to_owned(), value);
                }
                levels.push(Level::of(group.groups, below));
            }
            Some(piece)
        });
        std::iter::once(b"{\"groups\":[".to_vec()).chain(rest)
    }

    fn group<'a>(&'a self, group: &Group, restrictions: &'a Map<String, Value>) -> GroupOut<'a> {
        let Group { by, shared, sums, .. } = group;
        let Self { state, rights, german, with_customer, .. } = self;
        let names =
            GroupNames { state, rights: *rights, german: *german, with_customer: *with_customer };
        let GroupName { name, number, note } = names.of(*by, *shared);
        let revenues = rights.revenues;
        let rounding = RoundingOut {
            duration_without_rounding: sums.exact_seconds,
            revenue_without_rounding: revenues.then_some(Hundredths(sums.exact_revenue)),
            rounding_success: true,
        };
        let names = GROUPINGS.iter().find(|(_, grouping)| grouping == by);
        GroupOut {
            group: key(*shared),
            grouped_by: names.map_or("", |(name, _)| name),
            name,
            number,
            note,
            restrictions,
            duration: sums.seconds,
            money: revenues.then(|| money(sums)),
            rounding: self.rounded.then_some(rounding),
        }
    }
}

fn money(sums: &Sums) -> MoneyOut {
    MoneyOut {
        revenue: Hundredths(sums.revenue),
        has_budget_revenues_billed: sums.budget_billed,
        has_budget_revenues_not_billed: sums.budget_open,
        has_non_budget_revenues_billed: sums.other_billed,
        has_non_budget_revenues_not_billed: sums.other_open,
        budget_used: sums.budget_billed || sums.budget_open,
        hourly_rate: sums.hourly_rate().map(Hundredths),
        hourly_rate_is_equal_and_has_no_lumpsums: sums.is_one_rate(),
    }
}

/// The identifier of a group: a text, except for years and for entries without such an entity.
fn key(shared: GroupKey) -> Value {
    quirk!("CDO-042");
    match shared {
        GroupKey::Id(0) | GroupKey::NoProjectOf(_) => json!(0),
        GroupKey::Id(id) => json!(id.to_string()),
        GroupKey::Number(number) => json!(number.to_string()),
        GroupKey::Day(day) => json!(format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())),
        GroupKey::YearAnd(year, part) => json!(format!("{year:04}{part:02}")),
        GroupKey::Year(year) => json!(year),
    }
}

/// The keys of restrictions, all without a value.
fn unrestricted() -> Map<String, Value> {
    const KEYS: [&str; 10] = [
        "users_id",
        "teams_id",
        "customers_id",
        "projects_id",
        "subprojects_id",
        "services_id",
        "lumpsum_services_id",
        "billable",
        "entriesTexts_id",
        "budget_type",
    ];
    KEYS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect()
}

/// The restrictions of all groups that result from the filter. Empty without a filter.
fn restrictions(filter: &EntryFilter, budget_type: Option<&str>) -> Map<String, Value> {
    let id = |id: Option<u64>| id.map(|id| json!(id.to_string()));
    let billable = filter.billable.map(|billable| match billable {
        BillableFilter::Exactly(billable) => json!(billable.number().to_string()),
        BillableFilter::Any => json!("12"),
    });
    let set = [
        ("users_id", id(filter.user)),
        ("teams_id", id(filter.team)),
        ("customers_id", id(filter.customer)),
        ("projects_id", id(filter.project)),
        ("subprojects_id", id(filter.subproject)),
        ("services_id", id(filter.service)),
        ("lumpsum_services_id", id(filter.lumpsum_service)),
        ("billable", billable),
        ("entriesTexts_id", id(filter.text_id)),
        ("budget_type", budget_type.map(|budget| json!(budget))),
    ];
    if set.iter().all(|(_, value)| value.is_none()) {
        return Map::new();
    }
    let mut all = unrestricted();
    for (key, value) in set {
        if let Some(value) = value {
            all.insert(key.to_owned(), value);
        }
    }
    all
}

/// The restriction that a group adds to its sub-groups.
fn restriction(by: Grouping, shared: GroupKey) -> Option<(&'static str, Value)> {
    let key = match by {
        Grouping::User => "users_id",
        Grouping::Customer => "customers_id",
        Grouping::Project => "projects_id",
        Grouping::Subproject => "subprojects_id",
        Grouping::Service => "services_id",
        Grouping::LumpsumService => "lumpsum_services_id",
        Grouping::Billable => "billable",
        Grouping::Text => "entriesTexts_id",
        Grouping::Day | Grouping::Week | Grouping::Month | Grouping::Year | Grouping::IsLumpsum => {
            return None;
        }
    };
    let value = match shared {
        GroupKey::Id(id) | GroupKey::Number(id) => id.to_string(),
        _ => "0".to_owned(),
    };
    Some((key, json!(value)))
}

/// Reads the changes of all entries of a group.
///
/// # Errors
/// If there is nothing to change, and for parameters of the wrong type.
pub fn group_patch(params: &Params<'_>) -> Result<EntryPatch, Refusal> {
    let text = match params.entry_text()? {
        Field::Null => None,
        other => other.value(),
    };
    let patch = EntryPatch {
        user: id(params, "users_id", UserId)?,
        customer: id(params, "customers_id", CustomerId)?,
        project: optional(params, "projects_id", ProjectId)?.value().map(Some),
        subproject: optional(params, "subprojects_id", SubprojectId)?.value().map(Some),
        service: id(params, "services_id", ServiceId)?,
        lumpsum_service: id(params, "lumpsum_services_id", LumpsumServiceId)?,
        billable: billable(params)?,
        text,
        rate: params.hundredths("hourly_rate")?.value(),
        ..EntryPatch::default()
    };
    if patch.is_empty() { Err(Problem::Missing.at(&["billable"])) } else { Ok(patch) }
}

/// The answer to the first request of a confirmed change.
#[derive(Debug, Serialize)]
pub struct ConfirmOut {
    /// The key that the second request must send.
    pub confirm_key: String,
    /// The number of entries that would change.
    pub affected_entries: usize,
}

/// The answer to the second request of a confirmed change.
#[derive(Debug, Serialize)]
pub struct DoneOut {
    /// Always true.
    pub success: bool,
    /// The number of entries that were changed or deleted.
    pub edited_entries: usize,
    /// The number of entries that were deleted. Only for deletions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_entries: Option<usize>,
}
