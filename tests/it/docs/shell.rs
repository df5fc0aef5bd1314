//! The shell in which a document's commands run: a real bash with the real curl, and the server that the
//! document started. `timetwin` is the binary under test.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::socket::{Served, folder};

/// What curl writes to stderr after each answer, before the answer's status.
const ANSWERED: &str = "answered with ";

/// A bash that lives as long as its document is read, so that its variables last.
pub(super) struct Shell {
    folder: PathBuf,
    bash: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    server: Option<Served>,
    listener: Option<Listener>,
}

/// A `timetwin listen` beside the commands.
struct Listener {
    child: Child,
    /// What it said when it was connected.
    ready: String,
    lines: Receiver<String>,
}

/// How long a line of a listener may take.
const LINE: Duration = Duration::from_secs(20);

/// What a command did.
pub(super) struct Ran {
    pub(super) exit: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// The status of the last answer that curl got.
    pub(super) status: Option<u16>,
}

/// A command with the tools of this machine, the binary under test and nothing of this process's settings.
fn command(program: &str, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_timetwin")).parent().unwrap();
    #[expect(clippy::disallowed_methods, reason = "where the tools of this machine are")]
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("HOME", folder)
        .env("CURL_HOME", folder)
        .env("LC_ALL", "C.UTF-8");
    command
}

/// A tool that the documents use and this machine does not have.
pub(super) fn missing() -> Option<&'static str> {
    ["bash", "curl", "sqlite3"].into_iter().find(|tool| {
        let asked = command(tool, Path::new(".")).arg("--version").output();
        asked.is_err()
    })
}

impl Shell {
    /// A shell in a folder of the document's own, from which the scenarios can be seen.
    pub(super) fn new(document: &str) -> Self {
        let folder = folder(&format!("docs-{}", document.replace('/', "-")));
        std::fs::create_dir(folder.join("target")).unwrap();
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed-data");
        std::os::unix::fs::symlink(scenarios, folder.join("seed-data")).unwrap();
        let mut bash = command("bash", &folder)
            .args(["--noprofile", "--norc"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("bash is missing; .ci/run installs it");
        let input = bash.stdin.take().unwrap();
        let output = BufReader::new(bash.stdout.take().unwrap());
        Self { folder, bash, input, output, server: None, listener: None }
    }

    /// Whether the document has started a server.
    pub(super) fn serves(&self) -> bool {
        self.server.is_some()
    }

    /// Runs a command that serves, at a free port to which curl is led. The server before it ends first,
    /// so that its files are free.
    pub(super) fn serve(&mut self, line: &str) {
        if let Some(before) = self.server.take() {
            before.signal("TERM");
            assert_eq!(before.end().0, Some(0), "the server before `{line}`");
        }
        let mut serve = command("bash", &self.folder);
        serve.args(["-c", &format!("exec {line}")]).env("TIMETWIN_LISTEN", "127.0.0.1:0");
        let server = Served::of(&mut serve);
        let address = &server.address;
        let settings = format!(
            "silent\nshow-error\nmax-time = 60\nconnect-to = \":8463:{address}\"\n\
             write-out = \"%{{stderr}}\\n{ANSWERED}%{{http_code}}\\n\"\n"
        );
        std::fs::write(self.folder.join(".curlrc"), settings).unwrap();
        let ran = self.run(&format!("export TIMETWIN_LISTEN={address}"));
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        self.server = Some(server);
    }

    /// Runs a command that listens, beside those that follow.
    pub(super) fn listen(&mut self, line: &str) {
        let server = self.server.as_ref().expect("a server to listen to");
        let mut child = command("bash", &self.folder)
            .args(["-c", &format!("exec {line}")])
            .env("TIMETWIN_URL", format!("http://{}", server.address))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut ready).unwrap();
        let ready = ready.replace(&server.address, "127.0.0.1:8463");
        let (told, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let _ = told.send(line.unwrap());
            }
        });
        self.listener = Some(Listener { child, ready, lines });
    }

    /// Ends the listener after this many lines; what it printed.
    pub(super) fn heard(&mut self, count: usize) -> String {
        let mut listener = self.listener.take().expect("a listener");
        let mut text = listener.ready.clone();
        for _ in 1..count {
            let Ok(line) = listener.lines.recv_timeout(LINE) else { break };
            text.push_str(&line);
            text.push('\n');
        }
        let id = listener.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        assert_eq!(listener.child.wait().unwrap().code(), Some(0), "the end of `timetwin listen`");
        text.extend(listener.lines.iter());
        text
    }

    /// Runs a command and waits for its end.
    pub(super) fn run(&mut self, command: &str) -> Ran {
        writeln!(self.input, "{{\n{command}\n}} </dev/null >.out 2>.err\necho $?").unwrap();
        let mut exit = String::new();
        self.output.read_line(&mut exit).unwrap();
        let read = |name: &str| {
            let bytes = std::fs::read(self.folder.join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (stdout, stderr) = (read(".out"), read(".err"));
        let exit = exit.trim().parse();
        let exit = exit.unwrap_or_else(|_| panic!("bash ended at `{command}`: {stderr}"));
        assert_ne!(exit, 127, "`{command}`: {stderr}; .ci/run installs what is missing");
        let status = stderr.lines().filter_map(|line| line.strip_prefix(ANSWERED)).next_back();
        let status = status.map(|status| status.parse().unwrap());
        let is_ours = |line: &&str| line.is_empty() || line.starts_with(ANSWERED);
        let stderr = stderr.lines().filter(|line| !is_ours(line)).collect::<Vec<_>>().join("\n");
        Ran { exit, stdout, stderr, status }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.bash.kill();
        let _ = self.bash.wait();
    }
}

/// The commands of a script. One can have several lines.
pub(super) fn commands(script: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut open = String::new();
    for line in script.lines() {
        if open.is_empty() && (line.trim().is_empty() || line.starts_with('#')) {
            continue;
        }
        open.push_str(line);
        open.push('\n');
        if is_whole(&open) {
            commands.push(std::mem::take(&mut open).trim_end().to_owned());
        }
    }
    assert!(open.is_empty(), "a command does not end: {open}");
    commands
}

/// Whether bash has nothing to wait for after this text.
fn is_whole(text: &str) -> bool {
    if text.ends_with("\\\n") {
        return false;
    }
    let checked = Command::new("bash").args(["-n", "-c", text]).output();
    let checked = checked.expect("bash is missing; .ci/run installs it");
    checked.status.success() && checked.stderr.is_empty()
}

#[test]
fn a_script_is_split_where_bash_would() {
    let script = "A='x\ny'\n\n# a remark\ncurl a \\\n  -d b\nfor n in 1 2; do\n  echo $n\ndone\ncat <<E\n1\nE\nB=1";
    let split = commands(script);
    assert_eq!(split.len(), 5, "{split:?}");
    assert_eq!(split[0], "A='x\ny'");
    assert_eq!(split[2], "for n in 1 2; do\n  echo $n\ndone");
}

#[test]
fn a_shell_keeps_its_variables_and_leads_curl_to_its_server() {
    let mut shell = Shell::new("shell");
    assert_eq!(shell.run("A='x y'").exit, 0);
    let ran = shell.run("echo \"$A\"; echo bad >&2; false");
    assert_eq!((ran.exit, ran.stdout.as_str(), ran.stderr.as_str()), (1, "x y\n", "bad"));
    shell.serve("timetwin serve --scenario bare");
    let ran = shell.run("curl http://localhost:8463/_twin/sandboxes/nobody");
    assert_eq!((ran.exit, ran.status), (0, Some(404)), "{}", ran.stderr);
    assert_eq!(shell.run("timetwin healthcheck").exit, 0);
    let ran = shell.run("curl 'http://127.0.0.1:8463/a b'");
    assert_eq!((ran.exit, ran.status), (3, Some(0)), "curl itself refuses it: {}", ran.stderr);
}
