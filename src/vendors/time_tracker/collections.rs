//! What Time Tracker keeps beside Jira, as it is kept outside the process.

use super::model::{Settings, State};
use crate::kernel::collection::{Collections, rows, value};

/// Every collection of the add-on.
#[must_use]
pub fn collections() -> Collections<State> {
    vec![
        value(
            "time_tracker_settings",
            |state: &State| Settings::clone(&state.settings),
            |state, settings| state.settings = settings,
        ),
        rows("time_tracker_keys", |state: &State| &state.keys, |state| &mut state.keys),
    ]
}
