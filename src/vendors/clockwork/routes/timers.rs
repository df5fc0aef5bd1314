//! `POST /v1/start_timer` and `POST /v1/stop_timer`.

use std::sync::Arc;

use serde_json::Value;

use crate::http::body::Field;
use crate::http::context::Context;
use crate::http::fields::Fields;
use crate::http::reply::Reply;
use crate::vendors::clockwork::auth::Caller;
use crate::vendors::clockwork::limits::COMMENT;
use crate::vendors::clockwork::rules::refusal::Refusal;
use crate::vendors::clockwork::rules::timers::Timers;
use crate::vendors::clockwork::wire::timers::{IssueRef, MessagesOut};
use crate::vendors::jira::model::{Issue, IssueBy, State, UserId};
use crate::vendors::jira::rules::people::may_see_issue;
use crate::world::World;

/// Starts the caller's timer on an issue. Source: 000:195.
pub(super) fn start_timer(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let fields = Fields::of(cx)?;
    let (reference, comment) = (IssueRef::of(&fields)?, comment(&fields)?);
    cx.write(|world| {
        let issue = find(&world.jira, &reference, caller.user.id)?;
        let stopped = timers(cx, world, &caller).start(&issue, comment)?;
        Ok(Reply::ok(&MessagesOut::of_start(&world.jira, &stopped, &issue, &caller.user.name)))
    })
}

/// Stops the caller's timer on an issue. Source: 000:233.
pub(super) fn stop_timer(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let reference = IssueRef::of(&Fields::of(cx)?)?;
    cx.write(|world| {
        let issue = find(&world.jira, &reference, caller.user.id)?;
        let stopped = timers(cx, world, &caller).stop(&issue)?;
        Ok(Reply::ok(&MessagesOut::of_stop(&stopped, &issue, &caller.user.name)))
    })
}

/// The caller's timers.
fn timers<'a>(cx: &Context, world: &'a mut World, caller: &'a Caller) -> Timers<'a> {
    Timers {
        state: &mut world.clockwork,
        site: &mut world.jira,
        ids: &mut world.ids,
        now: cx.now(),
        user: &caller.user,
    }
}

fn comment(fields: &Fields) -> Result<Option<String>, Refusal> {
    match fields.get("comment") {
        Field::Value(Value::String(text)) if text.chars().count() > COMMENT => {
            Err(Refusal::Invalid("comment".to_owned()))
        }
        Field::Value(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        _ => Ok(None),
    }
}

/// An issue that the caller may browse.
fn find(site: &State, reference: &IssueRef, viewer: UserId) -> Result<Arc<Issue>, Refusal> {
    let issue = match reference {
        IssueRef::Id(id) => id.parse().ok().and_then(|id| site.issues.get(id)),
        IssueRef::Key(key) => site.issues.find(IssueBy::Key(key.to_uppercase())).next(),
    };
    let issue = issue.filter(|issue| may_see_issue(site, issue, viewer));
    issue.cloned().ok_or_else(|| Refusal::NoIssue(reference.text().to_owned()))
}
