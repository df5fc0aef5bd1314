//! HTTPS as the vendors' hosts, and the proxy: real curl over HTTP/1.1 and HTTP/2, what is refused, and the authority.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Served, folder, read, run, timetwin};

/// A server with HTTPS and a proxy, and a curl that trusts it.
struct Secure {
    served: Served,
    tls: String,
    proxy: String,
    certificate: PathBuf,
}

/// Nothing without curl, which `.ci/run` installs.
fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("nothing was tried: curl is missing");
    }
    found
}

impl Secure {
    fn with(test: &str, flags: &[&str]) -> Self {
        let own = folder(test);
        let log = own.join("log");
        let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0", "--tls", "127.0.0.1:0"]);
        command.args(["--proxy", "127.0.0.1:0"]).args(flags);
        let served = Served::logging(&mut command, std::fs::File::create(&log).unwrap().into());
        let certificate = own.join("ca.pem");
        std::fs::write(&certificate, served.get("/_twin/ca.pem").body).unwrap();
        let text = std::fs::read_to_string(log).unwrap();
        let after = |mark: &str| {
            let rest = text.split(mark).nth(1).unwrap_or_else(|| panic!("{text}"));
            rest.chars().take_while(|it| it.is_ascii_digit() || ".:".contains(*it)).collect()
        };
        let (tls, proxy) = (after("https://"), after("proxy on http://"));
        Self { served, tls, proxy, certificate }
    }

    /// Runs curl with these words: exit code and output.
    fn curl(&self, words: &[&str]) -> (i32, String) {
        let mut curl = Command::new("curl");
        for name in
            ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "no_proxy"]
        {
            curl.env_remove(name);
        }
        curl.args(["-q", "-sS", "--max-time", "20", "--cacert"]).arg(&self.certificate);
        let (code, out, err) = run(curl.args(words));
        (code, format!("{out}{err}"))
    }

    /// The same, led to the TLS port whatever the URL's host.
    fn direct(&self, words: &[&str]) -> (i32, String) {
        let lead = format!("::{}", self.tls);
        self.curl(&[&["--connect-to", &lead], words].concat())
    }

    fn proxied(&self, words: &[&str]) -> (i32, String) {
        let proxy = format!("http://{}", self.proxy);
        self.curl(&[&["--proxy", &proxy], words].concat())
    }
}

const KEY: &str = "X-Api-Key: demo-clockify-anna";
const USER: &str = "https://api.clockify.me/api/v1/user";

#[test]
fn it_speaks_https_as_the_vendors_hosts() {
    if !has_curl() {
        return;
    }
    let twin = Secure::with("secure", &[]);
    for (flags, version) in [
        (&["--http1.1"][..], "1.1"),
        (&["--http2"], "2"),
        (&["--tls-max", "1.2", "--http2"], "2"),
        (&["--tlsv1.3", "--http1.1"], "1.1"),
    ] {
        let shown = ["-H", KEY, "-o", "/dev/null", "-w", "%{http_code} %{http_version}", USER];
        assert_eq!(
            twin.direct(&[flags, &shown].concat()),
            (0, format!("200 {version}")),
            "{flags:?}"
        );
    }
    for url in [
        "https://my.clockodo.com/api/v2/users/me",
        "https://api.clockwork.report/v1/worklogs",
        "https://timesheet-reports-gadgets.tempo.io/api/1/worklog",
        "https://acme.clockify.me/api/v1/user",
        "https://reports.api.clockify.me/v1/workspaces/x/reports/summary",
    ] {
        let (code, status) = twin.direct(&["-o", "/dev/null", "-w", "%{http_code}", url]);
        assert!(code == 0 && ["400", "401", "405"].contains(&status.as_str()), "{url}: {status}");
    }
    let (code, text) = twin.direct(&["https://acme.atlassian.net/rest/api/3/myself"]);
    assert!(code == 0 && text.contains("No surface owns this path"), "{text}");
    // Links lead back to where the client asked.
    let (_, links) = twin.curl(&[&format!("https://{}/_twin/credentials", twin.tls)]);
    assert!(links.contains(&format!("\"base_url\":\"https://{}/api/v1\"", twin.tls)), "{links}");
}

#[test]
fn nobody_else_is_vouched_for_and_plain_words_are_refused() {
    if !has_curl() {
        return;
    }
    let twin = Secure::with("strangers", &[]);
    for host in ["evil.com", "clockify.me", "my.clockodo.com.evil.com"] {
        let (code, text) = twin.direct(&[&format!("https://{host}/")]);
        assert_eq!(code, 35, "{host}: {text}");
    }
    let mut plain = TcpStream::connect(&twin.tls).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answer = read(&mut plain);
    assert_eq!((answer.status, answer.body.as_str()), (400, "This address speaks HTTPS.\n"));
    for bytes in [&b"\x16\x03\x01\xff\xff"[..], b"\x16\x03\x01\x00\x05hello", b"\x16"] {
        let mut stream = TcpStream::connect(&twin.tls).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert_eq!(twin.served.get("/_twin/health").status, 200);
}

#[test]
fn the_proxy_answers_for_vendors_reaches_what_is_allowed_and_refuses_the_rest() {
    if !has_curl() {
        return;
    }
    let outside = Served::studio();
    let allowed = format!("allowed.example:{}", outside.address.rsplit_once(':').unwrap().1);
    let twin = Secure::with("proxy", &["--allow", &allowed, "--allow", "*.never.invalid"]);
    for url in [USER, "http://api.clockify.me/api/v1/user"] {
        let (code, text) = twin.proxied(&["-H", KEY, url]);
        assert!(code == 0 && text.contains("anna@studio.example"), "{url}: {text}");
    }
    // Programs of this machine are no strangers: as a tunnel, and by the whole address.
    let own = format!("http://{}/_twin/health", outside.address);
    for flags in [&["--proxytunnel"][..], &[]] {
        let (code, text) = twin.proxied(&[flags, &[&own]].concat());
        assert!(code == 0 && text.contains("\"status\":\"ok\""), "{text}");
    }
    let (code, text) = twin.proxied(&["https://example.com/"]);
    assert!(code == 56 && text.contains("403"), "{text}");
    let (_, text) = twin.proxied(&["-w", "%{content_type}", "http://example.com/"]);
    assert!(text.contains("\"type\":\"urn:timetwin:host-refused\""), "{text}");
    assert!(text.contains("--allow example.com") && text.ends_with("problem+json"), "{text}");
    // Allowed at one port is not allowed at another.
    let (_, text) = twin.proxied(&["http://allowed.example:1/"]);
    assert!(text.contains("host-refused"), "{text}");
    // Allowed, and not there.
    let (_, text) = twin.proxied(&["http://x.never.invalid/"]);
    assert!(text.contains("host-unreachable"), "{text}");
}

#[test]
fn hostile_words_to_the_proxy_are_refused() {
    let twin = Secure::with("hostile", &[]);
    for line in [
        "CONNECT / HTTP/1.1",
        "CONNECT example.com HTTP/1.1",
        "CONNECT example.com:99999 HTTP/1.1",
        "CONNECT [::1 HTTP/1.1",
        "CONNECT user@example.com:443 HTTP/1.1",
        "GET http:///x HTTP/1.1",
        "GET http://[/ HTTP/1.1",
        "GET ftp://example.com/ HTTP/1.1",
        "GET https://user:secret@example.com/ HTTP/1.1",
    ] {
        let mut stream = TcpStream::connect(&twin.proxy).unwrap();
        let head = format!("{line}\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let answer = read(&mut stream);
        assert!((400..500).contains(&answer.status), "{line}: {}", answer.head);
        assert!(!answer.body.contains("secret"), "{line}: {}", answer.body);
    }
    assert_eq!(twin.served.get("/_twin/health").status, 200);
}

#[test]
fn a_kept_authority_is_the_same_after_a_restart_and_can_be_printed() {
    let own = folder("authority");
    let dir = own.join("kept");
    let path = dir.to_str().unwrap();
    let first = Secure::with("authority-1", &["--ca-dir", path]).served.get("/_twin/ca.pem").body;
    let second = Secure::with("authority-2", &["--ca-dir", path]).served.get("/_twin/ca.pem").body;
    assert_eq!(first, second);
    let out = own.join("ca.pem");
    let printed = run(&mut timetwin(&["ca", "--ca-dir", path]));
    assert_eq!(printed, (0, first.clone(), String::new()));
    let written = run(timetwin(&["ca", "--ca-dir", path, "--out"]).arg(&out));
    assert_eq!((written.0, std::fs::read_to_string(out).unwrap()), (0, first.clone()));
    let other = Secure::with("authority-3", &[]).served.get("/_twin/ca.pem").body;
    assert_ne!(first, other, "without a folder, each start has its own");
    assert_eq!(Served::studio().get("/_twin/ca.pem").status, 404);
    let file = dir.join("timetwin-ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    for words in [&["serve", "--listen", "127.0.0.1:0", "--tls", "127.0.0.1:0"][..], &["ca"]] {
        let (code, text, err) = run(timetwin(words).args(["--ca-dir", path]));
        assert_eq!((code, text.as_str()), (2, ""), "{err}");
        assert!(err.contains("timetwin-ca.pem: no certificate with its key"), "{err}");
    }
    assert_ends(Path::new(path));
}

/// Nothing but the file stays in the folder.
fn assert_ends(folder: &Path) {
    assert_eq!(folder.read_dir().unwrap().count(), 1);
}

#[test]
fn sigterm_ends_a_server_whatever_its_connections_speak() {
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let twin = Secure::with("ends", &[]);
    // A handshake that never comes, a tunnel that stands, and one to a vendor in which nothing is said.
    let silent = TcpStream::connect(&twin.tls).unwrap();
    let tunnel = |to: &str| {
        let mut stream = TcpStream::connect(&twin.proxy).unwrap();
        stream
            .write_all(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").as_bytes())
            .unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
        stream
    };
    let standing = tunnel(&outside.local_addr().unwrap().to_string());
    let held = outside.accept().unwrap();
    let quiet = tunnel("api.clockify.me:443");
    let Secure { served, .. } = twin;
    let begun = timetwin::kernel::clock::machine_tick();
    served.signal("TERM");
    assert_eq!(served.end().0, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody is waited for");
    drop((silent, standing, held, quiet));
}

mod multiplexed {
    //! Connections of HTTP/2 that do nothing, or read nothing, with a client in this process.

    use std::sync::Arc;
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::response::{IntoResponse, Response};
    use http_body_util::{BodyExt, Empty};
    use hyper::body::Bytes;
    use hyper::client::conn::http2::{self, SendRequest};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use rustls::{ClientConfig, RootCertStore};
    use timetwin::http::reply::{Piece, Reply};
    use timetwin::http::server::{self, App, Door, Patience, Protocol};
    use timetwin::run::ca::Authority;
    use tokio::net::{TcpListener, TcpStream};
    use tokio::task::JoinHandle;
    use tokio_rustls::TlsConnector;

    /// `/long` has no end.
    #[derive(Clone)]
    struct Paths;

    impl App for Paths {
        async fn answer(&self, request: Request<Body>) -> Response {
            if request.uri().path() != "/long" {
                return StatusCode::NO_CONTENT.into_response();
            }
            let pieces = std::iter::repeat_with(|| Piece::now(vec![0; 100_000]));
            Reply::pieces(StatusCode::OK, "text/plain", pieces).into()
        }
    }

    type Client = (SendRequest<Empty<Bytes>>, JoinHandle<hyper::Result<()>>);

    async fn connect(patience: Patience) -> Client {
        let own = Arc::new(Authority::ephemeral(["api.clockify.me"]).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let protocol = Protocol::Tls(own.server_config().unwrap());
        let doors = vec![Door { listener, protocol }];
        tokio::spawn(server::serve(doors, Paths, patience, std::future::pending()));
        let mut roots = RootCertStore::empty();
        roots.add(own.certificate_der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(address).await.unwrap();
        let name = "api.clockify.me".try_into().unwrap();
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await.unwrap();
        let io = TokioIo::new(stream);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        (sender, tokio::spawn(connection))
    }

    fn ask(path: &str) -> Request<Empty<Bytes>> {
        Request::get(format!("https://api.clockify.me{path}")).body(Empty::new()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_that_is_idle_is_dropped() {
        let head = Duration::from_millis(300);
        let (mut sender, connection) = connect(Patience { head, ..Patience::default() }).await;
        for _ in 0..20 {
            let answer = sender.send_request(ask("/")).await.unwrap();
            assert_eq!(answer.status(), 204);
        }
        let ended = tokio::time::timeout(Duration::from_secs(20), connection).await;
        assert!(ended.is_ok(), "it is held for ever");
        assert!(sender.send_request(ask("/")).await.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_whose_client_reads_nothing_is_dropped_and_one_that_reads_is_not() {
        let little = Duration::from_millis(300);
        let patience = Patience { head: little, write: little, ..Patience::default() };
        let (mut sender, reading) = connect(patience).await;
        let mut body = sender.send_request(ask("/long")).await.unwrap().into_body();
        for _ in 0..200 {
            body.frame().await.unwrap().unwrap();
        }
        assert!(!reading.is_finished());
        let (mut sender, stalled) = connect(patience).await;
        let _unread = sender.send_request(ask("/long")).await.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(20), stalled).await;
        assert!(ended.is_ok(), "it is held for ever");
    }
}
