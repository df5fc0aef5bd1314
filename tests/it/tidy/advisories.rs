//! No crate that is locked has a known weakness. `.ci/advisories.json` has what the `RustSec` database says of our
//! crates; `just advisories` reads it anew.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::support::files;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/advisories.json");
/// What is built from our sources.
const LOCKS: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// What the database says of our crates.
#[derive(Debug, Serialize, Deserialize)]
struct Advisories {
    /// Where the database is.
    database: String,
    /// The day of its last change.
    as_of: String,
    /// The commit of that change.
    commit: String,
    /// The crates that were looked up.
    crates: BTreeSet<String>,
    /// What it has on them, old and new.
    #[serde(rename = "advisories")]
    known: Vec<Advisory>,
}

/// One entry of the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Advisory {
    id: String,
    #[serde(rename = "crate", alias = "package")]
    name: String,
    date: String,
    /// `unmaintained`, `unsound` or `notice` where it is no weakness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    informational: Option<String>,
    #[serde(default, skip_serializing)]
    withdrawn: Option<String>,
    /// Ranges of versions that do not have it any more.
    #[serde(default)]
    patched: Vec<String>,
    /// Ranges of versions that never had it.
    #[serde(default)]
    unaffected: Vec<String>,
}

impl Advisory {
    fn applies(&self, name: &str, version: &Version) -> bool {
        let range = |text: &String| text.parse::<VersionReq>().unwrap();
        let is_safe =
            |ranges: &[String]| ranges.iter().map(range).any(|safe| safe.matches(version));
        self.name == name && !is_safe(&self.patched) && !is_safe(&self.unaffected)
    }

    /// The entry at the head of a file of the database, unless it was withdrawn.
    fn read(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Versions {
            #[serde(default)]
            patched: Vec<String>,
            #[serde(default)]
            unaffected: Vec<String>,
        }
        #[derive(Deserialize)]
        struct Entry {
            advisory: Advisory,
            versions: Versions,
        }
        let (head, _) = text.split_once("```toml")?.1.split_once("```")?;
        let Entry { advisory, versions: Versions { patched, unaffected } } =
            toml::from_str(head).unwrap_or_else(|error| panic!("{error} in {head}"));
        let read = Self { patched, unaffected, ..advisory };
        read.withdrawn.is_none().then_some(read)
    }
}

/// Every crate that is locked, with its version.
fn locked() -> BTreeSet<(String, Version)> {
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        source: Option<String>,
    }
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    let read = |lock: &str| -> Lock {
        let text = std::fs::read_to_string(format!("{}/{lock}", env!("CARGO_MANIFEST_DIR")));
        toml::from_str(&text.unwrap()).unwrap()
    };
    let packages = LOCKS.iter().flat_map(|lock| read(lock).package);
    let foreign = packages.filter(|package| package.source.is_some());
    foreign.map(|package| (package.name, package.version.parse().unwrap())).collect()
}

fn kept() -> Advisories {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

#[test]
fn no_advisory_applies_to_a_crate_that_is_locked() {
    let kept = kept();
    let mut applying = Vec::new();
    for (name, version) in locked() {
        assert!(kept.crates.contains(&name), "{name} is new: run `just advisories`");
        let found = kept.known.iter().filter(|known| known.applies(&name, &version));
        applying
            .extend(found.map(|known| format!("{} of {}: {name} {version}", known.id, known.date)));
    }
    assert!(applying.is_empty(), "as of {}: {applying:#?}", kept.as_of);
}

#[test]
fn an_advisory_applies_to_versions_that_are_neither_patched_nor_older() {
    let read = |more: &str| {
        let text = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2020-0071\"\npackage = \"time\"\ndate = \"2020-11-18\"\n{more}\
             [versions]\npatched = [\">= 0.2.23\"]\nunaffected = [\"< 0.1.30\", \"=0.2.0\"]\n```\n# Segfault\n"
        );
        Advisory::read(&text)
    };
    let advisory = read("keywords = [\"segfault\"]\n").unwrap();
    let applies = |name: &str, version: &str| advisory.applies(name, &version.parse().unwrap());
    assert!(applies("time", "0.1.43") && applies("time", "0.2.22"));
    assert!(!applies("time", "0.2.23") && !applies("time", "0.3.1") && !applies("time", "0.2.0"));
    assert!(!applies("time", "0.1.2") && !applies("chrono", "0.1.43"));
    assert_eq!(read("withdrawn = \"2021-01-01\"\n"), None);
    assert!(locked().len() > 100 && kept().as_of.len() == "2026-08-21".len());
}

/// Writes the file from a copy of the database in `target/advisory-db`.
#[test]
#[ignore = "`just advisories` runs it"]
fn write_advisories() {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/advisory-db");
    let git = |format: &str| {
        let mut log = Command::new("git");
        log.args(["log", "-1", "--date=short", format]).current_dir(&database);
        let output = log.output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let crates: BTreeSet<String> = locked().into_iter().map(|(name, _)| name).collect();
    let entries = files("target/advisory-db/crates", ".md").into_values();
    let entries = entries.filter_map(|text| Advisory::read(&text));
    let mut advisories: Vec<Advisory> =
        entries.filter(|entry| crates.contains(&entry.name)).collect();
    advisories.sort();
    let (as_of, commit) = (git("--format=%cd"), git("--format=%H"));
    assert!(!advisories.is_empty() && !commit.is_empty(), "there is no copy of the database");
    let database = "https://github.com/rustsec/advisory-db".to_owned();
    let kept = Advisories { database, as_of, commit, crates, known: advisories };
    std::fs::write(FILE, serde_json::to_string_pretty(&kept).unwrap() + "\n").unwrap();
}
