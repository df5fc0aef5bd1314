//! Master data over HTTP: list, get, add, edit and delete for all resources and versions.

use serde::Serialize;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::kernel::revision::Revision;
use crate::kernel::table::Row;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{Rights, State, User};
use crate::vendors::clockodo::rules::master::{Act, Deletion, MasterData};
use crate::vendors::clockodo::rules::refusal::Refusal;
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::{DataOut, ListIn, ListOptions, deletion, older};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// A resource of master data in one version of the API.
pub(super) trait Resource: 'static {
    /// The kind.
    type Kind: MasterData;
    /// The envelope of answers.
    const ENVELOPE: Envelope;
    /// The options of lists.
    const LIST: ListOptions;

    /// Reads the changes of a row.
    fn patch(params: &Params<'_>) -> Result<<Self::Kind as MasterData>::Patch, Refusal>;

    /// Renders a row.
    fn render<'a>(view: &View<'a>, row: &'a Self::Kind) -> impl Serialize;
}

type IdOf<R> = <<R as Resource>::Kind as Row>::Key;

/// The envelope of a version of the API.
#[derive(Debug, Clone, Copy)]
pub(super) enum Envelope {
    /// The third and fourth versions: `{"data":{…}}`, `{"paging":…,"data":[…]}`.
    Data,
    /// The second version, under these names, paged.
    Paged(&'static str, &'static str),
    /// The second version, under these names, not paged.
    Whole(&'static str, &'static str),
}

impl Envelope {
    fn one(self, row: &impl Serialize) -> Reply {
        match self {
            Self::Data => Reply::ok(&DataOut { data: row }),
            Self::Paged(name, _) | Self::Whole(name, _) => Reply::ok(&older::one(name, row)),
        }
    }

    fn many<R, T: Serialize>(self, list: &ListIn, rows: Vec<R>, out: impl FnMut(R) -> T) -> Reply {
        match self {
            Self::Data => Reply::ok(&list.answer(rows, out)),
            Self::Paged(_, name) => Reply::ok(&older::page(list, name, rows, out)),
            Self::Whole(_, name) => Reply::ok(&older::all(name, rows, out)),
        }
    }
}

/// The context in which rows are rendered.
#[derive(Debug)]
pub(super) struct View<'a> {
    /// The account.
    pub(super) state: &'a State,
    /// The caller.
    pub(super) viewer: &'a User,
    /// Their rights.
    pub(super) rights: Rights,
    /// The revision of the request.
    pub(super) revision: Revision,
}

impl<'a> View<'a> {
    fn of(world: &'a World, caller: &'a Caller) -> Self {
        Self {
            state: &world.clockodo,
            viewer: &caller.user,
            rights: caller.user.rights(),
            revision: world.settings.revision,
        }
    }
}

fn act<'a>(cx: &Context, world: &'a mut World, caller: &'a Caller) -> Act<'a> {
    Act { state: &mut world.clockodo, ids: &mut world.ids, now: cx.now(), viewer: &caller.user }
}

/// Answers with a row, including what the request has changed.
pub(super) fn answer<R: Resource>(
    cx: &Context,
    caller: &Caller,
    id: IdOf<R>,
) -> Result<Reply, Error> {
    let root = cx.read();
    let view = View::of(&root.value, caller);
    let row = R::Kind::find(view.state, id)?;
    Ok(R::ENVELOPE.one(&R::render(&view, row)))
}

/// Lists rows.
pub(super) fn list<R: Resource>(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, &R::LIST)?;
    let root = cx.read();
    let view = View::of(&root.value, &caller);
    let rows = R::Kind::list(view.state, view.viewer, &list.listing);
    Ok(R::ENVELOPE.many(&list, rows, |row| R::render(&view, row)))
}

/// Gets a row.
pub(super) fn get<R: Resource>(cx: &Context, caller: Caller, id: IdOf<R>) -> Result<Reply, Error> {
    answer::<R>(cx, &caller, id)
}

/// Adds a row.
pub(super) fn add<R: Resource>(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let patch = R::patch(&Params::of(cx)?)?;
    let id = cx.write(|world| R::Kind::add(act(cx, world, &caller), patch))?;
    answer::<R>(cx, &caller, id)
}

/// Changes a row.
pub(super) fn edit<R: Resource>(cx: &Context, caller: Caller, id: IdOf<R>) -> Result<Reply, Error> {
    let patch = R::patch(&Params::of(cx)?)?;
    cx.write(|world| R::Kind::edit(act(cx, world, &caller), id, patch))?;
    answer::<R>(cx, &caller, id)
}

/// Deletes a row.
pub(super) fn delete<R: Resource>(
    cx: &Context,
    caller: Caller,
    id: IdOf<R>,
) -> Result<Reply, Error> {
    let deletion =
        if R::Kind::HAS_RELATIONS { deletion(&Params::of(cx)?)? } else { Deletion::default() };
    cx.write(|world| R::Kind::delete(act(cx, world, &caller), id, deletion))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}
