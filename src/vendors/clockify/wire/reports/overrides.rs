//! Query parameters that override the saved filter of a shared report.

use super::enums::{DetailedColumn, ExportType, SortOrder, SummaryColumn};
use super::request::ReportIn;
use crate::http::body::Field;
use crate::http::context::Context;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::reports::range::Preset;
use crate::vendors::clockify::wire::body::Object;
use crate::vendors::clockify::wire::loose::{LooseInt, Text};
use crate::vendors::clockify::wire::query::{text, word};

impl ReportIn {
    /// Overrides saved values with query parameters. Source: 001:3297-3337.
    ///
    /// # Errors
    /// [`Refusal::Parameter`] for invalid parameters.
    pub fn apply_query(
        &mut self,
        cx: &Context,
        kind: SharedKind,
        fixed: bool,
    ) -> Result<(), Refusal> {
        let dates = [text(cx, "dateRangeStart"), text(cx, "dateRangeEnd")];
        let is_dated = dates.iter().any(Option::is_some);
        if is_dated || fixed {
            quirk!("CFY-456");
        }
        if self.date_range_type.value().is_some_and(|kind| kind != Preset::Absolute) {
            quirk!("CFY-453");
        }
        if is_dated && !fixed {
            self.date_range_type = Field::Absent;
            let own = |date: &str| Field::Value(Text(date.to_owned()));
            if let Some(start) = dates[0] {
                self.date_range_start = own(start);
            }
            if let Some(end) = dates[1] {
                self.date_range_end = own(end);
            }
        }
        if let Some(order) = word::<SortOrder>(cx, "sortOrder")? {
            self.sort_order = Field::Value(order);
        }
        if let Some(export) = word::<ExportType>(cx, "exportType")? {
            self.export_type = Field::Value(export);
        }
        match kind {
            SharedKind::Summary => {
                if let Some(column) = word::<SummaryColumn>(cx, "sortColumn")?
                    && let Field::Value(Object(filter)) = &mut self.summary_filter
                {
                    filter.sort_column = Field::Value(column);
                }
            }
            SharedKind::Detailed => {
                if let Field::Value(Object(filter)) = &mut self.detailed_filter {
                    if let Some(column) = word::<DetailedColumn>(cx, "sortColumn")? {
                        filter.sort_column = Field::Value(column);
                    }
                    if let Some(page) = cx.query.integer("page")? {
                        filter.page = Field::Value(LooseInt(page));
                    }
                    if let Some(size) = cx.query.integer("pageSize")? {
                        filter.page_size = Field::Value(LooseInt(size));
                    }
                }
            }
            SharedKind::Weekly => {}
        }
        Ok(())
    }
}
