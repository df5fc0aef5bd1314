//! Request bodies. Source: clockify.md:1.6.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use super::bounds;
use crate::http::context::Context;
use crate::vendors::clockify::error::Refusal;

/// Reads the body as a JSON object.
///
/// # Errors
/// The vendor's errors for a missing body, invalid JSON and wrong types.
pub fn object<T: DeserializeOwned>(cx: &Context) -> Result<T, Refusal> {
    decode(cx, b'{', "java.util.LinkedHashMap<java.lang.String,java.lang.Object>")
}

/// Reads the body as a JSON list.
///
/// # Errors
/// As [`object`].
pub fn list<T: DeserializeOwned>(cx: &Context) -> Result<T, Refusal> {
    decode(cx, b'[', "java.util.ArrayList<java.lang.Object>")
}

/// An object within a body. It refuses lists, which serde would read as the fields of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Object<T>(pub T);

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `error/jackson.rs` reads the class out of serde's message.
        f.write_str("java.util.LinkedHashMap<java.lang.String,java.lang.Object>")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Members(PhantomData))
    }
}

/// Checks the first character before decoding: serde would read a list as the fields of a struct.
fn decode<T: DeserializeOwned>(cx: &Context, opening: u8, class: &str) -> Result<T, Refusal> {
    let body = cx.body().trim_ascii();
    let token = match body.first() {
        None => return Err(Refusal::NoBody),
        Some(first) if *first == opening => {
            bounds::check(cx.operation().map_or(&[][..], |operation| operation.bounds), body)?;
            return Ok(cx.json()?);
        }
        Some(b'{') => "Object value (token `JsonToken.START_OBJECT`)",
        Some(b'[') => "Array value (token `JsonToken.START_ARRAY`)",
        Some(b'"') => "String value (token `JsonToken.VALUE_STRING`)",
        Some(b'0'..=b'9' | b'-') => "Integer value (token `JsonToken.VALUE_NUMBER_INT`)",
        Some(_) => return Err(other_error(cx)),
    };
    cx.json::<serde::de::IgnoredAny>()?;
    Err(Refusal::Json(format!("Cannot deserialize value of type `{class}` from {token}")))
}

/// The error for a body that is `null`, a Boolean or invalid JSON.
fn other_error(cx: &Context) -> Refusal {
    match cx.json::<Option<bool>>() {
        Ok(None) => Refusal::NoBody,
        Ok(Some(_)) => Refusal::Json(
            "Cannot deserialize value of type `java.util.LinkedHashMap` from Boolean value"
                .to_owned(),
        ),
        Err(rejection) => rejection.into(),
    }
}
