//! The body of a report request, and the report it asks for.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::dates::{Range, bound, zone};
use super::object::Object;
use super::picks::{AuditIn, FieldIn, PickIn};
use super::words::{
    AmountWord, ApprovalWord, DetailedColumn, ExportWord, InvoicingWord, SortOrder, SummaryColumn,
    TotalsWord, WeeklyGroup, WeeklySubgroup,
};
use crate::http::body::Field;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Error;
use crate::vendors::clockify::limits::{PAGE, PAGE_MOST};
use crate::vendors::clockify::model::State;
use crate::vendors::clockify::model::shared::SharedKind;
use crate::vendors::clockify::model::users::Weekday;
use crate::vendors::clockify::reports::ask::{self, Query};
use crate::vendors::clockify::reports::filter::{Audit, Filter};
use crate::vendors::clockify::reports::range::Preset;
use crate::vendors::clockify::reports::result::{AmountKind, GroupKind};
use crate::vendors::clockify::reports::{detailed, summary, weekly};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::loose::{LooseBool, LooseInt, Text};

/// A report request. Source: 001:2441-2482, clockify.md:6.1.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportIn {
    pub(super) date_range_start: Field<Text>,
    pub(super) date_range_end: Field<Text>,
    pub(super) date_range_type: Field<Preset>,
    users: Field<Object<PickIn>>,
    user_groups: Field<Object<PickIn>>,
    clients: Field<Object<PickIn>>,
    projects: Field<Object<PickIn>>,
    tasks: Field<Object<PickIn>>,
    tags: Field<Object<PickIn>>,
    currency: Field<Object<PickIn>>,
    billable: Field<LooseBool>,
    description: Field<Text>,
    without_description: Field<LooseBool>,
    approval_state: Field<ApprovalWord>,
    invoicing_state: Field<InvoicingWord>,
    rounding: Field<LooseBool>,
    amount_shown: Field<AmountWord>,
    amounts: Field<Vec<AmountWord>>,
    pub(super) export_type: Field<ExportWord>,
    custom_fields: Field<Vec<Object<FieldIn>>>,
    user_custom_fields: Field<Vec<Object<FieldIn>>>,
    pub(super) sort_order: Field<SortOrder>,
    time_zone: Field<Text>,
    week_start: Field<Weekday>,
    pub(super) summary_filter: Field<Object<SummaryIn>>,
    pub(super) weekly_filter: Field<Object<WeeklyIn>>,
    pub(super) detailed_filter: Field<Object<DetailedIn>>,
}

/// Source: 001:2461-2468.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SummaryIn {
    groups: Field<Vec<GroupKind>>,
    pub(super) sort_column: Field<SummaryColumn>,
}

/// Source: 001:2565-2568.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WeeklyIn {
    group: Field<WeeklyGroup>,
    subgroup: Field<WeeklySubgroup>,
}

/// Source: 001:2773-2783.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DetailedIn {
    pub(super) page: Field<LooseInt>,
    pub(super) page_size: Field<LooseInt>,
    pub(super) sort_column: Field<DetailedColumn>,
    audit_filter: Field<Object<AuditIn>>,
    options: Field<Object<OptionsIn>>,
}

/// Source: clockify.md:6.2.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionsIn {
    totals: Field<TotalsWord>,
}

/// What a report is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the formats")]
pub enum Export {
    Json,
    Csv,
    Xlsx,
    Pdf,
}

/// A report that is asked for, whatever asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Of which entries.
    pub query: Query,
    /// What is made of them.
    pub family: Family,
    /// As what.
    pub export: Export,
    /// From the last to the first.
    pub descending: bool,
}

/// What is made of the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Family {
    /// Rows.
    Detailed {
        /// Which page of them, in JSON.
        page: Page,
        /// In which order.
        sort: detailed::SortBy,
        /// Whether the figures of all pages are told.
        totals: bool,
    },
    /// Groups.
    Summary {
        /// By what, from outside in.
        kinds: Vec<GroupKind>,
        /// In which order.
        sort: summary::SortBy,
    },
    /// Seven days.
    Weekly {
        /// By what, from outside in.
        kinds: [GroupKind; 2],
        /// Whether cells of exports show money.
        money: bool,
    },
}

/// Whose view a report is, when, and of what.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// All of Clockify.
    pub state: &'a State,
    /// Whose view it is.
    pub actor: &'a Actor,
    /// When.
    pub now: DateTime<Utc>,
    /// In which generation.
    pub revision: Revision,
    /// When the dates were saved, if they move on from there.
    pub rolling_from: Option<DateTime<Utc>>,
}

fn yes(field: Field<LooseBool>) -> Option<bool> {
    field.value().map(|truth| truth.0)
}

impl ReportIn {
    /// The report that this asks for.
    ///
    /// # Errors
    /// The vendor's, for what is missing or cannot be, and for what the view may not have.
    pub fn asked(self, kind: SharedKind, view: &View<'_>) -> Result<Asked, Error> {
        let profile = view.state.users.get(view.actor.user);
        let profile = profile.and_then(|user| user.settings.clone()).unwrap_or_default();
        let week_start = self.week_start.value().unwrap_or(profile.week_start);
        let descending = self.sort_order.value().map(|order| order == SortOrder::Descending);
        let export = export(self.export_type.value())?;
        let shown = self.shown(view)?;
        let (family, audit) = match kind {
            SharedKind::Summary => {
                let filter = self.summary_filter.value().ok_or(Error::NoFilter("summary"))?;
                (filter.0.family(&shown)?, Audit::default())
            }
            SharedKind::Weekly => {
                let filter = self.weekly_filter.value().ok_or(Error::NoFilter("weekly"))?;
                (filter.0.family(), Audit::default())
            }
            SharedKind::Detailed => {
                let filter = self.detailed_filter.value().ok_or(Error::NoFilter("detailed"))?;
                filter.0.family()?
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
            return Err(Error::NotSevenDays);
        }
        ask::allow(view.state, view.actor, &span, kind != SharedKind::Weekly)?;
        let pick = |pick: Field<Object<PickIn>>| pick.value().map(|pick| pick.0.pick());
        let tests = |fields: Field<Vec<Object<FieldIn>>>| {
            let fields = fields.value().unwrap_or_default();
            fields.into_iter().map(|field| field.0.test()).collect()
        };
        let description = self.description.value().map(|text| text.0.trim().to_lowercase());
        let description = description.filter(|text| !text.is_empty());
        quirk!("CFY-415");
        let without = description.is_none() && yes(self.without_description) == Some(true);
        let filter = Filter {
            users: pick(self.users),
            groups: pick(self.user_groups),
            clients: pick(self.clients),
            projects: pick(self.projects),
            tasks: pick(self.tasks),
            tags: pick(self.tags),
            currencies: pick(self.currency),
            billable: yes(self.billable),
            description,
            without_description: without,
            approved: match self.approval_state.value() {
                None | Some(ApprovalWord::All) => None,
                Some(word) => Some(word == ApprovalWord::Approved),
            },
            invoiced: match self.invoicing_state.value() {
                None | Some(InvoicingWord::All) => None,
                Some(word) => Some(word == InvoicingWord::Invoiced),
            },
            fields: tests(self.custom_fields),
            user_fields: tests(self.user_custom_fields),
            audit,
        };
        let rounding = yes(self.rounding).unwrap_or(false);
        let query = Query { span, filter, rounding, shown, week_start, now: view.now };
        quirk!("CFY-409");
        let descending = descending.unwrap_or(kind == SharedKind::Detailed);
        Ok(Asked { query, family, export, descending })
    }

    fn shown(&self, view: &View<'_>) -> Result<Vec<AmountKind>, Error> {
        let one = match &self.amount_shown {
            Field::Value(word) => Some(*word),
            _ => None,
        };
        let several = match &self.amounts {
            Field::Value(words) => words.clone(),
            _ => Vec::new(),
        };
        let wanted = match one {
            Some(AmountWord::HideAmount) => Some(Vec::new()),
            None if several.is_empty() => None,
            _ => {
                let mut kinds: Vec<AmountKind> = Vec::new();
                for word in one.into_iter().chain(several) {
                    kinds.extend(amount(word).filter(|kind| !kinds.contains(kind)));
                }
                Some(kinds)
            }
        };
        Ok(ask::amounts(view.state, view.actor, wanted)?)
    }
}

fn amount(word: AmountWord) -> Option<AmountKind> {
    match word {
        AmountWord::Earned | AmountWord::Earnings | AmountWord::Export => Some(AmountKind::Earned),
        AmountWord::Cost => Some(AmountKind::Cost),
        AmountWord::Profit => Some(AmountKind::Profit),
        AmountWord::HideAmount => None,
    }
}

fn export(word: Option<ExportWord>) -> Result<Export, Error> {
    match word {
        None | Some(ExportWord::Json | ExportWord::JsonV1) => Ok(Export::Json),
        Some(ExportWord::Csv) => Ok(Export::Csv),
        Some(ExportWord::Xlsx) => Ok(Export::Xlsx),
        Some(ExportWord::Pdf) => Ok(Export::Pdf),
        Some(ExportWord::Zip) => {
            quirk!("CFY-473");
            Err(Error::NotOneOf(&["JSON", "JSON_V1", "PDF", "CSV", "XLSX"]))
        }
    }
}

impl SummaryIn {
    fn family(self, shown: &[AmountKind]) -> Result<Family, Error> {
        let Self { groups, sort_column } = self;
        let kinds = groups.value().unwrap_or_default();
        if kinds.is_empty() || kinds.len() > 3 {
            quirk!("CFY-424");
            return Err(Error::Size(1, 3));
        }
        let main = shown.first().copied();
        let sort = match sort_column.value().unwrap_or(SummaryColumn::Group) {
            SummaryColumn::Group => summary::SortBy::Group,
            SummaryColumn::Duration => summary::SortBy::Duration,
            SummaryColumn::Amount => main.map_or(summary::SortBy::Group, summary::SortBy::Amount),
            SummaryColumn::Earned => summary::SortBy::Amount(AmountKind::Earned),
            SummaryColumn::Cost => summary::SortBy::Amount(AmountKind::Cost),
            SummaryColumn::Profit => summary::SortBy::Amount(AmountKind::Profit),
        };
        Ok(Family::Summary { kinds, sort })
    }
}

impl WeeklyIn {
    fn family(self) -> Family {
        let Self { group, subgroup } = self;
        let kinds = match group.value().unwrap_or(WeeklyGroup::User) {
            WeeklyGroup::User => [GroupKind::User, GroupKind::Project],
            WeeklyGroup::Project => [GroupKind::Project, GroupKind::User],
        };
        quirk!("CFY-431");
        let money = subgroup.value() == Some(WeeklySubgroup::Earnings);
        Family::Weekly { kinds, money }
    }
}

impl DetailedIn {
    fn family(self) -> Result<(Family, Audit), Error> {
        let Self { page, page_size, sort_column, audit_filter, options } = self;
        let number = page.value().map_or(1, |page| page.0);
        let size = match page_size.value().map(|size| u64::try_from(size.0)) {
            None => PAGE,
            Some(Err(_) | Ok(0)) => return Err(Error::AtLeast(1)),
            Some(Ok(size)) if size > PAGE_MOST => return Err(Error::PageSize),
            Some(Ok(size)) => size,
        };
        quirk!("CFY-440");
        let page = Page { number: u64::try_from(number).unwrap_or(1).max(1), size };
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
        let totals = options.totals.value() != Some(TotalsWord::Exclude);
        let Object(audit) = audit_filter.value().unwrap_or_default();
        let audit = Audit {
            without_project: yes(audit.without_project) == Some(true),
            without_task: yes(audit.without_task) == Some(true),
            duration: audit.duration.value().map(|seconds| seconds.0),
            shorter: yes(audit.duration_shorter) == Some(true),
        };
        Ok((Family::Detailed { page, sort, totals }, audit))
    }
}
