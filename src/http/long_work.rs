//! Runs long work without delaying other requests.

use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock};
use std::thread;

use tokio::runtime::{self, Handle, Runtime, RuntimeFlavor};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::abandon::{self, Abandoned, Requester};
use crate::kernel::quirks;

/// Priority of long work: how much nicer it is than a request.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Most long works at a time, on the surfaces and again in the control API. What waits has no thread.
pub const MOST: usize = 8;

/// Places for long works, as many as [`MOST`].
#[derive(Debug)]
pub struct Places(Semaphore);

/// Those of the surfaces.
pub static SURFACES: Places = Places::new();
/// Those of the control API, so that long work of the surfaces keeps nobody from looking.
pub static CONTROL: Places = Places::new();

/// Why a long work has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfinished {
    /// Nobody waits for it any more.
    #[error("Nobody waits.")]
    Abandoned,
    /// It panicked; the log says why.
    #[error("Internal error.")]
    Failed,
}

impl From<Unfinished> for io::Error {
    fn from(why: Unfinished) -> Self {
        Self::other(why)
    }
}

/// Leaves when it is dropped, with a connection for example.
struct Leaving(Arc<Requester>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Places {
    const fn new() -> Self {
        Self(Semaphore::const_new(MOST))
    }

    /// Waits for a place. It is given back when it is dropped, as is one's place in the queue when the client leaves.
    pub(super) async fn take(&'static self) -> Option<SemaphorePermit<'static>> {
        // Nobody closes it.
        self.0.acquire().await.ok()
    }

    /// Number of places that nobody has.
    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.0.available_permits()
    }

    /// Does `work` on a thread of low priority as soon as there is a place. Dropping the future gives it up. On a
    /// single-threaded runtime, as in tests, `work` runs here.
    ///
    /// # Errors
    /// The work was given up, or it panicked.
    pub async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unfinished> {
        let requester = Requester::for_current();
        let _leaving = Leaving(Arc::clone(&requester));
        let work = move || {
            let work = || {
                // The client may have left while the work waited for a thread.
                abandon::look();
                work()
            };
            abandon::attempt(|| abandon::on_behalf_of(Some(requester), work))
        };
        self.finish(work).await?.map_err(|Abandoned| Unfinished::Abandoned)
    }

    /// The same for work that changes something: once it has begun it is finished, whoever waits.
    ///
    /// # Errors
    /// It panicked.
    pub async fn finish<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unfinished> {
        if !has_several_threads() {
            return Ok(work());
        }
        let place = self.take().await;
        let here = Handle::current();
        let work = move || {
            // It is given back when the work has ended, not when the client leaves.
            let _place = place;
            let _here = here.enter();
            work()
        };
        threads().spawn_blocking(work).await.map_err(|_| Unfinished::Failed)
    }
}

/// The runtime whose threads do long work: a thread for each place, made when it is needed.
fn threads() -> Handle {
    static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();
    let make = || {
        let mut builder = runtime::Builder::new_current_thread();
        builder.max_blocking_threads(2 * MOST).on_thread_start(lower_priority);
        builder.build().ok()
    };
    let own = THREADS.get_or_init(make).as_ref();
    own.map_or_else(Handle::current, |own| own.handle().clone())
}

fn has_several_threads() -> bool {
    Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread)
}

/// Runs `work` on a thread of low priority, and hands this thread's other requests to another one. It is given
/// up when the client is gone. On a single-threaded runtime, as in tests, it runs `work` here.
pub(super) fn run_long<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if !has_several_threads() {
        return work();
    }
    tokio::task::block_in_place(|| {
        let done = thread::scope(|scope| {
            let client = abandon::current();
            let own = scope.spawn(|| {
                lower_priority();
                quirks::collect(|| abandon::on_behalf_of(client, work))
            });
            own.join()
        });
        let (result, quirks) = done.unwrap_or_else(|panic| resume_unwind(panic));
        quirks.into_iter().for_each(quirks::touch);
        result
    })
}

/// Lowers the thread's priority on Linux. Elsewhere the priority is that of the whole process and stays.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "long work keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use std::sync::mpsc;

    use super::{MOST, Places, SURFACES, run_long};
    use crate::kernel::{abandon, quirks};

    #[test]
    fn one_work_too_many_waits_for_a_place_and_whoever_leaves_makes_room_in_the_queue() {
        let mut context = Context::from_waker(Waker::noop());
        let mut taken: Vec<_> = (0..MOST)
            .map(|_| match pin!(SURFACES.take()).poll(&mut context) {
                Poll::Ready(place) => place.unwrap(),
                Poll::Pending => panic!("there is room"),
            })
            .collect();
        let mut first = Box::pin(SURFACES.take());
        let mut second = Box::pin(SURFACES.take());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(first);
        taken.pop();
        assert!(second.as_mut().poll(&mut context).is_ready());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn long_work_has_a_thread_of_its_own_and_its_quirks_and_panics_come_back() {
        let own = thread::current().id();
        let (other, quirks) = quirks::collect(|| {
            run_long(|| {
                crate::quirk!("CFY-401");
                thread::current().id()
            })
        });
        assert_ne!(own, other);
        assert_eq!(quirks, ["CFY-401"]);
        let fell = catch_unwind(AssertUnwindSafe(|| run_long(|| assert_eq!(own, other))));
        assert!(fell.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn work_that_nobody_waits_for_ends_and_gives_its_place_back() {
        static PLACES: Places = Places::new();
        let (tell, told) = mpsc::channel();
        let (held, end) = mpsc::channel::<()>();
        let mut work = Box::pin(PLACES.run(move || {
            let _held = held;
            tell.send(()).unwrap();
            loop {
                abandon::look();
            }
        }));
        let mut context = Context::from_waker(Waker::noop());
        let poll: Poll<Result<(), _>> = work.as_mut().poll(&mut context);
        assert!(poll.is_pending());
        told.recv().unwrap();
        assert_eq!(PLACES.free(), MOST - 1);
        drop(work);
        end.recv().unwrap_err();
        // The place is dropped just after what the work holds.
        assert_eq!(PLACES.run(|| 7).await, Ok(7));
        let all = PLACES.0.acquire_many(u32::try_from(MOST).unwrap());
        assert!(all.await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_change_that_has_begun_is_finished_whoever_waits() {
        static PLACES: Places = Places::new();
        let (tell, told) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let mut work = Box::pin(PLACES.finish(move || {
            tell.send("begun").unwrap();
            wait.recv().unwrap();
            abandon::look();
            tell.send("done").unwrap();
        }));
        let mut context = Context::from_waker(Waker::noop());
        assert!(work.as_mut().poll(&mut context).is_pending());
        assert_eq!(told.recv(), Ok("begun"));
        drop(work);
        go.send(()).unwrap();
        assert_eq!(told.recv(), Ok("done"));
    }
}
