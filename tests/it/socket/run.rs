//! `timetwin run -- COMMAND`: exit codes, signals, what stays behind, what leaves, and who the command is taken for. Real
//! clients are in `.ci/clients`.

use std::io::{BufRead, BufReader, ErrorKind};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{folder, run, timetwin};

/// Both ways to keep a command from the vendors. Where the kernel permits no namespaces, the test says so and tries one.
fn forms() -> Vec<&'static str> {
    let (code, _, why) = run(&mut timetwin(&["run", "--sealed", "always", "--", "true"]));
    if cfg!(target_os = "linux") && code == 0 {
        return vec!["always", "never"];
    }
    eprintln!("nothing was sealed: {why}");
    vec!["never"]
}

/// A run of a shell that says nothing itself.
fn shell(form: &str, flags: &[&str], script: &str) -> Command {
    let mut command = timetwin(&["run", "--report", "off", "--sealed", form]);
    command.args(flags).args(["--", "sh", "-c", script]);
    command
}

#[test]
fn it_ends_with_the_code_of_the_command() {
    for form in forms() {
        for (script, expected) in [
            ("true", 0),
            ("exit 7", 7),
            ("kill -9 $$", 137),
            ("kill -TERM $$", 143),
            ("echo out; echo err >&2; exit 255", 255),
        ] {
            let (code, _, err) = run(&mut shell(form, &[], script));
            assert_eq!(code, expected, "{form}: {script}: {err}");
        }
        let plain = |words: &[&str]| {
            let mut command = timetwin(&["run", "--sealed", form, "--"]);
            run(command.args(words))
        };
        let (code, _, err) = plain(&["no-such-command"]);
        assert_eq!(code, 127, "{err}");
        assert!(err.starts_with("timetwin: no-such-command: "), "{err}");
        assert_eq!(plain(&["/etc/passwd"]).0, 126);
        let (code, out, err) = run(&mut shell(form, &[], "cat; echo err >&2"));
        assert_eq!((code, out.as_str(), err.as_str()), (0, "", "err\n"), "its streams are its own");
    }
}

#[test]
fn it_ends_with_125_when_the_twin_cannot_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for flags in [
        &["--colour"][..],
        &["--sealed", "never", "--port", &port],
        &["--scenario", "unheard"],
        &["--as", "nobody@studio.example"],
        &["--set", "clockify"],
        &["--set", "KEY=clockfy"],
        &["--set", "KEY=clockify:nobody@studio.example"],
        &["--allow", "http://example.com"],
    ] {
        let mut command = timetwin(&["run"]);
        let (code, out, err) = run(command.args(flags).args(["--", "echo", "ran"]));
        assert_eq!((code, out.as_str()), (125, ""), "{flags:?}: {err}");
        assert!(!err.is_empty());
    }
    assert_eq!(run(&mut timetwin(&["run"])).0, 125);
}

#[test]
fn signals_reach_the_command_and_nothing_stays_behind() {
    for form in forms() {
        let private = folder(&format!("run-{form}"));
        // A shell that waits for a child takes a signal at once.
        let script = "trap 'echo got; exit 3' TERM; trap 'echo hung' HUP; echo ready; \
                      exec 3<&0; cat <&3 & while :; do wait $! && break; done";
        let mut command = shell(form, &[], script);
        command.env("TMPDIR", &private).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || lines.next().unwrap().unwrap();
        let send = |name: &str| {
            let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
            assert!(sent.unwrap().success());
        };
        assert_eq!(next(), "ready");
        assert_eq!(private.read_dir().unwrap().count(), 1, "certificates for the command");
        send("HUP");
        assert_eq!(next(), "hung");
        send("TERM");
        assert_eq!(next(), "got");
        assert_eq!(child.wait().unwrap().code(), Some(3), "{form}");
        assert!(lines.next().is_none(), "{form}: its children are gone, too");
        assert_eq!(private.read_dir().unwrap().count(), 0, "{form}");
    }
}

#[test]
fn whoever_left_the_command_ends_with_it() {
    for form in forms() {
        // The output ends when the last process that holds it does; nobody ever writes to the pipe that it reads.
        let script = "mkfifo $TIMETWIN_PIPE; (setsid sh -c 'cat $TIMETWIN_PIPE' &) ; echo done";
        let pipe = folder(&format!("daemon-{form}")).join("pipe");
        let mut command = shell(form, &[], script);
        let (code, out, err) = run(command.env("TIMETWIN_PIPE", pipe));
        assert_eq!((code, out.as_str()), (0, "done\n"), "{form}: {err}");
    }
}

#[test]
fn a_client_with_its_vendors_host_compiled_in_meets_the_twin_and_nobody_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let outside = listener.local_addr().unwrap();
    for form in forms() {
        let file = folder(&format!("report-{form}")).join("report.json");
        let script = format!(
            "curl -sS -H \"X-Api-Key: $KEY\" https://api.clockify.me/api/v1/user?colour=red; echo; \
             curl -s -o /dev/null -w '%{{http_code}}\\n' https://acme.clockify.me/api/v1/user; \
             curl -s -o /dev/null https://example.com; echo $?; \
             curl -s --max-time 5 -o /dev/null http://{outside}; echo $?; \
             curl -s $TIMETWIN_URL/_twin/sandboxes/main/requests/count"
        );
        let mut command = timetwin(&["run", "--sealed", form, "--set", "KEY=clockify"]);
        command.args(["--report", "json", "--report-file"]).arg(&file);
        let (code, out, err) = run(command.args(["--", "sh", "-c", &script]));
        assert_eq!((code, err.as_str()), (0, ""), "{form}");
        let lines: Vec<&str> = out.lines().collect();
        let user: Value =
            serde_json::from_str(lines[0]).unwrap_or_else(|_| panic!("{form}: {out}"));
        assert_eq!(user["email"], "anna@studio.example");
        assert_eq!(lines[1], "401", "a workspace's own name is the vendor's, too");
        assert_ne!(lines[2], "0", "{form}: another host is not there");
        assert_eq!(lines[4], "{\"count\":2}", "the control API is");
        let arrived = listener.accept().map_err(|error| error.kind());
        if form == "always" {
            assert_ne!(lines[3], "0");
            assert!(matches!(arrived, Err(ErrorKind::WouldBlock)), "nothing leaves");
        }
        let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(report["requests"]["clockify"]["200"], 1);
        assert_eq!(report["requests"]["clockify"]["401"], 1);
        assert_eq!(report["unread"][0]["what"], "clockify getLoggedUser ?colour");
        assert_eq!(report["exit_code"], 0);
        let hosts = report["refused_hosts"].as_array().unwrap();
        assert!(
            hosts.iter().any(|host| host["what"].as_str().unwrap().starts_with("example.com")),
            "{form}: {hosts:?}"
        );
        let hints = report["hints"].as_array().unwrap();
        assert!(hints.iter().any(|hint| hint.as_str().unwrap().contains("--allow example.com")));
    }
}

#[test]
fn a_real_credential_is_taken_for_a_persons_and_kept_nowhere() {
    let secret = "0123456789abcdef0123456789abcdefREAL";
    for form in forms() {
        let script = format!(
            "for h in 'X-Api-Key: {secret}' 'X-Api-Key: {secret}~own' 'X-Api-Key: demo-clockify-anna' 'A: b'; do \
             curl -s -w '\\n%{{http_code}}\\n' -H \"$h\" https://api.clockify.me/api/v1/user | cut -c1-70; done; \
             curl -s -u 'me@real.example:{secret}' -H 'X-Clockodo-External-Application: x;me@real.example' \
             https://my.clockodo.com/api/v2/users/me | cut -c1-60; echo; \
             curl -s 'https://timesheet-reports-gadgets.tempo.io/api/1/worklog?Apikey={secret}&start=2026-01-01&end=2026-01-02' \
             -o /dev/null -w '%{{http_code}}\\n'; \
             curl -s $TIMETWIN_URL/_twin/sandboxes/main/requests; curl -s $TIMETWIN_URL/_twin/sandboxes"
        );
        let (code, out, err) = run(&mut shell(form, &["--as", "ben@studio.example"], &script));
        assert_eq!((code, err.as_str()), (0, ""), "{form}");
        assert_eq!(out.matches("ben@studio.example\",\"name\":").count(), 2, "{out}");
        assert_eq!(
            out.matches("\"email\":\"anna@studio.example\"").count(),
            1,
            "a known key stays: {out}"
        );
        assert_eq!(out.lines().filter(|line| *line == "401").count(), 1, "none stays none: {out}");
        assert!(out.contains("\"name\":\"own\""), "the name behind ~ counts: {out}");
        assert_eq!(out.lines().filter(|line| *line == "200").count(), 4, "{out}");
        assert!(!out.contains(secret), "{form}: {out}");
    }
}

#[test]
fn what_the_command_is_told_can_be_printed() {
    let (code, out, _) = run(&mut timetwin(&["run", "--print-env", "--set", "KEY=clockodo"]));
    assert_eq!(code, 0);
    let value = |name: &str| {
        let prefix = format!("{name}=");
        let line = out.lines().find_map(|line| line.strip_prefix(&prefix));
        line.unwrap_or_else(|| panic!("{name}: {out}")).to_owned()
    };
    let proxy = value("HTTPS_PROXY");
    assert!(proxy.starts_with("http://127.0.0.1:"));
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        assert_eq!(value(name), proxy);
    }
    let url = value("TIMETWIN_URL");
    assert_eq!(value("TIMETWIN_CONTROL_URL"), format!("{url}/_twin"));
    assert_eq!(value("TIMETWIN_CLOCKIFY_URL"), format!("{url}/api/v1"));
    assert_eq!(value("TIMETWIN_CLOCKIFY_REPORTS_URL"), format!("{url}/v1"));
    assert_eq!(value("TIMETWIN_TIME_TRACKER_URL"), url);
    assert_eq!(value("KEY"), "demo-clockodo-anna");
    assert!(value("JAVA_TOOL_OPTIONS").contains("-Dhttps.proxyHost=127.0.0.1"));
    let bundle = value("SSL_CERT_FILE");
    assert!(!Path::new(&bundle).exists(), "it was there for the command alone");
}

#[test]
fn without_a_folder_for_temporary_files_it_takes_another() {
    let mut command = shell("never", &[], "echo $SSL_CERT_FILE");
    let (code, out, err) = run(command.env("TMPDIR", "/proc"));
    assert_eq!(code, 0, "{err}");
    assert!(!out.starts_with("/proc") && out.ends_with("bundle.pem\n"), "{out}");
}
