//! A server with a state file, killed in the middle of its work.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use serde_json::Value;

use super::{Served, folder, run, timetwin};
use crate::support::rounds;

/// How many times a server is killed, in each of two lanes.
const KILLS: u32 = 12;
/// Clients that write at the same time.
const CLIENTS: usize = 4;

fn serve(file: &Path) -> Served {
    Served::with(&["--scenario", "bare", "--limits", "off", "--state", file.to_str().unwrap()])
}

/// Adds entries on one connection until the server is gone; notes the id of each that was answered.
fn write(address: &str, client: usize, answered: &Mutex<BTreeSet<String>>, tell: &Sender<()>) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    let body = format!(
        "{{\"customers_id\":2410001,\"projects_id\":2020001,\"services_id\":860001,\"billable\":1,\
         \"text\":\"by {client}\",\"time_since\":\"2026-06-12T08:00:00Z\",\
         \"time_until\":\"2026-06-12T09:00:00Z\"}}"
    );
    let request = format!(
        "POST /api/v2/entries HTTP/1.1\r\nHost: x\r\nX-ClockodoApiUser: anna@studio.example\r\n\
         X-ClockodoApiKey: demo-clockodo-anna~c{}\r\nX-Clockodo-External-Application: t;a@b.c\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        client % 2,
        body.len()
    );
    while stream.write_all(request.as_bytes()).is_ok() {
        let Some(answer) = answer(&mut stream) else { return };
        let id = answer["entry"]["id"].as_u64().unwrap_or_else(|| panic!("{answer}"));
        answered.lock().unwrap().insert(format!("c{}/{id}", client % 2));
        // Nobody counts any more once enough were answered.
        let _ = tell.send(());
    }
}

/// A whole answer; nothing when the server was killed before its end.
fn answer(stream: &mut TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        if body.len() == announced.parse::<usize>().unwrap() {
            assert!(head.starts_with("HTTP/1.1 200 "), "{text}");
            return Some(serde_json::from_str(body).unwrap());
        }
    }
}

fn found(twin: &Served) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in ["c0", "c1"] {
        let ledger = twin.get(&format!("/_twin/sandboxes/{name}/ledger?system=clockodo"));
        if ledger.status == 404 {
            continue;
        }
        let ledger = ledger.json();
        let ids = ledger.as_array().unwrap().iter().map(|row| row["native_id"].as_str().unwrap());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let once: BTreeSet<String> = ids.iter().map(|id| format!("{name}/{id}")).collect();
        assert_eq!(once.len(), ids.len(), "an id was given twice");
        found.extend(once);
    }
    found
}

fn lane(file: PathBuf, lane: usize) {
    let answered = Mutex::new(BTreeSet::new());
    let kills = rounds(KILLS) as usize;
    for round in 0..kills {
        let twin = serve(&file);
        let there = found(&twin);
        let lost: Vec<String> = answered.lock().unwrap().difference(&there).cloned().collect();
        assert!(lost.is_empty(), "round {round}: answered, but lost: {lost:?}");
        let (tell, answers) = channel();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (address, answered, tell) = (&twin.address, &answered, tell.clone());
                scope.spawn(move || write(address, client, answered, &tell));
            }
            drop(tell);
            // At another moment of the work in each round.
            let enough = 1 + (round * 7 + lane * 13) % 40;
            assert_eq!(answers.iter().take(enough).count(), enough);
            twin.signal("KILL");
        });
        assert_eq!(twin.end().0, None, "it was killed");
    }
    let twin = serve(&file);
    let there = found(&twin);
    assert!(answered.lock().unwrap().is_subset(&there));
    assert!(there.len() >= kills, "{}", there.len());
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
}

#[test]
fn a_killed_server_loses_nothing_that_was_answered() {
    let folder = folder("killed");
    std::thread::scope(|scope| {
        for n in 0..2 {
            let file = folder.join(format!("{n}.db"));
            scope.spawn(move || lane(file, n));
        }
    });
}

#[test]
fn a_file_that_may_not_grow_refuses_writes_and_the_server_lives() {
    let file = folder("grow").join("state.db");
    let path = file.to_str().unwrap();
    let twin = Served::with(&["--scenario", "bare", "--state", path]);
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
    let blocks = std::fs::metadata(&file).unwrap().len() / 512 + 40;
    let program = env!("CARGO_BIN_EXE_timetwin");
    let script =
        format!("ulimit -f {blocks}; exec {program} serve --listen 127.0.0.1:0 --state {path}");
    let twin = Served::of(std::process::Command::new("sh").args(["-c", &script]));
    let start = |n: usize| {
        let issue = if n.is_multiple_of(2) { "DEMO-1" } else { "DEMO-2" };
        let token = [("Authorization", "Token demo-clockwork-anna")];
        twin.ask("POST", &format!("/~s{n}/v1/start_timer?issue_key={issue}"), &token, "").status
    };
    let refused = (0..400).map(start).find(|status| *status != 200 && *status != 404);
    assert_eq!(refused, Some(503));
    assert_eq!(twin.get("/_twin/health").status, 200);
    twin.signal("TERM");
    assert_eq!(twin.end().0, Some(0));
}

#[test]
fn a_file_that_cannot_be_used_ends_serve_with_2_and_says_why() {
    let file = folder("unusable").join("state.db");
    let path = file.to_str().unwrap();
    let serve = || run(&mut timetwin(&["serve", "--listen", "127.0.0.1:0", "--state", path]));
    std::fs::write(&file, "my shopping list").unwrap();
    let (code, out, err) = serve();
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        format!("timetwin: --state {path}: not a state file: it is not a SQLite database\n")
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "my shopping list");
    std::fs::remove_file(&file).unwrap();
    let twin = Served::with(&["--scenario", "bare", "--state", path]);
    let (code, _, err) = serve();
    assert_eq!(code, 2);
    assert!(err.ends_with("this state file is in use by another process\n"), "{err}");
    drop(twin);
    let (code, _, err) = run(&mut timetwin(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--scenario",
        "unheard",
        "--state",
        "/no/such/x.db",
    ]));
    assert_eq!(code, 2, "{err}");
}

/// Starts a server at this path: it answers, or says why not.
fn race(path: &Path) -> Result<Served, String> {
    let path = path.to_str().unwrap();
    let mut command =
        timetwin(&["serve", "--scenario", "bare", "--listen", "127.0.0.1:0", "--state", path]);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    Served::or_refused(child.spawn().unwrap()).map_err(|(code, why)| {
        assert_eq!(code, Some(2), "{why}");
        why
    })
}

#[cfg(unix)]
#[test]
fn of_servers_that_race_for_a_file_one_wins() {
    let folder = folder("race");
    let file = folder.join("state.db");
    let (soft, hard) = (folder.join("soft.db"), folder.join("hard.db"));
    std::os::unix::fs::symlink(&file, &soft).unwrap();
    let around = folder.join("../race/./state.db");
    let token = [("Authorization", "Token demo-clockwork-anna")];
    let timer = |twin: &Served, verb: &str| {
        twin.ask("POST", &format!("/v1/{verb}_timer?issue_key=DEMO-1"), &token, "").body
    };
    for round in 0..rounds(4) {
        let was_killed = round % 2 == 1;
        // A link that leads nowhere makes no file.
        let paths = [&file, &around, if round == 0 { &file } else { &soft }, &file];
        if was_killed {
            let refused = race(&hard).err().expect("its log is beside the other name");
            assert!(refused.contains("beside its other name"), "{refused}");
        }
        let raced: Vec<Result<Served, String>> = std::thread::scope(|scope| {
            let racers: Vec<_> = paths.iter().map(|path| scope.spawn(move || race(path))).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let (mut won, mut lost) = (Vec::new(), Vec::new());
        for end in raced {
            match end {
                Ok(served) => won.push(served),
                Err(why) => lost.push(why),
            }
        }
        let busy = "this state file is in use by another process\n";
        assert!(won.len() == 1 && lost.iter().all(|why| why.ends_with(busy)), "{round}: {lost:?}");
        let winner = won.pop().unwrap();
        let _ = std::fs::remove_file(&hard);
        std::fs::hard_link(&file, &hard).unwrap();
        assert!(race(&hard).err().expect("it is in use").ends_with(busy));
        if was_killed {
            let told = timer(&winner, "stop");
            assert!(told.contains("Clockwork timer stopped"), "what was answered is there: {told}");
            winner.signal("TERM");
            assert_eq!(winner.end().0, Some(0));
        } else {
            let told = timer(&winner, "start");
            assert!(told.contains("Clockwork timer started"), "{told}");
            winner.signal("KILL");
            assert_eq!(winner.end().0, None);
        }
    }
}
