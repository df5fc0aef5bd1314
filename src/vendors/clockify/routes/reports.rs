//! Reports.

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::reports::detailed::{self, Rows};
use crate::vendors::clockify::reports::query;
use crate::vendors::clockify::reports::{summary, weekly};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::reports::file::Format;
use crate::vendors::clockify::wire::reports::rendering::Rendering;
use crate::vendors::clockify::wire::reports::request::{Layout, ReportIn, ReportRequest, View};
use crate::vendors::clockify::wire::reports::shared::FiltersOut;

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("generateSummaryReport", summary_report)
        .on("generateWeeklyReport", weekly_report)
        .on("generateDetailedReport", detailed_report)
}

/// Source: 001:2430.
fn summary_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    report(cx, &access, SharedKind::Summary)
}

/// Source: 001:2535.
fn weekly_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    report(cx, &access, SharedKind::Weekly)
}

/// Source: 001:2742.
fn detailed_report(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    report(cx, &access, SharedKind::Detailed)
}

fn report(cx: &Context, access: &Access, kind: SharedKind) -> Result<Reply, Refusal> {
    let body = body::object::<ReportIn>(cx)?;
    let root = cx.read();
    let view = View {
        state: &root.value.clockify,
        actor: &access.actor,
        now: cx.now(),
        revision: root.value.settings.revision,
    };
    let request = body.request(kind, &view)?;
    answer(&view, request, None)
}

/// Makes a report and writes it in the format that was requested.
pub(super) fn answer(
    view: &View<'_>,
    request: ReportRequest,
    filters: Option<FiltersOut<'_>>,
) -> Result<Reply, Refusal> {
    let ReportRequest { query, layout, format, descending } = request;
    let (state, actor, revision) = (view.state, view.actor, view.revision);
    let newer = revision == Revision::Current;
    if newer && matches!(format, Format::Csv | Format::Xlsx) {
        quirk!("CFY-507");
        actor.must_pay(state)?;
    }
    let context = query::context(state, actor, &query, view.now, newer);
    let context = context.ok_or(Refusal::UnknownWorkspace)?;
    let rendering = Rendering { context: &context, revision, format, filters };
    match layout {
        Layout::Summary { kinds, sort } => {
            rendering.summary(summary::summary(state, actor, &query, &kinds, sort, descending))
        }
        Layout::Weekly { kinds, money } => {
            rendering.weekly(weekly::weekly(state, actor, &query, kinds, money, descending))
        }
        Layout::Detailed { page, sort, totals } => {
            // Quirk CFY-440: files hold every entry.
            let page = (format == Format::Json).then_some(page);
            let (details, ids) = detailed::detailed(state, actor, &query, sort, descending, page);
            let last = page
                .filter(|_| newer && rendering.filters.is_none())
                .map(|page| page.skip().saturating_add(ids.len()) as u64 >= details.totals.entries);
            let rows = Rows { state: state.clone(), actor: *actor, query, ids };
            rendering.detailed(details, rows, totals).map(|reply| with_last_page(reply, last))
        }
    }
}

/// Says whether this is the last page, if the report says so at all.
fn with_last_page(reply: Reply, last: Option<bool>) -> Reply {
    let Some(last) = last else { return reply };
    quirk!("CFY-575");
    reply.with("last-page", if last { "true" } else { "false" })
}
