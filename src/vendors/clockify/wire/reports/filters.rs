//! The filters in the body of a report request.

use serde::Deserialize;
use serde_json::Value;

use crate::http::body::Field;
use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::fields::FieldType;
use crate::vendors::clockify::reports::filter::{
    Contains, EntityFilter, FieldFilter, NumberCondition, Status, ValueFilter,
};
use crate::vendors::clockify::wire::loose::{LooseBool, LooseInt, Text};

/// A filter by entities of one kind. Source: 001:2444-2457, 001:2970-2977.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntityFilterIn {
    ids: Field<Vec<Text>>,
    contains: Field<Contains>,
    contained_in_timeentry: Field<Contains>,
    status: Field<Status>,
}

impl EntityFilterIn {
    /// The decoded filter.
    #[must_use]
    pub fn filter(self) -> EntityFilter {
        let Self { ids, contains, contained_in_timeentry, status } = self;
        let mut filter = EntityFilter {
            // `containedInTimeentry` is about the entry's own tags and wins.
            contains: contained_in_timeentry.value().or(contains.value()).unwrap_or_default(),
            status: status.value().unwrap_or_default(),
            ..EntityFilter::default()
        };
        for id in ids.value().unwrap_or_default() {
            match id.0.trim() {
                "" => filter.unassigned = true,
                id => match id.parse::<Hex24>() {
                    Ok(id) => drop(filter.ids.insert(id)),
                    Err(_) => filter.invalid = true,
                },
            }
        }
        filter
    }
}

/// A filter by the value of a custom field. Source: 001:2473-2481.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomFieldFilterIn {
    id: Field<Text>,
    value: Field<Value>,
    r#type: Field<FieldType>,
    number_condition: Field<NumberCondition>,
    empty: Field<LooseBool>,
    is_empty: Field<LooseBool>,
}

impl CustomFieldFilterIn {
    /// The decoded filter.
    #[must_use]
    pub fn filter(self) -> FieldFilter {
        quirk!("CFY-414");
        let Self { id, value, r#type, number_condition, empty, is_empty } = self;
        let flag = |flag: Field<LooseBool>| flag.value().is_some_and(|flag| flag.0);
        FieldFilter {
            field: id.value().and_then(|id| id.0.trim().parse().ok()),
            empty: flag(empty) || flag(is_empty),
            value: value.value().and_then(|value| value_filter(&value, r#type.value())),
            condition: number_condition.value().unwrap_or_default(),
        }
    }
}

/// Decodes a value by the field's type, or by its JSON type. `None`, which matches all, for an
/// empty text or list.
fn value_filter(value: &Value, kind: Option<FieldType>) -> Option<ValueFilter> {
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
        Some(FieldType::Txt | FieldType::Link) => text.clone().map(ValueFilter::Text),
        Some(FieldType::Number) => number().map(ValueFilter::Number),
        Some(FieldType::Checkbox) => truth().map(ValueFilter::Truth),
        Some(FieldType::DropdownSingle | FieldType::DropdownMultiple) => {
            let texts = texts();
            if texts.is_empty() {
                return None;
            }
            Some(ValueFilter::Choices(texts))
        }
        None => match value {
            Value::Bool(truth) => Some(ValueFilter::Truth(*truth)),
            Value::Number(_) => number().map(ValueFilter::Number),
            Value::Array(_) => Some(ValueFilter::Choices(texts())),
            _ => text.clone().map(ValueFilter::Text),
        },
    };
    Some(found.unwrap_or(ValueFilter::Never))
}

/// A filter for entries that may be mistakes. Source: 001:2777-2782.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditIn {
    /// Only entries without a project.
    pub without_project: Field<LooseBool>,
    /// Only entries without a task.
    pub without_task: Field<LooseBool>,
    /// Only entries of at least or at most this length in seconds.
    pub duration: Field<LooseInt>,
    /// `duration` is a maximum instead of a minimum.
    pub duration_shorter: Field<LooseBool>,
}
