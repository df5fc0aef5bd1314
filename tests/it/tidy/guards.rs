//! What the guides ask of handlers, quirks and sources, held to.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use syn::spanned::Spanned;
use timetwin::contract;
use timetwin::vendors::SURFACES;

use super::findings;
use super::source::{Source, parsed};
use crate::support::files;

/// Most lines of a handler's body.
const LINES: usize = 15;
/// Every function of `routes/` that takes `&Context` and answers with a `Reply`, with the lines of its body:
/// the handlers, and what they share.
pub(super) fn handlers(sources: &[Source]) -> BTreeMap<String, usize> {
    let mut handlers = BTreeMap::new();
    for source in sources.iter().filter(|s| s.module.iter().any(|part| part == "routes")) {
        for item in &source.syntax.items {
            let syn::Item::Fn(function) = item else { continue };
            if is_handler(&function.sig) {
                let mut path = source.module.clone();
                path.push(function.sig.ident.to_string());
                let braces = function.block.brace_token.span;
                let lines = braces.close().start().line - braces.open().start().line;
                handlers.insert(path.join("::"), lines.saturating_sub(1));
            }
        }
    }
    handlers
}

fn is_handler(signature: &syn::Signature) -> bool {
    let Some(syn::FnArg::Typed(first)) = signature.inputs.first() else { return false };
    let syn::Type::Reference(first) = &*first.ty else { return false };
    let is = |ty: &syn::Type, name: &str| match ty {
        syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == name),
        _ => false,
    };
    let syn::ReturnType::Type(_, answer) = &signature.output else { return false };
    let syn::Type::Path(answer) = &**answer else { return false };
    let Some(answer) = answer.path.segments.last() else { return false };
    let syn::PathArguments::AngleBracketed(of) = &answer.arguments else { return false };
    let Some(syn::GenericArgument::Type(of)) = of.args.first() else { return false };
    is(&first.elem, "Context") && answer.ident == "Result" && is(of, "Reply")
}

#[test]
fn handlers_are_short() {
    let handlers = &findings().handlers;
    assert!(handlers.len() > 100, "only {} handlers are found", handlers.len());
    let long = handlers.iter().filter(|(_, lines)| **lines > LINES);
    let long: BTreeMap<&String, &usize> = long.collect();
    assert!(long.is_empty(), "more than {LINES} lines: {long:#?}");
}

#[test]
fn a_handler_is_known_by_its_signature() {
    let tags = "fn list(cx: &Context) -> Result<Reply, Error> {\n  a;\n  b\n}\n\
                fn create(cx: &Context, caller: Caller) -> Result<Reply, Error> { c }\n\
                fn helper(cx: &Context) -> Option<u8> { None }";
    let found = handlers(&[parsed("src/vendors/clockify/routes/tags.rs", tags)]);
    let found: Vec<(&str, usize)> =
        found.iter().map(|(name, lines)| (name.rsplit("::").next().unwrap(), *lines)).collect();
    assert_eq!(found, [("create", 0), ("list", 2)]);
}

/// The folders whose branches carry the quirks of a surface.
fn folder(surface: &str) -> String {
    surface.replace('-', "_")
}

#[test]
fn a_quirk_is_carried_by_its_own_vendors_code() {
    let mut surfaces = BTreeMap::new();
    for surface in SURFACES {
        for quirk in contract::quirks(surface.name).unwrap() {
            let letters = quirk.id.split('-').next().unwrap().to_owned();
            let owner = *surfaces.entry(letters).or_insert(surface.name);
            assert_eq!(owner, surface.name, "{} has the letters of another surface", quirk.id);
            let taken = contract::quirks(surface.name).unwrap();
            let taken = taken.iter().filter(|other| other.id == quirk.id).count();
            assert_eq!(taken, 1, "{} is taken", quirk.id);
        }
    }
    for (file, text) in files("src/vendors", ".rs") {
        let vendor = file.split('/').nth(2).unwrap();
        for id in super::ids_in(&text) {
            let owner = surfaces.get(id.split('-').next().unwrap()).copied().unwrap_or_default();
            assert_eq!(folder(owner), vendor, "{file} carries {id}");
        }
    }
}

/// Whether a text names where its facts come from: a document and line, a section of the notes, a quirk, or
/// that they are ours.
fn names_a_source(text: &str) -> bool {
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !":.-_".contains(letter));
    words.map(|word| word.trim_matches(['.', ':'])).any(|word| {
        let document = word.split_once(':').is_some_and(|(document, line)| {
            document.len() == 3
                && digits(document)
                && line.starts_with(|c: char| c.is_ascii_digit())
        });
        let notes = word.split_once(".md:").is_some_and(|(_, section)| !section.is_empty());
        let quirk = word.split_once('-').is_some_and(|(letters, number)| {
            let upper = letters.bytes().all(|b| b.is_ascii_uppercase());
            letters.len() == 3 && upper && number.len() == 3 && digits(number)
        });
        document || notes || quirk || word == "Ours"
    })
}

fn docs(attributes: &[syn::Attribute]) -> String {
    let texts = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            path,
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) if path.is_ident("doc") => Some(text.value()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Name and lines of a public item that states facts of a vendor, with its documentation.
fn public(item: &syn::Item) -> Option<(String, RangeInclusive<usize>)> {
    let (visibility, name) = match item {
        syn::Item::Fn(item) => (&item.vis, &item.sig.ident),
        syn::Item::Const(item) => (&item.vis, &item.ident),
        syn::Item::Struct(item) => (&item.vis, &item.ident),
        syn::Item::Enum(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    let is_public = matches!(visibility, syn::Visibility::Public(_));
    is_public.then(|| (name.to_string(), item.span().start().line..=item.span().end().line))
}

/// Name and first line of each public constant that is a number, a pair of numbers or a span of time and
/// whose documentation names no source.
fn unsourced_numbers(source: &Source) -> Vec<(String, usize)> {
    fn is_number(ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Path(path) => path.path.segments.last().is_some_and(|last| {
                let name = last.ident.to_string();
                let digits = name.trim_start_matches(['u', 'i', 'f']);
                let is_sized = name.len() == digits.len() + 1 && digits.parse::<u8>().is_ok();
                is_sized || ["usize", "isize", "TimeDelta", "Duration"].contains(&name.as_str())
            }),
            syn::Type::Tuple(parts) => parts.elems.iter().all(is_number),
            syn::Type::Array(array) => is_number(&array.elem),
            _ => false,
        }
    }
    let items = source.syntax.items.iter().filter_map(|item| match item {
        syn::Item::Const(item) if matches!(item.vis, syn::Visibility::Public(_)) => Some(item),
        _ => None,
    });
    items
        .filter(|item| is_number(&item.ty) && !names_a_source(&docs(&item.attrs)))
        .map(|item| (item.ident.to_string(), item.ident.span().start().line))
        .collect()
}

/// What these sources state without saying where it comes from.
pub(super) fn unsourced(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let text = &source.text;
        let parts: Vec<&str> = source.module.iter().map(String::as_str).collect();
        let ["vendors", _, part, ..] = parts[..] else { continue };
        let items: Vec<_> = source.syntax.items.iter().filter_map(public).collect();
        let head = docs(&source.syntax.attrs);
        match part {
            "rules" | "wire" if !items.is_empty() && !names_a_source(text) => {
                found.push(format!("{} names no source", source.file));
            }
            "rules" | "wire" => {
                let numbers = unsourced_numbers(source).into_iter();
                found.extend(numbers.map(|(name, line)| format!("{}:{line}: {name}", source.file)));
            }
            "limits" if !names_a_source(&head) => {
                let all: Vec<&str> = text.lines().collect();
                for (name, lines) in &items {
                    let own = all[lines.start() - 1..*lines.end()].join("\n");
                    if !names_a_source(&own) {
                        found.push(format!("{}:{}: {name}", source.file, lines.start()));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn rules_wire_types_and_limits_name_their_source() {
    let found = &findings().unsourced;
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_source_is_a_line_a_section_a_quirk_or_ours() {
    for text in [
        "Source: 001:172.",
        "Source: 001:10-15, clockify.md:4.6.",
        "(jira-vendors.md:2.1)",
        "quirk!(\"CFY-007\")",
        "Longest body. Ours; the vendor states none.",
    ] {
        assert!(names_a_source(text), "{text}");
    }
    for text in ["at 10:15", "std::fmt", "see model.rs", "UTF-8 and ISO-4217", "Yours", "a:1"] {
        assert!(!names_a_source(text), "{text}");
    }
    let checked = |file: &str, text: &str| unsourced(&[parsed(file, text)]).len();
    let rule = "src/vendors/clockify/rules/tags.rs";
    assert_eq!(checked(rule, "//! Tags.\npub fn list() {}"), 1);
    assert_eq!(checked(rule, "//! Tags.\nfn list() {}\npub mod x;"), 0);
    assert_eq!(checked(rule, "//! Tags. Source: 001:1.\npub fn list() {}"), 0);
    let numbers = "//! Tags. Source: 001:1.\n/// Source: 001:2.\npub const A: usize = 1;\n\
                   /// Bounds.\npub const B: (usize, usize) = (1, 2);\npub const C: &str = \"\";";
    assert_eq!(checked(rule, numbers), 1, "each number names its own");
    let limits = "src/vendors/clockify/limits.rs";
    let two = "//! x\n/// Ours.\npub const A: u8 = 1;\n/// b\npub const B: u8 = 1;";
    assert_eq!(checked(limits, two), 1);
}
