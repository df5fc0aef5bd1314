//! The real binary on a real port: ready line, flags and their environment twins, exit codes, signals,
//! clients that take too much, faults on the wire, webhooks, and a state file whose server is killed.

mod clients;
mod commands;
mod leaving;
mod life;
mod reach;
#[cfg(unix)]
mod run;
mod secure;
mod state;
mod webhooks;
mod wire;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// A `timetwin serve` that ends with the test.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The line it said when it could answer.
    pub(crate) ready: String,
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
}

/// An answer as it came over the wire.
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// The binary that is measured instead of this build's, usually a release build.
#[expect(clippy::disallowed_methods, reason = "which program to measure")]
pub(crate) fn measured() -> Option<String> {
    std::env::var("MEASURED_BIN").ok()
}

/// The binary with no setting of this process's environment.
pub(crate) fn timetwin(arguments: &[&str]) -> Command {
    let program = measured().unwrap_or_else(|| env!("CARGO_BIN_EXE_timetwin").to_owned());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TIMETWIN_") {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs a command that ends by itself: exit code, stdout, stderr.
pub(super) fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().expect("it was not killed"), text(stdout), text(stderr))
}

/// A folder of this test's own, emptied.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl Served {
    /// Serves the studio on the Friday at a free port.
    pub(crate) fn studio() -> Self {
        Self::with(&["--at", "2026-06-12T10:00:00Z"])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0"]);
        Self::of(command.args(arguments))
    }

    /// Starts it and reads the ready line.
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::logging(command, Stdio::null())
    }

    /// The same with its log somewhere.
    pub(crate) fn logging(command: &mut Command, log: Stdio) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        Self::or_refused(child).unwrap_or_else(|refused| panic!("no ready line: {refused:?}"))
    }

    /// A server that has been started, or its exit code and what it said on stderr.
    fn or_refused(mut child: Child) -> Result<Self, (Option<i32>, String)> {
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        let address = ready
            .strip_prefix(concat!("timetwin ", env!("CARGO_PKG_VERSION"), " listening on http://"))
            .and_then(|rest| rest.strip_suffix(" Ready.\n"));
        if let Some(address) = address.map(str::to_owned) {
            return Ok(Self { child, stdout, ready, address });
        }
        let ended = child.wait_with_output().unwrap();
        Err((ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned()))
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// Sends a request and reads until the server closes.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Raw {
        let mut stream = self.connect();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        read(&mut stream)
    }

    pub(crate) fn get(&self, path: &str) -> Raw {
        self.ask("GET", path, &[], "")
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: exit code, and what it said after the ready line.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer until the server closes.
pub(crate) fn read(stream: &mut TcpStream) -> Raw {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Raw { status, head: head.to_owned(), body: body.to_owned() }
}
