//! `timetwin run -- COMMAND`: a twin for one command, which is not changed and cannot reach the vendors.

use std::ffi::OsString;
use std::fs::{File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::twin_args::{Place, TwinArgs};
use super::{Failure, note, serve};
use crate::control::Front;
use crate::http::hosts::Hosts;
use crate::http::links::Links;
use crate::http::proxy::{Allowed, Proxy, RefusedHosts};
use crate::http::server::{self, Door, Patience, Protocol};
use crate::kernel::sandbox::MAIN;
use crate::run::ca::Authority;
use crate::run::environment::{self, Files};
use crate::run::report::Tally;
use crate::run::{command, trust};
use crate::twin::{Twin, TwinError};
use crate::vendors::{self, SURFACES};

#[cfg(target_os = "linux")]
mod sealed;
#[cfg(target_os = "linux")]
pub(super) use sealed::{InitArgs, OutsideArgs, init, outside, probe};

/// Exit code when the twin cannot start.
pub(super) const CANNOT_START: u8 = 125;

/// Flags of a run.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    twin: TwinArgs,
    /// Port of the twin's own address, which the command finds in `TIMETWIN_URL`; 0 is a free one.
    #[arg(long, env = "TIMETWIN_PORT", value_name = "N", default_value_t = 0)]
    port: u16,
    /// Whether the command runs in namespaces that nothing leaves (Linux). Without them it is led through a proxy, which it
    /// can ignore; auto seals where the system permits it.
    #[arg(long, env = "TIMETWIN_SEALED", value_enum, default_value = "auto")]
    sealed: Sealing,
    /// Host that may be reached: HOST, HOST:PORT, *.HOST or *. Can be repeated.
    #[arg(long, env = "TIMETWIN_ALLOW", value_name = "HOST[:PORT]", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Takes every credential that the scenario does not know for this person's, by e-mail.
    #[arg(long = "as", env = "TIMETWIN_AS", value_name = "PERSON")]
    stand_in: Option<String>,
    /// Puts a credential into a variable of the command: `KEY=clockify:anna@studio.example`. Without a person it is
    /// the owner's. Can be repeated.
    #[arg(long, value_name = "NAME=SURFACE[:PERSON]")]
    set: Vec<String>,
    /// Report at the end, on stderr.
    #[arg(long, env = "TIMETWIN_REPORT", value_enum, default_value = "text")]
    report: ReportForm,
    /// Writes the report to this file instead.
    #[arg(long, env = "TIMETWIN_REPORT_FILE", value_name = "FILE")]
    report_file: Option<PathBuf>,
    /// Prints the variables that the command would get, and runs nothing.
    #[arg(long)]
    print_env: bool,
    /// The command with its arguments.
    #[arg(last = true, value_name = "COMMAND", required_unless_present = "print_env")]
    command: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sealing {
    /// Sealed where the system permits it, else by proxy.
    Auto,
    /// Sealed or not at all.
    Always,
    /// By proxy.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportForm {
    Text,
    Json,
    Off,
}

/// A run before the command is started.
struct Stage {
    folder: TempDir,
    /// Locked.
    _lock: File,
    files: Files,
    authority: Arc<Authority>,
    refused: Arc<RefusedHosts>,
    tally: Arc<Tally>,
}

/// What the command is started with.
struct Start {
    doors: Vec<Door>,
    /// The twin's own address.
    address: SocketAddr,
    /// The proxy that the command is to take.
    proxy: Option<SocketAddr>,
}

/// Runs the command. The result is its exit code.
pub(super) fn run(args: RunArgs) -> Result<ExitCode, Failure> {
    serve::log(serve::LogForm::Text);
    let signals = command::signals()?;
    let stage = stage()?;
    let mode = seal(&args, &stage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(play(args, &stage, mode, signals))?;
    runtime.shutdown_background();
    Ok(ExitCode::from(code))
}

/// How the command is kept from the vendors.
enum Mode {
    #[cfg(target_os = "linux")]
    Sealed(sealed::Seal),
    Proxied,
}

impl Mode {
    fn name(&self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sealed(_) => "sealed",
            Self::Proxied => "proxied",
        }
    }
}

/// Seals this process, or says why not.
#[cfg(target_os = "linux")]
fn seal(args: &RunArgs, stage: &Stage) -> Result<Mode, Failure> {
    if args.sealed == Sealing::Never || args.print_env {
        return Ok(Mode::Proxied);
    }
    match sealed::seal(&args.allow, stage) {
        Ok(seal) => Ok(Mode::Sealed(seal)),
        Err(why) if args.sealed == Sealing::Always => Err(Failure::Runtime(why)),
        Err(why) => {
            note(&format!("not sealed, a proxy instead: {why}"));
            Ok(Mode::Proxied)
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn seal(args: &RunArgs, _: &Stage) -> Result<Mode, Failure> {
    if args.sealed == Sealing::Always {
        return Err(Failure::Runtime("only Linux can seal a command".to_owned()));
    }
    Ok(Mode::Proxied)
}

/// What a variable of the command would be without us.
#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Makes the authority and the files for the command.
fn stage() -> Result<Stage, Failure> {
    let (folder, lock) = folder()?;
    let failed =
        |error: io::Error| Failure::Runtime(format!("{}: {error}", folder.path().display()));
    let files = Files::in_folder(folder.path());
    let authority = Arc::new(serve::authority(None)?);
    let named = variable("SSL_CERT_FILE").map(PathBuf::from);
    let system = trust::system(named.as_deref());
    if system.is_empty() {
        note("this system has no file of trusted authorities: the command trusts the twin alone");
    }
    let bundle = trust::bundle(&system, authority.certificate_pem());
    let write = |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(failed);
    write(&files.ca, authority.certificate_pem().as_bytes())?;
    write(&files.bundle, bundle.as_bytes())?;
    write(&files.java, &trust::pkcs12(&bundle))?;
    write(&files.wget, files.wget_settings().as_bytes())?;
    std::fs::create_dir(&files.php).map_err(failed)?;
    write(&files.php.join("timetwin.ini"), files.php_settings().as_bytes())?;
    let refused = Arc::new(RefusedHosts::default());
    Ok(Stage { files, folder, _lock: lock, authority, refused, tally: Arc::default() })
}

/// First part of the name of a run's folder.
const PREFIX: &str = "timetwin-run-";
/// A file in it that is locked as long as the run lives.
const LOCK: &str = "lock";

/// Removes the folders beside `own` that the same user's killed runs left.
fn clear(own: &Path) {
    let Some(user) = std::fs::symlink_metadata(own).ok().map(|folder| folder.uid()) else { return };
    let entries = own.parent().and_then(|parent| std::fs::read_dir(parent).ok());
    for entry in entries.into_iter().flatten().flatten() {
        // What others put there is not opened: it may be a pipe, for example.
        let is_ours = |folder: Metadata| folder.is_dir() && folder.uid() == user;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX)
            || !std::fs::symlink_metadata(entry.path()).is_ok_and(is_ours)
        {
            continue;
        }
        let lock = File::open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A folder that is removed at the end, or by the next run if this one is killed. Everybody may read it: it holds certificates,
/// and the command may have another user.
fn folder() -> Result<(TempDir, File), Failure> {
    let own = std::env::temp_dir();
    let others = ["/tmp", "/var/tmp", "/dev/shm", "."].map(PathBuf::from);
    let mut why = None;
    for parent in std::iter::once(own).chain(others) {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).permissions(Permissions::from_mode(0o755));
        let made = builder.tempdir_in(&parent).and_then(|folder| {
            // It is there once it is locked, so that nobody takes this run for a dead one.
            let unlocked = folder.path().join("unlocked");
            let lock = File::create(&unlocked)?;
            lock.lock()?;
            std::fs::rename(unlocked, folder.path().join(LOCK))?;
            clear(folder.path());
            Ok((folder, lock))
        });
        match made {
            Ok(made) => return Ok(made),
            Err(error) => why = why.or(Some(error)),
        }
    }
    let why = why.map(|why| why.to_string()).unwrap_or_default();
    Err(Failure::Runtime(format!("there is no folder for temporary files: {why}")))
}

/// Starts the twin, runs the command to its end and tells what it did.
async fn play(
    args: RunArgs,
    stage: &Stage,
    mode: Mode,
    signals: command::Signals,
) -> Result<u8, Failure> {
    let RunArgs {
        twin, port, allow, stand_in, set, report, report_file, print_env, command, ..
    } = args;
    let mode_name = mode.name();
    let start = match &mode {
        #[cfg(target_os = "linux")]
        Mode::Sealed(seal) => seal.start(stage, port).await?,
        Mode::Proxied => proxied(stage, port, allow).await?,
    };
    let ports = start.doors.iter().filter_map(|door| Some(door.listener.local_addr().ok()?.port()));
    let origin = format!("http://{}", start.address);
    let place = Place {
        links: Links::following(&origin),
        hosts: Hosts::of_loopback(),
        ports: ports.collect(),
        certificate: Some(stage.authority.certificate_pem().to_owned()),
        stand_in: stand_in.clone(),
        observer: Some(Arc::<Tally>::clone(&stage.tally)),
    };
    let twin = Arc::new(twin.twin(place)?);
    if let Some(person) = &stand_in {
        known(&twin, person)?;
    }
    let mut variables = environment::addresses(&origin);
    variables.extend(environment::trust(&stage.files, variable));
    if let Some(proxy) = start.proxy {
        environment::proxy(&mut variables, proxy);
    }
    for wanted in &set {
        variables.push(credential(&twin, wanted)?);
    }
    if print_env {
        let lines: Vec<String> =
            variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        super::print_line(&lines.join("\n"));
        return Ok(0);
    }
    let courier = tokio::spawn(Arc::clone(twin.courier()).run());
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = Arc::clone(&twin);
    let ended = async move {
        let _ = stopped.await;
        shutdown.shutdown().notify();
    };
    let app = Front::new(Arc::clone(&twin));
    let server = tokio::spawn(server::serve(start.doors, app, Patience::default(), ended));
    let code = tokio::task::spawn_blocking(move || attend(&mode, &command, variables, signals));
    let code = code.await.map_err(io::Error::from)?;
    courier.abort();
    let _ = stop.send(());
    let _ = server.await;
    if let Some(state) = twin.state() {
        state.close();
    }
    tell(stage, mode_name, code, report, report_file.as_deref());
    Ok(code)
}

/// The doors of a twin whose command takes a proxy.
async fn proxied(stage: &Stage, port: u16, allow: Vec<Allowed>) -> Result<Start, Failure> {
    let own = bind(Ipv4Addr::LOCALHOST, port).await?;
    let proxy = bind(Ipv4Addr::LOCALHOST, 0).await?;
    let (address, proxy_address) = (own.local_addr()?, proxy.local_addr()?);
    let tls = stage.authority.server_config().map_err(serve::unusable)?;
    let rules = Proxy::new(tls, vendors::hosts(), vec![address.port()], allow);
    let rules = rules.counting(Arc::clone(&stage.refused));
    let proxy = Door { listener: proxy, protocol: Protocol::Proxy(Arc::new(rules)) };
    Ok(Start { doors: vec![own.into(), proxy], address, proxy: Some(proxy_address) })
}

async fn bind(address: Ipv4Addr, port: u16) -> Result<TcpListener, Failure> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::AddrInUse => Failure::PortInUse(format!("{address}:{port}")),
        _ => Failure::Runtime(format!("cannot listen on {address}:{port}: {error}")),
    };
    TcpListener::bind((address, port)).await.map_err(failed)
}

fn unknown(error: TwinError) -> Failure {
    Failure::Configuration(error.to_string())
}

/// Whether some surface knows this person.
fn known(twin: &Twin, person: &str) -> Result<(), Failure> {
    for surface in SURFACES {
        if twin
            .logins(surface, MAIN)
            .map_err(unknown)?
            .iter()
            .any(|(login, _)| login.person == person)
        {
            return Ok(());
        }
    }
    Err(Failure::Configuration(format!("--as {person}: the scenario has no such person")))
}

/// The variable that `NAME=SURFACE[:PERSON]` asks for.
fn credential(twin: &Twin, wanted: &str) -> Result<(String, String), Failure> {
    let bad = |why: String| Failure::Configuration(format!("--set {wanted}: {why}"));
    let (name, of) = wanted
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| bad("expected NAME=SURFACE or NAME=SURFACE:PERSON".to_owned()))?;
    let (surface, person) = of.split_once(':').map_or((of, None), |(of, who)| (of, Some(who)));
    let surface = twin.surface(surface).map_err(|error| bad(error.to_string()))?;
    let logins = twin.logins(surface, MAIN).map_err(unknown)?;
    let login = logins.into_iter().find(|(login, _)| person.is_none_or(|who| login.person == who));
    let (_, secret) = login.ok_or_else(|| bad("the surface has no such person".to_owned()))?;
    Ok((name.to_owned(), secret))
}

/// Runs the command to its end, and ends what it leaves behind. The result is the exit code.
fn attend(
    mode: &Mode,
    words: &[OsString],
    variables: Vec<(String, String)>,
    signals: command::Signals,
) -> u8 {
    let mut started = match mode {
        #[cfg(target_os = "linux")]
        Mode::Sealed(seal) => seal.command(words),
        Mode::Proxied => plain(words),
    };
    started.envs(variables);
    let is_plain = matches!(mode, Mode::Proxied);
    #[cfg(target_os = "linux")]
    if is_plain {
        command::adopt();
    }
    let code = match started.spawn() {
        Ok(child) => signals.until_end(child),
        Err(error) => {
            let name = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
            note(&format!("{name}: {error}"));
            command::code_of_error(&error)
        }
    };
    #[cfg(target_os = "linux")]
    if is_plain {
        command::end_children();
    }
    code
}

fn plain(words: &[OsString]) -> Command {
    let (first, rest) = words
        .split_first()
        .map_or((OsString::new(), &[][..]), |(first, rest)| (first.clone(), rest));
    let mut command = Command::new(first);
    command.args(rest);
    command
}

/// Tells what the command did.
fn tell(stage: &Stage, mode: &'static str, code: u8, form: ReportForm, file: Option<&Path>) {
    let report = stage.tally.report(mode, code, &stage.refused.all());
    let text = match form {
        ReportForm::Off => return,
        ReportForm::Text => report.text(),
        ReportForm::Json => serde_json::to_string(&report).unwrap_or_default() + "\n",
    };
    let written = match file {
        Some(file) => std::fs::write(file, text),
        None => io::Write::write_all(&mut io::stderr(), text.as_bytes()),
    };
    if let Err(error) = written {
        let name = file.map(|file| file.display().to_string()).unwrap_or_default();
        note(&format!("the report cannot be written: {name}: {error}"));
    }
}
