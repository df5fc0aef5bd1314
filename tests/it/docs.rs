//! Every command printed in the project's documents runs, and answers what is printed below it.
//!
//! A ```` ```console ```` block is a session: `$ command` lines, each followed by its output. Within an
//! output `…` stands for any text. All blocks of one file share one server, in order.

use std::process::Command;

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::{TestTwin, files};

/// Where the documents say the server is.
const PRINTED: &str = "http://127.0.0.1:8463";

/// Commands that this test cannot run here, and why it need not.
const ELSEWHERE: [(&str, &str); 6] = [
    ("cargo test", "runs this test"),
    ("cargo run --release -- serve", "the socket tests start the same binary"),
    (".ci/run", "runs this test"),
    (".ci/static", "a step of .ci/run"),
    ("docker ", "needs an engine; .ci/static checks what the image runs"),
    ("bench/run", "measures; it checks nothing"),
];

#[test]
fn every_command_shown_in_the_documents_runs() {
    let mut ran = 0;
    for (file, text) in files("", ".md") {
        let twin = TestTwin::studio();
        for (line, session) in sessions(&text) {
            for (command, output) in session {
                let place = format!("{file}, block at line {line}: {command}");
                run(&twin, &command, output.trim_end(), &place);
                ran += 1;
            }
        }
    }
    assert!(ran > 10, "only {ran} commands were found");
}

/// The console blocks with the line they begin on, as commands with their outputs.
fn sessions(text: &str) -> Vec<(usize, Vec<(String, String)>)> {
    let mut sessions = Vec::new();
    let mut session: Option<(usize, Vec<(String, String)>)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut session {
            None if line.trim() == "```console" => session = Some((number + 1, Vec::new())),
            None => {}
            Some(_) if line.trim() == "```" => sessions.extend(session.take()),
            Some((_, steps)) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.to_owned(), String::new())),
                (None, Some((command, output))) => {
                    if let Some(before) = command.strip_suffix('\\') {
                        *command = format!("{before}{}", line.trim_start());
                    } else {
                        output.push_str(line);
                        output.push('\n');
                    }
                }
                (None, None) => panic!("line {number}: output before a command"),
            },
        }
    }
    assert!(session.is_none(), "a console block does not end");
    sessions
}

fn run(twin: &TestTwin, command: &str, printed: &str, place: &str) {
    if ELSEWHERE.iter().any(|(known, _)| command.starts_with(known)) {
        return;
    }
    let words = words(command);
    let got = match words[0].as_str() {
        "curl" => curl(twin, &words[1..], place),
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
    };
    let got = got.trim_end();
    assert!(fits(printed, got), "{place}\nprinted:\n{printed}\ngot:\n{got}");
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
            (None, ' ') => words.extend(word.take()),
            (None, letter) => word.get_or_insert_default().push(letter),
        }
    }
    assert!(quote.is_none(), "an open quote in {command}");
    words.extend(word);
    words
}

/// Sends what curl would send and returns what it would print.
fn curl(twin: &TestTwin, arguments: &[String], place: &str) -> String {
    let mut method = None;
    let mut url = None;
    let mut data: Vec<String> = Vec::new();
    let (mut show_headers, mut as_query) = (false, false);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{place}: {argument} what?"));
        match argument.as_str() {
            "-s" | "-sS" => {}
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
    let mut body = String::new();
    if as_query {
        uri = format!("{uri}?{}", data.join("&"));
    } else if !data.is_empty() {
        body = data.join("&");
        method = method.or(Some(Method::POST));
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        }
    }
    let mut request = Request::builder().method(method.unwrap_or(Method::GET)).uri(uri);
    for (name, text) in headers {
        request = request.header(name, text);
    }
    let answer = twin.send(request.body(Body::from(body)).unwrap());
    let mut printed = String::new();
    if show_headers {
        printed = format!("HTTP/1.1 {}\n", answer.status);
        for (name, value) in &answer.headers {
            printed.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        printed.push('\n');
    }
    printed + &answer.text()
}

#[test]
fn a_shell_line_is_split_and_an_output_compared() {
    assert_eq!(words(r#"curl -H 'A: b c' "x\"y" z\ w"#), ["curl", "-H", "A: b c", "x\"y", "z w"]);
    assert!(fits("a…c", "abbc") && fits("a", "a") && fits("…", "") && fits("a…", "abc"));
    assert!(!fits("a…c", "abd") && !fits("a", "ab") && !fits("…c", "cd"));
}
