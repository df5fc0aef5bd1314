//! Rows and tables of a Clockodo account. Knows no HTTP and no JSON.

mod entries;
mod master;
mod people;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::entries::{
    Billable, Entries, Entry, EntryBy, EntryId, Kind, LONGEST, Mark, MarkKind, TimeDetails,
};
pub use self::master::{
    Budget, Customer, CustomerId, Factor, LumpsumService, LumpsumServiceId, NameBy, Project,
    ProjectBy, ProjectId, Rate, RateId, Scope, Service, ServiceId, Subproject, SubprojectBy,
    SubprojectId, Text, TextBy, TextId,
};
pub use self::people::{Access, Language, Rights, Role, Team, TeamId, User, UserBy, UserId};
use crate::kernel::civil::Tz;
use crate::kernel::money::Minor;
use crate::kernel::table::Table;
use crate::state;

state! {
    /// A whole account.
    #[derive(Debug, Clone, Default)]
    pub struct State {
        /// The company and its settings.
        pub company: Arc<Company> => shared("clockodo_company"),
        /// Co-workers.
        pub users: Table<User> => rows("clockodo_users"),
        /// Teams.
        pub teams: Table<Team> => rows("clockodo_teams"),
        /// Customers.
        pub customers: Table<Customer> => rows("clockodo_customers"),
        /// Projects.
        pub projects: Table<Project> => rows("clockodo_projects"),
        /// Subprojects.
        pub subprojects: Table<Subproject> => rows("clockodo_subprojects"),
        /// Services.
        pub services: Table<Service> => rows("clockodo_services"),
        /// Lump-sum services.
        pub lumpsum_services: Table<LumpsumService> => rows("clockodo_lumpsum_services"),
        /// Texts of entries, without duplicates.
        pub texts: Table<Text> => rows("clockodo_texts"),
        /// Hourly rates by scope.
        pub rates: Table<Rate> => rows("clockodo_rates"),
        /// Entries.
        pub entries: Entries => rows("clockodo_entries"),
    }
}

/// The company and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a setting")]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Time zone of new co-workers.
    pub zone: Tz,
    /// ISO 4217 code of the currency of all amounts.
    pub currency: String,
    /// True if entries may have a customer but no project.
    pub allow_entries_for_customers: bool,
    /// True if a co-worker's time entries may overlap.
    pub allow_entry_overlaps: bool,
    /// True if texts may have several lines.
    pub allow_entries_text_multiline: bool,
    /// True if the duration of a time entry always equals its span.
    pub force_linked_entry_times: bool,
    /// The default customer, which cannot be archived or deleted.
    pub default_customer: Option<CustomerId>,
    /// The default service, which cannot be archived or deleted.
    pub default_service: Option<ServiceId>,
    /// The hourly rate if no other rate applies.
    pub default_rate: Minor,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: String::new(),
            zone: Tz::Europe__Berlin,
            currency: "EUR".to_owned(),
            allow_entries_for_customers: true,
            allow_entry_overlaps: true,
            allow_entries_text_multiline: true,
            force_linked_entry_times: false,
            default_customer: None,
            default_service: None,
            default_rate: 0,
        }
    }
}
