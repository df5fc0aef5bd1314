//! Amounts as the vendor writes them: decimal numbers without an empty fraction.

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
