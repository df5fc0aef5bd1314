//! The filters of a report as clients write them.

use serde::Deserialize;
use serde_json::Value;

use crate::http::body::Field;
use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::fields::FieldType;
use crate::vendors::clockify::reports::filter::{
    Contains, FieldTest, NumberCondition, Pick, Status, Wanted,
};
use crate::vendors::clockify::wire::loose::{LooseBool, LooseInt, Text};

/// A choice among entities. Source: 001:2444-2457, 001:2970-2977.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PickIn {
    ids: Field<Vec<Text>>,
    contains: Field<Contains>,
    contained_in_timeentry: Field<Contains>,
    status: Field<Status>,
}

impl PickIn {
    /// What it chooses.
    #[must_use]
    pub fn pick(self) -> Pick {
        let Self { ids, contains, contained_in_timeentry, status } = self;
        let mut pick = Pick {
            // Of the two, the one that speaks of the entry's own tags decides.
            contains: contained_in_timeentry.value().or(contains.value()).unwrap_or_default(),
            status: status.value().unwrap_or_default(),
            ..Pick::default()
        };
        for id in ids.value().unwrap_or_default() {
            match id.0.trim() {
                "" => pick.nothing = true,
                id => match id.parse::<Hex24>() {
                    Ok(id) => pick.ids.push(id),
                    Err(_) => pick.strangers = true,
                },
            }
        }
        pick
    }
}

/// A custom field that must hold something. Source: 001:2473-2481.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FieldIn {
    id: Field<Text>,
    value: Field<Value>,
    r#type: Field<FieldType>,
    number_condition: Field<NumberCondition>,
    empty: Field<LooseBool>,
    is_empty: Field<LooseBool>,
}

impl FieldIn {
    /// The test it asks for.
    #[must_use]
    pub fn test(self) -> FieldTest {
        quirk!("CFY-414");
        let Self { id, value, r#type, number_condition, empty, is_empty } = self;
        let flag = |flag: Field<LooseBool>| flag.value().is_some_and(|flag| flag.0);
        FieldTest {
            field: id.value().and_then(|id| id.0.trim().parse().ok()),
            empty: flag(empty) || flag(is_empty),
            value: value.value().and_then(|value| wanted(&value, r#type.value())),
            condition: number_condition.value().unwrap_or_default(),
        }
    }
}

/// A value as the type says; without a type, as it looks. An empty text or list wants nothing.
fn wanted(value: &Value, kind: Option<FieldType>) -> Option<Wanted> {
    let text = match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    if text.as_deref() == Some("") {
        return None;
    }
    let texts = || match value {
        Value::Array(rows) => rows.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => text.clone().into_iter().collect::<Vec<String>>(),
    };
    let number = || text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let truth = || match text.as_deref() {
        Some(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    let found = match kind {
        Some(FieldType::Txt | FieldType::Link) => text.clone().map(Wanted::Text),
        Some(FieldType::Number) => number().map(Wanted::Number),
        Some(FieldType::Checkbox) => truth().map(Wanted::Truth),
        Some(FieldType::DropdownSingle | FieldType::DropdownMultiple) => {
            let texts = texts();
            if texts.is_empty() {
                return None;
            }
            Some(Wanted::Choices(texts))
        }
        None => match value {
            Value::Bool(truth) => Some(Wanted::Truth(*truth)),
            Value::Number(_) => number().map(Wanted::Number),
            Value::Array(_) => Some(Wanted::Choices(texts())),
            _ => text.clone().map(Wanted::Text),
        },
    };
    Some(found.unwrap_or(Wanted::Never))
}

/// Entries that may be mistakes. Source: 001:2777-2782.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditIn {
    /// Only those without a project.
    pub without_project: Field<LooseBool>,
    /// Only those without a task.
    pub without_task: Field<LooseBool>,
    /// In seconds.
    pub duration: Field<LooseInt>,
    /// At most this long, else at least.
    pub duration_shorter: Field<LooseBool>,
}
