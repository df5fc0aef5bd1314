//! The project's own rules: who imports whom, how long a file may be, that quirks are written down and
//! shown, and that licences are allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use timetwin::contract;
use timetwin::vendors::SURFACES;

use crate::cases;
use crate::support::files;

/// What a source file belongs to, from the mechanism up. A file imports its own layer and those above
/// it in this list; the table of DESIGN in one enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Kernel,
    Scenario,
    Rules,
    World,
    Http,
    Edge,
    Registry,
    Control,
    CommandLine,
}

/// Parts of a vendor that know no HTTP.
const RULES: [&str; 7] = ["model", "rules", "reports", "plant", "overlay", "ledger", "collections"];
/// Parts of a vendor that speak its HTTP.
const EDGES: [&str; 5] = ["wire", "auth", "error", "limits", "routes"];
/// The only edges between vendors.
const WINDOWS: [(&str, &str); 2] = [("clockwork", "jira"), ("time_tracker", "jira")];

/// Layer and, inside a vendor, its name, of a path below `src/` or below `crate::`.
fn place(path: &[&str]) -> Option<(Layer, Option<String>)> {
    let layer = match path {
        ["kernel" | "contract" | "quirk" | "id_kinds", ..] => Layer::Kernel,
        ["scenario", ..] => Layer::Scenario,
        ["world" | "persist" | "deliver", ..] => Layer::World,
        ["http", ..] => Layer::Http,
        ["vendors"] => Layer::Registry,
        ["vendors", vendor, rest @ ..] => {
            let layer = match rest {
                // The vendor's folder itself holds module lines only.
                [] => Layer::Rules,
                [part, ..] if RULES.contains(part) => Layer::Rules,
                [part, ..] if EDGES.contains(part) => Layer::Edge,
                _ => return None,
            };
            return Some((layer, Some((*vendor).to_owned())));
        }
        ["control" | "twin" | "embed", ..] => Layer::Control,
        ["cli", ..] => Layer::CommandLine,
        _ => return None,
    };
    Some((layer, None))
}

/// Every path behind `crate::` in a source text, with brace groups spelt out.
fn imports(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
        if text[line..at].trim_start().starts_with("//") {
            continue;
        }
        let mut rest = &text[at + "crate::".len()..];
        spell(&mut rest, &mut Vec::new(), &mut found);
    }
    found
}

/// Reads one path, or the group `{a, b::c}`, behind `before`.
fn spell(rest: &mut &str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let depth = before.len();
    loop {
        *rest = rest.trim_start();
        if let Some(inner) = rest.strip_prefix('{') {
            *rest = inner;
            while !rest.trim_start().starts_with('}') && !rest.is_empty() {
                spell(rest, before, found);
                *rest = rest.trim_start().trim_start_matches(',').trim_start();
            }
            *rest = rest.trim_start().strip_prefix('}').unwrap_or_default();
            break;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        before.push(rest[..end].to_owned());
        *rest = &rest[end.max(usize::from(end == 0 && !rest.is_empty()))..];
        match rest.strip_prefix("::") {
            Some(more) if !more.starts_with('<') => *rest = more,
            _ => {
                found.push(before.clone());
                // `as name` renames; it is no path.
                if let Some(renamed) = rest.trim_start().strip_prefix("as ") {
                    let end = renamed.find(|c: char| !c.is_alphanumeric() && c != '_');
                    *rest = &renamed[end.unwrap_or(renamed.len())..];
                }
                break;
            }
        }
    }
    before.truncate(depth);
}

#[test]
fn imports_follow_the_table() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", ".rs") {
        let path = file.trim_start_matches("src/").trim_end_matches(".rs");
        let path: Vec<&str> = path.split('/').filter(|part| *part != "mod").collect();
        if matches!(path[..], ["lib" | "main"]) {
            continue;
        }
        let (layer, vendor) =
            place(&path).unwrap_or_else(|| panic!("{file}: the import table has no such place"));
        for import in imports(&text) {
            let import: Vec<&str> = import.iter().map(String::as_str).collect();
            let Some((other, whose)) = place(&import) else {
                wrong.push(format!("{file}: crate::{} has no place", import.join("::")));
                continue;
            };
            let foreign = match (&vendor, &whose) {
                (Some(here), Some(there)) if here != there => {
                    !WINDOWS.contains(&(here, there)) || other != Layer::Rules
                }
                _ => false,
            };
            if other > layer || foreign {
                wrong.push(format!("{file} may not import crate::{}", import.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_reader_spells_out_groups() {
    let text = "use crate::a::{b, c::{self, d as e}};\n// crate::no\nfn f() { crate::x::y::<T>() }";
    let read: Vec<String> = imports(text).iter().map(|path| path.join("::")).collect();
    assert_eq!(read, ["a::b", "a::c::self", "a::c::d", "x::y"]);
}

#[test]
fn files_are_short_and_say_what_they_own() {
    for folder in ["src", "tests", "benches", "bench"] {
        for (file, text) in files(folder, ".rs") {
            let lines = text.lines().count();
            assert!(lines <= 600, "{file} has {lines} lines");
            assert!(text.starts_with("//!"), "{file} does not begin with its own documentation");
        }
    }
}

#[test]
fn no_module_is_a_drawer() {
    for (file, _) in files("src", ".rs") {
        for part in file.trim_end_matches(".rs").split('/') {
            assert!(
                !["utils", "util", "helpers", "common", "manager", "types"].contains(&part),
                "{file}"
            );
        }
    }
}

/// The ids in `quirk!("…")` calls.
fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("quirk!(\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn quirks_are_in_the_code_and_shown_by_a_case() {
    let mut in_code = BTreeMap::new();
    for (file, text) in files("src/vendors", ".rs") {
        for id in ids_in(&text) {
            in_code.insert(id.to_owned(), file.clone());
        }
    }
    let cases = cases::all().iter().flat_map(|file| &file.cases);
    let shown: BTreeSet<String> = cases.flat_map(|case| &case.quirks).cloned().collect();
    let mut written = BTreeSet::new();
    for surface in SURFACES {
        for quirk in contract::quirks(surface.name).unwrap() {
            assert!(in_code.contains_key(&quirk.id), "{}: no branch carries it", quirk.id);
            assert!(shown.contains(&quirk.id), "{}: no case names it", quirk.id);
            written.insert(quirk.id);
        }
    }
    for (id, file) in &in_code {
        assert!(written.contains(id), "{file}: {id} is in no quirks.toml");
    }
    let unknown: Vec<&String> = shown.difference(&written).collect();
    assert!(unknown.is_empty(), "cases name unknown quirks: {unknown:?}");
}

/// Whether an SPDX expression is satisfied by allowed licences alone.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // AND binds tighter than OR; the expressions in use have no OR inside a parenthesis that an AND
    // would need whole, so each OR branch is tried with all its AND parts.
    let parts: Vec<&str> = expression.split(" AND ").map(str::trim).collect();
    parts.iter().all(|part| {
        part.split(" OR ").any(|licence| {
            let licence = licence.trim();
            allowed.contains(licence)
                || licence.strip_suffix('+').is_some_and(|bare| allowed.contains(bare))
        })
    })
}

#[test]
fn licences_of_all_dependencies_are_allowed() {
    let root = env!("CARGO_MANIFEST_DIR");
    let deny = std::fs::read_to_string(format!("{root}/deny.toml")).unwrap();
    let deny: toml::Table = deny.parse().unwrap();
    let allowed: BTreeSet<String> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|licence| licence.as_str().unwrap().to_owned())
        .collect();
    // Only what this platform builds has been downloaded by now.
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "cargo metadata names {} packages", packages.len());
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str());
        let licence = licence.unwrap_or_else(|| panic!("{name} names no licence"));
        assert!(is_allowed(licence, &allowed), "{name}: {licence} is not in deny.toml");
    }
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0".to_owned()]);
    assert!(is_allowed("MIT OR GPL-3.0", &allowed));
    assert!(is_allowed("GPL-3.0/Apache-2.0", &allowed));
    assert!(!is_allowed("MIT AND GPL-3.0", &allowed));
    assert!(!is_allowed("GPL-3.0", &allowed));
    assert!(is_allowed("(MIT OR GPL-3.0) AND Apache-2.0", &allowed));
}

#[test]
fn the_image_is_what_the_readme_promises() {
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |file: &str| std::fs::read_to_string(format!("{root}/{file}")).unwrap();
    let image = read("Dockerfile");
    let last = image.rsplit("\nFROM ").next().unwrap();
    let has = |line: &str| last.lines().any(|known| known == line);
    assert!(last.starts_with("scratch"), "nothing in the image but the binary");
    assert!(has("USER 65532:65532") && has("EXPOSE 8463"));
    assert!(has("ENV TIMETWIN_LISTEN=0.0.0.0:8463") && has("CMD [\"serve\"]"));
    assert!(last.contains("--chown=65532:65532 /data /data"), "/data belongs to the user");
    assert!(last.contains("CMD [\"/timetwin\", \"healthcheck\"]"), "the binary checks itself");
    assert_eq!(last.matches("EXPOSE").count(), 1);
    // One build command for the image and for the check of it.
    assert!(image.contains("docker/build") && read(".ci/static").contains("docker/build"));
    assert!(read(".ci/run").contains(".ci/static") && read("docker/build").contains("+crt-static"));
}
