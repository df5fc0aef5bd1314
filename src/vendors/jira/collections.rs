//! What a Jira site consists of, as it is kept outside the process.

use super::model::{Settings, State};
use crate::kernel::collection::{Collections, rows, value};

/// Every collection of the site.
#[must_use]
pub fn collections() -> Collections<State> {
    vec![
        value(
            "jira_settings",
            |site: &State| Settings::clone(&site.settings),
            |site, settings| site.settings = settings,
        ),
        rows("jira_users", |site: &State| &site.users, |site| &mut site.users),
        rows("jira_groups", |site: &State| &site.groups, |site| &mut site.groups),
        rows("jira_projects", |site: &State| &site.projects, |site| &mut site.projects),
        rows("jira_fields", |site: &State| &site.fields, |site| &mut site.fields),
        rows("jira_issues", |site: &State| &site.issues, |site| &mut site.issues),
        rows("jira_worklogs", |site: &State| &site.worklogs, |site| &mut site.worklogs),
        rows("jira_filters", |site: &State| &site.filters, |site| &mut site.filters),
    ]
}
