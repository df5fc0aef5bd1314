//! Parameters of a request, from the query string, a form or a JSON body. Names with brackets are
//! nested values (`filter[users_id]=1`, `grouping[]=day`), as the vendor's server reads them. If a
//! name is repeated, the last value wins; the body wins over the query string.

use axum::http::Method;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::time;
use crate::http::body::{Field, loose_boolean, loose_integer, loose_number};
use crate::http::context::Context;
use crate::http::fields::{Fields, rows};
use crate::kernel::money::{Minor, minor};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::limits::{ENTRY_TEXT, ITEMS, PLAIN};
use crate::vendors::clockodo::rules::refusal::{Problem, Refusal, not_between};

/// Amounts of money and hours must be below this, in hundredths. Source: clockodo.md:5.3.
const LARGEST: Minor = 9_999_999_999;

/// The parameters of a request, or the values nested under one parameter.
#[derive(Debug)]
pub struct Params<'a> {
    cx: &'a Context,
    fields: Fields,
}

impl<'a> Params<'a> {
    /// Reads the request. The body of a `GET` is not read.
    ///
    /// # Errors
    /// If the body cannot be read.
    pub fn of(cx: &'a Context) -> Result<Self, Error> {
        let no_body = matches!(cx.method, Method::GET | Method::HEAD);
        if cx.content_type().is_some_and(|kind| kind.starts_with("multipart/")) {
            quirk!("CDO-075");
        }
        let fields = if no_body { Fields::of_query(cx) } else { Fields::of(cx)? };
        Ok(Self { cx, fields })
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
        match self.fields.outline(name) {
            None | Some(Value::Null | Value::Object(_) | Value::Array(_)) => {}
            Some(Value::String(text)) if text.is_empty() => {}
            Some(_) => return Err(Problem::NotArray.at(&[self.full(name)])),
        }
        Ok(Self { cx: self.cx, fields: self.fields.below(name) })
    }

    /// True if the parameter was sent, with any value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.outline(name).is_some()
    }

    /// The full name of a parameter, for errors.
    #[must_use]
    pub fn full(&self, name: &str) -> String {
        self.fields.path(name)
    }

    /// The value as sent, with all its parts.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.fields.raw(name)
    }

    /// The value as sent. Its parts do not count as read.
    #[must_use]
    pub fn outline(&self, name: &str) -> Option<&Value> {
        self.fields.outline(name)
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
            Some(Value::String(text)) if text.chars().count() > PLAIN => {
                Err(Problem::WrongFormat.at(&[self.full(name)]))
            }
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
        self.field(name, |value| loose_integer(value).map(known_id))
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
        let parts: Vec<String> = match self.raw(name) {
            None => return Ok(Field::Absent),
            Some(Value::Null) => return Ok(Field::Null),
            Some(list @ (Value::Array(_) | Value::Object(_))) => {
                rows(list).into_iter().map(part).collect::<Option<_>>().ok_or_else(wrong)?
            }
            Some(value) => {
                quirk!("CDO-054");
                let text = part(value).ok_or_else(wrong)?;
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
        };
        if parts.len() > ITEMS {
            quirk!("CDO-015");
            return Err(not_between(&self.full(name), 0, ITEMS as u64));
        }
        Ok(Field::Value(parts))
    }

    /// Reads several ids, in any form that [`Params::list`] accepts.
    ///
    /// # Errors
    /// For values that are not integers.
    pub fn ids(&self, name: &str) -> Result<Field<Vec<u64>>, Refusal> {
        let wrong = || Problem::WrongFormat.at(&[self.full(name)]);
        let id = |text: &String| -> Result<u64, Refusal> {
            let id: i64 = text.trim().parse().map_err(|_| wrong())?;
            Ok(known_id(id))
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

    /// Reads the text of an entry.
    ///
    /// # Errors
    /// As [`Params::text`].
    pub fn entry_text(&self) -> Result<Field<String>, Refusal> {
        self.text("text", ENTRY_TEXT).inspect_err(|_| quirk!("CDO-015"))
    }

    /// Reads an instant.
    ///
    /// # Errors
    /// For values other than an instant, null and empty.
    pub fn instant(&self, name: &str) -> Result<Field<DateTime<Utc>>, Refusal> {
        let revision = self.revision();
        self.field(name, |value| time::instant(value.as_str()?, revision))
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

/// An id as a number. An impossible one is that of no resource.
fn known_id(id: i64) -> u64 {
    u64::try_from(id).unwrap_or_else(|_| {
        quirk!("CDO-056");
        u64::MAX
    })
}
