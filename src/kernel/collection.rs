//! A state as named collections of keyed JSON rows: the form in which it is saved.
//!
//! Each system declares them with [`state!`](crate::state), beside its fields; the state file needs nothing
//! else. Tables and maps are compared by their shared structure, so the cost of finding the rows of a
//! commit does not depend on the others.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::table::{Row, Table};

/// Receives a row: its key, and the row as JSON; `None` for a removed row.
pub type RowSink<'a> = dyn FnMut(&str, Option<&str>) + 'a;

/// A row that cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{collection}, key {key}: {message}")]
pub struct BadRow {
    /// Name of the collection.
    pub collection: &'static str,
    /// Key of the row.
    pub key: String,
    /// The problem, for people.
    pub message: String,
}

/// One collection of a state `S`.
pub trait Collection<S>: Send + Sync {
    /// Its name, unique among all systems: lower-case letters, digits and `_`.
    fn name(&self) -> &'static str;

    /// Number of rows.
    fn count(&self, state: &S) -> usize;

    /// Reports every row.
    ///
    /// # Errors
    /// A row that has no JSON form.
    fn all(&self, state: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow>;

    /// Reports the rows in which `after` differs from `before`.
    ///
    /// # Errors
    /// A row that has no JSON form.
    fn changed(&self, before: &S, after: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow>;

    /// Stores a row, or removes it.
    ///
    /// # Errors
    /// The key or row has another shape.
    fn load(&self, state: &mut S, key: &str, row: Option<&str>) -> Result<(), BadRow>;
}

/// Collections of a state.
pub type Collections<S> = Vec<Box<dyn Collection<S>>>;

/// Rows that are saved one by one: a table, or a vendor's type around a table that derives more from it.
pub trait Rows {
    /// The row.
    type Row: Row;

    /// The rows by key.
    fn table(&self) -> &Table<Self::Row>;

    /// Stores a row, replacing the one of the same key.
    fn put_row(&mut self, row: Self::Row);

    /// Removes the row of this key.
    fn remove_row(&mut self, key: <Self::Row as Row>::Key);
}

impl<R: Row> Rows for Table<R> {
    type Row = R;

    fn table(&self) -> &Self {
        self
    }

    fn put_row(&mut self, row: R) {
        self.put(row);
    }

    fn remove_row(&mut self, key: R::Key) {
        self.remove(key);
    }
}

/// Rows as a collection.
pub fn rows<S, T>(
    name: &'static str,
    get: fn(&S) -> &T,
    edit: fn(&mut S) -> &mut T,
) -> Box<dyn Collection<S>>
where
    S: 'static,
    T: Rows + 'static,
    T::Row: Serialize + DeserializeOwned + PartialEq,
    <T::Row as Row>::Key: Serialize + DeserializeOwned,
{
    Box::new(RowsOf { name, get, edit })
}

/// A map as a collection.
pub fn map<S, K, V>(
    name: &'static str,
    map: fn(&S) -> &imbl::OrdMap<K, V>,
    edit: fn(&mut S) -> &mut imbl::OrdMap<K, V>,
) -> Box<dyn Collection<S>>
where
    S: 'static,
    K: Ord + Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Box::new(MapOf { name, map, edit })
}

/// A single value, like settings, as a collection of one row with an empty key.
pub fn value<S, T>(
    name: &'static str,
    get: fn(&S) -> T,
    set: fn(&mut S, T),
) -> Box<dyn Collection<S>>
where
    S: 'static,
    T: PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Box::new(ValueOf { name, get, set })
}

/// The collections of a part as collections of the whole.
pub fn lift<W: 'static, S: 'static>(
    collections: Collections<S>,
    get: fn(&W) -> &S,
    edit: fn(&mut W) -> &mut S,
) -> Collections<W> {
    let lift = |inner| -> Box<dyn Collection<W>> { Box::new(Lifted { inner, get, edit }) };
    collections.into_iter().map(lift).collect()
}

struct RowsOf<S, T> {
    name: &'static str,
    get: fn(&S) -> &T,
    edit: fn(&mut S) -> &mut T,
}

impl<S, T> Collection<S> for RowsOf<S, T>
where
    T: Rows,
    T::Row: Serialize + DeserializeOwned + PartialEq,
    <T::Row as Row>::Key: Serialize + DeserializeOwned,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn count(&self, state: &S) -> usize {
        (self.get)(state).table().len()
    }

    fn all(&self, state: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let mut rows = (self.get)(state).table().iter();
        rows.try_for_each(|row| report(self.name, &row.key(), Some(&**row), sink))
    }

    fn changed(&self, before: &S, after: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let (before, after) = ((self.get)(before).table(), (self.get)(after).table());
        let mut changes = before.changes(after).into_iter();
        changes.try_for_each(|(key, row)| report(self.name, &key, row.map(|row| &**row), sink))
    }

    fn load(&self, state: &mut S, key: &str, row: Option<&str>) -> Result<(), BadRow> {
        let known: <T::Row as Row>::Key = key_of(self.name, key)?;
        let Some(row) = row else {
            (self.edit)(state).remove_row(known);
            return Ok(());
        };
        let row: T::Row = read(self.name, key, row)?;
        if row.key() != known {
            return Err(bad(self.name, key, "the row has another key"));
        }
        (self.edit)(state).put_row(row);
        Ok(())
    }
}

struct MapOf<S, K, V> {
    name: &'static str,
    map: fn(&S) -> &imbl::OrdMap<K, V>,
    edit: fn(&mut S) -> &mut imbl::OrdMap<K, V>,
}

impl<S, K, V> Collection<S> for MapOf<S, K, V>
where
    K: Ord + Clone + Serialize + DeserializeOwned + Send + Sync,
    V: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn count(&self, state: &S) -> usize {
        (self.map)(state).len()
    }

    fn all(&self, state: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        (self.map)(state)
            .iter()
            .try_for_each(|(key, value)| report(self.name, key, Some(value), sink))
    }

    fn changed(&self, before: &S, after: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let (before, after) = ((self.map)(before), (self.map)(after));
        if before.ptr_eq(after) {
            return Ok(());
        }
        before.diff(after).try_for_each(|change| match change {
            imbl::ordmap::DiffItem::Add(key, value)
            | imbl::ordmap::DiffItem::Update { new: (key, value), .. } => {
                report(self.name, key, Some(value), sink)
            }
            imbl::ordmap::DiffItem::Remove(key, _) => report::<K, V>(self.name, key, None, sink),
        })
    }

    fn load(&self, state: &mut S, key: &str, row: Option<&str>) -> Result<(), BadRow> {
        let known: K = key_of(self.name, key)?;
        match row {
            None => drop((self.edit)(state).remove(&known)),
            Some(row) => {
                let value = read(self.name, key, row)?;
                (self.edit)(state).insert(known, value);
            }
        }
        Ok(())
    }
}

struct ValueOf<S, T> {
    name: &'static str,
    get: fn(&S) -> T,
    set: fn(&mut S, T),
}

impl<S, T> Collection<S> for ValueOf<S, T>
where
    T: PartialEq + Serialize + DeserializeOwned + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn count(&self, _: &S) -> usize {
        1
    }

    fn all(&self, state: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        report(self.name, "", Some(&(self.get)(state)), sink)
    }

    fn changed(&self, before: &S, after: &S, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let after = (self.get)(after);
        if (self.get)(before) == after { Ok(()) } else { report(self.name, "", Some(&after), sink) }
    }

    fn load(&self, state: &mut S, key: &str, row: Option<&str>) -> Result<(), BadRow> {
        if !key.is_empty() {
            return Err(bad(self.name, key, "there is one row, with an empty key"));
        }
        let row = row.ok_or_else(|| bad(self.name, key, "the row is always there"))?;
        (self.set)(state, read(self.name, key, row)?);
        Ok(())
    }
}

struct Lifted<W, S> {
    inner: Box<dyn Collection<S>>,
    get: fn(&W) -> &S,
    edit: fn(&mut W) -> &mut S,
}

impl<W, S> Collection<W> for Lifted<W, S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn count(&self, whole: &W) -> usize {
        self.inner.count((self.get)(whole))
    }

    fn all(&self, whole: &W, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        self.inner.all((self.get)(whole), sink)
    }

    fn changed(&self, before: &W, after: &W, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let (before, after) = ((self.get)(before), (self.get)(after));
        // An unchanged part is the same pointer.
        if std::ptr::eq(before, after) { Ok(()) } else { self.inner.changed(before, after, sink) }
    }

    fn load(&self, whole: &mut W, key: &str, row: Option<&str>) -> Result<(), BadRow> {
        self.inner.load((self.edit)(whole), key, row)
    }
}

impl<S> Debug for dyn Collection<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

fn bad(collection: &'static str, key: &str, message: impl ToString) -> BadRow {
    BadRow { collection, key: key.to_owned(), message: message.to_string() }
}

fn report<K: Serialize + ?Sized, R: Serialize>(
    name: &'static str,
    key: &K,
    row: Option<&R>,
    sink: &mut RowSink<'_>,
) -> Result<(), BadRow> {
    let key = key_text(key).map_err(|error| bad(name, "?", error))?;
    let row = row.map(serde_json::to_string).transpose().map_err(|error| bad(name, &key, error))?;
    sink(&key, row.as_deref());
    Ok(())
}

fn read<T: DeserializeOwned>(name: &'static str, key: &str, row: &str) -> Result<T, BadRow> {
    serde_json::from_str(row).map_err(|error| bad(name, key, error))
}

/// A key as text: strings as they are, everything else as JSON.
fn key_text<K: Serialize + ?Sized>(key: &K) -> serde_json::Result<String> {
    Ok(match serde_json::to_value(key)? {
        // Text that looks like JSON stays in quotes, so that it is read back as text.
        serde_json::Value::String(text)
            if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() =>
        {
            text
        }
        serde_json::Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text,
        key => key.to_string(),
    })
}

fn key_of<K: DeserializeOwned>(name: &'static str, text: &str) -> Result<K, BadRow> {
    let as_json = serde_json::from_str(text);
    // Digits can be a number or a string.
    let key =
        as_json.or_else(|_| serde_json::from_value(serde_json::Value::String(text.to_owned())));
    key.map_err(|error| bad(name, text, error))
}
