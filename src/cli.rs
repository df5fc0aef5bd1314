//! The command line: the only reader of arguments and environment, and the only writer to stdout.

mod forward;
mod listen;
mod port_file;
#[cfg(unix)]
mod run;
mod serve;
mod stop;
mod twin_args;

use std::future::Future;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

use self::forward::ForwardArgs;
use self::listen::{Listen, Unbound};
use crate::contract::{self, Grade};
use crate::deliver::Authorities;
use crate::deliver::client::{Client, causes, client};
use crate::kernel::civil::parse_iso_span;
use crate::kernel::clock::{Clock, machine_now, machine_tick};
use crate::scenario::generate::{MOST_ENTRIES, generate};
use crate::scenario::load::Bundle;
use crate::scenario::seed::SeedError;
use crate::twin::grow;
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
    Serve(Box<serve::Serve>),
    /// Runs a command against a twin of its own: vendors' hosts lead to the twin, and nothing leaves this machine. Ends with the
    /// command's exit code: 128 and more after a signal, 125 when the twin cannot start, 126 when the command cannot be run, 127
    /// when there is none.
    #[cfg(unix)]
    Run(Box<run::RunArgs>),
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    RunProbe,
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    RunInit(run::InitArgs),
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    RunOutside(run::OutsideArgs),
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
    /// Prints the certificate of the authority that --ca-dir keeps; makes it when there is none.
    Ca {
        /// Folder of the authority.
        #[arg(long, env = "TIMETWIN_CA_DIR", value_name = "DIR")]
        ca_dir: PathBuf,
        /// Writes it to this file instead.
        #[arg(long, env = "TIMETWIN_OUTPUT", value_name = "FILE")]
        out: Option<PathBuf>,
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

/// An error that ends the program.
#[derive(Debug)]
enum Failure {
    Runtime(String),
    Configuration(String),
    PortInUse(String),
}

impl Failure {
    fn text(&self) -> String {
        match self {
            Self::Runtime(message) | Self::Configuration(message) => message.clone(),
            Self::PortInUse(address) => format!("{address} is in use"),
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Runtime(_) => 1,
            Self::Configuration(_) => 2,
            Self::PortInUse(_) => 3,
        }
    }
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
    let result = match parsed().command {
        #[cfg(unix)]
        Command::Run(args) => {
            return run::run(*args)
                .unwrap_or_else(|failure| fail(&failure.text(), run::CANNOT_START));
        }
        #[cfg(target_os = "linux")]
        Command::RunInit(args) => return run::init(args),
        #[cfg(target_os = "linux")]
        Command::RunProbe => run::probe(),
        #[cfg(target_os = "linux")]
        Command::RunOutside(args) => run::outside(args),
        Command::Serve(serve) => stop::signal(serve.until_stdin_closes)
            .map_err(Failure::from)
            .and_then(|stop| block_on(serve::serve(*serve, stop))),
        Command::Healthcheck(at) => block_on(healthcheck(&at.reachable())),
        Command::Wait { at, timeout } => {
            block_on(wait(&at.reachable(), Duration::from_secs(timeout)))
        }
        Command::Listen(listen) => block_on(forward::listen(*listen)),
        Command::Generate { entries, people, seed, output } => {
            write_scenario(entries, people, seed, &output)
        }
        Command::Check { file, at } => check(&file, at),
        Command::Ca { ca_dir, out } => ca(&ca_dir, out.as_deref()),
        Command::Evidence => evidence(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure.text(), failure.code()),
    }
}

/// The command line, or the end of the program. The code of wrong flags of `run` is not one of its command.
fn parsed() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        #[cfg(unix)]
        if error.use_stderr() && std::env::args_os().nth(1).is_some_and(|word| word == "run") {
            let _ = error.print();
            std::process::exit(run::CANNOT_START.into());
        }
        error.exit()
    })
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

/// Prints or writes the certificate of a kept authority.
fn ca(folder: &Path, out: Option<&Path>) -> Result<(), Failure> {
    let authority = serve::authority(Some(folder))?;
    let pem = authority.certificate_pem();
    let Some(out) = out else {
        print_line(pem.trim_end());
        return Ok(());
    };
    let failed = |error| Failure::Runtime(format!("{}: {error}", out.display()));
    std::fs::write(out, pem).map_err(failed)
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
