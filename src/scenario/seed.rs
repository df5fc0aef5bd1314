//! A scenario as systems plant it: dates resolved to instants, references resolved to positions.

use chrono::{DateTime, Utc};

use crate::kernel::civil::Tz;
use crate::kernel::money::Minor;

/// A whole scenario. Positions (`person`, `project` …) are indices into its lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Short name, e.g. `studio`.
    pub name: String,
    /// The company whose world this is; the name of its workspace, account or site.
    pub company: String,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// The instant that relative dates were resolved against.
    pub anchor: DateTime<Utc>,
    /// People, owners first as written.
    pub people: Vec<Person>,
    /// Clients that work is done for.
    pub clients: Vec<Client>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Parts of projects: Clockify tasks, Jira issues.
    pub tasks: Vec<Task>,
    /// Work, in the order written.
    pub work: Vec<Work>,
    /// Number of rows of each list above that are there only to be named: a living world has them already.
    pub known: Known,
}

/// Number of rows at the beginning of each list that a world has already. Planting looks them up and leaves
/// them as they are; one that is not found has been deleted and is not planted again.
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
    /// Whether the world lives: something of the scenario was planted before.
    #[must_use]
    pub fn is_living(self) -> bool {
        self.people > 0
    }
}

/// A person who works, or used to.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The short name other parts of the scenario use, e.g. `anna`.
    pub id: String,
    /// Full name.
    pub name: String,
    /// E-mail, unique: people are matched by it across systems.
    pub email: String,
    /// Home time zone.
    pub zone: Tz,
    /// Their role.
    pub role: Role,
    /// Rate of an hour of theirs, in minor units.
    pub rate: Option<Minor>,
    /// Whether they may still log in.
    pub active: bool,
    /// The systems they have an account in.
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

/// A client that work is done for.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Short name.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Whether it is archived.
    pub archived: bool,
    /// The systems it exists in.
    pub systems: Systems,
}

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Upper-case key, e.g. `NWS`; a Jira project key.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Whom it is done for.
    pub client: Option<usize>,
    /// Whether work on it is billed unless said otherwise.
    pub billable: bool,
    /// Rate of an hour on it, in minor units; precedes a person's rate.
    pub rate: Option<Minor>,
    /// Whether it is over.
    pub archived: bool,
    /// Whether everybody may work on it, not only its members.
    pub public: bool,
    /// Its members.
    pub members: Vec<usize>,
    /// The systems it exists in.
    pub systems: Systems,
}

/// A part of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Key with the project's key in front, e.g. `NWS-13`; a Jira issue key.
    pub key: String,
    /// The project it is a part of.
    pub project: usize,
    /// Full name; a Jira issue's summary.
    pub name: String,
    /// Whether it is finished.
    pub done: bool,
    /// The assignee.
    pub assignee: Option<usize>,
    /// The systems it exists in.
    pub systems: Systems,
}

/// A stretch of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The person who did it.
    pub person: usize,
    /// On which project.
    pub project: usize,
    /// On which part of it. Jira has no hours without one.
    pub task: Option<usize>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// Duration in seconds; none while the timer still runs.
    pub seconds: Option<i64>,
    /// Description; may be empty.
    pub note: String,
    /// Whether it is billed.
    pub billable: bool,
    /// The systems it was recorded in.
    pub systems: Systems,
}

/// The systems a part of a scenario is planted in.
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

/// An overlay file: what only one system has, in that system's own words.
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
    /// The file's name as it was given.
    pub file: String,
    /// Line, counted from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// Path of the field, e.g. `work[17].who`.
    pub field: String,
    /// The problem, for people.
    pub message: String,
}
