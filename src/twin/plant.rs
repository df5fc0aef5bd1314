//! Growing worlds from scenarios, and planting fragments into worlds that live.
//!
//! A fragment is planted by growing the sandbox's scenario twice, without it and with it, and making the
//! difference in the living world. Vendors know only how to plant a whole scenario into an empty world.

use std::sync::Arc;

use serde_json::Value;

use super::{Error, Twin};
use crate::kernel::clock::Clock;
use crate::kernel::collection::Collection;
use crate::kernel::ids::Ids;
use crate::persist::Parts;
use crate::scenario::extend::{Extended, extend};
use crate::scenario::load::Bundle;
use crate::scenario::provenance::{Fragment, Grown, Provenance};
use crate::scenario::seed::{Overlay, SeedError};
use crate::vendors;
use crate::world::{Settings, World};

/// Most stretches of work of a scenario that is kept resolved beside its world.
const KEPT: usize = 20_000;

/// Resolves a scenario against a clock and plants it.
///
/// # Errors
/// The first thing in the scenario that does not fit.
pub fn grow(bundle: &Arc<Bundle>, clock: Clock, settings: Settings) -> Result<World, SeedError> {
    let anchor = clock.now();
    let scenario = bundle.resolve(anchor)?;
    let mut world = World::empty(Clock::frozen(anchor), settings);
    vendors::plant(&scenario, &bundle.overlays, &mut world)?;
    let grown = (scenario.work.len() <= KEPT).then(|| {
        let overlays = bundle.overlays.clone();
        Arc::new(Grown { scenario, overlays, world: world.clone() })
    });
    world.clock = clock;
    let provenance = Provenance::new(Arc::clone(bundle), anchor, Vec::new(), grown);
    world.provenance = Some(Arc::new(provenance));
    Ok(world)
}

/// Grows a scenario with its fragments again.
pub(super) fn regrow(
    provenance: &Provenance<World>,
    settings: Settings,
) -> Result<Grown<World>, SeedError> {
    let mut scenario = provenance.bundle.resolve(provenance.anchor)?;
    let mut overlays = provenance.bundle.overlays.clone();
    let mut ids = Ids::new(0);
    for Fragment { text, anchor, leaps } in &provenance.fragments {
        let file = file(text);
        let extended = extend(&scenario, &overlays, &file, *anchor)?;
        (scenario, overlays) = (extended.scenario, extended.overlays);
        for (label, from, to) in leaps {
            ids.leap(label.clone(), *from, *to);
        }
    }
    let mut world = World::empty(Clock::frozen(provenance.anchor), settings);
    world.ids = ids;
    vendors::plant(&scenario, &overlays, &mut world)?;
    Ok(Grown { scenario, overlays, world })
}

fn file(text: &str) -> Overlay {
    Overlay { file: "fragment".to_owned(), text: text.to_owned() }
}

impl Twin {
    /// Adds a scenario fragment to a living world, all of it or nothing.
    ///
    /// # Errors
    /// The first thing of the fragment that does not fit, with its line and field.
    pub async fn plant(&self, name: &str, fragment: &str) -> Result<(), Error> {
        let sandbox = self.sandbox(name)?;
        let ((), written) = sandbox.store.commit(|world| plant(world, fragment, self.parts()))?;
        Ok(written.receipt.await?)
    }
}

fn plant(world: &mut World, text: &str, parts: &Parts) -> Result<(), Error> {
    let provenance = world.provenance.clone().ok_or(Error::NoProvenance)?;
    let before = provenance.grown(|| regrow(&provenance, world.settings))?;
    let fragment = file(text);
    let now = world.clock.now();
    let extended = extend(&before.scenario, &before.overlays, &fragment, now)?;
    // What grows like before gets its ids again; what is new gets ids the living world has not given.
    let leaps = Ids::leaps(&before.world.ids, &world.ids);
    let mut after = World::empty(Clock::frozen(provenance.anchor), before.world.settings);
    for Fragment { leaps, .. } in &provenance.fragments {
        leaps.iter().for_each(|(label, from, to)| after.ids.leap(label.clone(), *from, *to));
    }
    leaps.iter().for_each(|(label, from, to)| after.ids.leap(label.clone(), *from, *to));
    vendors::plant(&extended.scenario, &extended.overlays, &mut after)
        .map_err(|error| extended.translate(error))?;
    for part in parts.iter().filter(|part| !part.name().starts_with("world_")) {
        differ(&**part, &before.world, &after, world)?;
    }
    for (label, count) in after.ids.streams() {
        let known = before.world.ids.streams().get(label);
        let living = world.ids.streams().get(label).copied().unwrap_or(0);
        if known != Some(count) && *count > living {
            world.ids.streams_mut().insert(label.clone(), *count);
        }
    }
    let mut fragments = provenance.fragments.clone();
    fragments.push(Fragment { text: text.to_owned(), anchor: now, leaps });
    let Extended { scenario, overlays, .. } = extended;
    let grown =
        (scenario.work.len() <= KEPT).then(|| Arc::new(Grown { scenario, overlays, world: after }));
    let bundle = Arc::clone(&provenance.bundle);
    let provenance = Provenance::new(bundle, provenance.anchor, fragments, grown);
    world.provenance = Some(Arc::new(provenance));
    Ok(())
}

/// Makes in `world` the difference between `before` and `after`.
fn differ(
    part: &dyn Collection<World>,
    before: &World,
    after: &World,
    world: &mut World,
) -> Result<(), Error> {
    let mut changes: Vec<(String, Option<String>)> = Vec::new();
    part.changed(before, after, &mut |key, row| {
        changes.push((key.to_owned(), row.map(str::to_owned)));
    })?;
    for (key, row) in changes {
        let Some(row) = row else {
            let what = part.name();
            let why = format!("planting this would take '{key}' of {what} away");
            return Err(Error::Conflict(why));
        };
        let (known, living) = (part.get(before, &key)?, part.get(world, &key)?);
        match (known, living) {
            (None, None) => part.load(world, &key, Some(&row))?,
            (None, Some(_)) => {
                let what = part.name();
                let why = format!("the world has a row '{key}' of {what} already");
                return Err(Error::Conflict(why));
            }
            // What the living world has deleted stays deleted.
            (Some(_), None) => {}
            (Some(known), Some(living)) => {
                let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
                let merged = merged(&value(&known), value(&row), value(&living));
                part.load(world, &key, Some(&merged.to_string()))?;
            }
        }
    }
    Ok(())
}

/// The living value with what differs between the known and the planted one.
fn merged(known: &Value, planted: Value, living: Value) -> Value {
    match (known, planted, living) {
        (Value::Object(known), Value::Object(planted), Value::Object(mut living)) => {
            for (name, value) in planted {
                let known = known.get(&name).unwrap_or(&Value::Null);
                if *known != value {
                    let now = living.get(&name).cloned().unwrap_or_default();
                    living.insert(name, merged(known, value, now));
                }
            }
            Value::Object(living)
        }
        (Value::Array(known), Value::Array(planted), Value::Array(mut living)) => {
            let fresh = planted.into_iter().filter(|value| !known.contains(value));
            for value in fresh {
                if !living.contains(&value) {
                    living.push(value);
                }
            }
            Value::Array(living)
        }
        (_, planted, _) => planted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merged;

    #[test]
    fn a_change_is_made_in_what_lives() {
        let known = json!({ "name": "A", "members": [1, 2], "rate": 5 });
        let planted = json!({ "name": "A", "members": [1, 2, 9], "rate": 7 });
        let living = json!({ "name": "B", "members": [2], "rate": 5 });
        let wanted = json!({ "name": "B", "members": [2, 9], "rate": 7 });
        assert_eq!(merged(&known, planted, living), wanted);
    }
}
