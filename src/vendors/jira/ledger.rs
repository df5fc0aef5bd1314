//! The ledger: worklogs in neutral terms.

use super::model::State;
use crate::scenario::ledger::LedgerLine;

/// All worklogs, by start.
#[must_use]
pub fn ledger(site: &State) -> Vec<LedgerLine> {
    let mut lines: Vec<LedgerLine> = site
        .worklogs
        .iter()
        .map(|worklog| LedgerLine {
            system: "jira",
            who: site.users.get(worklog.author).map(|user| user.email.clone()).unwrap_or_default(),
            what: site.issues.get(worklog.issue).map(|issue| issue.key.clone()),
            start: worklog.started,
            seconds: Some(worklog.seconds),
            note: worklog.comment.clone().unwrap_or_default(),
            // Jira has no such flag; all worklogs count as billable.
            billable: true,
            native_id: worklog.id.to_string(),
        })
        .collect();
    lines.sort_by_key(|line| line.start);
    lines
}
