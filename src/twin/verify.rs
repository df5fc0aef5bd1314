//! Whether the requests that came are those that were expected.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Twin, TwinError};
use crate::http::query::QueryMap;
use crate::kernel::abandon;
use crate::kernel::journal::Record;
use crate::kernel::uuids::Uuid;

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
/// Maximum number of expectations in a call; ours.
pub const EXPECTATIONS: usize = 1000;
/// Maximum number of values in the bodies of all expectations of a call; ours.
pub const VALUES: usize = 10_000;

/// A request and its body, if the body can be compared.
struct Came {
    record: Record,
    body: Option<Value>,
}

impl Twin {
    /// Compares the journal of a sandbox with expectations.
    ///
    /// # Errors
    /// There is no such sandbox, surface or operation, or there are too many expectations.
    pub fn verify(&self, name: &str, expected: &Expectations) -> Result<Verdict, TwinError> {
        let sandbox = self.sandbox(name)?;
        expected.check_size()?;
        for expectation in &expected.expectations {
            self.check_names(expectation)?;
        }
        // Compared outside the lock, which every request needs.
        let records: Vec<Record> = sandbox.journal().iter().cloned().collect();
        let needs_bodies = expected.expectations.iter().any(|one| one.body.is_some());
        let came = records.into_iter().map(|record| {
            let body = record.body.as_deref().filter(|_| needs_bodies).and_then(sent);
            Came { record, body }
        });
        let came: Vec<Came> = came.collect();
        let mut verdict = Verdict { matched: Vec::new(), differences: Vec::new() };
        let mut last = None;
        for (n, expectation) in expected.expectations.iter().enumerate() {
            let counts: Vec<usize> = came.iter().map(|came| expectation.count(came)).collect();
            let met = came.iter().zip(&counts).filter(|(_, count)| **count == 0);
            let meets: Vec<Uuid> = met.map(|(came, _)| came.record.id).collect();
            verdict.matched.push(meets.len());
            if let Some(message) = expectation.miscounted(meets.len()) {
                let closest = expectation.closest(&came, &counts);
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

impl Expectations {
    /// Each expectation is compared with each request, so there is a limit.
    fn check_size(&self) -> Result<(), TwinError> {
        if self.expectations.len() > EXPECTATIONS {
            return Err(TwinError::TooMany { most: EXPECTATIONS, what: "expectations" });
        }
        let bodies = self.expectations.iter().filter_map(|expectation| expectation.body.as_ref());
        if bodies.map(values).sum::<usize>() > VALUES {
            let what = "values in the bodies of expectations";
            return Err(TwinError::TooMany { most: VALUES, what });
        }
        Ok(())
    }
}

/// The number of values in a value, itself included.
fn values(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(values).sum(),
        Value::Object(all) => all.values().map(values).sum(),
        _ => 0,
    }
}

/// Takes note of a difference, whose words are made only if they are asked for.
type Note<'a> = &'a mut dyn FnMut(&dyn Fn() -> String);

impl Expectation {
    /// How many things keep a request from meeting it.
    fn count(&self, came: &Came) -> usize {
        let mut count = 0;
        self.compare(came, &mut |_| count += 1);
        count
    }

    /// The same in words.
    fn differs(&self, came: &Came) -> Vec<String> {
        let mut differs = Vec::new();
        self.compare(came, &mut |text| differs.push(text()));
        differs
    }

    fn compare(&self, Came { record, body: sent }: &Came, note: Note<'_>) {
        let Self { surface, operation, method, path, person, status, body, .. } = self;
        abandon::check();
        let mut compare = |name: &str, wanted: Option<&str>, is: Option<&str>| {
            if let Some(wanted) = wanted
                && is.is_none_or(|is| !is.eq_ignore_ascii_case(wanted))
            {
                note(&|| format!("{name} is {}, not {wanted}", is.unwrap_or("unknown")));
            }
        };
        compare("surface", surface.as_deref(), record.surface);
        compare("operation", operation.as_deref(), record.operation);
        compare("method", method.as_deref(), Some(&record.method));
        compare("path", path.as_deref(), Some(&record.path));
        compare("person", person.as_deref(), record.person.as_deref());
        if let Some(status) = status.filter(|status| *status != record.status) {
            note(&|| format!("status is {}, not {status}", record.status));
        }
        match (body, sent) {
            (None, _) => {}
            (Some(wanted), Some(sent)) => lacks(wanted, sent, &Place::Body, note),
            (Some(_), None) => note(&|| "it has no body that can be compared".to_owned()),
        }
    }

    /// The requests with the fewest differences; the newest of equals.
    fn closest(&self, came: &[Came], counts: &[usize]) -> Vec<Closest> {
        let near = came.iter().zip(counts).filter(|(_, count)| **count > 0);
        let mut near: Vec<(&Came, &usize)> = near.collect();
        near.sort_by_key(|(came, count)| (**count, std::cmp::Reverse(came.record.id)));
        let closest = near.into_iter().take(CLOSEST).map(|(came, _)| Closest {
            id: came.record.id,
            request: format!("{} {}", came.record.method, came.record.path),
            differs: self.differs(came),
        });
        closest.collect()
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

/// A place in a body.
#[derive(Clone, Copy)]
enum Place<'a> {
    Body,
    Member(&'a Place<'a>, &'a str),
    Element(&'a Place<'a>, usize),
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body => f.write_str("body"),
            Self::Member(of, name) => write!(f, "{of}.{name}"),
            Self::Element(of, n) => write!(f, "{of}[{n}]"),
        }
    }
}

/// Notes where `sent` lacks something of `wanted`.
fn lacks(wanted: &Value, sent: &Value, at: &Place<'_>, note: Note<'_>) {
    match (wanted, sent) {
        (Value::Object(wanted), Value::Object(sent)) => {
            for (name, wanted) in wanted {
                let at = Place::Member(at, name);
                match sent.get(name) {
                    Some(sent) => lacks(wanted, sent, &at, note),
                    None => note(&|| format!("{at} is missing")),
                }
            }
        }
        (Value::Array(wanted), Value::Array(sent)) if wanted.len() == sent.len() => {
            for (n, (wanted, sent)) in wanted.iter().zip(sent).enumerate() {
                lacks(wanted, sent, &Place::Element(at, n), note);
            }
        }
        (wanted, sent) if wanted == sent => {}
        (wanted, sent) => note(&|| format!("{at} is {sent}, not {wanted}")),
    }
}
