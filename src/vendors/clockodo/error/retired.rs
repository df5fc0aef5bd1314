//! Retired paths and their successors. Source: clockodo.md:6.

/// Retired paths below `/api/`, with their successors. Each covers all paths below it.
const RETIRED: [(&str, &str); 27] = [
    ("absences", "v4/absences"),
    ("v2/absences", "v4/absences"),
    ("v3/absences", "v4/absences"),
    ("customers", "v3/customers"),
    ("v2/customers", "v3/customers"),
    ("entries", "v2/entries"),
    ("entrygroups", "v2/entrygroups"),
    ("clock", "v2/clock"),
    ("holidaysquota", "v2/holidaysQuota"),
    ("holidayscarry", "v3/holidaysCarry"),
    ("lumpsumservices", "v4/lumpSumServices"),
    ("v2/lumpsumservices", "v4/lumpSumServices"),
    ("v3/lumpsumservices", "v4/lumpSumServices"),
    ("nonbusinessdays", "v2/nonbusinessDays"),
    ("nonbusinessgroups", "v2/nonbusinessGroups"),
    ("overtimecarry", "v3/overtimeCarry"),
    ("projects", "v4/projects"),
    ("v2/projects", "v4/projects"),
    ("services", "v4/services"),
    ("v2/services", "v4/services"),
    ("v3/services", "v4/services"),
    ("users/me", "v4/users/me"),
    ("v2/users/me", "v4/users/me"),
    ("users", "v3/users"),
    ("v2/users", "v3/users"),
    ("v2/teams", "v3/teams"),
    ("v2/entriesTexts", "v3/entriesTexts"),
];

/// True if the first version of the API had a resource of this name.
#[must_use]
pub fn is_retired(first: &str) -> bool {
    successor(&format!("/api/{first}")).is_some()
}

/// The successor of a retired path.
pub(super) fn successor(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/api/")?;
    let covers = |old: &str| {
        path.strip_prefix(old).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    RETIRED.iter().find(|(old, _)| covers(old)).map(|(_, new)| *new)
}

#[cfg(test)]
mod tests {
    use super::successor;

    #[test]
    fn a_retired_path_covers_what_lies_below_it() {
        assert_eq!(successor("/api/entries"), Some("v2/entries"));
        assert_eq!(successor("/api/entries/7"), Some("v2/entries"));
        assert_eq!(successor("/api/v2/users/me"), Some("v4/users/me"));
        assert_eq!(successor("/api/v2/users/7"), Some("v3/users"));
        assert_eq!(successor("/api/v4/customers"), None);
        assert_eq!(successor("/"), None);
    }
}
