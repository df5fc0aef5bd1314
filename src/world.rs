//! The whole state of a sandbox: one field a system or add-on, and nothing else.

use crate::kernel::clock::Clock;
use crate::kernel::ids::Ids;
use crate::kernel::revision::Revision;
use crate::vendors::{clockify, clockodo, clockwork, jira, time_tracker};

/// An immutable value once published; a write edits a copy. Copies share everything that is equal.
#[derive(Debug, Clone)]
pub struct World {
    /// What time it is.
    pub clock: Clock,
    /// All id counters.
    pub ids: Ids,
    /// How this world behaves.
    pub settings: Settings,
    /// Clockify.
    pub clockify: clockify::model::State,
    /// Clockodo.
    pub clockodo: clockodo::model::State,
    /// The Jira site that Clockwork and Time Tracker share.
    pub jira: jira::model::State,
    /// Clockwork's own: tokens, running timers, settings.
    pub clockwork: clockwork::model::State,
    /// Time Tracker's own: keys and settings.
    pub time_tracker: time_tracker::model::State,
}

/// How a world behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Which generation of the APIs it speaks.
    pub revision: Revision,
    /// Whether rate limits hold; page caps always do.
    pub rate_limits: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { revision: Revision::Documented, rate_limits: true }
    }
}
