//! What a report is asked for, and whether the caller may have it.

use chrono::{DateTime, Utc};

use super::filter::Filter;
use super::range::Span;
use super::result::{AmountKind, Frame};
use super::style::Style;
use crate::quirk;
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::settings::AdminOnlyPage;
use crate::vendors::clockify::model::users::{UserSettings, Weekday};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::Refusal;

/// A report that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Over which time.
    pub span: Span,
    /// Which entries.
    pub filter: Filter,
    /// Whether durations are rounded as the workspace says.
    pub rounding: bool,
    /// Which amounts, the main one first.
    pub shown: Vec<AmountKind>,
    /// First day of weeks.
    pub week_start: Weekday,
    /// When it is asked for; locks move on with the calendar.
    pub now: DateTime<Utc>,
}

/// Days that a free workspace's report covers at most. Source: clockify.md:6.1.
pub const FREE_DAYS: i64 = 31;

/// Which amounts the caller gets: those asked for, else what is billed if they may see that.
///
/// # Errors
/// [`Refusal::AccessDenied`] when they ask for amounts that they may not see.
pub fn amounts(
    state: &State,
    actor: &Actor,
    asked: Option<Vec<AmountKind>>,
) -> Result<Vec<AmountKind>, Refusal> {
    quirk!("CFY-404");
    let sight = actor.rate_visibility(state);
    let seen = |kind: &AmountKind| match kind {
        AmountKind::Earned => sight.hourly,
        AmountKind::Cost | AmountKind::Profit => sight.hourly && sight.cost,
    };
    match asked {
        None => Ok([AmountKind::Earned].into_iter().filter(seen).collect()),
        Some(kinds) if kinds.iter().all(seen) => Ok(kinds),
        Some(_) => Err(Refusal::AccessDenied),
    }
}

/// Refuses whoever may not see reports at all, and ranges that the plan does not bring.
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

/// What exports tell besides the figures.
#[must_use]
pub fn frame(
    state: &State,
    actor: &Actor,
    query: &Query,
    made: DateTime<Utc>,
    newer_columns: bool,
) -> Option<Frame> {
    let workspace = actor.workspace(state)?;
    let profile = state.users.get(actor.user).and_then(|user| user.settings.as_ref());
    let defaults = UserSettings::default();
    let profile = profile.unwrap_or(&defaults);
    let settings = &workspace.settings;
    Some(Frame {
        workspace: workspace.name.as_str().into(),
        currency: workspace.default_code().into(),
        zone: query.span.zone,
        first: query.span.first,
        last: query.span.last,
        shown: query.shown.clone(),
        style: Style {
            date: profile.date_format.clone(),
            time: profile.time_format,
            seconds: settings.track_time_down_to_second,
            duration: settings.duration_format,
            number: settings.number_format,
            currency: settings.currency_format,
        },
        made,
        newer_columns,
    })
}
