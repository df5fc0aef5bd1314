//! Request bodies of projects and their estimates.

use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::members::MembershipIn;
use crate::http::body::Field;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::ClientId;
use crate::vendors::clockify::model::projects::{EstimateReset, EstimateType, ResetOption};
use crate::vendors::clockify::model::users::Weekday;
use crate::vendors::clockify::rules::projects::{
    BudgetChange, EstimateChange, EstimatesChange, FromTemplate, NewProject, ProjectChange,
    TimeChange,
};
use crate::vendors::clockify::wire::body::Object;
use crate::vendors::clockify::wire::loose::{LooseBool, LooseInt, Text};
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::stamps;
use crate::vendors::clockify::wire::tasks::{TaskIn, amount, rate};

/// The body that creates or updates a project. Source: 001:441-452, 001:514-529, clockify.md:4.3.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectIn {
    name: Field<Text>,
    client_id: Field<Text>,
    is_public: Field<LooseBool>,
    estimate: Field<Object<EstimateIn>>,
    color: Field<Text>,
    note: Field<Text>,
    billable: Field<LooseBool>,
    archived: Field<LooseBool>,
    hourly_rate: Field<Object<RateIn>>,
    cost_rate: Field<Object<RateIn>>,
    memberships: Field<Vec<Object<MembershipIn>>>,
    tasks: Field<Vec<Object<TaskIn>>>,
}

impl ProjectIn {
    /// The new project in this body.
    ///
    /// # Errors
    /// For invalid fields.
    pub fn new_project(mut self, revision: Revision) -> Result<NewProject, Refusal> {
        let memberships = std::mem::take(&mut self.memberships).value().unwrap_or_default();
        let tasks = std::mem::take(&mut self.tasks).value().unwrap_or_default();
        Ok(NewProject {
            change: self.change(revision)?,
            members: memberships.into_iter().map(|one| one.0.member()).collect::<Result<_, _>>()?,
            tasks: tasks.into_iter().map(|task| task.0.change()).collect::<Result<_, _>>()?,
        })
    }

    /// The change in this body. It ignores memberships and tasks.
    ///
    /// # Errors
    /// For invalid fields.
    pub fn change(self, revision: Revision) -> Result<ProjectChange, Refusal> {
        let Self {
            name,
            client_id,
            is_public,
            estimate,
            color,
            note,
            billable,
            archived,
            hourly_rate,
            cost_rate,
            memberships: _,
            tasks: _,
        } = self;
        Ok(ProjectChange {
            name: text(name),
            client: client(client_id)?.change(),
            color: text(color),
            note: text(note),
            billable: truth(billable),
            public: truth(is_public),
            archived: truth(archived),
            estimate: estimate.value().map(|own| own.0.change(revision)).transpose()?,
            hourly: rate(hourly_rate)?,
            cost: rate(cost_rate)?,
        })
    }
}

fn text(field: Field<Text>) -> Option<String> {
    field.value().map(|text| text.0)
}

fn truth(field: Field<LooseBool>) -> Option<bool> {
    field.value().map(|truth| truth.0)
}

/// Reads the client. An empty text means none; `null` means no change.
fn client(field: Field<Text>) -> Result<Field<ClientId>, Refusal> {
    match text(field) {
        None => Ok(Field::Absent),
        Some(id) if id.is_empty() => Ok(Field::Null),
        Some(id) => id.parse().map(Field::Value).map_err(|_| Refusal::Unknown(Entity::CLIENT)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EstimateIn {
    estimate: Field<Text>,
    r#type: Field<EstimateType>,
}

impl EstimateIn {
    fn change(self, revision: Revision) -> Result<EstimateChange, Refusal> {
        let Self { estimate, r#type } = self;
        let seconds = text(estimate).map(|text| seconds(&text, revision)).transpose()?;
        Ok(EstimateChange { seconds, kind: r#type.value() })
    }
}

/// Parses an ISO 8601 duration, or seconds in the `documented` revision.
fn seconds(text: &str, revision: Revision) -> Result<i64, Refusal> {
    match text.parse::<i64>() {
        Ok(number) => {
            quirk!("CFY-138");
            let read = revision == Revision::Documented && (0..=stamps::LONGEST).contains(&number);
            if read { Ok(number) } else { Err(Refusal::Invalid(text.to_owned())) }
        }
        Err(_) => stamps::duration(text),
    }
}

/// The body that makes a project a template. Source: 001:662.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TemplateIn {
    is_template: Field<LooseBool>,
}

impl TemplateIn {
    /// `true` if the project becomes a template.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] if it is absent.
    pub fn template(self) -> Result<bool, Refusal> {
        truth(self.is_template).ok_or(Refusal::NotNull)
    }
}

/// The body that creates a project from a template. Source: clockify.md:4.3.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FromTemplateIn {
    template_project_id: Field<Text>,
    name: Field<Text>,
    client_id: Field<Text>,
    color: Field<Text>,
    is_public: Field<LooseBool>,
}

impl FromTemplateIn {
    /// The new project in this body.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] without a template, [`Refusal::Unknown`] for invalid ids.
    pub fn project(self) -> Result<FromTemplate, Refusal> {
        let Self { template_project_id, name, client_id, color, is_public } = self;
        let template = text(template_project_id).ok_or(Refusal::NotNull)?;
        Ok(FromTemplate {
            template: template.parse().map_err(|_| Refusal::Unknown(Entity::PROJECT))?,
            name: text(name).ok_or(Refusal::NameRequired(Entity::PROJECT))?,
            client: client(client_id)?.change(),
            color: text(color),
            public: truth(is_public),
        })
    }
}

/// The body that sets estimates. Source: clockify.md:4.3.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EstimatesIn {
    time_estimate: Field<Object<TimeIn>>,
    budget_estimate: Field<Object<BudgetIn>>,
    estimate_reset: Field<Object<ResetIn>>,
}

impl EstimatesIn {
    /// The change of the estimates.
    ///
    /// # Errors
    /// For invalid fields.
    pub fn change(self) -> Result<EstimatesChange, Refusal> {
        let Self { time_estimate, budget_estimate, estimate_reset } = self;
        Ok(EstimatesChange {
            time: time_estimate.value().map(|time| time.0.change()).transpose()?,
            budget: budget_estimate.value().map(|budget| budget.0.change()).transpose()?,
            reset: estimate_reset.value().map(|reset| reset.0.change()).transpose()?,
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TimeIn {
    estimate: Field<Text>,
    r#type: Field<EstimateType>,
    reset_option: Field<Text>,
    active: Field<LooseBool>,
    include_non_billable: Field<LooseBool>,
}

impl TimeIn {
    fn change(self) -> Result<TimeChange, Refusal> {
        let Self { estimate, r#type, reset_option, active, include_non_billable } = self;
        Ok(TimeChange {
            seconds: text(estimate).map(|text| stamps::duration(&text)).transpose()?,
            kind: r#type.value(),
            reset: reset_option_of(reset_option)?,
            active: truth(active).unwrap_or(false),
            include_non_billable: truth(include_non_billable),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BudgetIn {
    estimate: Field<LooseInt>,
    r#type: Field<EstimateType>,
    reset_option: Field<Text>,
    active: Field<LooseBool>,
    include_expenses: Field<LooseBool>,
}

impl BudgetIn {
    fn change(self) -> Result<BudgetChange, Refusal> {
        let Self { estimate, r#type, reset_option, active, include_expenses } = self;
        Ok(BudgetChange {
            amount: amount(estimate)?,
            kind: r#type.value(),
            reset: reset_option_of(reset_option)?,
            active: truth(active).unwrap_or(false),
            include_expenses: truth(include_expenses),
        })
    }
}

/// The interval in a field. An unknown one is refused as a wrong value, not as a wrong enum.
/// Source: facts.md:N-17.
fn reset_option_of(field: Field<Text>) -> Result<Option<ResetOption>, Refusal> {
    let Some(Text(word)) = field.value() else { return Ok(None) };
    let option = ResetOption::deserialize(word.as_str().into_deserializer());
    let option: Result<_, serde::de::value::Error> = option;
    option.map(Some).map_err(|_| Refusal::Invalid("resetOption".to_owned()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResetIn {
    interval: Field<ResetOption>,
    day_of_week: Field<Weekday>,
    day_of_month: Field<LooseInt>,
    month: Field<Month>,
    hour: Field<LooseInt>,
    active: Field<LooseBool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Month {
    January,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

impl ResetIn {
    /// The reset of the estimates; `None` if it is inactive.
    fn change(self) -> Result<Option<EstimateReset>, Refusal> {
        let Self { interval, day_of_week, day_of_month, month, hour, active } = self;
        if truth(active) == Some(false) {
            return Ok(None);
        }
        Ok(Some(EstimateReset {
            interval: interval.value().ok_or(Refusal::NotNull)?,
            day_of_week: day_of_week.value(),
            day_of_month: within(day_of_month, 1, 31)?,
            month: month.value().map(|month| format!("{month:?}").to_uppercase()),
            hour: within(hour, 0, 23)?,
        }))
    }
}

fn within(field: Field<LooseInt>, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
    let Some(LooseInt(number)) = field.value() else { return Ok(None) };
    let fitting = u32::try_from(number).ok().filter(|number| (least..=most).contains(number));
    fitting.map(Some).ok_or_else(|| Refusal::Invalid(number.to_string()))
}
