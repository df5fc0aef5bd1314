//! Keys for everybody, and the settings of the overlay.

use super::model::{Settings, State};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError};
use crate::vendors::jira::overlay::TimeTrackerIn;
use crate::vendors::jira::plant::Planted;

/// Plants Time Tracker over a planted Jira site.
///
/// # Errors
/// A key for somebody who does not exist, or more than 10 fraction digits.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &TimeTrackerIn,
    planted: &Planted,
    state: &mut State,
) -> Result<(), SeedError> {
    let TimeTrackerIn { keys, locale, fraction_digits } = overlay;
    if *fraction_digits > 10 {
        let message = "there are from 0 to 10 fraction digits";
        return Err(misfit(file, "time_tracker.fraction_digits", message));
    }
    state.settings = Settings { locale: *locale, fraction_digits: usize::from(*fraction_digits) };
    for id in keys.keys() {
        if !scenario.people.iter().any(|person| person.id == *id) {
            let message = format!("there is no person '{id}'");
            return Err(misfit(file, &format!("time_tracker.keys.{id}"), message));
        }
    }
    for (person, user) in &planted.users {
        let id = &scenario.people[*person].id;
        // Like the vendor's keys, it has letters that a query string must encode.
        let key = keys.get(id).cloned().unwrap_or_else(|| format!("demo/time+tracker/{id}=="));
        state.keys.insert(key, *user);
    }
    Ok(())
}
