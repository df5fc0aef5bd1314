//! Scalars with the coercions of the vendor's decoder: `"false"` for `false`, `"3600"` for `3600`,
//! `5` for `"5"`. Quirk CFY-007.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::quirk;

/// The least number that a Java `long` does not hold.
const LONG: f64 = 9_223_372_036_854_775_808.0;

/// A Boolean, also from a text or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseBool(pub bool);

/// An integer, also from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseInt(pub i64);

/// A text, also from a number or Boolean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub String);

struct ScalarVisitor {
    class: &'static str,
    valid: &'static str,
}

/// A JSON scalar.
enum ScalarValue {
    Truth(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl Visitor<'_> for ScalarVisitor {
    type Value = ScalarValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `error/jackson.rs` reads the class out of serde's message.
        f.write_str(self.class)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<ScalarValue, E> {
        Ok(ScalarValue::Truth(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<ScalarValue, E> {
        Ok(ScalarValue::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<ScalarValue, E> {
        i64::try_from(number).map(ScalarValue::Integer).map_err(|_| {
            E::custom(format_args!(
                "Cannot deserialize value of type `{}`: Numeric value ({number}) out of range",
                self.class
            ))
        })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<ScalarValue, E> {
        Ok(ScalarValue::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ScalarValue, E> {
        Ok(ScalarValue::Text(text.to_owned()))
    }
}

impl ScalarVisitor {
    /// The vendor's error for a `text` of the wrong form.
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
        let scalar = || ScalarVisitor {
            class: "java.lang.Boolean",
            valid: "only \"true\" or \"false\" recognized",
        };
        match from.deserialize_any(scalar())? {
            ScalarValue::Truth(truth) => Ok(Self(truth)),
            ScalarValue::Integer(number) => Ok(Self(number != 0)),
            ScalarValue::Float(number) => Err(scalar().mistyped(Unexpected::Float(number))),
            ScalarValue::Text(text) => {
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
        let scalar = || ScalarVisitor {
            class: "java.lang.Long",
            valid: "not a valid `java.lang.Long` value",
        };
        match from.deserialize_any(scalar())? {
            ScalarValue::Integer(number) => Ok(Self(number)),
            // Jackson truncates fractions, and refuses what a long does not hold.
            #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
            ScalarValue::Float(number) if (-LONG..LONG).contains(&number) => {
                Ok(Self(number as i64))
            }
            ScalarValue::Float(number) => Err(D::Error::custom(format_args!(
                "Cannot deserialize value of type `java.lang.Long`: Numeric value ({number}) out of range"
            ))),
            ScalarValue::Truth(truth) => Err(scalar().mistyped(Unexpected::Bool(truth))),
            ScalarValue::Text(text) => {
                quirk!("CFY-007");
                text.trim().parse().map(Self).map_err(|_| scalar().refuse(&text))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let scalar = ScalarVisitor {
            class: "java.lang.String",
            valid: "not a valid `java.lang.String` value",
        };
        Ok(Self(match from.deserialize_any(scalar)? {
            ScalarValue::Text(text) => text,
            ScalarValue::Truth(truth) => truth.to_string(),
            ScalarValue::Integer(number) => number.to_string(),
            ScalarValue::Float(number) => number.to_string(),
        }))
    }
}
