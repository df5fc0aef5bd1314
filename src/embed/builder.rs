//! Configuring and starting a twin.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{Error, Limits, Timetwin};
use crate::control::Front;
use crate::deliver::Web;
use crate::deliver::{Allow, Transport};
use crate::http::hosts::Hosts;
use crate::http::server::{self, Door, Patience};
use crate::kernel::clock::Clock;
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::Bounds;
use crate::persist::Options;
use crate::scenario::load::Bundle;
use crate::twin::{Setup, Twin};
use crate::world::Settings;

/// The configuration of a twin. The defaults are those of `timetwin serve`, but for the port, which is a
/// free one.
#[derive(Debug, Default)]
pub struct Builder {
    scenario: Option<Source>,
    at: Option<String>,
    revision: Revision,
    limits: Option<Limits>,
    plan: Option<Plan>,
    listen: Option<SocketAddr>,
    state: Option<PathBuf>,
    control_token: Option<String>,
    bounds: Bounds,
    webhooks: Vec<String>,
    transport: Option<Arc<dyn Transport>>,
}

#[derive(Debug)]
enum Source {
    Builtin(String),
    File(PathBuf),
    Text(String),
}

impl Builder {
    /// A built-in scenario: `studio` (the default), `bare` or `migration`.
    #[must_use]
    pub fn scenario(mut self, name: &str) -> Self {
        self.scenario = Some(Source::Builtin(name.to_owned()));
        self
    }

    /// A scenario file; its overlays lie beside it.
    #[must_use]
    pub fn scenario_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.scenario = Some(Source::File(file.into()));
        self
    }

    /// The text of a scenario file, without overlays.
    #[must_use]
    pub fn scenario_text(mut self, text: &str) -> Self {
        self.scenario = Some(Source::Text(text.to_owned()));
        self
    }

    /// Freezes the clock at this instant, e.g. `2024-06-03T09:00:00Z`. Every run then gives the same bytes.
    #[must_use]
    pub fn at(mut self, instant: &str) -> Self {
        self.at = Some(instant.to_owned());
        self
    }

    /// Revision of the APIs that it serves.
    #[must_use]
    pub fn revision(mut self, revision: Revision) -> Self {
        self.revision = revision;
        self
    }

    /// Whether rate limits apply.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Plan of all accounts that the scenario makes, instead of its own plans.
    #[must_use]
    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }

    /// Address to listen on, instead of a free port of this machine.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Keeps all sandboxes in this file.
    #[must_use]
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Requires this token on the control API.
    #[must_use]
    pub fn control_token(mut self, token: &str) -> Self {
        self.control_token = Some(token.to_owned());
        self
    }

    /// Limits on what it keeps.
    #[must_use]
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Allows webhooks to this host besides this machine.
    #[must_use]
    pub fn webhook_allow(mut self, host: &str) -> Self {
        self.webhooks.push(host.to_owned());
        self
    }

    /// Sends webhooks through this transport instead of the network.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Starts it on the runtime of the caller. It answers as soon as this returns.
    ///
    /// # Errors
    /// The scenario has an error, or the state file or the address cannot be used.
    pub async fn start(self) -> Result<Timetwin, Error> {
        let bundle = match self.scenario {
            None => Bundle::builtin("studio")?,
            Some(Source::Builtin(name)) => Bundle::builtin(&name)?,
            Some(Source::File(file)) => Bundle::read(&file)?,
            Some(Source::Text(text)) => Bundle::text("scenario", text),
        };
        let clock = match self.at {
            None => Clock::real(),
            Some(text) => {
                let at = text.parse().map_err(|_| Error::BadInstant(text))?;
                Clock::frozen(at).set(at)?
            }
        };
        let webhooks = Allow::parse(self.webhooks.iter().map(String::as_str));
        let webhooks = webhooks.map_err(|error| Error::BadHost(error.to_string()))?;
        let listen = self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let mut setup = Setup {
            settings: Settings {
                revision: self.revision,
                rate_limits: self.limits.is_none_or(Limits::hold),
                plan: self.plan,
            },
            hosts: if address.ip().is_loopback() { Hosts::of_loopback() } else { Hosts::any() },
            control_token: self.control_token,
            bounds: self.bounds,
            webhooks,
            ..Setup::new(Arc::new(bundle), clock, &format!("http://{address}"))
        };
        setup.transport = Arc::new(Web::of(vec![address.port()]));
        if let Some(transport) = self.transport {
            setup.transport = transport;
        }
        let twin = Arc::new(match self.state {
            None => Twin::new(setup)?,
            Some(file) => Twin::durable(setup, &file, Options::default())?,
        });
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(run(vec![listener], Arc::clone(&twin), stopped));
        Ok(Timetwin { twin, address, _stop: stop })
    }
}

/// Serves until the other side of `stopped` is gone.
async fn run(listeners: Vec<TcpListener>, twin: Arc<Twin>, stopped: oneshot::Receiver<()>) {
    let courier = tokio::spawn(Arc::clone(twin.courier()).run());
    let app = Front::new(Arc::clone(&twin));
    let server = Arc::clone(&twin);
    let stop = async move {
        let _ = stopped.await;
        server.shutdown().notify();
    };
    server::serve(listeners.into_iter().map(Door::from).collect(), app, Patience::default(), stop)
        .await;
    courier.abort();
}
