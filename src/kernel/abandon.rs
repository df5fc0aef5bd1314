//! Whether anybody still waits for the result of the work at hand.
//!
//! Whoever does work for somebody says so with [`on_behalf_of`]. Loops over many rows call [`check`]; when the
//! requester is gone, it ends the work by unwinding, silently, and [`attempt`] catches that. Only reading and
//! calculating can end so: a commit calls [`keep`], and is made whoever waits. What the requester is, for example
//! the client of a connection, is not known here. Like [`super::quirks`], this is a thread-local value, because
//! a piece of work runs on one thread.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Number of calls of [`check`] between two looks. A row takes from 10 nanoseconds to 100 microseconds.
const STEPS: u32 = 256;
/// Bytes that [`Interruptible`] writes between two looks.
const BYTES: usize = 64 * 1024;

/// Pieces of work that were given up in this process.
static ABANDONED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static REQUESTER: RefCell<Option<Arc<Requester>>> = const { RefCell::new(None) };
    static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Nobody waits for the work any more. It is what the work unwinds with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abandoned;

impl Abandoned {
    /// Its machine-readable name.
    pub const ID: &str = "abandoned";
}

/// Somebody who waits for the result of a piece of work.
#[derive(Default)]
pub struct Requester {
    is_gone: AtomicBool,
    sign: Option<Box<Sign>>,
    /// The requester on whose behalf this one asks.
    behind: Option<Arc<Requester>>,
}

/// A sign that an requester is gone. It is looked for while the work runs, so it must be quick.
type Sign = dyn Fn() -> bool + Send + Sync;

impl Requester {
    /// An requester who is gone once `sign` says so.
    #[must_use]
    pub fn with_sign(sign: impl Fn() -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { sign: Some(Box::new(sign)), ..Self::default() })
    }

    /// An requester who is gone when the current one is, if there is one, or when it [leaves](Self::leave).
    #[must_use]
    pub fn for_current() -> Arc<Self> {
        Arc::new(Self { behind: current(), ..Self::default() })
    }

    /// Nobody waits any more.
    pub fn leave(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }

    fn is_gone(&self) -> bool {
        if self.is_gone.load(Ordering::Relaxed) {
            return true;
        }
        let gone = self.sign.as_ref().is_some_and(|sign| sign())
            || self.behind.as_ref().is_some_and(|behind| behind.is_gone());
        if gone {
            self.leave();
        }
        gone
    }
}

impl fmt::Debug for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requester").field("is_gone", &self.is_gone()).finish_non_exhaustive()
    }
}

/// The requester of the work at hand.
#[must_use]
pub fn current() -> Option<Arc<Requester>> {
    REQUESTER.with_borrow(Clone::clone)
}

/// Puts the earlier requester back, also when the work unwinds.
struct Back {
    requester: Option<Arc<Requester>>,
    left: u32,
}

impl Drop for Back {
    fn drop(&mut self) {
        REQUESTER.set(self.requester.take());
        LEFT.set(self.left);
    }
}

/// Runs `work` for an requester; without one, to its end.
pub fn on_behalf_of<T>(requester: Option<Arc<Requester>>, work: impl FnOnce() -> T) -> T {
    let left = if requester.is_some() { STEPS } else { u32::MAX };
    let _back = Back { requester: REQUESTER.replace(requester), left: LEFT.replace(left) };
    work()
}

/// A step of the work at hand: ends it by unwinding when nobody waits for it any more.
#[inline]
pub fn check() {
    match LEFT.get().checked_sub(1) {
        Some(left) => LEFT.set(left),
        None => look(),
    }
}

/// [`check`] for a step that takes a millisecond or more.
#[cold]
pub fn look() {
    let Some(requester) = current() else { return LEFT.set(u32::MAX) };
    LEFT.set(STEPS);
    if requester.is_gone() && !std::thread::panicking() {
        ABANDONED.fetch_add(1, Ordering::Relaxed);
        resume_unwind(Box::new(Abandoned));
    }
}

/// From here on the work at hand is finished, whoever waits: it is about to change something.
pub fn keep() {
    REQUESTER.set(None);
    LEFT.set(u32::MAX);
}

/// Runs `work`; `Err` when it was given up.
///
/// # Errors
/// [`Abandoned`].
pub fn attempt<T>(work: impl FnOnce() -> T) -> Result<T, Abandoned> {
    // What was given up is dropped whole; nobody sees half of it.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|why| if is_abandoned(&*why) { Abandoned } else { resume_unwind(why) })
}

/// Whether a panic is no fault, but the end of work that nobody waits for.
#[must_use]
pub fn is_abandoned(why: &(dyn Any + Send)) -> bool {
    why.is::<Abandoned>()
}

/// How many pieces of work this process has given up.
#[must_use]
pub fn count() -> u64 {
    ABANDONED.load(Ordering::Relaxed)
}

/// A writer that [looks](look) now and then whether anybody waits for what it writes.
#[derive(Debug, Default)]
pub struct Interruptible<W> {
    inner: W,
    since: usize,
}

impl<W> Interruptible<W> {
    /// Writes to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, since: 0 }
    }

    /// The writer below.
    pub fn into_inner(self) -> W {
        self.inner
    }

    #[inline]
    fn count(&mut self, bytes: usize) {
        self.since += bytes;
        if self.since >= BYTES {
            self.since = 0;
            look();
        }
    }
}

impl<W: io::Write> io::Write for Interruptible<W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.count(bytes.len());
        self.inner.write(bytes)
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.count(bytes.len());
        self.inner.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: io::Seek> io::Seek for Interruptible<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{
        Abandoned, Interruptible, Requester, STEPS, attempt, check, current, keep, on_behalf_of,
    };

    /// Steps that are made of a million.
    fn steps(requester: Option<Arc<Requester>>) -> (Result<(), Abandoned>, u32) {
        let mut made = 0;
        let end = on_behalf_of(requester, || {
            attempt(|| {
                for _ in 0..1_000_000 {
                    check();
                    made += 1;
                }
            })
        });
        (end, made)
    }

    #[test]
    fn work_ends_within_some_steps_when_the_requester_is_gone() {
        assert_eq!(steps(None), (Ok(()), 1_000_000));
        let requester = Requester::for_current();
        assert_eq!(steps(Some(Arc::clone(&requester))), (Ok(()), 1_000_000));
        requester.leave();
        assert_eq!(steps(Some(requester)), (Err(Abandoned), STEPS));
        let looks = AtomicU32::new(0);
        let requester = Requester::with_sign(move || looks.fetch_add(1, Ordering::Relaxed) == 3);
        assert_eq!(steps(Some(requester)).0, Err(Abandoned));
        assert!(current().is_none(), "the earlier requester is back");
    }

    #[test]
    fn whoever_asks_for_somebody_leaves_with_them() {
        let client = Requester::for_current();
        let call = on_behalf_of(Some(Arc::clone(&client)), Requester::for_current);
        client.leave();
        assert_eq!(steps(Some(call)).0, Err(Abandoned));
        let (client, call) =
            on_behalf_of(Some(Requester::for_current()), || (current(), Requester::for_current()));
        call.leave();
        assert_eq!(steps(client), (Ok(()), 1_000_000), "but not the other way round");
    }

    #[test]
    fn what_is_about_to_change_something_is_finished() {
        let requester = Requester::for_current();
        requester.leave();
        let made = on_behalf_of(Some(requester), || {
            attempt(|| {
                keep();
                (0..10_000).for_each(|_| check());
            })
        });
        assert_eq!(made, Ok(()));
    }

    #[test]
    fn a_long_text_ends_as_well() {
        let requester = Requester::for_current();
        requester.leave();
        let written = on_behalf_of(Some(requester), || {
            attempt(|| {
                let mut text = Interruptible::new(Vec::new());
                (0..1_000_000).for_each(|_| text.write_all(b"text").unwrap());
            })
        });
        assert_eq!(written, Err(Abandoned));
    }
}
