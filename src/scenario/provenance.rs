//! Where a world comes from: the scenario it was grown from and the fragments planted since, so that
//! another fragment can be planted with references to all of them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::load::Bundle;
use super::seed::{Overlay, Scenario};
use crate::kernel::ids::Label;

/// Longest scenario text that is kept with a world, in bytes.
const KEPT: usize = 16 * 1024 * 1024;

/// What a world was grown from.
#[derive(Debug)]
pub struct Provenance<W> {
    /// The scenario.
    pub bundle: Arc<Bundle>,
    /// The instant its relative dates count from.
    pub anchor: DateTime<Utc>,
    /// What was planted since, in order.
    pub fragments: Vec<Fragment>,
    /// All of it resolved, and the world that grows from it alone.
    grown: OnceLock<Arc<Grown<W>>>,
}

/// A fragment that was planted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// Its text.
    pub text: String,
    /// The instant its relative dates count from.
    pub anchor: DateTime<Utc>,
    /// Where the id counters leap, by label: from what is behind them without it, to what the world it
    /// was planted into had not given yet.
    pub leaps: Vec<(Label, u64, u64)>,
}

/// What grows from a scenario and its fragments.
#[derive(Debug)]
pub struct Grown<W> {
    /// Everything, resolved.
    pub scenario: Scenario,
    /// Overlays, merged.
    pub overlays: BTreeMap<&'static str, Overlay>,
    /// The world in which nothing else has happened.
    pub world: W,
}

impl<W> Provenance<W> {
    /// Of a world that was just grown, or will be when somebody asks.
    #[must_use]
    pub fn new(
        bundle: Arc<Bundle>,
        anchor: DateTime<Utc>,
        fragments: Vec<Fragment>,
        grown: Option<Arc<Grown<W>>>,
    ) -> Self {
        let cell = OnceLock::new();
        if let Some(grown) = grown {
            let _ = cell.set(grown);
        }
        Self { bundle, anchor, fragments, grown: cell }
    }

    /// What grew, grown by `grow` if nobody has asked before.
    pub fn grown<E>(&self, grow: impl FnOnce() -> Result<Grown<W>, E>) -> Result<Arc<Grown<W>>, E> {
        if let Some(grown) = self.grown.get() {
            return Ok(Arc::clone(grown));
        }
        let grown = Arc::new(grow()?);
        Ok(Arc::clone(self.grown.get_or_init(|| grown)))
    }

    /// As it is kept; nothing for a scenario that is too long.
    #[must_use]
    pub fn kept(&self) -> Option<KeptProvenance> {
        let scenario = Some(self.bundle.kept()).filter(|kept| kept.length() <= KEPT)?;
        Some(KeptProvenance { scenario, anchor: self.anchor, fragments: self.fragments.clone() })
    }
}

/// A provenance as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptProvenance {
    scenario: KeptBundle,
    anchor: DateTime<Utc>,
    fragments: Vec<Fragment>,
}

/// A scenario as it is kept: texts with their file names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBundle {
    pub(super) name: String,
    pub(super) file: (String, String),
    /// By system.
    pub(super) overlays: BTreeMap<String, (String, String)>,
}

impl KeptBundle {
    fn length(&self) -> usize {
        self.file.1.len() + self.overlays.values().map(|(_, text)| text.len()).sum::<usize>()
    }
}

impl KeptProvenance {
    /// The provenance again.
    #[must_use]
    pub fn revive<W>(self) -> Provenance<W> {
        let bundle = Arc::new(Bundle::revive(self.scenario));
        Provenance::new(bundle, self.anchor, self.fragments, None)
    }
}
