//! Money in integer minor units (cents), and prices of time at an hourly rate.

/// An amount in minor units of its currency.
pub type Minor = i64;

/// The price of `seconds` of work at `rate` minor units an hour, rounded half away from zero.
#[must_use]
pub fn earned(rate: Minor, seconds: i64) -> Minor {
    let exact = i128::from(rate) * i128::from(seconds);
    let half = if exact < 0 { -1800 } else { 1800 };
    clamp((exact + half) / 3600)
}

/// An amount in 3600ths of a minor unit. Work at an hourly rate is worth a whole number of them, so sums
/// are exact, and an amount is rounded once, where it is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExactAmount(pub i64);

impl ExactAmount {
    /// In one minor unit.
    const PARTS: i64 = 3600;

    /// The worth of `seconds` of work at `rate` minor units an hour; the nearest amount in range.
    #[must_use]
    #[inline]
    pub fn earned(rate: Minor, seconds: i64) -> Self {
        Self(rate.saturating_mul(seconds))
    }

    /// An amount of whole minor units.
    #[must_use]
    pub fn whole(amount: Minor) -> Self {
        Self(amount.saturating_mul(Self::PARTS))
    }

    /// The nearest whole number of minor units, half away from zero.
    #[must_use]
    pub fn rounded(self) -> Minor {
        let half = if self.0 < 0 { -Self::PARTS / 2 } else { Self::PARTS / 2 };
        self.0.saturating_add(half) / Self::PARTS
    }

    /// Minor units with their fraction: `33366.666666666664`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the fraction is shown to a double's precision")]
    pub fn minor(self) -> f64 {
        self.0 as f64 / Self::PARTS as f64
    }

    /// Major units with their fraction: `333.66666666666663`.
    #[must_use]
    pub fn major(self) -> f64 {
        self.minor() / 100.0
    }

    /// The share of `part` in `whole` seconds, rounded half up; 0 when `whole` is 0.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> Self {
        let (amount, part, whole) = (i128::from(self.0), i128::from(part), i128::from(whole));
        Self(if whole == 0 { 0 } else { clamp((2 * amount * part + whole).div_euclid(2 * whole)) })
    }

    /// The sum; the nearest amount in range.
    #[must_use]
    #[inline]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; the nearest amount in range.
    #[must_use]
    #[inline]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Minor units as a decimal number of major units: 4321 is `43.21`.
#[must_use]
pub fn major(amount: Minor) -> f64 {
    // Amounts below 2^53 are exact in a double.
    #[expect(clippy::cast_precision_loss, reason = "amounts of money stay far below 2^53")]
    let amount = amount as f64;
    amount / 100.0
}

/// A decimal number of major units as minor units, rounded half away from zero. `None` when it is not
/// a number or too large.
#[must_use]
pub fn minor(major: f64) -> Option<Minor> {
    let cents = (major * 100.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (cents.abs() < 9e15).then_some(cents as Minor)
}

/// The nearest amount in range.
#[must_use]
pub fn clamp(amount: i128) -> Minor {
    Minor::try_from(amount).unwrap_or(if amount < 0 { Minor::MIN } else { Minor::MAX })
}
