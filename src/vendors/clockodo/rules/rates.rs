//! Hourly rates.

use crate::kernel::money::Minor;
use crate::quirk;
use crate::vendors::clockodo::model::{Scope, State};

/// The rate of the first rule in the account's list that applies, else the company's. Source:
/// facts.md:CDO-017.
#[must_use]
pub fn rate(state: &State, of: Scope) -> Minor {
    quirk!("CDO-017");
    quirk!("CDO-049");
    let narrowed = |parts: u8| Scope {
        project: of.project.filter(|_| parts & 8 != 0),
        customer: of.customer.filter(|_| parts & 4 != 0),
        user: of.user.filter(|_| parts & 2 != 0),
        service: of.service.filter(|_| parts & 1 != 0),
    };
    // A rule applies if its scope is one of the sixteen that include the work.
    let rules = (0..=15_u8).map(narrowed).filter_map(|scope| state.rates.find(scope).next());
    rules.min_by_key(|rule| rule.id).map_or(state.company.default_rate, |rule| rule.amount)
}
