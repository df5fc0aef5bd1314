//! Request bodies: typed JSON, and loose name-value fields from JSON, form or query string.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Rejection;
use super::cx::Cx;
use super::query::QueryMap;

/// A field of a body: left out, `null`, or a value. Use with `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there with `null`.
    Null,
    /// The key is there with a value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the key is not there; for `skip_serializing_if`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What to change: nothing when absent, `Some(None)` for `null`.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Value(value),
            None => Self::Null,
        })
    }
}

impl<T> From<Option<T>> for Field<T> {
    /// A key that is there, with the value or `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: serde::Serialize> serde::Serialize for Field<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

/// Decodes a JSON body whatever its content type says, as the imitated services do.
///
/// # Errors
/// [`Rejection::NoBody`], [`Rejection::BadJson`] and [`Rejection::BadField`].
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    json_noting(body, |_| ())
}

/// [`json`], telling `note` the path of every field that `T` does not have.
///
/// # Errors
/// See [`json`].
pub fn json_noting<T: DeserializeOwned>(
    body: &[u8],
    mut note: impl FnMut(String),
) -> Result<T, Rejection> {
    if body.trim_ascii().is_empty() {
        return Err(Rejection::NoBody);
    }
    let mut decoder = serde_json::Deserializer::from_slice(body);
    let value = serde_ignored::deserialize(&mut decoder, |path| note(path.to_string()));
    let value = value.map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            Rejection::BadField { path: place::<T>(body), message: error.to_string() }
        }
        _ => bad_json(&error),
    })?;
    decoder.end().map_err(|error| bad_json(&error))?;
    Ok(value)
}

/// The path of the field that is not as `T` wants it; empty for the whole. Good bodies do without the
/// names that this gathers.
fn place<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut decoder = serde_json::Deserializer::from_slice(body);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut decoder);
    let path = read.err().map(|error| error.path().to_string());
    path.filter(|path| path != ".").unwrap_or_default()
}

fn bad_json(error: &serde_json::Error) -> Rejection {
    Rejection::BadJson { message: error.to_string(), line: error.line(), column: error.column() }
}

/// Name-value fields of a request, wherever the client put them: a JSON object, a form body, or the
/// query string. The body wins over the query string; of repeated names the last wins.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    of: Vec<(String, Value)>,
    reads: Arc<Reads>,
}

/// Names of loose fields with whether they were read, for the journal.
#[derive(Debug, Default)]
pub struct Reads {
    of: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    name: String,
    in_body: bool,
    seen: AtomicBool,
}

impl Reads {
    fn note(&self, name: &str) {
        for field in self.of.iter().filter(|field| field.name == name) {
            field.seen.store(true, Ordering::Relaxed);
        }
    }

    /// Fields that were read.
    pub(super) fn read(&self) -> impl Iterator<Item = &str> {
        let read = self.of.iter().filter(|field| field.seen.load(Ordering::Relaxed));
        read.map(|field| field.name.as_str())
    }

    /// Fields of the body that were not.
    pub(super) fn unread(&self) -> impl Iterator<Item = &str> {
        let unread = self.of.iter().filter(|field| !field.seen.load(Ordering::Relaxed));
        unread.filter(|field| field.in_body).map(|field| field.name.as_str())
    }
}

impl Fields {
    /// Collects the fields of this request.
    ///
    /// # Errors
    /// [`Rejection::BadJson`] for a JSON body that does not parse, [`Rejection::BadField`] for one that
    /// is no object.
    pub fn of(cx: &Cx) -> Result<Self, Rejection> {
        let mut fields = Self::default();
        for (name, value) in cx.query.pairs() {
            fields.set(name, Value::String(value.to_owned()));
        }
        let in_query = fields.of.len();
        fields.read_body(cx)?;
        let reads = fields.of.iter().enumerate().map(|(n, (name, _))| Read {
            name: name.clone(),
            // A field of the body that overrides one of the query counts as the query's.
            in_body: n >= in_query,
            seen: AtomicBool::new(false),
        });
        fields.reads = Arc::new(Reads { of: reads.collect() });
        cx.fields.replace(Some(Arc::clone(&fields.reads)));
        Ok(fields)
    }

    fn read_body(&mut self, cx: &Cx) -> Result<(), Rejection> {
        let body = cx.body().trim_ascii();
        if body.is_empty() {
            return Ok(());
        }
        let is_form = cx.content_type().is_some_and(|kind| kind.contains("form-urlencoded"));
        // Some clients send JSON under a form's content type and the other way round.
        if body[0] == b'{' || body[0] == b'[' || !is_form && body[0] == b'"' {
            let object: Value = json(body)?;
            let Value::Object(object) = object else {
                return Err(Rejection::BadField {
                    path: String::new(),
                    message: "expected an object".to_owned(),
                });
            };
            for (name, value) in object {
                self.set(&name, value);
            }
        } else if is_form || body.contains(&b'=') {
            for (name, value) in QueryMap::parse(&String::from_utf8_lossy(body)).pairs() {
                self.set(name, Value::String(value.to_owned()));
            }
        } else {
            json::<Value>(body)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: Value) {
        match self.of.iter_mut().find(|(known, _)| known == name) {
            Some(slot) => slot.1 = value,
            None => self.of.push((name.to_owned(), value)),
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Field<&Value> {
        self.reads.note(name);
        match self.of.iter().find(|(known, _)| known == name) {
            None => Field::Absent,
            Some((_, Value::Null)) => Field::Null,
            Some((_, value)) => Field::Value(value),
        }
    }

    /// All fields in order; they all count as read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.of.iter().for_each(|(name, _)| self.reads.note(name));
        self.of.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// A whole number written as a number or as text.
#[must_use]
pub fn loose_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A finite number written as a number or as text.
#[must_use]
pub fn loose_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A truth value written as a boolean, `1`/`0`, or `true`/`false` in any letter case.
#[must_use]
pub fn loose_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        },
        _ => None,
    }
}
