//! The end of a server: signals, and the time within which the process ends.
//!
//! A thread of its own listens, so that requests which keep all other threads busy cannot hold the end up.

use std::future::Future;
use std::io;
use std::time::Duration;

use crate::kernel::sync::Signal;

/// Time from the signal to the end of the process, whatever still runs. Nothing that was answered is lost then:
/// a write is in the state file before its answer.
const END: Duration = Duration::from_millis(4800);

/// Completes when the process receives a signal to stop, or with `until_stdin_closes` when its standard input
/// ends. From then on the process ends within [`END`].
pub(super) fn signal(until_stdin_closes: bool) -> io::Result<impl Future<Output = ()>> {
    let told = Signal::default();
    let tell = told.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Before anything is written.
    let stop = runtime.block_on(async { received() })?;
    let closed = Signal::default();
    if until_stdin_closes {
        let close = closed.clone();
        std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            // An error is an end, too.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            close.notify();
        })?;
    }
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async move {
            tokio::select! {
                () = stop => (),
                _ = closed.wait_past(0) => (),
            }
            tell.notify();
            tokio::time::sleep(END).await;
        });
        tracing::warn!("some work did not end in time and was cut off");
        std::process::exit(0);
    })?;
    Ok(async move {
        told.wait_past(0).await;
    })
}

/// Completes when the process receives a signal to stop. Only for a runtime.
#[cfg(unix)]
pub(super) fn received() -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // SIGXFSZ: a state file that may not grow is an error of the write, not the end of the process.
    let heeded = signal(SignalKind::from_raw(25))?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        drop(heeded);
    })
}

/// Completes when the process receives a signal to stop. Only for a runtime.
#[cfg(not(unix))]
pub(super) fn received() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
