//! The modules of `src/` as syntax trees, and every path in them spelt out from the crate's root.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use crate::support::files;

/// A path from the crate's root, such as `kernel::table::Table`.
pub(super) type Path = Vec<String>;

/// A source file.
pub(super) struct Source {
    pub(super) file: String,
    /// The path of its module.
    pub(super) module: Path,
    pub(super) syntax: syn::File,
    pub(super) text: String,
}

/// Everything below `src/`, but for the roots of the two crates.
pub(super) fn sources() -> Vec<Source> {
    files("src", ".rs")
        .into_iter()
        .filter(|(file, _)| !matches!(file.as_str(), "src/lib.rs" | "src/main.rs"))
        .map(|(file, text)| parsed(&file, &text))
        .collect()
}

pub(super) fn parsed(file: &str, text: &str) -> Source {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let module = path.split('/').filter(|part| *part != "mod").map(str::to_owned).collect();
    let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    Source { file: file.to_owned(), module, syntax, text: text.to_owned() }
}

/// All modules, with what each name means in them that a `use` brings in.
pub(super) struct Crate {
    modules: BTreeSet<Path>,
    /// By module, then by name.
    names: BTreeMap<Path, BTreeMap<String, Path>>,
}

/// A path as it is written in a file.
pub(super) struct Mention {
    /// The module that it is written in.
    pub(super) module: Path,
    /// As it is written, such as `super::wire::Tag`.
    pub(super) written: Path,
}

impl Crate {
    pub(super) fn of(sources: &[Source]) -> Self {
        let modules = sources.iter().flat_map(|source| {
            (1..=source.module.len()).map(|length| source.module[..length].to_vec())
        });
        let mut whole = Self { modules: modules.collect(), names: BTreeMap::new() };
        for source in sources {
            let mut reader = Reader::new(&source.module);
            reader.visit_file(&source.syntax);
            for (module, name, written) in reader.uses {
                let target = whole.absolute(&module, &written);
                if let Some(target) = target.filter(|target| *target != child(&module, &name)) {
                    whole.names.entry(module).or_default().insert(name, target);
                }
            }
        }
        whole
    }

    /// The path from the crate's root; nothing for what is no part of this crate.
    fn absolute(&self, module: &[String], written: &[String]) -> Option<Path> {
        let mut here = module.to_vec();
        let mut rest = written;
        match rest.first()?.as_str() {
            "crate" => (here, rest) = (Path::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
            }
            name => {
                let known = self.names.get(module).and_then(|names| names.get(name));
                match known {
                    Some(target) => (here, rest) = (target.clone(), &rest[1..]),
                    None if self.modules.contains(&child(module, name)) => {}
                    None => return None,
                }
            }
        }
        here.extend(rest.iter().cloned());
        Some(here)
    }

    /// Where a mentioned path leads, through what modules on its way import from elsewhere.
    pub(super) fn target(&self, mention: &Mention) -> Option<Path> {
        let mut path = self.absolute(&mention.module, &mention.written)?;
        // A re-export may lead to another; none of ours is deep.
        for _ in 0..8 {
            let length = self.module_of(&path).len();
            let Some(name) = path.get(length) else { break };
            let known = self.names.get(&path[..length]).and_then(|names| names.get(name));
            let Some(known) = known else { break };
            let rest = path.split_off(length + 1);
            path = known.iter().cloned().chain(rest).collect();
        }
        Some(path)
    }

    /// The module in which the thing at a path is declared.
    pub(super) fn module_of<'a>(&self, path: &'a [String]) -> &'a [String] {
        let lengths = (0..=path.len()).rev();
        let known = lengths.map(|length| &path[..length]).find(|path| self.modules.contains(*path));
        known.unwrap_or_default()
    }
}

fn child(module: &[String], name: &str) -> Path {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Every path that a file mentions: in `use`, types, expressions and what macros are given.
pub(super) fn mentions(source: &Source) -> Vec<Mention> {
    let mut reader = Reader::new(&source.module);
    reader.visit_file(&source.syntax);
    reader.mentions
}

struct Reader {
    module: Path,
    mentions: Vec<Mention>,
    /// Module, name and what is written for it.
    uses: Vec<(Path, String, Path)>,
}

impl Reader {
    fn new(module: &[String]) -> Self {
        Self { module: module.to_vec(), mentions: Vec::new(), uses: Vec::new() }
    }

    fn mention(&mut self, written: Path) {
        self.mentions.push(Mention { module: self.module.clone(), written });
    }

    fn import(&mut self, before: &mut Path, tree: &syn::UseTree) {
        let (name, written) = match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(before, &path.tree);
                before.pop();
                return;
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(before, tree));
                return;
            }
            syn::UseTree::Glob(_) => (None, before.clone()),
            syn::UseTree::Name(name) if name.ident == "self" => {
                (before.last().cloned(), before.clone())
            }
            syn::UseTree::Name(name) => {
                (Some(name.ident.to_string()), child(before, &name.ident.to_string()))
            }
            syn::UseTree::Rename(rename) if rename.ident == "self" => {
                (Some(rename.rename.to_string()), before.clone())
            }
            syn::UseTree::Rename(rename) => {
                (Some(rename.rename.to_string()), child(before, &rename.ident.to_string()))
            }
        };
        if let Some(name) = name {
            self.uses.push((self.module.clone(), name, written.clone()));
        }
        self.mention(written);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&mut Path::new(), &item.tree);
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.mention(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        // What a macro is given is no syntax of its own; words joined by `::` are paths.
        let text = call.tokens.to_string().replace("::", " :: ");
        let mut path = Path::new();
        let mut joined = false;
        for word in text.split(|letter: char| !letter.is_alphanumeric() && !"_:".contains(letter)) {
            match word {
                "" => {}
                "::" => joined = !path.is_empty(),
                word => {
                    if !joined && path.len() > 1 {
                        self.mention(std::mem::take(&mut path));
                    }
                    if !joined {
                        path.clear();
                    }
                    path.push(word.to_owned());
                    joined = false;
                }
            }
        }
        if path.len() > 1 {
            self.mention(path);
        }
    }
}
