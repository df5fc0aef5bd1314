//! `/api/v4/services` and `/api/v4/lumpSumServices`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{LumpsumServiceId, ServiceId};
use crate::vendors::clockodo::rules::services;
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::services::{
    LumpsumServiceOut, ServiceOut, service_patch,
};
use crate::vendors::clockodo::wire::master::{DataOut, ListIn, MANY, THREE, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists services.
pub(super) fn list_services(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", THREE)?;
    let (root, rights) = (cx.read(), caller.user.rights());
    let rows = services::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| ServiceOut::of(row, rights))))
}

fn service(world: &World, caller: &Caller, id: ServiceId) -> Result<Reply, Error> {
    let service = services::find(&world.clockodo, id)?;
    Ok(Reply::ok(&DataOut { data: ServiceOut::of(service, caller.user.rights()) }))
}

/// Gets a service.
pub(super) fn get_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    service(&cx.read().value, &caller, id)
}

/// Adds a service.
pub(super) fn add_service(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = services::add(state, ids, &caller.user, patch)?;
        service(world, &caller, id)
    })
}

/// Changes a service.
pub(super) fn edit_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        services::edit(&mut world.clockodo, &caller.user, id, patch)?;
        service(world, &caller, id)
    })
}

/// Deletes a service.
pub(super) fn delete_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| services::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Lists lump-sum services.
pub(super) fn list_lumpsum_services(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", THREE)?;
    let (root, rights) = (cx.read(), caller.user.rights());
    let rows = services::list_lumpsum(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| LumpsumServiceOut::of(row, rights))))
}

fn lumpsum_service(world: &World, caller: &Caller, id: LumpsumServiceId) -> Result<Reply, Error> {
    let service = services::find_lumpsum(&world.clockodo, id)?;
    Ok(Reply::ok(&DataOut { data: LumpsumServiceOut::of(service, caller.user.rights()) }))
}

/// Gets a lump-sum service.
pub(super) fn get_lumpsum_service(
    cx: &Cx,
    caller: Caller,
    id: LumpsumServiceId,
) -> Result<Reply, Error> {
    lumpsum_service(&cx.read().value, &caller, id)
}

/// Adds a lump-sum service.
pub(super) fn add_lumpsum_service(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = services::add_lumpsum(state, ids, &caller.user, patch)?;
        lumpsum_service(world, &caller, id)
    })
}

/// Changes a lump-sum service.
pub(super) fn edit_lumpsum_service(
    cx: &Cx,
    caller: Caller,
    id: LumpsumServiceId,
) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        services::edit_lumpsum(&mut world.clockodo, &caller.user, id, patch)?;
        lumpsum_service(world, &caller, id)
    })
}

/// Deletes a lump-sum service.
pub(super) fn delete_lumpsum_service(
    cx: &Cx,
    caller: Caller,
    id: LumpsumServiceId,
) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| services::delete_lumpsum(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}
