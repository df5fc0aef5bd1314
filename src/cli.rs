//! The command line: the only reader of arguments and environment, and the only writer to stdout.

mod forward;
mod listen;
mod port_file;
mod stop;

use std::future::Future;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tokio::net::TcpListener;

use self::forward::ForwardArgs;
use self::listen::{Listen, Unbound};
use self::port_file::PortFile;
use crate::contract::{self, Grade};
use crate::control::Front;
use crate::deliver::client::{Client, causes, client};
use crate::deliver::{Allow, Authorities, Web};
use crate::http::cors::Cors;
use crate::http::hosts::Hosts;
use crate::http::links::Links;
use crate::http::server::{self, Patience};
use crate::kernel::civil::parse_iso_span;
use crate::kernel::clock::{Clock, machine_now, machine_tick};
use crate::kernel::plan::Plan;
use crate::kernel::revision::Revision;
use crate::kernel::sandbox::Bounds;
use crate::persist::Options;
use crate::scenario::generate::{MOST_ENTRIES, generate};
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::twin::{Limits, REQUESTS, Setup, Twin, TwinError, grow};
use crate::vendors::SURFACES;
use crate::world::Settings;

/// One binary that answers like Clockify, Clockodo, Clockwork and Time Tracker for Jira.
///
/// Exit codes: 0 clean, 1 runtime error, 2 usage, configuration or scenario, 3 port in use.
#[derive(Debug, Parser)]
#[command(name = "timetwin", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server and prints one line when it can answer.
    Serve(Box<Serve>),
    /// Checks that a running server is healthy; for container health checks.
    Healthcheck(Address),
    /// Waits until a server answers.
    Wait {
        #[command(flatten)]
        at: Address,
        /// Gives up after this many seconds.
        #[arg(long, env = "TIMETWIN_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
        timeout: u64,
    },
    /// Prints the webhook deliveries of a running server as they are sent, until Ctrl-C, and posts each to a
    /// receiver of yours.
    Listen(Box<ForwardArgs>),
    /// Generates a large scenario. The same seed gives the same file.
    Generate {
        /// Number of time entries.
        #[arg(long, env = "TIMETWIN_ENTRIES", default_value_t = 10_000,
            value_parser = clap::value_parser!(u64).range(..=MOST_ENTRIES))]
        entries: u64,
        /// Number of people.
        #[arg(long, env = "TIMETWIN_PEOPLE", default_value_t = 50,
            value_parser = clap::value_parser!(u32).range(1..=100_000))]
        people: u32,
        /// Random seed.
        #[arg(long, env = "TIMETWIN_SEED", default_value_t = 1)]
        seed: u64,
        /// Output file.
        #[arg(short, long, env = "TIMETWIN_OUTPUT", value_name = "FILE")]
        output: PathBuf,
    },
    /// Checks a scenario and its overlays. An error names its file, line and field.
    Check {
        /// A scenario file, or a folder that holds scenario.json.
        file: PathBuf,
        /// Instant that relative dates count from; the default is now.
        #[arg(long, env = "TIMETWIN_AT", value_name = "INSTANT", value_parser = instant)]
        at: Option<DateTime<Utc>>,
    },
    /// Prints the number of recorded decisions by surface and grade of evidence.
    Evidence,
}

/// An instant within the range of clocks.
fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let at: DateTime<Utc> = text.parse().map_err(|_| "expected 2026-06-12T10:00:00Z".to_owned())?;
    Clock::real().set(at).map(|_| at).map_err(|error| error.to_string())
}

/// A duration like PT24H or P1D, above zero.
fn duration(text: &str) -> Result<Duration, String> {
    let span = parse_iso_span(text).and_then(|span| span.to_std().ok());
    span.filter(|span| !span.is_zero()).ok_or_else(|| "expected a duration like PT24H".to_owned())
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    at_address: Address,
    /// Scenario: studio, bare, migration, or a file.
    #[arg(long, env = "TIMETWIN_SCENARIO", value_name = "NAME|FILE", default_value = "studio")]
    scenario: String,
    /// Freezes the clock at this instant, e.g. 2026-06-12T10:00:00Z. Every run then gives the same bytes.
    #[arg(long, env = "TIMETWIN_AT", value_name = "INSTANT", value_parser = instant)]
    at: Option<DateTime<Utc>>,
    /// Revision of the APIs to serve.
    #[arg(long, env = "TIMETWIN_REVISION", value_enum, default_value = "documented")]
    revision: RevisionArg,
    /// Whether the vendors' rate limits apply. Limits on page size always do.
    #[arg(long, env = "TIMETWIN_LIMITS", value_enum, default_value = "vendor")]
    limits: Limits,
    /// Plan of all accounts that the scenario makes, instead of its own plans. It decides which features
    /// and quotas Clockify has.
    #[arg(long, env = "TIMETWIN_PLAN", value_enum)]
    plan: Option<PlanArg>,
    /// Keeps all sandboxes in this SQLite file. A write is in the file before it is answered, and the next
    /// start continues from there. Scenario, instant, revision, limits and plan of an existing file win over
    /// the flags.
    #[arg(long, env = "TIMETWIN_STATE", value_name = "FILE")]
    state: Option<PathBuf>,
    /// Writes the port to this file once the server can answer, and removes the file at the end.
    #[arg(long, env = "TIMETWIN_PORT_FILE", value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// Ends, as at SIGTERM, when standard input does: with the process that started the server, whatever
    /// becomes of it.
    #[arg(long, env = "TIMETWIN_UNTIL_STDIN_CLOSES")]
    until_stdin_closes: bool,
    /// URL with which links in answers begin; without it they follow the request's `Host`.
    #[arg(long, env = "TIMETWIN_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Also answers to this host name while it listens on loopback alone. Can be repeated.
    #[arg(long, env = "TIMETWIN_ALLOW_HOST", value_name = "NAME", value_delimiter = ',')]
    allow_host: Vec<String>,
    /// Believes the `X-Forwarded-Host` and `X-Forwarded-Proto` of a proxy.
    #[arg(long, env = "TIMETWIN_TRUST_FORWARDED")]
    trust_forwarded: bool,
    /// Which web pages may call the surfaces: off (none), vendor (those that the service lets in), or one
    /// origin like `http://localhost:5173`. The control API never answers pages of other origins.
    #[arg(long, env = "TIMETWIN_CORS", value_name = "off|vendor|ORIGIN", default_value = "vendor")]
    cors: Cors,
    /// Requires this token on the control API (`Authorization: Bearer TOKEN`).
    #[arg(long, env = "TIMETWIN_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    control_token: Option<String>,
    /// Maximum number of sandboxes. At the limit, a new one replaces one that nobody has written to, or one
    /// that has been idle for long.
    #[arg(long, env = "TIMETWIN_SANDBOXES", value_name = "N", default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    sandboxes: u32,
    /// Drops a sandbox that has been idle for this long.
    #[arg(long, env = "TIMETWIN_SANDBOX_IDLE", value_name = "DURATION", default_value = "PT24H",
        value_parser = duration)]
    sandbox_idle: Duration,
    /// Number of requests that the journal of each sandbox keeps.
    #[arg(long, env = "TIMETWIN_JOURNAL", value_name = "N", default_value_t = 1000,
        value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    journal: u32,
    /// Allows webhooks to this host besides this machine: hooks.example.com, *.example.com,
    /// 10.0.0.7:9000, or * for all. Can be repeated; commas separate several hosts.
    #[arg(long, env = "TIMETWIN_WEBHOOK_ALLOW", value_name = "HOST", value_delimiter = ',')]
    webhook_allow: Vec<String>,
    /// Certificate authorities in PEM that receivers of webhooks may have their certificates from, besides the
    /// public ones.
    #[arg(long, env = "TIMETWIN_WEBHOOK_CA", value_name = "FILE")]
    webhook_ca: Option<PathBuf>,
    /// Format of the log on stderr. JSON includes a line for each request.
    #[arg(long, env = "TIMETWIN_LOG", value_enum, default_value = "text")]
    log: LogForm,
}

#[derive(Debug, Args)]
struct Address {
    /// Address of the server: 127.0.0.1:8463, localhost:0, :8463 (all addresses) or 8463. Port 0 is a free
    /// one. `serve` takes several, repeated or separated by commas. `127.0.0.1` includes `::1`.
    #[arg(
        long,
        env = "TIMETWIN_LISTEN",
        value_name = "ADDRESS",
        value_delimiter = ',',
        default_value = "127.0.0.1:8463"
    )]
    listen: Vec<Listen>,
    /// Port, instead of the one in --listen.
    #[arg(long, env = "TIMETWIN_PORT", value_name = "N")]
    port: Option<u16>,
}

impl Address {
    /// All addresses.
    fn all(&self) -> Vec<Listen> {
        let listen = self.listen.iter().cloned();
        let at_port = listen.map(|listen| match self.port {
            Some(port) => listen.at(port),
            None => listen,
        });
        let mut all: Vec<Listen> = Vec::new();
        for listen in at_port {
            if !all.contains(&listen) {
                all.push(listen);
            }
        }
        all
    }

    /// The first one, as a client on this machine reaches it.
    fn reachable(&self) -> String {
        self.all().first().map(|listen| listen.reachable().to_string()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RevisionArg {
    /// As the vendors document them.
    Documented,
    /// As the live services behave today.
    Current,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PlanArg {
    Free,
    Basic,
    Standard,
    Pro,
    Enterprise,
}

impl From<PlanArg> for Plan {
    fn from(plan: PlanArg) -> Self {
        match plan {
            PlanArg::Free => Self::Free,
            PlanArg::Basic => Self::Basic,
            PlanArg::Standard => Self::Standard,
            PlanArg::Pro => Self::Pro,
            PlanArg::Enterprise => Self::Enterprise,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    Text,
    Json,
}

/// An error that ends the program.
#[derive(Debug)]
enum Failure {
    Runtime(String),
    Configuration(String),
    PortInUse(String),
}

impl From<Unbound> for Failure {
    fn from(Unbound { address, error }: Unbound) -> Self {
        match error.kind() {
            ErrorKind::AddrInUse => Self::PortInUse(address),
            _ => Self::Runtime(format!("cannot listen on {address}: {error}")),
        }
    }
}

impl From<SeedError> for Failure {
    fn from(error: SeedError) -> Self {
        Self::Configuration(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Runtime(error.to_string())
    }
}

/// Runs the command on the command line.
#[must_use]
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(serve) => stop::signal(serve.until_stdin_closes)
            .map_err(Failure::from)
            .and_then(|stop| block_on(self::serve(*serve, stop))),
        Command::Healthcheck(at) => block_on(healthcheck(&at.reachable())),
        Command::Wait { at, timeout } => {
            block_on(wait(&at.reachable(), Duration::from_secs(timeout)))
        }
        Command::Listen(listen) => block_on(forward::listen(*listen)),
        Command::Generate { entries, people, seed, output } => {
            write_scenario(entries, people, seed, &output)
        }
        Command::Check { file, at } => check(&file, at),
        Command::Evidence => evidence(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Runtime(message)) => fail(&message, 1),
        Err(Failure::Configuration(message)) => fail(&message, 2),
        Err(Failure::PortInUse(address)) => fail(&format!("{address} is in use"), 3),
    }
}

fn fail(message: &str, code: u8) -> ExitCode {
    note(message);
    ExitCode::from(code)
}

/// Says something beside the result of a command.
#[expect(clippy::print_stderr, reason = "it is not for who reads the result")]
fn note(message: &str) {
    eprintln!("timetwin: {message}");
}

/// Prints the result of a command.
fn print_line(message: &str) {
    // The reader may be gone.
    let mut out = io::stdout();
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}

/// Prints the grades of all recorded decisions as a table.
fn evidence() -> Result<(), Failure> {
    let names = Grade::ALL.map(|grade| format!("{:>12}", grade.name())).concat();
    let mut table = vec![format!("{:<14}{names}{:>8}", "surface", "all")];
    let mut sums = [0; Grade::ALL.len()];
    let row = |name: &str, counts: [usize; Grade::ALL.len()]| {
        let all: usize = counts.iter().sum();
        let counts: String = counts.map(|count| format!("{count:>12}")).concat();
        format!("{name:<14}{counts}{all:>8}")
    };
    for surface in SURFACES {
        let quirks =
            contract::quirks(surface.name).map_err(|error| Failure::Runtime(error.to_string()))?;
        let counts =
            Grade::ALL.map(|grade| quirks.iter().filter(|quirk| quirk.grade == grade).count());
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        table.push(row(surface.name, counts));
    }
    table.push(row("all", sums));
    print_line(&table.join("\n"));
    Ok(())
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // What still runs has had its time.
    runtime.shutdown_background();
    result
}

async fn serve(serve: Serve, stop: impl Future<Output = ()>) -> Result<(), Failure> {
    let Serve { scenario, at, revision, limits, .. } = &serve;
    log(serve.log);
    // Whatever comes of this start, the port of an earlier one is not ours.
    let port_file = PortFile::cleared(serve.port_file.clone());
    let trusted =
        serve.webhook_ca.as_deref().map_or_else(|| Ok(Authorities::default()), authorities)?;
    let mut listeners = Vec::new();
    for listen in serve.at_address.all() {
        listeners.extend(listen.bind().await?);
    }
    let first = listeners.first().ok_or_else(|| Failure::Runtime("no address".to_owned()))?;
    let address = first.local_addr()?;
    let ports = listeners.iter().filter_map(|listener| Some(listener.local_addr().ok()?.port()));
    let ports = ports.collect();
    let setup = Setup {
        scenario: Arc::new(bundle(scenario)?),
        clock: at.map_or_else(Clock::real, Clock::frozen),
        settings: Settings {
            revision: match revision {
                RevisionArg::Documented => Revision::Documented,
                RevisionArg::Current => Revision::Current,
            },
            rate_limits: limits.hold(),
            plan: serve.plan.map(Plan::from),
        },
        links: links(serve.public_url, address, serve.trust_forwarded)?,
        cors: serve.cors,
        hosts: hosts(&listeners, serve.allow_host),
        control_token: serve.control_token,
        bounds: Bounds {
            sandboxes: serve.sandboxes as usize,
            idle: serve.sandbox_idle,
            journal: serve.journal as usize,
        },
        webhooks: Allow::parse(serve.webhook_allow.iter().map(String::as_str))
            .map_err(|error| Failure::Configuration(format!("--webhook-allow {error}")))?,
        transport: Arc::new(Web::of(ports).trusting(trusted)),
    };
    let twin = Arc::new(match &serve.state {
        None => Twin::new(setup)?,
        Some(file) => Twin::durable(setup, file, Options::default()).map_err(|error| {
            let what = if matches!(error, TwinError::Seed(_)) { "" } else { "--state " };
            let file =
                if what.is_empty() { String::new() } else { format!("{}: ", file.display()) };
            Failure::Configuration(format!("{what}{file}{error}"))
        })?,
    });
    tokio::spawn(Arc::clone(twin.courier()).run());
    let app = Front::new(Arc::clone(&twin));
    port_file.write(address.port())?;
    let version = env!("CARGO_PKG_VERSION");
    print_line(&format!("timetwin {version} listening on http://{address} Ready."));
    let server = Arc::clone(&twin);
    let stop = async move {
        stop.await;
        server.shutdown().notify();
    };
    server::serve(listeners, app, Patience::default(), stop).await;
    port_file.remove(address.port());
    if let Some(state) = twin.state() {
        state.close();
    }
    Ok(())
}

fn log(form: LogForm) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    use tracing_subscriber::{Layer, Registry, fmt};
    let targets =
        Targets::new().with_default(LevelFilter::WARN).with_target("timetwin", LevelFilter::INFO);
    let lines = fmt::layer().with_writer(io::stderr);
    let (lines, targets): (Box<dyn Layer<Registry> + Send + Sync>, Targets) = match form {
        LogForm::Text => (Box::new(lines), targets.with_target(REQUESTS, LevelFilter::OFF)),
        LogForm::Json => {
            (Box::new(lines.json().flatten_event(true).with_current_span(false)), targets)
        }
    };
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
}

fn bundle(scenario: &str) -> Result<Bundle, SeedError> {
    let path = Path::new(scenario);
    if scenario.contains(['/', '\\', '.']) || path.exists() {
        Bundle::read(path)
    } else {
        Bundle::builtin(scenario)
    }
}

/// The certificate authorities in a file.
fn authorities(file: &Path) -> Result<Authorities, Failure> {
    let read = std::fs::read(file).map_err(|error| error.to_string());
    let read = read.and_then(|pem| Authorities::parse(&pem).map_err(|error| error.to_string()));
    read.map_err(|why| Failure::Configuration(format!("--webhook-ca {}: {why}", file.display())))
}

/// The host names of a server with these listeners.
fn hosts(listeners: &[TcpListener], allowed: Vec<String>) -> Hosts {
    let is_local = |listener: &TcpListener| {
        listener.local_addr().is_ok_and(|address| address.ip().is_loopback())
    };
    let hosts = if listeners.iter().all(is_local) { Hosts::of_loopback() } else { Hosts::any() };
    hosts.allowing(allowed)
}

fn links(
    public_url: Option<String>,
    address: SocketAddr,
    trusts_forwarded: bool,
) -> Result<Links, Failure> {
    let Some(url) = public_url else {
        let links = Links::following(&format!("http://{}", reachable(address)));
        return Ok(if trusts_forwarded { links.behind_proxy() } else { links });
    };
    let uri: axum::http::Uri = url
        .parse()
        .map_err(|error| Failure::Configuration(format!("--public-url '{url}': {error}")))?;
    match (uri.scheme_str(), uri.authority(), uri.path()) {
        (Some("http" | "https"), Some(_), "/" | "") => {
            let links = Links::fixed(url.trim_end_matches('/'));
            Ok(if trusts_forwarded { links.behind_proxy() } else { links })
        }
        _ => Err(Failure::Configuration(format!(
            "--public-url '{url}': expected a URL like https://timetwin.example:8463"
        ))),
    }
}

/// The address at which to reach a server; loopback when it listens on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, address.port()).into(),
    }
}

/// Longest time that a health check waits.
const HEALTH: Duration = Duration::from_secs(3);

async fn healthcheck(address: &str) -> Result<(), Failure> {
    let failed = |error: String| Failure::Runtime(format!("{address}: {error}"));
    let client =
        client(false, &Authorities::default()).map_err(|error| failed(error.to_string()))?;
    match tokio::time::timeout(HEALTH, health(&client, address)).await {
        Ok(asked) => asked.map_err(failed),
        Err(_) => Err(failed(format!("no answer in {} seconds", HEALTH.as_secs()))),
    }
}

async fn wait(address: &str, timeout: Duration) -> Result<(), Failure> {
    let begun = machine_tick();
    loop {
        match healthcheck(address).await {
            Ok(()) => return Ok(()),
            Err(failure) if begun.elapsed() >= timeout => return Err(failure),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn health(client: &Client, address: &str) -> Result<(), String> {
    let response = client.get(format!("http://{address}/_twin/health")).send().await;
    let response = response.map_err(|error| causes(&error))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| causes(&error))?;
    if status.is_success() && body.starts_with(b"{\"status\":\"ok\"") {
        Ok(())
    } else {
        Err(format!("status {status}"))
    }
}

fn write_scenario(entries: u64, people: u32, seed: u64, output: &Path) -> Result<(), Failure> {
    let written = std::fs::File::create(output).and_then(|file| {
        let mut file = BufWriter::with_capacity(1 << 20, file);
        generate(entries, people, seed, &mut file)?;
        file.flush()
    });
    written.map_err(|error| Failure::Runtime(format!("{}: {error}", output.display())))
}

fn check(file: &Path, at: Option<DateTime<Utc>>) -> Result<(), Failure> {
    let bundle = Arc::new(Bundle::read(file)?);
    let clock = Clock::frozen(at.unwrap_or_else(machine_now));
    let scenario = bundle.resolve(clock.now())?;
    grow(&bundle, clock, Settings::default())?;
    print_line(&format!(
        "{}: {} people, {} clients, {} projects, {} tasks, {} stretches of work",
        scenario.name,
        scenario.people.len(),
        scenario.clients.len(),
        scenario.projects.len(),
        scenario.tasks.len(),
        scenario.work.len(),
    ));
    Ok(())
}
