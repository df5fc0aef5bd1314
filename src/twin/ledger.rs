//! Reading out what systems hold, and comparing it.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Twin, TwinError};
use crate::kernel::abandon;
use crate::kernel::civil::Tz;
use crate::scenario::diff::{LedgerDiff, Measure, diff};
use crate::scenario::ledger::LedgerLine;
use crate::scenario::load::Bundle;
use crate::scenario::seed::{Scenario, Work};
use crate::vendors::{SYSTEMS, System};
use crate::world::World;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// What a system holds.
    System(String),
    /// What the sandbox's own scenario says, or a built-in one by name.
    Scenario(Option<String>),
}

impl Side {
    /// `jira`, `scenario` or `scenario:migration`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some(("scenario", name)) => Self::Scenario(Some(name.to_owned())),
            _ if text == "scenario" => Self::Scenario(None),
            _ => Self::System(text.to_owned()),
        }
    }
}

/// What to compare, and how.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The expected side.
    pub left: Side,
    /// The actual side.
    pub right: Side,
    /// Starts and durations that differ by no more than this count as equal.
    pub tolerance: TimeDelta,
    /// The zone whose days count.
    pub zone: Tz,
    /// Whether notes must be equal.
    pub notes: bool,
    /// Whether both sides must agree on what is billable.
    pub billable: bool,
}

impl Comparison {
    /// Equal to the second, in UTC.
    #[must_use]
    pub fn exact(left: &str, right: &str) -> Self {
        Self {
            left: Side::parse(left),
            right: Side::parse(right),
            tolerance: TimeDelta::zero(),
            zone: Tz::UTC,
            notes: false,
            billable: false,
        }
    }
}

impl Twin {
    /// The entries of one system of a sandbox, or of all, ordered by start.
    ///
    /// # Errors
    /// There is no such sandbox or system.
    pub fn ledger(&self, name: &str, wanted: Option<&str>) -> Result<Vec<LedgerLine>, TwinError> {
        let wanted = wanted.map(system).transpose()?;
        let root = self.sandbox(name)?.store.read();
        let systems =
            SYSTEMS.iter().filter(|system| wanted.is_none_or(|it| it.name == system.name));
        Ok(systems.flat_map(|system| (system.ledger)(&root.value)).collect())
    }

    /// Compares what two systems hold, or a system and a scenario.
    ///
    /// # Errors
    /// There is no such sandbox, system or scenario.
    pub fn ledger_diff(
        &self,
        name: &str,
        comparison: &Comparison,
    ) -> Result<LedgerDiff, TwinError> {
        let root = self.sandbox(name)?.store.read();
        let world = &root.value;
        let is_own = |side: &Side| matches!(side, Side::Scenario(None));
        let needs_work = is_own(&comparison.left) || is_own(&comparison.right);
        let own = world
            .provenance
            .as_ref()
            .map(|from| if needs_work { from.scenario().map(Arc::new) } else { from.cast() });
        let own = own.transpose()?;
        let Comparison { left, right, tolerance, zone, notes, billable } = comparison;
        let mut measure = Measure {
            tolerance: *tolerance,
            zone: *zone,
            notes: *notes,
            billable: *billable,
            ..Measure::exact()
        };
        if let Some(own) = &own {
            measure = measure.with_names_of(own);
        }
        let own = own.as_deref();
        let left_lines = side(left, right, world, own)?;
        let right_lines = side(right, left, world, own)?;
        Ok(diff(&left_lines, &right_lines, &measure))
    }
}

fn system(name: &str) -> Result<&'static System, TwinError> {
    let system = SYSTEMS.iter().find(|system| system.name == name);
    system.ok_or_else(|| TwinError::unknown("system", name))
}

/// The lines of one side; of a scenario, what the system on the other side should have.
fn side(
    wanted: &Side,
    other: &Side,
    world: &World,
    own: Option<&Scenario>,
) -> Result<Vec<LedgerLine>, TwinError> {
    let name = match wanted {
        Side::System(name) => return Ok((system(name)?.ledger)(world)),
        Side::Scenario(name) => name,
    };
    let built_in;
    let scenario = match name {
        None => own.ok_or(TwinError::NoProvenance)?,
        Some(name) => {
            let anchor = world.provenance.as_ref().map(|from| from.anchor());
            let bundle = Arc::new(Bundle::builtin(name)?);
            built_in = bundle.resolve(anchor.unwrap_or_else(|| world.clock.now()))?;
            &built_in
        }
    };
    let is_there = |work: &&(usize, &Work)| match other {
        Side::Scenario(_) => true,
        Side::System(name) => match name.as_str() {
            "clockify" => work.1.systems.clockify,
            "clockodo" => work.1.systems.clockodo,
            // A timer that runs is Clockwork's until it is stopped.
            _ => work.1.systems.jira && work.1.seconds.is_some(),
        },
    };
    let work: Vec<(usize, &Work)> = scenario.work.iter().enumerate().collect();
    let work = work.iter().inspect(|_| abandon::check());
    let lines = work.filter(is_there).map(|(n, work)| LedgerLine {
        system: "scenario",
        who: scenario.people[work.person].email.clone(),
        what: Some(match work.task {
            Some(task) => scenario.tasks[task].key.clone(),
            None => scenario.projects[work.project].key.clone(),
        }),
        start: work.start,
        seconds: work.seconds,
        note: work.note.clone(),
        billable: work.billable,
        native_id: format!("work[{n}]"),
    });
    Ok(lines.collect())
}
