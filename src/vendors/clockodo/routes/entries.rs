//! `/api/v2/entries`.

use crate::http::body::Field;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::limits;
use crate::vendors::clockodo::model::EntryId;
use crate::vendors::clockodo::rules::{edits, entries, midnight, search};
use crate::vendors::clockodo::wire::entries::{EntriesOut, EntryAnswerOut, Frame, SuccessOut};
use crate::vendors::clockodo::wire::entry_in::{ListIn, new_entry, patch, split};
use crate::vendors::clockodo::wire::paging::PagingOut;
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists entries. Source: 003:64.
pub(super) fn list_entries(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let ListIn { wanted, page, filter, enhanced } = ListIn::of(&Params::of(cx)?)?;
    if enhanced.is_some() {
        caller.spend_for(cx, "enhanced_list")?;
    }
    let root = cx.read();
    let (state, revision) = (&root.value.clockodo, root.value.settings.revision);
    let found = search::search(state, &caller.user, &wanted, page);
    let mut frame = Frame::plain(state, &caller.user, revision).enhanced(enhanced);
    let entries = found.rows.into_iter().map(|entry| frame.entry(entry)).collect();
    let paging = PagingOut::of(page, found.count);
    Ok(Reply::ok(&EntriesOut::of(paging, filter, entries, revision)))
}

/// Gets an entry. Source: 003:112.
pub(super) fn get_entry(cx: &Cx, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    answer(&cx.read().value, &caller, id, None, false)
}

/// Adds an entry. Source: 003:121.
pub(super) fn add_entry(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let new = new_entry(&Params::of(cx)?, caller.user.id)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let added = entries::add(state, ids, cx.now(), &caller.user, new)?;
        answer(world, &caller, added.id, added.stopped, false)
    })
}

/// Changes an entry. Source: 003:145.
pub(super) fn edit_entry(cx: &Cx, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let patch = patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        edits::edit(state, ids, cx.now(), &caller.user, id, patch)?;
        quirk!("CDO-026");
        answer(world, &caller, id, None, world.settings.revision == Revision::Current)
    })
}

/// Deletes an entry. Source: 003:156.
pub(super) fn delete_entry(cx: &Cx, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    cx.write(|world| entries::delete(&mut world.clockodo, cx.now(), &caller.user, id))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Cuts the entries of a day at midnight. Source: clockodo.md:4.6.
pub(super) fn split_entries(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let (user, day) = split(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let cut = midnight::split(state, ids, cx.now(), &caller.user, user, day)?;
        let (state, revision) = (&world.clockodo, world.settings.revision);
        let mut frame = Frame::plain(state, &caller.user, revision);
        let rows = cut.into_iter().filter_map(|id| state.entries.get(id));
        let entries: Vec<_> = rows.map(|entry| frame.entry(entry)).collect();
        let page = Page { number: 1, size: limits::ENTRIES_A_PAGE };
        let paging = PagingOut::of(page, entries.len());
        Ok(Reply::ok(&EntriesOut { paging, filter: Field::Absent, entries }))
    })
}

/// The entry, with the clock that was stopped or the one that runs where the answer has them.
fn answer(
    world: &World,
    caller: &Caller,
    id: EntryId,
    stopped: Option<EntryId>,
    running: bool,
) -> Result<Reply, Error> {
    let state = &world.clockodo;
    let entry = entries::find(state, &caller.user, id)?;
    let mut frame = Frame::plain(state, &caller.user, world.settings.revision);
    let clock = state.entries.running(entry.user);
    Ok(Reply::ok(&EntryAnswerOut {
        entry: frame.entry(entry),
        stopped: stopped.and_then(|id| state.entries.get(id)).map(|entry| frame.entry(entry)),
        running: if running { clock.map(|entry| frame.entry(entry)).into() } else { Field::Absent },
    }))
}
