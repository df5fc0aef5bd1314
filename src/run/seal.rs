//! Namespaces in which a command reaches the twin and nothing else: users, network, mounts and processes. It has to
//! run before the process has a second thread.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType};

/// Why there is no seal.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    /// The kernel permits no namespaces.
    #[error("{0}")]
    Refused(&'static str),
    /// A step fails.
    #[error("{0}: {1}")]
    Failed(&'static str, io::Error),
}

/// What Ubuntu 24.04 and others ask before they permit it.
const HOW: &str = "this user may not make namespaces; allow it with \
    `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` or, on older systems, \
    `sudo sysctl -w kernel.unprivileged_userns_clone=1`, or run as root";

/// A user of another namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

const ROOT: User = User { uid: 0, gid: 0 };

/// Moves this process into namespaces of its own, in which loopback is the only network. Tells the user outside when root was
/// not enough or not there.
///
/// # Errors
/// The kernel refuses. The process is then of no further use: try it in another one first.
pub fn seal() -> Result<Option<User>, Unsealed> {
    let outside = User { uid: Uid::effective().as_raw(), gid: Gid::effective().as_raw() };
    let spaces = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET;
    let is_root = outside.uid == 0 && unshare(spaces).is_ok();
    if !is_root {
        unshare(spaces | CloneFlags::CLONE_NEWUSER).map_err(|error| match error {
            Errno::EPERM | Errno::EACCES | Errno::ENOSPC => Unsealed::Refused(HOW),
            error => Unsealed::Failed("no namespaces", error.into()),
        })?;
        // Root inside keeps its rights when it starts the first process.
        map(ROOT, outside)?;
    }
    let nothing: Option<&str> = None;
    mount(nothing, "/", nothing, MsFlags::MS_REC | MsFlags::MS_PRIVATE, nothing).map_err(
        |error| match error {
            Errno::EPERM | Errno::EACCES => Unsealed::Refused(HOW),
            error => Unsealed::Failed("mounts stay shared", error.into()),
        },
    )?;
    raise_loopback().map_err(|error| Unsealed::Failed("no loopback", error))?;
    Ok((!is_root).then_some(outside))
}

/// Says which user of the namespace is which one outside.
fn map(inside: User, outside: User) -> Result<(), Unsealed> {
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/self/{file}"), text)
            .map_err(|error| Unsealed::Failed("no users inside", error))
    };
    write("uid_map", format!("{} {} 1", inside.uid, outside.uid))?;
    write("setgroups", "deny".to_owned())?;
    write("gid_map", format!("{} {} 1", inside.gid, outside.gid))
}

/// Brings `lo` up: a message `RTM_NEWLINK` to the kernel (rtnetlink(7)).
fn raise_loopback() -> io::Result<()> {
    const NEW_LINK: u16 = 16;
    const REQUEST_ACK: u16 = 1 | 4;
    const LOOPBACK: i32 = 1;
    const UP: u32 = 1;
    let mut message = Vec::with_capacity(32);
    message.extend(32_u32.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_ACK.to_ne_bytes());
    message.extend([0; 8]); // sequence, port
    message.extend([0; 4]); // family, padding, type of device
    message.extend(LOOPBACK.to_ne_bytes());
    message.extend(UP.to_ne_bytes()); // flags
    message.extend(UP.to_ne_bytes()); // those of them that change
    let socket: OwnedFd =
        // No protocol is that of routes and links.
        rustix::net::socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    let kernel = SocketAddrNetlink::new(0, 0);
    rustix::net::sendto(&socket, &message, SendFlags::empty(), &kernel)?;
    let mut answer = [0; 1024];
    let (length, _) = rustix::net::recv(&socket, &mut answer[..], RecvFlags::empty())?;
    // A header of 16 bytes, then the error, negative, or zero.
    let code = answer.get(16..20).filter(|_| length >= 20).and_then(|code| code.try_into().ok());
    match code.map(i32::from_ne_bytes) {
        Some(0) => Ok(()),
        Some(code) => Err(io::Error::from_raw_os_error(-code)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Lays a file over another one, which has to exist.
///
/// # Errors
/// The kernel refuses.
pub fn lay_over(file: &Path, over: &Path) -> Result<(), Unsealed> {
    let nothing: Option<&str> = None;
    mount(Some(file), over, nothing, MsFlags::MS_BIND, nothing)
        .map_err(|error| Unsealed::Failed("a file cannot be laid over another", error.into()))
}

/// Makes the next child of this process the first in a namespace of processes: all others end with it. From here on this
/// process can have no second thread.
///
/// # Errors
/// The kernel refuses.
pub fn count_anew() -> Result<(), Unsealed> {
    unshare(CloneFlags::CLONE_NEWPID)
        .map_err(|error| Unsealed::Failed("no namespace of processes", error.into()))
}

/// In the first process of that namespace: shows its own processes in `/proc`, and makes it the user outside again.
///
/// # Errors
/// The kernel refuses.
pub fn settle(outside: Option<User>) -> Result<(), Unsealed> {
    let nothing: Option<&str> = None;
    // Where a container hides parts of /proc, it stays as it is.
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let _ = mount(Some("proc"), "/proc", Some("proc"), flags, nothing);
    if let Some(outside) = outside
        && outside != ROOT
    {
        unshare(CloneFlags::CLONE_NEWUSER)
            .map_err(|error| Unsealed::Failed("no second user namespace", error.into()))?;
        map(outside, ROOT)?;
    }
    Ok(())
}

/// Ends this process when its parent ends, however it does.
///
/// # Errors
/// The kernel refuses.
pub fn end_with_parent() -> Result<(), Unsealed> {
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)
        .map_err(|error| Unsealed::Failed("no signal at the parent's death", error.into()))
}

/// The files that decide how names are found, with what is to be in them: the vendors' names are this machine, and other
/// names are asked of the resolver inside.
#[must_use]
pub fn name_files(vendors: &[&str]) -> Vec<(PathBuf, String)> {
    let names: Vec<&str> = vendors.iter().copied().filter(|name| !name.starts_with("*.")).collect();
    let mut files = Vec::new();
    let mut lay = |path: &str, text: String| {
        if let Ok(path) = fs::canonicalize(path) {
            files.push((path, text));
        }
    };
    let before = fs::read_to_string("/etc/hosts").unwrap_or_default();
    lay("/etc/hosts", format!("{}\n127.0.0.1 {}\n", before.trim_end(), names.join(" ")));
    lay("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n".to_owned());
    if let Ok(switch) = fs::read_to_string("/etc/nsswitch.conf") {
        let plain = |line: &str| {
            let decides = line.trim_start().starts_with("hosts:");
            if decides { "hosts: files dns\n".to_owned() } else { format!("{line}\n") }
        };
        lay("/etc/nsswitch.conf", switch.lines().map(plain).collect());
    }
    files
}
