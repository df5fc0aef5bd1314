//! A running twin: its sandboxes, its surfaces and its settings in one value. Several can live in one
//! process.

use std::sync::Arc;

use axum::Router;

use crate::control;
use crate::http::mount::Mount;
use crate::http::surface::Surface;
use crate::kernel::clock::Clock;
use crate::kernel::sandbox::{Bounds, Refused, Sandbox, Sandboxes};
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::vendors::{self, SURFACES};
use crate::world::{Settings, World};

/// What a twin is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The seed of `main` and of every sandbox forked at its first use.
    pub scenario: Bundle,
    /// The clock of these sandboxes.
    pub clock: Clock,
    /// How these sandboxes behave.
    pub settings: Settings,
    /// Scheme and authority under which clients reach it, without a slash at the end.
    pub origin: String,
    /// What the control API asks for, if anything.
    pub control_token: Option<String>,
    /// How much it keeps.
    pub bounds: Bounds,
}

/// A running twin.
#[derive(Debug)]
pub struct Twin {
    setup: Setup,
    sandboxes: Arc<Sandboxes<World>>,
    mount: Mount,
}

impl Twin {
    /// Plants the scenario.
    ///
    /// # Errors
    /// The first thing in the scenario that does not fit.
    pub fn new(setup: Setup) -> Result<Self, SeedError> {
        let world = grow(&setup.scenario, setup.clock, setup.settings)?;
        Ok(Self::of(setup, world))
    }

    /// A twin whose pristine world is already grown.
    pub fn of(setup: Setup, world: World) -> Self {
        let sandboxes = Arc::new(Sandboxes::new(world, setup.bounds));
        let mount = Mount::new(SURFACES, Arc::clone(&sandboxes), &setup.origin);
        Self { setup, sandboxes, mount }
    }

    /// Everything it answers: the surfaces and the control API.
    pub fn router(self: &Arc<Self>) -> Router {
        control::router(Arc::clone(self))
    }

    /// The surfaces.
    pub fn mount(&self) -> &Mount {
        &self.mount
    }

    /// The surface of this name.
    pub fn surface(&self, name: &str) -> Option<&Surface> {
        let mut mounted = self.mount.surfaces().iter().map(|mounted| &mounted.surface);
        mounted.find(|surface| surface.name == name)
    }

    /// All sandboxes.
    pub fn sandboxes(&self) -> &Sandboxes<World> {
        &self.sandboxes
    }

    /// The sandbox of this name, if it exists.
    ///
    /// # Errors
    /// [`Refused::Unknown`].
    pub fn sandbox(&self, name: &str) -> Result<Arc<Sandbox<World>>, Refused> {
        self.sandboxes.get(name).ok_or(Refused::Unknown)
    }

    /// The clock that sandboxes start with.
    pub fn clock(&self) -> Clock {
        self.setup.clock
    }

    /// The settings that sandboxes start with.
    pub fn settings(&self) -> Settings {
        self.setup.settings
    }

    /// Scheme and authority under which clients reach it.
    pub fn origin(&self) -> &str {
        &self.setup.origin
    }

    /// What the control API asks for, if anything.
    pub fn control_token(&self) -> Option<&str> {
        self.setup.control_token.as_deref()
    }

    /// A fresh world from a built-in scenario, or from the twin's own.
    ///
    /// # Errors
    /// When there is no such built-in scenario, or it does not fit this clock.
    pub fn grow(&self, scenario: Option<&str>, clock: Clock) -> Result<World, SeedError> {
        match scenario {
            None => grow(&self.setup.scenario, clock, self.setup.settings),
            Some(name) => grow(&Bundle::builtin(name)?, clock, self.setup.settings),
        }
    }
}

/// Resolves a scenario against a clock and plants it.
///
/// # Errors
/// The first thing in the scenario that does not fit.
pub fn grow(bundle: &Bundle, clock: Clock, settings: Settings) -> Result<World, SeedError> {
    let scenario = bundle.resolve(clock.now())?;
    vendors::plant(&scenario, &bundle.overlays, clock, settings)
}

/// Whether rate limits hold, as the command line and the control API say it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Limits {
    /// The vendors' limits.
    Vendor,
    /// No rate limits; page caps hold all the same.
    Off,
}

impl Limits {
    /// As a setting of a world.
    #[must_use]
    pub fn hold(self) -> bool {
        self == Self::Vendor
    }
}

impl From<Settings> for Limits {
    fn from(settings: Settings) -> Self {
        if settings.rate_limits { Self::Vendor } else { Self::Off }
    }
}
