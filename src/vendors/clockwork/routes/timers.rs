//! `POST /v1/start_timer` and `POST /v1/stop_timer`.

use std::sync::Arc;

use serde_json::Value;

use crate::http::Rejection;
use crate::http::body::Field;
use crate::http::cx::Cx;
use crate::http::fields::Fields;
use crate::http::reply::Reply;
use crate::quirk;
use crate::vendors::clockwork::auth::Caller;
use crate::vendors::clockwork::error::Error;
use crate::vendors::clockwork::rules::timers;
use crate::vendors::clockwork::wire::timers::{IssueRef, MessagesOut};
use crate::vendors::jira::model::{Issue, IssueBy, State, UserId};
use crate::vendors::jira::rules::people::may_see_issue;

/// Starts the caller's timer on an issue. Source: 000:195.
pub(super) fn start_timer(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let fields = fields(cx, &["issue_id", "issue_key", "comment"])?;
    let wanted = IssueRef::of(&fields)?;
    let comment = match fields.get("comment") {
        Field::Value(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let user = &caller.user;
    cx.write(|world| {
        let issue = find(&world.jira, &wanted, user.id)?;
        let (state, site, ids) = (&mut world.clockwork, &mut world.jira, &mut world.ids);
        let stopped = timers::start(state, site, ids, cx.now(), user, issue.id, comment)
            .map_err(|error| Error::timer(&error, &issue.key))?;
        let mut messages = MessagesOut::new();
        for timer in stopped {
            quirk!("CWK-005");
            if let Some(issue) = world.jira.issues.get(timer.issue) {
                messages = messages.stopped(issue, &user.name, timer.reported);
            }
        }
        Ok(Reply::ok(&messages.started(&issue, &user.name)))
    })
}

/// Stops the caller's timer on an issue. Source: 000:233.
pub(super) fn stop_timer(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let wanted = IssueRef::of(&fields(cx, &["issue_id", "issue_key"])?)?;
    let user = &caller.user;
    cx.write(|world| {
        let issue = find(&world.jira, &wanted, user.id)?;
        let (state, site, ids) = (&mut world.clockwork, &mut world.jira, &mut world.ids);
        let stopped = timers::stop(state, site, ids, cx.now(), user, issue.id)
            .map_err(|error| Error::timer(&error, &issue.key))?;
        Ok(Reply::ok(&MessagesOut::new().stopped(&issue, &user.name, stopped.reported)))
    })
}

/// The fields of a request, of which these have a meaning.
fn fields(cx: &Cx, known: &[&str]) -> Result<Fields, Rejection> {
    for name in known {
        let _ = cx.query.has(name);
    }
    Fields::of(cx)
}

/// An issue that the caller may browse.
fn find(site: &State, wanted: &IssueRef, viewer: UserId) -> Result<Arc<Issue>, Error> {
    let issue = match wanted {
        IssueRef::Id(id) => id.parse().ok().and_then(|id| site.issues.get(id)),
        IssueRef::Key(key) => site.issues.find(IssueBy::Key(key.to_uppercase())).next(),
    };
    let issue = issue.filter(|issue| may_see_issue(site, issue, viewer));
    issue.cloned().ok_or_else(|| Error::NoIssue(wanted.text().to_owned()))
}
