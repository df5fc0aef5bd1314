//! Suggested texts. Source: clockodo.md:5.3.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;

use super::entry_in::billable_filter;
use super::params::Params;
use crate::kernel::civil::{Tz, day_start};
use crate::quirk;
use crate::vendors::clockodo::model::{Text, TextId};
use crate::vendors::clockodo::rules::refusal::{Detail, Refusal, not_between, unexpected};
use crate::vendors::clockodo::rules::search::EntryFilter;
use crate::vendors::clockodo::rules::texts::TextFilter;

/// Maximum number of texts in an answer.
const MOST: i64 = 800;
/// The purposes of texts.
const MODES: [&str; 3] = ["add", "edit", "reports"];

/// A text.
#[derive(Debug, Serialize)]
pub struct TextOut<'a> {
    id: TextId,
    label: &'a str,
    value: &'a str,
}

impl<'a> TextOut<'a> {
    /// Renders a text. Label and value are the same.
    #[must_use]
    pub fn of(text: &'a Text) -> Self {
        let Text { id, words } = text;
        Self { id: *id, label: words, value: words }
    }
}

/// Reads a request for texts. Days are in `zone`.
///
/// # Errors
/// If the mode is missing, and for parameters of the wrong type.
pub fn text_filter(params: &Params<'_>, zone: Tz) -> Result<TextFilter, Refusal> {
    params.require(&["mode"])?;
    let mode = params.text("mode", 100)?.value().unwrap_or_default();
    if !MODES.contains(&mode.as_str()) {
        return Err(unexpected("mode", Detail::texts(MODES)));
    }
    let items = params.integer("items")?.value().unwrap_or(MOST);
    let most = usize::try_from(items).ok().filter(|_| (1..=MOST).contains(&items));
    let most = most.ok_or_else(|| not_between("items", 1, MOST.unsigned_abs()))?;
    let filter = params.nested("filter")?;
    let day = filter.day("day")?.value();
    let first = day.or(filter.day("time_since")?.value());
    let last = day.or(filter.day("time_until")?.value());
    let start = |day: NaiveDate| day_start(day, zone);
    let after = last.map(|day| day.succ_opt().filter(|day| day.year() <= 9999).unwrap_or(day));
    quirk!("CDO-045");
    quirk!("CDO-065");
    Ok(TextFilter {
        entries: EntryFilter {
            since: first.map_or(DateTime::<Utc>::MIN_UTC, start),
            until: after.map_or(DateTime::<Utc>::MAX_UTC, start),
            customer: filter.id("customers_id")?.value(),
            billable: billable_filter(&filter)?,
            text: params.text("term", 1000)?.value().filter(|term| !term.is_empty()),
            ..EntryFilter::default()
        },
        projects: filter.ids("projects_id")?.value(),
        services: filter.ids("services_id")?.value(),
        users: filter.ids("users_id")?.value(),
        own: mode != "reports",
        most,
    })
}
