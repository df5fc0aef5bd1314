//! Tracks which loose fields of a request were read, for the journal.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// Names that are collected: more than the journal takes and a contract knows.
const MOST: usize = 1000;

/// The fields of a request, each with a flag that says whether it was read.
#[derive(Debug, Default)]
pub(super) struct Reads {
    of: Vec<Leaf>,
}

/// A value that a request carries.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Its path in brackets: `filter[users_id]`.
    path: Box<str>,
    /// Its name for the journal, if it is not the path.
    name: Option<Box<str>>,
    /// The name of the field that contains it, if it is a part of a JSON value.
    top: Option<Box<str>>,
    in_body: bool,
    seen: AtomicBool,
}

impl Leaf {
    /// A pair of the query string.
    pub(super) fn of_query(name: &str) -> Self {
        Self::new(name, name, None, false)
    }

    /// A field of a form.
    pub(super) fn of_form(name: &str) -> Self {
        Self::new(name, name, None, true)
    }

    /// A part of the JSON field `top`.
    pub(super) fn of_json(path: &str, name: &str, top: &str) -> Self {
        Self::new(path, name, Some(top.into()), true)
    }

    fn new(path: &str, name: &str, top: Option<Box<str>>, in_body: bool) -> Self {
        let name = (name != path).then(|| name.into());
        Self { path: path.into(), name, top, in_body, seen: AtomicBool::new(false) }
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.path)
    }

    fn is_seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }
}

impl Reads {
    /// Unread fields.
    pub(super) fn of(leaves: Vec<Leaf>) -> Self {
        Self { of: leaves }
    }

    /// Notes that the field at `path` was read, with all its parts.
    pub(super) fn note(&self, path: &str) {
        let part = |leaf: &&Leaf| {
            let rest = leaf.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        };
        self.of.iter().filter(part).for_each(|leaf| leaf.seen.store(true, Ordering::Relaxed));
    }

    /// Notes that all fields below `path` were read, or all of the request.
    pub(super) fn note_all(&self, path: Option<&str>) {
        let Some(path) = path else {
            self.of.iter().for_each(|leaf| leaf.seen.store(true, Ordering::Relaxed));
            return;
        };
        let below =
            |leaf: &&Leaf| leaf.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('['));
        self.of.iter().filter(below).for_each(|leaf| leaf.seen.store(true, Ordering::Relaxed));
    }

    /// Notes that the field at `path` was read, but not its parts.
    pub(super) fn note_alone(&self, path: &str) {
        let same = self.of.iter().filter(|leaf| *leaf.path == *path);
        same.for_each(|leaf| leaf.seen.store(true, Ordering::Relaxed));
    }

    /// Names of the query that were read.
    pub(super) fn read_in_query(&self) -> BTreeSet<&str> {
        let read = self.of.iter().filter(|leaf| !leaf.in_body && leaf.is_seen());
        read.map(Leaf::name).collect()
    }

    /// The first [`MOST`] fields of the body that were not read, each once: a whole JSON field, or the parts of it that were not
    /// read.
    pub(super) fn unread_in_body(&self) -> Vec<String> {
        let body = || self.of.iter().filter(|leaf| leaf.in_body);
        let seen = body().filter(|leaf| leaf.is_seen()).filter_map(|leaf| leaf.top.as_deref());
        let seen: BTreeSet<&str> = seen.collect();
        let (mut names, mut listed) = (Vec::new(), BTreeSet::new());
        for leaf in body().filter(|leaf| !leaf.is_seen()) {
            let whole = leaf.top.as_deref().filter(|top| !seen.contains(top));
            let name = whole.unwrap_or_else(|| leaf.name());
            if listed.insert(name) {
                names.push(name.to_owned());
                if names.len() == MOST {
                    break;
                }
            }
        }
        names
    }
}
