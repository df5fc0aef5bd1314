//! `/api/v2/entrygroups`.

use axum::http::StatusCode;

use crate::http::body::Field;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::{Error, is_german};
use crate::vendors::clockodo::model::EntryId;
use crate::vendors::clockodo::rules::groups;
use crate::vendors::clockodo::rules::refusal::Problem;
use crate::vendors::clockodo::rules::search::EntryFilter;
use crate::vendors::clockodo::wire::entry_in::group_filter;
use crate::vendors::clockodo::wire::groups::{
    ConfirmOut, DoneOut, GroupRendering, GroupsIn, group_patch,
};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Sums entries by the values that they share.
pub(super) fn list_groups(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let GroupsIn { filter, how, with_customer, restrictions } = GroupsIn::of(&Params::of(cx)?)?;
    let root = cx.read();
    let (state, rights) = (&root.value.clockodo, caller.user.rights());
    let found = groups::group(state, &caller.user, &filter, &how);
    let rendering = GroupRendering {
        state: state.clone(),
        rights,
        german: is_german(cx.header("accept-language").as_deref()),
        with_customer,
        rounded: how.round_to_minutes.is_some(),
    };
    let pieces = rendering.pieces(found, restrictions);
    Ok(Reply::streamed(StatusCode::OK, "application/json", pieces))
}

/// Finds the entries of a group, and applies `change` to them once the client has confirmed it.
/// `what` names the change.
fn confirmed(
    cx: &Context,
    caller: &Caller,
    params: &Params<'_>,
    what: &str,
    change: impl FnOnce(&mut World, &[EntryId]) -> Result<DoneOut, Error>,
) -> Result<Reply, Error> {
    let filter = group_filter(params)?;
    quirk!("CDO-044");
    let Field::Value(sent) = params.text("confirm_key", 100)? else {
        let (confirm_key, entries) = affected(&cx.read().value, caller, what, &filter);
        return Ok(Reply::ok(&ConfirmOut { confirm_key, affected_entries: entries.len() }));
    };
    quirk!("CDO-068");
    let done = cx.write(|world| match affected(world, caller, what, &filter) {
        (key, entries) if key == sent => change(world, &entries),
        _ => {
            quirk!("CDO-015");
            Err(Problem::UnknownConfirmKey.into())
        }
    })?;
    Ok(Reply::ok(&done))
}

/// The entries of a group, and the key that confirms a change of them.
fn affected(
    world: &World,
    caller: &Caller,
    what: &str,
    filter: &EntryFilter,
) -> (String, Vec<EntryId>) {
    let entries = groups::affected(&world.clockodo, &caller.user, filter);
    let what = format!("{what} {:?} {}", caller.user.id, filter.key_text());
    (groups::confirm_key(&what, &world.clockodo, &entries), entries)
}

/// Changes the entries of a group.
pub(super) fn edit_groups(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let params = Params::of(cx)?;
    let patch = group_patch(&params)?;
    let what = format!("edit {patch:?}");
    confirmed(cx, &caller, &params, &what, |world, entries| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let count = groups::edit_all(state, ids, cx.now(), &caller.user, entries, &patch)?;
        Ok(DoneOut { success: true, edited_entries: count, deleted_entries: None })
    })
}

/// Deletes the entries of a group.
pub(super) fn delete_groups(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let params = Params::of(cx)?;
    confirmed(cx, &caller, &params, "delete", |world, entries| {
        let count = groups::delete_all(&mut world.clockodo, cx.now(), &caller.user, entries)?;
        Ok(DoneOut { success: true, edited_entries: count, deleted_entries: Some(count) })
    })
}
