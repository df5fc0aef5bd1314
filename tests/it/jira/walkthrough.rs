//! The commands of `docs/jira.md` do what the text below them shows.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::support::{Stage, TestTwin, files};

/// A fenced block: the words behind the fence and the text within.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, inside)), None) => {
                inside.push_str(line);
                inside.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The words of a command as a shell splits them; only single quotes are used.
fn words(command: &str) -> Vec<String> {
    let command = command.replace("\\\n", " ");
    let mut words = Vec::new();
    for (n, part) in command.split('\'').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The request that a curl command sends.
fn request(command: &str) -> Request<Body> {
    let mut words = words(command).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"), "{command}");
    let (mut url, mut data, mut get, mut headers) = (String::new(), Vec::new(), false, Vec::new());
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} of {command}"));
        match word.as_str() {
            "-G" => get = true,
            "-d" => data.push(value()),
            "-H" => headers.push(value()),
            "-u" => {
                let pair = BASE64_STANDARD.encode(value());
                headers.push(format!("Authorization: Basic {pair}"));
            }
            _ => word.clone_into(&mut url),
        }
    }
    let path = url.strip_prefix("http://127.0.0.1:8463").unwrap_or_else(|| panic!("{command}"));
    let data = data.join("&").replace(' ', "%20");
    let built = if get {
        Request::get(format!("{path}?{data}")).body(Body::empty())
    } else {
        let kind = "application/x-www-form-urlencoded";
        Request::post(path).header("content-type", kind).body(Body::from(data))
    };
    let mut built = built.unwrap();
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        built.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    }
    built
}

/// Whether `part` is in `whole`: objects by the keys shown, lists of the same length.
fn within(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|it| within(part, it)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(a, b)| within(a, b))
        }
        (part, whole) => part == whole,
    }
}

#[test]
fn the_commands_do_what_the_text_shows() {
    let text = &files("docs", "jira.md")["docs/jira.md"];
    let blocks = blocks(text);
    let serve = &blocks[0].1;
    let at = serve.split_whitespace().last().unwrap();
    assert!(serve.starts_with("timetwin serve --at "), "{serve}");
    let twin = TestTwin::on(&Stage { at: at.to_owned(), ..Stage::default() });
    let mut answer = None;
    let mut compared = 0;
    for (kind, text) in &blocks[1..] {
        if kind == "sh" {
            let sent = twin.send(request(text));
            assert!(sent.status.is_success(), "{text}: {}", sent.text());
            answer = Some((text, sent));
            continue;
        }
        let (command, answer) = answer.as_ref().unwrap();
        compared += 1;
        match kind.as_str() {
            "json" => assert_eq!(answer.json(), serde_json::from_str::<Value>(text).unwrap()),
            "json part" => {
                let part: Value = serde_json::from_str(text).unwrap();
                assert!(within(&part, &answer.json()), "{command}{:#}", answer.json());
            }
            "csv" => assert_eq!(answer.text(), format!("\u{feff}{text}"), "{command}"),
            other => panic!("nothing is known of a block '{other}'"),
        }
    }
    assert!(compared >= 10, "{compared} answers are shown");
}
