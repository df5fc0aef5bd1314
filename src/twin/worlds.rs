//! Making, resetting and dropping worlds, their checkpoints and snapshots.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, Utc};

use super::{Limits, Twin, TwinError, fill};
use crate::http::long_work::CONTROL;
use crate::http::surface::{Login, Surface};
use crate::kernel::clock::Clock;
use crate::kernel::outbox::DeliveryId;
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::{MAIN, Origin, Refused, Sandbox, is_name};
use crate::persist::snapshot;
use crate::persist::spool::Spool;
use crate::scenario::load::Bundle;
use crate::vendors;
use crate::world::World;

/// The specification of a new sandbox; every field is optional.
#[derive(Debug, Clone, Default)]
pub struct SandboxSpec {
    /// A built-in scenario; the default is the twin's own.
    pub scenario: Option<String>,
    /// A sandbox to fork, instead of a scenario.
    pub from: Option<String>,
    /// Freezes the clock at this instant.
    pub at: Option<DateTime<Utc>>,
    /// Revision of the APIs that it serves.
    pub revision: Option<Revision>,
    /// Whether rate limits apply.
    pub limits: Option<Limits>,
    /// The plan of its accounts.
    pub plan: Option<Plan>,
    /// Makes its ids differ from those of sandboxes with another salt or none. In a fork, only new ids do.
    pub salt: Option<String>,
}

/// Maximum length of a salt, in bytes; ours.
pub const SALT: usize = 64;

/// A new sandbox.
#[derive(Debug)]
pub struct NewSandbox {
    /// The sandbox.
    pub sandbox: Arc<Sandbox<World>>,
    /// Whether it replaces one of the same name.
    pub replaced: bool,
}

/// Worlds grown from scenarios, by scenario and instant, as long as a sandbox has them.
#[derive(Debug, Default)]
pub(super) struct OriginCache(Mutex<BTreeMap<Seeded, Weak<Origin<World>>>>);

/// A built-in scenario, or the twin's own, and the instant that its dates count from.
type Seeded = (Option<String>, DateTime<Utc>);

impl OriginCache {
    fn get(&self, key: &Seeded) -> Option<Arc<Origin<World>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key)?.upgrade()
    }

    fn keep(&self, key: Seeded, origin: &Arc<Origin<World>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, known| known.strong_count() > 0);
        all.insert(key, Arc::downgrade(origin));
    }
}

impl Twin {
    /// Creates or replaces a sandbox.
    ///
    /// # Errors
    /// The scenario or sandbox it is made from does not exist, or there is no room for it.
    pub async fn make(&self, name: &str, make: SandboxSpec) -> Result<NewSandbox, TwinError> {
        if !is_name(name) {
            return Err(Refused::BadName.into());
        }
        let SandboxSpec { scenario, from, at, revision, limits, plan, salt } = make;
        if salt.as_ref().is_some_and(|salt| salt.is_empty() || salt.len() > SALT) {
            return Err(TwinError::BadSalt);
        }
        let frozen = at.map(|at| Clock::frozen(at).set(at)).transpose()?;
        let is_plain = from.is_none() && revision.is_none() && limits.is_none() && plan.is_none();
        let (mut world, base) = if let Some(from) = from {
            let source = self.sandbox(&from)?;
            let mut world = source.store.read().value.clone();
            world.outbox.abandon();
            world.clock = frozen.unwrap_or(world.clock);
            if let Some(salt) = &salt {
                world.set_salt(salt);
            }
            (world, Arc::clone(source.origin()))
        } else {
            let origin = self.grown(scenario, frozen, salt).await?;
            (origin.root.value.clone(), origin)
        };
        if is_plain {
            return self.put(name, base).await;
        }
        world.settings.revision = revision.unwrap_or(world.settings.revision);
        world.settings.rate_limits = limits.map_or(world.settings.rate_limits, Limits::hold);
        if let Some(plan) = plan {
            world.settings.plan = Some(plan);
            vendors::choose_plan(&mut world, plan);
        }
        self.put(name, Origin::forked(world, &base)).await
    }

    /// A world as a scenario makes it. Sandboxes of one scenario and instant share it, as those that are
    /// made at their first use share the first one.
    async fn grown(
        &self,
        scenario: Option<String>,
        frozen: Option<Clock>,
        salt: Option<String>,
    ) -> Result<Arc<Origin<World>>, TwinError> {
        let first = self.sandboxes().origin();
        let World { clock, settings, provenance, .. } = &first.root.value;
        let at_first = frozen.is_none_or(|frozen| frozen == *clock);
        let bundle = match &scenario {
            None if at_first && salt.is_none() => return Ok(Arc::clone(first)),
            None => {
                provenance.as_ref().map_or(&self.setup().scenario, |from| from.bundle()).clone()
            }
            Some(name) => Arc::new(Bundle::builtin(name)?),
        };
        let (clock, settings) = (frozen.unwrap_or(*clock), *settings);
        // A clock that runs makes another world at each moment, a salt one of its own.
        let key = match clock {
            Clock::Frozen { now } if salt.is_none() => Some((scenario, now)),
            _ => None,
        };
        let known = key.as_ref().and_then(|key| self.grown.get(key));
        if let Some(known) = known {
            return Ok(known);
        }
        let mut empty = World::empty(clock, settings);
        if let Some(salt) = salt {
            empty.set_salt(&salt);
        }
        let work = move || fill(&bundle, empty).map(Origin::grown);
        let origin = CONTROL.run(work).await.map_err(io::Error::from)??;
        if let Some(key) = key {
            self.grown.keep(key, &origin);
        }
        Ok(origin)
    }

    async fn put(&self, name: &str, origin: Arc<Origin<World>>) -> Result<NewSandbox, TwinError> {
        let replaced = self.sandboxes().get(name).is_some();
        let (sandbox, receipt) = self.sandboxes().create(name, origin)?;
        if let Err(lost) = receipt.await {
            // A sandbox that could not be saved does not exist.
            if !replaced {
                let _ = self.sandboxes().drop(name);
            }
            return Err(lost.into());
        }
        Ok(NewSandbox { sandbox, replaced })
    }

    /// Drops a sandbox.
    ///
    /// # Errors
    /// There is no such sandbox, or it is `main`.
    pub async fn discard(&self, name: &str) -> Result<(), TwinError> {
        Ok(self.sandboxes().drop(name)?.await?)
    }

    /// Resets a sandbox to its first state.
    ///
    /// # Errors
    /// There is no such sandbox.
    pub async fn reset(&self, name: &str) -> Result<(), TwinError> {
        let receipt = self.sandbox(name)?.reset();
        Ok(receipt.await?)
    }

    /// Brings a sandbox back to a checkpoint.
    ///
    /// # Errors
    /// There is no such sandbox or checkpoint.
    pub async fn restore(&self, name: &str, checkpoint: &str) -> Result<(), TwinError> {
        let receipt = self.sandbox(name)?.restore(checkpoint)?;
        self.mount().posted().notify();
        Ok(receipt.await?)
    }

    /// Everybody who can call a surface in a sandbox, owners first, each with the secret that leads there.
    /// A sandbox that is not there yet is taken as its first use will make it.
    ///
    /// # Errors
    /// The name is not a valid name of a sandbox.
    pub fn logins(&self, surface: &Surface, name: &str) -> Result<Vec<(Login, String)>, TwinError> {
        if !is_name(name) {
            return Err(Refused::BadName.into());
        }
        let world = match self.sandboxes().get(name) {
            Some(sandbox) => sandbox.store.read().value.clone(),
            None => self.sandboxes().pristine(),
        };
        let logins = (surface.credentials)(&world).into_iter().map(|login| {
            let secret = match name {
                MAIN => login.secret.clone(),
                name => format!("{}~{name}", login.secret),
            };
            (login, secret)
        });
        Ok(logins.collect())
    }

    /// Sends a webhook once more, at once. Returns when the attempt was made.
    ///
    /// # Errors
    /// There is no such sandbox or delivery.
    pub async fn resend(&self, name: &str, delivery: DeliveryId) -> Result<(), TwinError> {
        let sandbox = self.sandbox(name)?;
        let ((), written) = sandbox.store.commit(|world| {
            let now = world.clock.now();
            let known = world.outbox.resend(delivery, now);
            known.then_some(()).ok_or_else(|| TwinError::unknown("delivery", &delivery.to_string()))
        })?;
        written.receipt.await?;
        let courier = Arc::clone(self.courier());
        let _ = tokio::spawn(async move { courier.settle(&sandbox).await }).await;
        Ok(())
    }

    /// A sandbox as a snapshot file.
    ///
    /// # Errors
    /// There is no such sandbox, or no room for the file.
    pub fn snapshot(&self, name: &str) -> Result<Spool, TwinError> {
        let root = self.sandbox(name)?.store.read();
        Ok(snapshot::write(name, &root.value, self.parts())?)
    }

    /// Makes a sandbox of a snapshot file, or makes it anew; a reset leads back to the snapshot.
    ///
    /// # Errors
    /// It is no snapshot, or there is no room for the sandbox.
    pub async fn put_snapshot(&self, name: &str, file: Spool) -> Result<NewSandbox, TwinError> {
        if !is_name(name) {
            return Err(Refused::BadName.into());
        }
        let (parts, wanted) = (Arc::clone(self.parts()), name.to_owned());
        let work = move || snapshot::read(file, &wanted, &parts);
        let mut world = CONTROL.run(work).await.map_err(io::Error::from)??;
        world.outbox.abandon();
        self.put(name, Origin::grown(world)).await
    }
}
