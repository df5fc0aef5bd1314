//! The file format of scenarios, field by field. `seed-data/README.md` documents it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// A fragment: the lists of a scenario file, and overlays by system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FragmentIn {
    pub(crate) people: Vec<PersonIn>,
    pub(crate) clients: Vec<ClientIn>,
    pub(crate) projects: Vec<ProjectIn>,
    pub(crate) tasks: Vec<TaskIn>,
    pub(crate) work: Vec<WorkIn>,
    pub(crate) overlays: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonIn {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) zone: String,
    pub(crate) role: Role,
    pub(crate) rate: Option<Minor>,
    pub(crate) active: Option<bool>,
    #[serde(rename = "in")]
    pub(crate) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientIn {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(rename = "in")]
    pub(crate) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectIn {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) client: Option<String>,
    pub(crate) billable: Option<bool>,
    pub(crate) rate: Option<Minor>,
    #[serde(default)]
    pub(crate) archived: bool,
    pub(crate) public: Option<bool>,
    pub(crate) members: Option<Vec<String>>,
    #[serde(rename = "in")]
    pub(crate) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskIn {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) done: bool,
    pub(crate) assignee: Option<String>,
    #[serde(rename = "in")]
    pub(crate) systems: Option<Vec<SystemName>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkIn {
    pub(crate) who: String,
    /// A project's or a task's key.
    pub(crate) on: String,
    pub(crate) start: String,
    pub(crate) seconds: Option<i64>,
    #[serde(default)]
    pub(crate) running: bool,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) billable: Option<bool>,
    #[serde(rename = "in")]
    pub(crate) systems: Option<Vec<SystemName>>,
}

/// A system that a scenario is planted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SystemName {
    /// Clockify.
    Clockify,
    /// Clockodo.
    Clockodo,
    /// Jira, with Clockwork and Time Tracker.
    Jira,
}
