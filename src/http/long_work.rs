//! Runs long work without delaying other requests.

use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::kernel::{abandon, quirks};

/// Priority of long work: how much nicer it is than a request.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Runs `work` on a thread of low priority, and hands this thread's other requests to another one. It is given
/// up when the client is gone. On a single-threaded runtime, as in tests, it runs `work` here.
pub fn run_long<T: Send>(work: impl FnOnce() -> T + Send) -> T {
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
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::run_long;
    use crate::kernel::quirks;

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
