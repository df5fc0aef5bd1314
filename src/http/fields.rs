//! Loose name-value fields of a request, from JSON, form or query string.

use std::sync::Arc;

use serde_json::Value;

use super::Rejection;
use super::body::{Field, json};
use super::context::Context;
use super::query::QueryMap;
use super::reads::Reads;

/// Name-value fields of a request, from a JSON object, a form body or the query string. The body takes
/// precedence over the query string, and the last of repeated names over the others.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    of: Vec<(String, Value)>,
    reads: Arc<Reads>,
}

impl Fields {
    /// Collects the fields of this request.
    ///
    /// # Errors
    /// [`Rejection::BadJson`] for a JSON body that does not parse, [`Rejection::BadField`] for one that
    /// is not an object.
    pub fn of(cx: &Context) -> Result<Self, Rejection> {
        let mut fields = Self::default();
        for (name, value) in cx.query.pairs() {
            fields.set(name, Value::String(value.to_owned()));
        }
        let in_query = fields.of.len();
        fields.read_body(cx)?;
        // A field of the body that overrides one of the query counts as the query's.
        let names =
            fields.of.iter().enumerate().map(|(n, (name, _))| (name.clone(), n >= in_query));
        fields.reads = Arc::new(Reads::of(names));
        cx.fields.replace(Some(Arc::clone(&fields.reads)));
        Ok(fields)
    }

    fn read_body(&mut self, cx: &Context) -> Result<(), Rejection> {
        let body = cx.body().trim_ascii();
        if body.is_empty() {
            return Ok(());
        }
        let is_form = cx.content_type().is_some_and(|kind| kind.contains("form-urlencoded"));
        // Some clients send JSON with a form's content type, or a form with that of JSON.
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

    /// All fields in order. Marks all as read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.of.iter().for_each(|(name, _)| self.reads.note(name));
        self.of.iter().map(|(name, value)| (name.as_str(), value))
    }
}
