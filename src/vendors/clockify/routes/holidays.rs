//! Holidays.

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::rules::holidays;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::holidays::{HolidayDetailsOut, HolidayIn, HolidayOut};
use crate::vendors::clockify::wire::paging::page;
use crate::vendors::clockify::wire::query;

/// Most rows of a page. Source: clockify-modern.md:4.
const MOST: u64 = 200;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getHolidays", get_holidays)
        .on("createHoliday", create_holiday)
        .on("deleteHoliday", delete_holiday)
}

/// Pages have no `Last-Page`. Source: clockify.md:2, clockify-modern.md:4.
fn get_holidays(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let assignee = query::text(cx, "assigned-to");
    let rows = holidays::list(&root.value.clockify, &access.actor, assignee)?;
    quirk!("CFY-476");
    let page = page(cx)?;
    if page.size > MOST {
        return Err(Refusal::AtMost(MOST));
    }
    let (rows, _) = page.of(rows);
    Ok(Reply::ok(&rows.into_iter().map(|row| HolidayOut::from(&**row)).collect::<Vec<_>>()))
}

/// Source: clockify-modern.md:4.
fn create_holiday(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let draft = body::object::<HolidayIn>(cx)?.into();
    let holiday = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        holidays::create(state, ids, cx.now(), &access.actor, draft)
    })?;
    Ok(Reply::ok(&HolidayOut::from(&holiday)))
}

/// Source: clockify-modern.md:4.
fn delete_holiday(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = cx.param("holidayId").parse().ok();
    let holiday = cx.write(|world| holidays::delete(&mut world.clockify, &access.actor, id))?;
    Ok(Reply::ok(&HolidayDetailsOut::new(&cx.read().value.clockify, &holiday)))
}
