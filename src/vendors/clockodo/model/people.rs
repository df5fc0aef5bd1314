//! Co-workers with their rights, and teams.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::id_kinds;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Serial;
use crate::kernel::table::Row;

id_kinds! {
    /// Id of a co-worker.
    pub UserId(Serial);
    /// Id of a team.
    pub TeamId(Serial);
}

/// A co-worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a setting of the co-worker")]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Full name.
    pub name: String,
    /// Personnel number.
    pub number: Option<String>,
    /// E-mail, with which they log in.
    pub email: String,
    /// Their API key.
    pub api_key: String,
    /// Their rights.
    pub role: Role,
    /// For a worker: rights beyond their own entries.
    pub access: Access,
    /// True if they may log in.
    pub active: bool,
    /// Their team.
    pub team: Option<TeamId>,
    /// Initials.
    pub initials: String,
    /// Language of the user interface.
    pub language: Language,
    /// Time zone, in which their days begin.
    pub zone: Tz,
    /// True if times are shown in the 12-hour format.
    pub twelve_hours: bool,
    /// True if their week begins on Monday, false if it begins on Sunday.
    pub weekstart_monday: bool,
    /// True if their weekend is Friday and Saturday.
    pub weekend_friday: bool,
    /// 1 for a salary, 2 for an hourly wage.
    pub wage_type: Option<u8>,
    /// The last day on which they may no longer change entries.
    pub edit_lock: Option<NaiveDate>,
    /// Number of days, including today, on which they may change entries.
    pub edit_lock_days: Option<u8>,
    /// True if the company's edit lock applies instead of theirs.
    pub edit_lock_sync: Option<bool>,
    /// Their boss.
    pub boss: Option<UserId>,
    /// First day of work.
    pub start_date: Option<NaiveDate>,
    /// True if they receive budget notifications.
    pub budget_notifications: bool,
    /// The co-worker who added them.
    pub creator: Option<UserId>,
    /// When they were added.
    pub created: DateTime<Utc>,
}

/// The role of a co-worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Owns the account and has all rights.
    Owner,
    /// Has all rights except the administration of co-workers.
    Manager,
    /// Tracks time. Other rights are in [`Access`].
    Worker,
}

/// Rights that a worker can be given individually.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a right")]
pub struct Access {
    /// See and change entries of others.
    pub others_entries: bool,
    /// See and change hourly rates, see revenues.
    pub revenues: bool,
    /// Add customers and projects.
    pub add_customers: bool,
    /// Change and delete customers and projects, see their notes.
    pub manage_customers_and_projects: bool,
    /// Change services, see their notes.
    pub manage_services: bool,
    /// Administer co-workers and teams.
    pub manage_users: bool,
}

/// The rights that result from role and access.
pub type Rights = Access;

impl User {
    /// Their rights.
    #[must_use]
    pub fn rights(&self) -> Rights {
        match self.role {
            Role::Worker => self.access,
            Role::Owner | Role::Manager => Access {
                others_entries: true,
                revenues: true,
                add_customers: true,
                manage_customers_and_projects: true,
                manage_services: true,
                manage_users: self.role == Role::Owner || self.access.manage_users,
            },
        }
    }
}

/// A language of the vendor's user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
}

/// The indices of co-workers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserBy {
    /// By lower-case e-mail.
    Email(String),
    /// By API key.
    Key(String),
    /// By team.
    Team(TeamId),
}

impl Row for User {
    type Key = UserId;
    type Index = UserBy;

    fn key(&self) -> UserId {
        self.id
    }

    fn index(&self) -> Vec<UserBy> {
        let email = UserBy::Email(self.email.to_lowercase());
        let mut entries = vec![email, UserBy::Key(self.api_key.clone())];
        entries.extend(self.team.map(UserBy::Team));
        entries
    }
}

/// A team. Co-workers refer to their team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its leader.
    pub leader: Option<UserId>,
}

impl Row for Team {
    type Key = TeamId;
    /// By lower-case name.
    type Index = String;

    fn key(&self) -> TeamId {
        self.id
    }

    fn index(&self) -> Vec<String> {
        vec![self.name.to_lowercase()]
    }
}
