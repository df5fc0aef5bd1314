//! Every command printed in the project's documents runs, and answers what is printed below it.
//!
//! A real bash runs them with the real curl, in order, in a folder of the document's own. `timetwin serve …`
//! starts a server and ends the one before; curl reaches it at the address that is printed. `timetwin listen …` runs
//! beside the commands that follow, and has printed what is shown when the document ends.
//! A `console` block is a session: `$ command` lines, each followed by its output, in which `…` stands for
//! any text. An `sh` block holds commands; the blocks that follow show the last answer: `json` all of it,
//! `json part` the members named, `csv` and `text` its text, each with `refused` behind it for an answer
//! of 400 and above.

mod shell;

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::Value;

use self::shell::{Ran, Shell, commands};
use crate::support::{files, within};

/// Commands that this test does not run, and why it need not.
const ELSEWHERE: [(&str, &str); 10] = [
    ("cargo test", "runs this test"),
    (".ci/run", "runs this test"),
    (".ci/static", "a step of .ci/run"),
    ("docker ", "needs an engine; .ci/images does it"),
    ("packages/", "packages/check and .ci/images do it"),
    ("bench/", "measures; it checks nothing"),
    ("pip ", "packages/check does it"),
    ("pytest", "packages/check does it"),
    ("npm ", "packages/check does it"),
    ("npx ", "packages/check does it"),
];

/// A server from the sources; here it is the binary under test.
const FROM_SOURCES: &str = "cargo run --release -- ";

#[test]
fn every_command_shown_in_the_documents_runs() {
    // `cargo test` needs Rust alone; `.ci/run` installs the tools, so that this runs there always.
    if let Some(tool) = shell::missing() {
        eprintln!("the commands of the documents were not run, because {tool} is missing");
        return;
    }
    // The notes quote the vendors' answers; nothing in them is a session with this program.
    let documents =
        files("", ".md").into_iter().filter(|(file, _)| !file.starts_with("docs/wire/"));
    let documents: Mutex<VecDeque<_>> = Mutex::new(documents.collect());
    let next = || documents.lock().unwrap().pop_front();
    let counts = Mutex::new((0, 0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((file, text)) = next() {
                    let (ran, compared) = read(&file, &text);
                    let mut counts = counts.lock().unwrap();
                    *counts = (counts.0 + ran, counts.1 + compared);
                }
            });
        }
    });
    let (ran, compared) = *counts.lock().unwrap();
    assert!(ran > 100 && compared > 80, "{ran} commands, {compared} outputs");
}

/// Runs a document; the number of its commands, and of the outputs compared.
fn read(file: &str, text: &str) -> (usize, usize) {
    let blocks = blocks(text);
    if !blocks.iter().any(|block| matches!(block.kind.as_str(), "console" | "sh")) {
        return (0, 0);
    }
    let shell = Shell::new(file);
    let (last, unseen, listened) = (None, None, None);
    let mut reader = Reader { file, shell, last, unseen, listened, ran: 0, compared: 0 };
    for block in &blocks {
        reader.block(block);
    }
    reader.expect_heard();
    reader.expect_nothing_unseen();
    (reader.ran, reader.compared)
}

/// A fenced block.
struct Block {
    line: usize,
    kind: String,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                let (kind, text) = (kind.trim().to_owned(), String::new());
                open = Some(Block { line: number + 1, kind, text });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

struct Reader<'a> {
    file: &'a str,
    shell: Shell,
    /// The last command that printed an answer.
    last: Option<Ran>,
    /// A refusal that no block has shown yet.
    unseen: Option<String>,
    /// What a listener must have printed at the end, and where that is shown.
    listened: Option<(String, String)>,
    ran: usize,
    compared: usize,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block) {
        let place = format!("{}, block at line {}", self.file, block.line);
        let mut kind = block.kind.split(' ');
        match kind.next().unwrap_or_default() {
            "console" => self.session(&block.text, &place),
            "sh" => {
                for command in commands(&block.text) {
                    self.step(&command, &place);
                }
            }
            shown @ ("json" | "csv" | "text") if self.last.is_some() => {
                let how: Vec<&str> = kind.collect();
                self.compare(shown, &how, &block.text, &place);
            }
            _ => {}
        }
    }

    /// Runs a command, unless it is run elsewhere or starts a server.
    fn run(&mut self, command: &str, place: &str) -> Option<Ran> {
        if ELSEWHERE.iter().any(|(known, _)| command.starts_with(known)) {
            return None;
        }
        let serve = command.replacen(FROM_SOURCES, "timetwin ", 1);
        if serve.starts_with("timetwin serve") {
            self.shell.serve(&serve);
            return None;
        }
        assert!(
            self.shell.serves()
                || !command.contains("curl")
                || command.starts_with("timetwin run "),
            "{place}: `{command}` has no server"
        );
        self.ran += 1;
        let ran = self.shell.run(command);
        let is_curl = ran.status.is_some();
        assert!(ran.exit == 0 || !is_curl, "{place}: `{command}`: {}", ran.stderr);
        Some(ran)
    }

    /// A command of an `sh` block.
    fn step(&mut self, command: &str, place: &str) {
        let Some(ran) = self.run(command, place) else { return };
        assert_eq!(ran.exit, 0, "{place}: `{command}`: {}", ran.stderr);
        self.expect_nothing_unseen();
        let refused = ran.status.is_some_and(|status| status >= 400);
        self.unseen = refused.then(|| format!("{place}: `{command}`: {}", ran.stdout));
        // A line that sets a variable shows nothing.
        if ran.status.is_some() || !ran.stdout.is_empty() {
            self.last = Some(ran);
        }
    }

    fn expect_nothing_unseen(&self) {
        assert!(self.unseen.is_none(), "{}", self.unseen.as_deref().unwrap_or_default());
    }

    fn expect_heard(&mut self) {
        let Some((printed, place)) = self.listened.take() else { return };
        let got = self.shell.heard(printed.lines().count());
        assert!(
            fits(printed.trim_end(), got.trim_end()),
            "{place}: printed:\n{printed}\ngot:\n{got}"
        );
        self.ran += 1;
        self.compared += 1;
    }

    fn compare(&mut self, shown: &str, how: &[&str], text: &str, place: &str) {
        self.unseen = None;
        let Ran { stdout: got, status, .. } = self.last.as_ref().expect("an answer");
        let refused = status.is_some_and(|status| status >= 400);
        assert_eq!(refused, how.contains(&"refused"), "{place}: {got}");
        if shown == "json" {
            let read = |text: &str| -> Value {
                serde_json::from_str(text)
                    .unwrap_or_else(|error| panic!("{place}: {error}: {text}"))
            };
            let (wanted, got) = (read(text), read(got));
            if how.contains(&"part") {
                within(&wanted, &got, true, "")
                    .unwrap_or_else(|why| panic!("{place}: {why} in {got:#}"));
            } else {
                assert!(got == wanted, "{place}: got {got:#}");
            }
        } else {
            let got = got.trim_start_matches('\u{feff}').trim_end();
            assert!(fits(text.trim_end(), got), "{place}: got\n{got}");
        }
        self.compared += 1;
    }

    /// A `console` block.
    fn session(&mut self, text: &str, place: &str) {
        let mut steps: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.to_owned(), String::new())),
                (None, Some((command, output))) => {
                    if command.ends_with('\\') {
                        command.push('\n');
                        command.push_str(line);
                    } else {
                        output.push_str(line);
                        output.push('\n');
                    }
                }
                (None, None) => panic!("{place}: output before a command"),
            }
        }
        for (command, printed) in steps {
            if command.starts_with("timetwin listen") {
                self.expect_heard();
                self.shell.listen(&command);
                self.listened = Some((printed, place.to_owned()));
                continue;
            }
            let Some(ran) = self.run(&command, place) else { continue };
            let got = (ran.stdout + &ran.stderr).replace('\r', "");
            let (printed, got) = (printed.trim_end(), got.trim_end());
            assert!(fits(printed, got), "{place}: {command}\nprinted:\n{printed}\ngot:\n{got}");
            self.compared += 1;
        }
    }
}

/// Whether `got` is `printed` with something in the place of every `…`.
fn fits(printed: &str, got: &str) -> bool {
    let mut parts = printed.split('…');
    let Some(mut rest) = got.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (n, part) in parts.iter().enumerate() {
        let last = n + 1 == parts.len();
        match if last { rest.rfind(part) } else { rest.find(part) } {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[test]
fn an_output_is_compared_around_its_gaps() {
    assert!(fits("a…c", "abbc") && fits("a", "a") && fits("…", "") && fits("a…", "abc"));
    assert!(!fits("a…c", "abd") && !fits("a", "ab") && !fits("…c", "cd"));
}
