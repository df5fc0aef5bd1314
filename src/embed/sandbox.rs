//! A sandbox of a running twin, its clock and its fault plan.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ClockChange, Comparison, Error, Expectations, Faults, SandboxSpec, Timetwin, Verdict};
use crate::kernel::journal::Record;
use crate::kernel::outbox::Delivery;
use crate::kernel::sandbox::Sandbox as Kept;
use crate::scenario::diff::LedgerDiff;
use crate::scenario::ledger::LedgerLine;
use crate::scenario::seed::SeedError;
use crate::twin::Twin;
use crate::world::World;

/// What a person calls a surface with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// E-mail.
    pub person: String,
    /// Full name.
    pub name: String,
    /// The vendor's name of their role.
    pub role: String,
    /// Headers to send.
    pub headers: Vec<(String, String)>,
    /// Query parameters to send instead, where the vendor takes the secret there.
    pub query: Vec<(String, String)>,
    /// Base URL for a client of the surface.
    pub base_url: String,
}

/// A sandbox of a twin, by name.
#[derive(Debug, Clone)]
pub struct Sandbox<'a> {
    pub(super) twin: &'a Timetwin,
    pub(super) name: String,
}

impl<'a> Sandbox<'a> {
    fn twin(&self) -> &Arc<Twin> {
        &self.twin.twin
    }

    fn kept(&self) -> Result<Arc<Kept<World>>, Error> {
        Ok(self.twin().sandbox(&self.name)?)
    }

    /// Creates or replaces it.
    ///
    /// # Errors
    /// The scenario or sandbox it is made from does not exist, or there is no room for it.
    pub async fn make(&self, make: SandboxSpec) -> Result<(), Error> {
        self.twin().make(&self.name, make).await.map(|_| ())
    }

    /// Resets it to its first state.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub async fn reset(&self) -> Result<(), Error> {
        self.twin().reset(&self.name).await
    }

    /// Drops it.
    ///
    /// # Errors
    /// There is no such sandbox, or it is `main`.
    pub async fn discard(&self) -> Result<(), Error> {
        self.twin().discard(&self.name).await
    }

    /// Adds a scenario fragment, all of it or nothing: a [`Fragment`](super::Fragment), or JSON in the form
    /// of the control API.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// let twin = Timetwin::builder().scenario("bare").at("2024-06-03T09:00:00Z").start().await?;
    /// use serde_json::json;
    /// use timetwin::embed::{Fragment, Work};
    ///
    /// let work = Work::new("anna", "DEMO-1").at("d-1 09:00").seconds(3600);
    /// twin.main().plant(&Fragment::new().work(work)).await?;
    /// let line = &twin.ledger("jira")?[0];
    /// assert_eq!((line.who.as_str(), line.seconds), ("anna@studio.example", Some(3600)));
    ///
    /// let work = json!({"who": "zoe", "on": "DEMO-1", "start": "d-1 09:00", "seconds": 3600});
    /// let error = twin.main().plant(&json!({"work": [work]})).await.unwrap_err();
    /// assert_eq!(error.to_string(), "fragment:1:17: work[0].who: there is no person 'zoe'");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first thing of the fragment that does not fit, with its field.
    pub async fn plant(&self, fragment: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(fragment).map_err(|error| SeedError {
            file: "fragment".to_owned(),
            line: 0,
            column: 0,
            field: "fragment".to_owned(),
            message: error.to_string(),
        })?;
        self.twin().plant(&self.name, &text).await
    }

    /// Saves its world under a name.
    ///
    /// # Errors
    /// There is no such sandbox, or it has too many checkpoints.
    pub fn checkpoint(&self, name: &str) -> Result<(), Error> {
        self.kept()?.checkpoint(name)?;
        Ok(())
    }

    /// Restores a checkpoint.
    ///
    /// # Errors
    /// There is no such sandbox or checkpoint.
    pub async fn restore(&self, checkpoint: &str) -> Result<(), Error> {
        self.twin().restore(&self.name, checkpoint).await
    }

    /// A snapshot of it: the bytes of a SQLite file.
    ///
    /// # Errors
    /// There is no such sandbox, or no room for the file.
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Ok(self.twin().snapshot(&self.name)?.into_bytes()?)
    }

    /// Creates or replaces it from a snapshot.
    ///
    /// # Errors
    /// The bytes are not a snapshot.
    pub async fn put_snapshot(&self, bytes: Vec<u8>) -> Result<(), Error> {
        self.twin().put_snapshot(&self.name, bytes.into()).await.map(|_| ())
    }

    /// The credentials of each person on a surface, owners first.
    ///
    /// # Errors
    /// There is no such surface.
    pub fn credentials(&self, surface: &str) -> Result<Vec<Credential>, Error> {
        let twin = self.twin();
        let surface = twin.surface(surface)?;
        let base = surface.bases.first().map_or("", |(_, path)| path);
        let logins = twin.logins(surface, &self.name)?.into_iter();
        let credentials = logins.map(|(login, secret)| {
            let texts = |pairs: Vec<(&str, String)>| {
                pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
            };
            Credential {
                headers: texts((login.headers)(&login, &secret)),
                query: texts((login.query)(&secret)),
                person: login.person,
                name: login.name,
                role: login.role,
                base_url: format!("{}{base}", twin.origin()),
            }
        });
        Ok(credentials.collect())
    }

    /// Its clock.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// let twin = Timetwin::builder().scenario("bare").at("2024-06-03T09:00:00Z").start().await?;
    /// let now = twin.clock().advance("PT1H30M").await?;
    /// assert_eq!(now.to_rfc3339(), "2024-06-03T10:30:00+00:00");
    /// assert_eq!(twin.clock().now()?, now);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clock(&self) -> SandboxClock<'a> {
        SandboxClock { twin: self.twin, name: self.name.clone() }
    }

    /// Its fault plan.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// let twin = Timetwin::builder().scenario("bare").start().await?;
    /// use timetwin::embed::Fault;
    ///
    /// twin.faults().set([
    ///     Fault::operation("listWorklogs").first(2).rate_limited(),
    ///     Fault::on("clockodo").every(3).status(503),
    /// ])?;
    /// let error = twin.faults().set(Fault::operation("stealWorklogs").status(503));
    /// assert!(error.is_err(), "there is no such operation");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn faults(&self) -> SandboxFaults<'a> {
        SandboxFaults { twin: self.twin, name: self.name.clone() }
    }

    /// Its requests, oldest first.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub fn requests(&self) -> Result<Vec<Record>, Error> {
        let sandbox = self.kept()?;
        let journal = sandbox.journal();
        Ok(journal.iter().cloned().collect())
    }

    /// Compares its requests with expectations.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// use timetwin::embed::{Expectation, Expectations};
    ///
    /// let twin = Timetwin::builder().scenario("bare").start().await?;
    /// let started = Expectation {
    ///     operation: Some("startTimer".into()),
    ///     exactly: Some(1),
    ///     ..Expectation::default()
    /// };
    /// let verdict = twin.main().verify(&Expectations { expectations: vec![started], in_order: false })?;
    /// assert_eq!(
    ///     verdict.differences[0].message,
    ///     "expected exactly 1 of startTimer, but there is none"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no such sandbox, surface or operation.
    pub fn verify(&self, expected: &Expectations) -> Result<Verdict, Error> {
        self.twin().verify(&self.name, expected)
    }

    /// The entries of a system, ordered by start.
    ///
    /// # Errors
    /// There is no such sandbox or system.
    pub fn ledger(&self, system: &str) -> Result<Vec<LedgerLine>, Error> {
        self.twin().ledger(&self.name, Some(system))
    }

    /// The differences between two systems; the left one is the expected side.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), timetwin::embed::Error> {
    /// # use timetwin::Timetwin;
    /// use timetwin::embed::Comparison;
    ///
    /// let twin = Timetwin::builder().scenario("migration").at("2024-06-03T09:00:00Z").start().await?;
    /// // Run the migration under test here. Nothing has been carried over yet:
    /// let diff = twin.main().ledger_diff(&Comparison::exact("jira", "clockify"))?;
    /// assert_eq!(diff.missing.len(), twin.ledger("jira")?.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no such sandbox, system or scenario.
    pub fn ledger_diff(&self, comparison: &Comparison) -> Result<LedgerDiff, Error> {
        self.twin().ledger_diff(&self.name, comparison)
    }

    /// Its webhooks, oldest first.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub fn deliveries(&self) -> Result<Vec<Delivery>, Error> {
        let root = self.kept()?.store.read();
        Ok(root.value.outbox.deliveries.iter().map(|row| Delivery::clone(row)).collect())
    }
}

/// The clock of a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxClock<'a> {
    pub(super) twin: &'a Timetwin,
    pub(super) name: String,
}

impl SandboxClock<'_> {
    /// The instant it shows.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub fn now(&self) -> Result<DateTime<Utc>, Error> {
        Ok(self.twin.twin.sandbox(&self.name)?.store.read().value.clock.now())
    }

    /// Moves it forward by an ISO 8601 duration. Everything scheduled in between happens.
    ///
    /// # Errors
    /// There is no such sandbox, the text is not a duration, or the result is out of range.
    pub async fn advance(&self, by: &str) -> Result<DateTime<Utc>, Error> {
        Ok(self.twin.twin.advance(&self.name, by).await?.now())
    }

    /// Sets it.
    ///
    /// # Errors
    /// There is no such sandbox, or the instant is out of range.
    pub async fn set(&self, change: ClockChange) -> Result<DateTime<Utc>, Error> {
        Ok(self.twin.twin.set_clock(&self.name, change).await?.now())
    }
}

/// The fault plan of a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxFaults<'a> {
    pub(super) twin: &'a Timetwin,
    pub(super) name: String,
}

impl SandboxFaults<'_> {
    /// Replaces the plan: with one [`Fault`](super::Fault), several, or rules in the form of the control
    /// API.
    ///
    /// # Errors
    /// A rule contradicts itself or names something that does not exist.
    pub fn set(&self, faults: impl Into<Faults>) -> Result<(), Error> {
        self.twin.twin.set_faults(&self.name, faults.into().into())
    }

    /// Removes the plan.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub fn clear(&self) -> Result<(), Error> {
        self.set(Faults::default())
    }
}
