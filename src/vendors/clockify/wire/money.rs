//! Rates: `{"amount":10500,"currency":"EUR"}`, in minor units.

use serde::{Deserialize, Serialize};

use super::loose::{LooseInt, Text};
use super::stamps;
use crate::http::body::Field;
use crate::kernel::money::Minor;
use crate::vendors::clockify::error::Error;
use crate::vendors::clockify::rules::rates::NewRate;

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

/// A rate that a client sets. Source: 001:486, clockify.md:3. A `currency`
/// beside it is ignored: an amount is in the currency of its place.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RateIn {
    /// Minor units, not negative.
    pub amount: Field<LooseInt>,
    /// Since when it holds.
    pub since: Field<Text>,
}

impl RateIn {
    /// The rate it sets.
    ///
    /// # Errors
    /// [`Error::NotNull`] without an amount, [`Error::AtLeast`] and [`Error::Json`] for amounts that are no
    /// Java integer from 0 on, [`Error::BadDate`] for a `since` that is no instant.
    pub fn rate(self) -> Result<NewRate, Error> {
        let Self { amount, since } = self;
        let amount = amount.value().ok_or(Error::NotNull)?.0;
        if amount < 0 {
            return Err(Error::AtLeast(0));
        }
        if i32::try_from(amount).is_err() {
            return Err(Error::Json(format!(
                "Numeric value ({amount}) out of range of int (-2147483648 - 2147483647)"
            )));
        }
        let since = since.value().filter(|since| !since.0.is_empty());
        let since = since.map(|since| stamps::instant("since", &since.0)).transpose()?;
        Ok(NewRate { amount, since })
    }
}
