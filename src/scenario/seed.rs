//! A resolved scenario, ready to plant: dates are instants, references are positions.

use chrono::{DateTime, Utc};

use crate::kernel::civil::Tz;
use crate::kernel::money::Minor;

/// A whole scenario. Positions (`person`, `project` …) are indices into its lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Short name, e.g. `studio`.
    pub name: String,
    /// Company name; the name of its workspace, account or site.
    pub company: String,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// The instant that relative dates count from.
    pub anchor: DateTime<Utc>,
    /// People, owners first as written.
    pub people: Vec<Person>,
    /// Clients.
    pub clients: Vec<Client>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Parts of projects: Clockify tasks, Jira issues.
    pub tasks: Vec<Task>,
    /// Work, in the order written.
    pub work: Vec<Work>,
    /// Number of rows of each list above that the world already has; they are only referred to.
    pub known: Known,
}

/// Number of rows at the start of each list that a world already has. Planting looks them up and does not
/// change them; a row that is not found was deleted and stays so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// People, matched by e-mail.
    pub people: usize,
    /// Clients, matched by name.
    pub clients: usize,
    /// Projects, matched by key.
    pub projects: usize,
    /// Tasks, matched by key.
    pub tasks: usize,
}

impl Known {
    /// Whether a scenario was planted before.
    #[must_use]
    pub fn is_living(self) -> bool {
        self.people > 0
    }
}

/// A person, active or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Short name for references within the scenario, e.g. `anna`.
    pub id: String,
    /// Full name.
    pub name: String,
    /// E-mail, unique: people are matched by it across systems.
    pub email: String,
    /// Home time zone.
    pub zone: Tz,
    /// Role.
    pub role: Role,
    /// Hourly rate in minor units.
    pub rate: Option<Minor>,
    /// Whether they may log in.
    pub active: bool,
    /// The systems with an account for them.
    pub systems: Systems,
}

/// A role, from most rights to least.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Owns the account.
    Owner,
    /// Administers it.
    Admin,
    /// Manages projects.
    Manager,
    /// Tracks time.
    Member,
}

/// A client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Whether it is archived.
    pub archived: bool,
    /// The systems that have it.
    pub systems: Systems,
}

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Upper-case key, e.g. `NWS`; a Jira project key.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Its client.
    pub client: Option<usize>,
    /// Whether work on it is billable by default.
    pub billable: bool,
    /// Hourly rate in minor units; takes precedence over a person's rate.
    pub rate: Option<Minor>,
    /// Whether it is finished.
    pub archived: bool,
    /// Whether non-members may work on it.
    pub public: bool,
    /// Its members.
    pub members: Vec<usize>,
    /// The systems that have it.
    pub systems: Systems,
}

/// A part of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Key with the project's key in front, e.g. `NWS-13`; a Jira issue key.
    pub key: String,
    /// Its project.
    pub project: usize,
    /// Full name; a Jira issue's summary.
    pub name: String,
    /// Whether it is finished.
    pub done: bool,
    /// The assignee.
    pub assignee: Option<usize>,
    /// The systems that have it.
    pub systems: Systems,
}

/// A work entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The person.
    pub person: usize,
    /// The project.
    pub project: usize,
    /// The task. Jira has no work without one.
    pub task: Option<usize>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// Duration in seconds; `None` for a running timer.
    pub seconds: Option<i64>,
    /// Description; may be empty.
    pub note: String,
    /// Whether it is billed.
    pub billable: bool,
    /// The systems that have it.
    pub systems: Systems,
}

/// The systems in which a row of a scenario is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Systems {
    /// In Clockify.
    pub clockify: bool,
    /// In Clockodo.
    pub clockodo: bool,
    /// In Jira.
    pub jira: bool,
}

impl Systems {
    /// Everywhere.
    pub const ALL: Self = Self { clockify: true, clockodo: true, jira: true };
}

/// An overlay file: what only one system has, in that system's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// File name for error messages.
    pub file: String,
    /// The JSON text.
    pub text: String,
}

/// A problem in a scenario or overlay, and its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {field}: {message}")]
pub struct SeedError {
    /// File name.
    pub file: String,
    /// Line, counted from 1; 0 for the whole file.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// Path of the field, e.g. `work[17].who`.
    pub field: String,
    /// The problem, for people.
    pub message: String,
}
