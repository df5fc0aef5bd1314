//! The caller's account and the people of a workspace.

use std::sync::Arc;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::{Access, Caller};
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::members::{MemberBy, MemberKey, MembershipStatus};
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::users::{AccountStatus, User};
use crate::vendors::clockify::rules::people::{self, Kinds, Person, PersonFilter, Sort};
use crate::vendors::clockify::rules::permissions::{Actor, enter};
use crate::vendors::clockify::wire::memberships::{MembershipOut, RowContext};
use crate::vendors::clockify::wire::paging::page_reply;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::users::{UserOut, fields_of};

/// The sort columns of people. Source: 001:1780, clockify.md:4.7.
pub(super) const SORTS: [&str; 7] =
    ["ID", "EMAIL", "NAME", "NAME_LOWERCASE", "ACCESS", "HOURLYRATE", "COSTRATE"];

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on("getLoggedUser", get_logged_user).on("getUsersOfWorkspace", get_users_of_workspace)
}

/// The caller's own account. Source: 001:1678.
fn get_logged_user(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, user) = (&root.value.clockify, &caller.user);
    let requested = cx.query.boolean("include-memberships")?;
    quirk!("CFY-016");
    let included = requested.unwrap_or(cx.revision() == Revision::Documented);
    let memberships = if included { own_memberships(cx, state, user) } else { Vec::new() };
    let home = MemberKey { workspace: user.active_workspace, user: user.id };
    let fields = state.members.get(home).map(|member| fields_of(state, member));
    Ok(Reply::ok(&UserOut::new(user, memberships, fields.unwrap_or_default())))
}

/// The user's memberships in all workspaces that they may enter.
fn own_memberships<'a>(cx: &Context, state: &'a State, user: &User) -> Vec<MembershipOut<'a>> {
    let members = state.members.find(MemberBy::User(user.id));
    let written = members.filter_map(|member| {
        let actor = enter(state, member.key.workspace, user.id).ok()?;
        let context = context(cx, state, &actor)?;
        let all = people::memberships(state, member, Kinds::All);
        Some(all.into_iter().map(move |membership| context.out(&membership)))
    });
    written.flatten().collect()
}

/// The people of a workspace. Source: 001:1741.
fn get_users_of_workspace(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let actor = access.actor;
    let kinds = kinds(cx)?;
    let roles = cx.query.boolean("include-roles")?.filter(|wanted| *wanted).map(|_| cx.revision());
    let context = context(cx, state, &actor).ok_or(Refusal::UnknownWorkspace)?;
    let people = people::list(state, &actor, cx.now(), &filter(cx)?)?;
    page_reply(cx, people.iter(), |person| person_out(&context, person, kinds, roles))
}

/// Renders a person with the requested memberships, and roles in the words of a revision.
pub(super) fn person_out<'a>(
    context: &RowContext<'a>,
    person: &'a Person,
    kinds: Kinds,
    roles: Option<Revision>,
) -> UserOut<'a> {
    let (state, Person { member, user }) = (context.state, person);
    let memberships = people::memberships(state, member, kinds);
    let memberships = memberships.iter().map(|membership| context.out(membership)).collect();
    let out = UserOut::new(user, memberships, fields_of(state, member));
    let Some(revision) = roles else { return out };
    quirk!("CFY-021");
    out.with_roles(people::roles(state, member), revision)
}

pub(super) fn context<'a>(cx: &Context, state: &'a State, actor: &Actor) -> Option<RowContext<'a>> {
    let workspace = Arc::as_ref(actor.workspace(state)?);
    Some(RowContext { state, workspace, sight: actor.rate_visibility(state), now: cx.now() })
}

fn kinds(cx: &Context) -> Result<Kinds, Refusal> {
    if let Some(kinds) = query::word(cx, "memberships")? {
        return Ok(kinds);
    }
    quirk!("CFY-017");
    Ok(match cx.revision() {
        Revision::Documented => Kinds::All,
        Revision::Current => Kinds::None,
    })
}

/// Source: 001:1742-1787, clockify.md:4.7.
fn filter(cx: &Context) -> Result<PersonFilter, Refusal> {
    let part = |name| query::text(cx, name).map(NameFilter::part);
    quirk!("CFY-022");
    query::one_of(cx, "sort-column", &SORTS)?;
    Ok(PersonFilter {
        email: part("email"),
        name: part("name"),
        project: query::project_filter(cx)?,
        status: status(cx)?,
        accounts: accounts(cx)?,
        roles: Vec::new(),
        groups: Vec::new(),
        sort: query::word::<Sort>(cx, "sort-column")?.unwrap_or_default(),
        descending: query::descending(cx)?,
    })
}

fn status(cx: &Context) -> Result<Option<MembershipStatus>, Refusal> {
    match query::text(cx, "status") {
        Some("ALL") => Ok(None),
        _ => query::word(cx, "status"),
    }
}

fn accounts(cx: &Context) -> Result<Vec<AccountStatus>, Refusal> {
    let sent = query::words(cx, "account-statuses")?;
    Ok(if sent.is_empty() { AccountStatus::USUAL.to_vec() } else { sent })
}
