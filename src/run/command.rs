//! A command and everything that it starts: signals reach it, its end is ours, and nothing of it stays.

use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

/// Exit code of a command that cannot be run.
pub const CANNOT_RUN: u8 = 126;
/// Exit code of a command that does not exist.
pub const NOT_FOUND: u8 = 127;

/// Signals that end a program or mean something to it, and the one that says that a child ended.
const SIGNALS: [i32; 7] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD];

/// Signals that came so far and those to come.
pub struct Signals(SignalsInfo<WithOrigin>);

/// Takes over signals from here on, so that this process outlives the command.
///
/// # Errors
/// The system does not let us.
pub fn signals() -> io::Result<Signals> {
    Ok(Signals(SignalsInfo::<WithOrigin>::new(SIGNALS)?))
}

/// The exit code of a command that does not start.
#[must_use]
pub fn code_of_error(error: &io::Error) -> u8 {
    if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { CANNOT_RUN }
}

/// The exit code of a command that ended; 128 and more when a signal ended it.
#[must_use]
pub fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    u8::try_from(code.unwrap_or(255)).unwrap_or(255)
}

impl Signals {
    /// Waits until `ended` has a result, which it is asked for whenever a child ends. Passes on to the process `id` what
    /// other processes send; a signal of the terminal, such as Ctrl-C, reaches the command by itself. Needs no other thread.
    pub fn until(mut self, id: u32, mut ended: impl FnMut() -> Option<u8>) -> u8 {
        for info in self.0.forever() {
            if info.signal == SIGCHLD {
                if let Some(code) = ended() {
                    return code;
                }
            } else if matches!(info.cause, Cause::Sent(_)) {
                send(id, info.signal);
            }
        }
        255
    }

    /// The exit code of a child, once it has ended.
    pub fn until_end(self, mut child: Child) -> u8 {
        self.until(child.id(), || match child.try_wait() {
            Ok(status) => status.map(code_of),
            Err(_) => Some(255),
        })
    }
}

#[cfg(target_os = "linux")]
fn send(id: u32, signal: i32) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if let (Ok(id), Ok(signal)) = (i32::try_from(id), Signal::try_from(signal)) {
        // It may have ended.
        let _ = kill(Pid::from_raw(id), signal);
    }
}

#[cfg(not(target_os = "linux"))]
fn send(id: u32, signal: i32) {
    let _ =
        std::process::Command::new("kill").arg(format!("-{signal}")).arg(id.to_string()).status();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::process;

    use nix::errno::Errno;
    use nix::sys::prctl;
    use nix::sys::signal::{Signal, kill};
    use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
    use nix::unistd::Pid;

    /// Makes processes whose parent ends children of this one.
    pub fn adopt() {
        let _ = prctl::set_child_subreaper(true);
    }

    /// Takes the results of children that ended; the exit code when the process `id` is among them.
    #[must_use]
    pub fn reap(id: u32) -> Option<u8> {
        let own = i32::try_from(id).map(Pid::from_raw).ok();
        let mut found = None;
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(id, code)) if Some(id) == own => {
                    found = Some(u8::try_from(code & 255).unwrap_or(255));
                }
                Ok(WaitStatus::Signaled(id, signal, _)) if Some(id) == own => {
                    found = Some(u8::try_from(128 + signal as i32).unwrap_or(255));
                }
                Ok(WaitStatus::StillAlive) => return found,
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return found.or(Some(255)),
            }
        }
    }

    /// Ends all children, and their children, which become ours when their parents end.
    pub fn end_children() {
        loop {
            let children = children();
            if children.is_empty() {
                return;
            }
            for child in &children {
                let _ = kill(*child, Signal::SIGKILL);
            }
            for child in children {
                let _ = waitpid(child, None);
            }
        }
    }

    fn children() -> Vec<Pid> {
        let own = process::id().to_string();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let is_child = |id: &i32| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok();
            let stat = stat.as_deref().and_then(|stat| stat.rsplit_once(") "));
            stat.and_then(|(_, rest)| rest.split(' ').nth(1)) == Some(own.as_str())
        };
        ids.filter(is_child).map(Pid::from_raw).collect()
    }
}

#[cfg(target_os = "linux")]
pub use linux::{adopt, end_children, reap};
