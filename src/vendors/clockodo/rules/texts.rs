//! Descriptions of entries: each different one is kept once and has an id.

use super::super::model::{State, Text, TextBy, TextId};
use crate::kernel::ids::{Ids, Serial};

/// First id that is handed out.
const FIRST: u64 = 30_510_001;

/// The id of these words, made if they are new. Nothing for no words. Line breaks become spaces where
/// the company allows one line only.
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
