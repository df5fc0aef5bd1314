//! Every command printed in the project's documents runs, and answers what is printed below it.
//!
//! All blocks of one file share one server, in order. A first block `timetwin serve --at …` says which; a
//! later one ends it and starts it again. Files that are written and read are the document's own.
//! A `console` block is a session (`sqlite3 FILE QUERY` in it is answered as that tool does): `$ command` lines, each followed by its output, in which `…` stands for
//! any text. An `sh` block holds commands, `NAME=value` for later `$NAME` among them; the blocks that
//! follow show the last answer: `json` all of it, `json part` the members named, `csv` and `text` its
//! text, each with `refused` behind it for an answer of 400 and above.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use timetwin::persist::Options;
use timetwin::twin::Twin;

use crate::socket::folder;
use crate::support::{Answer, Stage, TestTwin, files, within};

/// Where the documents say the server is.
const PRINTED: &str = "http://127.0.0.1:8463";

/// Commands that this test cannot run here, and why it need not.
const ELSEWHERE: [(&str, &str); 6] = [
    ("cargo test", "runs this test"),
    ("cargo run --release -- serve", "the socket tests start the same binary"),
    (".ci/run", "runs this test"),
    (".ci/static", "a step of .ci/run"),
    ("docker ", "needs an engine; .ci/static checks what the image runs"),
    ("bench/", "measures; it checks nothing"),
];

#[test]
fn every_command_shown_in_the_documents_runs() {
    let (mut ran, mut compared) = (0, 0);
    for (file, text) in files("", ".md") {
        // The notes quote the vendors' answers; nothing in them is a session with this program.
        if file.starts_with("docs/wire/") {
            continue;
        }
        let mut reader = Reader::new(&file);
        for block in blocks(&text) {
            reader.block(&block);
        }
        reader.expect_nothing_unseen();
        ran += reader.ran;
        compared += reader.compared;
    }
    assert!(ran > 10 && compared > 10, "{ran} commands, {compared} outputs");
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

/// The server that `timetwin serve …` starts.
fn serve(command: &str, folder: &Path) -> TestTwin {
    let mut stage = Stage::default();
    let mut state = None;
    let words = words(command.trim());
    let mut words = words[2..].iter();
    while let Some(flag) = words.next() {
        let value = words.next().unwrap_or_else(|| panic!("{flag} what?")).clone();
        match flag.as_str() {
            "--at" => stage.at = value,
            "--scenario" => stage.scenario = value,
            "--limits" => stage.limits = value != "off",
            "--revision" => stage.current = value == "current",
            "--state" => state = Some(folder.join(value)),
            other => panic!("a document starts a server with {other}"),
        }
    }
    let twin = TestTwin::on(&stage);
    let Some(file) = state else { return twin };
    let setup = twin.twin.setup().clone();
    TestTwin::of(Twin::durable(setup, &file, Options::default()).unwrap())
}

/// What the command line tool of SQLite prints of a query.
fn sqlite3(file: &Path, query: &str) -> String {
    use rusqlite::types::ValueRef;
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut query = connection.prepare(query).unwrap();
    let columns = query.column_count();
    let mut rows = query.query([]).unwrap();
    let mut printed = String::new();
    while let Some(row) = rows.next().unwrap() {
        let cells = (0..columns).map(|column| match row.get_ref(column).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => format!("{number:?}"),
            ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
        });
        printed += &cells.collect::<Vec<String>>().join("|");
        printed.push('\n');
    }
    printed
}

struct Reader<'a> {
    file: &'a str,
    /// Where the document's files are.
    folder: PathBuf,
    twin: Option<TestTwin>,
    variables: BTreeMap<String, String>,
    last: Option<Answer>,
    /// A refusal that no block has shown yet.
    unseen: Option<String>,
    ran: usize,
    compared: usize,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str) -> Self {
        let folder = folder(&format!("docs-{}", file.replace('/', "-")));
        let variables = BTreeMap::new();
        Self { file, folder, twin: None, variables, last: None, unseen: None, ran: 0, compared: 0 }
    }

    fn curl(&mut self, arguments: &[String], place: &str) -> String {
        let twin = self.twin.get_or_insert_with(TestTwin::studio);
        let (answer, printed) = curl(twin, &self.folder, arguments, place);
        self.last = Some(answer);
        printed
    }

    fn block(&mut self, block: &Block) {
        let place = format!("{}, block at line {}", self.file, block.line);
        let mut kind = block.kind.split(' ');
        match kind.next().unwrap_or_default() {
            "console" => self.session(&block.text, &place),
            "sh" => {
                for command in block.text.replace("\\\n", " ").lines() {
                    self.step(command, &place);
                }
            }
            shown @ ("json" | "csv" | "text") if self.last.is_some() => {
                let how: Vec<&str> = kind.collect();
                self.compare(shown, &how, &block.text, &place);
            }
            _ => {}
        }
    }

    fn filled(&self, command: &str) -> String {
        let mut command = command.to_owned();
        for (name, value) in self.variables.iter().rev() {
            command = command.replace(&format!("${name}"), value);
        }
        command
    }

    /// A command of an `sh` block.
    fn step(&mut self, command: &str, place: &str) {
        if command.trim().is_empty() || command.starts_with('#') {
            return;
        }
        if command.starts_with("timetwin serve") {
            // The one before has let go of its file when the next takes it.
            self.twin = None;
            self.twin = Some(serve(command, &self.folder));
            return;
        }
        let name = command.split_once('=').filter(|(name, _)| {
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && !name.is_empty()
        });
        if let Some((name, value)) = name {
            self.variables.insert(name.to_owned(), words(value).concat());
            return;
        }
        if ELSEWHERE.iter().any(|(known, _)| command.starts_with(known)) {
            return;
        }
        let words = words(&self.filled(command));
        assert_eq!(words[0], "curl", "{place}: nothing here runs `{command}`");
        self.expect_nothing_unseen();
        self.curl(&words[1..], place);
        let refusal = self.last.as_ref().filter(|answer| answer.status.as_u16() >= 400);
        self.unseen = refusal.map(|answer| format!("{place}: `{command}`: {}", answer.text()));
        self.ran += 1;
    }

    fn expect_nothing_unseen(&self) {
        assert!(self.unseen.is_none(), "{}", self.unseen.as_deref().unwrap_or_default());
    }

    fn compare(&mut self, shown: &str, how: &[&str], text: &str, place: &str) {
        self.unseen = None;
        let answer = self.last.as_ref().expect("an answer");
        let refused = answer.status >= StatusCode::BAD_REQUEST;
        assert_eq!(refused, how.contains(&"refused"), "{place}: {}", answer.text());
        if shown == "json" {
            let wanted: Value =
                serde_json::from_str(text).unwrap_or_else(|error| panic!("{place}: {error}"));
            let got = answer.json();
            if how.contains(&"part") {
                within(&wanted, &got, true, "")
                    .unwrap_or_else(|why| panic!("{place}: {why} in {got:#}"));
            } else {
                assert!(got == wanted, "{place}: got {got:#}");
            }
        } else {
            let got = answer.text();
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
                    if let Some(before) = command.strip_suffix('\\') {
                        *command = format!("{before}{}", line.trim_start());
                    } else {
                        output.push_str(line);
                        output.push('\n');
                    }
                }
                (None, None) => panic!("{place}: output before a command"),
            }
        }
        for (command, printed) in steps {
            if ELSEWHERE.iter().any(|(known, _)| command.starts_with(known)) {
                continue;
            }
            let got = self.output(&command, place);
            let (printed, got) = (printed.trim_end(), got.trim_end());
            assert!(fits(printed, got), "{place}: {command}\nprinted:\n{printed}\ngot:\n{got}");
            self.ran += 1;
            self.compared += 1;
        }
    }

    /// What a command prints.
    fn output(&mut self, command: &str, place: &str) -> String {
        let words = words(&self.filled(command));
        match words[0].as_str() {
            "curl" => self.curl(&words[1..], place),
            "sqlite3" => sqlite3(&self.folder.join(&words[1]), &words[2]),
            "timetwin" => {
                let output = Command::new(env!("CARGO_BIN_EXE_timetwin"))
                    .args(&words[1..])
                    .current_dir(env!("CARGO_MANIFEST_DIR"))
                    .output()
                    .unwrap();
                let mut got = String::from_utf8_lossy(&output.stdout).into_owned();
                got.push_str(&String::from_utf8_lossy(&output.stderr));
                got
            }
            other => panic!("{place}: nothing here runs `{other}`"),
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

/// Splits a command line as a shell does: spaces, single and double quotes, backslashes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some('"') | None, '\\') => {
                word.get_or_insert_default().push(letters.next().expect("a letter after \\"));
            }
            (Some(_), letter) => word.get_or_insert_default().push(letter),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ' | '\n') => words.extend(word.take()),
            (None, letter) => word.get_or_insert_default().push(letter),
        }
    }
    assert!(quote.is_none(), "an open quote in {command}");
    words.extend(word);
    words
}

/// Sends what curl would send; the answer, and what curl would print.
fn curl(twin: &TestTwin, folder: &Path, arguments: &[String], place: &str) -> (Answer, String) {
    let mut method = None;
    let mut url = None;
    let mut data: Vec<String> = Vec::new();
    let (mut upload, mut output) = (None, None);
    let (mut show_headers, mut as_query) = (false, false);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{place}: {argument} what?"));
        match argument.as_str() {
            "-s" | "-sS" => {}
            "-o" | "--output" => output = Some(folder.join(value())),
            "-T" | "--upload-file" => upload = Some(std::fs::read(folder.join(value())).unwrap()),
            "-i" | "-si" => show_headers = true,
            "-G" | "--get" => as_query = true,
            "-X" | "--request" => method = Some(Method::from_bytes(value().as_bytes()).unwrap()),
            "-H" | "--header" => {
                let (name, text) = value().split_once(": ").unwrap();
                headers.push((name.to_owned(), text.to_owned()));
            }
            "-u" | "--user" => {
                let pair = BASE64_STANDARD.encode(value());
                headers.push(("authorization".into(), format!("Basic {pair}")));
            }
            "-d" | "--data" => data.push(value().clone()),
            flag if flag.starts_with('-') => panic!("{place}: curl {flag} is not known here"),
            text => url = Some(text.to_owned()),
        }
    }
    let url = url.unwrap_or_else(|| panic!("{place}: no URL"));
    let mut uri = url.strip_prefix(PRINTED).unwrap_or_else(|| panic!("{place}: {url}")).to_owned();
    let mut body = Vec::new();
    if let Some(upload) = upload {
        body = upload;
        method = method.or(Some(Method::PUT));
    } else if as_query {
        uri = format!("{uri}?{}", data.join("&").replace(' ', "%20"));
    } else if !data.is_empty() {
        body = data.join("&").into_bytes();
        method = method.or(Some(Method::POST));
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        }
    }
    let mut request = Request::builder().method(method.unwrap_or(Method::GET)).uri(uri);
    for (name, text) in headers {
        request = request.header(name, text);
    }
    let answer = twin.send_in_trouble(request.body(Body::from(body)).unwrap());
    if let Some(output) = output {
        std::fs::write(output, &answer.body).unwrap();
        return (answer, String::new());
    }
    let mut printed = String::new();
    if show_headers {
        printed = format!("HTTP/1.1 {}\n", answer.status);
        for (name, value) in &answer.headers {
            printed.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        printed.push('\n');
    }
    printed += &answer.text();
    (answer, printed)
}

#[test]
fn a_shell_line_is_split_and_an_output_compared() {
    assert_eq!(words(r#"curl -H 'A: b c' "x\"y" z\ w"#), ["curl", "-H", "A: b c", "x\"y", "z w"]);
    assert!(fits("a…c", "abbc") && fits("a", "a") && fits("…", "") && fits("a…", "abc"));
    assert!(!fits("a…c", "abd") && !fits("a", "ab") && !fits("…c", "cd"));
}
