//! Whether the requests that came are those that were expected.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Twin, TwinError};
use crate::http::query::QueryMap;
use crate::kernel::journal::Record;
use crate::kernel::uuids::Uuid;
use crate::kernel::wanted;

/// Requests that are expected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// Of this surface.
    pub surface: Option<String>,
    /// Of this operation.
    pub operation: Option<String>,
    /// With this method.
    pub method: Option<String>,
    /// To exactly this path.
    pub path: Option<String>,
    /// By this person (e-mail).
    pub person: Option<String>,
    /// Answered with this status.
    pub status: Option<u16>,
    /// With at least this in their body: members of objects by name, lists element by element. The fields
    /// of a form are texts.
    pub body: Option<Value>,
    /// So many, no more and no fewer.
    pub exactly: Option<usize>,
    /// So many or more; 1 when no number is given.
    pub at_least: Option<usize>,
    /// So many or fewer.
    pub at_most: Option<usize>,
}

/// What is expected of a journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// The expectations.
    pub expectations: Vec<Expectation>,
    /// Whether the first requests that meet them came in their order.
    #[serde(default)]
    pub in_order: bool,
}

/// The result of a verification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// How many requests met each expectation.
    pub matched: Vec<usize>,
    /// The expectations that were not met.
    pub differences: Vec<Difference>,
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Its index, counted from 0.
    pub expectation: usize,
    /// What is wrong.
    pub message: String,
    /// The requests that come closest.
    pub closest: Vec<Closest>,
}

/// A request that nearly meets an expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Closest {
    /// Its id in the journal.
    pub id: Uuid,
    /// Method and path.
    pub request: String,
    /// What differs, in words.
    pub differs: Vec<String>,
}

/// Most requests that are named as close.
const CLOSEST: usize = 3;

impl Twin {
    /// Compares the journal of a sandbox with expectations.
    ///
    /// # Errors
    /// There is no such sandbox, surface or operation.
    pub fn verify(&self, name: &str, expected: &Expectations) -> Result<Verdict, TwinError> {
        let sandbox = self.sandbox(name)?;
        for expectation in &expected.expectations {
            self.check_names(expectation)?;
        }
        let journal = sandbox.journal();
        let records: Vec<&Record> = journal.iter().collect();
        let mut verdict = Verdict { matched: Vec::new(), differences: Vec::new() };
        let mut last = None;
        for (n, expectation) in expected.expectations.iter().enumerate() {
            let differs: Vec<Vec<String>> =
                records.iter().map(|record| expectation.differs(record)).collect();
            let meets: Vec<Uuid> = records
                .iter()
                .zip(&differs)
                .filter(|(_, differs)| differs.is_empty())
                .map(|(record, _)| record.id)
                .collect();
            verdict.matched.push(meets.len());
            if let Some(message) = expectation.miscounted(meets.len()) {
                let closest = closest(&records, &differs);
                verdict.differences.push(Difference { expectation: n, message, closest });
            } else if expected.in_order && !expectation.allows(0) {
                if let Some(next) = meets.iter().find(|id| Some(**id) > last) {
                    last = Some(*next);
                    continue;
                }
                let last = last.unwrap_or_default();
                let message = format!(
                    "{expectation} came, but not after request {last}, which met the expectation before it"
                );
                let closest = Vec::new();
                verdict.differences.push(Difference { expectation: n, message, closest });
            }
        }
        Ok(verdict)
    }

    fn check_names(&self, expectation: &Expectation) -> Result<(), TwinError> {
        let Expectation { surface, operation, .. } = expectation;
        if let Some(surface) = surface {
            self.surface(surface)?;
        }
        let Some(wanted) = operation else { return Ok(()) };
        let mounted = self.mount().surfaces().iter();
        let mut routes = mounted
            .filter(|mounted| surface.as_deref().is_none_or(|name| mounted.surface.name == name))
            .flat_map(|mounted| mounted.routes.list());
        if routes.any(|route| route.operation.id == wanted) {
            Ok(())
        } else {
            Err(TwinError::unknown("operation", wanted))
        }
    }
}

impl Expectation {
    /// What keeps a request from meeting it, in words.
    fn differs(&self, record: &Record) -> Vec<String> {
        let Self { surface, operation, method, path, person, status, body, .. } = self;
        wanted::check();
        let mut differs = Vec::new();
        let mut compare = |name: &str, wanted: Option<&str>, is: Option<&str>| {
            if let Some(wanted) = wanted
                && is.is_none_or(|is| !is.eq_ignore_ascii_case(wanted))
            {
                differs.push(format!("{name} is {}, not {wanted}", is.unwrap_or("unknown")));
            }
        };
        compare("surface", surface.as_deref(), record.surface);
        compare("operation", operation.as_deref(), record.operation);
        compare("method", method.as_deref(), Some(&record.method));
        compare("path", path.as_deref(), Some(&record.path));
        compare("person", person.as_deref(), record.person.as_deref());
        if let Some(status) = status.filter(|status| *status != record.status) {
            differs.push(format!("status is {}, not {status}", record.status));
        }
        if let Some(wanted) = body {
            match record.body.as_deref().and_then(sent) {
                Some(sent) => lacks(wanted, &sent, "body", &mut differs),
                None => differs.push("it has no body that can be compared".to_owned()),
            }
        }
        differs
    }

    /// Whether a number of requests is right.
    fn allows(&self, count: usize) -> bool {
        self.miscounted(count).is_none()
    }

    fn miscounted(&self, count: usize) -> Option<String> {
        let Self { exactly, at_least, at_most, .. } = self;
        let no_number = exactly.is_none() && at_most.is_none();
        let at_least = at_least.or(no_number.then_some(1));
        let wanted = match (exactly, at_least, at_most) {
            (Some(exactly), _, _) if count != *exactly => format!("exactly {exactly}"),
            (_, Some(least), _) if count < least => format!("at least {least}"),
            (_, _, Some(most)) if count > *most => format!("at most {most}"),
            _ => return None,
        };
        Some(format!(
            "expected {wanted} of {self}, but there {}",
            match count {
                0 => "is none".to_owned(),
                1 => "is 1".to_owned(),
                count => format!("are {count}"),
            }
        ))
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { surface, operation, method, path, person, status, body, .. } = self;
        let texts = [operation, method, path];
        let texts = texts.into_iter().flatten().cloned();
        let of = surface.iter().map(|surface| format!("on {surface}"));
        let by = person.iter().map(|person| format!("by {person}"));
        let with = status.iter().map(|status| format!("answered {status}"));
        let body = body.iter().map(|body| format!("with {body}"));
        let words: Vec<String> = texts.chain(of).chain(by).chain(with).chain(body).collect();
        if words.is_empty() { f.write_str("any request") } else { f.write_str(&words.join(" ")) }
    }
}

/// A body that was sent, if it is JSON or a form.
fn sent(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let form = QueryMap::parse(text);
    let mut fields = Map::new();
    for (name, value) in form.pairs() {
        let value = Value::from(value);
        match fields.get_mut(name) {
            None => drop(fields.insert(name.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    text.contains('=').then(|| fields.into())
}

/// Notes where `sent` lacks something of `wanted`.
fn lacks(wanted: &Value, sent: &Value, at: &str, differs: &mut Vec<String>) {
    match (wanted, sent) {
        (Value::Object(wanted), Value::Object(sent)) => {
            for (name, wanted) in wanted {
                match sent.get(name) {
                    Some(sent) => lacks(wanted, sent, &format!("{at}.{name}"), differs),
                    None => differs.push(format!("{at}.{name} is missing")),
                }
            }
        }
        (Value::Array(wanted), Value::Array(sent)) if wanted.len() == sent.len() => {
            for (n, (wanted, sent)) in wanted.iter().zip(sent).enumerate() {
                lacks(wanted, sent, &format!("{at}[{n}]"), differs);
            }
        }
        (wanted, sent) if wanted == sent => {}
        (wanted, sent) => differs.push(format!("{at} is {sent}, not {wanted}")),
    }
}

/// The requests with the fewest differences; the newest of equals.
fn closest(records: &[&Record], differs: &[Vec<String>]) -> Vec<Closest> {
    let mut near: Vec<(&&Record, &Vec<String>)> =
        records.iter().zip(differs).filter(|(_, differs)| !differs.is_empty()).collect();
    near.sort_by_key(|(record, differs)| (differs.len(), std::cmp::Reverse(record.id)));
    near.into_iter()
        .take(CLOSEST)
        .map(|(record, differs)| Closest {
            id: record.id,
            request: format!("{} {}", record.method, record.path),
            differs: differs.clone(),
        })
        .collect()
}
