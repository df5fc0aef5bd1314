//! The form of errors: `{"error":{…}}` for entries, clock and entry groups, `{"errors":[…]}` for
//! all other resources.

use axum::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Error, is_german, retired};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::limits;
use crate::vendors::clockodo::rules::refusal::{Detail, Problem, Refusal};
use crate::vendors::clockodo::wire::number::Hundredths;

/// The newer form's text for a missing parameter, in English and German.
const EMPTY: [&str; 2] = [
    "Value is required and cannot be empty.",
    "Der Wert ist erforderlich und darf nicht leer sein.",
];

/// The older form of an error. The vendor's schema also has `code`, which no recorded answer has.
#[derive(Debug, Serialize)]
pub(super) struct OlderOut<'a> {
    pub(super) message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) fields: &'a [String],
}

/// The newer error.
#[derive(Debug, Serialize)]
pub(super) struct NewerOut<'a> {
    pub(super) r#type: &'a str,
    pub(super) message: &'a str,
    pub(super) details: Option<&'a Value>,
    pub(super) path: Option<&'a str>,
}

/// Resources with the older form of errors: entries, clock, entry groups and their retired
/// predecessors.
const OLDER: [&str; 9] = [
    "entries",
    "clock",
    "entrygroups",
    "customers",
    "projects",
    "services",
    "lumpsumservices",
    "users",
    "teams",
];

/// True if the path belongs to a resource with the older form of errors.
pub(super) fn is_older(path: &str) -> bool {
    let name = path.strip_prefix("/api/").unwrap_or_default();
    let name = name.strip_prefix("v2/").unwrap_or(name).split('/').next().unwrap_or_default();
    OLDER.contains(&name)
}

impl VendorError for Error {
    fn reply(&self, cx: &Context) -> Reply {
        if self.problem() == Problem::NoRoute
            && let Some(successor) = retired::successor(&cx.path)
        {
            return Self::Gone(successor).reply(cx);
        }
        let is_older = is_older(&cx.path);
        let row = self.problem().row();
        let status = if is_older { row.older_status } else { row.newer_status };
        let is_generic = matches!(status, 401 | 403 | 404 | 409 | 410);
        let older_form = is_older && !(is_generic && cx.revision() == Revision::Current);
        let message = self.message(is_german(cx.header("accept-language").as_deref()), is_older);
        if is_older {
            quirk!("CDO-014");
        }
        let status = match StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST) {
            // The vendor's contract has no 422 for reads.
            StatusCode::UNPROCESSABLE_ENTITY if cx.method == Method::GET => StatusCode::BAD_REQUEST,
            status => status,
        };
        let reply = if older_form {
            let fields = self.refusal().map_or(&[][..], |refusal| refusal.fields.as_slice());
            Reply::json(status, &json!({ "error": OlderOut { message: &message, fields } }))
        } else {
            self.newer_reply(status, row.word, &message)
        };
        match self {
            Self::WrongMethod(allow) => reply.with("allow", allow),
            Self::Limited { after, .. } => {
                quirk!("CDO-021");
                reply.with("retry-after", &after.as_millis().div_ceil(1000).to_string())
            }
            Self::Refused(_) | Self::Gone(_) => reply,
        }
    }
}

impl Error {
    fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Limited { .. } | Self::WrongMethod(_) | Self::Gone(_) => None,
        }
    }

    /// Its row in the table.
    fn problem(&self) -> Problem {
        match self {
            Self::Refused(refusal) => refusal.problem,
            Self::Limited { .. } => Problem::Limited,
            Self::WrongMethod(_) => Problem::WrongMethod,
            Self::Gone(_) => Problem::Gone,
        }
    }

    /// One error per missing parameter; for any other refusal, a single error.
    fn newer_reply(&self, status: StatusCode, word: &str, message: &str) -> Reply {
        let details = self.refusal().and_then(details);
        let details = details.as_ref();
        let error = |path| NewerOut { r#type: word, message, details, path };
        let fields = self.refusal().map_or(&[][..], |refusal| refusal.fields.as_slice());
        let count = if self.problem() == Problem::Missing { fields.len() } else { 1 };
        let paths = fields.iter().take(count).map(|field| Some(field.as_str()));
        let mut errors: Vec<NewerOut<'_>> = paths.map(error).collect();
        if errors.is_empty() {
            errors.push(error(None));
        }
        Reply::json(status, &json!({ "errors": errors }))
    }

    /// The text, with its placeholders replaced.
    fn message(&self, german: bool, is_older: bool) -> String {
        let row = self.problem().row();
        let text = if german { row.german } else { row.english };
        if german {
            quirk!("CDO-023");
        }
        match self {
            Self::Refused(refusal) => match refusal.problem {
                Problem::Missing if !is_older => EMPTY[usize::from(german)].to_owned(),
                Problem::Unauthenticated => {
                    quirk!("CDO-023");
                    text.to_owned()
                }
                Problem::NotFound => {
                    quirk!("CDO-022");
                    text.to_owned()
                }
                _ => fill_in(text, refusal),
            },
            Self::Limited { limit, .. } => text.replace("{limit}", &limits::description(limit)),
            Self::WrongMethod(_) => text.to_owned(),
            Self::Gone(successor) => {
                quirk!("CDO-030");
                quirk!("CDO-023");
                text.replace("{successor}", successor)
            }
        }
    }
}

/// Replaces the placeholders for fields, expected values and the type of the entity whose name is
/// taken.
fn fill_in(text: &str, refusal: &Refusal) -> String {
    let mut text = text.replace("{fields}", &refusal.fields.join(", "));
    for (name, detail) in &refusal.details {
        match (*name, detail) {
            ("expected_values", Detail::Texts(values)) => {
                text = text.replace("{expected}", &values.join(", "));
            }
            ("expected_values", Detail::Numbers(values)) => {
                let values: Vec<String> = values.iter().map(u64::to_string).collect();
                text = text.replace("{expected}", &values.join(", "));
            }
            ("resources", Detail::Texts(kinds)) => {
                let (thing, ein) = kind_words(kinds.first().map_or("", String::as_str));
                text = text.replace("{thing}", thing).replace("{ein}", ein);
            }
            _ => {}
        }
    }
    text
}

/// The English and German words for the vendor's name of an entity type.
fn kind_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "customers" => ("customer", "einen Kunden"),
        "projects" => ("project", "ein Projekt"),
        "subprojects" => ("subproject", "ein Teilprojekt"),
        "services" => ("service", "eine Leistung"),
        "lumpsum_services" => ("lump sum service", "eine Pauschalleistung"),
        _ => ("team", "ein Team"),
    }
}

/// The details of a refusal as an object. `None` if there are none.
fn details(refusal: &Refusal) -> Option<Value> {
    let value = |detail: &Detail| match detail {
        Detail::Number(number) => json!(number),
        Detail::Numbers(numbers) => json!(numbers),
        Detail::Amount(amount) => json!(Hundredths(*amount)),
        Detail::Flag(flag) => json!(flag),
        Detail::Text(text) => json!(text),
        Detail::Texts(texts) => json!(texts),
    };
    let facts = refusal.details.iter();
    let facts: Map<String, Value> =
        facts.map(|(name, detail)| ((*name).to_owned(), value(detail))).collect();
    Some(Value::Object(facts)).filter(|_| !refusal.details.is_empty())
}
