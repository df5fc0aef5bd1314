//! Shared reports and their permissions.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::members::MemberKey;
use crate::vendors::clockify::model::shared::{SharedBy, SharedKind, SharedReport};
use crate::vendors::clockify::model::{GroupId, SharedReportId, State, UserId, WorkspaceId};
use crate::vendors::clockify::rules::permissions::{Actor, enter, is_in_group};
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};
use crate::vendors::clockify::rules::texts;

/// Maximum length of a name.
pub const NAME: usize = 250;

/// A new report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShared {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SharedKind,
    /// Readable without a key.
    pub public: bool,
    /// Readers may not choose other dates.
    pub fixed_date: bool,
    /// People who may also see it.
    pub users: Vec<UserId>,
    /// Groups whose people may see it.
    pub groups: Vec<GroupId>,
    /// The report request as JSON.
    pub filter: String,
}

/// A change of a report. Absent fields stay as they are. Source: clockify.md:6.6.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedUpdate {
    /// Its name.
    pub name: Option<String>,
    /// Its kind.
    pub kind: Option<SharedKind>,
    /// Readable without a key.
    pub public: Option<bool>,
    /// Readers may not choose other dates.
    pub fixed_date: Option<bool>,
    /// People who may also see it.
    pub users: Option<Vec<UserId>>,
    /// Groups whose people may see it.
    pub groups: Option<Vec<GroupId>>,
    /// The report request as JSON.
    pub filter: Option<String>,
}

fn check_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::NameRequired(Entity::SHARED_REPORT));
    }
    texts::check(name, NAME)?;
    Ok(name.to_owned())
}

fn check_readers(
    state: &State,
    workspace: WorkspaceId,
    users: &[UserId],
    groups: &[GroupId],
) -> Result<(), Refusal> {
    let member = |user: &UserId| state.members.get(MemberKey { workspace, user: *user }).is_some();
    let here = |group: &GroupId| {
        state.groups.get(*group).is_some_and(|group| group.workspace == workspace)
    };
    if users.iter().all(member) && groups.iter().all(here) {
        Ok(())
    } else {
        Err(Refusal::NotMember)
    }
}

/// Saves a report.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    new: NewShared,
) -> Result<Arc<SharedReport>, Refusal> {
    let NewShared { name, kind, public, fixed_date, users, groups, filter } = new;
    let name = check_name(&name)?;
    check_readers(state, actor.workspace, &users, &groups)?;
    let id = SharedReportId(ids.hex24("clockify/shared-reports", now));
    let report = SharedReport {
        id,
        workspace: actor.workspace,
        author: actor.user,
        name,
        kind,
        public,
        fixed_date,
        users,
        groups,
        filter,
    };
    state.shared_reports.put(report);
    get(state, actor, id)
}

/// A report of the actor's workspace.
fn get(state: &State, actor: &Actor, id: SharedReportId) -> Result<Arc<SharedReport>, Refusal> {
    let report = state.shared_reports.get(id);
    let report = report.filter(|report| report.workspace == actor.workspace);
    report.cloned().ok_or(Refusal::Unknown(Entity::SHARED_REPORT))
}

/// A report that the actor may change: their own, and administrators any.
fn get_changeable(
    state: &State,
    actor: &Actor,
    id: SharedReportId,
) -> Result<Arc<SharedReport>, Refusal> {
    quirk!("CFY-454");
    let report = get(state, actor, id)?;
    if report.author == actor.user || actor.is_admin() {
        Ok(report)
    } else {
        Err(Refusal::AccessDenied)
    }
}

/// Changes a report.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    actor: &Actor,
    id: SharedReportId,
    update: SharedUpdate,
) -> Result<Arc<SharedReport>, Refusal> {
    let mut report = SharedReport::clone(&*get_changeable(state, actor, id)?);
    let SharedUpdate { name, kind, public, fixed_date, users, groups, filter } = update;
    if let Some(name) = name {
        report.name = check_name(&name)?;
    }
    report.kind = kind.unwrap_or(report.kind);
    report.public = public.unwrap_or(report.public);
    report.fixed_date = fixed_date.unwrap_or(report.fixed_date);
    report.users = users.unwrap_or(report.users);
    report.groups = groups.unwrap_or(report.groups);
    check_readers(state, actor.workspace, &report.users, &report.groups)?;
    if let Some(filter) = filter {
        report.filter = filter;
    }
    state.shared_reports.put(report);
    get(state, actor, id)
}

/// Deletes a report.
///
/// # Errors
/// [`Refusal`].
pub fn delete(state: &mut State, actor: &Actor, id: SharedReportId) -> Result<(), Refusal> {
    get_changeable(state, actor, id)?;
    state.shared_reports.remove(id);
    Ok(())
}

/// Whose reports a list shows. Source: facts.md:N-21.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origin {
    /// All that the caller may list.
    #[default]
    All,
    /// The same; the word that administrators' pages use.
    AllAdmin,
    /// The caller's own.
    CreatedByMe,
    /// Those of others that name the caller.
    SharedWithMe,
}

/// The reports that a list shows to the actor, in the order they were made.
pub fn list<'a>(
    state: &'a State,
    actor: &'a Actor,
    origin: Origin,
) -> impl Iterator<Item = &'a Arc<SharedReport>> {
    quirk!("CFY-579");
    let all = state.shared_reports.find(SharedBy::Workspace(actor.workspace));
    all.filter(move |report| {
        let own = report.author == actor.user;
        let shared = !own && names(state, report, actor);
        match origin {
            Origin::All | Origin::AllAdmin => own || shared || report.public && actor.is_admin(),
            Origin::CreatedByMe => own,
            Origin::SharedWithMe => shared,
        }
    })
}

/// `true` if the report is shared with a member of its workspace, alone or in a group.
fn names(state: &State, report: &SharedReport, actor: &Actor) -> bool {
    report.users.contains(&actor.user)
        || report.groups.iter().any(|group| is_in_group(state, *group, actor.user))
}

/// A report for a caller, with its author, whose permissions apply.
///
/// # Errors
/// [`Refusal::NoSharedReport`], [`Refusal::Tokens`] and [`Refusal::AccessDenied`].
pub fn open(
    state: &State,
    id: SharedReportId,
    caller: Option<UserId>,
) -> Result<(Arc<SharedReport>, Actor), Refusal> {
    quirk!("CFY-451");
    let report = state.shared_reports.get(id).ok_or(Refusal::NoSharedReport)?;
    let author = enter(state, report.workspace, report.author);
    let author = author.map_err(|_| Refusal::NoSharedReport)?;
    if !report.public {
        check_reader(state, report, caller)?;
    }
    Ok((Arc::clone(report), author))
}

/// Checks that a caller may see a report that is not public.
fn check_reader(
    state: &State,
    report: &SharedReport,
    caller: Option<UserId>,
) -> Result<(), Refusal> {
    let actor = caller.map(|caller| enter(state, report.workspace, caller));
    if let Some(Ok(actor)) = &actor
        && (actor.user == report.author || names(state, report, actor))
    {
        return Ok(());
    }
    quirk!("CFY-454");
    Err(if actor.is_none() { Refusal::Tokens } else { Refusal::AccessDenied })
}
