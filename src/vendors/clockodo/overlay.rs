//! `clockodo.json` beside a scenario: what only a Clockodo account has. People, clients and projects are
//! named by the ids and keys of the scenario; things of its own have ids of their own.

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
    /// Clockodo's additions to people.
    pub people: Vec<PersonIn>,
    /// Teams.
    pub teams: Vec<TeamIn>,
    /// Clockodo's additions to clients, and customers that only it has.
    pub customers: Vec<CustomerIn>,
    /// Clockodo's additions to projects.
    pub projects: Vec<ProjectIn>,
    /// Parts of projects.
    pub subprojects: Vec<SubprojectIn>,
    /// Services; the first is that of work that no rule covers.
    pub services: Vec<ServiceIn>,
    /// Which service work has; the first rule that fits decides.
    pub service_rules: Vec<ServiceRuleIn>,
    /// Services with a price a unit.
    pub lumpsum_services: Vec<LumpsumServiceIn>,
    /// Hourly rates beyond those of people and projects.
    pub rates: Vec<RateIn>,
    /// Ids of people whose work was clocked rather than typed in.
    pub clocked: Vec<String>,
    /// Keys of projects whose billable work has been billed.
    pub billed: Vec<String>,
    /// Lump sums.
    pub lumpsums: Vec<LumpsumIn>,
}

/// Settings of the company; what is absent is the vendor's default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompanyIn {
    /// True if entries may have a customer without a project.
    pub allow_entries_for_customers: Option<bool>,
    /// True if time entries may overlap.
    pub allow_entry_overlaps: Option<bool>,
    /// True if texts may have several lines.
    pub allow_entries_text_multiline: Option<bool>,
    /// True if durations are always the span.
    pub force_linked_entry_times: Option<bool>,
    /// Client id of the company's default customer.
    pub default_customer: Option<String>,
    /// Id of the company's default service.
    pub default_service: Option<String>,
    /// The hourly rate where no other rate applies, in minor units.
    pub default_rate: Option<Minor>,
}

/// A co-worker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonIn {
    /// Id in the scenario.
    pub who: String,
    /// Role, where it does not follow from the scenario's.
    pub role: Option<Role>,
    /// API key, where it is not derived.
    pub key: Option<String>,
    /// Personnel number.
    pub number: Option<String>,
    /// Language of their surface.
    pub language: Option<Language>,
    /// Last day whose entries they may no longer change.
    pub edit_lock: Option<NaiveDate>,
    /// Days, today included, whose entries they may change.
    pub edit_lock_days: Option<u8>,
    /// Id of who leads them.
    pub boss: Option<String>,
    /// The rights of a worker beyond their own entries.
    pub access: Option<Access>,
}

/// A team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamIn {
    /// Its name.
    pub name: String,
    /// Id of who leads it.
    pub leader: Option<String>,
    /// Ids of its people.
    pub people: Vec<String>,
}

/// A customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerIn {
    /// Client id in the scenario; absent for a customer of Clockodo's own, which then has `id` and
    /// `name`.
    pub client: Option<String>,
    /// Id by which this file names a customer of Clockodo's own.
    pub id: Option<String>,
    /// Name of a customer of Clockodo's own.
    pub name: Option<String>,
    /// Customer number.
    pub number: Option<String>,
    /// Colour, 1 to 9.
    pub color: Option<u8>,
    /// Note.
    pub note: Option<String>,
    /// True if its projects are billable by default.
    pub billable: Option<bool>,
    /// True if it is demo data.
    #[serde(default)]
    pub test_data: bool,
    /// Ids of the only services its entries may have.
    #[serde(default)]
    pub services: Vec<String>,
}

/// A project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectIn {
    /// Key in the scenario.
    pub key: String,
    /// Number, where it is not the key.
    pub number: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Id of the customer, where the scenario has no client.
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
    /// Ids of the only services its entries may have.
    #[serde(default)]
    pub services: Vec<String>,
}

/// A budget.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetIn {
    /// True if it is money, else hours.
    pub monetary: bool,
    /// True if it is a fixed price.
    pub hard: bool,
    /// Hundredths of a unit of money or of an hour.
    pub amount: Minor,
}

/// A part of a project.
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
    /// Id by which this file names it.
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

/// Which service work has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRuleIn {
    /// Id of the service.
    pub service: String,
    /// Ids of people; everybody when absent.
    pub people: Option<Vec<String>>,
    /// Keys of projects; all when absent.
    pub on: Option<Vec<String>>,
}

/// A service with a price a unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LumpsumServiceIn {
    /// Id by which this file names it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Price a unit, in minor units.
    pub price: Minor,
    /// Name of the unit.
    pub unit: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Note.
    pub note: Option<String>,
}

/// An hourly rate; what is absent does not narrow it.
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
    /// Amount an hour, in minor units.
    pub rate: Minor,
}

/// A lump sum, or units of a lump-sum service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LumpsumIn {
    /// Id of the person.
    pub who: String,
    /// Key of the project.
    pub on: String,
    /// Days before the anchor day, at noon of the person's zone.
    pub days_ago: u32,
    /// Text.
    #[serde(default)]
    pub note: String,
    /// True if it has been billed.
    #[serde(default)]
    pub billed: bool,
    /// Value in minor units; for a lump sum.
    pub value: Option<Minor>,
    /// Id of a lump-sum service; for units of one.
    pub lumpsum_service: Option<String>,
    /// Units in hundredths.
    pub amount: Option<i64>,
}
