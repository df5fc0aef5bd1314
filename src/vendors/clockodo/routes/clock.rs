//! `/api/v2/clock`.

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::EntryId;
use crate::vendors::clockodo::rules::access::may_track_for;
use crate::vendors::clockodo::rules::clock;
use crate::vendors::clockodo::rules::refusal::Problem;
use crate::vendors::clockodo::wire::clock::{
    ClockRendering, clock_draft, clock_user, correction, stop,
};
use crate::vendors::clockodo::wire::entries::EntryRendering;
use crate::vendors::clockodo::wire::params::Params;
use crate::vendors::clockodo::wire::time::MilliStamp;
use crate::world::World;

fn rendering<'a>(cx: &Context, world: &'a World, caller: &Caller) -> ClockRendering<'a> {
    quirk!("CDO-032");
    let state = &world.clockodo;
    let rendering = EntryRendering::plain(state, &caller.user, world.settings.revision);
    ClockRendering { state, rendering, now: MilliStamp(cx.now()) }
}

/// Shows the running clock.
pub(super) fn get_clock(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let user = clock_user(&Params::of(cx)?)?.unwrap_or(caller.user.id);
    let root = cx.read();
    if !may_track_for(&caller.user, user) {
        return Err(Problem::Forbidden.at(&["users_id"]).into());
    }
    if root.value.clockodo.users.get(user).is_none() {
        return Err(Problem::NotFound.at(&["users_id"]).into());
    }
    Ok(Reply::ok(&rendering(cx, &root.value, &caller).get(user)))
}

/// Starts a clock.
pub(super) fn start_clock(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let draft = clock_draft(&Params::of(cx)?, caller.user.id)?;
    let started = cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        clock::start(state, ids, cx.now(), &caller.user, draft)
    })?;
    Ok(Reply::ok(&rendering(cx, &cx.read().value, &caller).started(started)))
}

/// Corrects a clocked entry.
pub(super) fn edit_clock(cx: &Context, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let correction = correction(&Params::of(cx)?)?;
    let overlap = cx.write(|world| {
        clock::correct(&mut world.clockodo, cx.now(), &caller.user, id, correction)
    })?;
    Ok(Reply::ok(&rendering(cx, &cx.read().value, &caller).corrected(id, overlap)))
}

/// Stops a clock.
pub(super) fn stop_clock(cx: &Context, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let stop = stop(&Params::of(cx)?)?;
    let stopped = cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        clock::stop(state, ids, cx.now(), &caller.user, id, stop)
    })?;
    Ok(Reply::ok(&rendering(cx, &cx.read().value, &caller).stopped(stopped)))
}
