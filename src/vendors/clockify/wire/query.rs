//! Path and query parameters with the vendor's checks.

use serde::de::value::{Error as Mismatch, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::http::context::Context;
use crate::http::{Expected, Rejection};
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::names::NameFilter;

/// The id in the path. An invalid id gets the same error as an unknown one. Source:
/// clockify.md:1.4.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn path_id<T: std::str::FromStr>(
    cx: &Context,
    name: &str,
    entity: Entity,
) -> Result<T, Refusal> {
    cx.param(name).parse().map_err(|_| Refusal::Unknown(entity))
}

/// The first non-empty value of `name`.
#[must_use]
pub fn text<'a>(cx: &'a Context, name: &str) -> Option<&'a str> {
    cx.query.first(name).filter(|value| !value.is_empty())
}

/// The value of `name` as an enum.
///
/// # Errors
/// [`Refusal::Parameter`], from the vendor's decoder.
pub fn word<T: DeserializeOwned>(cx: &Context, name: &str) -> Result<Option<T>, Refusal> {
    text(cx, name).map(|sent| decode(name, sent)).transpose()
}

/// The values of `name`, repeated or joined by commas, as enums.
///
/// # Errors
/// [`Refusal::Parameter`].
pub fn words<T: DeserializeOwned>(cx: &Context, name: &str) -> Result<Vec<T>, Refusal> {
    cx.query.list(name).into_iter().map(|sent| decode(name, sent)).collect()
}

fn decode<T: DeserializeOwned>(name: &str, sent: &str) -> Result<T, Refusal> {
    let source: StrDeserializer<'_, Mismatch> = sent.into_deserializer();
    T::deserialize(source).map_err(|_| {
        let (name, value) = (name.to_owned(), sent.to_owned());
        Rejection::BadParameter { name, value, expected: Expected::Word }.into()
    })
}

/// The value of `name`, which must be one of `words`.
///
/// # Errors
/// [`Refusal::NotOneOf`], from the vendor's validation.
pub fn one_of(
    cx: &Context,
    name: &str,
    words: &'static [&'static str],
) -> Result<Option<&'static str>, Refusal> {
    let Some(sent) = text(cx, name) else { return Ok(None) };
    let known = words.iter().find(|word| **word == sent);
    known.map(|word| Some(*word)).ok_or(Refusal::NotOneOf(words))
}

/// `true` if `sort-order` is descending.
///
/// # Errors
/// [`Refusal::NotOneOf`].
pub fn descending(cx: &Context) -> Result<bool, Refusal> {
    let order = one_of(cx, "sort-order", &["ASCENDING", "DESCENDING"])?;
    Ok(order == Some("DESCENDING"))
}

/// The column in `sort-column`, or in `sort-colum`, as the document spells it for projects and
/// tags.
///
/// # Errors
/// [`Refusal::NotOneOf`].
pub fn sort_column(
    cx: &Context,
    words: &'static [&'static str],
) -> Result<Option<&'static str>, Refusal> {
    match one_of(cx, "sort-column", words)? {
        Some(word) => Ok(Some(word)),
        None => one_of(cx, "sort-colum", words),
    }
}

/// The project in `project-id`, or in the document's `projectId`, which the `current` revision
/// ignores.
///
/// # Errors
/// [`Refusal::Unknown`] for an invalid id.
pub fn project_filter<T: std::str::FromStr>(cx: &Context) -> Result<Option<T>, Refusal> {
    let mut project = text(cx, "project-id");
    if project.is_none() {
        quirk!("CFY-019");
        if cx.revision() == Revision::Documented {
            project = text(cx, "projectId");
        }
    }
    project.map(str::parse).transpose().map_err(|_| Refusal::Unknown(Entity::PROJECT))
}

/// The filter in `name`, with the strictness of `strict-name-search`.
///
/// # Errors
/// [`Refusal::Parameter`] if `strict-name-search` is not a Boolean.
pub fn name_filter(cx: &Context) -> Result<Option<NameFilter>, Refusal> {
    let strict = cx.query.boolean("strict-name-search")?.unwrap_or(false);
    let make = if strict { NameFilter::strict } else { NameFilter::part };
    Ok(text(cx, "name").map(make))
}
