//! Hourly rates.

use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{Scope, State};

/// The rate of the narrowest matching scope. A scope with a project is narrower than one with a
/// customer, then come co-worker and service. If none matches, the company's rate applies.
#[must_use]
pub fn rate(state: &State, of: Scope) -> Minor {
    quirk!("CDO-017");
    let narrowed = |parts: u8| Scope {
        project: of.project.filter(|_| parts & 8 != 0),
        customer: of.customer.filter(|_| parts & 4 != 0),
        user: of.user.filter(|_| parts & 2 != 0),
        service: of.service.filter(|_| parts & 1 != 0),
    };
    (1..=15_u8)
        .rev()
        .map(narrowed)
        .find_map(|scope| state.rates.find(scope).next())
        .map_or(state.company.default_rate, |rate| rate.amount)
}
