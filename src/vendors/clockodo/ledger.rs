//! The neutral ledger of Clockodo's entries.

use super::model::{Billable, State};
use crate::scenario::ledger::LedgerLine;

/// All entries, by start. A project's key is its number.
#[must_use]
pub fn ledger(state: &State) -> Vec<LedgerLine> {
    let mut lines: Vec<LedgerLine> = state
        .entries
        .table()
        .iter()
        .map(|entry| {
            let project = entry.project.and_then(|id| state.projects.get(id));
            let text = entry.text.and_then(|id| state.texts.get(id));
            LedgerLine {
                system: "clockodo",
                who: state.users.get(entry.user).map(|user| user.email.clone()).unwrap_or_default(),
                what: project
                    .map(|project| project.number.clone().unwrap_or_else(|| project.name.clone())),
                start: entry.since,
                seconds: entry.seconds(),
                note: text.map(|text| text.words.clone()).unwrap_or_default(),
                billable: entry.billable != Billable::No,
                native_id: entry.id.to_string(),
            }
        })
        .collect();
    lines.sort_by_key(|line| line.start);
    lines
}
