//! The registry of surfaces and systems, a line for each. All code that iterates over vendors uses these lists.

pub mod clockify;
pub mod clockodo;
pub mod clockwork;
pub mod jira;
pub mod time_tracker;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::http::surface::Surface;
use crate::kernel::plan::Plan;
use crate::kernel::timeline::{TimedEvent, Timeline};
use crate::scenario::ledger::LedgerLine;
use crate::scenario::load::parse;
use crate::scenario::seed::{Overlay, Scenario, SeedError};
use crate::world::World;

/// Every surface. The first that owns a path answers it.
pub const SURFACES: &[Surface] = &[
    clockify::routes::SURFACE,
    clockodo::routes::SURFACE,
    clockwork::routes::SURFACE,
    time_tracker::routes::SURFACE,
];

/// A system of record.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// `clockify`, `clockodo` or `jira`; also the name of its overlay.
    pub name: &'static str,
    /// Plants a scenario and this system's overlay into an empty part of a world.
    pub plant: fn(&Scenario, Option<&Overlay>, &mut World) -> Result<(), SeedError>,
    /// Reads the ledger.
    pub ledger: fn(&World) -> Vec<LedgerLine>,
}

/// Every system.
pub const SYSTEMS: &[System] = &[
    System {
        name: "clockify",
        plant: plant_clockify,
        ledger: |world| clockify::ledger::ledger(&world.clockify),
    },
    System {
        name: "clockodo",
        plant: plant_clockodo,
        ledger: |world| clockodo::ledger::ledger(&world.clockodo),
    },
    System { name: "jira", plant: plant_jira, ledger: |world| jira::ledger::ledger(&world.jira) },
];

/// Hosts of the systems behind the surfaces, as patterns: a Jira site's own API. No surface answers for them.
/// Source: jira-platform.md.
pub const SITES: &[&str] = &["*.atlassian.net"];

/// Patterns of all hosts of the vendors.
pub fn hosts() -> impl Iterator<Item = &'static str> {
    SURFACES.iter().flat_map(|surface| surface.hosts).chain(SITES).copied()
}

/// Functions that turn the events of a change into messages: a line for each system with webhooks.
pub const POSTERS: &[fn(&mut World, DateTime<Utc>)] = &[clockify::routes::announce];

/// Events that time causes, a line for each kind.
pub const TIMELINE: Timeline<World> = &[TimedEvent {
    name: "deliveries are forgotten",
    next: |world| world.outbox.next_forgotten(),
    run: |world, at| world.outbox.forget(at),
}];

/// The Clockify workspaces.
fn plant_clockify(
    scenario: &Scenario,
    file: Option<&Overlay>,
    world: &mut World,
) -> Result<(), SeedError> {
    let none = Overlay { file: "clockify.json".to_owned(), text: "{}".to_owned() };
    let file = file.unwrap_or(&none);
    let overlay: clockify::overlay::ClockifyOverlay = parse(file)?;
    let World { clockify: state, ids, .. } = world;
    clockify::plant::plant(scenario, file, &overlay, state, ids)
}

/// The Clockodo account.
fn plant_clockodo(
    scenario: &Scenario,
    file: Option<&Overlay>,
    world: &mut World,
) -> Result<(), SeedError> {
    let none = Overlay { file: "clockodo.json".to_owned(), text: "{}".to_owned() };
    let file = file.unwrap_or(&none);
    let overlay: clockodo::overlay::ClockodoOverlay = parse(file)?;
    let World { clockodo: account, ids, .. } = world;
    clockodo::plant::plant(scenario, file, &overlay, account, ids)
}

/// The Jira site and its two add-ons.
fn plant_jira(
    scenario: &Scenario,
    file: Option<&Overlay>,
    world: &mut World,
) -> Result<(), SeedError> {
    let none = Overlay { file: "jira.json".to_owned(), text: "{}".to_owned() };
    let file = file.unwrap_or(&none);
    let overlay: jira::overlay::JiraOverlay = parse(file)?;
    let World { jira: site, clockwork, time_tracker, ids, .. } = world;
    let planted = jira::plant::plant(scenario, file, &overlay, site, ids)?;
    let section = jira::overlay::section(file, "clockwork", &overlay.clockwork)?;
    self::clockwork::plant::plant(scenario, file, &section, &planted, site, clockwork, ids)?;
    let section = jira::overlay::section(file, "time_tracker", &overlay.time_tracker)?;
    self::time_tracker::plant::plant(file, &section, &planted, site, time_tracker, ids)
}

/// Puts every account of a world on a plan. Only Clockify's plans are imitated.
pub fn choose_plan(world: &mut World, plan: Plan) {
    clockify::rules::workspaces::choose_plan(&mut world.clockify, plan);
}

/// Plants a scenario into an empty world. `overlays` are by system name.
///
/// # Errors
/// The first error, with file, line and field.
pub fn plant(
    scenario: &Scenario,
    overlays: &BTreeMap<&'static str, Overlay>,
    world: &mut World,
) -> Result<(), SeedError> {
    SYSTEMS.iter().try_for_each(|system| (system.plant)(scenario, overlays.get(system.name), world))
}
