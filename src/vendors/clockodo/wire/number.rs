//! Decimal numbers in the vendor's form: without a fraction if it is zero.
//! Source: clockodo.md:4.2.

use serde::{Serialize, Serializer};

use crate::kernel::money::{Minor, major};

/// Hundredths as a number: 8403 is `84.03`, 9500 is `95`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hundredths(pub Minor);

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(major(self.0))
        }
    }
}

/// Millionths as a number: 250000 is `0.25`, 1000000 is `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Millionths(pub i64);

impl Serialize for Millionths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000_000 == 0 {
            return serializer.serialize_i64(self.0 / 1_000_000);
        }
        #[expect(clippy::cast_precision_loss, reason = "factors stay far below 2^53 millionths")]
        let millionths = self.0 as f64;
        serializer.serialize_f64(millionths / 1e6)
    }
}
