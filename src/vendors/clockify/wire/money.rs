//! Rates: `{"amount":10500,"currency":"EUR"}`, in minor units.

use serde::{Deserialize, Serialize};

use super::loose::{LooseInt, Text};
use super::stamps;
use crate::http::body::Field;
use crate::kernel::money::Minor;
use crate::vendors::clockify::error::Refusal;
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
    /// `amount` in `currency`. `None`, which is `null` on the wire, if it is not set or not
    /// visible.
    #[must_use]
    pub fn visible(amount: Option<Minor>, currency: &'a str, visible: bool) -> Option<Self> {
        amount.filter(|_| visible).map(|amount| Self { amount, currency })
    }
}

/// The body that sets a rate. A `currency` is ignored: the entity decides it. Source: 001:486,
/// clockify.md:3.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RateIn {
    /// Minor units, not negative.
    pub amount: Field<LooseInt>,
    /// The instant from which it applies.
    pub since: Field<Text>,
}

impl RateIn {
    /// The rate in this body.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] without an amount, [`Refusal::NegativeAmount`] for a negative one,
    /// [`Refusal::Json`] for one that does not fit a Java integer, [`Refusal::BadDate`] for an
    /// invalid `since`.
    pub fn rate(self) -> Result<NewRate, Refusal> {
        let Self { amount, since } = self;
        let amount = amount.value().ok_or(Refusal::NotNull)?.0;
        if amount < 0 {
            return Err(Refusal::NegativeAmount);
        }
        if i32::try_from(amount).is_err() {
            return Err(Refusal::Json(format!(
                "Numeric value ({amount}) out of range of int (-2147483648 - 2147483647)"
            )));
        }
        let since = since.value().filter(|since| !since.0.is_empty());
        let since = since.map(|since| stamps::instant("since", &since.0)).transpose()?;
        Ok(NewRate { amount, since })
    }
}
