//! Holidays. Source: clockify-modern.md:4.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::body::Object;
use super::loose::{LooseBool, Text};
use crate::http::body::Field;
use crate::vendors::clockify::model::holidays::{AutomaticEntries, Holiday};
use crate::vendors::clockify::model::{
    GroupId, HolidayId, ProjectId, State, TaskId, UserId, WorkspaceId,
};
use crate::vendors::clockify::rules::holidays::{AutomaticDraft, Choice, HolidayDraft};

/// A holiday in a list, or a new one. Source: clockify-modern.md:4.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HolidayOut<'a> {
    id: HolidayId,
    workspace_id: WorkspaceId,
    name: &'a str,
    date_period: DatePeriodOut,
    occurs_annually: bool,
    everyone_including_new: bool,
    user_ids: &'a [UserId],
    user_group_ids: &'a [GroupId],
    automatic_time_entry_creation: bool,
    project_id: Option<ProjectId>,
    task_id: Option<TaskId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DatePeriodOut {
    start_date: NaiveDate,
    end_date: NaiveDate,
}

impl<'a> From<&'a Holiday> for HolidayOut<'a> {
    fn from(holiday: &'a Holiday) -> Self {
        let Holiday {
            id,
            workspace,
            name,
            first,
            last,
            color: _,
            annual,
            everyone,
            users,
            groups,
            automatic,
        } = holiday;
        Self {
            id: *id,
            workspace_id: *workspace,
            name,
            date_period: DatePeriodOut { start_date: *first, end_date: *last },
            occurs_annually: *annual,
            everyone_including_new: *everyone,
            user_ids: users,
            user_group_ids: groups,
            automatic_time_entry_creation: automatic.as_ref().is_some_and(|it| it.enabled),
            project_id: automatic.as_ref().and_then(|it| it.project),
            task_id: automatic.as_ref().and_then(|it| it.task),
        }
    }
}

/// A deleted holiday. Source: clockify-modern.md:4.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HolidayDetailsOut<'a> {
    id: HolidayId,
    workspace_id: WorkspaceId,
    name: &'a str,
    color: Option<&'a str>,
    date_period: DatePeriodOut,
    occurs_annually: bool,
    everyone_including_new: bool,
    user_ids: &'a [UserId],
    users: Vec<NamedOut<'a, UserId>>,
    user_group_ids: &'a [GroupId],
    user_groups: Vec<NamedOut<'a, GroupId>>,
    automatic_time_entry_creation: Option<AutomaticOut>,
}

#[derive(Debug, Serialize)]
struct NamedOut<'a, K> {
    id: K,
    name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AutomaticOut {
    default_entities: DefaultEntitiesOut,
    enabled: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DefaultEntitiesOut {
    project_id: Option<ProjectId>,
    task_id: Option<TaskId>,
}

impl<'a> HolidayDetailsOut<'a> {
    /// Renders a holiday with the names of its people and groups.
    #[must_use]
    pub fn new(state: &'a State, holiday: &'a Holiday) -> Self {
        let Holiday {
            id,
            workspace,
            name,
            first,
            last,
            color,
            annual,
            everyone,
            users,
            groups,
            automatic,
        } = holiday;
        let people = users.iter().filter_map(|id| state.users.get(*id));
        let teams = groups.iter().filter_map(|id| state.groups.get(*id));
        Self {
            id: *id,
            workspace_id: *workspace,
            name,
            color: color.as_deref(),
            date_period: DatePeriodOut { start_date: *first, end_date: *last },
            occurs_annually: *annual,
            everyone_including_new: *everyone,
            user_ids: users,
            users: people.map(|user| NamedOut { id: user.id, name: &user.name }).collect(),
            user_group_ids: groups,
            user_groups: teams.map(|group| NamedOut { id: group.id, name: &group.name }).collect(),
            automatic_time_entry_creation: automatic.as_ref().map(AutomaticOut::from),
        }
    }
}

impl From<&AutomaticEntries> for AutomaticOut {
    fn from(automatic: &AutomaticEntries) -> Self {
        let AutomaticEntries { enabled, project, task } = automatic;
        let default_entities = DefaultEntitiesOut { project_id: *project, task_id: *task };
        Self { default_entities, enabled: *enabled }
    }
}

/// The body that creates a holiday. Source: clockify-modern.md:4.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HolidayIn {
    name: Field<Text>,
    date_period: Field<Object<DatePeriodIn>>,
    color: Field<Text>,
    occurs_annually: Field<LooseBool>,
    everyone_including_new: Field<LooseBool>,
    users: Field<Object<ChoiceIn>>,
    user_groups: Field<Object<ChoiceIn>>,
    automatic_time_entry_creation: Field<Object<AutomaticIn>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DatePeriodIn {
    start_date: Field<Text>,
    end_date: Field<Text>,
}

/// `status` is read and changes nothing: clients send `ALL`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChoiceIn {
    contains: Field<ContainsIn>,
    ids: Field<Vec<Text>>,
    #[serde(rename = "status")]
    _status: Field<StatusIn>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ContainsIn {
    Contains,
    DoesNotContain,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StatusIn {
    All,
    Active,
    Inactive,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AutomaticIn {
    default_entities: Field<Object<DefaultEntitiesIn>>,
    enabled: Field<LooseBool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DefaultEntitiesIn {
    project_id: Field<Text>,
    task_id: Field<Text>,
}

fn text(field: Field<Text>) -> Option<String> {
    field.value().map(|text| text.0)
}

fn truth(field: Field<LooseBool>) -> bool {
    field.value().is_some_and(|truth| truth.0)
}

impl From<HolidayIn> for HolidayDraft {
    fn from(body: HolidayIn) -> Self {
        let HolidayIn {
            name,
            date_period,
            color,
            occurs_annually,
            everyone_including_new,
            users,
            user_groups,
            automatic_time_entry_creation,
        } = body;
        let days = date_period.value().map(|Object(DatePeriodIn { start_date, end_date })| {
            (text(start_date), text(end_date))
        });
        let choice = |sent: Field<Object<ChoiceIn>>| {
            sent.value().map(|sent| Choice::from(sent.0)).unwrap_or_default()
        };
        Self {
            name: text(name),
            days,
            color: text(color),
            annual: truth(occurs_annually),
            everyone: truth(everyone_including_new),
            users: choice(users),
            groups: choice(user_groups),
            automatic: automatic_time_entry_creation.value().map(|sent| sent.0.into()),
        }
    }
}

impl From<ChoiceIn> for Choice {
    fn from(sent: ChoiceIn) -> Self {
        let ChoiceIn { contains, ids, _status } = sent;
        let ids = ids.value().unwrap_or_default();
        Self {
            ids: ids.into_iter().map(|id| id.0).collect(),
            inverted: contains.value() == Some(ContainsIn::DoesNotContain),
        }
    }
}

impl From<AutomaticIn> for AutomaticDraft {
    fn from(sent: AutomaticIn) -> Self {
        let AutomaticIn { default_entities, enabled } = sent;
        let entities = default_entities.value();
        let entities = entities.map(|Object(DefaultEntitiesIn { project_id, task_id })| {
            (text(project_id), text(task_id))
        });
        Self { enabled: truth(enabled), entities }
    }
}
