//! Parameters of a request, from the query string, a form or a JSON body. Names with brackets are
//! nested values (`filter[users_id]=1`, `grouping[]=day`), as the vendor's server reads them. If a
//! name is repeated, the last value wins; the body wins over the query string.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use super::time;
use crate::http::body::{Field, json, loose_boolean, loose_integer, loose_number};
use crate::http::context::Context;
use crate::http::query::QueryMap;
use crate::kernel::money::{Minor, minor};
use crate::kernel::revision::Revision;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::rules::refusal::{Problem, Refusal, not_between};

/// Maximum nesting of a name. A deeper one is read as a plain name.
const DEEPEST: usize = 4;
/// Amounts of money and hours must be below this, in hundredths. Source: clockodo.md:5.3.
const LARGEST: Minor = 9_999_999_999;

/// The parameters of a request, or the values nested under one parameter.
#[derive(Debug)]
pub struct Params<'a> {
    cx: &'a Context,
    /// Name of the parameter that contains these values.
    under: Option<String>,
    values: Map<String, Value>,
}

impl<'a> Params<'a> {
    /// Reads the request.
    ///
    /// # Errors
    /// If the body cannot be read.
    pub fn of(cx: &'a Context) -> Result<Self, Error> {
        let mut values = Map::new();
        for (name, value) in cx.query.pairs() {
            put(&mut values, name, value);
        }
        let body = cx.body().trim_ascii();
        if !body.is_empty() && cx.method != axum::http::Method::GET {
            let form = cx.content_type().is_some_and(|kind| kind.contains("form-urlencoded"));
            // Some clients send JSON with a form's content type, or a form with that of JSON.
            if matches!(body[0], b'{' | b'[') || !form && !body.contains(&b'=') {
                match json(body)? {
                    Value::Object(object) => values.extend(object),
                    // Some languages write an empty object as an empty list.
                    Value::Array(rows) if rows.is_empty() => {}
                    _ => return Err(Problem::BadBody.into()),
                }
            } else {
                let form = QueryMap::parse(&String::from_utf8_lossy(body));
                for (name, value) in form.pairs() {
                    put(&mut values, name, value);
                }
            }
        }
        Ok(Self { cx, under: None, values })
    }

    /// The revision of the request.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.cx.revision()
    }

    /// The values nested under `name`. Empty if it is absent or empty.
    ///
    /// # Errors
    /// For a plain value.
    pub fn nested(&self, name: &str) -> Result<Self, Refusal> {
        let values = match self.raw(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(values)) => values.clone(),
            Some(Value::Array(rows)) if rows.is_empty() => Map::new(),
            Some(Value::String(text)) if text.is_empty() => Map::new(),
            Some(_) => return Err(Problem::NotArray.at(&[self.full(name)])),
        };
        Ok(Self { cx: self.cx, under: Some(self.full(name)), values })
    }

    /// True if the parameter was sent, with any value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The full name of a parameter, for errors.
    #[must_use]
    pub fn full(&self, name: &str) -> String {
        match &self.under {
            None => name.to_owned(),
            Some(under) => format!("{under}[{name}]"),
        }
    }

    /// The value as sent.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&Value> {
        // Marks the parameter as known in the journal.
        let full = self.full(name);
        let _ = self.cx.query.has(&full) | self.cx.query.has(&format!("{full}[]"));
        self.values.get(name)
    }

    fn field<T>(
        &self,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Field<T>, Refusal> {
        match self.raw(name) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Null),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(Field::Null),
            Some(value) => match read(value) {
                Some(value) => Ok(Field::Value(value)),
                None => Err(Problem::WrongFormat.at(&[self.full(name)])),
            },
        }
    }

    /// Reads an integer. Null and empty count as absent.
    ///
    /// # Errors
    /// For any other value.
    pub fn integer(&self, name: &str) -> Result<Field<i64>, Refusal> {
        self.field(name, loose_integer)
    }

    /// Reads an id: an integer. An impossible id is treated like an unknown one. Null and empty
    /// count as absent.
    ///
    /// # Errors
    /// For any other value.
    pub fn id(&self, name: &str) -> Result<Field<u64>, Refusal> {
        let id =
            |value: &Value| loose_integer(value).map(|id| u64::try_from(id).unwrap_or(u64::MAX));
        self.field(name, id)
    }

    /// Reads a Boolean.
    ///
    /// # Errors
    /// For values other than `true`, `false`, `1`, `0`, null and empty.
    pub fn boolean(&self, name: &str) -> Result<Field<bool>, Refusal> {
        self.field(name, loose_boolean)
    }

    /// Reads a number, 0 or more, in hundredths. Null and empty count as absent.
    ///
    /// # Errors
    /// For any other value.
    pub fn hundredths(&self, name: &str) -> Result<Field<Minor>, Refusal> {
        self.field(name, |value| {
            loose_number(value).and_then(minor).filter(|amount| (0..=LARGEST).contains(amount))
        })
    }

    /// Reads a number, of either sign, in hundredths. Null and empty count as absent.
    ///
    /// # Errors
    /// For any other value.
    pub fn signed_hundredths(&self, name: &str) -> Result<Field<Minor>, Refusal> {
        self.field(name, |value| {
            loose_number(value).and_then(minor).filter(|amount| amount.abs() <= LARGEST)
        })
    }

    /// Reads a list of words or numbers: a list, one value, or several joined by commas. Skips
    /// empty parts.
    ///
    /// # Errors
    /// For lists or objects within the list.
    pub fn list(&self, name: &str) -> Result<Field<Vec<String>>, Refusal> {
        let part = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let wrong = || Problem::WrongFormat.at(&[self.full(name)]);
        match self.raw(name) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Null),
            Some(Value::Array(rows)) => {
                let parts: Option<Vec<String>> = rows.iter().map(part).collect();
                parts.map(Field::Value).ok_or_else(wrong)
            }
            Some(value) => {
                let text = part(value).ok_or_else(wrong)?;
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(Field::Value(parts.map(str::to_owned).collect()))
            }
        }
    }

    /// Reads several ids, in any form that [`Params::list`] accepts.
    ///
    /// # Errors
    /// For values that are not integers.
    pub fn ids(&self, name: &str) -> Result<Field<Vec<u64>>, Refusal> {
        let wrong = || Problem::WrongFormat.at(&[self.full(name)]);
        let id = |text: &String| -> Result<u64, Refusal> {
            let id: i64 = text.trim().parse().map_err(|_| wrong())?;
            Ok(u64::try_from(id).unwrap_or(u64::MAX))
        };
        Ok(match self.list(name)? {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(parts) => Field::Value(parts.iter().map(id).collect::<Result<_, _>>()?),
        })
    }

    /// Reads a text of at most `most` characters. An empty text is a value.
    ///
    /// # Errors
    /// For a longer text, a list or an object.
    pub fn text(&self, name: &str, most: usize) -> Result<Field<String>, Refusal> {
        let text = match self.raw(name) {
            None => return Ok(Field::Absent),
            Some(Value::Null) => return Ok(Field::Null),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(Problem::WrongFormat.at(&[self.full(name)])),
        };
        if text.chars().count() > most {
            return Err(not_between(&self.full(name), 0, most as u64));
        }
        Ok(Field::Value(text))
    }

    /// Reads an instant.
    ///
    /// # Errors
    /// For values other than an instant, null and empty.
    pub fn instant(&self, name: &str) -> Result<Field<DateTime<Utc>>, Refusal> {
        self.field(name, |value| time::instant(value.as_str()?))
    }

    /// Reads a day.
    ///
    /// # Errors
    /// For values other than a day, null and empty.
    pub fn day(&self, name: &str) -> Result<Field<NaiveDate>, Refusal> {
        self.field(name, |value| time::day(value.as_str()?))
            .map_err(|_| Problem::InvalidDate.at(&[self.full(name)]))
    }

    /// Refuses a request without all of these parameters, and names all that are missing.
    ///
    /// # Errors
    /// [`Problem::Missing`].
    pub fn require(&self, names: &[&str]) -> Result<(), Refusal> {
        let is_there = |name: &str| match self.raw(name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.trim().is_empty(),
            Some(_) => true,
        };
        let missing: Vec<String> =
            names.iter().filter(|name| !is_there(name)).map(|name| self.full(name)).collect();
        if missing.is_empty() { Ok(()) } else { Err(Problem::Missing.at(&missing)) }
    }
}

/// Stores a value under a name like `a`, `a[b]` or `a[]`.
fn put(values: &mut Map<String, Value>, name: &str, value: &str) {
    let value = Value::String(value.to_owned());
    let parts = parts(name);
    let Some((first, rest)) = parts.split_first() else { return };
    let mut slot = values.entry(*first).or_insert(Value::Null);
    for part in rest {
        if part.is_empty() {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            let Value::Array(rows) = slot else { return };
            rows.push(Value::Null);
            let Some(last) = rows.last_mut() else { return };
            slot = last;
        } else {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            let Value::Object(inner) = slot else { return };
            slot = inner.entry(*part).or_insert(Value::Null);
        }
    }
    *slot = value;
}

/// Splits `a[b][]` into `a`, `b` and an empty part. A name of any other form is one part.
fn parts(name: &str) -> Vec<&str> {
    let Some((first, mut rest)) = name.split_once('[') else { return vec![name] };
    let mut parts = vec![first];
    loop {
        let Some((part, after)) = rest.split_once(']') else { return vec![name] };
        parts.push(part);
        match after.strip_prefix('[') {
            Some(more) if parts.len() <= DEEPEST => rest = more,
            None if after.is_empty() && !first.is_empty() => return parts,
            _ => return vec![name],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::put;

    #[test]
    fn names_with_brackets_are_nested() {
        let mut values = Map::new();
        for (name, value) in [
            ("a", "1"),
            ("b[c]", "2"),
            ("b[d][]", "3"),
            ("b[d][]", "4"),
            ("a", "5"),
            ("[x]", "6"),
            ("y[", "7"),
            ("z[1][2][3][4][5][6]", "8"),
            ("e[]", "9"),
            ("e", "10"),
        ] {
            put(&mut values, name, value);
        }
        let wanted = json!({
            "a": "5",
            "b": { "c": "2", "d": ["3", "4"] },
            "[x]": "6",
            "y[": "7",
            "z[1][2][3][4][5][6]": "8",
            "e": "10"
        });
        assert_eq!(Value::Object(values), wanted);
    }
}
