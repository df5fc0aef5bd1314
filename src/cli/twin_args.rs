//! The flags that describe a twin, whoever starts it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::{Failure, duration, instant};
use crate::deliver::{Allow, Authorities, Web};
use crate::http::cors::Cors;
use crate::http::hosts::Hosts;
use crate::http::links::Links;
use crate::http::mount::Observer;
use crate::kernel::clock::Clock;
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::Bounds;
use crate::persist::Options;
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::twin::{Limits, Setup, Twin, TwinError};
use crate::world::Settings;

/// A twin on the command line.
#[derive(Debug, Args)]
pub(super) struct TwinArgs {
    /// Scenario: studio, bare, migration, or a file.
    #[arg(long, env = "TIMETWIN_SCENARIO", value_name = "NAME|FILE", default_value = "studio")]
    pub(super) scenario: String,
    /// Freezes the clock at this instant, e.g. 2026-06-12T10:00:00Z. Every run then gives the same bytes.
    #[arg(long, env = "TIMETWIN_AT", value_name = "INSTANT", value_parser = instant)]
    pub(super) at: Option<DateTime<Utc>>,
    /// Revision of the APIs to serve.
    #[arg(long, env = "TIMETWIN_REVISION", value_enum, default_value = "documented")]
    pub(super) revision: RevisionArg,
    /// Whether the vendors' rate limits apply. Limits on page size always do.
    #[arg(long, env = "TIMETWIN_LIMITS", value_enum, default_value = "vendor")]
    pub(super) limits: Limits,
    /// Plan of all accounts that the scenario makes, instead of its own plans. It decides which features
    /// and quotas Clockify has.
    #[arg(long, env = "TIMETWIN_PLAN", value_enum)]
    pub(super) plan: Option<PlanArg>,
    /// Keeps all sandboxes in this SQLite file. A write is in the file before it is answered, and the next
    /// start continues from there. Scenario, instant, revision, limits and plan of an existing file win over
    /// the flags.
    #[arg(long, env = "TIMETWIN_STATE", value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// Which web pages may call the surfaces: off (none), vendor (those that the service lets in), or one
    /// origin like `http://localhost:5173`. The control API never answers pages of other origins.
    #[arg(long, env = "TIMETWIN_CORS", value_name = "off|vendor|ORIGIN", default_value = "vendor")]
    pub(super) cors: Cors,
    /// Requires this token on the control API (`Authorization: Bearer TOKEN`).
    #[arg(long, env = "TIMETWIN_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(super) control_token: Option<String>,
    /// Maximum number of sandboxes. At the limit, a new one replaces one that nobody has written to, or one
    /// that has been idle for long.
    #[arg(long, env = "TIMETWIN_SANDBOXES", value_name = "N", default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) sandboxes: u32,
    /// Drops a sandbox that has been idle for this long.
    #[arg(long, env = "TIMETWIN_SANDBOX_IDLE", value_name = "DURATION", default_value = "PT24H",
        value_parser = duration)]
    pub(super) sandbox_idle: Duration,
    /// Number of requests that the journal of each sandbox keeps.
    #[arg(long, env = "TIMETWIN_JOURNAL", value_name = "N", default_value_t = 1000,
        value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(super) journal: u32,
    /// Allows webhooks to this host besides this machine: hooks.example.com, *.example.com,
    /// 10.0.0.7:9000, or * for all. Can be repeated; commas separate several hosts.
    #[arg(long, env = "TIMETWIN_WEBHOOK_ALLOW", value_name = "HOST", value_delimiter = ',')]
    pub(super) webhook_allow: Vec<String>,
    /// Certificate authorities in PEM that receivers of webhooks may have their certificates from, besides the
    /// public ones.
    #[arg(long, env = "TIMETWIN_WEBHOOK_CA", value_name = "FILE")]
    pub(super) webhook_ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RevisionArg {
    /// As the vendors document them.
    Documented,
    /// As the live services behave today.
    Current,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PlanArg {
    Free,
    Basic,
    Standard,
    Pro,
    Enterprise,
}

impl From<PlanArg> for Plan {
    fn from(plan: PlanArg) -> Self {
        match plan {
            PlanArg::Free => Self::Free,
            PlanArg::Basic => Self::Basic,
            PlanArg::Standard => Self::Standard,
            PlanArg::Pro => Self::Pro,
            PlanArg::Enterprise => Self::Enterprise,
        }
    }
}

/// Where a twin is, and under which names.
pub(super) struct Place {
    pub(super) links: Links,
    pub(super) hosts: Hosts,
    /// Ports of its own, to which webhooks never go.
    pub(super) ports: Vec<u16>,
    /// The certificate to trust for its TLS, in PEM.
    pub(super) certificate: Option<String>,
    /// The person whom unknown credentials are taken for.
    pub(super) stand_in: Option<String>,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl TwinArgs {
    /// The twin that the flags describe.
    pub(super) fn twin(self, place: Place) -> Result<Twin, Failure> {
        let trusted =
            self.webhook_ca.as_deref().map_or_else(|| Ok(Authorities::default()), authorities)?;
        let setup = Setup {
            scenario: Arc::new(bundle(&self.scenario)?),
            clock: self.at.map_or_else(Clock::real, Clock::frozen),
            settings: Settings {
                revision: match self.revision {
                    RevisionArg::Documented => Revision::Documented,
                    RevisionArg::Current => Revision::Current,
                },
                rate_limits: self.limits.hold(),
                plan: self.plan.map(Plan::from),
            },
            links: place.links,
            cors: self.cors,
            hosts: place.hosts,
            control_token: self.control_token,
            certificate: place.certificate,
            bounds: Bounds {
                sandboxes: self.sandboxes as usize,
                idle: self.sandbox_idle,
                journal: self.journal as usize,
            },
            webhooks: Allow::parse(self.webhook_allow.iter().map(String::as_str))
                .map_err(|error| Failure::Configuration(format!("--webhook-allow {error}")))?,
            transport: Arc::new(Web::of(place.ports).trusting(trusted)),
            stand_in: place.stand_in,
            observer: place.observer,
        };
        let Some(file) = &self.state else { return Ok(Twin::new(setup)?) };
        Twin::durable(setup, file, Options::default()).map_err(|error| {
            Failure::Configuration(match error {
                TwinError::Seed(error) => error.to_string(),
                error => format!("--state {}: {error}", file.display()),
            })
        })
    }
}

fn bundle(scenario: &str) -> Result<Bundle, SeedError> {
    let path = Path::new(scenario);
    if scenario.contains(['/', '\\', '.']) || path.exists() {
        Bundle::read(path)
    } else {
        Bundle::builtin(scenario)
    }
}

/// The certificate authorities in a file.
pub(super) fn authorities(file: &Path) -> Result<Authorities, Failure> {
    let read = std::fs::read(file).map_err(|error| error.to_string());
    let read = read.and_then(|pem| Authorities::parse(&pem).map_err(|error| error.to_string()));
    read.map_err(|why| Failure::Configuration(format!("--webhook-ca {}: {why}", file.display())))
}

/// The address at which to reach a server; loopback when it listens on all addresses.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(_) => (Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}
