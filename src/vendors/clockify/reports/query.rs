//! The query of a report, and the permissions that it needs.

use chrono::{DateTime, Utc};

use super::filter::Filter;
use super::range::Span;
use super::result::{AmountKind, Labels, ReportContext};
use super::style::Style;
use crate::quirk;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::settings::{AdminOnlyPage, WorkspaceSettings};
use crate::vendors::clockify::model::users::{UserSettings, Weekday};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;

/// The query of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The range of time.
    pub span: Span,
    /// The filter of entries.
    pub filter: Filter,
    /// Rounds durations by the workspace's setting.
    pub rounding: bool,
    /// The amounts to show, the main one first.
    pub amounts: Vec<AmountKind>,
    /// First day of the week.
    pub week_start: Weekday,
    /// The current instant. Locks depend on it.
    pub now: DateTime<Utc>,
}

/// The longest range of a report in a free workspace, in days. Source: clockify.md:6.1.
pub const FREE_DAYS: i64 = 31;

/// The amounts to show: the requested ones, by default the billed amount if the caller may see it.
///
/// # Errors
/// [`Refusal::AccessDenied`] if they request amounts that they may not see.
pub fn amounts(
    state: &State,
    actor: &Actor,
    requested: Option<Vec<AmountKind>>,
) -> Result<Vec<AmountKind>, Refusal> {
    quirk!("CFY-404");
    let sight = actor.rate_visibility(state);
    let visible = |kind: &AmountKind| match kind {
        AmountKind::Earned => sight.hourly,
        AmountKind::Cost | AmountKind::Profit => sight.hourly && sight.cost,
    };
    match requested {
        None => Ok([AmountKind::Earned].into_iter().filter(visible).collect()),
        Some(kinds) if kinds.iter().all(visible) => Ok(kinds),
        Some(_) => Err(Refusal::AccessDenied),
    }
}

/// Checks that the caller may see reports, and that the plan allows the range.
///
/// # Errors
/// [`Refusal`].
pub fn allow(state: &State, actor: &Actor, span: &Span, bounded: bool) -> Result<(), Refusal> {
    let Some(workspace) = actor.workspace(state) else { return Err(Refusal::AccessDenied) };
    let closed = workspace.settings.admin_only_pages.contains(&AdminOnlyPage::Reports);
    if closed && !actor.is_admin() {
        quirk!("CFY-405");
        return Err(Refusal::AccessDenied);
    }
    if bounded && span.count() > FREE_DAYS {
        quirk!("CFY-406");
        actor.must_have(state, Feature::UnlimitedReports)?;
    }
    Ok(())
}

/// The context of a report.
#[must_use]
pub fn context(
    state: &State,
    actor: &Actor,
    query: &Query,
    made: DateTime<Utc>,
    newer_columns: bool,
) -> Option<ReportContext> {
    let workspace = actor.workspace(state)?;
    let profile = state.users.get(actor.user).and_then(|user| user.settings.as_ref());
    let defaults = UserSettings::default();
    let profile = profile.unwrap_or(&defaults);
    let settings = &workspace.settings;
    Some(ReportContext {
        workspace: workspace.name.as_str().into(),
        currency: workspace.default_code().into(),
        zone: query.span.zone,
        first: query.span.first,
        last: query.span.last,
        amounts: query.amounts.clone(),
        style: Style {
            date: profile.date_format.clone(),
            time: profile.time_format,
            seconds: settings.track_time_down_to_second,
            duration: settings.duration_format,
            number: settings.number_format,
            currency: settings.currency_format,
        },
        labels: labels(settings),
        made,
        newer_columns,
    })
}

/// The workspace's words for project, client and task as headings: `activity` is `Activity`.
fn labels(settings: &WorkspaceSettings) -> Labels {
    let heading = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    };
    Labels {
        project: heading(&settings.project_label),
        client: heading(&settings.project_grouping_label),
        task: heading(&settings.task_label),
    }
}
