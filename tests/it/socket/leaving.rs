//! Clients that leave before their answer is made, and the end of a server that is busy. `bench/leave` measures
//! the same in release builds.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use timetwin::kernel::clock::machine_tick;
use timetwin::scenario::generate::generate;

use super::{Served, folder};

/// What the CPU may still do for a client that has left. Most of it is what this test asks meanwhile.
const REST: Duration = Duration::from_secs(1);
/// Longest end of a process, with some time for a busy machine.
const END: Duration = Duration::from_millis(5500);

/// A server with so much work that a report takes seconds.
fn served() -> Served {
    static SCENARIO: OnceLock<PathBuf> = OnceLock::new();
    let file = SCENARIO.get_or_init(|| {
        let file = folder("leaving").join("scenario.json");
        let mut text = BufWriter::new(File::create(&file).unwrap());
        generate(40_000, 20, 3, &mut text).unwrap();
        text.flush().unwrap();
        file
    });
    Served::with(&[
        "--at",
        "2026-06-12T10:00:00Z",
        "--limits",
        "off",
        "--scenario",
        file.to_str().unwrap(),
    ])
}

/// Method, path, headers and body of a request.
type Work = (&'static str, String, Vec<(String, String)>, String);

/// Work that only reads, on the surfaces and in the control API.
fn works(twin: &Served) -> Vec<Work> {
    let all = twin.get("/_twin/credentials").json();
    let headers = |surface: &str| -> Vec<(String, String)> {
        let row = all.as_array().unwrap().iter().find(|row| row["surface"] == surface).unwrap();
        let headers = row["headers"].as_object().unwrap().iter();
        headers.map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect()
    };
    let (clockify, tracker) = (headers("clockify"), headers("time-tracker"));
    let borrowed: Vec<(&str, &str)> = clockify.iter().map(|(n, t)| (&**n, &**t)).collect();
    let home = twin.ask("GET", "/api/v1/workspaces", &borrowed, "").json();
    let reports = format!("/v1/workspaces/{}/reports", home[0]["id"].as_str().unwrap());
    let report = |kind: &str, more: Value| -> Work {
        let mut body = json!({
            "dateRangeStart": "2000-01-01T00:00:00Z", "dateRangeEnd": "2030-01-01T00:00:00Z",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("POST", format!("{reports}/{kind}"), clockify.clone(), body.to_string())
    };
    let detailed = |kind: &str| {
        let filter = json!({ "page": 1, "pageSize": 50, "sortColumn": "DESCRIPTION" });
        report("detailed", json!({ "exportType": kind, "detailedFilter": filter }))
    };
    let main = "/_twin/sandboxes/main";
    let get = |path: String, headers: &[(String, String)]| -> Work {
        ("GET", path, headers.to_vec(), String::new())
    };
    let nested = "/api/1/worklog?start=2000-01-01&end=2029-12-31&allUsers=true";
    vec![
        detailed("PDF"),
        detailed("XLSX"),
        get(nested.to_owned(), &tracker),
        get(format!("{main}/ledger/diff?left=jira&right=clockify&tolerance=P2D"), &[]),
        get(format!("{main}/snapshot"), &[]),
    ]
}

fn send(twin: &Served, (method, path, headers, body): &Work) -> TcpStream {
    let mut stream = twin.connect();
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    stream
}

/// The CPU time of the server.
fn cpu(twin: &Served) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", twin.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = [11, 12].into_iter().map(|at: usize| fields[at].parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// Lets the server work for a while: nobody ever sends anything to this socket.
fn pause() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    silent.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let heard = silent.recv(&mut [0]).unwrap_err().kind();
    assert!(matches!(heard, ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

fn wait_until_busy(twin: &Served, before: Duration) {
    while cpu(twin) < before + Duration::from_millis(40) {
        pause();
    }
}

/// Lets the server work until it has nothing to do.
fn settle(twin: &Served) {
    let begun = machine_tick();
    let mut before = cpu(twin);
    loop {
        (0..4).for_each(|_| pause());
        let now = cpu(twin);
        if now == before {
            return;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "it goes on");
        before = now;
    }
}

fn abandoned(twin: &Served) -> u64 {
    let metrics = twin.get("/_twin/metrics").body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("timetwin_abandoned_total "));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn work_ends_when_its_client_leaves_or_the_server_is_told_to_end() {
    let twin = served();
    let works = works(&twin);
    for work in &works {
        let client = send(&twin, work);
        wait_until_busy(&twin, cpu(&twin));
        let left = cpu(&twin);
        drop(client);
        settle(&twin);
        let rest = cpu(&twin).saturating_sub(left);
        assert!(rest < REST, "{}: {rest:?}", work.1);
    }
    let journal = twin
        .get("/_twin/sandboxes/main/requests?surface=clockify&operation=generateDetailedReport");
    let journal = journal.json();
    let outcome = |record: &Value| (record["status"].clone(), record["trouble"].clone());
    let outcomes: Vec<_> = journal["requests"].as_array().unwrap().iter().map(outcome).collect();
    assert!(outcomes.contains(&(json!(0), json!("abandoned"))), "{outcomes:?}");
    // What is sent while it is made ends with its connection, and does not count.
    assert!(abandoned(&twin) >= 3);
    ends_whatever_runs(twin, &works);
}

#[test]
fn a_write_is_finished_when_the_client_leaves() {
    let twin = Served::studio();
    let people: Vec<Value> = (0..2000)
        .map(|n| json!({ "id": format!("x{n}"), "name": format!("X {n}"), "email": format!("x{n}@x.example"), "zone": "UTC", "role": "member" }))
        .collect();
    let body = json!({ "people": people }).to_string();
    let before = cpu(&twin);
    let client = send(&twin, &("POST", "/_twin/sandboxes/main/plant".to_owned(), Vec::new(), body));
    wait_until_busy(&twin, before);
    drop(client);
    let begun = machine_tick();
    while !twin.get("/_twin/credentials").body.contains("x1999@x.example") {
        assert!(begun.elapsed() < Duration::from_mins(1), "it was cut");
        pause();
    }
    assert_eq!(abandoned(&twin), 0);
}

/// SIGTERM ends the server while it does all this, reads and writes.
fn ends_whatever_runs(twin: Served, works: &[Work]) {
    let before = cpu(&twin);
    let main = "/_twin/sandboxes/main";
    let writes: [Work; 2] = [
        ("POST", format!("{main}/clock/advance"), Vec::new(), "{\"by\":\"P1D\"}".to_owned()),
        ("POST", format!("{main}/plant"), Vec::new(), "{\"people\":[]}".to_owned()),
    ];
    // More than there are places for: some wait, and nothing else does.
    let many = works.iter().cycle().take(4 * works.len());
    let clients: Vec<TcpStream> = many.chain(&writes).map(|work| send(&twin, work)).collect();
    wait_until_busy(&twin, before);
    assert_eq!(twin.get("/_twin/health").status, 200);
    assert_eq!(twin.get("/_twin/credentials").status, 200);
    let begun = machine_tick();
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    assert!(begun.elapsed() < END, "{:?}", begun.elapsed());
    drop(clients);
}
