//! JSON request bodies, and loosely typed values.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Rejection;
use crate::kernel::position::path_of;

/// A field of a body: left out, `null`, or a value. Use with `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// The key is absent.
    #[default]
    Absent,
    /// The key has the value `null`.
    Null,
    /// The key has a value.
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

    /// Whether the key is absent; for `skip_serializing_if`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// As a change: `None` when absent, `Some(None)` for `null`.
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
    /// A value or `null`, for a key that is present.
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

/// Decodes a JSON body of any content type, as the vendors do.
///
/// # Errors
/// [`Rejection::NoBody`], [`Rejection::BadJson`] and [`Rejection::BadField`].
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    json_noting(body, |_| ())
}

/// Like [`json`], and calls `note` with the path of each field that `T` does not have.
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
    decode(body, &mut note).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            let path = path_of(body, &error, &mut |body| decode::<T>(body, &mut |_| ()).err());
            Rejection::BadField { path, message: error.to_string() }
        }
        _ => bad_json(&error),
    })
}

fn decode<T: DeserializeOwned>(body: &[u8], note: &mut dyn FnMut(String)) -> serde_json::Result<T> {
    let mut decoder = serde_json::Deserializer::from_slice(body);
    let value = serde_ignored::deserialize(&mut decoder, |path| note(path.to_string()))?;
    decoder.end()?;
    Ok(value)
}

fn bad_json(error: &serde_json::Error) -> Rejection {
    Rejection::BadJson { message: error.to_string(), line: error.line(), column: error.column() }
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
