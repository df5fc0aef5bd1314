//! The fixed lists of a site: issue types, statuses, priorities. Rows refer to their entries, and are saved with
//! the names.

use serde::{Deserialize, Deserializer, Serializer};

/// An entry of a fixed list.
pub trait Term: Sized + 'static {
    /// The list.
    fn all() -> &'static [Self];

    /// Its name, unique in the list.
    fn name(&self) -> &'static str;

    /// The entry of this name.
    #[must_use]
    fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|term| term.name() == name)
    }
}

/// Writes a term as its name; for `#[serde(with = "terms")]`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
pub(super) fn serialize<T: Term, S: Serializer>(
    term: &&'static T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(term.name())
}

/// Reads a term from its name.
pub(super) fn deserialize<'de, T: Term, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<&'static T, D::Error> {
    let name = std::borrow::Cow::<str>::deserialize(deserializer)?;
    T::named(&name).ok_or_else(|| serde::de::Error::custom(format!("there is no term '{name}'")))
}

/// An issue type.
#[derive(Debug, PartialEq, Eq)]
pub struct IssueType {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Description.
    pub description: &'static str,
    /// File name of its icon.
    pub icon: &'static str,
    /// Whether it is a sub-task.
    pub subtask: bool,
}

/// A status.
#[derive(Debug, PartialEq, Eq)]
pub struct Status {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Number, key and colour of its category.
    pub category: (u64, &'static str, &'static str),
}

/// A priority.
#[derive(Debug, PartialEq, Eq)]
pub struct Priority {
    /// Jira id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// File name of its icon.
    pub icon: &'static str,
}

macro_rules! term {
    ($kind:ty, $list:ident) => {
        impl Term for $kind {
            fn all() -> &'static [Self] {
                &$list
            }

            fn name(&self) -> &'static str {
                self.name
            }
        }
    };
}

term!(IssueType, ISSUE_TYPES);
term!(Status, STATUSES);
term!(Priority, PRIORITIES);

const fn kind(
    id: u64,
    name: &'static str,
    description: &'static str,
    icon: &'static str,
    subtask: bool,
) -> IssueType {
    IssueType { id, name, description, icon, subtask }
}

/// Issue types; the first is the default.
pub static ISSUE_TYPES: [IssueType; 5] = [
    kind(10_001, "Task", "A small, distinct piece of work.", "task.svg", false),
    kind(10_000, "Story", "A user story.", "story.svg", false),
    kind(10_002, "Epic", "A big user story that needs to be broken down.", "epic.svg", false),
    kind(10_003, "Sub-task", "A piece of another issue.", "subtask.svg", true),
    kind(10_004, "Bug", "A problem or error.", "bug.svg", false),
];

/// Statuses in the order of the workflow, from the first to the final one.
pub static STATUSES: [Status; 3] = [
    Status { id: 10_000, name: "To Do", category: (2, "new", "blue-gray") },
    Status { id: 3, name: "In Progress", category: (4, "indeterminate", "yellow") },
    Status { id: 10_001, name: "Done", category: (3, "done", "green") },
];

/// Priorities, most urgent first.
pub static PRIORITIES: [Priority; 5] = [
    Priority { id: 1, name: "Highest", icon: "highest.svg" },
    Priority { id: 2, name: "High", icon: "high.svg" },
    Priority { id: 3, name: "Medium", icon: "medium.svg" },
    Priority { id: 4, name: "Low", icon: "low.svg" },
    Priority { id: 5, name: "Lowest", icon: "lowest.svg" },
];

impl Status {
    /// Whether the issue is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.category.1 == "done"
    }
}
