//! `/api/v2/clock`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::{Error, Problem};
use crate::vendors::clockodo::model::EntryId;
use crate::vendors::clockodo::rules::access::may_track_for;
use crate::vendors::clockodo::rules::clock;
use crate::vendors::clockodo::wire::clock::{ClockFrame, correction, new_clock, stop, whose};
use crate::vendors::clockodo::wire::entries::Frame;
use crate::vendors::clockodo::wire::params::Params;
use crate::vendors::clockodo::wire::time::MilliStamp;
use crate::world::World;

fn frame<'a>(cx: &Cx, world: &'a World, caller: &Caller) -> ClockFrame<'a> {
    quirk!("CDO-032");
    let state = &world.clockodo;
    let frame = Frame::plain(state, &caller.user, world.settings.revision);
    ClockFrame { state, frame, now: MilliStamp(cx.now()) }
}

/// Shows the clock that runs.
pub(super) fn get_clock(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let user = whose(&Params::of(cx)?)?.unwrap_or(caller.user.id);
    let root = cx.read();
    if !may_track_for(&caller.user, user) {
        return Err(Error::fault(Problem::Forbidden, &["users_id"]));
    }
    if root.value.clockodo.users.get(user).is_none() {
        return Err(Error::fault(Problem::NotFound, &["users_id"]));
    }
    Ok(Reply::ok(&frame(cx, &root.value, &caller).get(user)))
}

/// Starts a clock.
pub(super) fn start_clock(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let new = new_clock(&Params::of(cx)?, caller.user.id)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let started = clock::start(state, ids, cx.now(), &caller.user, new)?;
        Ok(Reply::ok(&frame(cx, world, &caller).started(started)))
    })
}

/// Corrects a clocked entry.
pub(super) fn edit_clock(cx: &Cx, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let correction = correction(&Params::of(cx)?)?;
    cx.write(|world| {
        let state = &mut world.clockodo;
        let overlap = clock::correct(state, cx.now(), &caller.user, id, correction)?;
        Ok(Reply::ok(&frame(cx, world, &caller).corrected(id, overlap)))
    })
}

/// Stops a clock.
pub(super) fn stop_clock(cx: &Cx, caller: Caller, id: EntryId) -> Result<Reply, Error> {
    let stop = stop(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let stopped = clock::stop(state, ids, cx.now(), &caller.user, id, stop)?;
        Ok(Reply::ok(&frame(cx, world, &caller).stopped(stopped)))
    })
}
