//! Plants tokens, running timers and the settings of the overlay.

use super::model::{Settings, State, Timer, TimerId, Token, TokenId};
use super::overlay::ClockworkIn;
use crate::kernel::civil::zone;
use crate::kernel::ids::Ids;
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError};
use crate::vendors::jira::model::{self as jira, IssueBy};
use crate::vendors::jira::plant::Planted;

/// Plants Clockwork over a planted Jira site.
///
/// # Errors
/// An unknown person, or a setting out of range.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &ClockworkIn,
    planted: &Planted,
    site: &jira::State,
    state: &mut State,
    ids: &mut Ids,
) -> Result<(), SeedError> {
    let ClockworkIn {
        tokens,
        multiple_timers,
        round_up_to_minutes,
        minimum_seconds,
        working_day_minutes,
        zone: zone_name,
        report_delay_seconds,
        jira_started,
    } = overlay;
    if *round_up_to_minutes == Some(0) {
        let message = "time is rounded to 1 minute or more";
        return Err(misfit(file, "clockwork.round_up_to_minutes", message));
    }
    if working_day_minutes.is_some_and(|minutes| !(1..=24 * 60).contains(&minutes)) {
        let message = "a working day has 1 to 1440 minutes";
        return Err(misfit(file, "clockwork.working_day_minutes", message));
    }
    let old = state.settings;
    let days = match zone_name {
        None => old.zone,
        Some(name) => zone(name).ok_or_else(|| {
            misfit(file, "clockwork.zone", format!("there is no time zone '{name}'"))
        })?,
    };
    state.settings = Settings {
        multiple_timers: multiple_timers.unwrap_or(old.multiple_timers),
        round_up_to: round_up_to_minutes.map_or(old.round_up_to, |minutes| i64::from(minutes) * 60),
        minimum: minimum_seconds.map_or(old.minimum, i64::from),
        working_day: working_day_minutes.map_or(old.working_day, |minutes| i64::from(minutes) * 60),
        zone: days,
        report_delay: report_delay_seconds.map_or(old.report_delay, i64::from),
        jira_started: jira_started.unwrap_or(old.jira_started),
    };
    for (id, secret) in tokens {
        let field = format!("clockwork.tokens.{id}");
        if !planted.users.contains_key(id) {
            return Err(misfit(file, &field, format!("there is no person '{id}' in Jira")));
        }
        if secret.is_empty() || state.tokens.find(secret.clone()).next().is_some() {
            return Err(misfit(file, &field, "a token is somebody's alone"));
        }
    }
    for (id, user) in &planted.users {
        let own = tokens.get(id).cloned();
        if own.is_none() && state.tokens.iter().any(|token| token.user == *user) {
            continue;
        }
        let secret = own.unwrap_or_else(|| format!("demo-clockwork-{id}"));
        let token = TokenId(ids.serial("clockwork/tokens", 1));
        state.tokens.put(Token { id: token, secret, user: *user });
    }
    for work in &planted.running {
        let key = work.task.map(|task| scenario.tasks[task].key.clone());
        let issue = key.and_then(|key| site.issues.find(IssueBy::Key(key)).next());
        let user = planted.users.get(&scenario.people[work.person].id);
        let (Some(issue), Some(user)) = (issue, user) else { continue };
        state.timers.put(Timer {
            id: TimerId(ids.serial("clockwork/timers", 1)),
            user: *user,
            issue: issue.id,
            started: work.start,
            comment: Some(work.note.clone()).filter(|note| !note.is_empty()),
        });
    }
    Ok(())
}
