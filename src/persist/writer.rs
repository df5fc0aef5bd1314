//! The thread that owns the connection. Commits that wait at the same time share a transaction.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::{CachedStatement, Connection, params};

use super::lock::LockedFile;
use super::{Parts, StateError};
use crate::kernel::sandbox::Origin;
use crate::kernel::store::{Commit, Root, SandboxStorage};
use crate::kernel::sync::{CommitLost, CommitReceipt, ReceiptSender, commit_receipt};
use crate::world::World;

/// A job for the writer.
#[derive(Debug)]
pub(super) enum Job {
    /// A commit of a sandbox.
    Commit(Arc<Slot>, Commit<World>),
    /// The sandbox is there, whether or not anything is committed to it.
    Record(Arc<Slot>, ReceiptSender),
    /// The sandbox is gone.
    Forget(Arc<Slot>, ReceiptSender),
}

/// The queue of jobs.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    /// Transactions, and commits in them.
    pub(super) transactions: AtomicU64,
    pub(super) commits: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: Vec<Job>,
    closed: bool,
}

impl Queue {
    /// Gives the job back when nothing is written any more.
    fn push(&self, job: Job) -> Result<(), Job> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return Err(job);
        }
        waiting.jobs.push(job);
        self.filled.notify_one();
        Ok(())
    }

    /// Everything that waits, once there is something; nothing when the queue is closed and empty.
    fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if !waiting.jobs.is_empty() {
                return Some(std::mem::take(&mut waiting.jobs));
            }
            if waiting.closed {
                return None;
            }
            waiting = self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the writer finish what waits, and end.
    pub(super) fn close(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.filled.notify_one();
    }
}

fn fail(job: Job) {
    match job {
        Job::Commit(_, commit) => commit.lost(),
        Job::Record(_, sender) | Job::Forget(_, sender) => sender.send(Err(CommitLost)),
    }
}

/// The storage of a sandbox in the file.
#[derive(Debug)]
pub(super) struct Slot {
    /// Never used twice in a process, whatever the name.
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) origin: Arc<Origin<World>>,
    pub(super) queue: Arc<Queue>,
    /// This slot, for jobs.
    pub(super) this: std::sync::Weak<Slot>,
}

impl Slot {
    fn ask(&self, job: impl FnOnce(Arc<Self>, ReceiptSender) -> Job) -> CommitReceipt {
        let (sender, receipt) = commit_receipt();
        if let Some(slot) = self.this.upgrade() {
            self.queue.push(job(slot, sender)).unwrap_or_else(fail);
        }
        receipt
    }
}

impl SandboxStorage<World> for Slot {
    fn keep(&self, commit: Commit<World>) -> Result<(), Box<Commit<World>>> {
        let Some(slot) = self.this.upgrade() else { return Err(Box::new(commit)) };
        match self.queue.push(Job::Commit(slot, commit)) {
            Err(Job::Commit(_, commit)) => Err(Box::new(commit)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn record(&self) -> CommitReceipt {
        self.ask(Job::Record)
    }

    fn forget(&self) -> CommitReceipt {
        self.ask(Job::Forget)
    }
}

/// What the writer knows of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Worlds of sandboxes, by the number of their slot.
    pub(super) slots: imbl::OrdMap<u64, i64>,
    /// Worlds of origins, by address; held, so that an address stays taken.
    pub(super) origins: imbl::OrdMap<usize, (i64, Arc<Origin<World>>)>,
    /// Places that were forgotten while somebody was still in them.
    gone: imbl::OrdSet<u64>,
    /// The origin of implicit forks, which stays.
    pub(super) first: i64,
}

/// Address of an origin.
pub(super) fn address(origin: &Arc<Origin<World>>) -> usize {
    Arc::as_ptr(origin) as usize
}

pub(super) struct Writer {
    pub(super) file: Arc<LockedFile>,
    pub(super) connection: Connection,
    pub(super) parts: Parts,
    pub(super) known: Known,
}

impl Writer {
    /// Writes what comes until the queue is closed.
    pub(super) fn run(mut self, queue: &Queue) {
        while let Some(jobs) = queue.take() {
            // What was built on a lost commit is lost.
            let (jobs, stale): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| match job {
                Job::Commit(_, commit) => commit.is_sound(),
                Job::Record(..) | Job::Forget(..) => true,
            });
            stale.into_iter().for_each(fail);
            let before = self.known.clone();
            match self.write(&jobs) {
                Ok(()) => {
                    queue.transactions.fetch_add(1, Ordering::Relaxed);
                    for job in jobs {
                        match job {
                            Job::Commit(_, commit) => {
                                queue.commits.fetch_add(1, Ordering::Relaxed);
                                commit.kept();
                            }
                            Job::Record(_, sender) | Job::Forget(_, sender) => {
                                sender.send(Ok(()));
                            }
                        }
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the state file could not be written");
                    self.known = before;
                    jobs.into_iter().for_each(fail);
                }
            }
        }
        // The file stands alone without its log beside it.
        let _ = self.connection.pragma_update(None, "journal_mode", "DELETE");
    }

    /// Writes all jobs in one transaction.
    fn write(&mut self, jobs: &[Job]) -> Result<(), StateError> {
        let Self { file, connection, parts, known } = self;
        if !file.is_in_place() {
            return Err(StateError::Gone);
        }
        let change =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut write = Write { change: &change, parts, known };
        // Of each sandbox, the steps of all its commits together.
        let mut steps: BTreeMap<u64, Step> = BTreeMap::new();
        for job in jobs {
            match job {
                Job::Commit(slot, commit) => {
                    let after = Arc::clone(&commit.after);
                    let step = steps.entry(slot.number);
                    step.and_modify(|(_, _, last)| *last = Arc::clone(&after))
                        .or_insert_with(|| (Arc::clone(slot), Arc::clone(&commit.before), after));
                }
                Job::Record(slot, _) => {
                    write.slot(slot)?;
                }
                Job::Forget(slot, _) => {
                    steps.remove(&slot.number);
                    write.forget(slot)?;
                }
            }
        }
        for (slot, before, after) in steps.into_values() {
            write.step(&slot, &before, &after)?;
        }
        change.commit()?;
        Ok(())
    }
}

/// What a transaction does to a sandbox: from the root it had to the one it has then.
type Step = (Arc<Slot>, Arc<Root<World>>, Arc<Root<World>>);

/// One transaction.
pub(super) struct Write<'a> {
    pub(super) change: &'a Connection,
    pub(super) parts: &'a Parts,
    pub(super) known: &'a mut Known,
}

impl Write<'_> {
    /// The world of a sandbox, made at its first use.
    fn slot(&mut self, slot: &Slot) -> Result<i64, StateError> {
        if let Some(world) = self.known.slots.get(&slot.number) {
            return Ok(*world);
        }
        let origin = self.origin(&slot.origin)?;
        let world = self.world(Some(origin), 0)?;
        self.change
            .prepare_cached("INSERT OR REPLACE INTO sandboxes VALUES (?1, ?2, ?3)")?
            .execute(params![slot.name, world, origin])?;
        self.known.slots.insert(slot.number, world);
        Ok(world)
    }

    /// The world of an origin, written whole or as what differs from its base.
    pub(super) fn origin(&mut self, origin: &Arc<Origin<World>>) -> Result<i64, StateError> {
        if let Some((world, _)) = self.known.origins.get(&address(origin)) {
            return Ok(*world);
        }
        let base = origin.base.as_ref().map(|base| self.origin(base)).transpose()?;
        let world = self.world(base, 0)?;
        let before = origin.base.as_ref().map(|base| &base.root.value);
        self.rows(world, before, &origin.root.value)?;
        self.known.origins.insert(address(origin), (world, Arc::clone(origin)));
        Ok(world)
    }

    fn world(&self, base: Option<i64>, version: u64) -> Result<i64, StateError> {
        self.change
            .prepare_cached("INSERT INTO worlds (base, version) VALUES (?1, ?2)")?
            .execute(params![base, number(version)])?;
        Ok(self.change.last_insert_rowid())
    }

    fn step(
        &mut self,
        slot: &Slot,
        before: &Arc<Root<World>>,
        after: &Arc<Root<World>>,
    ) -> Result<(), StateError> {
        if self.known.gone.contains(&slot.number) {
            return Ok(());
        }
        let world = self.slot(slot)?;
        if Arc::ptr_eq(after, &slot.origin.root) {
            // Reset: nothing differs from the origin.
            self.clear(world)?;
        } else {
            self.rows(world, Some(&before.value), &after.value)?;
        }
        self.change
            .prepare_cached("UPDATE worlds SET version = ?2 WHERE id = ?1")?
            .execute(params![world, number(after.version)])?;
        Ok(())
    }

    /// Writes the rows in which `after` differs from `before`, or all.
    fn rows(&self, world: i64, before: Option<&World>, after: &World) -> Result<(), StateError> {
        for part in self.parts.iter() {
            let name = part.name();
            let mut statements = Statements { change: self.change, name, put: None, take: None };
            let mut failed = None;
            let mut tell = |key: &str, row: Option<&str>| {
                if failed.is_none() {
                    failed = statements.write(world, key, row).err();
                }
            };
            match before {
                Some(before) => part.changed(before, after, &mut tell)?,
                None => part.all(after, &mut tell)?,
            }
            if let Some(error) = failed {
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn clear(&self, world: i64) -> Result<(), StateError> {
        for part in self.parts.iter() {
            let sql = format!("DELETE FROM {}_rows WHERE world = ?1", part.name());
            self.change.prepare_cached(&sql)?.execute([world])?;
        }
        Ok(())
    }

    fn forget(&mut self, slot: &Slot) -> Result<(), StateError> {
        self.known.gone.insert(slot.number);
        let Some(world) = self.known.slots.remove(&slot.number) else { return Ok(()) };
        // The name may be another sandbox's by now.
        self.change
            .prepare_cached("DELETE FROM sandboxes WHERE name = ?1 AND world = ?2")?
            .execute(params![slot.name, world])?;
        self.clear(world)?;
        self.change.prepare_cached("DELETE FROM worlds WHERE id = ?1")?.execute([world])?;
        self.sweep()
    }

    /// Deletes the origins that no sandbox and no other origin needs.
    pub(super) fn sweep(&mut self) -> Result<(), StateError> {
        loop {
            let mut unused = self.change.prepare_cached(
                "SELECT id FROM worlds WHERE id <> ?1 \
                 AND id NOT IN (SELECT world FROM sandboxes) \
                 AND id NOT IN (SELECT origin FROM sandboxes) \
                 AND id NOT IN (SELECT base FROM worlds WHERE base IS NOT NULL)",
            )?;
            let unused = unused
                .query_map([self.known.first], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<i64>>>()?;
            if unused.is_empty() {
                return Ok(());
            }
            for world in unused {
                self.clear(world)?;
                self.change.prepare_cached("DELETE FROM worlds WHERE id = ?1")?.execute([world])?;
                let gone = self.known.origins.iter().find(|(_, (known, _))| *known == world);
                if let Some(address) = gone.map(|(address, _)| *address) {
                    self.known.origins.remove(&address);
                }
            }
        }
    }
}

/// Prepared once for the rows of a collection.
struct Statements<'a> {
    change: &'a Connection,
    name: &'static str,
    put: Option<CachedStatement<'a>>,
    take: Option<CachedStatement<'a>>,
}

impl Statements<'_> {
    fn write(&mut self, world: i64, key: &str, row: Option<&str>) -> rusqlite::Result<()> {
        let name = self.name;
        let Some(row) = row else {
            // Of a row that no world below has, nothing need be said.
            let sql = format!(
                "INSERT OR REPLACE INTO {name}_rows SELECT ?1, ?2, NULL WHERE EXISTS (\
                 WITH RECURSIVE up (id) AS (SELECT base FROM worlds WHERE id = ?1 UNION ALL \
                 SELECT base FROM worlds JOIN up USING (id) WHERE base IS NOT NULL) \
                 SELECT 1 FROM up JOIN {name}_rows ON {name}_rows.world = up.id AND key = ?2)"
            );
            let delete = format!("DELETE FROM {name}_rows WHERE world = ?1 AND key = ?2");
            self.change.prepare_cached(&delete)?.execute(params![world, key])?;
            let take = match &mut self.take {
                Some(take) => take,
                None => self.take.insert(self.change.prepare_cached(&sql)?),
            };
            return take.execute(params![world, key]).map(|_| ());
        };
        let put = if let Some(put) = &mut self.put {
            put
        } else {
            let sql = format!("INSERT OR REPLACE INTO {name}_rows VALUES (?1, ?2, ?3)");
            self.put.insert(self.change.prepare_cached(&sql)?)
        };
        put.execute(params![world, key, row]).map(|_| ())
    }
}

fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
