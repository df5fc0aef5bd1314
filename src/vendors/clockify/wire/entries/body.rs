//! Request bodies of time entries.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::http::body::Field;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::EntryId;
use crate::vendors::clockify::model::entries::EntryType;
use crate::vendors::clockify::model::fields::{FieldContent, FieldValue};
use crate::vendors::clockify::rules::entries::EntryDraft;
use crate::vendors::clockify::wire::body::Object;
use crate::vendors::clockify::wire::loose::{LooseBool, Text};
use crate::vendors::clockify::wire::stamps::instant;

/// The body that creates or replaces an entry. Source: 001:1179, 001:1312.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntryIn {
    id: Field<Text>,
    start: Field<Text>,
    end: Field<Text>,
    billable: Field<LooseBool>,
    description: Field<Text>,
    project_id: Field<Text>,
    task_id: Field<Text>,
    tag_ids: Field<Vec<Text>>,
    custom_fields: Field<Vec<Object<FieldIn>>>,
    r#type: Field<TypeIn>,
}

/// The types of time. A workspace without breaks or time off has fewer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TypeIn {
    Regular,
    Break,
    Holiday,
    TimeOff,
}

/// A custom field's value. Source: 001:1189-1194.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FieldIn {
    custom_field_id: Field<Text>,
    value: Field<FieldContent>,
}

/// The end of a timer. Source: 001:1616.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndIn {
    end: Field<Text>,
}

/// The body that marks entries as invoiced or not. Source: clockify.md:4.6.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvoicedIn {
    time_entry_ids: Field<Vec<Text>>,
    invoiced: Field<LooseBool>,
}

impl EntryIn {
    /// The draft in this body.
    ///
    /// # Errors
    /// For unparsable dates and invalid ids.
    pub fn draft(self) -> Result<EntryDraft, Refusal> {
        let Self {
            id: _,
            start,
            end,
            billable,
            description,
            project_id,
            task_id,
            tag_ids,
            custom_fields,
            r#type,
        } = self;
        let tags = tag_ids.change().map(|tags| {
            let tags = tags.unwrap_or_default().into_iter();
            tags.map(|Text(tag)| tag.parse().map_err(|_| Refusal::Unknown(Entity::TAG))).collect()
        });
        let fields = custom_fields
            .value()
            .map(|fields| fields.into_iter().map(|one| field(one.0)).collect());
        Ok(EntryDraft {
            start: optional_instant("start", start)?,
            end: optional_instant("end", end)?,
            description: description
                .change()
                .map(|text| text.map(|text| text.0).unwrap_or_default()),
            project: id_of(project_id, Entity::PROJECT)?,
            task: id_of(task_id, Entity::TASK)?,
            tags: tags.transpose()?,
            billable: billable.value().map(|billable| billable.0),
            fields: fields.transpose()?,
            kind: r#type.value().map(|kind| match kind {
                TypeIn::Regular => EntryType::Regular,
                TypeIn::Break => EntryType::Break,
                TypeIn::Holiday => EntryType::Holiday,
                TypeIn::TimeOff => EntryType::TimeOff,
            }),
        })
    }

    /// The draft with the id of its entry.
    ///
    /// # Errors
    /// As [`EntryIn::draft`], and for a missing id.
    pub fn draft_with_id(mut self) -> Result<(EntryId, EntryDraft), Refusal> {
        let Text(id) = std::mem::take(&mut self.id).value().ok_or(Refusal::NotNull)?;
        let id = id.parse().map_err(|_| Refusal::Unknown(Entity::TIME_ENTRY))?;
        Ok((id, self.draft()?))
    }
}

impl EndIn {
    /// The end.
    ///
    /// # Errors
    /// For a missing or unparsable end.
    pub fn end(self) -> Result<DateTime<Utc>, Refusal> {
        optional_instant("end", self.end)?.ok_or(Refusal::NotNull)
    }
}

impl InvoicedIn {
    /// The entries, and `true` if they are to be marked as invoiced.
    ///
    /// # Errors
    /// For missing fields and invalid ids.
    pub fn parts(self) -> Result<(Vec<EntryId>, bool), Refusal> {
        let Self { time_entry_ids, invoiced } = self;
        let (Some(ids), Some(LooseBool(invoiced))) = (time_entry_ids.value(), invoiced.value())
        else {
            return Err(Refusal::NotNull);
        };
        let foreign = |_| Refusal::Unknown(Entity::TIME_ENTRY);
        let ids = ids.into_iter().map(|Text(id)| id.parse().map_err(foreign));
        let ids: Vec<EntryId> = ids.collect::<Result<_, _>>()?;
        if ids.is_empty() { Err(Refusal::NotEmpty) } else { Ok((ids, invoiced)) }
    }
}

fn field(field: FieldIn) -> Result<FieldValue, Refusal> {
    let FieldIn { custom_field_id, value } = field;
    let Text(id) = custom_field_id.value().ok_or(Refusal::NotNull)?;
    let id = id.parse().map_err(|_| Refusal::Unknown(Entity::CUSTOM_FIELD))?;
    Ok(FieldValue { field: id, value: value.value() })
}

/// Reads an instant. `null` means none; an empty text is no instant.
fn optional_instant(
    name: &'static str,
    field: Field<Text>,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let text = field.value();
    text.map(|Text(text)| instant(name, &text)).transpose()
}

/// Reads an id. `null` and an empty text mean none.
#[expect(clippy::option_option, reason = "absent, none and an id are three things")]
fn id_of<T: std::str::FromStr>(
    field: Field<Text>,
    entity: Entity,
) -> Result<Option<Option<T>>, Refusal> {
    let Some(text) = field.change() else { return Ok(None) };
    let text = text.filter(|text| !text.0.is_empty());
    let id = text.map(|Text(id)| id.parse().map_err(|_| Refusal::Unknown(entity)));
    id.transpose().map(Some)
}
