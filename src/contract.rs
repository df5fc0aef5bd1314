//! The contract files, embedded: what each vendor promises, what we decided, and which cases show it.
//! They are inputs; nothing here is generated from our code.

pub mod cases;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use cases::{CaseFile, CaseRequest};

#[derive(RustEmbed)]
#[folder = "contract"]
struct Files;

/// One recorded decision where a document is silent, wrong or contradictory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// E.g. `CFY-007`.
    pub id: String,
    /// Operation id, several joined by commas, or `*`.
    pub operation: String,
    /// One short sentence.
    pub title: String,
    /// What the document says, with its line, or that it is silent.
    pub document: String,
    /// What we answer in revision `documented`.
    pub documented: String,
    /// What we answer in revision `current`, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The reason.
    pub why: String,
    /// How well it is known.
    pub grade: Grade,
}

/// How well a decision is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// A vendor document says so.
    Documented,
    /// Real clients or recorded answers show it.
    Observed,
    /// Our own inference.
    Assumed,
}

/// An operation of a vendor document that we answer but do not imitate, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    /// HTTP method in upper case.
    pub method: String,
    /// Path below the contract's server, spelt as in `openapi.yaml`.
    pub path: String,
    /// Operation id; none of `openapi.yaml`.
    pub operation: String,
    /// The server that the path is below, where it is not the contract's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Why it is not imitated, for somebody whose client calls it.
    pub reason: String,
    /// Document and line that name it.
    pub source: String,
}

/// One operation of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Operation id.
    pub operation: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Path below the contract's server.
    pub path: String,
    /// Document and line it rests on.
    pub source: String,
    /// Statuses it may answer with.
    pub statuses: Vec<String>,
}

/// A contract file that cannot be read; a test shows it before a user does.
#[derive(Debug, Clone, thiserror::Error)]
#[error("contract/{file}: {message}")]
pub struct Broken {
    file: String,
    message: String,
}

/// The text of a file below `contract/`.
#[must_use]
pub fn text(file: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&Files::get(file)?.data).into_owned())
}

/// Names of all embedded files.
pub fn files() -> impl Iterator<Item = String> {
    Files::iter().map(String::from)
}

/// The `OpenAPI` document of a surface.
///
/// # Errors
/// When there is none or it is not YAML.
pub fn openapi(surface: &str) -> Result<Value, Broken> {
    let (file, text) = read(surface, "openapi.yaml")?;
    // Deep schemas and many anchors are ours, so the parser's guards for foreign input are off.
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_str_with_options(&text, options)
        .map_err(|error| Broken { file, message: error.to_string() })
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

/// The declined operations of a surface, in the order of its `limits.toml`; none without that file.
///
/// # Errors
/// When the file has another shape.
pub fn declined(surface: &str) -> Result<Vec<Declined>, Broken> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct LimitsFile {
        #[serde(default)]
        declined: Vec<Declined>,
    }
    let Ok((file, text)) = read(surface, "limits.toml") else { return Ok(Vec::new()) };
    let limits: LimitsFile =
        toml::from_str(&text).map_err(|error| Broken { file, message: error.to_string() })?;
    Ok(limits.declined)
}

/// The operations of a surface, in the order of its document.
///
/// # Errors
/// See [`openapi`].
pub fn operations(surface: &str) -> Result<Vec<Operation>, Broken> {
    const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
    let document = openapi(surface)?;
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let text = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
            let statuses = operation["responses"].as_object().into_iter().flatten();
            operations.push(Operation {
                operation: text("operationId"),
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                source: text("x-source"),
                statuses: statuses.map(|(status, _)| status.clone()).collect(),
            });
        }
    }
    Ok(operations)
}

/// How often the cases of a surface call an operation and which statuses they expect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exercised {
    /// Steps that call it.
    pub steps: usize,
    /// Statuses these steps expect, each once, in order.
    pub statuses: Vec<u64>,
    /// Case files that call it.
    pub cases: Vec<String>,
}

/// What the cases of a surface do with `operation`.
///
/// # Errors
/// When a case file is not written in the notation.
pub fn exercised(surface: &str, operation: &str) -> Result<Exercised, Broken> {
    static ALL: OnceLock<Result<BTreeMap<String, Exercised>, Broken>> = OnceLock::new();
    let all = ALL.get_or_init(all_exercised).as_ref().map_err(Broken::clone)?;
    Ok(all.get(&format!("{surface} {operation}")).cloned().unwrap_or_default())
}

/// The same of every operation, by surface and operation.
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
