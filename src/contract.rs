//! The embedded contract files: operations, quirks and cases. They are inputs, written by hand. `build.rs` turns
//! the operations of each `openapi.yaml` into a table: all that the program knows of an operation, except its
//! handler.

pub mod cases;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{LazyLock, OnceLock};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use cases::{CaseFile, CaseRequest};

use crate::kernel::revision::Revision;

/// The files below `contract/`, and `<surface>/openapi.json`, by their paths. Unpacking them takes some milliseconds,
/// which nobody pays who does not ask for one.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let packed = include_bytes!(concat!(env!("OUT_DIR"), "/contract.json.gz"));
    let mut text = String::new();
    // build.rs packed it: it can be read.
    let read = GzDecoder::new(&packed[..]).read_to_string(&mut text);
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_default()
});

/// One recorded decision where a document is silent, wrong or contradictory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// E.g. `CFY-007`.
    pub id: String,
    /// Operation ids, comma-separated, or `*`.
    pub operation: String,
    /// One short sentence.
    pub title: String,
    /// The document's statement with its line, or that it is silent.
    pub document: String,
    /// Our decision in revision `documented`.
    pub documented: String,
    /// Our decision in revision `current`, if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The reason.
    pub why: String,
    /// The grade of the evidence.
    pub grade: Grade,
    /// Sources that speak against the decision, each with its mark.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicted: Vec<String>,
}

/// The grade of the evidence for a decision, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// One of the documents 000 to 003 says so.
    Documented,
    /// The vendor's help centre, change log or current specification says so.
    Vendor,
    /// A recorded answer of the service shows it.
    Observed,
    /// Our own inference.
    Assumed,
}

impl Grade {
    /// All grades, best first.
    pub const ALL: [Self; 4] = [Self::Documented, Self::Vendor, Self::Observed, Self::Assumed];

    /// The grade as `quirks.toml` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Vendor => "vendor",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

/// One operation of a contract: everything about it but its handler. `build.rs` reads it from `openapi.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Operation id.
    #[serde(rename = "operation")]
    pub id: &'static str,
    /// HTTP method in upper case.
    pub method: &'static str,
    /// Path below the server.
    pub path: &'static str,
    /// The server of the path, if it is not the contract's first.
    #[serde(skip)]
    pub server: Option<&'static str>,
    /// Path of that server.
    #[serde(skip)]
    pub base: &'static str,
    /// Its source.
    pub source: &'static str,
    /// Possible statuses.
    pub statuses: &'static [&'static str],
    /// Names of its query parameters and of the fields of its body, without what is in brackets.
    #[serde(skip)]
    pub names: &'static [&'static str],
    /// The members of its body for which the vendor names no bound, with ours.
    #[serde(skip)]
    pub bounds: &'static [Bound],
    /// The scope that an add-on's token needs.
    #[serde(skip)]
    pub scope: Option<&'static str>,
    /// Its rate limits; those of every operation come first.
    #[serde(skip)]
    pub budget: &'static [Budget],
    /// The features that the plan must have.
    #[serde(skip)]
    pub plan: &'static [&'static str],
    /// The revision that has it, if only one does.
    #[serde(skip)]
    pub revision: Option<Revision>,
    /// The cost of its work.
    #[serde(skip)]
    pub cost: Cost,
    /// Why it is declined, for a reader whose client calls it.
    #[serde(skip)]
    pub declined: Option<&'static str>,
}

impl Operation {
    /// Whether it has a parameter or field of this name, which may be followed by a path.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        let top = name.split(['[', '.']).next().unwrap_or_default();
        self.names.binary_search(&top).is_ok() || self.names.binary_search(&name).is_ok()
    }
}

/// A bound of a member of a body that is ours: the vendor names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The names that lead to the member; `[]` stands for each row of a list.
    pub member: &'static [&'static str],
    /// The bound.
    pub most: Most,
}

/// The most that a member of a body may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// Characters of a text.
    Text(usize),
    /// Rows of a list.
    Items(usize),
}

/// A rate limit of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Id of the limit.
    pub limit: &'static str,
    /// The revision that has it, if only one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The parameter that a request must have for the limit to apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<&'static str>,
}

/// The cost of an operation's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cost {
    /// Too short to run on another thread.
    Short,
    /// So long that it would delay other requests.
    Long,
}

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

/// A contract file that cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("contract/{file}: {message}")]
pub struct Broken {
    file: String,
    message: String,
}

/// The text of a file below `contract/`.
#[must_use]
pub fn text(file: &str) -> Option<String> {
    FILES.get(file).cloned()
}

/// Names of all embedded files.
pub fn files() -> impl Iterator<Item = String> {
    FILES.keys().filter(|file| !file.ends_with("/openapi.json")).cloned()
}

/// The `OpenAPI` document of a surface.
///
/// # Errors
/// When there is none.
pub fn openapi(surface: &str) -> Result<Value, Broken> {
    let file = format!("{surface}/openapi.yaml");
    let Some(text) = FILES.get(&format!("{surface}/openapi.json")) else {
        return Err(Broken { file, message: "there is no such file".to_owned() });
    };
    serde_json::from_str(text).map_err(|error| Broken { file, message: error.to_string() })
}

/// The quirks of a surface, in the order of the file.
///
/// # Errors
/// When there is no such file or it has another shape.
pub fn quirks(surface: &str) -> Result<Vec<Quirk>, Broken> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct QuirkFile {
        #[serde(default)]
        quirk: Vec<Quirk>,
    }
    let (file, text) = read(surface, "quirks.toml")?;
    let quirks: QuirkFile =
        toml::from_str(&text).map_err(|error| Broken { file, message: error.to_string() })?;
    Ok(quirks.quirk)
}

/// The operations that a surface serves, in the order of its document.
pub fn operations(surface: &str) -> impl Iterator<Item = &'static Operation> {
    table(surface).iter().filter(|operation| operation.declined.is_none())
}

/// The operations that a surface declines, in the order of its document.
pub fn declined(surface: &str) -> impl Iterator<Item = &'static Operation> {
    table(surface).iter().filter(|operation| operation.declined.is_some())
}

fn table(surface: &str) -> &'static [Operation] {
    let found = TABLES.iter().find(|(name, _)| *name == surface);
    found.map_or(&[], |(_, operations)| operations)
}

/// The coverage of an operation by cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exercised {
    /// Steps that call it.
    pub steps: usize,
    /// Statuses these steps expect, each once, in order.
    pub statuses: Vec<u64>,
    /// Case files that call it.
    pub cases: Vec<String>,
}

/// The coverage of `operation` by the cases of a surface.
///
/// # Errors
/// A case file is not in the notation.
pub fn exercised(surface: &str, operation: &str) -> Result<Exercised, Broken> {
    static ALL: OnceLock<Result<BTreeMap<String, Exercised>, Broken>> = OnceLock::new();
    let all = ALL.get_or_init(all_exercised).as_ref().map_err(Broken::clone)?;
    Ok(all.get(&format!("{surface} {operation}")).cloned().unwrap_or_default())
}

/// The coverage of all operations, by surface and operation.
fn all_exercised() -> Result<BTreeMap<String, Exercised>, Broken> {
    let mut all: BTreeMap<String, Exercised> = BTreeMap::new();
    for CaseFile { file, surface, cases } in cases::all()? {
        let steps = cases.into_iter().flat_map(|case| case.steps);
        for CaseRequest { operation, status, .. } in steps.filter_map(|step| step.request) {
            let Some(operation) = operation else { continue };
            let result = all.entry(format!("{surface} {operation}")).or_default();
            result.steps += 1;
            let status = u64::from(status);
            if let Err(place) = result.statuses.binary_search(&status) {
                result.statuses.insert(place, status);
            }
            if !result.cases.contains(&file) {
                result.cases.push(file.clone());
            }
        }
    }
    Ok(all)
}

fn read(surface: &str, name: &str) -> Result<(String, String), Broken> {
    let file = format!("{surface}/{name}");
    match text(&file) {
        Some(text) => Ok((file, text)),
        None => Err(Broken { file, message: "there is no such file".to_owned() }),
    }
}
