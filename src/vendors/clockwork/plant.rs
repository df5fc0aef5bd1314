//! Tokens for everybody, the timers that run, and the settings of the overlay.

use super::model::{Settings, State, Timer, TimerId};
use crate::kernel::ids::Ids;
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError};
use crate::vendors::jira::overlay::ClockworkIn;
use crate::vendors::jira::plant::Planted;

/// Plants Clockwork over a planted Jira site.
///
/// # Errors
/// A token for somebody who does not exist.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &ClockworkIn,
    planted: &Planted,
    state: &mut State,
    ids: &mut Ids,
) -> Result<(), SeedError> {
    let ClockworkIn { multiple_timers, round_up_to_minutes, minimum_seconds, tokens } = overlay;
    state.settings = Settings {
        multiple_timers: *multiple_timers,
        round_up_to: i64::from(*round_up_to_minutes) * 60,
        minimum: i64::from(*minimum_seconds),
    };
    for id in tokens.keys() {
        if !scenario.people.iter().any(|person| person.id == *id) {
            let message = format!("there is no person '{id}'");
            return Err(misfit(file, &format!("clockwork.tokens.{id}"), message));
        }
    }
    for (person, user) in &planted.users {
        let id = &scenario.people[*person].id;
        let token = tokens.get(id).cloned().unwrap_or_else(|| format!("demo-clockwork-{id}"));
        state.tokens.insert(token, *user);
    }
    for work in &planted.running {
        let issue = work.task.and_then(|task| planted.issues.get(&task));
        let (Some(issue), Some(user)) = (issue, planted.users.get(&work.person)) else { continue };
        state.timers.put(Timer {
            id: TimerId(ids.serial("clockwork/timers", 1)),
            user: *user,
            issue: *issue,
            started: work.start,
            comment: Some(work.note.clone()).filter(|note| !note.is_empty()),
        });
    }
    Ok(())
}
