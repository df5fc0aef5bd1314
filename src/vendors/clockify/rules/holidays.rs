//! Holidays: list, create and delete. Webhooks do not report them. Source: clockify-modern.md:4.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::permissions::{Actor, is_in_group};
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::groups::GroupBy;
use crate::vendors::clockify::model::holidays::{AutomaticEntries, Holiday, HolidayBy};
use crate::vendors::clockify::model::members::{MemberBy, MemberKey};
use crate::vendors::clockify::model::names::Folded;
use crate::vendors::clockify::model::{GroupId, HolidayId, State, UserId};

/// Fewest and most letters of a name. Source: clockify-modern.md:4.
const NAME: (usize, usize) = (2, 100);
/// The name of a holiday in messages.
const HOLIDAY: Entity = Entity("Holiday");
/// The holiday applies to nobody. Source: clockify-modern.md:4.
const NOBODY_ASSIGNED: Refusal =
    Refusal::Broken("At least one user or user group must be assigned");

/// A new holiday, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct HolidayDraft {
    /// Its name.
    pub name: Option<String>,
    /// Its first and its last day.
    pub days: Option<(Option<String>, Option<String>)>,
    /// Its colour.
    pub color: Option<String>,
    /// True if it recurs every year.
    pub annual: bool,
    /// True if it applies to everybody.
    pub everyone: bool,
    /// The people it applies to.
    pub users: Choice,
    /// The groups it applies to.
    pub groups: Choice,
    /// Its time entries.
    pub automatic: Option<AutomaticDraft>,
}

/// The time entries of a new holiday, before they are checked.
#[derive(Debug, Clone, Default)]
pub struct AutomaticDraft {
    /// True if they are created.
    pub enabled: bool,
    /// Their project and task.
    pub entities: Option<(Option<String>, Option<String>)>,
}

/// A choice of people or groups, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Their ids.
    pub ids: Vec<String>,
    /// True if the choice is everybody but these.
    pub inverted: bool,
}

/// The holidays of the actor's workspace, or those of one person.
///
/// # Errors
/// [`Refusal::NotInPlan`] and [`Refusal::Unknown`].
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    assignee: Option<&str>,
) -> Result<impl Iterator<Item = &'a Arc<Holiday>> + use<'a>, Refusal> {
    actor.must_have_plan(state)?;
    let member = |user| state.members.get(MemberKey { workspace: actor.workspace, user });
    let assignee = assignee.map(|id| {
        quirk!("CFY-476");
        let user = id.parse().ok().filter(|user| member(*user).is_some());
        user.ok_or(Refusal::Unknown(Entity::USER))
    });
    let assignee = assignee.transpose()?;
    let rows = state.holidays.find(HolidayBy::Workspace(actor.workspace));
    Ok(rows.filter(move |holiday| assignee.is_none_or(|user| is_assigned(state, holiday, user))))
}

fn is_assigned(state: &State, holiday: &Holiday, user: UserId) -> bool {
    holiday.everyone
        || holiday.users.contains(&user)
        || holiday.groups.iter().any(|group| is_in_group(state, *group, user))
}

/// Creates a holiday.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    draft: HolidayDraft,
) -> Result<Holiday, Refusal> {
    must_manage(state, actor)?;
    let name = draft.name.ok_or(Refusal::NotNull)?.trim().to_owned();
    texts::check_or(&name, NAME.1, Refusal::Length(NAME.0, NAME.1))?;
    if name.encode_utf16().count() < NAME.0 {
        return Err(Refusal::Length(NAME.0, NAME.1));
    }
    let (first, last) = days(draft.days)?;
    if draft.color.as_deref().is_some_and(|color| !is_color(color)) {
        return Err(Refusal::Invalid(draft.color.unwrap_or_default()));
    }
    let users = users(state, actor, &draft.users)?;
    let groups = groups(state, actor, &draft.groups)?;
    if users.is_empty() && groups.is_empty() && !draft.everyone {
        return Err(NOBODY_ASSIGNED);
    }
    let automatic = draft.automatic.map(|draft| automatic(state, actor, draft)).transpose()?;
    let holiday = Holiday {
        id: HolidayId(ids.hex24("clockify/holidays", now)),
        workspace: actor.workspace,
        name,
        first,
        last,
        color: draft.color,
        annual: draft.annual,
        everyone: draft.everyone,
        users,
        groups,
        automatic,
    };
    state.holidays.put(holiday.clone());
    Ok(holiday)
}

/// Deletes a holiday.
///
/// # Errors
/// [`Refusal::NotInPlan`], [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn delete(
    state: &mut State,
    actor: &Actor,
    id: Option<HolidayId>,
) -> Result<Arc<Holiday>, Refusal> {
    must_manage(state, actor)?;
    let holiday = id.and_then(|id| state.holidays.get(id));
    let holiday = holiday.filter(|holiday| holiday.workspace == actor.workspace).cloned();
    let holiday = holiday.ok_or(Refusal::Unknown(HOLIDAY))?;
    state.holidays.remove(holiday.id);
    Ok(holiday)
}

fn must_manage(state: &State, actor: &Actor) -> Result<(), Refusal> {
    quirk!("CFY-476");
    actor.must_have_plan(state)?;
    actor.must_be_admin()
}

/// The first and the last day, which may be the same.
fn days(sent: Option<(Option<String>, Option<String>)>) -> Result<(NaiveDate, NaiveDate), Refusal> {
    let (first, last) = sent.ok_or(Refusal::NotNull)?;
    let day = |sent: Option<String>| {
        let text = sent.ok_or(Refusal::NotNull)?;
        NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| Refusal::Invalid(text))
    };
    let (first, last) = (day(first)?, day(last)?);
    if last < first {
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        return Err(Refusal::EndBeforeStart(midnight(first), midnight(last)));
    }
    Ok((first, last))
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn users(state: &State, actor: &Actor, choice: &Choice) -> Result<Vec<UserId>, Refusal> {
    let members = state.members.find(MemberBy::Workspace(actor.workspace));
    choice.of(members.map(|member| member.user()).collect())
}

fn groups(state: &State, actor: &Actor, choice: &Choice) -> Result<Vec<GroupId>, Refusal> {
    let groups = state.groups.scan(Folded::all(|name| GroupBy::Name(actor.workspace, name)));
    choice.of(groups.map(|group| group.id).collect())
}

impl Choice {
    /// The chosen ones of `all`, each once.
    fn of<K: Copy + Ord + std::str::FromStr>(&self, mut all: Vec<K>) -> Result<Vec<K>, Refusal> {
        let mut chosen = Vec::new();
        for id in &self.ids {
            let id = id.parse().ok().filter(|id| all.contains(id)).ok_or(Refusal::NotMember)?;
            if !chosen.contains(&id) {
                chosen.push(id);
            }
        }
        if self.inverted {
            all.retain(|id| !chosen.contains(id));
            return Ok(all);
        }
        Ok(chosen)
    }
}

/// Validates the project and task of the entries. Quirk CFY-476: no entries are made.
fn automatic(
    state: &State,
    actor: &Actor,
    draft: AutomaticDraft,
) -> Result<AutomaticEntries, Refusal> {
    let AutomaticDraft { enabled, entities } = draft;
    let (project, task) = entities.ok_or(Refusal::NotNull)?;
    let project = project.map(|id| {
        let project = id.parse().ok().and_then(|id| state.projects.get(id));
        let project = project.filter(|project| project.workspace == actor.workspace);
        project.map(|project| project.id).ok_or(Refusal::Unknown(Entity::PROJECT))
    });
    let project = project.transpose()?;
    let task = task.map(|id| {
        let task = id.parse().ok().and_then(|id| state.tasks.get(id));
        let task = task.filter(|task| Some(task.project) == project);
        task.map(|task| task.id).ok_or(Refusal::Unknown(Entity::TASK))
    });
    Ok(AutomaticEntries { enabled, project, task: task.transpose()? })
}
