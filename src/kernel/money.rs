//! Money in integer minor units (cents), and prices of time at an hourly rate.

/// An amount in minor units of its currency.
pub type Minor = i64;

/// The price of `seconds` of work at `rate` minor units an hour, rounded half away from zero.
#[must_use]
#[inline]
pub fn earned(rate: Minor, seconds: i64) -> Minor {
    // 64-bit arithmetic takes a quarter of the time, and reports sum up millions.
    if let Some(exact) = rate.checked_mul(seconds)
        && let Some(rounded) = exact.checked_add(if exact < 0 { -1800 } else { 1800 })
    {
        return rounded / 3600;
    }
    earned_much(rate, seconds)
}

#[cold]
fn earned_much(rate: Minor, seconds: i64) -> Minor {
    let exact = i128::from(rate) * i128::from(seconds);
    let half = if exact < 0 { -1800 } else { 1800 };
    clamp((exact + half) / 3600)
}

/// The share of an amount for `part` of `whole` seconds, rounded half up; 0 when `whole` is 0.
#[must_use]
pub fn share(amount: Minor, part: i64, whole: i64) -> Minor {
    let (amount, part, whole) = (i128::from(amount), i128::from(part), i128::from(whole));
    if whole == 0 { 0 } else { clamp((2 * amount * part + whole).div_euclid(2 * whole)) }
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
