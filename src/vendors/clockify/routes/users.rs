//! The caller and the people of a workspace.

use std::sync::Arc;

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::{Access, Caller};
use crate::vendors::clockify::error::Error;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::members::{MemberBy, MembershipStatus};
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::model::users::AccountStatus;
use crate::vendors::clockify::rules::people::{self, Kinds, Person, PersonFilter, Sort};
use crate::vendors::clockify::rules::permissions::{Actor, enter};
use crate::vendors::clockify::wire::memberships::Frame;
use crate::vendors::clockify::wire::paging::paged;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::users::{UserOut, fields_of};

/// Columns that people are sorted by. Source: 001:1780, clockify.md:4.7.
pub(super) const SORTS: [&str; 7] =
    ["ID", "EMAIL", "NAME", "NAME_LOWERCASE", "ACCESS", "HOURLYRATE", "COSTRATE"];

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on("getLoggedUser", get_logged_user).on("getUsersOfWorkspace", get_users_of_workspace)
}

/// The caller's own account. Source: 001:1678.
fn get_logged_user(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let state = &root.value.clockify;
    let asked = cx.query.boolean("include-memberships")?;
    quirk!("CFY-016");
    let shown = asked.unwrap_or(cx.revision() == Revision::Documented);
    let user = &caller.user;
    let mut memberships = Vec::new();
    let mut fields = Vec::new();
    for member in state.members.find(MemberBy::User(user.id)) {
        let home = member.key.workspace;
        if home == user.active_workspace {
            fields = fields_of(state, member);
        }
        let Ok(actor) = enter(state, home, user.id) else { continue };
        if let Some(frame) = frame(cx, state, &actor).filter(|_| shown) {
            let all = people::memberships(state, member, Kinds::All);
            memberships.extend(all.iter().map(|membership| frame.out(membership)));
        }
    }
    Ok(Reply::ok(&UserOut::new(user, memberships, fields)))
}

/// The people of a workspace. Source: 001:1741.
fn get_users_of_workspace(cx: &Cx, access: Access) -> Result<Reply, Error> {
    let root = cx.read();
    let state = &root.value.clockify;
    let actor = access.actor;
    let kinds = kinds(cx)?;
    let roles = cx.query.boolean("include-roles")?.unwrap_or(false);
    let frame = frame(cx, state, &actor).ok_or(Error::UnknownWorkspace)?;
    let people = people::list(state, &actor, cx.now(), &wanted(cx)?)?;
    paged(cx, people.iter(), |person| person_out(&frame, person, kinds, roles))
}

/// Writes a person with the memberships and roles asked for.
pub(super) fn person_out<'a>(
    frame: &Frame<'a>,
    person: &'a Person,
    kinds: Kinds,
    roles: bool,
) -> UserOut<'a> {
    let (state, Person { member, user }) = (frame.state, person);
    let memberships = people::memberships(state, member, kinds);
    let memberships = memberships.iter().map(|membership| frame.out(membership)).collect();
    let out = UserOut::new(user, memberships, fields_of(state, member));
    if roles {
        quirk!("CFY-021");
        return out.with_roles(people::roles(state, member));
    }
    out
}

pub(super) fn frame<'a>(cx: &Cx, state: &'a State, actor: &Actor) -> Option<Frame<'a>> {
    let workspace = Arc::as_ref(actor.workspace(state)?);
    Some(Frame { state, workspace, sight: actor.rate_visibility(state), now: cx.now() })
}

fn kinds(cx: &Cx) -> Result<Kinds, Error> {
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
fn wanted(cx: &Cx) -> Result<PersonFilter, Error> {
    let part = |name| query::text(cx, name).map(NameFilter::part);
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

fn status(cx: &Cx) -> Result<Option<MembershipStatus>, Error> {
    match query::text(cx, "status") {
        Some("ALL") => Ok(None),
        _ => query::word(cx, "status"),
    }
}

fn accounts(cx: &Cx) -> Result<Vec<AccountStatus>, Error> {
    let sent = query::words(cx, "account-statuses")?;
    Ok(if sent.is_empty() { AccountStatus::USUAL.to_vec() } else { sent })
}
