//! Runs long work without delaying other requests.

use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::{abandon, quirks};

/// Priority of long work: how much nicer it is than a request.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Most long works at a time, on the surfaces and again in the control API. Each has a thread of its own; what waits has
/// none.
pub const MOST: usize = 8;

static PLACES: Semaphore = Semaphore::const_new(MOST);

/// Waits for a place among the long works. It is given back when it is dropped, as is one's place in the queue when
/// the client leaves.
pub(super) async fn place() -> Option<SemaphorePermit<'static>> {
    // Nobody closes it.
    PLACES.acquire().await.ok()
}

/// Runs `work` on a thread of low priority, and hands this thread's other requests to another one. It is given
/// up when the client is gone. On a single-threaded runtime, as in tests, it runs `work` here.
pub(super) fn run_long<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let several =
        Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if !several {
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

    use super::{MOST, place, run_long};
    use crate::kernel::quirks;

    #[test]
    fn one_work_too_many_waits_for_a_place_and_whoever_leaves_makes_room_in_the_queue() {
        let mut context = Context::from_waker(Waker::noop());
        let mut taken: Vec<_> = (0..MOST)
            .map(|_| match pin!(place()).poll(&mut context) {
                Poll::Ready(place) => place.unwrap(),
                Poll::Pending => panic!("there is room"),
            })
            .collect();
        let mut first = Box::pin(place());
        let mut second = Box::pin(place());
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
}
