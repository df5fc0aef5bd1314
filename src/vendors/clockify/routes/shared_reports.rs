//! Shared reports.

use axum::http::StatusCode;

use super::reports::answer;
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::{FromCx, Handlers};
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockify::auth::{Access, Caller};
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::limits::{PAGE, PAGE_MOST};
use crate::vendors::clockify::model::SharedReportId;
use crate::vendors::clockify::model::shared::{SharedKind, SharedReport};
use crate::vendors::clockify::reports::shared::{self, Origin};
use crate::vendors::clockify::rules::permissions::enter;
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::query::{path_id, word};
use crate::vendors::clockify::wire::reports::request::View;
use crate::vendors::clockify::wire::reports::shared::{
    FiltersOut, SharedIn, SharedListOut, SharedOut, parse_filter,
};
use crate::world::World;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getSharedReports", get_shared_reports)
        .on("createSharedReport", create_shared_report)
        .on("updateSharedReport", update_shared_report)
        .on("deleteSharedReport", delete_shared_report)
        .on("generateSharedReport", generate_shared_report)
}

/// The caller; `None` without a key.
struct OptionalCaller(Option<Caller>);

impl FromCx for OptionalCaller {
    type Rejection = Refusal;

    fn from_cx(cx: &Context) -> Result<Self, Refusal> {
        if cx.header("x-api-key").or(cx.header("x-addon-token")).is_none() {
            return Ok(Self(None));
        }
        Caller::from_cx(cx).map(|caller| Self(Some(caller)))
    }
}

/// The requested page. This list has parameters of its own. Source: 001:2860-2867.
fn page(cx: &Context) -> Result<Page, Refusal> {
    let number = cx.query.integer("page")?.and_then(|page| u64::try_from(page).ok()).unwrap_or(1);
    let size = match cx.query.integer("pageSize")?.map(u64::try_from) {
        None => PAGE,
        Some(Err(_) | Ok(0)) => return Err(Refusal::AtLeast(1)),
        Some(Ok(size)) if size > PAGE_MOST => return Err(Refusal::PageSize),
        Some(Ok(size)) => size,
    };
    Ok(Page { number, size })
}

/// Whose reports the list shows.
fn origin(cx: &Context) -> Result<Origin, Refusal> {
    let origin = word(cx, "sharedReportsFilter")?;
    if origin.is_some() {
        quirk!("CFY-581");
    }
    Ok(origin.unwrap_or_default())
}

/// Source: 001:2856.
fn get_shared_reports(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let root = cx.read();
    let state = &root.value.clockify;
    let page = page(cx)?;
    let origin = origin(cx)?;
    let found = shared::list(state, &access.actor, origin).map(|report| &**report);
    let found: Vec<&SharedReport> = found.collect();
    let reports = found.iter().copied().skip(page.skip()).take(page.take());
    let revision = root.value.settings.revision;
    Ok(Reply::ok(&SharedListOut::new(state, reports, found.len(), revision)))
}

/// Source: 001:2921.
fn create_shared_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let revision = cx.read().value.settings.revision;
    let new = body::object::<SharedIn>(cx)?.new_report(revision)?;
    let report = cx.write(|world| {
        check_filter(cx, world, &access, new.kind, &new.filter)?;
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        shared::create(state, ids, cx.now(), &access.actor, new)
    })?;
    Ok(Reply::json(StatusCode::OK, &SharedOut::new(&cx.read().value.clockify, &report)))
}

/// Source: 001:3136.
fn update_shared_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = path_id(cx, "id", Entity::SHARED_REPORT)?;
    let revision = cx.read().value.settings.revision;
    let update = body::object::<SharedIn>(cx)?.update(revision)?;
    let report = cx.write(|world| {
        let state = &mut world.clockify;
        let report = shared::update(state, &access.actor, id, update)?;
        check_filter(cx, world, &access, report.kind, &report.filter)?;
        Ok::<_, Refusal>(report)
    })?;
    Ok(Reply::json(StatusCode::OK, &SharedOut::new(&cx.read().value.clockify, &report)))
}

/// Source: 001:3268.
fn delete_shared_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = path_id(cx, "id", Entity::SHARED_REPORT)?;
    cx.write(|world| shared::delete(&mut world.clockify, &access.actor, id))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Refuses a filter that no report can be made from.
fn check_filter(
    cx: &Context,
    world: &World,
    access: &Access,
    kind: SharedKind,
    filter: &str,
) -> Result<(), Refusal> {
    let view = View {
        state: &world.clockify,
        actor: &access.actor,
        now: cx.now(),
        revision: world.settings.revision,
    };
    parse_filter(filter)?.request(kind, &view).map(|_| ())
}

/// Source: 001:3293.
fn generate_shared_report(cx: &Context, caller: OptionalCaller) -> Result<Reply, Refusal> {
    let root = cx.read();
    let (state, revision) = (&root.value.clockify, root.value.settings.revision);
    let id: SharedReportId = cx.param("id").parse().map_err(|_| Refusal::NoSharedReport)?;
    let viewer = caller.0.map(|caller| caller.user.id);
    let (report, author) = shared::open(state, id, viewer)?;
    let mut body = parse_filter(&report.filter)?;
    body.apply_query(cx, report.kind, report.fixed_date)?;
    let view = View { state, actor: &author, now: cx.now(), revision };
    let request = body.request(report.kind, &view)?;
    let viewer = viewer.and_then(|viewer| enter(state, report.workspace, viewer).ok());
    let zone = request.query.span.zone;
    let filters = FiltersOut::new(state, &report, zone, viewer.as_ref(), revision);
    answer(&view, request, filters)
}
