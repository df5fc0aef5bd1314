//! Tracks which loose fields of a request were read, for the journal.

use std::sync::atomic::{AtomicBool, Ordering};

/// The names of loose fields, each with a flag that says whether it was read.
#[derive(Debug, Default)]
pub(super) struct Reads {
    of: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    name: String,
    in_body: bool,
    seen: AtomicBool,
}

impl Reads {
    /// Unread fields, from names with a flag that says whether they are in the body.
    pub(super) fn of(names: impl Iterator<Item = (String, bool)>) -> Self {
        let read = |(name, in_body)| Read { name, in_body, seen: AtomicBool::new(false) };
        Self { of: names.map(read).collect() }
    }

    pub(super) fn note(&self, name: &str) {
        for field in self.of.iter().filter(|field| field.name == name) {
            field.seen.store(true, Ordering::Relaxed);
        }
    }

    /// Fields that were read.
    pub(super) fn read(&self) -> impl Iterator<Item = &str> {
        let read = self.of.iter().filter(|field| field.seen.load(Ordering::Relaxed));
        read.map(|field| field.name.as_str())
    }

    /// Fields of the body that were not read.
    pub(super) fn unread(&self) -> impl Iterator<Item = &str> {
        let unread = self.of.iter().filter(|field| !field.seen.load(Ordering::Relaxed));
        unread.filter(|field| field.in_body).map(|field| field.name.as_str())
    }
}
