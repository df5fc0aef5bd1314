//! A run in namespaces of its own. The program calls itself for their first process, for the way out, and to try whether
//! the system permits it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::Arc;

use clap::Args;
use parking_lot::Mutex;
use tokio::net::{UdpSocket, UnixListener};

use super::{Failure, Stage, Start, bind, plain};
use crate::cli::{block_on, note, print_line, serve};
use crate::http::hosts;
use crate::http::proxy::Allowed;
use crate::http::server::{Door, Protocol};
use crate::run::seal::{self as spaces, User};
use crate::run::{command, outside as way_out, resolver, trust};
use crate::vendors;

/// This program, also when its file was replaced.
const ITSELF: &str = "/proc/self/exe";
/// Port of the twin's own address; inside nobody else has it.
const PORT: u16 = 8463;
/// Ports of an allowed host for which none is named.
const USUAL: [u16; 2] = [443, 80];

/// Flags of the processes between a run and its command.
#[derive(Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// Whether this is the first process of the namespace.
    #[arg(long)]
    first: bool,
    /// The user outside.
    #[arg(long)]
    uid: Option<u32>,
    #[arg(long)]
    gid: Option<u32>,
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Flags of the way out.
#[derive(Debug, Args)]
pub(in crate::cli) struct OutsideArgs {
    /// Its socket file.
    #[arg(long)]
    socket: PathBuf,
    #[arg(long)]
    allow: Vec<Allowed>,
}

/// This process is sealed.
pub(super) struct Seal {
    outside: Option<User>,
    allowed: Vec<Allowed>,
    /// The process of the way out ends with its input.
    way_out: Option<(Child, ChildStdin, PathBuf)>,
}

impl Drop for Seal {
    fn drop(&mut self) {
        if let Some((mut child, input, _)) = self.way_out.take() {
            drop(input);
            let _ = child.wait();
        }
    }
}

/// Seals this process, which must have one thread.
pub(super) fn seal(allowed: &[Allowed], stage: &Stage) -> Result<Seal, String> {
    tried()?;
    let way_out = match allowed {
        [] => None,
        allowed => Some(lead_out(allowed, stage.folder.path()).map_err(|error| error.to_string())?),
    };
    let named = |host: &&str| !allowed.iter().any(|rule| rule.names(host));
    let listed: Vec<&str> = vendors::hosts().filter(named).collect();
    let mut files = spaces::name_files(&listed);
    for store in trust::stores() {
        let system = std::fs::read_to_string(&store).unwrap_or_default();
        files.push((store, trust::bundle(&system, stage.authority.certificate_pem())));
    }
    let mut laid = Vec::new();
    for (number, (over, text)) in files.into_iter().enumerate() {
        let file = stage.folder.path().join(format!("laid-{number}"));
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        laid.push((file, over));
    }
    let outside = spaces::seal().map_err(|error| error.to_string())?;
    for (file, over) in laid {
        spaces::lay_over(&file, &over).map_err(|error| error.to_string())?;
    }
    Ok(Seal { outside, allowed: allowed.to_vec(), way_out })
}

/// Whether the system permits it: a process that failed halfway could do nothing else.
fn tried() -> Result<(), String> {
    let mut command = Command::new(ITSELF);
    command.arg("run-probe").stdin(Stdio::null()).stdout(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(why.trim().trim_start_matches("timetwin: ").to_owned())
}

/// `timetwin run-probe`
pub(in crate::cli) fn probe() -> Result<(), Failure> {
    let failed = |error: spaces::Unsealed| Failure::Runtime(error.to_string());
    let outside = spaces::seal().map_err(failed)?;
    spaces::lay_over(Path::new("/etc/hosts"), Path::new("/etc/hosts")).map_err(failed)?;
    spaces::count_anew().map_err(failed)?;
    spaces::settle(outside).map_err(failed)
}

/// Starts the process that stays outside.
fn lead_out(allowed: &[Allowed], folder: &Path) -> io::Result<(Child, ChildStdin, PathBuf)> {
    let socket = folder.join("out.sock");
    let mut command = Command::new(ITSELF);
    command.arg("run-outside").arg("--socket").arg(&socket);
    for rule in allowed {
        command.arg("--allow").arg(rule.to_string());
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    match child.stdin.take() {
        Some(input) if line == "ready\n" => Ok((child, input, socket)),
        _ => Err(io::Error::other("there is no way out for --allow")),
    }
}

/// `timetwin run-outside`
pub(in crate::cli) fn outside(args: OutsideArgs) -> Result<(), Failure> {
    // Ctrl-C is for the command; this process ends with its input.
    let _signals = command::signals()?;
    block_on(async move {
        let listener = UnixListener::bind(&args.socket)?;
        print_line("ready");
        let end = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
        tokio::select! {
            served = way_out::serve(listener, args.allow) => served?,
            _ = end => {}
        }
        Ok(())
    })
}

/// `timetwin run-init`: makes a namespace of processes and waits for the first one in it.
pub(in crate::cli) fn init(args: InitArgs) -> ExitCode {
    let signals = match command::signals() {
        Ok(signals) => signals,
        Err(error) => return cannot_start(&error),
    };
    if args.first {
        return first(args, signals);
    }
    let mut again = Command::new(ITSELF);
    again.args(std::env::args_os().skip(1).take(1)).arg("--first");
    again.args(std::env::args_os().skip(2));
    let made = spaces::end_with_parent().and_then(|()| spaces::count_anew());
    match made.map_err(io::Error::other).and_then(|()| again.spawn()) {
        Ok(child) => ExitCode::from(signals.until_end(child)),
        Err(error) => cannot_start(&error),
    }
}

/// The first process of the namespace: runs the command, and takes the results of whoever is left without a parent.
fn first(args: InitArgs, signals: command::Signals) -> ExitCode {
    let InitArgs { uid, gid, command: words, .. } = args;
    let outside = uid.zip(gid).map(|(uid, gid)| User { uid, gid });
    if let Err(error) = spaces::settle(outside).and_then(|()| spaces::end_with_parent()) {
        return cannot_start(&error);
    }
    ExitCode::from(match plain(&words).spawn() {
        Ok(child) => signals.until(child.id(), || command::reap(child.id())),
        Err(error) => {
            let name = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
            note(&format!("{name}: {error}"));
            command::code_of_error(&error)
        }
    })
}

fn cannot_start(why: &impl std::fmt::Display) -> ExitCode {
    note(&why.to_string());
    ExitCode::from(super::CANNOT_START)
}

impl Seal {
    /// The first process inside, which runs the command.
    pub(super) fn command(&self, words: &[OsString]) -> Command {
        let mut command = Command::new(ITSELF);
        command.arg("run-init");
        if let Some(User { uid, gid }) = self.outside {
            command.arg(format!("--uid={uid}")).arg(format!("--gid={gid}"));
        }
        command.arg("--").args(words);
        command
    }

    /// The doors of a twin inside, and its resolver.
    pub(super) async fn start(&self, stage: &Stage, port: u16) -> Result<Start, Failure> {
        let port = if port == 0 { PORT } else { port };
        let tls = stage.authority.server_config().map_err(serve::unusable)?;
        let own = bind(Ipv4Addr::LOCALHOST, port).await?;
        let address = own.local_addr()?;
        let mut doors = vec![own.into()];
        doors.push(bind(Ipv4Addr::LOCALHOST, 80).await?.into());
        let listener = bind(Ipv4Addr::LOCALHOST, 443).await?;
        doors.push(Door { listener, protocol: Protocol::Tls(tls) });
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).await?;
        tokio::spawn(resolver::serve(socket, self.finder(stage)));
        Ok(Start { doors, address, proxy: None })
    }

    /// Finds the address of a name: this machine for vendors' hosts, a door of its own for an allowed host.
    fn finder(&self, stage: &Stage) -> Arc<resolver::Find> {
        let (allowed, refused) = (self.allowed.clone(), Arc::clone(&stage.refused));
        let socket = self.way_out.as_ref().map(|(_, _, socket)| socket.clone());
        let doors: Mutex<BTreeMap<String, Ipv4Addr>> = Mutex::default();
        Arc::new(move |name: &str| {
            let is_vendors = vendors::hosts().any(|known| hosts::matches(known, name));
            let rules: Vec<&Allowed> = allowed.iter().filter(|rule| rule.has_name(name)).collect();
            if name == "localhost" || (is_vendors && !rules.iter().any(|rule| rule.names(name))) {
                return Some(Ipv4Addr::LOCALHOST);
            }
            let Some(socket) = socket.as_ref().filter(|_| !rules.is_empty()) else {
                refused.note(name);
                return None;
            };
            let mut doors = doors.lock();
            if let Some(known) = doors.get(name) {
                return Some(*known);
            }
            let number = u16::try_from(doors.len() + 1).ok()?;
            let [high, low] = number.to_be_bytes();
            let address = Ipv4Addr::new(127, 77, high, low);
            let ports =
                rules.iter().flat_map(|rule| rule.port().map_or(USUAL.to_vec(), |port| vec![port]));
            let mut ports: Vec<u16> = ports.collect();
            ports.sort_unstable();
            ports.dedup();
            way_out::door(address, &ports, name, socket)
                .map_err(|error| tracing::warn!(%error, name, "no way out"))
                .ok()?;
            doors.insert(name.to_owned(), address);
            Some(address)
        })
    }
}
