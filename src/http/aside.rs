//! Work that takes long, out of the way of other requests.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Does `work` on this thread, which gives the requests that wait for it to another one first. Without other
/// threads, as in tests, it is simply done.
pub fn aside<T>(work: impl FnOnce() -> T) -> T {
    let several =
        Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if several { tokio::task::block_in_place(work) } else { work() }
}
