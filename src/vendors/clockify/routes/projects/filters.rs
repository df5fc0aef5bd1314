//! Filter and order of the list of projects. Source: 001:276-334, clockify.md:4.3.

use std::collections::BTreeSet;
use std::str::FromStr;

use crate::http::context::Context;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::members::MembershipStatus;
use crate::vendors::clockify::rules::projects::{IdFilter, ProjectFilter, Sort};
use crate::vendors::clockify::wire::query;

/// The sort columns of projects.
const SORTS: [&str; 6] = ["ID", "NAME", "CLIENT_NAME", "DURATION", "BUDGET", "PROGRESS"];

pub(super) fn filter(cx: &Context) -> Result<ProjectFilter, Refusal> {
    Ok(ProjectFilter {
        archived: cx.query.boolean("archived")?,
        name: query::name_filter(cx)?,
        billable: cx.query.boolean("billable")?,
        public: query::one_of(cx, "access", &["PUBLIC", "PRIVATE"])?.map(|word| word == "PUBLIC"),
        template: cx.query.boolean("is-template")?,
        clients: among(cx, "clients", &["contains-client"])?,
        client_archived: client_archived(cx)?,
        users: among(cx, "users", &["contains-users", "contains-user"])?,
        user_status: user_status(cx)?,
        groups: among(cx, "userGroups", &["contains-group"])?,
        sort: sort(cx)?,
        descending: query::descending(cx)?,
    })
}

/// Ids to include or exclude. Without ids, projects with or without any such entity. Invalid ids
/// match nothing.
fn among<T: Ord + FromStr>(
    cx: &Context,
    ids: &str,
    contains: &[&str],
) -> Result<Option<IdFilter<T>>, Refusal> {
    let mut contains_any = None;
    for name in contains {
        contains_any = contains_any.or(cx.query.boolean(name)?);
    }
    let sent = cx.query.list(ids);
    let ids: Option<BTreeSet<T>> =
        (!sent.is_empty()).then(|| sent.iter().flat_map(|id| id.parse()).collect());
    if ids.is_none() && contains_any.is_none() {
        return Ok(None);
    }
    quirk!("CFY-144");
    Ok(Some(IdFilter { ids, without: contains_any == Some(false) }))
}

fn client_archived(cx: &Context) -> Result<Option<bool>, Refusal> {
    let status = query::one_of(cx, "client-status", &["ACTIVE", "ARCHIVED", "ALL"])?;
    Ok(status.filter(|status| *status != "ALL").map(|status| status == "ARCHIVED"))
}

fn user_status(cx: &Context) -> Result<Option<MembershipStatus>, Refusal> {
    match query::text(cx, "user-status") {
        Some("ALL") => Ok(None),
        _ => query::word(cx, "user-status"),
    }
}

fn sort(cx: &Context) -> Result<Sort, Refusal> {
    let name = if query::text(cx, "sort-column").is_some() { "sort-column" } else { "sort-colum" };
    query::one_of(cx, name, &SORTS)?;
    Ok(query::word(cx, name)?.unwrap_or_default())
}
