//! The file format of scenarios, field by field. `seed-data/README.md` documents it.

use serde::Deserialize;

use super::seed::Role;
use crate::kernel::money::Minor;

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    #[expect(dead_code, reason = "for readers of the file")]
    #[serde(default)]
    pub(super) about: String,
    pub(super) company: String,
    pub(super) currency: String,
    pub(super) people: Vec<PersonIn>,
    #[serde(default)]
    pub(super) clients: Vec<ClientIn>,
    #[serde(default)]
    pub(super) projects: Vec<ProjectIn>,
    #[serde(default)]
    pub(super) tasks: Vec<TaskIn>,
    #[serde(default)]
    pub(super) work: Vec<WorkIn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonIn {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) zone: String,
    pub(super) role: Role,
    pub(super) rate: Option<Minor>,
    pub(super) active: Option<bool>,
    #[serde(rename = "in")]
    pub(super) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientIn {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) archived: bool,
    #[serde(rename = "in")]
    pub(super) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectIn {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) client: Option<String>,
    pub(super) billable: Option<bool>,
    pub(super) rate: Option<Minor>,
    #[serde(default)]
    pub(super) archived: bool,
    pub(super) public: Option<bool>,
    pub(super) members: Option<Vec<String>>,
    #[serde(rename = "in")]
    pub(super) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskIn {
    pub(super) key: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) done: bool,
    pub(super) assignee: Option<String>,
    #[serde(rename = "in")]
    pub(super) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkIn {
    pub(super) who: String,
    /// A project's or a task's key.
    pub(super) on: String,
    pub(super) start: String,
    pub(super) seconds: Option<i64>,
    #[serde(default)]
    pub(super) running: bool,
    #[serde(default)]
    pub(super) note: String,
    pub(super) billable: Option<bool>,
    #[serde(rename = "in")]
    pub(super) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SystemName {
    Clockify,
    Clockodo,
    Jira,
}
