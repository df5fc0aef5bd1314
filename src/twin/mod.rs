//! A running twin: its sandboxes, its surfaces and its settings in one value, and everything that can be
//! asked of it. Several can live in one process. The control API and the Rust API are thin layers over
//! it, which it does not know.

mod error;
mod faults;
mod ledger;
mod metrics;
mod plant;
mod time;
mod verify;
mod worlds;

use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use self::error::Error;
pub use self::ledger::{Against, Question};
use self::metrics::Metrics;
pub use self::metrics::REQUESTS;
pub use self::plant::grow;
pub use self::time::{ClockChange, Mode};
pub use self::verify::{Difference, Expectation, Expectations, Verdict};
use self::worlds::Grown;
pub use self::worlds::{Made, Make};
use crate::deliver::{Allow, Courier, Transport, Web};
use crate::http::mount::{Mount, Observer};
use crate::http::surface::{Mounted, Surface};
use crate::kernel::clock::Clock;
use crate::kernel::sandbox::{Bounds, Refused, Sandbox, Sandboxes, Vault};
use crate::kernel::word::Bell;
use crate::persist::{Options, Parts, Restored, StateFile};
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::vendors::{POSTERS, SURFACES, TIMELINE};
use crate::world::{Settings, World};

/// All surfaces with their routes, which are the same in every twin of this process.
fn surfaces() -> Arc<[Mounted]> {
    static BOUND: OnceLock<Arc<[Mounted]>> = OnceLock::new();
    Arc::clone(BOUND.get_or_init(|| Mounted::all(SURFACES)))
}

/// What a twin is started with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The seed of `main` and of every sandbox forked at its first use.
    pub scenario: Arc<Bundle>,
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
    /// Whom webhooks may go to besides this machine.
    pub webhooks: Allow,
    /// How webhooks are sent.
    pub transport: Arc<dyn Transport>,
}

impl Setup {
    /// The scenario with a clock, and everything else as a server has it by default.
    #[must_use]
    pub fn new(scenario: Arc<Bundle>, clock: Clock, origin: &str) -> Self {
        Self {
            scenario,
            clock,
            settings: Settings::default(),
            origin: origin.to_owned(),
            control_token: None,
            bounds: Bounds::default(),
            webhooks: Allow::default(),
            transport: Arc::new(Web::default()),
        }
    }
}

/// A running twin.
#[derive(Debug)]
pub struct Twin {
    setup: Setup,
    sandboxes: Arc<Sandboxes<World>>,
    mount: Mount,
    parts: Parts,
    state: Option<Arc<StateFile>>,
    courier: Arc<Courier>,
    metrics: Arc<Metrics>,
    grown: Grown,
    ending: Bell,
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
        let sandboxes = Sandboxes::new(world, setup.bounds);
        Self::over(setup, sandboxes, Arc::new(World::collections()), None)
    }

    /// A twin that keeps its sandboxes in a file, and begins with those that the file has. The setup's
    /// scenario, clock and settings hold for a file that is made.
    ///
    /// # Errors
    /// A file that cannot be used, or the first thing in the scenario that does not fit.
    pub fn durable(setup: Setup, file: &Path, options: Options) -> Result<Self, Error> {
        let parts: Parts = Arc::new(World::collections());
        let grow = || grow(&setup.scenario, setup.clock, setup.settings);
        let (state, restored) = StateFile::open(file, Arc::clone(&parts), options, grow)??;
        let Restored { origin, sandboxes } = restored;
        let vault: Arc<dyn Vault<World>> = Arc::<StateFile>::clone(&state);
        let sandboxes = Sandboxes::over(origin, setup.bounds, Some(vault), sandboxes);
        Ok(Self::over(setup, sandboxes, parts, Some(state)))
    }

    fn over(
        setup: Setup,
        sandboxes: Sandboxes<World>,
        parts: Parts,
        state: Option<Arc<StateFile>>,
    ) -> Self {
        let sandboxes = Arc::new(sandboxes);
        let mount = Mount::new(surfaces(), Arc::clone(&sandboxes), &setup.origin);
        let metrics = Arc::new(Metrics::default());
        let observer: Arc<dyn Observer> = Arc::<Metrics>::clone(&metrics);
        let mount = mount.with_timeline(TIMELINE).with_posters(POSTERS).with_observer(observer);
        let courier = Courier::new(
            Arc::clone(&sandboxes),
            Arc::clone(&setup.transport),
            setup.webhooks.clone(),
            mount.posted().clone(),
        );
        let (courier, ending) = (Arc::new(courier), Bell::default());
        let grown = Grown::default();
        Self { setup, sandboxes, mount, parts, state, courier, metrics, grown, ending }
    }

    /// Rings when the server is about to end: what would go on for ever ends then.
    pub fn ending(&self) -> &Bell {
        &self.ending
    }

    /// Who delivers its webhooks; somebody must poll [`Courier::run`].
    pub fn courier(&self) -> &Arc<Courier> {
        &self.courier
    }

    /// The figures of its requests and sandboxes, in the text form of Prometheus.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn metrics(&self) -> Result<String, std::fmt::Error> {
        self.metrics.text(self)
    }

    /// The surfaces.
    pub fn mount(&self) -> &Mount {
        &self.mount
    }

    /// The surface of this name.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn surface(&self, name: &str) -> Result<&Surface, Error> {
        let mut mounted = self.mount.surfaces().iter().map(|mounted| &mounted.surface);
        let surface = mounted.find(|surface| surface.name == name);
        surface.ok_or_else(|| Error::unknown("surface", name))
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

    /// What it was started with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Scheme and authority under which clients reach it.
    pub fn origin(&self) -> &str {
        &self.setup.origin
    }

    /// What the control API asks for, if anything.
    pub fn control_token(&self) -> Option<&str> {
        self.setup.control_token.as_deref()
    }

    /// What a world consists of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The file it keeps its sandboxes in, if it does.
    pub fn state(&self) -> Option<&StateFile> {
        self.state.as_deref()
    }
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
