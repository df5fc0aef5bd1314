//! The value of a custom field, as entries, projects, people and fields show it.
//! Source: clockify.md:4.10.

use serde::{Serialize, Serializer};

use crate::vendors::clockify::model::fields::FieldContent;

/// The value of a custom field. Whole numbers have no fraction.
#[derive(Debug, Clone, Copy)]
pub struct ContentOut<'a>(pub &'a FieldContent);

impl Serialize for ContentOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Whole numbers up to 2^53 are exact in both types.
            FieldContent::Number(number)
                if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
                serializer.serialize_i64(*number as i64)
            }
            content => content.serialize(serializer),
        }
    }
}
