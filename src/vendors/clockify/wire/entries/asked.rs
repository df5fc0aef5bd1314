//! What a list of time entries is narrowed by.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::http::cx::Cx;
use crate::kernel::civil;
use crate::kernel::page::Page;
use crate::kernel::table::Key;
use crate::quirk;
use crate::vendors::clockify::error::Error;
use crate::vendors::clockify::limits::{RUNNING_PAGE, RUNNING_PAGE_MOST};
use crate::vendors::clockify::model::names::NameFilter;
use crate::vendors::clockify::rules::entries::Filter;
use crate::vendors::clockify::wire::paging;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::stamps::parse_bound;

/// Whether the running timer alone is wanted. Source: 001:1464.
///
/// # Errors
/// For what is no truth value.
pub fn in_progress(cx: &Cx) -> Result<bool, Error> {
    Ok(cx.query.boolean("in-progress")?.unwrap_or(false))
}

/// Whether project, task and tags are wanted in full. Source: 001:1256.
///
/// # Errors
/// For what is no truth value.
pub fn hydrated(cx: &Cx) -> Result<bool, Error> {
    Ok(cx.query.boolean("hydrated")?.unwrap_or(false))
}

/// The filter that the request asks for, of somebody whose profile is in `zone`. Source: 001:1413-1452, clockify.md:3, clockify.md:4.6.
///
/// # Errors
/// For dates and truth values that are none.
pub fn filter(cx: &Cx, zone: Tz) -> Result<Filter, Error> {
    let flag = |name| {
        quirk!("CFY-206");
        cx.query.boolean(name).map(|flag| flag.unwrap_or(false))
    };
    let mut from = bound(cx, "start", zone)?;
    let mut to = bound(cx, "end", zone)?;
    let week = bound(cx, "get-week-before", zone)?;
    if let Some(before) = week {
        quirk!("CFY-204");
        from = from.max(before.checked_sub_signed(TimeDelta::days(7)));
        to = Some(to.map_or(before, |to| to.min(before)));
    }
    Ok(Filter {
        description: query::text(cx, "description").map(NameFilter::part),
        from,
        to,
        project: wanted(cx, "project"),
        task: wanted(cx, "task"),
        tags: tags(cx),
        with_project: flag("project-required")?,
        with_task: flag("task-required")?,
        placed: week.is_some(),
    })
}

/// A bound: the wall clock of what was sent, read in UTC, is read again in the profile's zone.
fn bound(cx: &Cx, name: &'static str, zone: Tz) -> Result<Option<DateTime<Utc>>, Error> {
    let Some(text) = query::text(cx, name) else { return Ok(None) };
    let at = parse_bound(text).ok_or(Error::BadDate(name))?;
    quirk!("CFY-203");
    Ok(Some(civil::instant(at.naive_utc(), zone)))
}

/// An id to match. What is no id matches nothing, as an id that nothing has.
fn wanted<T: std::str::FromStr + Key>(cx: &Cx, name: &str) -> Option<T> {
    quirk!("CFY-205");
    query::text(cx, name).map(|text| text.parse().unwrap_or(T::MAX))
}

fn tags<T: std::str::FromStr>(cx: &Cx) -> Option<Vec<T>> {
    let sent = cx.query.list("tags");
    let known = sent.iter().filter_map(|text| text.parse().ok());
    (!sent.is_empty()).then(|| known.collect())
}

/// The page of a list of running timers, which is shorter than others unless the client says otherwise.
///
/// # Errors
/// As [`paging::page`].
pub fn short_page(cx: &Cx) -> Result<Page, Error> {
    let mut page = paging::page(cx)?;
    if query::text(cx, "page-size").is_none() {
        quirk!("CFY-207");
        page.size = RUNNING_PAGE;
    }
    if page.size > RUNNING_PAGE_MOST { Err(Error::AtMost(RUNNING_PAGE_MOST)) } else { Ok(page) }
}
