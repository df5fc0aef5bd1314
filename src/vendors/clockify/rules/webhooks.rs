//! Webhooks: list, create, update and delete, and the webhooks that receive an event.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::permissions::{Actor, enter};
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::{Hex24, Ids};
use crate::kernel::outbox::{By, HeaderText, Outbox, State as Progress};
use crate::quirk;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::events::{Event, EventKind, RatePlace, Subject};
use crate::vendors::clockify::model::webhooks::{SourceType, Webhook, WebhookBy};
use crate::vendors::clockify::model::{ProjectId, State, TagId, TaskId, UserId, WebhookId};

/// Minimum and maximum length of a name. Source: clockify.md:7.
pub const NAME: (usize, usize) = (2, 30);
/// Maximum length of an address. Ours.
const URL: usize = 2048;
/// Maximum number of ids that a webhook is limited to. Ours.
const SOURCES: usize = 100;
/// The header that carries a webhook's token.
pub const SIGNATURE: &str = "clockify-signature";
/// Deliveries stop after this number of consecutive failures.
const FAILURES: usize = 10;
/// Number of recent deliveries that are searched for failures.
const RECENT: usize = 100;

/// The maximum numbers of webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookLimits {
    /// Per person in a workspace.
    pub of_user: usize,
    /// Per workspace.
    pub of_workspace: usize,
}

/// The actor's webhooks in their workspace, oldest first, and the number of all webhooks in it.
///
/// # Errors
/// [`Refusal::AccessDenied`].
pub fn list(state: &State, actor: &Actor) -> Result<(Vec<Arc<Webhook>>, usize), Refusal> {
    quirk!("CFY-340");
    actor.must_be_admin()?;
    let all = || state.webhooks.find(WebhookBy::Workspace(actor.workspace));
    let own = all().filter(|webhook| webhook.user == actor.user).cloned().collect();
    Ok((own, all().count()))
}

/// A webhook of the actor. Source: 001:76.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn get(state: &State, actor: &Actor, id: WebhookId) -> Result<Arc<Webhook>, Refusal> {
    quirk!("CFY-340");
    actor.must_be_admin()?;
    let own = state
        .webhooks
        .get(id)
        .filter(|webhook| webhook.workspace == actor.workspace && webhook.user == actor.user);
    own.cloned().ok_or(Refusal::Unknown(Entity::WEBHOOK))
}

/// A webhook to create, or the new values of one.
#[derive(Debug, Clone, Default)]
pub struct WebhookDraft {
    /// Its name.
    pub name: Option<String>,
    /// The address that events are sent to.
    pub url: Option<String>,
    /// The event.
    pub event: Option<EventKind>,
    /// The type of the ids in `source`.
    pub source_type: Option<SourceType>,
    /// Ids of the entities that the event must concern.
    pub source: Option<Vec<String>>,
}

/// Creates a webhook. `addon` is the name of the add-on that creates it, if any.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    addon: Option<String>,
    draft: WebhookDraft,
    most: WebhookLimits,
) -> Result<Webhook, Refusal> {
    let (own, all) = list(state, actor)?;
    let webhook = Webhook {
        id: WebhookId(ids.hex24("clockify/webhooks", now)),
        workspace: actor.workspace,
        user: actor.user,
        addon,
        name: None,
        url: String::new(),
        token: token(ids),
        event: EventKind::NewProject,
        source_type: SourceType::WorkspaceId,
        source: Vec::new(),
        renewed: now,
    };
    let webhook = apply(state, webhook, draft)?;
    quirk!("CFY-342");
    if own.len() >= most.of_user || all >= most.of_workspace {
        quirk!("CFY-538");
        return Err(Refusal::WebhookLimit);
    }
    state.webhooks.put(webhook.clone());
    Ok(webhook)
}

/// Replaces a webhook's event, filter and address. Its token stays, and earlier failures no
/// longer count.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: WebhookId,
    draft: WebhookDraft,
) -> Result<Webhook, Refusal> {
    let known = get(state, actor, id)?;
    let webhook = Webhook { renewed: now, ..Webhook::clone(&known) };
    let webhook = apply(state, webhook, draft)?;
    state.webhooks.put(webhook.clone());
    Ok(webhook)
}

/// Applies `draft` to `webhook` and validates it.
fn apply(state: &State, mut webhook: Webhook, draft: WebhookDraft) -> Result<Webhook, Refusal> {
    let WebhookDraft { name, url, event, source_type, source } = draft;
    quirk!("CFY-341");
    webhook.name = name.map(|name| name.trim().to_owned());
    url.ok_or_else(|| Refusal::Invalid("url".to_owned()))?.trim().clone_into(&mut webhook.url);
    webhook.event = event.ok_or_else(|| Refusal::Invalid("webhookEvent".to_owned()))?;
    webhook.source_type =
        source_type.ok_or_else(|| Refusal::Invalid("triggerSourceType".to_owned()))?;
    let source = source.ok_or_else(|| Refusal::Invalid("triggerSource".to_owned()))?;
    if source.len() > SOURCES {
        return Err(Refusal::Size(0, SOURCES));
    }
    let source: Result<Vec<Hex24>, _> = source.iter().map(|id| id.parse()).collect();
    webhook.source = source.map_err(|_| Refusal::Invalid("triggerSource".to_owned()))?;
    match &webhook.name {
        None if webhook.addon.is_none() => return Err(Refusal::WebhookExists),
        None => {}
        Some(name) => {
            let (least, most) = NAME;
            let letters = name.encode_utf16().count();
            if letters < least || letters > most {
                return Err(Refusal::Length(NAME.0, NAME.1));
            }
            texts::check(name, most)?;
        }
    }
    if webhook.url.len() > URL || !texts::is_web_address(&webhook.url) {
        return Err(Refusal::Invalid("url".to_owned()));
    }
    if !webhook.source.is_empty() {
        quirk!("CFY-345");
    }
    if webhook.source.iter().all(|id| exists(state, &webhook, *id)) {
        Ok(webhook)
    } else {
        Err(Refusal::Invalid("triggerSource".to_owned()))
    }
}

/// True if the workspace has the entity that a webhook is limited to.
fn exists(state: &State, webhook: &Webhook, id: Hex24) -> bool {
    let home = webhook.workspace;
    match webhook.source_type {
        SourceType::WorkspaceId => id == home.0,
        SourceType::ProjectId => {
            state.projects.get(ProjectId(id)).is_some_and(|row| row.workspace == home)
        }
        SourceType::TaskId => state.tasks.get(TaskId(id)).is_some_and(|row| row.workspace == home),
        SourceType::TagId => state.tags.get(TagId(id)).is_some_and(|row| row.workspace == home),
        SourceType::UserId => enter(state, home, UserId(id)).is_ok(),
        // Assignments and expenses do not exist here.
        SourceType::AssignmentId | SourceType::ExpenseId => false,
    }
}

/// Deletes a webhook with its sent and pending deliveries.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn delete(
    state: &mut State,
    outbox: &mut Outbox,
    actor: &Actor,
    id: WebhookId,
) -> Result<(), Refusal> {
    get(state, actor, id)?;
    state.webhooks.remove(id);
    for delivery in deliveries(outbox, id).map(|delivery| delivery.id).collect::<Vec<_>>() {
        outbox.deliveries.remove(delivery);
    }
    Ok(())
}

/// Gives a webhook a new token, which pending deliveries use too. Source:
/// clockify.md:7.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn renew_token(
    state: &mut State,
    outbox: &mut Outbox,
    ids: &mut Ids,
    actor: &Actor,
    id: WebhookId,
) -> Result<Webhook, Refusal> {
    let mut webhook = Webhook::clone(&*get(state, actor, id)?);
    webhook.token = token(ids);
    state.webhooks.put(webhook.clone());
    let waiting = deliveries(outbox, id).filter(|delivery| delivery.due.is_some());
    for delivery in waiting.map(|delivery| delivery.id).collect::<Vec<_>>() {
        outbox.deliveries.change(delivery, |delivery| {
            let headers = delivery.headers.iter_mut().filter(|(name, _)| name == SIGNATURE);
            headers.for_each(|(_, text)| *text = HeaderText::Text(webhook.token.clone()));
        });
    }
    Ok(webhook)
}

/// A token of 32 letters and digits, derived from the world's seed and the number of earlier
/// tokens.
#[must_use]
pub fn token(ids: &mut Ids) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let number = ids.next("clockify/webhook-tokens");
    let mut mixed = ids.seed() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let letters = (0..32).map(|_| {
        // SplitMix64.
        mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = mixed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = usize::try_from((z ^ (z >> 31)) % 62).unwrap_or(0);
        char::from(LETTERS[at])
    });
    letters.collect()
}

/// The deliveries of a webhook, oldest first.
pub fn deliveries(
    outbox: &Outbox,
    id: WebhookId,
) -> impl DoubleEndedIterator<Item = &Arc<crate::kernel::outbox::Delivery>> {
    let hook = |at| By::Hook(id.to_string(), at);
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    outbox.deliveries.scan(hook(first)..=hook(last))
}

/// True if a webhook is enabled: while its creator is allowed to create webhooks.
#[must_use]
pub fn is_enabled(state: &State, webhook: &Webhook) -> bool {
    enter(state, webhook.workspace, webhook.user).is_ok_and(|actor| actor.is_admin())
}

/// True if deliveries of a webhook are still attempted: until it has too many consecutive failures
/// since it was created or changed. Source: clockify.md:7.1.
#[must_use]
pub fn is_delivered(outbox: &Outbox, webhook: &Webhook) -> bool {
    quirk!("CFY-344");
    // A long queue is not searched to its end.
    let ended = deliveries(outbox, webhook.id)
        .rev()
        .take(RECENT)
        .filter(|delivery| delivery.created >= webhook.renewed)
        .filter(|delivery| delivery.state != Progress::Pending);
    let failed = ended.take_while(|delivery| delivery.state == Progress::Failed);
    failed.take(FAILURES).count() < FAILURES
}

/// True if a webhook is within the plan's limit. Source: clockify.md:7.1.
#[must_use]
pub fn is_in_plan(state: &State, webhook: &Webhook, most: WebhookLimits) -> bool {
    let before = || {
        let all = state.webhooks.find(WebhookBy::Workspace(webhook.workspace));
        all.take_while(|other| other.id < webhook.id)
    };
    before().count() < most.of_workspace
        && before().filter(|other| other.user == webhook.user).count() < most.of_user
}

/// The webhooks that receive an event, oldest first.
#[must_use]
pub fn listeners(
    state: &State,
    outbox: &Outbox,
    event: &Event,
    most: WebhookLimits,
) -> Vec<Arc<Webhook>> {
    let listening = state.webhooks.find(WebhookBy::Event(event.workspace, event.kind));
    listening
        .filter(|webhook| concerns(webhook, event))
        .filter(|webhook| is_enabled(state, webhook) && is_in_plan(state, webhook, most))
        .filter(|webhook| is_delivered(outbox, webhook))
        .cloned()
        .collect()
}

/// True if an event concerns an entity that the webhook is limited to, or if it is limited to none.
fn concerns(webhook: &Webhook, event: &Event) -> bool {
    quirk!("CFY-345");
    if webhook.source.is_empty() {
        return true;
    }
    let about = |id: Hex24| webhook.source.contains(&id);
    let subject = &event.subject;
    match (webhook.source_type, subject) {
        (SourceType::WorkspaceId, _) => about(event.workspace.0),
        (SourceType::UserId, Subject::Entry(entry)) => about(entry.user.0),
        (SourceType::UserId, Subject::User(user)) => about(user.0),
        (SourceType::UserId, Subject::Rate(change)) => match change.place {
            RatePlace::Member(user) | RatePlace::ProjectMember(_, user) => about(user.0),
            RatePlace::Workspace | RatePlace::Task(..) => about(event.actor.0),
        },
        (SourceType::UserId, _) => about(event.actor.0),
        (SourceType::ProjectId, Subject::Project(project)) => about(project.id.0),
        (SourceType::ProjectId, Subject::Task(task)) => about(task.project.0),
        (SourceType::ProjectId, Subject::Entry(entry)) => {
            let TimeEntry { project, .. } = &**entry;
            project.is_some_and(|project| about(project.0))
        }
        (SourceType::ProjectId, Subject::Rate(change)) => match change.place {
            RatePlace::ProjectMember(project, _) | RatePlace::Task(project, _) => about(project.0),
            RatePlace::Workspace | RatePlace::Member(_) => false,
        },
        (SourceType::TaskId, Subject::Rate(change)) => {
            matches!(change.place, RatePlace::Task(_, task) if about(task.0))
        }
        (SourceType::TaskId, Subject::Task(task)) => about(task.id.0),
        (SourceType::TaskId, Subject::Entry(entry)) => entry.task.is_some_and(|task| about(task.0)),
        (SourceType::TagId, Subject::Tag(tag)) => about(tag.id.0),
        (SourceType::TagId, Subject::Entry(entry)) => entry.tags.iter().any(|tag| about(tag.0)),
        _ => false,
    }
}
