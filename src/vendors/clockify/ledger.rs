//! The neutral ledger of Clockify's time entries.

use super::model::State;
use super::model::entries::TimeEntry;
use crate::scenario::ledger::LedgerLine;

/// The time entries of all workspaces, by start.
#[must_use]
pub fn ledger(state: &State) -> Vec<LedgerLine> {
    let mut lines: Vec<LedgerLine> =
        state.entries.rows().iter().map(|entry| line(state, entry)).collect();
    lines.sort_by_key(|line| line.start);
    lines
}

fn line(state: &State, entry: &TimeEntry) -> LedgerLine {
    LedgerLine {
        system: "clockify",
        who: state.users.get(entry.user).map(|user| user.email.clone()).unwrap_or_default(),
        what: what(state, entry),
        start: entry.start,
        seconds: entry.seconds(),
        note: entry.description.clone(),
        billable: entry.billable,
        native_id: entry.id.to_string(),
    }
}

/// The task's key, else the project's key, else the project's name. A task or project that is not
/// from a scenario has the key that its name begins with.
fn what(state: &State, entry: &TimeEntry) -> Option<String> {
    let task = entry.task.and_then(|task| state.tasks.get(task));
    let project = entry.project.and_then(|project| state.projects.get(project));
    task.and_then(|task| task.key.clone().or_else(|| leading_key(&task.name)))
        .or_else(|| project?.key.clone())
        .or_else(|| project.map(|project| project.name.clone()))
}

/// The key `NWS-13` in `NWS-13 Checkout flow` or `NWS-13: Checkout flow`.
fn leading_key(name: &str) -> Option<String> {
    let word = name.split([' ', ':']).next()?;
    let (project, number) = word.rsplit_once('-')?;
    let is_project = project.starts_with(|c: char| c.is_ascii_uppercase())
        && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (is_project && number.parse::<u32>().is_ok()).then(|| word.to_owned())
}
