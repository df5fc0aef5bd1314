//! Growing worlds from scenarios, and adding fragments to existing worlds.

use std::io;
use std::sync::Arc;

use super::{Twin, TwinError};
use crate::http::long_work::CONTROL;
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
/// The first error in the scenario.
pub fn grow(bundle: &Arc<Bundle>, clock: Clock, settings: Settings) -> Result<World, SeedError> {
    fill(bundle, World::empty(clock, settings))
}

/// Resolves a scenario against the clock of an empty world and plants it there.
pub(super) fn fill(bundle: &Arc<Bundle>, mut world: World) -> Result<World, SeedError> {
    let clock = world.clock;
    let anchor = clock.now();
    let scenario = bundle.resolve(anchor)?;
    world.clock = Clock::frozen(anchor);
    vendors::plant(&scenario, &bundle.overlays, &mut world)?;
    if let Some(plan) = world.settings.plan {
        vendors::choose_plan(&mut world, plan);
    }
    world.clock = clock;
    world.provenance = Some(Arc::new(Provenance::of(Arc::clone(bundle), &scenario)));
    Ok(world)
}

impl Twin {
    /// Adds a scenario fragment to a sandbox, all of it or nothing.
    ///
    /// # Errors
    /// The first error in the fragment, with its line and field.
    pub async fn plant(&self, name: &str, fragment: &str) -> Result<(), TwinError> {
        let sandbox = self.sandbox(name)?;
        let fragment = fragment.to_owned();
        let work = move || sandbox.store.commit(|world| plant(world, &fragment));
        let ((), written) = CONTROL.finish(work).await.map_err(io::Error::from)??;
        Ok(written.receipt.await?)
    }
}

fn plant(world: &mut World, text: &str) -> Result<(), TwinError> {
    let provenance = world.provenance.clone().ok_or(TwinError::NoProvenance)?;
    let anchor = world.clock.now();
    let fragment = resolve(&*provenance.cast()?, text, anchor)?;
    vendors::plant(&fragment.scenario, &fragment.overlays, world)
        .map_err(|error| fragment.translate(error))?;
    let planted = Planted { text: text.to_owned(), anchor };
    world.provenance = Some(Arc::new(provenance.and(planted, &fragment.scenario)));
    Ok(())
}
