//! Shared reports and their permissions.

use std::sync::Arc;

use chrono::{DateTime, Utc};

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
    /// Its dates do not move with the calendar.
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
    /// Its dates do not move with the calendar.
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
        saved: now,
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
    now: DateTime<Utc>,
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
        report.saved = now;
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

/// The reports that the actor may see, in the order they were made.
pub fn list<'a>(state: &'a State, actor: &'a Actor) -> impl Iterator<Item = &'a Arc<SharedReport>> {
    let all = state.shared_reports.find(SharedBy::Workspace(actor.workspace));
    all.filter(|report| may_read(state, report, actor))
}

/// `true` if a member of its workspace may see the report.
fn may_read(state: &State, report: &SharedReport, actor: &Actor) -> bool {
    report.public
        || report.author == actor.user
        || actor.is_admin()
        || report.users.contains(&actor.user)
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
        let caller = caller.ok_or(Refusal::Tokens)?;
        let actor = enter(state, report.workspace, caller).map_err(|_| Refusal::AccessDenied)?;
        if !may_read(state, report, &actor) {
            return Err(Refusal::AccessDenied);
        }
    }
    Ok((Arc::clone(report), author))
}
