//! The provenance of a world: its scenario and the fragments planted since. New fragments can refer to all of
//! it, and a ledger can be compared with it.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::extend::{cast, resolve};
use super::load::{Bundle, KeptBundle};
use super::seed::{Scenario, SeedError};

/// Maximum length of a scenario text that is saved with a world, in bytes.
const KEPT: usize = 16 * 1024 * 1024;

/// The scenario and fragments of a world.
#[derive(Debug)]
pub struct Provenance {
    /// The scenario.
    bundle: Arc<Bundle>,
    /// The instant its relative dates count from.
    anchor: DateTime<Utc>,
    /// Fragments planted since, in order.
    fragments: Vec<Planted>,
    /// All rows that can be referred to.
    cast: OnceLock<Arc<Scenario>>,
}

/// A planted fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// Its text.
    pub text: String,
    /// The instant its relative dates count from.
    pub anchor: DateTime<Utc>,
}

impl Provenance {
    /// The provenance of a world grown from a scenario.
    #[must_use]
    pub fn of(bundle: Arc<Bundle>, scenario: &Scenario) -> Self {
        let whole = OnceLock::from(Arc::new(cast(scenario)));
        Self { bundle, anchor: scenario.anchor, fragments: Vec::new(), cast: whole }
    }

    /// Adds a fragment; `scenario` is its resolved form.
    #[must_use]
    pub fn and(&self, planted: Planted, scenario: &Scenario) -> Self {
        let mut fragments = self.fragments.clone();
        fragments.push(planted);
        let (bundle, whole) = (Arc::clone(&self.bundle), OnceLock::from(Arc::new(cast(scenario))));
        Self { bundle, anchor: self.anchor, fragments, cast: whole }
    }

    /// The scenario.
    #[must_use]
    pub fn bundle(&self) -> &Arc<Bundle> {
        &self.bundle
    }

    /// The instant that relative dates of the scenario count from.
    #[must_use]
    pub fn anchor(&self) -> DateTime<Utc> {
        self.anchor
    }

    /// All rows that a fragment can refer to.
    ///
    /// # Errors
    /// A scenario that this version cannot read.
    pub fn cast(&self) -> Result<Arc<Scenario>, SeedError> {
        if let Some(known) = self.cast.get() {
            return Ok(Arc::clone(known));
        }
        let whole = Arc::new(cast(&self.scenario()?));
        Ok(Arc::clone(self.cast.get_or_init(|| whole)))
    }

    /// The whole scenario with all fragments and work.
    ///
    /// # Errors
    /// A scenario that this version cannot read.
    pub fn scenario(&self) -> Result<Scenario, SeedError> {
        let mut scenario = self.bundle.resolve(self.anchor)?;
        for Planted { text, anchor } in &self.fragments {
            let mut more = resolve(&scenario, text, *anchor)?.scenario;
            scenario.work.append(&mut more.work);
            more.work = scenario.work;
            scenario = more;
        }
        Ok(scenario)
    }

    /// The saved form; `None` for a scenario that is too long.
    #[must_use]
    pub fn kept(&self) -> Option<KeptProvenance> {
        let scenario = Some(self.bundle.kept()).filter(|kept| kept.length() <= KEPT)?;
        Some(KeptProvenance { scenario, anchor: self.anchor, fragments: self.fragments.clone() })
    }
}

/// The saved form of a provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptProvenance {
    scenario: KeptBundle,
    anchor: DateTime<Utc>,
    fragments: Vec<Planted>,
}

impl KeptProvenance {
    /// The provenance from its saved form.
    #[must_use]
    pub fn revive(self) -> Provenance {
        let Self { scenario, anchor, fragments } = self;
        let bundle = Arc::new(Bundle::revive(scenario));
        Provenance { bundle, anchor, fragments, cast: OnceLock::new() }
    }
}
