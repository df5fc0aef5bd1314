//! Master data: customers, projects, services, texts and hourly rates.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::people::UserId;
use crate::id_kinds;
use crate::kernel::ids::Serial;
use crate::kernel::money::Minor;
use crate::kernel::table::Row;

id_kinds! {
    /// Id of a customer.
    pub CustomerId(Serial);
    /// Id of a project.
    pub ProjectId(Serial);
    /// Id of a subproject.
    pub SubprojectId(Serial);
    /// Id of a service.
    pub ServiceId(Serial);
    /// Id of a lump-sum service.
    pub LumpsumServiceId(Serial);
    /// Id of a text.
    pub TextId(Serial);
    /// Number of an hourly rate. Clients never see it.
    pub RateId(Serial);
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Name, at most 100 characters.
    pub name: String,
    /// Number, at most 50 characters.
    pub number: Option<String>,
    /// Colour, 1 to 9.
    pub color: u8,
    /// True if entries can be added.
    pub active: bool,
    /// True if its projects are billable by default.
    pub billable_default: bool,
    /// Note, visible to those who manage customers.
    pub note: Option<String>,
    /// Id in a billing application.
    pub bill_service_id: Option<String>,
    /// True for demo data, which cannot be changed.
    pub test_data: bool,
    /// The services that its entries may have. Empty: all.
    pub service_assignments: Vec<ServiceId>,
}

/// The index of rows with a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameBy {
    /// By lower-case name.
    Name(String),
}

/// Declares a row with an index by name.
macro_rules! named {
    ($row:ty, $key:ty) => {
        impl Row for $row {
            type Key = $key;
            type Index = NameBy;

            fn key(&self) -> $key {
                self.id
            }

            fn index(&self) -> Vec<NameBy> {
                vec![NameBy::Name(self.name.to_lowercase())]
            }
        }
    };
}

named!(Customer, CustomerId);
named!(Service, ServiceId);
named!(LumpsumService, LumpsumServiceId);

/// The budget of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// True if it is an amount of money, false if it is a number of hours.
    pub monetary: bool,
    /// True for a fixed price, false for an estimate.
    pub hard: bool,
    /// True if it is the sum of the subprojects' budgets.
    pub from_subprojects: bool,
    /// Hundredths of a currency unit or of an hour. `None` if the subprojects have the budget.
    pub amount: Option<Minor>,
    /// Percentages of use at which co-workers are notified.
    pub notification_thresholds: Vec<u16>,
}

/// The factor of the revenues of a completed project with a hard budget: budget divided by use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// The budget.
    pub budget: Minor,
    /// The amount spent; never 0.
    pub used: Minor,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its customer.
    pub customer: CustomerId,
    /// Name, at most 100 characters.
    pub name: String,
    /// Number, at most 50 characters.
    pub number: Option<String>,
    /// True if entries can be added.
    pub active: bool,
    /// True if entries are billable by default.
    pub billable_default: bool,
    /// Note, visible to those who manage projects.
    pub note: Option<String>,
    /// Its budget.
    pub budget: Option<Budget>,
    /// The amount billed so far. Only with a hard budget.
    pub billed_money: Option<Minor>,
    /// True if it is completely billed. Only with a hard budget.
    pub billed_completely: Option<bool>,
    /// When it was completed. `None` while it is open.
    pub completed_at: Option<DateTime<Utc>>,
    /// The factor of its revenues, fixed on completion. Only with a hard budget.
    pub factor: Option<Factor>,
    /// First day of work.
    pub start_date: Option<NaiveDate>,
    /// Last day of work.
    pub deadline: Option<NaiveDate>,
    /// True if it completes automatically after the deadline.
    pub automatic_completion: bool,
    /// Id in a billing application.
    pub bill_service_id: Option<String>,
    /// True for demo data, which cannot be changed.
    pub test_data: bool,
    /// The services that its entries may have. Empty: all.
    pub service_assignments: Vec<ServiceId>,
}

impl Project {
    /// True if it has a fixed price.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        self.budget.as_ref().is_some_and(|budget| budget.hard)
    }
}

/// The indices of projects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProjectBy {
    /// By customer and lower-case name.
    Customer(CustomerId, String),
    /// Projects to complete after this deadline.
    Due(NaiveDate),
}

impl Row for Project {
    type Key = ProjectId;
    type Index = ProjectBy;

    fn key(&self) -> ProjectId {
        self.id
    }

    fn index(&self) -> Vec<ProjectBy> {
        let name = ProjectBy::Customer(self.customer, self.name.to_lowercase());
        let waits = self.automatic_completion && self.completed_at.is_none();
        let due = self.deadline.filter(|_| waits).map(ProjectBy::Due);
        std::iter::once(name).chain(due).collect()
    }
}

/// A subproject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subproject {
    /// Its id.
    pub id: SubprojectId,
    /// Its project.
    pub project: ProjectId,
    /// Name, at most 100 characters.
    pub name: String,
    /// Number, at most 50 characters.
    pub number: Option<String>,
    /// True if entries can be added.
    pub active: bool,
    /// True if entries are billable by default.
    pub billable_default: bool,
    /// Note, visible to those who manage projects.
    pub note: Option<String>,
    /// Its share of the project's budget.
    pub budget: Option<Budget>,
    /// When it was completed. `None` while it is open.
    pub completed_at: Option<DateTime<Utc>>,
    /// The factor of its revenues, fixed on completion. Only with a hard budget.
    pub factor: Option<Factor>,
    /// First day of work.
    pub start_date: Option<NaiveDate>,
    /// Last day of work.
    pub deadline: Option<NaiveDate>,
    /// True if it completes automatically after the deadline.
    pub automatic_completion: bool,
    /// Id in a billing application.
    pub bill_service_id: Option<String>,
    /// The services that its entries may have. Empty: all.
    pub service_assignments: Vec<ServiceId>,
}

/// The indices of subprojects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubprojectBy {
    /// By project and lower-case name.
    Project(ProjectId, String),
    /// Subprojects to complete after this deadline.
    Due(NaiveDate),
}

impl Row for Subproject {
    type Key = SubprojectId;
    type Index = SubprojectBy;

    fn key(&self) -> SubprojectId {
        self.id
    }

    fn index(&self) -> Vec<SubprojectBy> {
        let name = SubprojectBy::Project(self.project, self.name.to_lowercase());
        let waits = self.automatic_completion && self.completed_at.is_none();
        let due = self.deadline.filter(|_| waits).map(SubprojectBy::Due);
        std::iter::once(name).chain(due).collect()
    }
}

/// A service: a type of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Name, at most 100 characters, unique.
    pub name: String,
    /// Number, at most 50 characters.
    pub number: Option<String>,
    /// True if entries can be added.
    pub active: bool,
    /// Note, visible to those who manage services.
    pub note: Option<String>,
    /// Id in a billing application.
    pub bill_service_id: Option<String>,
}

/// A lump-sum service: sold at a fixed price per unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LumpsumService {
    /// Its id.
    pub id: LumpsumServiceId,
    /// Name, at most 100 characters, unique.
    pub name: String,
    /// Price per unit.
    pub price: Minor,
    /// Name of the unit, at most 6 characters.
    pub unit: Option<String>,
    /// Number, at most 50 characters.
    pub number: Option<String>,
    /// True if entries can be added.
    pub active: bool,
    /// Note, visible to those who manage services.
    pub note: Option<String>,
}

/// A description of entries. Equal descriptions share one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Its id.
    pub id: TextId,
    /// The text; never empty.
    pub words: String,
}

/// The index of texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextBy {
    /// By exact text.
    Words(String),
}

impl Row for Text {
    type Key = TextId;
    type Index = TextBy;

    fn key(&self) -> TextId {
        self.id
    }

    fn index(&self) -> Vec<TextBy> {
        vec![TextBy::Words(self.words.clone())]
    }
}

/// The scope of an hourly rate. Absent parts match all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The project.
    pub project: Option<ProjectId>,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The co-worker.
    pub user: Option<UserId>,
    /// The service.
    pub service: Option<ServiceId>,
}

/// A rule for the hourly rate. The first that applies decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Its position in the account's list, from 1.
    pub id: RateId,
    /// Its scope.
    pub scope: Scope,
    /// The amount per hour.
    pub amount: Minor,
}

impl Row for Rate {
    type Key = RateId;
    /// By scope.
    type Index = Scope;

    fn key(&self) -> RateId {
        self.id
    }

    fn index(&self) -> Vec<Scope> {
        vec![self.scope]
    }
}
