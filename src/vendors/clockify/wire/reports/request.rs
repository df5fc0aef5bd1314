//! The body of a report request, and the request that it decodes to.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::dates::{Range, bound, zone};
use super::enums::{
    AmountShown, ApprovalState, DetailedColumn, ExportType, InvoicingState, SortOrder,
    SummaryColumn, TotalsOption, WeeklyGroup, WeeklySubgroup,
};
use super::file::Format;
use super::filters::{AuditIn, CustomFieldFilterIn, EntityFilterIn};
use crate::http::body::Field;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::limits::{LEVELS, PAGE, REPORT_PAGE_MOST};
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::model::users::Weekday;
use crate::vendors::clockify::reports::filter::{Audit, Filter};
use crate::vendors::clockify::reports::query::{self, Query};
use crate::vendors::clockify::reports::range::Preset;
use crate::vendors::clockify::reports::result::{AmountKind, GroupKind};
use crate::vendors::clockify::reports::{detailed, summary, weekly};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::body::Object;
use crate::vendors::clockify::wire::loose::{LooseBool, LooseInt, Text};

/// The body of a report request. Source: 001:2441-2482, clockify.md:6.1.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportIn {
    pub(super) date_range_start: Field<Text>,
    pub(super) date_range_end: Field<Text>,
    pub(super) date_range_type: Field<Preset>,
    users: Field<Object<EntityFilterIn>>,
    user_groups: Field<Object<EntityFilterIn>>,
    clients: Field<Object<EntityFilterIn>>,
    projects: Field<Object<EntityFilterIn>>,
    tasks: Field<Object<EntityFilterIn>>,
    tags: Field<Object<EntityFilterIn>>,
    currency: Field<Object<EntityFilterIn>>,
    billable: Field<LooseBool>,
    description: Field<Text>,
    without_description: Field<LooseBool>,
    approval_state: Field<ApprovalState>,
    invoicing_state: Field<InvoicingState>,
    rounding: Field<LooseBool>,
    amount_shown: Field<AmountShown>,
    amounts: Field<Vec<AmountShown>>,
    pub(super) export_type: Field<ExportType>,
    custom_fields: Field<Vec<Object<CustomFieldFilterIn>>>,
    user_custom_fields: Field<Vec<Object<CustomFieldFilterIn>>>,
    pub(super) sort_order: Field<SortOrder>,
    time_zone: Field<Text>,
    week_start: Field<Weekday>,
    pub(super) summary_filter: Field<Object<SummaryIn>>,
    pub(super) weekly_filter: Field<Object<WeeklyIn>>,
    pub(super) detailed_filter: Field<Object<DetailedIn>>,
}

/// Groups and order of a summary report. Source: 001:2461-2468.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SummaryIn {
    groups: Field<Vec<GroupKind>>,
    pub(super) sort_column: Field<SummaryColumn>,
}

/// Groups of a weekly report. Source: 001:2565-2568.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WeeklyIn {
    group: Field<WeeklyGroup>,
    subgroup: Field<WeeklySubgroup>,
}

/// Page, order and filter of a detailed report. Source: 001:2773-2783.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DetailedIn {
    pub(super) page: Field<LooseInt>,
    pub(super) page_size: Field<LooseInt>,
    pub(super) sort_column: Field<DetailedColumn>,
    audit_filter: Field<Object<AuditIn>>,
    options: Field<Object<OptionsIn>>,
}

/// Options of a detailed report. Source: clockify.md:6.2.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionsIn {
    totals: Field<TotalsOption>,
}

/// A decoded request for a report, from a body or a shared report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRequest {
    /// The entries.
    pub query: Query,
    /// The kind of report, with its options.
    pub layout: Layout,
    /// The format.
    pub format: Format,
    /// Reverses the order.
    pub descending: bool,
}

/// A kind of report with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Entries one by one.
    Detailed {
        /// The page, in JSON.
        page: Page,
        /// The order of entries.
        sort: detailed::SortBy,
        /// Includes the totals of all pages.
        totals: bool,
    },
    /// Groups within groups.
    Summary {
        /// The kinds of groups, outermost first.
        kinds: Vec<GroupKind>,
        /// The order of groups.
        sort: summary::SortBy,
    },
    /// Groups over seven days.
    Weekly {
        /// The kinds of groups, outermost first.
        kinds: [GroupKind; 2],
        /// Cells of files show money instead of time.
        money: bool,
    },
}

/// The state and the person that a report is made for.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Clockify's state.
    pub state: &'a State,
    /// The person whose permissions apply.
    pub actor: &'a Actor,
    /// The current instant.
    pub now: DateTime<Utc>,
    /// The revision.
    pub revision: Revision,
}

fn boolean(field: Field<LooseBool>) -> Option<bool> {
    field.value().map(|truth| truth.0)
}

impl ReportIn {
    /// Decodes the request.
    ///
    /// # Errors
    /// The vendor's errors for missing and invalid fields, and for missing permissions.
    pub fn request(self, kind: SharedKind, view: &View<'_>) -> Result<ReportRequest, Refusal> {
        let profile = view.state.users.get(view.actor.user);
        let profile = profile.and_then(|user| user.settings.clone()).unwrap_or_default();
        let week_start = self.week_start.value().unwrap_or(profile.week_start);
        let descending = self.sort_order.value().map(|order| order == SortOrder::Descending);
        let format = format(self.export_type.value())?;
        let amounts = self.amount_kinds(view)?;
        let (layout, audit) = match kind {
            SharedKind::Summary => {
                let filter = self.summary_filter.value().ok_or(Refusal::NoFilter("summary"))?;
                (filter.0.layout(&amounts)?, Audit::default())
            }
            SharedKind::Weekly => {
                let filter = self.weekly_filter.value().ok_or(Refusal::NoFilter("weekly"))?;
                (filter.0.layout(), Audit::default())
            }
            SharedKind::Detailed => {
                let filter = self.detailed_filter.value().ok_or(Refusal::NoFilter("detailed"))?;
                filter.0.layout()?
            }
        };
        let range = Range {
            start: bound(self.date_range_start, "dateRangeStart")?,
            end: bound(self.date_range_end, "dateRangeEnd")?,
            preset: self.date_range_type.value().unwrap_or(Preset::Absolute),
            zone: zone(self.time_zone, &profile)?,
            week_start,
        };
        let span = range.span(kind, view)?;
        if kind == SharedKind::Weekly && span.count() != weekly::DAYS {
            return Err(Refusal::NotSevenDays);
        }
        query::allow(view.state, view.actor, &span, kind != SharedKind::Weekly)?;
        let entity =
            |entity: Field<Object<EntityFilterIn>>| entity.value().map(|entity| entity.0.filter());
        let field_filters = |fields: Field<Vec<Object<CustomFieldFilterIn>>>| {
            let fields = fields.value().unwrap_or_default();
            fields.into_iter().map(|field| field.0.filter()).collect()
        };
        let description = self.description.value().map(|text| text.0.trim().to_lowercase());
        let description = description.filter(|text| !text.is_empty());
        quirk!("CFY-415");
        let without = description.is_none() && boolean(self.without_description) == Some(true);
        let filter = Filter {
            users: entity(self.users),
            groups: entity(self.user_groups),
            clients: entity(self.clients),
            projects: entity(self.projects),
            tasks: entity(self.tasks),
            tags: entity(self.tags),
            currencies: entity(self.currency),
            billable: boolean(self.billable),
            description,
            without_description: without,
            approved: match self.approval_state.value() {
                None | Some(ApprovalState::All) => None,
                Some(word) => Some(word == ApprovalState::Approved),
            },
            invoiced: match self.invoicing_state.value() {
                None | Some(InvoicingState::All) => None,
                Some(word) => Some(word == InvoicingState::Invoiced),
            },
            fields: field_filters(self.custom_fields),
            user_fields: field_filters(self.user_custom_fields),
            audit,
        };
        let rounding = boolean(self.rounding).unwrap_or(false);
        let query = Query { span, filter, rounding, amounts, week_start, now: view.now };
        let descending = descending.unwrap_or_else(|| descends_by_default(kind));
        Ok(ReportRequest { query, layout, format, descending })
    }

    fn amount_kinds(&self, view: &View<'_>) -> Result<Vec<AmountKind>, Refusal> {
        let one = match &self.amount_shown {
            Field::Value(word) => Some(*word),
            _ => None,
        };
        let several = match &self.amounts {
            Field::Value(words) => words.clone(),
            _ => Vec::new(),
        };
        let requested = match one {
            Some(AmountShown::HideAmount) => Some(Vec::new()),
            None if several.is_empty() => None,
            _ => {
                let mut kinds: Vec<AmountKind> = Vec::new();
                for word in one.into_iter().chain(several) {
                    kinds.extend(amount(word).filter(|kind| !kinds.contains(kind)));
                }
                Some(kinds)
            }
        };
        query::amounts(view.state, view.actor, requested)
    }
}

/// The order of a report that names none.
fn descends_by_default(kind: SharedKind) -> bool {
    let rows = kind == SharedKind::Detailed;
    if rows {
        quirk!("CFY-409");
    } else {
        quirk!("CFY-421");
    }
    rows
}

fn amount(word: AmountShown) -> Option<AmountKind> {
    match word {
        AmountShown::Earned | AmountShown::Earnings | AmountShown::Export => {
            Some(AmountKind::Earned)
        }
        AmountShown::Cost => Some(AmountKind::Cost),
        AmountShown::Profit => Some(AmountKind::Profit),
        AmountShown::HideAmount => None,
    }
}

fn format(word: Option<ExportType>) -> Result<Format, Refusal> {
    match word {
        None | Some(ExportType::Json | ExportType::JsonV1) => Ok(Format::Json),
        Some(ExportType::Csv) => Ok(Format::Csv),
        Some(ExportType::Xlsx) => Ok(Format::Xlsx),
        Some(ExportType::Pdf) => Ok(Format::Pdf),
        Some(ExportType::Zip) => {
            quirk!("CFY-153");
            Err(Refusal::NotOneOf(&["JSON", "JSON_V1", "PDF", "CSV", "XLSX"]))
        }
    }
}

impl SummaryIn {
    fn layout(self, amounts: &[AmountKind]) -> Result<Layout, Refusal> {
        let Self { groups, sort_column } = self;
        let kinds = groups.value().unwrap_or_default();
        if kinds.is_empty() || kinds.len() > LEVELS {
            quirk!("CFY-424");
            quirk!("CFY-153");
            return Err(Refusal::Size(1, LEVELS));
        }
        let main = amounts.first().copied();
        let sort = match sort_column.value().unwrap_or(SummaryColumn::Group) {
            SummaryColumn::Group => summary::SortBy::Group,
            SummaryColumn::Duration => summary::SortBy::Duration,
            SummaryColumn::Amount => main.map_or(summary::SortBy::Group, summary::SortBy::Amount),
            SummaryColumn::Earned => summary::SortBy::Amount(AmountKind::Earned),
            SummaryColumn::Cost => summary::SortBy::Amount(AmountKind::Cost),
            SummaryColumn::Profit => summary::SortBy::Amount(AmountKind::Profit),
        };
        Ok(Layout::Summary { kinds, sort })
    }
}

impl WeeklyIn {
    fn layout(self) -> Layout {
        let Self { group, subgroup } = self;
        let kinds = match group.value().unwrap_or(WeeklyGroup::User) {
            WeeklyGroup::User => [GroupKind::User, GroupKind::Project],
            WeeklyGroup::Project => [GroupKind::Project, GroupKind::User],
        };
        let money = subgroup.value() == Some(WeeklySubgroup::Earnings);
        if money {
            quirk!("CFY-431");
        }
        Layout::Weekly { kinds, money }
    }
}

impl DetailedIn {
    fn layout(self) -> Result<(Layout, Audit), Refusal> {
        let Self { page, page_size, sort_column, audit_filter, options } = self;
        let page = page_of(page.value(), page_size.value())?;
        let sort = match sort_column.value().unwrap_or(DetailedColumn::Date) {
            DetailedColumn::Id => detailed::SortBy::Id,
            DetailedColumn::Description => detailed::SortBy::Description,
            DetailedColumn::User | DetailedColumn::UserDate => detailed::SortBy::User,
            DetailedColumn::Duration => detailed::SortBy::Duration,
            DetailedColumn::Date | DetailedColumn::ZonedDate | DetailedColumn::Natural => {
                detailed::SortBy::Date
            }
        };
        let Object(options) = options.value().unwrap_or_default();
        let totals = options.totals.value() != Some(TotalsOption::Exclude);
        let Object(audit) = audit_filter.value().unwrap_or_default();
        let audit = Audit {
            without_project: boolean(audit.without_project) == Some(true),
            without_task: boolean(audit.without_task) == Some(true),
            duration: audit.duration.value().map(|seconds| seconds.0),
            shorter: boolean(audit.duration_shorter) == Some(true),
        };
        Ok((Layout::Detailed { page, sort, totals }, audit))
    }
}

/// The page of a detailed report.
fn page_of(number: Option<LooseInt>, size: Option<LooseInt>) -> Result<Page, Refusal> {
    let number = number.map_or(1, |number| number.0);
    let size = size.map(|size| size.0);
    if number < 1 || size.is_some_and(|size| size < 1) {
        quirk!("CFY-440");
    }
    let size = match size.map(u64::try_from) {
        None => PAGE,
        Some(Err(_) | Ok(0)) => return Err(Refusal::AtLeast(1)),
        Some(Ok(size)) if size > REPORT_PAGE_MOST => {
            quirk!("CFY-572");
            quirk!("CFY-153");
            return Err(Refusal::ReportPageSize);
        }
        Some(Ok(size)) => size,
    };
    Ok(Page { number: u64::try_from(number).unwrap_or(1).max(1), size })
}
