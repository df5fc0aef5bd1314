//! `/api/v2/entries`.

use crate::http::body::Field;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::limits;
use crate::vendors::clockodo::model::EntryId;
use crate::vendors::clockodo::rules::{edits, entries, midnight, search};
use crate::vendors::clockodo::wire::entries::{
    EntriesOut, EntryAnswerOut, EntryRendering, SuccessOut,
};
use crate::vendors::clockodo::wire::entry_in::{
    EntryListIn, entry_draft, entry_patch, split_request,
};
use crate::vendors::clockodo::wire::paging::PagingOut;
use crate::vendors::clockodo::wire::params::Params;

/// Lists entries. Source: 003:64.
pub(super) fn list_entries(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let EntryListIn { filter, page, echo, enhanced } = EntryListIn::of(&Params::of(cx)?)?;
    if enhanced.is_some() {
        caller.spend_for(cx, "enhanced_list")?;
    }
    let root = cx.read();
    let (state, revision) = (&root.value.clockodo, root.value.settings.revision);
    let found = search::search(state, &caller.user, &filter, page);
    let mut rendering = EntryRendering::plain(state, &caller.user, revision).enhanced(enhanced);
    let entries = found.rows.into_iter().map(|entry| rendering.entry(entry)).collect();
    let paging = PagingOut::of(page, found.count);
    Ok(Reply::ok(&EntriesOut::of(paging, echo, entries, revision)))
}

/// Gets an entry. Source: 003:112.
pub(super) fn get_entry(cx: &Context, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    answer(cx, &caller, id, None, false)
}

/// Adds an entry. Source: 003:121.
pub(super) fn add_entry(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let draft = entry_draft(&Params::of(cx)?, caller.user.id)?;
    let added = cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        entries::add(state, ids, cx.now(), &caller.user, draft)
    })?;
    answer(cx, &caller, added.id, added.stopped, false)
}

/// Changes an entry. Source: 003:145.
pub(super) fn edit_entry(cx: &Context, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let patch = entry_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        edits::edit(state, ids, cx.now(), &caller.user, id, patch)
    })?;
    quirk!("CDO-026");
    answer(cx, &caller, id, None, cx.revision() == Revision::Current)
}

/// Deletes an entry. Source: 003:156.
pub(super) fn delete_entry(cx: &Context, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    cx.write(|world| entries::delete(&mut world.clockodo, cx.now(), &caller.user, id))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Splits the entries of a day at midnight. Source: clockodo.md:4.6.
pub(super) fn split_entries(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let (user, day) = split_request(&Params::of(cx)?)?;
    let pieces = cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        midnight::split(state, ids, cx.now(), &caller.user, user, day)
    })?;
    let root = cx.read();
    let state = &root.value.clockodo;
    let mut rendering = EntryRendering::plain(state, &caller.user, cx.revision());
    let rows = pieces.into_iter().filter_map(|id| state.entries.get(id));
    let entries: Vec<_> = rows.map(|entry| rendering.entry(entry)).collect();
    let page = Page { number: 1, size: limits::ENTRIES_A_PAGE };
    let paging = PagingOut::of(page, entries.len());
    Ok(Reply::ok(&EntriesOut { paging, filter: Field::Absent, entries }))
}

/// Answers with an entry, and with the stopped or running entry if the answer has one.
fn answer(
    cx: &Context,
    caller: &Caller,
    id: EntryId,
    stopped: Option<EntryId>,
    running: bool,
) -> Result<Reply, Error> {
    let root = cx.read();
    let state = &root.value.clockodo;
    let entry = entries::find(state, &caller.user, id)?;
    let mut rendering = EntryRendering::plain(state, &caller.user, root.value.settings.revision);
    let clock = state.entries.running(entry.user);
    Ok(Reply::ok(&EntryAnswerOut {
        entry: rendering.entry(entry),
        stopped: stopped.and_then(|id| state.entries.get(id)).map(|entry| rendering.entry(entry)),
        running: if running {
            clock.map(|entry| rendering.entry(entry)).into()
        } else {
            Field::Absent
        },
    }))
}
