//! Growing worlds from scenarios, and planting fragments into worlds that live.

use std::sync::Arc;

use super::{Error, Twin};
use crate::kernel::clock::Clock;
use crate::scenario::extend::resolve;
use crate::scenario::load::Bundle;
use crate::scenario::provenance::{Planted, Provenance};
use crate::scenario::seed::SeedError;
use crate::vendors;
use crate::world::{Settings, World};

/// Resolves a scenario against a clock and plants it.
///
/// # Errors
/// The first thing in the scenario that does not fit.
pub fn grow(bundle: &Arc<Bundle>, clock: Clock, settings: Settings) -> Result<World, SeedError> {
    let anchor = clock.now();
    let scenario = bundle.resolve(anchor)?;
    let mut world = World::empty(Clock::frozen(anchor), settings);
    vendors::plant(&scenario, &bundle.overlays, &mut world)?;
    world.clock = clock;
    world.provenance = Some(Arc::new(Provenance::of(Arc::clone(bundle), &scenario)));
    Ok(world)
}

impl Twin {
    /// Adds a scenario fragment to a living world, all of it or nothing.
    ///
    /// # Errors
    /// The first thing of the fragment that does not fit, with its line and field.
    pub async fn plant(&self, name: &str, fragment: &str) -> Result<(), Error> {
        let sandbox = self.sandbox(name)?;
        let ((), written) = sandbox.store.commit(|world| plant(world, fragment))?;
        Ok(written.receipt.await?)
    }
}

fn plant(world: &mut World, text: &str) -> Result<(), Error> {
    let provenance = world.provenance.clone().ok_or(Error::NoProvenance)?;
    let anchor = world.clock.now();
    let fragment = resolve(&*provenance.cast()?, text, anchor)?;
    vendors::plant(&fragment.scenario, &fragment.overlays, world)
        .map_err(|error| fragment.translate(error))?;
    let planted = Planted { text: text.to_owned(), anchor };
    world.provenance = Some(Arc::new(provenance.and(planted, &fragment.scenario)));
    Ok(())
}
