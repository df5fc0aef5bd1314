//! Webhooks as they leave the process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
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
