//! The project's own rules: who imports whom, how long a file may be, that quirks are written down and
//! shown, and that licences are allowed.

mod advisories;
mod guards;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use timetwin::contract;
use timetwin::vendors::SURFACES;

use self::source::{Crate, Source, mentions, parsed, sources};
use crate::cases;
use crate::support::files;

/// What a source file belongs to, from the mechanism up. A file imports its own layer and those above
/// it in this list; the table of ARCHITECTURE.md in one enum.
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
    Run,
    CommandLine,
}

/// Parts of a vendor that know no HTTP.
const RULES: [&str; 6] = ["model", "rules", "reports", "plant", "overlay", "ledger"];
/// Parts of a vendor that speak its HTTP.
const EDGES: [&str; 5] = ["wire", "auth", "error", "limits", "routes"];
/// The only edges between vendors.
const WINDOWS: [(&str, &str); 2] = [("clockwork", "jira"), ("time_tracker", "jira")];

/// Layer and, inside a vendor, its name, of a path below `src/` or below `crate::`.
fn place(path: &[&str]) -> Option<(Layer, Option<String>)> {
    let layer = match path {
        ["kernel" | "contract" | "quirk" | "id_kinds" | "state", ..] => Layer::Kernel,
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
        ["run", ..] => Layer::Run,
        ["cli", ..] => Layer::CommandLine,
        _ => return None,
    };
    Some((layer, None))
}

/// What the rules find in `src/`.
struct Findings {
    wrong_imports: Vec<String>,
    circles: BTreeSet<String>,
    /// Each handler with the lines of its body.
    handlers: BTreeMap<String, usize>,
    unsourced: Vec<String>,
}

/// Found once: to parse all sources takes longer than to look through them, and the trees cannot be shared
/// between threads.
fn findings() -> &'static Findings {
    static FINDINGS: OnceLock<Findings> = OnceLock::new();
    FINDINGS.get_or_init(|| {
        let sources = sources();
        Findings {
            wrong_imports: wrong_imports(&sources),
            circles: circles(&sources, &folders(&sources), &ONE_WAY),
            handlers: guards::handlers(&sources),
            unsourced: guards::unsourced(&sources),
        }
    })
}

/// What in these sources goes against the table.
fn wrong_imports(sources: &[Source]) -> Vec<String> {
    let whole = Crate::of(sources);
    let mut wrong = BTreeSet::new();
    for source in sources {
        let file = &source.file;
        let module: Vec<&str> = source.module.iter().map(String::as_str).collect();
        assert!(place(&module).is_some(), "{file}: the import table has no such place");
        for mention in mentions(source) {
            // A module within a file, such as the list of a vendor's routes, has a place of its own.
            let module: Vec<&str> = mention.module.iter().map(String::as_str).collect();
            let (layer, vendor) = place(&module).unwrap_or_else(|| panic!("{file}: {module:?}"));
            let written = mention.written.join("::");
            if mention.written.iter().filter(|part| *part == "super").count() > 1 {
                wrong.insert(format!("{file}: write {written} from the crate's root"));
            }
            let Some(target) = whole.target(&mention) else { continue };
            let target: Vec<&str> = target.iter().map(String::as_str).collect();
            let Some((other, whose)) = place(&target) else {
                wrong.insert(format!("{file}: {written} has no place"));
                continue;
            };
            let foreign = match (&vendor, &whose) {
                (Some(here), Some(there)) if here != there => {
                    !WINDOWS.contains(&(here, there)) || other != Layer::Rules
                }
                _ => false,
            };
            if other > layer || foreign {
                wrong.insert(format!("{file} may not import {written}"));
            }
        }
    }
    wrong.into_iter().collect()
}

#[test]
fn imports_follow_the_table() {
    let wrong = &findings().wrong_imports;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn however_it_is_written_an_import_is_held_to_the_table() {
    let wire = parsed("src/vendors/clockify/wire/tags.rs", "//! x\npub struct TagOut;");
    let model = parsed("src/vendors/clockify/model/tags.rs", "//! x\npub struct Tag;");
    let checked = |file: &str, text: &str| {
        let known =
            [parsed(&wire.file, "pub struct TagOut;"), parsed(&model.file, "pub struct Tag;")];
        let sources: Vec<Source> = known.into_iter().chain([parsed(file, text)]).collect();
        wrong_imports(&sources).len()
    };
    let rule = |text: &str| checked("src/vendors/clockify/rules/tags.rs", text);
    assert_eq!(rule("use crate::vendors::clockify::model::tags::Tag; fn f() -> Tag { Tag }"), 0);
    assert_eq!(
        rule("use crate::kernel::{page, table::{self, Row as _}}; fn f(t: table::Key) {}"),
        0
    );
    assert_eq!(rule("use std::fmt; fn f() -> fmt::Result { serde_json::json!(1) }"), 0);
    for text in [
        "use crate::vendors::clockify::wire::tags::TagOut;",
        "fn f() -> crate::vendors::clockify::wire::tags::TagOut { loop {} }",
        "use crate::vendors::clockify as vendor; fn f() -> vendor::wire::tags::TagOut { loop {} }",
        "use crate::vendors::clockify::{model, wire::{self, tags}};",
        "fn f() { let _: Vec<Option<crate::http::Rejection>> = vec![]; }",
        "fn f() { drop(vec![crate::http::query::QueryMap::default()]); }",
        "mod tests { use crate::http::query; }",
        "use crate::world::*;",
        "use crate::vendors::clockodo::model::State;",
        "use crate::nowhere::Thing;",
        "use super::super::model::tags::Tag;",
    ] {
        assert!(rule(text) > 0, "{text}");
    }
    assert_eq!(rule("use super::super::wire::tags::TagOut;"), 2, "the wall, and the spelling");
    assert_eq!(rule("fn f() -> super::super::wire::tags::TagOut { loop {} }"), 2);
    assert_eq!(
        rule("pub use crate::vendors::clockify::model::tags::Tag; pub(in super::super) fn f() {}"),
        0
    );
    let window = |text: &str| checked("src/vendors/clockwork/rules/timers.rs", text);
    assert_eq!(window("use crate::vendors::jira::rules::worklogs::add;"), 0);
    assert_eq!(window("use crate::vendors::jira::wire::X;"), 1);
}

/// Folders of the mechanism in which no module imports, by whatever way round, one that imports it. Those of
/// the vendors and of their parts are held to the same.
const ACYCLIC: [&str; 5] = ["kernel", "scenario", "http", "persist", "control"];
/// The circles that there are. The list may only shrink.
const CIRCLES: [&str; 4] = [
    "vendors/clockify/model: columns, entries, events, members, projects, rates, tasks, timeline",
    "vendors/clockify/rules: projects, tasks",
    "vendors/clockodo: auth, error, wire",
    "vendors/time_tracker/rules: grouping, report",
];
/// Modules of one layer of which one imports the other and never the other way round.
const ONE_WAY: [(&str, &str); 2] =
    [("control", "twin"), ("vendors/clockify/wire", "vendors/clockify/error")];
/// The folders of [`ACYCLIC`], of each vendor and of each part of a vendor.
fn folders(sources: &[Source]) -> BTreeSet<String> {
    let vendors = sources.iter().filter(|source| source.module[0] == "vendors");
    let parts = vendors.flat_map(|source| {
        (2..source.module.len().min(4)).map(|length| source.module[..length].join("/"))
    });
    parts.chain(ACYCLIC.map(str::to_owned)).collect()
}

/// The circles among these sources.
fn circles(
    sources: &[Source],
    folders: &BTreeSet<String>,
    one_way: &[(&str, &str)],
) -> BTreeSet<String> {
    let whole = Crate::of(sources);
    let mut edges = BTreeSet::new();
    for source in sources {
        let from = source.module.join("/");
        for mention in mentions(source) {
            if let Some(target) = whole.target(&mention) {
                edges.insert((from.clone(), whole.module_of(&target).join("/")));
            }
        }
    }
    let mut found = BTreeSet::new();
    for folder in folders {
        // The module itself stands for whatever is below it in the folder.
        let member = |module: &str| {
            let below = module.strip_prefix(folder.as_str())?.strip_prefix('/')?;
            below.split('/').next().map(str::to_owned)
        };
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in &edges {
            if let (Some(from), Some(to)) = (member(from), member(to))
                && from != to
            {
                imports.entry(from).or_default().insert(to);
            }
        }
        let reached = |start: &String| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![start.clone()]);
            while let Some(module) = open.pop() {
                let more = imports.get(&module).into_iter().flatten();
                open.extend(more.filter(|module| seen.insert((*module).clone())).cloned());
            }
            seen
        };
        let reached: BTreeMap<&String, BTreeSet<String>> =
            imports.keys().map(|module| (module, reached(module))).collect();
        for (module, others) in &reached {
            let both =
                |other: &&String| reached.get(other).is_some_and(|back| back.contains(*module));
            let circle: Vec<&str> = others.iter().filter(both).map(String::as_str).collect();
            if !circle.is_empty() {
                found.insert(format!("{folder}: {}", circle.join(", ")));
            }
        }
    }
    for (above, below) in one_way {
        let is_in = |module: &str, folder: &str| {
            module.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for (from, to) in &edges {
            if is_in(from, below) && is_in(to, above) {
                found.insert(format!("{from} imports {to}"));
            }
        }
    }
    found
}

#[test]
fn modules_of_a_layer_do_not_go_in_circles() {
    let known = BTreeSet::from(CIRCLES.map(str::to_owned));
    let found = &findings().circles;
    let new: Vec<&String> = found.difference(&known).collect();
    let old: Vec<&String> = known.difference(found).collect();
    assert!(new.is_empty() && old.is_empty(), "new: {new:#?}, to be taken off: {old:#?}");
}

#[test]
fn a_circle_is_found_however_long_it_is() {
    let sources = [
        ("src/http/mod.rs", "pub use self::d::D; pub struct E;"),
        ("src/http/a.rs", "use super::b::B; pub struct A;"),
        ("src/http/b.rs", "pub struct B; fn f() { crate::http::c::f(); }"),
        ("src/http/c.rs", "pub fn f() -> Vec<super::a::A> { vec![] }"),
        ("src/http/d.rs", "use super::E; use super::a::A; pub struct D;"),
        ("src/world.rs", "use crate::http::D;"),
    ]
    .map(|(file, text)| parsed(file, text));
    let http = BTreeSet::from(["http".to_owned()]);
    assert_eq!(circles(&sources, &http, &[]), BTreeSet::from(["http: a, b, c".to_owned()]));
    let found = circles(&sources, &BTreeSet::new(), &[("http/d", "world"), ("world", "http")]);
    assert_eq!(found, BTreeSet::from(["world imports http/d".to_owned()]), "through a re-export");
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
fn the_notice_names_each_font_that_others_made() {
    let root = env!("CARGO_MANIFEST_DIR");
    let notice = std::fs::read_to_string(format!("{root}/NOTICE")).unwrap();
    let fonts = format!("{root}/src/vendors/clockify/reports/export/fonts");
    let names = std::fs::read_dir(fonts).unwrap().filter_map(|file| {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        name.split_once("-Subset.").map(|(font, _)| font.to_owned())
    });
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), 11);
    for name in names {
        assert!(
            notice.contains(&format!("{name},")) || notice.contains(&format!("{name} (")),
            "{name}"
        );
    }
    assert!(notice.contains("SIL OPEN FONT LICENSE") && notice.contains("Bitstream Vera"));
    assert!(std::fs::read_to_string(format!("{root}/Dockerfile")).unwrap().contains("COPY NOTICE"));
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
