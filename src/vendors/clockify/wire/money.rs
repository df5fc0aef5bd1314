//! Rates: `{"amount":10500,"currency":"EUR"}`, in minor units.

use serde::{Deserialize, Serialize};

use super::loose::{LooseInt, Text};
use crate::http::body::Field;
use crate::kernel::money::Minor;

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RateOut<'a> {
    /// Minor units.
    pub amount: Minor,
    /// ISO 4217 code.
    pub currency: &'a str,
}

impl<'a> RateOut<'a> {
    /// `amount` in `currency`, unless it is not set or not to be seen; `null` on the wire then.
    #[must_use]
    pub fn shown(amount: Option<Minor>, currency: &'a str, seen: bool) -> Option<Self> {
        amount.filter(|_| seen).map(|amount| Self { amount, currency })
    }
}

/// A rate that a client sets. Source: document 001, line 486, and notes/clockify.md 3.
#[derive(Debug, Clone, Deserialize)]
pub struct RateIn {
    /// Minor units, not negative.
    #[serde(default)]
    pub amount: Field<LooseInt>,
    /// Since when it holds.
    #[serde(default)]
    pub since: Field<Text>,
}
