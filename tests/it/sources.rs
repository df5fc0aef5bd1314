//! Each source that code, contract, cases and documentation name leads somewhere, and is written in the
//! one form: `001:172`, `001:10-15`, `clockify.md:4.6`, several joined by `, `.
//!
//! The documents are the vendors' and not in the repository, so their numbers of lines come from the
//! table in `docs/wire/README.md`; sections and rows are looked up in the notes themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::files;

/// What a mark can lead to.
struct Targets {
    /// Lines of each document, by its three digits.
    lines: BTreeMap<String, usize>,
    /// Numbers of headings and ids of rows of each file of notes, by its name.
    places: BTreeMap<String, BTreeSet<String>>,
}

impl Targets {
    fn read() -> Self {
        let (mut lines, mut places) = (BTreeMap::new(), BTreeMap::new());
        for (file, text) in files("docs/wire", ".md") {
            let name = file.trim_start_matches("docs/wire/").to_owned();
            if name == "README.md" {
                for row in text.lines().filter(|line| line.starts_with("| 00")) {
                    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
                    lines.insert(cells[1].to_owned(), cells[5].parse().unwrap());
                }
            }
            places.insert(name, text.lines().filter_map(place).collect());
        }
        Self { lines, places }
    }

    /// What is wrong with a mark.
    fn fault(&self, mark: &str) -> Option<&'static str> {
        let (name, place) = mark.split_once(':')?;
        if let Some(places) = self.places.get(name) {
            return (!places.contains(place)).then_some("no such section or row");
        }
        let Some(&count) = self.lines.get(name) else { return Some("no such file or document") };
        let (first, last) = place.split_once('-').unwrap_or((place, place));
        match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if 0 < first && first <= last && last <= count => None,
            (Ok(_), Ok(_)) => Some("no such lines"),
            _ => Some("not lines"),
        }
    }
}

/// The number of a heading, or the id of a row of a table (`CFY-010`, `N-50`).
fn place(line: &str) -> Option<String> {
    if line.starts_with('#') {
        let number = line.trim_start_matches('#').split_whitespace().next()?.trim_end_matches('.');
        let digits = number.split('.').all(|part| part.parse::<u32>().is_ok());
        return digits.then(|| number.to_owned());
    }
    let id = line.strip_prefix("| ")?.trim_start_matches("**").split([' ', '*']).next()?;
    let (letters, digits) = id.split_once('-')?;
    let is_id =
        letters.bytes().all(|byte| byte.is_ascii_uppercase()) && digits.parse::<u32>().is_ok();
    is_id.then(|| id.to_owned())
}

/// The words of a text that are, or were meant to be, marks of a source.
fn marks(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !":.-_".contains(letter))
        .map(|word| word.trim_matches(['.', ':', '-']))
        .filter(|word| {
            let Some((name, place)) = word.split_once(':') else { return false };
            let document = name.len() == 3 && name.starts_with("00") && !place.contains(':');
            document || name.strip_suffix(".md").is_some()
        })
}

/// Where a text names a source in another form: `line 172`, `lines 4 to 9`, `notes 4.6`, `clockify.md 4.6`,
/// `clockify.md §4`.
fn other_form(text: &str) -> Option<&str> {
    let starts_with_digit = |rest: &str| rest.starts_with(|letter: char| letter.is_ascii_digit());
    ["line ", "lines ", "notes ", ".md ", ".md, "].into_iter().find_map(|word| {
        text.match_indices(word).find_map(|(at, _)| {
            let rest = &text[at + word.len()..];
            (starts_with_digit(rest) || rest.starts_with('§')).then(|| &text[at..])
        })
    })
}

/// What names sources: file and text.
fn texts() -> Vec<(String, String)> {
    let places = [
        ("src", ".rs"),
        ("contract", ".yaml"),
        ("contract", ".toml"),
        ("contract", ".json"),
        ("", ".md"),
    ];
    let texts = places.into_iter().flat_map(|(folder, ending)| files(folder, ending));
    // The notes have sources of their own, of other people's repositories.
    texts.filter(|(file, _)| !file.starts_with("docs/wire/")).collect()
}

#[test]
fn every_source_leads_somewhere() {
    let targets = Targets::read();
    assert_eq!(targets.lines.len(), 4, "the table of documents in docs/wire/README.md");
    let (mut found, mut wrong) = (0, Vec::new());
    for (file, text) in texts() {
        for mark in marks(&text) {
            found += 1;
            wrong.extend(targets.fault(mark).map(|fault| format!("{file}: {mark}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found > 1000, "{found} marks");
}

/// The sources in a member of a contract's file: `x-source: "…"`, `source = "…"`, or the `source: […]` of a case.
fn members(line: &str) -> Option<Vec<&str>> {
    if let Some((_, rest)) = line.split_once("source\": [").or_else(|| line.split_once("source: ["))
    {
        let list = rest.split(']').next()?;
        return Some(list.split(", ").map(|mark| mark.trim_matches('"')).collect());
    }
    let (_, rest) = line.split_once("x-source: \"").or_else(|| line.split_once("source = \""))?;
    Some(rest.split('"').next()?.split(", ").collect())
}

#[test]
fn sources_have_one_form() {
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            let at = || format!("{file}:{}: ", number + 1);
            wrong.extend(other_form(line).map(|form| at() + form));
            if file.starts_with("contract/") {
                let members = members(line).unwrap_or_default();
                let unmarked = members.into_iter().filter(|member| !marks(member).eq([*member]));
                wrong.extend(unmarked.map(|member| at() + member));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fact_has_its_outcome() {
    let (mut facts, mut outcomes) = (BTreeSet::new(), BTreeMap::new());
    for (file, text) in files("docs/wire", ".md") {
        if file.ends_with("/facts.md") || file.ends_with("/field-cases.md") {
            facts.extend(text.lines().filter_map(place).filter(|id| id.contains('-')));
        }
        if file.ends_with("/decisions.md") {
            for row in text.lines().filter(|row| row.starts_with("| ")) {
                let cells: Vec<&str> = row.split('|').map(str::trim).collect();
                outcomes.insert(cells[1].to_owned(), (cells[2].to_owned(), cells[3].to_owned()));
            }
        }
    }
    assert!(facts.len() > 200, "{} facts", facts.len());
    for fact in facts {
        let (outcome, place) =
            outcomes.remove(&fact).unwrap_or_else(|| panic!("{fact} has no row in decisions.md"));
        let word = outcome.split([':', ' ', ';']).next().unwrap();
        assert!(["applied", "kept"].contains(&word), "{fact}: {outcome}");
        assert!(word != "kept" || outcome.len() > "kept: ".len(), "{fact} is kept: why?");
        assert!(!place.is_empty(), "{fact} names no place");
    }
}
