//! What Clockify consists of, as it is kept outside the process. Events that wait to be posted are not:
//! they become messages in the commit that they are told in.

use super::model::State;
use crate::kernel::collection::{Collections, entries, rows, rows_by};

/// Every collection of Clockify.
#[must_use]
pub fn collections() -> Collections<State> {
    vec![
        entries(
            "clockify_credentials",
            |state: &State| &state.credentials,
            |state| &mut state.credentials,
        ),
        rows("clockify_users", |state: &State| &state.users, |state| &mut state.users),
        rows(
            "clockify_workspaces",
            |state: &State| &state.workspaces,
            |state| &mut state.workspaces,
        ),
        rows("clockify_members", |state: &State| &state.members, |state| &mut state.members),
        rows("clockify_groups", |state: &State| &state.groups, |state| &mut state.groups),
        rows("clockify_clients", |state: &State| &state.clients, |state| &mut state.clients),
        rows("clockify_projects", |state: &State| &state.projects, |state| &mut state.projects),
        rows("clockify_tasks", |state: &State| &state.tasks, |state| &mut state.tasks),
        rows("clockify_tags", |state: &State| &state.tags, |state| &mut state.tags),
        rows("clockify_custom_fields", |state: &State| &state.fields, |state| &mut state.fields),
        rows_by(
            "clockify_time_entries",
            |state: &State| state.entries.rows(),
            |state, entry| {
                state.entries.put(entry);
            },
            |state, id| {
                state.entries.remove(id);
            },
        ),
        rows(
            "clockify_shared_reports",
            |state: &State| &state.shared_reports,
            |state| &mut state.shared_reports,
        ),
        rows("clockify_webhooks", |state: &State| &state.webhooks, |state| &mut state.webhooks),
    ]
}
