//! The bodies of webhooks about people and their rates. Source: facts.md:N-73, facts.md:N-74.

use serde::Serialize;

use super::projects::TaskBody;
use super::{Amount, EventContext, json};
use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockify::model::events::{Event, EventKind, RateEvent, RatePlace};
use crate::vendors::clockify::model::fields::FieldType;
use crate::vendors::clockify::model::members::{MemberKey, MembershipStatus};
use crate::vendors::clockify::model::rates::Rates;
use crate::vendors::clockify::model::users::{
    DashboardSelection, DashboardViewType, SummaryReportSettings, Theme, TimeFormat, User,
    UserSettings, Weekday,
};
use crate::vendors::clockify::model::workspaces::Currency;
use crate::vendors::clockify::model::{CurrencyId, FieldId, ProjectId, UserId, WorkspaceId};
use crate::vendors::clockify::wire::field_content::ContentOut;
use crate::vendors::clockify::wire::stamps::Stamp;

/// A person with their profile and the custom fields that they have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PersonBody<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    profile_picture: &'a str,
    settings: Option<SettingsBody<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_custom_fields: Vec<UserFieldBody<'a>>,
}

/// A person who left.
#[derive(Debug, Serialize)]
struct FormerPersonBody<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserFieldBody<'a> {
    custom_field_id: FieldId,
    value: Option<ContentOut<'a>>,
    name: &'a str,
    r#type: FieldType,
}

/// The settings of a profile, with two that only events have and without two that only the API has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's own switches")]
struct SettingsBody<'a> {
    week_start: Weekday,
    time_zone: &'static str,
    time_format: TimeFormat,
    date_format: &'a str,
    send_newsletter: bool,
    weekly_updates: bool,
    long_running: bool,
    scheduled_reports: bool,
    approval: bool,
    pto: bool,
    alerts: bool,
    reminders: bool,
    onboarding: bool,
    time_tracking_manual: bool,
    summary_report_settings: &'a SummaryReportSettings,
    is_compact_view_on: bool,
    dashboard_selection: DashboardSelection,
    dashboard_view_type: DashboardViewType,
    dashboard_pin_to_top: bool,
    project_list_collapse: Option<i64>,
    collapse_all_project_lists: bool,
    group_similar_entries_disabled: bool,
    my_start_of_day: &'a str,
    dark_theme: bool,
    project_picker_special_filter: bool,
    lang: Option<&'a str>,
    multi_factor_enabled: bool,
    scheduling: bool,
    show_only_working_days: bool,
    theme: Theme,
}

/// People who were invited, and who invited them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InvitationBody<'a> {
    workspace_id: WorkspaceId,
    inviter: Option<PersonBody<'a>>,
    invited_user_emails: [&'a str; 1],
}

/// A rate that was set.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RateBody<'a> {
    workspace_id: WorkspaceId,
    rate_change_source: &'static str,
    modified_entity: Option<ModifiedBody<'a>>,
    currency: Option<CurrencyBody<'a>>,
    amount: Minor,
    since: Option<Stamp>,
}

/// What the rate belongs to.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ModifiedBody<'a> {
    Member(MembershipBody),
    Task(Box<TaskBody<'a>>),
    Workspace(WorkspaceBody<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipBody {
    user_id: UserId,
    hourly_rate: Amount,
    cost_rate: Amount,
    target_id: String,
    membership_type: &'static str,
    membership_status: MembershipStatus,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceBody<'a> {
    id: WorkspaceId,
    name: &'a str,
    hourly_rate: Amount,
    cost_rate: Amount,
}

#[derive(Debug, Serialize)]
struct CurrencyBody<'a> {
    id: CurrencyId,
    code: &'a str,
}

/// Renders the body of an event about a person. `None` if they no longer exist.
pub(super) fn body(context: EventContext<'_>, event: &Event, id: UserId) -> Option<String> {
    let user = context.state.users.get(id)?;
    Some(match event.kind {
        EventKind::UsersInvitedToWorkspace => json(&InvitationBody {
            workspace_id: context.home.id,
            inviter: person(context, event.actor),
            invited_user_emails: [&user.email],
        }),
        EventKind::UserDeletedFromWorkspace => {
            let User { id, email, name, .. } = &**user;
            json(&FormerPersonBody { id: *id, email, name })
        }
        _ => json(&person(context, id)?),
    })
}

fn person(context: EventContext<'_>, id: UserId) -> Option<PersonBody<'_>> {
    let EventContext { state, home, .. } = context;
    let user = state.users.get(id)?;
    let member = state.members.get(MemberKey { workspace: home.id, user: id });
    let filled = member.into_iter().flat_map(|member| &member.fields);
    let fields = filled.filter_map(|filled| {
        let field = state.fields.get(filled.field)?;
        Some(UserFieldBody {
            custom_field_id: field.id,
            value: filled.value.as_ref().map(ContentOut),
            name: &field.name,
            r#type: field.kind,
        })
    });
    Some(PersonBody {
        id,
        email: &user.email,
        name: &user.name,
        profile_picture: &user.profile_picture,
        settings: user.settings.as_ref().map(SettingsBody::from),
        user_custom_fields: fields.collect(),
    })
}

/// Renders the body of an event about a rate.
pub(super) fn rate_body(context: EventContext<'_>, change: RateEvent) -> String {
    let EventContext { state, home, now } = context;
    let RateEvent { place, amount, since } = change;
    let project = match place {
        RatePlace::ProjectMember(project, _) | RatePlace::Task(project, _) => {
            state.projects.get(project)
        }
        RatePlace::Workspace | RatePlace::Member(_) => None,
    };
    let client = project.and_then(|project| state.clients.get(project.client?));
    let own = client.and_then(|client| home.currency(client.currency?));
    json(&RateBody {
        workspace_id: home.id,
        rate_change_source: match place {
            RatePlace::Workspace => "WORKSPACE",
            RatePlace::Member(_) => "WORKSPACE_MEMBER",
            RatePlace::ProjectMember(..) => "PROJECT_MEMBER",
            RatePlace::Task(..) => "TASK",
        },
        modified_entity: modified(context, place),
        currency: own.or(home.default_currency()).map(CurrencyBody::from),
        amount,
        since: Some(Stamp(since.unwrap_or(now))),
    })
}

fn modified(context: EventContext<'_>, place: RatePlace) -> Option<ModifiedBody<'_>> {
    let EventContext { state, home, now } = context;
    let amounts = |rates: &Rates| {
        let amount = |rate: Option<Minor>| Amount { amount: rate.unwrap_or(0) };
        (amount(rates.hourly.at(now)), amount(rates.cost.at(now)))
    };
    let of_member = |user: UserId, target_id: String, membership_type, status, rates: &Rates| {
        let (hourly_rate, cost_rate) = amounts(rates);
        ModifiedBody::Member(MembershipBody {
            user_id: user,
            hourly_rate,
            cost_rate,
            target_id,
            membership_type,
            membership_status: status,
        })
    };
    Some(match place {
        RatePlace::ProjectMember(project, user) => {
            let own = state.projects.get(project)?.membership(user)?;
            of_member(user, ProjectId::to_string(&project), "PROJECT", own.status, &own.rates)
        }
        RatePlace::Member(user) => {
            quirk!("CFY-550");
            let own = state.members.get(MemberKey { workspace: home.id, user })?;
            of_member(user, home.id.to_string(), "WORKSPACE", own.status, &own.rates)
        }
        RatePlace::Task(_, task) => {
            quirk!("CFY-550");
            ModifiedBody::Task(Box::new(TaskBody::new(context, state.tasks.get(task)?)))
        }
        RatePlace::Workspace => {
            quirk!("CFY-550");
            let (hourly_rate, cost_rate) = amounts(&home.rates);
            ModifiedBody::Workspace(WorkspaceBody {
                id: home.id,
                name: &home.name,
                hourly_rate,
                cost_rate,
            })
        }
    })
}

impl<'a> From<&'a Currency> for CurrencyBody<'a> {
    fn from(currency: &'a Currency) -> Self {
        Self { id: currency.id, code: &currency.code }
    }
}

impl<'a> From<&'a UserSettings> for SettingsBody<'a> {
    fn from(settings: &'a UserSettings) -> Self {
        let UserSettings {
            week_start,
            time_zone,
            time_format,
            date_format,
            send_newsletter,
            weekly_updates,
            long_running,
            scheduled_reports,
            approval,
            pto,
            alerts,
            reminders,
            onboarding,
            scheduling,
            invoice_reminders: _,
            time_tracking_manual,
            summary_report_settings,
            is_compact_view_on,
            dashboard_selection,
            dashboard_view_type,
            dashboard_pin_to_top,
            project_list_collapse,
            collapse_all_project_lists,
            group_similar_entries_disabled,
            my_start_of_day,
            project_picker_task_filter: _,
            lang,
            multi_factor_enabled,
            theme,
            show_only_working_days,
        } = settings;
        Self {
            week_start: *week_start,
            time_zone: time_zone.name(),
            time_format: *time_format,
            date_format,
            send_newsletter: *send_newsletter,
            weekly_updates: *weekly_updates,
            long_running: *long_running,
            scheduled_reports: *scheduled_reports,
            approval: *approval,
            pto: *pto,
            alerts: *alerts,
            reminders: *reminders,
            onboarding: *onboarding,
            time_tracking_manual: *time_tracking_manual,
            summary_report_settings,
            is_compact_view_on: *is_compact_view_on,
            dashboard_selection: *dashboard_selection,
            dashboard_view_type: *dashboard_view_type,
            dashboard_pin_to_top: *dashboard_pin_to_top,
            project_list_collapse: *project_list_collapse,
            collapse_all_project_lists: *collapse_all_project_lists,
            group_similar_entries_disabled: *group_similar_entries_disabled,
            my_start_of_day,
            dark_theme: *theme == Theme::Dark,
            project_picker_special_filter: false,
            lang: lang.as_deref(),
            multi_factor_enabled: *multi_factor_enabled,
            scheduling: *scheduling,
            show_only_working_days: *show_only_working_days,
            theme: *theme,
        }
    }
}
