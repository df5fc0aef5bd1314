//! Loose fields of a request, from the query string, a form, a multipart form or JSON: the one place that reads
//! bodies and names with brackets, for all surfaces that are not strict about JSON.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use multer::Multipart;
use serde_json::{Map, Value};

use super::Rejection;
use super::body::{Field, json};
use super::context::Context;
use super::headers::decode;
use super::reads::{Leaf, Reads};

/// Maximum nesting of a name. A deeper one is read as a plain name.
const DEEPEST: usize = 4;
/// Longest path of a field of JSON, in bytes. What is below it counts as one field, so that names cost no more than
/// the body is long.
const LONGEST: usize = 256;

/// The fields of a request, or the values nested under one of them. Names with brackets are nested values, as
/// PHP, Rails and qs write them: `filter[users_id]=1`; `sort[]=name` and `sort[0]=name` are rows of a list. The
/// body takes precedence over the query string, and the last of repeated names over the others.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// The path of the field that contains these values.
    under: Option<String>,
    of: Map<String, Value>,
    reads: Arc<Reads>,
}

impl Fields {
    /// The fields of the query string and the body.
    ///
    /// # Errors
    /// [`Rejection::BadJson`] for a JSON body that does not parse, [`Rejection::BadField`] for one that is
    /// neither an object nor an empty list.
    pub fn of(cx: &Context) -> Result<Self, Rejection> {
        let mut reader = Reader::default();
        reader.read_query(cx);
        reader.read_body(cx)?;
        Ok(reader.fields(cx))
    }

    /// The fields of the query string alone.
    #[must_use]
    pub fn of_query(cx: &Context) -> Self {
        let mut reader = Reader::default();
        reader.read_query(cx);
        reader.fields(cx)
    }

    /// The path of a field: `name`, or `filter[name]`.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        match &self.under {
            None => name.to_owned(),
            Some(under) => format!("{under}[{name}]"),
        }
    }

    /// The field of this name with all its parts.
    #[must_use]
    pub fn get(&self, name: &str) -> Field<&Value> {
        match self.raw(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(value) => Field::Value(value),
        }
    }

    /// The field of this name with all its parts, as sent.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.reads.note(&self.path(name));
        self.of.get(name)
    }

    /// The field of this name, without reading its parts.
    #[must_use]
    pub fn outline(&self, name: &str) -> Option<&Value> {
        self.reads.note_alone(&self.path(name));
        self.of.get(name)
    }

    /// All fields in order. Marks all as read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.reads.note_all(self.under.as_deref());
        self.of.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The values nested under `name`; none if there is a plain value.
    #[must_use]
    pub fn below(&self, name: &str) -> Self {
        let of = match self.outline(name) {
            Some(Value::Object(values)) => values.clone(),
            _ => Map::new(),
        };
        Self { under: Some(self.path(name)), of, reads: Arc::clone(&self.reads) }
    }
}

/// The rows of a list in any form: a list, an object whose names are positions, as some languages write one, or a
/// single value.
#[must_use]
pub fn rows(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        row => vec![row],
    }
}

/// Names of the fields of a body that no handler has read.
pub(super) fn unread_body(cx: &Context) -> Vec<String> {
    let mut reader = Reader::default();
    // What cannot be read has no names.
    let read = reader.read_body(cx);
    read.map(|()| Reads::of(reader.leaves).unread_in_body()).unwrap_or_default()
}

/// Collects values and their names.
#[derive(Debug, Default)]
struct Reader {
    of: Map<String, Value>,
    leaves: Vec<Leaf>,
}

impl Reader {
    fn fields(self, cx: &Context) -> Fields {
        let reads = Arc::new(Reads::of(self.leaves));
        cx.fields.replace(Some(Arc::clone(&reads)));
        Fields { under: None, of: self.of, reads }
    }

    fn read_query(&mut self, cx: &Context) {
        for (name, value) in cx.query.pairs() {
            self.leaves.push(Leaf::of_query(name));
            put(&mut self.of, name, value);
        }
    }

    fn read_body(&mut self, cx: &Context) -> Result<(), Rejection> {
        let body = cx.body().trim_ascii();
        let Some(first) = body.first() else { return Ok(()) };
        let kind = cx.header("content-type").unwrap_or_default();
        if let Ok(boundary) = multer::parse_boundary(&*kind) {
            self.read_parts(body, boundary);
            return Ok(());
        }
        let is_form = kind.to_ascii_lowercase().contains("form-urlencoded");
        // Some clients send JSON with a form's content type, or a form with that of JSON.
        let is_json = match first {
            b'{' | b'[' => true,
            b'"' => !is_form,
            _ => !is_form && !body.contains(&b'='),
        };
        if is_json {
            return self.read_json(body);
        }
        for (name, value) in form_urlencoded::parse(body) {
            self.leaves.push(Leaf::of_form(&name));
            put(&mut self.of, &name, &value);
        }
        Ok(())
    }

    fn read_json(&mut self, body: &[u8]) -> Result<(), Rejection> {
        match json(body)? {
            Value::Object(object) => {
                for (name, value) in &object {
                    self.note_json(name, name, name, value);
                }
                self.of.extend(object);
                Ok(())
            }
            // Some languages write an empty object as an empty list.
            Value::Array(rows) if rows.is_empty() => Ok(()),
            _ => Err(Rejection::BadField {
                path: String::new(),
                message: "expected an object".to_owned(),
            }),
        }
    }

    fn note_json(&mut self, path: &str, name: &str, top: &str, value: &Value) {
        let below = |part: &str| (format!("{path}[{part}]"), format!("{name}.{part}"));
        match value {
            Value::Object(values) if !values.is_empty() && path.len() <= LONGEST => {
                for (part, value) in values {
                    let (path, name) = below(part);
                    self.note_json(&path, &name, top, value);
                }
            }
            Value::Array(rows) if !rows.is_empty() && path.len() <= LONGEST => {
                for (n, value) in rows.iter().enumerate() {
                    let (path, name) = below(&n.to_string());
                    self.note_json(&path, &name, top, value);
                }
            }
            _ => self.leaves.push(Leaf::of_json(path, name, top)),
        }
    }

    /// Reads a multipart form up to its end or to what is broken. Files are no fields.
    fn read_parts(&mut self, body: &[u8], boundary: String) {
        let whole = Bytes::copy_from_slice(body);
        let whole = stream::once(async { Ok::<_, Infallible>(whole) });
        let mut parts = Multipart::new(whole, boundary);
        // All of the body is here, so that nothing has to be awaited.
        while let Some(Ok(Some(part))) = parts.next_field().now_or_never() {
            let is_file = part.file_name().is_some();
            let name = part.name().unwrap_or_default().to_owned();
            let Some(Ok(value)) = part.bytes().now_or_never() else { break };
            self.leaves.push(Leaf::of_form(&name));
            if !is_file {
                put(&mut self.of, &name, &decode(&value));
            }
        }
    }
}

/// Stores a value under a name like `a`, `a[b]`, `a[]` or `a[0]`.
fn put(values: &mut Map<String, Value>, name: &str, value: &str) {
    let parts = parts(name);
    let Some((first, rest)) = parts.split_first() else { return };
    let mut slot = values.entry(*first).or_insert(Value::Null);
    for part in rest {
        slot = match slot_of(slot, part) {
            Some(slot) => slot,
            None => return,
        };
    }
    *slot = Value::String(value.to_owned());
}

/// The slot of a part within a value, which becomes a list or an object if it is neither.
fn slot_of<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    let length = match value {
        Value::Array(rows) => Some(rows.len()),
        Value::Object(_) => None,
        _ => Some(0),
    };
    let is_next = length.is_some_and(|length| part.is_empty() || part == length.to_string());
    if is_next {
        if !value.is_array() {
            *value = Value::Array(Vec::new());
        }
        let rows = value.as_array_mut()?;
        rows.push(Value::Null);
        return rows.last_mut();
    }
    if let Value::Array(rows) = value {
        let rows = std::mem::take(rows).into_iter().enumerate();
        *value = Value::Object(rows.map(|(n, row)| (n.to_string(), row)).collect());
    } else if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let object = value.as_object_mut()?;
    let name = if part.is_empty() { object.len().to_string() } else { part.to_owned() };
    Some(object.entry(name).or_insert(Value::Null))
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

    use super::{put, rows};

    fn nested(pairs: &[(&str, &str)]) -> Value {
        let mut values = Map::new();
        for (name, value) in pairs {
            put(&mut values, name, value);
        }
        Value::Object(values)
    }

    #[test]
    fn names_with_brackets_are_nested() {
        let values = nested(&[
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
        ]);
        let wanted = json!({
            "a": "5",
            "b": { "c": "2", "d": ["3", "4"] },
            "[x]": "6",
            "y[": "7",
            "z[1][2][3][4][5][6]": "8",
            "e": "10"
        });
        assert_eq!(values, wanted);
    }

    #[test]
    fn rows_have_positions_or_none() {
        let list = nested(&[("a[0]", "x"), ("a[1]", "y"), ("a[]", "z")]);
        assert_eq!(list, json!({ "a": ["x", "y", "z"] }));
        let gaps = nested(&[("a[]", "x"), ("a[7]", "y"), ("a[]", "z")]);
        assert_eq!(gaps, json!({ "a": { "0": "x", "7": "y", "2": "z" } }));
        assert_eq!(rows(&gaps["a"]), ["x", "y", "z"]);
        assert_eq!(rows(&list["a"]), ["x", "y", "z"]);
        assert_eq!(rows(&json!("x")), ["x"]);
        let huge = nested(&[("a[99999999999]", "x"), ("b[1][0]", "y")]);
        assert_eq!(huge, json!({ "a": { "99999999999": "x" }, "b": { "1": ["y"] } }));
    }
}
