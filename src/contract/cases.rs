//! Reads the case files, in the notation that `contract/README.md` describes. `tests/it/cases.rs` runs them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Broken, files, text};

/// A case file with its cases.
#[derive(Debug)]
pub struct CaseFile {
    /// Path below `contract/`.
    pub file: String,
    /// The folder it is in.
    pub surface: String,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// A test story with a world of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, in one sentence.
    #[serde(rename = "case")]
    pub title: String,
    /// Sources.
    #[serde(default)]
    pub source: Vec<String>,
    /// Quirks it shows.
    #[serde(default)]
    pub quirks: Vec<String>,
    /// The setup of its world.
    #[serde(default)]
    pub world: CaseWorld,
    /// The caller of steps that name none.
    #[serde(rename = "as")]
    person: Option<String>,
    /// Its steps in order.
    pub steps: Vec<Step>,
}

/// The setup of a world, where it differs from the default: `studio` at its usual instant.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseWorld {
    /// A built-in scenario.
    pub scenario: Option<String>,
    /// An instant for the clock.
    pub at: Option<String>,
    /// `documented` or `current`.
    pub revision: Option<String>,
    /// `vendor` or `off`.
    pub limits: Option<String>,
    /// By system, members that replace or extend those of the scenario's overlay.
    pub overlays: BTreeMap<String, Value>,
}

/// A request with its answer, a change of the clock, or a reset.
#[derive(Debug, Default)]
pub struct Step {
    /// The reason for the step, if the request does not show it.
    pub about: Option<String>,
    /// Advances the clock by an ISO 8601 duration first.
    pub advance: Option<String>,
    /// Resets the sandbox first.
    pub reset: bool,
    /// The surface, if it is not that of the file.
    pub surface: Option<String>,
    /// The sandbox, if it is not `main`.
    pub sandbox: Option<String>,
    /// The caller, if it is not that of the case.
    person: Option<String>,
    /// The request.
    pub request: Option<CaseRequest>,
    /// Names for values of the answer, with their JSON pointers.
    pub save: BTreeMap<String, String>,
}

/// A request with its expected answer.
#[derive(Debug)]
pub struct CaseRequest {
    /// The operation; `None` if none has this method and path.
    pub operation: Option<String>,
    /// HTTP method in upper case.
    pub method: String,
    /// Path without a query.
    pub path: String,
    /// Query parameters, not yet encoded.
    pub query: Vec<(String, String)>,
    /// A raw query string.
    pub raw_query: Option<String>,
    /// Headers, without those of the credential.
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<Value>,
    /// A form body.
    pub form: Option<Vec<(String, String)>>,
    /// Any other body.
    pub text: Option<String>,
    /// Number of times to send it. The last answer is checked; earlier ones must be below 400.
    pub times: usize,
    /// HTTP status of the answer.
    pub status: u16,
    /// Other expectations.
    pub answer: Expected,
}

/// Expectations of an answer beside its status.
#[derive(Debug, Default)]
pub struct Expected {
    /// Headers with their values; null for an absent header.
    pub headers: BTreeMap<String, Option<String>>,
    /// The whole body.
    pub json: Option<Value>,
    /// A part of the body.
    pub has: Option<Value>,
    /// Rows of the body.
    pub length: Option<usize>,
    /// The whole body as text.
    pub text: Option<String>,
    /// Texts that the body contains.
    pub contains: Vec<String>,
    /// Texts that the body does not contain.
    pub lacks: Vec<String>,
    /// There is no body.
    pub empty: bool,
    /// JSON pointers with their values.
    pub pointers: BTreeMap<String, Value>,
    /// JSON pointers without a value.
    pub absent: Vec<String>,
}

impl Case {
    /// The caller's e-mail; `None` for an anonymous request.
    #[must_use]
    pub fn caller(&self, step: &Step) -> Option<String> {
        match step.person.as_deref().or(self.person.as_deref()).unwrap_or("anna") {
            "nobody" => None,
            person if person.contains('@') => Some(person.to_owned()),
            person => Some(format!("{person}@studio.example")),
        }
    }
}

/// Every case file, by path.
///
/// # Errors
/// A file is not in the notation; the message names file and line.
pub fn all() -> Result<Vec<CaseFile>, Broken> {
    let mut names: Vec<String> = files().filter(|file| file.contains("/cases/")).collect();
    names.sort_unstable();
    names.into_iter().map(|file| read(&text(&file).unwrap_or_default(), file)).collect()
}

/// The cases in the text of a file.
///
/// # Errors
/// See [`all`].
pub fn read(text: &str, file: String) -> Result<CaseFile, Broken> {
    let options = serde_saphyr::options! { budget: None, strict_booleans: true };
    match serde_saphyr::from_str_with_options(text, options) {
        Ok(cases) => {
            let surface = file.split('/').next().unwrap_or_default().to_owned();
            Ok(CaseFile { file, surface, cases })
        }
        Err(error) => Err(Broken { file, message: error.without_snippet().to_string() }),
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepVisitor)
    }
}

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Step;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let mut step = Step::default();
        let mut request = RequestDraft::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "about" => step.about = Some(map.next_value()?),
                "advance" => step.advance = Some(map.next_value()?),
                "reset" => step.reset = map.next_value()?,
                "surface" => step.surface = Some(map.next_value()?),
                "sandbox" => step.sandbox = Some(map.next_value()?),
                "as" => step.person = Some(map.next_value()?),
                "save" => step.save = map.next_value()?,
                _ => request.member(&key, &mut map)?,
            }
        }
        step.request = request.finish::<A::Error>()?;
        if step.request.is_none() && step.advance.is_none() && !step.reset {
            return Err(A::Error::invalid_value(
                Unexpected::Other("a step without a request"),
                &"one that moves the clock or resets",
            ));
        }
        Ok(step)
    }
}

/// The request members of a step, as far as they are read.
#[derive(Default)]
struct RequestDraft {
    line: Option<Line>,
    query: Vec<(String, String)>,
    raw_query: Option<String>,
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    form: Option<Vec<(String, String)>>,
    text: Option<String>,
    times: Option<usize>,
    answer: Option<(u16, Expected)>,
}

/// `getTags: GET /path?query`.
struct Line {
    operation: Option<String>,
    method: String,
    path: String,
    query: Vec<(String, String)>,
}

impl RequestDraft {
    fn member<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "query" => self.query.extend(pairs(map.next_value()?)),
            "raw" => self.raw_query = Some(map.next_value()?),
            "headers" => self.headers = map.next_value()?,
            "json" => self.json = Some(map.next_value()?),
            "form" => self.form = Some(pairs(map.next_value()?)),
            "text" => self.text = Some(map.next_value()?),
            "times" => self.times = Some(map.next_value()?),
            status if status.len() == 3 && status.starts_with(|c: char| c.is_ascii_digit()) => {
                if self.answer.is_some() {
                    return Err(Error::invalid_value(Unexpected::Str(status), &"one status"));
                }
                let status = status.parse().map_err(A::Error::custom)?;
                let answer: Option<Expected> = map.next_value()?;
                self.answer = Some((status, answer.unwrap_or_default()));
            }
            operation => self.line::<A::Error>(operation, &map.next_value()?)?,
        }
        Ok(())
    }

    /// Reads a key that is not a member of a step as an operation.
    fn line<E: Error>(&mut self, operation: &str, line: &Value) -> Result<(), E> {
        const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        let line = line.as_str().and_then(|line| line.split_once(' '));
        let line = line.filter(|(method, uri)| METHODS.contains(method) && uri.starts_with('/'));
        let Some((method, uri)) = line else {
            return Err(E::invalid_value(Unexpected::Str(operation), &"a member of a step"));
        };
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        let line = Line {
            operation: (operation != "request").then(|| operation.to_owned()),
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(query.map(str::to_owned).collect()),
        };
        match self.line.replace(line) {
            None => Ok(()),
            Some(_) => Err(E::invalid_value(Unexpected::Str(uri), &"one request a step")),
        }
    }

    fn finish<E: Error>(self) -> Result<Option<CaseRequest>, E> {
        let Self { line, query, raw_query, headers, json, form, text, times, answer } = self;
        let bodies = [json.is_some(), form.is_some(), text.is_some()];
        if bodies.iter().filter(|there| **there).count() > 1 {
            return Err(E::invalid_value(
                Unexpected::Other("a request with two bodies"),
                &"one of `json`, `form` and `text`",
            ));
        }
        let Some(line) = line else {
            if bodies == [false; 3] && query.is_empty() && raw_query.is_none() && answer.is_none() {
                return Ok(None);
            }
            return Err(E::invalid_value(
                Unexpected::Other("a step without a request line"),
                &"`operation: METHOD /path`",
            ));
        };
        let Line { operation, method, path, query: mut pairs } = line;
        pairs.extend(query);
        if raw_query.is_some() && !pairs.is_empty() {
            return Err(E::invalid_value(
                Unexpected::Other("a query in words and a raw one"),
                &"one of them",
            ));
        }
        let Some((status, answer)) = answer else {
            return Err(E::invalid_value(
                Unexpected::Other("a request without a status"),
                &"one, such as `200:`",
            ));
        };
        let (query, times) = (pairs, times.unwrap_or(1));
        Ok(Some(CaseRequest {
            operation,
            method,
            path,
            query,
            raw_query,
            headers,
            json,
            form,
            text,
            times,
            status,
            answer,
        }))
    }
}

/// `name=value`, split at the first `=`.
fn pairs(texts: Vec<String>) -> Vec<(String, String)> {
    let pair = |text: String| match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (text, String::new()),
    };
    texts.into_iter().map(pair).collect()
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ExpectedVisitor)
    }
}

struct ExpectedVisitor;

impl<'de> Visitor<'de> for ExpectedVisitor {
    type Value = Expected;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what is known of an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expected, A::Error> {
        const MEMBERS: &[&str] = &[
            "headers", "json", "has", "length", "text", "contains", "lacks", "empty", "absent",
            "/pointer",
        ];
        let mut expected = Expected::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "headers" => expected.headers = map.next_value()?,
                "json" => expected.json = Some(map.next_value()?),
                "has" => expected.has = Some(map.next_value()?),
                "length" => expected.length = Some(map.next_value()?),
                "text" => expected.text = Some(map.next_value()?),
                "contains" => expected.contains = map.next_value()?,
                "lacks" => expected.lacks = map.next_value()?,
                "empty" => expected.empty = map.next_value()?,
                "absent" => expected.absent = map.next_value()?,
                pointer if pointer.starts_with('/') => {
                    expected.pointers.insert(key, map.next_value()?);
                }
                other => return Err(Error::unknown_field(other, MEMBERS)),
            }
        }
        Ok(expected)
    }
}
