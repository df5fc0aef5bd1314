//! A running twin: its sandboxes, surfaces and settings in one value, with all operations on them.
//! Several can live in one process. The control API and the Rust API are thin layers over it, which it
//! does not know.

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

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use self::error::TwinError;
pub use self::ledger::{Comparison, Side};
use self::metrics::Metrics;
pub use self::metrics::REQUESTS;
use self::plant::fill;
pub use self::plant::grow;
pub use self::time::{ClockChange, Mode};
pub use self::verify::{Difference, EXPECTATIONS, Expectation, Expectations, VALUES, Verdict};
use self::worlds::OriginCache;
pub use self::worlds::{NewSandbox, SALT, SandboxSpec};
use crate::deliver::{Allow, Courier, Transport, Web};
use crate::http::cors::Cors;
use crate::http::hosts::Hosts;
use crate::http::links::Links;
use crate::http::mount::{Mount, Observer};
use crate::http::surface::{Mounted, Surface};
use crate::kernel::clock::Clock;
use crate::kernel::sandbox::{Bounds, Refused, Sandbox, Sandboxes, Storage};
use crate::kernel::sync::Signal;
use crate::persist::{Options, Parts, Restored, StateFile};
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::vendors::{POSTERS, SITES, SURFACES, TIMELINE};
use crate::world::{Settings, World};

/// All surfaces with their routes, which are the same in every twin of this process.
fn surfaces() -> Arc<[Mounted]> {
    static BOUND: OnceLock<Arc<[Mounted]>> = OnceLock::new();
    Arc::clone(BOUND.get_or_init(|| Mounted::all(SURFACES)))
}

/// The configuration of a twin.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The scenario of `main` and of every sandbox made at its first use.
    pub scenario: Arc<Bundle>,
    /// The clock of these sandboxes.
    pub clock: Clock,
    /// The settings of these sandboxes.
    pub settings: Settings,
    /// How links in its answers are made.
    pub links: Links,
    /// Which pages of other origins may call the surfaces.
    pub cors: Cors,
    /// The host names that lead to it.
    pub hosts: Hosts,
    /// The token of the control API, if it requires one.
    pub control_token: Option<String>,
    /// The certificate of the authority that vouches for it, in PEM, if it speaks TLS.
    pub certificate: Option<String>,
    /// Limits on what it keeps.
    pub bounds: Bounds,
    /// Hosts that webhooks may go to besides this machine.
    pub webhooks: Allow,
    /// Sends webhooks.
    pub transport: Arc<dyn Transport>,
    /// The person whom unknown credentials are taken for, by e-mail.
    pub stand_in: Option<String>,
    /// Observes each request of the surfaces.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Setup {
    /// The defaults of a server, with this scenario and clock. `origin` is the scheme and authority of links
    /// in answers to requests without a host.
    #[must_use]
    pub fn new(scenario: Arc<Bundle>, clock: Clock, origin: &str) -> Self {
        Self {
            scenario,
            clock,
            settings: Settings::default(),
            links: Links::following(origin),
            cors: Cors::default(),
            hosts: Hosts::any(),
            control_token: None,
            certificate: None,
            bounds: Bounds::default(),
            webhooks: Allow::default(),
            transport: Arc::new(Web::default()),
            stand_in: None,
            observer: None,
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
    grown: OriginCache,
    /// Places for live feeds.
    feeds: Arc<Semaphore>,
    shutdown: Signal,
}

/// Maximum number of live feeds of a twin; each looks at every request.
pub const FEEDS: usize = 100;

impl Twin {
    /// A twin with a world grown from the scenario.
    ///
    /// # Errors
    /// The first error in the scenario.
    pub fn new(setup: Setup) -> Result<Self, SeedError> {
        let world = grow(&setup.scenario, setup.clock, setup.settings)?;
        Ok(Self::of(setup, world))
    }

    /// A twin with a world that is already grown.
    pub fn of(setup: Setup, world: World) -> Self {
        let sandboxes = Sandboxes::new(world, setup.bounds);
        Self::over(setup, sandboxes, Arc::new(World::collections()), None)
    }

    /// A twin that keeps its sandboxes in a file and starts with those in the file. The scenario, clock
    /// and settings of the setup apply to a new file only.
    ///
    /// # Errors
    /// The file cannot be used, or the scenario has an error.
    pub fn durable(setup: Setup, file: &Path, options: Options) -> Result<Self, TwinError> {
        let parts: Parts = Arc::new(World::collections());
        let grow = || grow(&setup.scenario, setup.clock, setup.settings);
        let (state, restored) = StateFile::open(file, Arc::clone(&parts), options, grow)??;
        let Restored { origin, sandboxes } = restored;
        let storage: Arc<dyn Storage<World>> = Arc::<StateFile>::clone(&state);
        let sandboxes = Sandboxes::over(origin, setup.bounds, Some(storage), sandboxes);
        Ok(Self::over(setup, sandboxes, parts, Some(state)))
    }

    fn over(
        setup: Setup,
        sandboxes: Sandboxes<World>,
        parts: Parts,
        state: Option<Arc<StateFile>>,
    ) -> Self {
        let sandboxes = Arc::new(sandboxes);
        let mount = Mount::new(surfaces(), Arc::clone(&sandboxes), setup.links.clone())
            .with_cors(setup.cors.clone());
        let metrics = Arc::new(Metrics::default());
        let observer: Arc<dyn Observer> = Arc::<Metrics>::clone(&metrics);
        let mount = mount.with_timeline(TIMELINE).with_posters(POSTERS).with_observer(observer);
        let mount = mount.with_hosts(SITES).with_stand_in(setup.stand_in.clone());
        let mount = match &setup.observer {
            Some(observer) => mount.with_observer(Arc::clone(observer)),
            None => mount,
        };
        let courier = Courier::new(
            Arc::clone(&sandboxes),
            Arc::clone(&setup.transport),
            setup.webhooks.clone(),
            mount.posted().clone(),
        );
        let (courier, shutdown) = (Arc::new(courier), Signal::default());
        let grown = OriginCache::default();
        let feeds = Arc::new(Semaphore::new(FEEDS));
        Self { setup, sandboxes, mount, parts, state, courier, metrics, grown, feeds, shutdown }
    }

    /// Rings when the server shuts down, to end what would otherwise run for ever.
    pub fn shutdown(&self) -> &Signal {
        &self.shutdown
    }

    /// A place for a live feed, until it is dropped; `None` when all are taken.
    pub fn feed_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.feeds).try_acquire_owned().ok()
    }

    /// Delivers the webhooks, as long as [`Courier::run`] is polled.
    pub fn courier(&self) -> &Arc<Courier> {
        &self.courier
    }

    /// Metrics of requests and sandboxes, as Prometheus reads them.
    ///
    /// # Errors
    /// The text cannot be written.
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
    /// [`TwinError::Unknown`].
    pub fn surface(&self, name: &str) -> Result<&Surface, TwinError> {
        let mut mounted = self.mount.surfaces().iter().map(|mounted| &mounted.surface);
        let surface = mounted.find(|surface| surface.name == name);
        surface.ok_or_else(|| TwinError::unknown("surface", name))
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

    /// Its configuration.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Scheme and authority under which clients reach it, where no request is at hand.
    pub fn origin(&self) -> &str {
        self.setup.links.origin()
    }

    /// The token of the control API, if it requires one.
    pub fn control_token(&self) -> Option<&str> {
        self.setup.control_token.as_deref()
    }

    /// The collections of a world.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The state file, if it has one.
    pub fn state(&self) -> Option<&StateFile> {
        self.state.as_deref()
    }
}

/// Whether rate limits apply, as the command line and the control API spell it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Limits {
    /// The vendors' limits.
    Vendor,
    /// No rate limits. Limits on page size still apply.
    Off,
}

impl Limits {
    /// Whether they apply.
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
