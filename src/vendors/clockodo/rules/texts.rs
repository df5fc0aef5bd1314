//! Texts of entries. Each different text is stored once and has an id. Source: clockodo.md:5.3.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::search::{EntryFilter, EntryMatcher};
use crate::kernel::ids::{Ids, Serial};
use crate::vendors::clockodo::model::{Mark, State, Text, TextBy, TextId, User};

/// Id of the first text that is added.
const FIRST: u64 = 30_510_001;

/// The id of this text. Adds the text if it is new. `None` for an empty text. Line breaks become
/// spaces if the company allows only one line.
pub fn intern(state: &mut State, ids: &mut Ids, words: &str) -> Option<TextId> {
    if words.is_empty() {
        return None;
    }
    let words = if state.company.allow_entries_text_multiline {
        words.to_owned()
    } else {
        words.replace("\r\n", " ").replace(['\r', '\n'], " ")
    };
    if let Some(known) = state.texts.find(TextBy::Words(words.clone())).next() {
        return Some(known.id);
    }
    let id = TextId(Serial(ids.serial("clockodo/texts", FIRST).0));
    state.texts.put(Text { id, words });
    Some(id)
}

/// A filter of suggested texts.
#[derive(Debug, Clone, Default)]
pub struct TextFilter {
    /// Texts of entries that match this filter.
    pub entries: EntryFilter,
    /// Texts on one of these projects.
    pub projects: Option<Vec<u64>>,
    /// Texts with one of these services.
    pub services: Option<Vec<u64>>,
    /// Texts of one of these co-workers.
    pub users: Option<Vec<u64>>,
    /// Only texts of the viewer's own entries.
    pub own: bool,
    /// Maximum number of texts.
    pub most: usize,
}

/// Texts of entries that `viewer` may see, in alphabetical order.
#[must_use]
pub fn suggest<'a>(state: &'a State, viewer: &User, filter: &TextFilter) -> Vec<&'a Arc<Text>> {
    let TextFilter { entries, projects, services, users, own, most } = filter;
    let matcher = EntryMatcher::of(state, viewer, entries);
    let one_of = |ids: &Option<Vec<u64>>, id| ids.as_ref().is_none_or(|ids| ids.contains(&id));
    let admits = |mark: &&Mark| {
        mark.text != 0
            && (!own || mark.user == viewer.id.0.0)
            && one_of(projects, mark.project)
            && one_of(services, mark.service)
            && one_of(users, mark.user)
            && matcher.admits(mark)
    };
    let (from, to) = (Mark::at(entries.since), Mark::at(entries.until));
    let marks = state.entries.marks().slices(from, to).flatten();
    let ids: BTreeSet<u64> = marks.filter(admits).map(|mark| mark.text).collect();
    let mut texts: Vec<&Arc<Text>> =
        ids.into_iter().filter_map(|id| state.texts.get(TextId(Serial(id)))).collect();
    texts.sort_by_cached_key(|text| text.words.to_lowercase());
    texts.truncate(*most);
    texts
}
