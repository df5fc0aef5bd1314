//! Query strings and form bodies as ordered multi-maps.
//!
//! Keeps order, repetition and spelling, because vendors distinguish `k=A` from `k[]=A`. Tracks what was
//! read, so that the journal can name unread parameters.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use super::{Expected, Rejection};

/// Ordered name-value pairs.
#[derive(Debug, Clone, Default)]
pub struct QueryMap {
    pairs: Vec<Pair>,
}

#[derive(Debug, Clone)]
struct Pair {
    name: String,
    value: String,
    read: Cell<bool>,
}

impl QueryMap {
    /// Decodes `a=1&b%5B%5D=2`; `+` is a space. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| Pair {
                name: name.into_owned(),
                value: value.into_owned(),
                read: Cell::new(false),
            })
            .collect();
        Self { pairs }
    }

    /// All pairs in order, without marking them as read.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|pair| (pair.name.as_str(), pair.value.as_str()))
    }

    /// Every value of exactly this name, in order.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.pairs.iter().filter(move |pair| pair.name == name).map(|pair| {
            pair.read.set(true);
            pair.value.as_str()
        })
    }

    /// The first value of this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        // Later values of the same name also count as read.
        self.all(name).collect::<Vec<_>>().first().copied()
    }

    /// The last value of this name.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&str> {
        self.all(name).collect::<Vec<_>>().last().copied()
    }

    /// Whether the name is present.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).count() > 0
    }

    /// The values of `name`, repeated, comma-separated or both; empty parts are left out.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.all(name).flat_map(|value| value.split(',')).filter(|part| !part.is_empty()).collect()
    }

    /// The pairs `name[key]=value`, as `(key, value)` in order.
    #[must_use]
    pub fn deep(&self, name: &str) -> Vec<(&str, &str)> {
        self.pairs
            .iter()
            .filter_map(|pair| {
                let key = pair.name.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
                pair.read.set(true);
                Some((key, pair.value.as_str()))
            })
            .collect()
    }

    /// The first value of `name` as a whole number; an empty value counts as missing.
    ///
    /// # Errors
    /// [`Rejection::BadParameter`] for any other value.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Rejection> {
        match self.first(name) {
            None | Some("") => Ok(None),
            Some(text) => text.trim().parse().map(Some).map_err(|_| Rejection::BadParameter {
                name: name.to_owned(),
                value: text.to_owned(),
                expected: Expected::Integer,
            }),
        }
    }

    /// The first value of `name` as true/false/1/0 in any letter case; an empty value counts as
    /// missing.
    ///
    /// # Errors
    /// [`Rejection::BadParameter`] for any other value.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Rejection> {
        match self.first(name) {
            None | Some("") => Ok(None),
            Some(text) if text == "1" || text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text == "0" || text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(text) => Err(Rejection::BadParameter {
                name: name.to_owned(),
                value: text.to_owned(),
                expected: Expected::Boolean,
            }),
        }
    }

    /// Notes that all pairs of these names were read.
    pub(super) fn note(&self, is_read: impl Fn(&str) -> bool) {
        self.pairs.iter().filter(|pair| is_read(&pair.name)).for_each(|pair| pair.read.set(true));
    }

    /// Unread names, each once, in order.
    #[must_use]
    pub fn unread(&self) -> Vec<String> {
        let mut listed = BTreeSet::new();
        let unread = self.pairs.iter().filter(|pair| !pair.read.get());
        unread.filter(|pair| listed.insert(&pair.name)).map(|pair| pair.name.clone()).collect()
    }

    /// The pairs as a query string, with each value replaced by that of the function for its name and value.
    #[must_use]
    pub fn mapped<'a>(&'a self, value: impl Fn(&str, &'a str) -> Cow<'a, str>) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for pair in &self.pairs {
            text.append_pair(&pair.name, &value(&pair.name, &pair.value));
        }
        text.finish()
    }
}
