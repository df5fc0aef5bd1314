//! Commands, flags and their environment twins.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Served, folder, run, timetwin};

#[test]
fn invalid_values_end_with_2_as_flag_and_as_environment_twin() {
    for (flag, value) in [
        ("--listen", "localhost"),
        ("--scenario", "unheard"),
        ("--scenario", "/no/such/file.json"),
        ("--at", "noon"),
        ("--at", "1969-12-31T00:00:00Z"),
        ("--revision", "v2"),
        ("--limits", "none"),
        ("--plan", "gold"),
        ("--port", "70000"),
        ("--cors", "localhost:5173"),
        ("--public-url", "example.com"),
        ("--public-url", "ftp://example.com"),
        ("--public-url", "http://example.com/path"),
        ("--sandboxes", "0"),
        ("--sandbox-idle", "PT0S"),
        ("--sandbox-idle", "1d"),
        ("--journal", "-1"),
        ("--log", "xml"),
    ] {
        let port = ["--listen", "127.0.0.1:0"];
        let base: &[&str] = if flag == "--listen" { &[] } else { &port };
        let by_flag = run(timetwin(&["serve"]).args(base).args([flag, value]));
        let name = format!("TIMETWIN_{}", flag[2..].replace('-', "_").to_uppercase());
        let by_env = run(timetwin(&["serve"]).args(base).env(name, value));
        for (code, out, err) in [by_flag, by_env] {
            assert_eq!((code, out.as_str()), (2, ""), "{flag} {value}: {err}");
            assert!(!err.is_empty());
        }
    }
    for usage in [&["serve", "--colour"][..], &["sing"], &[], &["check"], &["generate"]] {
        assert_eq!(run(&mut timetwin(usage)).0, 2, "{usage:?}");
    }
    assert_eq!(run(&mut timetwin(&["--help"])).0, 0);
    assert_eq!(run(&mut timetwin(&["serve", "--help"])).0, 0);
}

#[test]
fn every_flag_of_serve_has_a_working_environment_twin() {
    let (_, help, _) = run(&mut timetwin(&["serve", "--help"]));
    let flags: Vec<&str> = help
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"))
        .filter(|flag| *flag != "help" && flag.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .collect();
    for flag in &flags {
        let twin = format!("TIMETWIN_{}", flag.replace('-', "_").to_uppercase());
        assert!(help.contains(&twin), "--{flag} has no {twin}");
    }
    let file = folder("environment").join("port");
    let mut command = timetwin(&["serve"]);
    command
        .env("TIMETWIN_LISTEN", "127.0.0.1:0")
        .env("TIMETWIN_SCENARIO", "bare")
        .env("TIMETWIN_AT", "2024-02-29T12:00:00Z")
        .env("TIMETWIN_REVISION", "current")
        .env("TIMETWIN_LIMITS", "off")
        .env("TIMETWIN_PLAN", "basic")
        .env("TIMETWIN_PORT_FILE", &file)
        .env("TIMETWIN_PUBLIC_URL", "https://twin.example:444/")
        .env("TIMETWIN_CONTROL_TOKEN", "s3cret")
        .env("TIMETWIN_SANDBOXES", "7")
        .env("TIMETWIN_SANDBOX_IDLE", "PT1H")
        .env("TIMETWIN_JOURNAL", "11")
        .env("TIMETWIN_LOG", "json");
    let twin = Served::of(&mut command);
    assert!(twin.address.ends_with(std::fs::read_to_string(&file).unwrap().trim()));
    assert_eq!(twin.get("/_twin/sandboxes").status, 401);
    let get = |path: &str| twin.ask("GET", path, &[("Authorization", "Bearer s3cret")], "").json();
    let main = &get("/_twin/sandboxes")[0];
    assert_eq!(main["clock"], json!({ "mode": "frozen", "now": "2024-02-29T12:00:00Z" }));
    assert_eq!((&main["revision"], &main["limits"]), (&json!("current"), &json!("off")));
    assert_eq!(main["plan"], "basic");
    let credentials = get("/_twin/credentials");
    let clockwork =
        credentials.as_array().unwrap().iter().filter(|row| row["surface"] == "clockwork");
    let people: Vec<&Value> = clockwork.clone().map(|row| &row["person"]).collect();
    assert_eq!(people, ["anna@studio.example"], "the bare scenario has one person");
    assert!(clockwork.clone().all(|row| row["base_url"] == "https://twin.example:444/v1"));
    assert_eq!(get("/_twin/sandboxes/main/requests")["bound"], 11);
    let (code, _, help) =
        run(timetwin(&["serve", "--help"]).env("TIMETWIN_CONTROL_TOKEN", "s3cret"));
    assert!(code == 0 && !help.contains("s3cret"), "the token is not shown");
}

#[test]
fn a_flag_wins_over_its_environment_twin() {
    let mut command = timetwin(&["serve", "--listen", "127.0.0.1:0", "--scenario", "bare"]);
    let twin = Served::of(command.env("TIMETWIN_SCENARIO", "unheard"));
    assert_eq!(twin.get("/_twin/health").status, 200);
}

#[test]
fn check_names_file_line_and_field() {
    let folder = folder("check");
    let file = folder.join("scenario.json");
    let path = file.to_str().unwrap();
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&mut timetwin(&["check", path, "--at", "2026-06-12T10:00:00Z"]))
    };
    let good = include_str!("../../../seed-data/bare/scenario.json");
    let (code, out, err) = check(good);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "bare: 1 people, 1 clients, 1 projects, 1 tasks, 0 stretches of work\n");
    let (code, out, err) = check(&good.replace("Europe/Berlin", "Europe/Bonn"));
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        format!("timetwin: {path}:7:83: people[0].zone: there is no time zone 'Europe/Bonn'\n")
    );
    let (code, _, err) = check(&good.replace("\"owner\"", "\"king\""));
    assert_eq!(code, 2);
    assert!(err.starts_with(&format!("timetwin: {path}:7:")), "{err}");
    assert!(err.contains(": people[0].role: "), "{err}");
    let (code, _, err) = check(&good.replace("\"clients\"", "\"customers\""));
    assert_eq!(code, 2);
    assert!(err.contains("customers"), "an unknown member is named: {err}");
    let (code, _, err) = check("{\"name\": \"x\",\n \"company\": ");
    assert!(code == 2 && err.contains(&format!("{path}:2:")), "{err}");
    std::fs::write(folder.join("jira.json"), "{\"hidden_emails\": [\"zoe\"]}").unwrap();
    let (code, _, err) = check(good);
    assert_eq!(code, 2);
    assert!(err.contains("jira.json:1:20: hidden_emails[0]: there is no person 'zoe'"), "{err}");
    let by_folder = run(&mut timetwin(&["check", folder.to_str().unwrap()]));
    assert_eq!(by_folder.0, 2);
    assert_eq!(run(&mut timetwin(&["check", "/no/such/file.json"])).0, 2);
}

#[test]
fn a_bad_scenario_ends_serve_with_2_before_the_ready_line() {
    let file = folder("bad").join("scenario.json");
    std::fs::write(&file, "{\"name\": \"x\",\n \"company\": 7}").unwrap();
    let path = file.to_str().unwrap();
    let (code, out, err) =
        run(&mut timetwin(&["serve", "--listen", "127.0.0.1:0", "--scenario", path]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with(&format!("timetwin: {path}:2:13: company: ")), "{err}");
}

#[test]
fn generate_writes_a_scenario_that_holds_and_the_same_seed_gives_the_same_bytes() {
    let folder = folder("generate");
    let write = |name: &str, seed: &str| {
        let file = folder.join(name);
        let (code, out, err) = run(&mut timetwin(&[
            "generate",
            "--entries",
            "300",
            "--people",
            "6",
            "--seed",
            seed,
            "-o",
            file.to_str().unwrap(),
        ]));
        assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
        file
    };
    let (one, two, other) = (write("a.json", "7"), write("b.json", "7"), write("c.json", "8"));
    let bytes = |file: &PathBuf| std::fs::read(file).unwrap();
    assert!(bytes(&one) == bytes(&two) && bytes(&one) != bytes(&other));
    let (code, out, err) = run(&mut timetwin(&["check", one.to_str().unwrap()]));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("6 people") && out.contains("300 stretches of work"), "{out}");
    let twin = Served::with(&["--at", "2026-06-12T20:00:00Z", "--scenario", one.to_str().unwrap()]);
    let ledger = twin.get("/_twin/sandboxes/main/ledger?system=jira").json();
    assert_eq!(ledger.as_array().unwrap().len(), 300);
    let nowhere = run(&mut timetwin(&["generate", "-o", "/no/such/folder/x.json"]));
    assert_eq!(nowhere.0, 1, "{}", nowhere.2);
    let nobody = run(&mut timetwin(&["generate", "--people", "0", "-o", "x.json"]));
    assert_eq!(nobody.0, 2);
    let much = run(&mut timetwin(&["generate", "--entries", "10000001", "-o", "x.json"]));
    assert_eq!(much.0, 2);
}
