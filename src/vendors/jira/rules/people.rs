//! Finds users and checks permissions. Source: jira-vendors.md:3.2.

use std::sync::Arc;

use crate::vendors::jira::model::{Issue, Project, State, User, UserBy, UserId, Worklog};

/// The user with this account id.
#[must_use]
pub fn by_account<'a>(site: &'a State, account_id: &str) -> Option<&'a Arc<User>> {
    site.users.find(UserBy::Account(account_id.to_owned())).next()
}

/// Users that match a term in Jira's user search: the account id, or the start of a word in the display name or
/// in a visible e-mail, in any letter case.
#[must_use]
pub fn search(site: &State, term: &str) -> Vec<UserId> {
    let term = term.trim().to_lowercase();
    if term.is_empty() {
        return Vec::new();
    }
    let means = |user: &&Arc<User>| {
        let name = user.name.to_lowercase();
        user.account_id.to_lowercase() == term
            || starts_word(&name, &term)
            || user.email_visible && starts_word(&user.email.to_lowercase(), &term)
    };
    site.users.iter().filter(means).map(|user| user.id).collect()
}

/// Whether a word of `text` starts with `term`.
fn starts_word(text: &str, term: &str) -> bool {
    text.match_indices(term).any(|(at, _)| {
        text.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|c| !c.is_alphanumeric())
    })
}

/// Whether `viewer` may browse the project.
#[must_use]
pub fn may_browse(project: &Project, viewer: UserId) -> bool {
    project.members.as_ref().is_none_or(|members| members.contains(&viewer))
}

/// Whether `viewer` may browse the issue's project.
#[must_use]
pub fn may_see_issue(site: &State, issue: &Issue, viewer: UserId) -> bool {
    site.projects.get(issue.project).is_some_and(|project| may_browse(project, viewer))
}

/// Whether `viewer` may see the worklog, by its project and its group.
#[must_use]
pub fn may_see(site: &State, worklog: &Worklog, viewer: &User) -> bool {
    let issue = site.issues.get(worklog.issue);
    issue.is_some_and(|issue| may_see_issue(site, issue, viewer.id))
        && worklog.visibility.as_ref().is_none_or(|group| viewer.groups.contains(group))
}
