//! `GET /v1/worklogs`.

use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::http::context::Context;
use crate::http::fields::Fields;
use crate::http::query::QueryMap;
use crate::http::reply::Reply;
use crate::kernel::civil::{Tz, day_start};
use crate::quirk;
use crate::vendors::clockwork::auth::Caller;
use crate::vendors::clockwork::limits::ROWS;
use crate::vendors::clockwork::rules::refusal::Refusal;
use crate::vendors::clockwork::wire::worklogs::{Expand, Renderer, WorklogOut};
use crate::vendors::clockwork::wire::zones::named;
use crate::vendors::jira::model::{ProjectId, State, UserId};
use crate::vendors::jira::rules::people;
use crate::vendors::jira::rules::worklogs::{WorklogFilter, search};

/// Lists worklogs. Source: 000:57.
pub(super) fn list_worklogs(cx: &Context, caller: Caller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let site = &root.value.jira;
    // Reads every parameter before it refuses one, so that none counts as unread.
    let asked = Asked::of(cx);
    let query = &asked.query;
    let (filter, expand, offset) = (filter(query, site), expand(query), offset(query));
    asked.note(cx);
    let ((tz, filter), offset) = (filter?, offset?);
    let mut renderer = Renderer::new(site, expand, cx.revision());
    (renderer.tz, renderer.owner) = (tz, caller.user.zone);
    renderer.jira_started = root.value.clockwork.settings.jira_started;
    let found = search(site, &caller.user, cx.now(), filter).skip(offset).take(ROWS);
    let found: Vec<_> = found.inspect(|worklog| renderer.prepare(worklog.issue)).collect();
    let rows: Vec<WorklogOut<'_>> = found.iter().map(|worklog| renderer.row(worklog)).collect();
    Ok(Reply::ok(&rows))
}

fn filter(query: &QueryMap, site: &State) -> Result<(Option<Tz>, WorklogFilter), Refusal> {
    let (tz, authors, projects) = (tz(query), authors(query, site), projects(query, site));
    let days = (day(query, "starting_at"), day(query, "ending_at"));
    let tz = tz?;
    Ok((tz, WorklogFilter { started: span(days.0?, days.1?, tz)?, authors, projects }))
}

/// The parameters of a request: those of the query, and those of a form body that the query lacks.
struct Asked {
    query: QueryMap,
    fields: Option<Fields>,
}

impl Asked {
    fn of(cx: &Context) -> Self {
        if cx.body().is_empty() {
            return Self { query: cx.query.clone(), fields: None };
        }
        let fields = Fields::of(cx).ok();
        if !cx.content_type().is_some_and(|kind| kind.contains("form-urlencoded")) {
            return Self { query: cx.query.clone(), fields };
        }
        quirk!("CWK-017");
        let body = QueryMap::parse(&String::from_utf8_lossy(cx.body()));
        let in_query = |name: &str| cx.query.pairs().any(|(known, _)| bare(known) == bare(name));
        let added = body.pairs().filter(|(name, _)| !in_query(name));
        let mut all = form_urlencoded::Serializer::new(String::new());
        all.extend_pairs(added).extend_pairs(cx.query.pairs());
        Self { query: QueryMap::parse(&all.finish()), fields }
    }

    /// Notes for the journal what was read.
    fn note(&self, cx: &Context) {
        let unread = self.query.unread();
        for (name, _) in self.query.pairs().filter(|(name, _)| !unread.iter().any(|n| n == name)) {
            let _ = cx.query.has(name);
            let _ = self.fields.as_ref().map(|fields| fields.get(name));
        }
    }
}

/// A name without the brackets of a list.
fn bare(name: &str) -> &str {
    name.trim_end_matches("[]")
}

/// The items of `expand`, comma-separated or repeated, with or without brackets.
fn expand(query: &QueryMap) -> Expand {
    let mut items = query.list("expand");
    items.extend(query.list("expand[]"));
    Expand::of(&items)
}

fn tz(query: &QueryMap) -> Result<Option<Tz>, Refusal> {
    match query.last("tz").map(str::trim) {
        None | Some("") => Ok(None),
        Some(name) => named(name).map(Some).ok_or_else(|| Refusal::UnknownZone("tz".to_owned())),
    }
}

fn offset(query: &QueryMap) -> Result<usize, Refusal> {
    match query.last("offset").map(str::trim) {
        None | Some("") => Ok(0),
        Some(text) => text.parse().map_err(|_| Refusal::NotANumber("offset".to_owned())),
    }
}

fn day(query: &QueryMap, name: &'static str) -> Result<Option<NaiveDate>, Refusal> {
    match query.last(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|day| (1..=9999).contains(&chrono::Datelike::year(day)))
            .map(Some)
            .ok_or_else(|| Refusal::InvalidDate(name.to_owned())),
    }
}

/// Both bounds are whole days in the zone of `tz`, or in UTC without one.
fn span(
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    tz: Option<Tz>,
) -> Result<Option<Range<DateTime<Utc>>>, Refusal> {
    if first.is_none() && last.is_none() {
        return Ok(None);
    }
    quirk!("CWK-013");
    let zone = tz.unwrap_or(Tz::UTC);
    let from = first.map_or(DateTime::<Utc>::MIN_UTC, |day| day_start(day, zone));
    let after = last.and_then(|day| day.checked_add_days(Days::new(1)));
    let to = after.map_or(DateTime::<Utc>::MAX_UTC, |day| day_start(day, zone));
    if from >= to {
        return Err(Refusal::EndBeforeStart);
    }
    Ok(Some(from..to))
}

/// `project_ids[]` takes precedence over `project_keys[]`; unknown projects match nothing.
fn projects(query: &QueryMap, site: &State) -> Option<Vec<ProjectId>> {
    let given = |name: &str| -> Vec<&str> {
        let plain = name.trim_end_matches("[]");
        query.all(name).chain(query.all(plain)).map(str::trim).filter(|v| !v.is_empty()).collect()
    };
    let (ids, keys) = (given("project_ids[]"), given("project_keys[]"));
    if !ids.is_empty() {
        return Some(ids.into_iter().filter_map(|id| id.parse().ok()).collect());
    }
    if keys.is_empty() {
        return None;
    }
    let of_key = |key: &str| site.projects.find(key.to_uppercase()).next().map(|found| found.id);
    Some(keys.into_iter().filter_map(of_key).collect())
}

/// `account_id` takes precedence over `user_query`; an unknown user matches nothing.
fn authors(query: &QueryMap, site: &State) -> Option<Vec<UserId>> {
    let account = query.last("account_id").map(str::trim).filter(|id| !id.is_empty());
    let terms: Vec<&str> = query
        .all("user_query")
        .chain(query.all("user_query[]"))
        .filter(|term| !term.trim().is_empty())
        .collect();
    if let Some(account) = account {
        return Some(people::by_account(site, account).map(|user| user.id).into_iter().collect());
    }
    if terms.is_empty() {
        return None;
    }
    quirk!("CWK-014");
    let mut found: Vec<UserId> =
        terms.into_iter().flat_map(|term| people::search(site, term)).collect();
    found.sort_unstable();
    found.dedup();
    Some(found)
}
