//! Query parameters of time entries.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::http::context::Context;
use crate::kernel::civil;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::kernel::table::Key;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::limits::{RUNNING_PAGE, RUNNING_PAGE_MOST};
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::rules::entries::Filter;
use crate::vendors::clockify::wire::paging;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::stamps::parse_bound;

/// The parameter `in-progress`: only the running timer. Source: 001:1464.
///
/// # Errors
/// For a value that is not a Boolean.
pub fn in_progress(cx: &Context) -> Result<bool, Refusal> {
    Ok(cx.query.boolean("in-progress")?.unwrap_or(false))
}

/// The parameter `hydrated`: entries with their project, task and tags. Source: 001:1256.
///
/// # Errors
/// For a value that is not a Boolean.
pub fn hydrated(cx: &Context) -> Result<bool, Refusal> {
    Ok(cx.query.boolean("hydrated")?.unwrap_or(false))
}

/// The filter of a list. `zone` is the zone of the caller's profile. Source: 001:1413-1452,
/// clockify.md:3, clockify.md:4.6.
///
/// # Errors
/// For invalid dates and Booleans.
pub fn filter(cx: &Context, zone: Tz) -> Result<Filter, Refusal> {
    let flag = |name| {
        quirk!("CFY-206");
        cx.query.boolean(name).map(|flag| flag.unwrap_or(false))
    };
    let mut from = bound(cx, "start", zone)?;
    let mut to = bound(cx, "end", zone)?;
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        quirk!("CFY-542");
        quirk!("CFY-538");
        return Err(Refusal::EndBeforeStart(from, to));
    }
    let week = bound(cx, "get-week-before", zone)?;
    if let Some(before) = week {
        quirk!("CFY-204");
        from = from.max(before.checked_sub_signed(TimeDelta::days(7)));
        to = Some(to.map_or(before, |to| to.min(before)));
    }
    quirk!("CFY-557");
    Ok(Filter {
        description: query::text(cx, "description").map(NameFilter::part),
        from,
        to,
        project: id_filter(cx, "project"),
        task: id_filter(cx, "task"),
        tags: tags(cx),
        with_project: flag("project-required")?,
        with_task: flag("task-required")?,
        placed: week.is_some(),
    })
}

/// A bound of the range: a wall clock time in the profile's zone. The offset is required. `documented`
/// converts to UTC with it first, `current` ignores it.
fn bound(cx: &Context, name: &'static str, zone: Tz) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = query::text(cx, name) else { return Ok(None) };
    let at = parse_bound(text).ok_or(Refusal::BadDate(name))?;
    quirk!("CFY-203");
    let clock = match cx.revision() {
        Revision::Documented => at.naive_utc(),
        Revision::Current => at.naive_local(),
    };
    Ok(Some(civil::instant(clock, zone)))
}

/// The id to match. An invalid id matches nothing, like an unknown one.
fn id_filter<T: std::str::FromStr + Key>(cx: &Context, name: &str) -> Option<T> {
    quirk!("CFY-205");
    query::text(cx, name).map(|text| text.parse().unwrap_or(T::MAX))
}

fn tags<T: std::str::FromStr>(cx: &Context) -> Option<Vec<T>> {
    let sent = cx.query.list("tags");
    let known = sent.iter().filter_map(|text| text.parse().ok());
    (!sent.is_empty()).then(|| known.collect())
}

/// The page of a list of running timers. Its default size is smaller than that of other lists.
///
/// # Errors
/// As [`paging::page`].
pub fn running_page(cx: &Context) -> Result<Page, Refusal> {
    let mut page = paging::page(cx)?;
    if query::text(cx, "page-size").is_none() {
        quirk!("CFY-207");
        page.size = RUNNING_PAGE;
    }
    if page.size > RUNNING_PAGE_MOST { Err(Refusal::AtMost(RUNNING_PAGE_MOST)) } else { Ok(page) }
}
