//! `clockodo.json` beside a scenario: the data that only Clockodo has. People, clients and projects
//! are referred to by the scenario's ids and keys; entities that only this file has get ids here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::model::{Access, Language, Role};
use crate::kernel::money::Minor;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockodoOverlay {
    /// Settings of the company.
    pub company: CompanyIn,
    /// Additional data of people.
    pub people: Vec<PersonIn>,
    /// Teams.
    pub teams: Vec<TeamIn>,
    /// Additional data of clients, and customers that only Clockodo has.
    pub customers: Vec<CustomerIn>,
    /// Additional data of projects.
    pub projects: Vec<ProjectIn>,
    /// Subprojects.
    pub subprojects: Vec<SubprojectIn>,
    /// Services. The first is the default for work that no rule covers.
    pub services: Vec<ServiceIn>,
    /// Rules for the services of work. The first that matches applies.
    pub service_rules: Vec<ServiceRuleIn>,
    /// Lump-sum services.
    pub lumpsum_services: Vec<LumpsumServiceIn>,
    /// Hourly rates besides those of people and projects.
    pub rates: Vec<RateIn>,
    /// Ids of people whose work was clocked, not entered manually.
    pub clocked: Vec<String>,
    /// Keys of projects whose billable work is billed.
    pub billed: Vec<String>,
    /// Lump sums.
    pub lumpsums: Vec<LumpsumIn>,
}

/// Settings of the company. Absent ones have the vendor's defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompanyIn {
    /// True if entries may have a customer but no project.
    pub allow_entries_for_customers: Option<bool>,
    /// True if time entries may overlap.
    pub allow_entry_overlaps: Option<bool>,
    /// True if texts may have several lines.
    pub allow_entries_text_multiline: Option<bool>,
    /// True if durations always equal the span.
    pub force_linked_entry_times: Option<bool>,
    /// Client id of the company's default customer.
    pub default_customer: Option<String>,
    /// Id of the company's default service.
    pub default_service: Option<String>,
    /// The hourly rate if no other rate applies, in minor units.
    pub default_rate: Option<Minor>,
}

/// A co-worker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonIn {
    /// Id in the scenario.
    pub who: String,
    /// Role. Absent: derived from the scenario's.
    pub role: Option<Role>,
    /// API key. Absent: derived.
    pub key: Option<String>,
    /// Personnel number.
    pub number: Option<String>,
    /// Language of the user interface.
    pub language: Option<Language>,
    /// The last day on which they may no longer change entries.
    pub edit_lock: Option<NaiveDate>,
    /// Number of days, including today, on which they may change entries.
    pub edit_lock_days: Option<u8>,
    /// Id of their boss.
    pub boss: Option<String>,
    /// For a worker: rights beyond their own entries.
    pub access: Option<Access>,
}

/// A team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamIn {
    /// Its name.
    pub name: String,
    /// Id of its leader.
    pub leader: Option<String>,
    /// Ids of its members.
    pub people: Vec<String>,
}

/// A customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerIn {
    /// Client id in the scenario. Absent for a customer that only Clockodo has, which then has `id`
    /// and `name`.
    pub client: Option<String>,
    /// Id of a customer that only Clockodo has, for references in this file.
    pub id: Option<String>,
    /// Name of a customer that only Clockodo has.
    pub name: Option<String>,
    /// Customer number.
    pub number: Option<String>,
    /// Colour, 1 to 9.
    pub color: Option<u8>,
    /// Note.
    pub note: Option<String>,
    /// True if its projects are billable by default.
    pub billable: Option<bool>,
    /// True for demo data.
    #[serde(default)]
    pub test_data: bool,
    /// Ids of the services that its entries may have.
    #[serde(default)]
    pub services: Vec<String>,
}

/// A project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// Key in the scenario.
    pub key: String,
    /// Number. Absent: the key.
    pub number: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Id of the customer, if the scenario has no client.
    pub customer: Option<String>,
    /// Budget.
    pub budget: Option<BudgetIn>,
    /// True if it is completed.
    #[serde(default)]
    pub completed: bool,
    /// First day of work.
    pub start_date: Option<NaiveDate>,
    /// Last day of work.
    pub deadline: Option<NaiveDate>,
    /// Ids of the services that its entries may have.
    #[serde(default)]
    pub services: Vec<String>,
}

/// A budget.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetIn {
    /// True if it is an amount of money, false if it is a number of hours.
    pub monetary: bool,
    /// True for a fixed price.
    pub hard: bool,
    /// Hundredths of a currency unit or of an hour.
    pub amount: Minor,
}

/// A subproject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubprojectIn {
    /// Key of the project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: Option<String>,
    /// Its share of the budget.
    pub budget: Option<BudgetIn>,
}

/// A service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceIn {
    /// Id, for references in this file.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// True if it is archived.
    #[serde(default)]
    pub archived: bool,
}

/// A rule for the service of work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRuleIn {
    /// Id of the service.
    pub service: String,
    /// Ids of people. Absent: everyone.
    pub people: Option<Vec<String>>,
    /// Keys of projects. Absent: all.
    pub on: Option<Vec<String>>,
}

/// A lump-sum service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LumpsumServiceIn {
    /// Id, for references in this file.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Price per unit, in minor units.
    pub price: Minor,
    /// Name of the unit.
    pub unit: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Note.
    pub note: Option<String>,
}

/// An hourly rate. Absent conditions match all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateIn {
    /// Key of a project.
    pub project: Option<String>,
    /// Id of a customer.
    pub customer: Option<String>,
    /// Id of a person.
    pub who: Option<String>,
    /// Id of a service.
    pub service: Option<String>,
    /// Amount per hour, in minor units.
    pub rate: Minor,
    /// Its place in the list of rates, of which the first that applies decides. Absent: after those with
    /// a place, the narrower the earlier.
    pub position: Option<u32>,
}

/// A lump sum, or units of a lump-sum service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LumpsumIn {
    /// Id of the person.
    pub who: String,
    /// Key of the project.
    pub on: String,
    /// Days before the anchor day. The time is noon in the person's time zone.
    pub days_ago: u32,
    /// Text.
    #[serde(default)]
    pub note: String,
    /// True if it is billed.
    #[serde(default)]
    pub billed: bool,
    /// Value in minor units, for a lump sum.
    pub value: Option<Minor>,
    /// Id of a lump-sum service, for units of it.
    pub lumpsum_service: Option<String>,
    /// Number of units, in hundredths.
    pub amount: Option<i64>,
}
