//! Webhooks as they leave the process.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::{Raw, Served, folder, run, timetwin};

/// The certificate of a receiver on this machine, its key, and the authority that signed it. They are for tests.
const CERTIFICATE: &[u8] = include_bytes!("tls/test-receiver.pem");
const KEY: &[u8] = include_bytes!("tls/test-receiver.key");
const AUTHORITY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/socket/tls/test-authority.pem");

const HOME: &str = "659bb990319943a2c4000000";

fn anna(twin: &Served, method: &str, path: &str, body: &Value) -> Raw {
    let headers = [("X-Api-Key", "demo-clockify-anna"), ("Content-Type", "application/json")];
    let path = format!("/api/v1/workspaces/{HOME}/{path}");
    let answer = twin.ask(method, &path, &headers, &body.to_string());
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    answer
}

/// Lets `url` hear of new tags.
fn hook(twin: &Served, url: &str) -> String {
    let hook = json!({
        "name": "tags",
        "url": url,
        "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID",
        "triggerSource": [],
    });
    let made = anna(twin, "POST", "webhooks", &hook).json();
    made["authToken"].as_str().unwrap().to_owned()
}

/// Makes a tag, and returns when its messages have been sent.
fn tag(twin: &Served, name: &str) {
    anna(twin, "POST", "tags", &json!({ "name": name }));
    let settled = twin.ask("POST", "/_twin/sandboxes/main/clock/advance", &[], "{\"by\":\"PT0S\"}");
    assert_eq!(settled.status, 200, "{}", settled.body);
}

fn attempt(twin: &Served) -> Value {
    twin.get("/_twin/sandboxes/main/deliveries").json()["deliveries"][0]["attempts"][0].clone()
}

/// Reads a request and answers 200: its head in lower case, and its body.
fn take(stream: &mut (impl Read + Write)) -> std::io::Result<(String, String)> {
    let mut reader = BufReader::new(&mut *stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken")?;
    stream.flush()?;
    Ok((head, String::from_utf8(body).unwrap()))
}

/// A receiver over TLS at a free port: its URL, and what it took.
fn receiver_over_tls() -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // Who does not trust the certificate leaves.
            if let Ok(request) = take(&mut stream) {
                stream.conn.send_close_notify();
                let _ = stream.flush();
                told.send(request).unwrap();
            }
        }
    });
    (url, heard)
}

#[test]
fn a_receiver_whose_authority_is_named_is_trusted_and_no_other() {
    let (url, heard) = receiver_over_tls();
    let trusting = Served::with(&["--at", "2026-06-12T10:00:00Z", "--webhook-ca", AUTHORITY]);
    let token = hook(&trusting, &url);
    tag(&trusting, "trusted");
    let (status, answer) = (&attempt(&trusting)["status"], &attempt(&trusting)["answer"]);
    assert_eq!((status, answer), (&json!(200), &json!("taken")), "{}", attempt(&trusting));
    let (head, body) = heard.recv().unwrap();
    assert!(head.starts_with("post /hook http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("clockify-signature: {}\r\n", token.to_lowercase())), "{head}");
    assert!(body.contains("\"trusted\""), "{body}");

    let plain = Served::studio();
    hook(&plain, &url);
    tag(&plain, "not trusted");
    let attempt = attempt(&plain);
    let error = attempt["error"].as_str().unwrap();
    assert!(attempt["status"].is_null() && error.contains("invalid peer certificate"), "{error}");
    assert!(heard.try_recv().is_err(), "it never got the message");
}

#[test]
fn a_file_without_authorities_ends_serve_with_2_and_is_named_with_the_reason() {
    let folder = folder("webhook-ca");
    let key = String::from_utf8_lossy(KEY).into_owned();
    for (name, text, why) in [
        ("missing.pem", None, "No such file or directory"),
        ("empty.pem", Some(String::new()), "it is empty"),
        ("text.pem", Some("localhost".to_owned()), "it is not PEM"),
        ("key.pem", Some(key), "it holds no certificate"),
    ] {
        let file = folder.join(name);
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let by_flag = run(timetwin(&serve).arg("--webhook-ca").arg(&file));
        let by_env = run(timetwin(&serve).env("TIMETWIN_WEBHOOK_CA", &file));
        for (code, out, err) in [by_flag, by_env] {
            assert_eq!((code, out.as_str()), (2, ""), "{name}: {err}");
            let said = format!("timetwin: --webhook-ca {}: {why}", file.display());
            assert!(err.starts_with(&said) && err.lines().count() == 1, "{err}");
        }
    }
    let folder = Path::new(AUTHORITY).parent().unwrap();
    assert_eq!(run(timetwin(&["serve", "--webhook-ca"]).arg(folder)).0, 2, "a folder is no file");
}

/// A receiver at a free port: its URL, and what it took.
fn receiver() -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mine?a=b", listener.local_addr().unwrap());
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(request) = take(&mut stream.unwrap()) else { continue };
            if told.send(request).is_err() {
                break;
            }
        }
    });
    (url, heard)
}

/// A `timetwin listen` that ends with the test.
struct Listening {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Listening {
    /// Starts it and waits until it is connected.
    fn to(address: &str, arguments: &[&str]) -> Self {
        let mut command = timetwin(&["listen", "--url", &format!("http://{address}/")]);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut listening = Self { child, stdout, stderr };
        let said = listening.said();
        assert!(said.starts_with(&format!("timetwin: listening to http://{address}")), "{said}");
        listening
    }

    /// The next line on stderr.
    fn said(&mut self) -> String {
        self.stderr.next().expect("another line").unwrap()
    }

    /// The next line on stdout.
    fn line(&mut self) -> String {
        self.stdout.next().expect("another line").unwrap()
    }

    /// Sends a signal and waits for the end: exit code, and what it printed meanwhile.
    fn end(mut self, signal: &str) -> (Option<i32>, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let rest = self.stdout.by_ref().map(Result::unwrap).collect();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn listen_forwards_each_delivery_once_as_its_webhook_would_get_it() {
    let twin = Served::studio();
    // The webhook's own receiver is down: each delivery has several attempts.
    let token = hook(&twin, "http://127.0.0.1:9/hook");
    let (url, heard) = receiver();
    let mut listening = Listening::to(&twin.address, &["--forward", &url]);
    tag(&twin, "first");
    twin.ask("POST", "/_twin/sandboxes/main/clock/advance", &[], "{\"by\":\"PT1H\"}");
    tag(&twin, "second");
    assert_eq!(listening.line(), "2026-06-12T10:00:00Z NEW_TAG main clockify 200");
    assert_eq!(listening.line(), "2026-06-12T11:00:00Z NEW_TAG main clockify 200");
    for (name, n) in [("first", 0), ("second", 1)] {
        let (head, body) = heard.recv().unwrap();
        assert!(head.starts_with("post /mine?a=b http/1.1\r\n"), "{head}");
        let list = twin.get("/_twin/sandboxes/main/deliveries").json();
        let delivery = &list["deliveries"][n];
        assert_eq!(delivery["body"], body);
        assert!(body.contains(&format!("\"{name}\"")), "{body}");
        assert!(
            head.contains(&format!("clockify-signature: {}\r\n", token.to_lowercase())),
            "{head}"
        );
        assert!(head.contains("clockify-webhook-event-type: new_tag\r\n"), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
    }
    assert_eq!(listening.end("INT"), (Some(0), vec![]));
    assert!(heard.try_recv().is_err(), "each came once");
}

#[test]
fn listen_loses_nothing_when_the_server_starts_anew() {
    let (url, heard) = receiver();
    let twin = Served::studio();
    let address = twin.address.clone();
    hook(&twin, "http://127.0.0.1:9/hook");
    let mut listening = Listening::to(&address, &["--forward", &url, "--json"]);
    tag(&twin, "before");
    let first: Value = serde_json::from_str(&listening.line()).unwrap();
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    let said = listening.said();
    assert!(said.ends_with("; trying again") && said.contains(&address), "{said}");
    // The new one sends at once, with the ids of the one before.
    let mut command = timetwin(&["serve", "--listen", &address, "--at", "2026-06-12T10:00:00Z"]);
    let twin = Served::of(&mut command);
    hook(&twin, "http://127.0.0.1:9/hook");
    for name in ["after", "at last"] {
        tag(&twin, name);
    }
    let second: Value = serde_json::from_str(&listening.line()).unwrap();
    let third: Value = serde_json::from_str(&listening.line()).unwrap();
    assert_eq!(first["id"], second["id"]);
    assert_ne!(second["id"], third["id"]);
    let list = twin.get("/_twin/sandboxes/main/deliveries").json();
    assert_eq!(third["id"], list["deliveries"][1]["id"]);
    let members: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(members, ["at", "event", "sandbox", "surface", "id", "status", "error"]);
    assert!(listening.said().contains("listening to"), "it says that it is back");
    assert_eq!(listening.end("TERM"), (Some(0), vec![]));
    let bodies: Vec<String> = heard.try_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 3);
    for (body, name) in bodies.iter().zip(["before", "after", "at last"]) {
        assert!(body.contains(&format!("\"{name}\"")), "{body}");
    }
}

#[test]
fn listen_says_in_one_line_what_is_wrong() {
    let twin = Served::with(&["--at", "2026-06-12T10:00:00Z", "--control-token", "s3cret"]);
    let url = format!("http://{}", twin.address);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}");
    for (arguments, code, why) in [
        (&["--url", &nobody][..], 1, "refused"),
        (&["--url", &url], 1, "status 401: The control API requires its token."),
        (&["--url", &url, "--webhook-ca", "/no/such.pem"], 2, "--webhook-ca /no/such.pem: No such"),
        (&["--url", "ftp://x"], 2, "expected a URL"),
        (&["--forward", "localhost:3000"], 2, "expected a URL"),
        (&["--url", &url, "a b"], 2, "a sandbox name has"),
    ] {
        let (ended, out, err) = run(timetwin(&["listen"]).args(arguments));
        assert_eq!((ended, out.as_str()), (code, ""), "{arguments:?}: {err}");
        assert!(err.contains(why), "{arguments:?}: {err}");
        assert!(err.lines().count() == 1 || !err.starts_with("timetwin: "), "{err}");
    }
    // A receiver that is not there is the end of no delivery.
    let mut listening =
        Listening::to(&twin.address, &["--control-token", "s3cret", "--forward", &nobody, "main"]);
    hook(&twin, "http://127.0.0.1:9/hook");
    anna(&twin, "POST", "tags", &json!({ "name": "lost" }));
    let line = listening.line();
    assert!(line.starts_with("2026-06-12T10:00:00Z NEW_TAG main clockify failed: "), "{line}");
    assert!(line.contains("refused"), "{line}");
    drop(twin);
    assert!(listening.said().ends_with("; trying again"));
    assert_eq!(listening.end("INT"), (Some(0), vec![]));
}
