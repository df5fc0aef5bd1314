//! Clients: list, create, update and delete.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::clients::{Client, ClientBy};
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::projects::ProjectBy;
use crate::vendors::clockify::model::tasks::{TaskBy, TaskStatus};
use crate::vendors::clockify::model::{ClientId, CurrencyId, ProjectId, State};

/// Maximum length of a name. Source: clockify.md:4.1.
pub const NAME: usize = 100;
/// Maximum length of an address or a note.
const TEXT: usize = 3000;
/// Maximum number of additional e-mails.
const EMAILS: usize = 3;

/// Filters of a list of clients.
#[derive(Debug, Clone, Default)]
pub struct ClientFilter {
    /// Archived or active clients. Absent: both.
    pub archived: Option<bool>,
    /// By name.
    pub name: Option<NameFilter>,
}

/// The clients of the actor's workspace that match the filter, by name.
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    filter: &'a ClientFilter,
) -> impl DoubleEndedIterator<Item = &'a Arc<Client>> {
    let workspace = actor.workspace;
    let rows = state.clients.scan(Folded::all(|name| ClientBy::Name(workspace, name)));
    rows.filter(|client| filter.archived.is_none_or(|archived| client.archived == archived))
        .filter(|client| filter.name.as_ref().is_none_or(|name| name.fits(&client.name)))
}

/// A client of the actor's workspace.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn get(state: &State, actor: &Actor, id: ClientId) -> Result<Arc<Client>, Refusal> {
    let client = state.clients.get(id).filter(|client| client.workspace == actor.workspace);
    client.cloned().ok_or(Refusal::Unknown(Entity::CLIENT))
}

/// A client to create.
#[derive(Debug, Clone, Default)]
pub struct NewClient {
    /// Its name.
    pub name: String,
    /// Its e-mail.
    pub email: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// Creates a client.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    new: NewClient,
) -> Result<Client, Refusal> {
    actor.must_create_projects_and_clients(state)?;
    let client = Client {
        id: ClientId(ids.hex24("clockify/clients", now)),
        workspace: actor.workspace,
        name: new.name.trim().to_owned(),
        email: new.email.filter(|email| !email.is_empty()),
        address: new.address,
        note: new.note,
        currency: None,
        cc_emails: None,
        archived: false,
    };
    check(state, &client)?;
    state.clients.put(client.clone());
    publish(state, now, actor, EventKind::NewClient, &client);
    Ok(client)
}

/// An update of a client.
#[derive(Debug, Clone, Default)]
pub struct ClientUpdate {
    /// Its name.
    pub name: String,
    /// Its e-mail.
    pub email: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Additional e-mails.
    pub cc_emails: Option<Vec<String>>,
    /// True if it is archived. Absent: unchanged.
    pub archived: Option<bool>,
    /// Its currency. Absent: unchanged.
    pub currency: Option<CurrencyId>,
    /// True if its projects are archived too.
    pub archive_projects: bool,
    /// True if the tasks of its projects are also marked as done.
    pub finish_tasks: bool,
}

/// Replaces a client. Absent values are cleared, except `archived` and the currency.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ClientId,
    update: ClientUpdate,
) -> Result<Client, Refusal> {
    actor.must_create_projects_and_clients(state)?;
    let old = get(state, actor, id)?;
    if update.archived.is_some_and(|archived| archived != old.archived) {
        quirk!("CFY-504");
        actor.must_be_admin()?;
    }
    quirk!("CFY-013");
    let workspace = actor.workspace(state).ok_or(Refusal::Unknown(Entity::CLIENT))?;
    if let Some(id) = update.currency {
        workspace.currency(id).ok_or(Refusal::Unknown(Entity::CURRENCY))?;
        let before = old.currency.or(workspace.default_currency().map(|currency| currency.id));
        if before != Some(id) {
            actor.must_have(state, Feature::ClientCurrency)?;
        }
    }
    let client = Client {
        id,
        workspace: old.workspace,
        name: update.name.trim().to_owned(),
        email: update.email.filter(|email| !email.is_empty()),
        address: update.address,
        note: update.note,
        currency: update.currency.or(old.currency),
        cc_emails: update.cc_emails,
        archived: update.archived.unwrap_or(old.archived),
    };
    check(state, &client)?;
    state.clients.put(client.clone());
    if client.archived && update.archive_projects {
        archive_projects(state, now, actor, id, update.finish_tasks);
    }
    publish(state, now, actor, EventKind::ClientUpdated, &client);
    Ok(client)
}

/// Archives the active projects of a client. Source: 001:192.
fn archive_projects(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    client: ClientId,
    finish_tasks: bool,
) {
    for project in projects(state, client) {
        let changed = state.projects.change(project, |project| {
            let was = std::mem::replace(&mut project.archived, true);
            (!was).then(|| project.clone())
        });
        let Some(Some(archived)) = changed else { continue };
        publish(state, now, actor, EventKind::ProjectUpdated, &archived);
        if finish_tasks {
            let tasks = state.tasks.scan(Folded::all(|name| TaskBy::Name(project, name)));
            let tasks: Vec<_> = tasks.map(|task| task.id).collect();
            for task in tasks {
                let changed = state.tasks.change(task, |task| {
                    let was = std::mem::replace(&mut task.status, TaskStatus::Done);
                    (was != TaskStatus::Done).then(|| task.clone())
                });
                let Some(Some(done)) = changed else { continue };
                publish(state, now, actor, EventKind::TaskUpdated, &done);
            }
        }
    }
}

fn projects(state: &State, client: ClientId) -> Vec<ProjectId> {
    state.projects.find(ProjectBy::Client(client)).map(|project| project.id).collect()
}

/// Deletes a client. Its projects stay, without a client. `must_be_archived` is the current
/// behaviour.
///
/// # Errors
/// [`Refusal::AccessDenied`], [`Refusal::Unknown`] and [`Refusal::StillActive`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: ClientId,
    must_be_archived: bool,
) -> Result<Arc<Client>, Refusal> {
    quirk!("CFY-504");
    actor.must_be_admin()?;
    let client = get(state, actor, id)?;
    if must_be_archived && !client.archived {
        return Err(Refusal::StillActive(Entity::CLIENT));
    }
    for project in projects(state, id) {
        quirk!("CFY-015");
        state.projects.change(project, |project| project.client = None);
    }
    state.clients.remove(id);
    publish(state, now, actor, EventKind::ClientDeleted, &*client);
    Ok(client)
}

/// Validates a client.
fn check(state: &State, client: &Client) -> Result<(), Refusal> {
    if client.name.is_empty() {
        return Err(Refusal::NameRequired(Entity::CLIENT));
    }
    texts::check_or(&client.name, NAME, Refusal::NameTooLong(Entity::CLIENT, NAME))?;
    for text in [&client.address, &client.note].into_iter().flatten() {
        texts::check(text, TEXT)?;
    }
    let further = client.cc_emails.as_deref().unwrap_or_default();
    if further.len() > EMAILS {
        return Err(Refusal::TooManyEmails);
    }
    if !client.email.iter().chain(further).all(|email| texts::is_email(email)) {
        return Err(Refusal::InvalidEmail);
    }
    quirk!("CFY-008");
    let mut same = state.clients.find(ClientBy::Name(client.workspace, Folded::of(&client.name)));
    if same.any(|other| other.id != client.id) {
        return Err(Refusal::NameTaken(Entity::CLIENT, client.name.clone()));
    }
    Ok(())
}
