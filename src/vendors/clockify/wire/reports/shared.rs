//! Shared reports: request bodies and answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::request::ReportIn;
use crate::http::Rejection;
use crate::http::body::Field;
use crate::kernel::civil::Tz;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::shared::{SharedKind, SharedReport};
use crate::vendors::clockify::model::users::{TimeFormat, UserSettings, Weekday};
use crate::vendors::clockify::model::{GroupId, SharedReportId, State, UserId, WorkspaceId};
use crate::vendors::clockify::reports::shared::{NewShared, SharedUpdate};
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::wire::loose::{LooseBool, Text};
use crate::vendors::clockify::wire::stamps::Stamp;

/// The types of shared reports. Source: 001:2906, clockify.md:6.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum ReportType {
    Detailed,
    Weekly,
    Summary,
    Scheduled,
    ExpenseDetailed,
    ExpenseReceipt,
    PtoRequests,
    PtoBalance,
    Attendance,
    InvoiceExpense,
    InvoiceTime,
    Project,
    TeamFull,
    TeamLimited,
    TeamGroups,
    Invoices,
    KioskPinList,
    KioskAssignees,
    UserDataExport,
}

impl ReportType {
    fn kind(self) -> Result<SharedKind, Refusal> {
        match self {
            Self::Detailed => Ok(SharedKind::Detailed),
            Self::Weekly => Ok(SharedKind::Weekly),
            Self::Summary => Ok(SharedKind::Summary),
            _ => {
                quirk!("CFY-011");
                Err(Refusal::NotOnThisPlan)
            }
        }
    }
}

/// The body that creates or updates a shared report. Source: 001:2927-3016, 001:3142-3148.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SharedIn {
    name: Field<Text>,
    is_public: Field<LooseBool>,
    fixed_date: Field<LooseBool>,
    r#type: Field<ReportType>,
    filter: Field<Map<String, Value>>,
    visible_to_users: Field<Vec<Value>>,
    visible_to_user_groups: Field<Vec<Value>>,
}

/// The members that a filter needs, with their paths in refusals. Source: facts.md:N-39.
const NEEDED: [(&str, &str); 3] = [
    ("exportType", "saveSharedReportV1.arg0.filter.exportType"),
    ("dateRangeStart", "saveSharedReportV1.arg0.filter.dateRangeStart"),
    ("dateRangeEnd", "saveSharedReportV1.arg0.filter.dateRangeEnd"),
];

/// The filter as it is saved: today with the service's defaults. Source: facts.md:N-39.
fn saved(mut filter: Map<String, Value>, revision: Revision) -> Value {
    fn default(object: &mut Map<String, Value>, key: &str, word: &str) {
        if object.get(key).is_none_or(Value::is_null) {
            object.insert(key.to_owned(), word.into());
        }
    }
    if revision == Revision::Current {
        quirk!("CFY-583");
        default(&mut filter, "dateRangeType", "ABSOLUTE");
        if let Some(Value::Object(summary)) = filter.get_mut("summaryFilter") {
            default(summary, "summaryChartType", "BILLABILITY");
        }
    }
    Value::Object(filter)
}

/// Ids, as texts or as objects with an `id`.
fn ids<T: std::str::FromStr>(
    field: Field<Vec<Value>>,
    entity: Entity,
) -> Result<Option<Vec<T>>, Refusal> {
    let Some(rows) = field.change() else { return Ok(None) };
    let id = |row: Value| {
        let text = row.get("id").unwrap_or(&row).as_str().map(str::parse);
        text.and_then(Result::ok).ok_or(Refusal::Unknown(entity))
    };
    rows.unwrap_or_default().into_iter().map(id).collect::<Result<_, _>>().map(Some)
}

fn truth(field: Field<LooseBool>) -> Option<bool> {
    field.value().map(|truth| truth.0)
}

impl SharedIn {
    /// The new report in this body.
    ///
    /// # Errors
    /// For missing fields and types that are not served.
    pub fn new_report(self, revision: Revision) -> Result<NewShared, Refusal> {
        if revision == Revision::Current {
            self.check_members()?;
        }
        let update = self.update(revision)?;
        let SharedUpdate { name, kind, public, fixed_date, users, groups, filter } = update;
        Ok(NewShared {
            name: name.unwrap_or_default(),
            kind: kind.ok_or(Refusal::NotNull)?,
            public: public.unwrap_or(false),
            fixed_date: fixed_date.unwrap_or(false),
            users: users.unwrap_or_default(),
            groups: groups.unwrap_or_default(),
            filter: filter.ok_or(Refusal::NotNull)?,
        })
    }

    /// Names every member that a new report needs and this body lacks. Source: facts.md:N-39.
    fn check_members(&self) -> Result<(), Refusal> {
        let mut missing = Vec::new();
        if !matches!(self.r#type, Field::Value(_)) {
            missing.push("saveSharedReportV1.arg0.type");
        }
        match &self.filter {
            Field::Value(filter) => {
                let lacks = |key: &str| filter.get(key).is_none_or(Value::is_null);
                let paths = NEEDED.iter().filter(|(key, _)| lacks(key));
                missing.extend(paths.map(|(_, path)| *path));
            }
            _ => missing.push("saveSharedReportV1.arg0.filter"),
        }
        if missing.is_empty() {
            return Ok(());
        }
        quirk!("CFY-582");
        Err(Refusal::MissingMembers(missing))
    }

    /// The update in this body. `null` changes nothing.
    ///
    /// # Errors
    /// For types that are not served.
    pub fn update(self, revision: Revision) -> Result<SharedUpdate, Refusal> {
        let Self {
            name,
            is_public,
            fixed_date,
            r#type,
            filter,
            visible_to_users,
            visible_to_user_groups,
        } = self;
        Ok(SharedUpdate {
            name: name.value().map(|name| name.0),
            kind: r#type.value().map(ReportType::kind).transpose()?,
            public: truth(is_public),
            fixed_date: truth(fixed_date),
            users: ids(visible_to_users, Entity::USER)?,
            groups: ids(visible_to_user_groups, Entity::USER_GROUP)?,
            filter: filter.value().map(|filter| saved(filter, revision).to_string()),
        })
    }
}

/// Parses a saved filter.
///
/// # Errors
/// [`Refusal::Json`] for an invalid filter.
pub fn parse_filter(filter: &str) -> Result<ReportIn, Refusal> {
    serde_json::from_str(filter).map_err(|error| {
        Rejection::BadField { path: "filter".to_owned(), message: error.to_string() }.into()
    })
}

/// An entity with its name.
#[derive(Debug, Serialize)]
struct NamedOut<'a, I> {
    id: I,
    name: &'a str,
}

fn readers<'a>(state: &'a State, report: &SharedReport) -> Vec<NamedOut<'a, UserId>> {
    let users = report.users.iter().filter_map(|id| state.users.get(*id));
    users.map(|user| NamedOut { id: user.id, name: &user.name }).collect()
}

fn reader_groups<'a>(state: &'a State, report: &SharedReport) -> Vec<NamedOut<'a, GroupId>> {
    let groups = report.groups.iter().filter_map(|id| state.groups.get(*id));
    groups.map(|group| NamedOut { id: group.id, name: &group.name }).collect()
}

/// A report in a list. Source: 001:2894-2914.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemOut<'a> {
    name: &'a str,
    link: String,
    id: SharedReportId,
    visible_to_users: Vec<NamedOut<'a, UserId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legacy: Option<bool>,
    fixed_date: bool,
    r#type: SharedKind,
    is_public: bool,
    visible_to_user_groups: Vec<NamedOut<'a, GroupId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_author: Option<UserId>,
}

/// A page of shared reports. Source: 001:2892.
#[derive(Debug, Serialize)]
pub struct SharedListOut<'a> {
    reports: Vec<ItemOut<'a>>,
    count: usize,
}

impl<'a> SharedListOut<'a> {
    /// Renders a page. `count` is the number of reports on all pages.
    pub fn new(
        state: &'a State,
        reports: impl Iterator<Item = &'a SharedReport>,
        count: usize,
        revision: Revision,
    ) -> Self {
        quirk!("CFY-450");
        let older = revision == Revision::Documented;
        let item = |report: &'a SharedReport| ItemOut {
            name: &report.name,
            link: format!("https://app.clockify.me/shared/{}", report.id),
            id: report.id,
            visible_to_users: readers(state, report),
            legacy: older.then_some(false),
            fixed_date: report.fixed_date,
            r#type: report.kind,
            is_public: report.public,
            visible_to_user_groups: reader_groups(state, report),
            report_author: (!older).then_some(report.author),
        };
        Self { reports: reports.map(item).collect(), count }
    }
}

/// A saved report. Source: 001:3039-3132.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedOut<'a> {
    id: SharedReportId,
    workspace_id: WorkspaceId,
    user_id: UserId,
    name: &'a str,
    is_public: bool,
    visible_to_user_groups: Readers<'a, GroupId>,
    visible_to_users: Readers<'a, UserId>,
    fixed_date: bool,
    r#type: SharedKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_visible_custom_field_ids: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export_visible_elements: Option<[(); 0]>,
    filter: Value,
}

/// The people or groups that a report is shared with: with names, `null` for none, or ids alone.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Readers<'a, I> {
    Named(Option<Vec<NamedOut<'a, I>>>),
    Ids(Vec<I>),
}

impl<'a, I> Readers<'a, I> {
    fn new(rows: Vec<NamedOut<'a, I>>) -> Self {
        Self::Named((!rows.is_empty()).then_some(rows))
    }
}

impl<'a> SharedOut<'a> {
    /// Renders a saved report.
    #[must_use]
    pub fn new(state: &'a State, report: &'a SharedReport) -> Self {
        let SharedReport { id, workspace, author, name, kind, public, fixed_date, .. } = report;
        Self {
            id: *id,
            workspace_id: *workspace,
            user_id: *author,
            name,
            is_public: *public,
            visible_to_user_groups: Readers::new(reader_groups(state, report)),
            visible_to_users: Readers::new(readers(state, report)),
            fixed_date: *fixed_date,
            r#type: *kind,
            export_visible_custom_field_ids: None,
            export_visible_elements: None,
            filter: serde_json::from_str(&report.filter).unwrap_or_default(),
        }
    }

    /// Renders a saved report inside the report that is made from it. Source: facts.md:N-39.
    fn inside(state: &'a State, report: &'a SharedReport, revision: Revision) -> Self {
        let whole = Self::new(state, report);
        if revision == Revision::Documented {
            return whole;
        }
        quirk!("CFY-584");
        Self {
            visible_to_user_groups: Readers::Ids(report.groups.clone()),
            visible_to_users: Readers::Ids(report.users.clone()),
            export_visible_custom_field_ids: Some([]),
            export_visible_elements: Some([]),
            ..whole
        }
    }
}

/// The settings of a shared report, in the answer that generates it. Source: 001:3378-3498,
/// clockify.md:6.6.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FiltersOut<'a> {
    #[serde(flatten)]
    report: SharedOut<'a>,
    timezone: Tz,
    user: AuthorOut<'a>,
    workspace: ReportWorkspaceOut<'a>,
    subscription_plan: Option<&'a str>,
    is_admin_or_owner: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthorOut<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    date_format: String,
    time_format: TimeFormat,
    time_zone: Tz,
    week_start: Weekday,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportWorkspaceOut<'a> {
    id: WorkspaceId,
    name: &'a str,
    workspace_settings: SettingsOut<'a>,
    currency: &'a str,
    image_url: &'a str,
    only_admins_see_billable_rates: bool,
    track_time_down_to_seconds: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
struct SettingsOut<'a> {
    only_admins_see_all_time_entries: bool,
    only_admins_see_public_project_entries: bool,
    only_admins_see_billable_rates: bool,
    project_grouping_label: &'a str,
    lock_date: Option<Stamp>,
    cost_rate_active: bool,
}

impl<'a> FiltersOut<'a> {
    /// Renders the settings of `report` for `viewer`, who may be anonymous. `None` if its author or
    /// workspace no longer exists.
    #[must_use]
    pub fn new(
        state: &'a State,
        report: &'a SharedReport,
        timezone: Tz,
        viewer: Option<&Actor>,
        revision: Revision,
    ) -> Option<Self> {
        quirk!("CFY-452");
        let home = state.workspaces.get(report.workspace)?;
        let author = state.users.get(report.author)?;
        let profile: UserSettings = author.settings.clone().unwrap_or_default();
        let settings = &home.settings;
        Some(Self {
            report: SharedOut::inside(state, report, revision),
            timezone,
            user: AuthorOut {
                id: author.id,
                name: &author.name,
                email: &author.email,
                date_format: profile.date_format,
                time_format: profile.time_format,
                time_zone: profile.time_zone,
                week_start: profile.week_start,
            },
            workspace: ReportWorkspaceOut {
                id: home.id,
                name: &home.name,
                workspace_settings: SettingsOut {
                    only_admins_see_all_time_entries: settings.only_admins_see_all_time_entries,
                    only_admins_see_public_project_entries: settings
                        .only_admins_see_public_projects_entries,
                    only_admins_see_billable_rates: settings.only_admins_see_billable_rates,
                    project_grouping_label: &settings.project_grouping_label,
                    lock_date: settings.lock_time_entries.map(Stamp),
                    cost_rate_active: home
                        .plan
                        .allows(crate::vendors::clockify::model::plans::Feature::LaborCost),
                },
                currency: home.default_code(),
                image_url: &home.image_url,
                only_admins_see_billable_rates: settings.only_admins_see_billable_rates,
                track_time_down_to_seconds: settings.track_time_down_to_second,
            },
            subscription_plan: home.plan.name(),
            is_admin_or_owner: viewer.is_some_and(Actor::is_admin),
        })
    }
}

/// A report with the settings of the shared report that it belongs to.
#[derive(Debug, Serialize)]
pub struct ReportOut<'a, T> {
    /// The report.
    #[serde(flatten)]
    pub report: T,
    /// The settings; absent if the report was requested directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<FiltersOut<'a>>,
}
