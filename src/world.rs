//! The whole state of a sandbox: a field for each system or add-on, and what they share.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::kernel::clock::Clock;
use crate::kernel::collection::{BadRow, Collection, RowSink, map, rows, value};
use crate::kernel::ids::Ids;
use crate::kernel::outbox::Outbox;
use crate::kernel::part::Part;
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::timeline::{self, Timeline};
use crate::scenario::provenance::{KeptProvenance, Provenance};
use crate::state;
use crate::vendors::{clockify, clockodo, clockwork, jira, time_tracker};

state! {
    /// Immutable once published: a write edits a copy, which shares all unchanged parts.
    #[derive(Debug, Clone)]
    pub struct World {
        /// The clock.
        pub clock: Clock => by(clock_collection()),
        /// All id counters.
        pub ids: Ids => by(ids_collection()),
        /// What makes its ids differ from those of other worlds, if it has one.
        pub salt: Option<Arc<str>> => by(salt_collection()),
        /// Settings.
        pub settings: Settings => value("world_settings"),
        /// The scenario and fragments of this world, if known.
        pub provenance: Option<Arc<Provenance>> => by(Box::new(ProvenanceOf)),
        /// Outgoing messages.
        pub outbox: Part<Outbox> => by(deliveries_collection()),
        /// Clockify.
        pub clockify: Part<clockify::model::State> => part,
        /// Clockodo.
        pub clockodo: Part<clockodo::model::State> => part,
        /// The Jira site that Clockwork and Time Tracker share.
        pub jira: Part<jira::model::State> => part,
        /// Clockwork's tokens, running timers and settings.
        pub clockwork: Part<clockwork::model::State> => part,
        /// Time Tracker's keys and settings.
        pub time_tracker: Part<time_tracker::model::State> => part,
    }
}

/// Settings of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The revision of the APIs.
    pub revision: Revision,
    /// Whether rate limits apply. Limits on page size always do.
    pub rate_limits: bool,
    /// The plan of all accounts that the scenario makes. Absent: the scenario's own plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { revision: Revision::Documented, rate_limits: true, plan: None }
    }
}

impl World {
    /// An empty world.
    #[must_use]
    pub fn empty(clock: Clock, settings: Settings) -> Self {
        Self {
            clock,
            ids: Ids::new(0),
            salt: None,
            settings,
            provenance: None,
            outbox: Part::default(),
            clockify: Part::default(),
            clockodo: Part::default(),
            jira: Part::default(),
            clockwork: Part::default(),
            time_tracker: Part::default(),
        }
    }

    /// From now on its ids differ from those of a world with another salt or none.
    pub fn set_salt(&mut self, salt: &str) {
        self.ids.salt(salt);
        self.salt = Some(salt.into());
    }

    /// Sets the clock and runs all events that are due by then, in order.
    pub fn turn(&mut self, timeline: Timeline<Self>, clock: Clock) {
        let now = clock.now();
        let before = self.clock;
        timeline::settle(timeline, self, now, |world, at| {
            world.clock = at.map_or(before, Clock::frozen);
        });
        self.clock = clock;
    }

    /// Runs all events that are due by the world's clock.
    pub fn settle(&mut self, timeline: Timeline<Self>) {
        self.turn(timeline, self.clock);
    }
}

/// The provenance as a collection. Compared by address, because it never changes in place.
struct ProvenanceOf;

impl Collection<World> for ProvenanceOf {
    fn name(&self) -> &'static str {
        "world_provenance"
    }

    fn count(&self, _: &World) -> usize {
        1
    }

    fn all(&self, world: &World, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let kept = world.provenance.as_ref().and_then(|provenance| provenance.kept());
        let row = serde_json::to_string(&kept).map_err(|error| self.bad(&error))?;
        sink("", Some(&row));
        Ok(())
    }

    fn changed(&self, before: &World, after: &World, sink: &mut RowSink<'_>) -> Result<(), BadRow> {
        let address = |world: &World| world.provenance.as_ref().map(Arc::as_ptr);
        if address(before) == address(after) { Ok(()) } else { self.all(after, sink) }
    }

    fn load(&self, world: &mut World, _: &str, row: Option<&str>) -> Result<(), BadRow> {
        let kept: Option<KeptProvenance> =
            serde_json::from_str(row.unwrap_or("null")).map_err(|error| self.bad(&error))?;
        world.provenance = kept.map(|kept| Arc::new(kept.revive()));
        Ok(())
    }
}

impl ProvenanceOf {
    fn bad(&self, error: &serde_json::Error) -> BadRow {
        let (key, message) = (String::new(), error.to_string());
        BadRow { collection: self.name(), key, message }
    }
}

/// The saved form of a clock.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "mode")]
enum ClockRow {
    Real {
        offset_ms: i64,
    },
    Frozen {
        #[serde(deserialize_with = "an_instant_of_a_clock")]
        now: DateTime<Utc>,
    },
}

/// An instant that a clock can show: others have no form in headers, and come only from a file that somebody edited.
fn an_instant_of_a_clock<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    let now = DateTime::deserialize(from)?;
    Clock::frozen(now).set(now).map_err(serde::de::Error::custom)?;
    Ok(now)
}

fn clock_collection() -> Box<dyn Collection<World>> {
    value(
        "world_clock",
        |world: &World| match world.clock {
            Clock::Real { offset } => ClockRow::Real { offset_ms: offset.num_milliseconds() },
            Clock::Frozen { now } => ClockRow::Frozen { now },
        },
        |world, row| {
            world.clock = match row {
                ClockRow::Real { offset_ms } => Clock::Real {
                    offset: TimeDelta::try_milliseconds(offset_ms).unwrap_or_default(),
                },
                ClockRow::Frozen { now } => Clock::frozen(now),
            };
        },
    )
}

fn ids_collection() -> Box<dyn Collection<World>> {
    map("world_ids", |world: &World| world.ids.streams(), |world| world.ids.streams_mut())
}

fn salt_collection() -> Box<dyn Collection<World>> {
    value(
        "world_salt",
        |world: &World| world.salt.as_deref().map(str::to_owned),
        |world, salt: Option<String>| {
            if let Some(salt) = salt {
                world.set_salt(&salt);
            }
        },
    )
}

fn deliveries_collection() -> Box<dyn Collection<World>> {
    rows(
        "world_deliveries",
        |world: &World| &world.outbox.deliveries,
        |world| &mut world.outbox.deliveries,
    )
}
