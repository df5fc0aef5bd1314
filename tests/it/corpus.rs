//! What the fuzzers call holds for every input that is kept below `fuzz/corpus`: what they once found, and inputs
//! that lead through as much of the code as a few can.

use std::fs;
use std::path::PathBuf;

use crate::support::rounds;
use crate::targets::{address, form, jql, json, query, scenario, snapshot};

/// Most bytes of the inputs kept for one target, so that they stay a sample.
const BYTES: usize = 24 * 1024;

/// Calls a target with each of its inputs; at a desk with one in four, by its name.
fn replay(target: &str, holds: fn(&[u8])) {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fuzz/corpus", target].iter().collect();
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut bytes = 0;
    for (n, file) in files.into_iter().enumerate() {
        let input = fs::read(&file).unwrap();
        bytes += input.len();
        if rounds(1) == 1 && !n.is_multiple_of(4) {
            continue;
        }
        let shown = format!("{target}: {}", file.display());
        std::panic::catch_unwind(|| holds(&input)).unwrap_or_else(|_| panic!("{shown}"));
    }
    assert!((1..=BYTES).contains(&bytes), "{target} has {bytes} bytes of inputs");
}

#[test]
fn json_bodies_are_read_or_refused() {
    replay("json", json::holds);
}

#[test]
fn form_bodies_are_read_or_refused() {
    replay("form", form::holds);
}

#[test]
fn queries_are_read_as_they_are_written() {
    replay("query", query::holds);
}

#[test]
fn searches_are_read_or_refused() {
    replay("jql", jql::holds);
}

#[test]
fn scenarios_make_a_world_or_say_where_they_are_wrong() {
    replay("scenario", scenario::holds);
}

#[test]
fn snapshots_are_read_or_refused() {
    replay("snapshot", snapshot::holds);
}

#[test]
fn hosts_and_names_of_sandboxes_let_nobody_in() {
    replay("address", address::holds);
}

/// Each target is a fuzzer, has inputs and is called above.
#[test]
fn every_fuzzer_is_replayed() {
    let names = |folder: &str| -> Vec<String> {
        let folder = format!("{}/fuzz/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_owned()
            })
            .collect();
        names.sort();
        names
    };
    let known = ["address", "form", "jql", "json", "query", "scenario", "snapshot"];
    assert_eq!(names("fuzz_targets"), known);
    assert_eq!(names("corpus"), known);
}
