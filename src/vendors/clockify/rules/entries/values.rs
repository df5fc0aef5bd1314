//! Values of custom fields on time entries.

use super::DESCRIPTION;
use crate::quirk;
use crate::vendors::clockify::model::fields::{FieldContent, FieldEntity, FieldType, FieldValue};
use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::{ProjectId, State};
use crate::vendors::clockify::rules::fields::attached;
use crate::vendors::clockify::rules::permissions::Actor;
use crate::vendors::clockify::rules::refusal::{Entity, Refusal};
use crate::vendors::clockify::rules::texts;

/// The values of an entry: for each active field on its project the value sent, else the previous
/// one, else the default. Source: clockify.md:4.6.
pub(super) fn merge(
    state: &State,
    actor: &Actor,
    project: Option<ProjectId>,
    before: &[FieldValue],
    sent: Option<Vec<FieldValue>>,
) -> Result<Vec<FieldValue>, Refusal> {
    let mut values = attached(state, actor.workspace, project);
    for value in &mut values {
        if let Some(old) = before.iter().find(|old| old.field == value.field) {
            value.value.clone_from(&old.value);
        }
    }
    let sent = sent.unwrap_or_default();
    if !sent.is_empty() {
        quirk!("CFY-220");
        actor.must_have(state, Feature::CustomFields)?;
    }
    for FieldValue { field, value } in sent {
        let field = state.fields.get(field).filter(|field| field.workspace == actor.workspace);
        let field = field.filter(|field| field.entity == FieldEntity::Timeentry);
        quirk!("CFY-549");
        let field = field.ok_or(Refusal::Unknown(Entity::CUSTOM_FIELD))?;
        let content = value.map(|value| content(field.kind, value)).transpose()?.flatten();
        if field.only_admin_can_edit && !actor.is_admin() {
            quirk!("CFY-560");
            continue;
        }
        if let Some(known) = values.iter_mut().find(|value| value.field == field.id) {
            known.value = content;
        }
    }
    Ok(values)
}

/// Converts `sent` to a field's type. Numbers may be sent as texts, and texts as numbers. Choices
/// are not checked against those of the field. An empty text clears the field.
fn content(kind: FieldType, sent: FieldContent) -> Result<Option<FieldContent>, Refusal> {
    let sent = match sent {
        FieldContent::Text(text) if text.is_empty() => return Ok(None),
        FieldContent::Text(text) => {
            texts::check(&text, DESCRIPTION)?;
            FieldContent::Text(text)
        }
        FieldContent::Choices(choices) => {
            for choice in &choices {
                texts::check(choice, DESCRIPTION)?;
            }
            FieldContent::Choices(choices)
        }
        sent => sent,
    };
    let read = match (kind, sent) {
        (FieldType::Number, FieldContent::Text(text)) => {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            FieldContent::Number(number.ok_or(Refusal::Invalid(text))?)
        }
        (FieldType::Checkbox, FieldContent::Text(text)) => match text.trim() {
            truth if truth.eq_ignore_ascii_case("true") => FieldContent::Truth(true),
            truth if truth.eq_ignore_ascii_case("false") => FieldContent::Truth(false),
            _ => return Err(Refusal::Invalid(text)),
        },
        (FieldType::DropdownMultiple, FieldContent::Text(text)) => {
            FieldContent::Choices(vec![text])
        }
        (FieldType::Txt | FieldType::Link | FieldType::DropdownSingle, sent) => match sent {
            FieldContent::Number(number) => FieldContent::Text(number.to_string()),
            FieldContent::Truth(truth) => FieldContent::Text(truth.to_string()),
            sent => sent,
        },
        (_, sent) => sent,
    };
    if read.fits(kind) { Ok(Some(read)) } else { Err(Refusal::Invalid(text_of(&read))) }
}

/// A value as refusals show it.
fn text_of(content: &FieldContent) -> String {
    match content {
        FieldContent::Truth(truth) => truth.to_string(),
        FieldContent::Number(number) => number.to_string(),
        FieldContent::Text(text) => text.clone(),
        FieldContent::Choices(choices) => choices.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::content;
    use crate::vendors::clockify::model::fields::{FieldContent, FieldType};
    use crate::vendors::clockify::rules::refusal::Refusal;

    #[test]
    fn contents_are_read_as_their_fields_hold_them() {
        let text = |text: &str| FieldContent::Text(text.to_owned());
        let choices = |choices: &[&str]| {
            FieldContent::Choices(choices.iter().map(|choice| (*choice).to_owned()).collect())
        };
        for (kind, sent, wanted) in [
            (FieldType::Txt, text("a"), Some(text("a"))),
            (FieldType::Txt, FieldContent::Number(5.0), Some(text("5"))),
            (FieldType::Link, text(""), None),
            (FieldType::Number, text(" 12.5 "), Some(FieldContent::Number(12.5))),
            (FieldType::Checkbox, text("True"), Some(FieldContent::Truth(true))),
            (FieldType::DropdownSingle, text("Nowhere"), Some(text("Nowhere"))),
            (FieldType::DropdownMultiple, text("Code"), Some(choices(&["Code"]))),
            (FieldType::DropdownMultiple, choices(&[]), Some(choices(&[]))),
        ] {
            assert_eq!(content(kind, sent.clone()), Ok(wanted), "{kind:?} {sent:?}");
        }
        for (kind, sent) in [
            (FieldType::Number, text("NaN")),
            (FieldType::Number, text("many")),
            (FieldType::Number, FieldContent::Truth(true)),
            (FieldType::Checkbox, text("often")),
            (FieldType::Checkbox, FieldContent::Number(1.0)),
            (FieldType::DropdownSingle, choices(&["a"])),
            (FieldType::DropdownMultiple, FieldContent::Number(1.0)),
        ] {
            let refused = content(kind, sent.clone());
            assert!(matches!(refused, Err(Refusal::Invalid(_))), "{kind:?} {sent:?}");
        }
        let angles = Err(Refusal::AngleBrackets);
        assert_eq!(content(FieldType::DropdownMultiple, choices(&["<"])), angles);
    }
}
