//! What Clockwork keeps beside Jira, as it is kept outside the process.

use super::model::State;
use crate::kernel::collection::{Collections, rows, value};

/// Every collection of the add-on.
#[must_use]
pub fn collections() -> Collections<State> {
    vec![
        value(
            "clockwork_settings",
            |state: &State| state.settings,
            |state, settings| state.settings = settings,
        ),
        rows("clockwork_tokens", |state: &State| &state.tokens, |state| &mut state.tokens),
        rows("clockwork_timers", |state: &State| &state.timers, |state| &mut state.timers),
    ]
}
