//! The collections of a Clockodo account, as they are kept outside the process.

use super::model::{Company, State};
use crate::kernel::collection::{Collections, rows, rows_by, value};

/// Every collection of the account.
#[must_use]
pub fn collections() -> Collections<State> {
    vec![
        value(
            "clockodo_company",
            |state: &State| Company::clone(&state.company),
            |state, company| state.company = company.into(),
        ),
        rows("clockodo_users", |state: &State| &state.users, |state| &mut state.users),
        rows("clockodo_teams", |state: &State| &state.teams, |state| &mut state.teams),
        rows("clockodo_customers", |state: &State| &state.customers, |state| &mut state.customers),
        rows("clockodo_projects", |state: &State| &state.projects, |state| &mut state.projects),
        rows(
            "clockodo_subprojects",
            |state: &State| &state.subprojects,
            |state| &mut state.subprojects,
        ),
        rows("clockodo_services", |state: &State| &state.services, |state| &mut state.services),
        rows(
            "clockodo_lumpsum_services",
            |state: &State| &state.lumpsum_services,
            |state| &mut state.lumpsum_services,
        ),
        rows("clockodo_texts", |state: &State| &state.texts, |state| &mut state.texts),
        rows("clockodo_rates", |state: &State| &state.rates, |state| &mut state.rates),
        rows_by(
            "clockodo_entries",
            |state: &State| state.entries.table(),
            |state, entry| state.entries.put(entry),
            |state, id| {
                state.entries.remove(id);
            },
        ),
    ]
}
