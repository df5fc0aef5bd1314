//! A twin in the process of a test: started in one line, stopped when dropped.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), timetwin::embed::Error> {
//! use timetwin::Timetwin;
//!
//! let twin = Timetwin::builder().scenario("studio").at("2024-06-03T09:00:00Z").start().await?;
//! // Point a client at one of these, with the headers that come with it.
//! let login = twin.credentials("clockwork")?.remove(0);
//! assert_eq!(login.person, "anna@studio.example");
//! assert_eq!(login.base_url, format!("{}/v1", twin.url()));
//! assert_eq!(login.headers[0].0, "Authorization");
//! # Ok(())
//! # }
//! ```
//!
//! Every twin has a port of its own, so that any number of them live in one process; every sandbox of a
//! twin has a world of its own, so that one twin is enough for any number of tests.

mod builder;
mod fault;
mod fragment;
mod sandbox;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::oneshot;

pub use self::builder::Builder;
pub use self::fault::{Fault, Faults, Requests};
pub use self::fragment::{Client, Fragment, Person, Project, Role, SystemName, Task, Work};
pub use self::sandbox::{Credential, Sandbox, SandboxClock, SandboxFaults};
use crate::kernel::journal::Record;
pub use crate::kernel::plan::Plan;
use crate::kernel::sandbox::MAIN;
use crate::scenario::ledger::LedgerLine;
use crate::twin::Twin;
pub use crate::twin::{
    ClockChange, Comparison, Expectation, Expectations, Limits, Mode, SandboxSpec,
    TwinError as Error, Verdict,
};

/// A running twin. Dropping it stops it.
pub struct Timetwin {
    twin: Arc<Twin>,
    address: SocketAddr,
    /// Stops the server when dropped.
    _stop: oneshot::Sender<()>,
}

impl Timetwin {
    /// Configures a twin.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Its URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The sandbox `main`.
    #[must_use]
    pub fn main(&self) -> Sandbox<'_> {
        self.sandbox(MAIN)
    }

    /// A sandbox by name. Its first request creates it, as does [`Sandbox::make`].
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// use timetwin::embed::SandboxSpec;
    ///
    /// let twin = Timetwin::builder().scenario("bare").start().await?;
    /// let own = twin.sandbox("this-test");
    /// own.make(SandboxSpec { scenario: Some("studio".into()), ..SandboxSpec::default() }).await?;
    /// assert!(own.ledger("jira")?.len() > 300);
    /// assert!(twin.main().ledger("jira")?.is_empty(), "sandboxes never see each other");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn sandbox(&self, name: &str) -> Sandbox<'_> {
        Sandbox { twin: self, name: name.to_owned() }
    }

    /// The credentials of each person of `main` on a surface, owners first.
    ///
    /// # Errors
    /// There is no such surface.
    pub fn credentials(&self, surface: &str) -> Result<Vec<Credential>, Error> {
        self.main().credentials(surface)
    }

    /// The clock of `main`.
    #[must_use]
    pub fn clock(&self) -> SandboxClock<'_> {
        self.main().clock()
    }

    /// The fault plan of `main`.
    #[must_use]
    pub fn faults(&self) -> SandboxFaults<'_> {
        self.main().faults()
    }

    /// The requests of `main`, oldest first.
    ///
    /// # Errors
    /// None: `main` is always there.
    pub fn requests(&self) -> Result<Vec<Record>, Error> {
        self.main().requests()
    }

    /// The entries of a system of `main`.
    ///
    /// # Errors
    /// There is no such system.
    pub fn ledger(&self, system: &str) -> Result<Vec<LedgerLine>, Error> {
        self.main().ledger(system)
    }
}

impl fmt::Debug for Timetwin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timetwin").field("address", &self.address).finish_non_exhaustive()
    }
}
