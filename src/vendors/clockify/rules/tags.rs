//! Tags: list, create, update and delete.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::events::publish;
use super::permissions::Actor;
use super::refusal::{Entity, Refusal};
use super::texts;
use crate::kernel::ids::Ids;
use crate::quirk;
use crate::vendors::clockify::model::events::EventKind;
use crate::vendors::clockify::model::names::{Folded, NameFilter};
use crate::vendors::clockify::model::tags::{Tag, TagBy};
use crate::vendors::clockify::model::{State, TagId};

/// Maximum length of a name. Source: clockify.md:4.2.
pub const NAME: usize = 100;

/// The order of a list of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By id.
    Id,
    /// By name.
    #[default]
    Name,
}

/// Filters of a list of tags.
#[derive(Debug, Clone, Default)]
pub struct TagFilter {
    /// Archived or active tags. Absent: both.
    pub archived: Option<bool>,
    /// By name.
    pub name: Option<NameFilter>,
    /// Excluded ids.
    pub excluded: BTreeSet<TagId>,
    /// The order.
    pub sort: Sort,
    /// True for descending order.
    pub descending: bool,
}

/// The tags of the actor's workspace that match the filter. A list by name is searched lazily.
pub fn list<'a>(
    state: &'a State,
    actor: &Actor,
    filter: &'a TagFilter,
) -> Box<dyn Iterator<Item = &'a Arc<Tag>> + 'a> {
    let workspace = actor.workspace;
    let by_name = |name| TagBy::Name(workspace, name);
    let range = filter.name.as_ref().map_or_else(|| Folded::all(by_name), |n| n.range(by_name));
    let rows = state
        .tags
        .scan(range)
        .filter(|tag| filter.archived.is_none_or(|archived| tag.archived == archived))
        .filter(|tag| filter.name.as_ref().is_none_or(|name| name.fits(&tag.name)))
        .filter(|tag| !filter.excluded.contains(&tag.id));
    quirk!("CFY-141");
    match (filter.sort, filter.descending) {
        (Sort::Name, false) => Box::new(rows),
        (Sort::Name, true) => Box::new(rows.rev()),
        (Sort::Id, descending) => {
            let mut tags: Vec<_> = rows.collect();
            tags.sort_by_key(|tag| tag.id);
            if descending {
                tags.reverse();
            }
            Box::new(tags.into_iter())
        }
    }
}

/// A tag of the actor's workspace.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn get(state: &State, actor: &Actor, id: TagId) -> Result<Arc<Tag>, Refusal> {
    let tag = state.tags.get(id).filter(|tag| tag.workspace == actor.workspace);
    tag.cloned().ok_or(Refusal::Unknown(Entity::TAG))
}

/// Creates a tag.
///
/// # Errors
/// [`Refusal`].
pub fn create(
    state: &mut State,
    ids: &mut Ids,
    now: DateTime<Utc>,
    actor: &Actor,
    name: &str,
) -> Result<Tag, Refusal> {
    actor.must_create_tags(state)?;
    let tag = Tag {
        id: TagId(ids.hex24("clockify/tags", now)),
        workspace: actor.workspace,
        name: name.trim().to_owned(),
        archived: false,
    };
    check(state, &tag)?;
    state.tags.put(tag.clone());
    publish(state, now, actor, EventKind::NewTag, &tag);
    Ok(tag)
}

/// Replaces a tag. It becomes active if `archived` is absent.
///
/// # Errors
/// [`Refusal`].
pub fn update(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: TagId,
    name: &str,
    archived: Option<bool>,
) -> Result<Tag, Refusal> {
    quirk!("CFY-504");
    actor.must_be_admin()?;
    let old = get(state, actor, id)?;
    quirk!("CFY-100");
    let archived = archived.unwrap_or(false);
    let tag = Tag { id, workspace: old.workspace, name: name.trim().to_owned(), archived };
    check(state, &tag)?;
    state.tags.put(tag.clone());
    publish(state, now, actor, EventKind::TagUpdated, &tag);
    Ok(tag)
}

/// Deletes a tag, archived or not, and removes it from all time entries.
///
/// # Errors
/// [`Refusal::AccessDenied`] and [`Refusal::Unknown`].
pub fn delete(
    state: &mut State,
    now: DateTime<Utc>,
    actor: &Actor,
    id: TagId,
) -> Result<Arc<Tag>, Refusal> {
    quirk!("CFY-504");
    actor.must_be_admin()?;
    let tag = get(state, actor, id)?;
    quirk!("CFY-101");
    let tagged: Vec<_> = state.entries.of_tag(id).map(|entry| entry.id).collect();
    for entry in tagged {
        state.entries.change(entry, |entry| entry.tags.retain(|tag| *tag != id));
    }
    state.tags.remove(id);
    publish(state, now, actor, EventKind::TagDeleted, &*tag);
    Ok(tag)
}

/// Validates a tag's name.
fn check(state: &State, tag: &Tag) -> Result<(), Refusal> {
    if tag.name.is_empty() {
        return Err(Refusal::NameRequired(Entity::TAG));
    }
    texts::check_or(&tag.name, NAME, Refusal::NameTooLong(Entity::TAG, NAME))?;
    quirk!("CFY-008");
    let mut same = state.tags.find(TagBy::Name(tag.workspace, Folded::of(&tag.name)));
    if same.any(|other| other.id != tag.id) {
        return Err(Refusal::NameTaken(Entity::TAG, tag.name.clone()));
    }
    Ok(())
}
