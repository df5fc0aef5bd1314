//! Scalars as the vendor's decoder takes them: `"false"` for `false`, `"3600"` for `3600`, `5` for `"5"`.
//! Quirk CFY-007.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::quirk;

/// A truth value, also as text or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseBool(pub bool);

/// A whole number, also as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseInt(pub i64);

/// A text, also as number or truth value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub String);

struct Scalar {
    class: &'static str,
    valid: &'static str,
}

/// A scalar as it was sent.
enum Sent {
    Truth(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl Visitor<'_> for Scalar {
    type Value = Sent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `error/jackson.rs` reads the class out of serde's message.
        f.write_str(self.class)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Sent, E> {
        Ok(Sent::Truth(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Sent, E> {
        Ok(Sent::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Sent, E> {
        i64::try_from(number).map(Sent::Integer).map_err(|_| {
            E::custom(format_args!(
                "Cannot deserialize value of type `{}`: Numeric value ({number}) out of range",
                self.class
            ))
        })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Sent, E> {
        Ok(Sent::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Sent, E> {
        Ok(Sent::Text(text.to_owned()))
    }
}

impl Scalar {
    /// Refuses `text`, in the decoder's words.
    fn refuse<E: Error>(&self, text: &str) -> E {
        E::custom(format_args!(
            "Cannot deserialize value of type `{}` from String \"{text}\": {}",
            self.class, self.valid
        ))
    }

    fn mistyped<E: Error>(&self, found: Unexpected<'_>) -> E {
        E::invalid_type(found, &self.class)
    }
}

impl<'de> Deserialize<'de> for LooseBool {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let scalar = || Scalar {
            class: "java.lang.Boolean",
            valid: "only \"true\" or \"false\" recognized",
        };
        match from.deserialize_any(scalar())? {
            Sent::Truth(truth) => Ok(Self(truth)),
            Sent::Integer(number) => Ok(Self(number != 0)),
            Sent::Float(number) => Err(scalar().mistyped(Unexpected::Float(number))),
            Sent::Text(text) => {
                quirk!("CFY-007");
                match text.trim() {
                    text if text.eq_ignore_ascii_case("true") => Ok(Self(true)),
                    text if text.eq_ignore_ascii_case("false") => Ok(Self(false)),
                    text => Err(scalar().refuse(text)),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for LooseInt {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let scalar =
            || Scalar { class: "java.lang.Long", valid: "not a valid `java.lang.Long` value" };
        match from.deserialize_any(scalar())? {
            Sent::Integer(number) => Ok(Self(number)),
            // Jackson cuts a fraction off.
            #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
            Sent::Float(number) => Ok(Self(number as i64)),
            Sent::Truth(truth) => Err(scalar().mistyped(Unexpected::Bool(truth))),
            Sent::Text(text) => {
                quirk!("CFY-007");
                text.trim().parse().map(Self).map_err(|_| scalar().refuse(&text))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let scalar =
            Scalar { class: "java.lang.String", valid: "not a valid `java.lang.String` value" };
        Ok(Self(match from.deserialize_any(scalar)? {
            Sent::Text(text) => text,
            Sent::Truth(truth) => truth.to_string(),
            Sent::Integer(number) => number.to_string(),
            Sent::Float(number) => number.to_string(),
        }))
    }
}
