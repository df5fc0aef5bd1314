//! Turns each `contract/<surface>/openapi.yaml` into what the program holds of it: the document as JSON, and
//! its operations as a constant table, for `src/contract.rs`. An operation that says something unknown or
//! leaves out what it must say stops the build with its name. The documents and all files below `contract/` are packed.
//!
//! YAML is read here and not at start, because reading the four documents takes 80 ms; the table takes none.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// The folders below `contract/`.
const SURFACES: [&str; 4] = ["clockify", "clockodo", "clockwork", "time-tracker"];
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
/// What an operation may say that is not of the `OpenAPI` specification.
const MEMBERS: [&str; 6] = ["x-source", "x-scope", "x-budget", "x-plan", "x-revision", "x-cost"];

fn main() -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "cargo names the folder there")]
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let mut code = String::new();
    let mut tables = String::new();
    let mut packed = BTreeMap::new();
    for surface in SURFACES {
        let file = format!("contract/{surface}/openapi.yaml");
        let text = fs::read_to_string(&file)?;
        // Deep schemas and many anchors are ours, so the parser's guards for foreign input are off.
        let options = serde_saphyr::options! { budget: None };
        let document: Value = serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| format!("{file}: {error}"))?;
        let rows = Table { document: &document, ids: BTreeSet::new() }.rows();
        let rows = rows.map_err(|error| format!("{file}: {error}"))?;
        packed.insert(format!("{surface}/openapi.json"), serde_json::to_string(&document)?);
        let name = surface.replace('-', "_").to_ascii_uppercase();
        writeln!(code, "/// What `{surface}` serves and declines, in the order of its document.")?;
        writeln!(code, "pub const {name}: &[Operation] = &[{rows}];")?;
        write!(tables, "({surface:?}, {name}),")?;
    }
    writeln!(code, "const TABLES: &[(&str, &[Operation])] = &[{tables}];")?;
    fs::write(out.join("operations.rs"), code)?;
    pack(Path::new("contract"), "", &mut packed)?;
    let file = File::create(out.join("contract.json.gz"))?;
    let mut file = GzEncoder::new(file, Compression::best());
    serde_json::to_writer(&mut file, &packed)?;
    file.finish()?;
    // The whole folder, so that a new file in it is embedded too.
    rerun_if_changed("contract");
    rerun_if_changed("build.rs");
    Ok(())
}

/// Adds the texts of all files in a folder, by their path below `contract/`.
fn pack(
    folder: &Path,
    above: &str,
    packed: &mut BTreeMap<String, String>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            pack(&entry.path(), &format!("{name}/"), packed)?;
        } else {
            packed.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// Tells cargo, which reads what a build script prints.
fn rerun_if_changed(file: &str) {
    println!("cargo::rerun-if-changed={file}");
}

/// The operations of one document, as Rust.
struct Table<'a> {
    document: &'a Value,
    ids: BTreeSet<String>,
}

impl Table<'_> {
    fn rows(mut self) -> Result<String, String> {
        let document = self.document;
        let mut rows = String::new();
        for (path, item) in document["paths"].as_object().ok_or("no paths")? {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if METHODS.contains(&method.as_str()) {
                    let id = self.id(operation["operationId"].as_str().ok_or(path.clone())?)?;
                    let row = self.served(path, method, item, operation);
                    rows.push_str(&row.map_err(|error| format!("{id}: {error}"))?);
                }
            }
        }
        for group in document["x-declined"].as_array().into_iter().flatten() {
            for (id, place) in group["operations"].as_object().ok_or("x-declined: no operations")? {
                let id = self.id(id)?;
                let row = self.declined(&id, place, group);
                rows.push_str(&row.map_err(|error| format!("{id}: {error}"))?);
            }
        }
        Ok(rows)
    }

    /// Refuses a second operation of the same id.
    fn id(&mut self, id: &str) -> Result<String, String> {
        let is_new = self.ids.insert(id.to_owned());
        is_new.then(|| id.to_owned()).ok_or(format!("{id} comes twice"))
    }

    fn served(
        &self,
        path: &str,
        method: &str,
        item: &Value,
        operation: &Value,
    ) -> Result<String, String> {
        let members = operation.as_object().into_iter().flatten().map(|(name, _)| name);
        if let Some(name) = members
            .filter(|name| name.starts_with("x-"))
            .find(|name| !MEMBERS.contains(&name.as_str()))
        {
            return Err(format!("{name} is read by nothing"));
        }
        let statuses = operation["responses"].as_object().ok_or("no responses")?;
        let statuses: Vec<&String> = statuses.keys().collect();
        let mut budget = self.budget(operation)?;
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = self.parameter(parameter)?;
            budget += &budgets(&parameter["x-budget"], parameter["name"].as_str())?;
        }
        let plan = words(&operation["x-plan"])?;
        let revision = match operation["x-revision"].as_str() {
            None => "None".to_owned(),
            Some(name) => format!("Some({})", revision(name)?),
        };
        let cost = match operation["x-cost"].as_str() {
            None | Some("short") => "Short",
            Some("long") => "Long",
            Some(other) => return Err(format!("x-cost is short or long, not {other}")),
        };
        let server = item["servers"][0]["url"].as_str();
        Ok(format!(
            "Operation {{ id: {:?}, method: {:?}, path: {path:?}, {}, source: {:?}, \
             statuses: &{statuses:?}, names: &{:?}, bounds: &[{}], scope: {:?}, budget: &[{budget}], \
             plan: &{plan:?}, revision: {revision}, cost: Cost::{cost}, declined: None }},",
            text(operation, "operationId")?,
            method.to_ascii_uppercase(),
            self.place(server)?,
            text(operation, "x-source")?,
            self.names(item, operation),
            self.bounds(operation)?,
            self.scope(operation)?,
        ))
    }

    /// Names of query parameters and of the fields of the body, without what is in brackets, in order.
    fn names(&self, item: &Value, operation: &Value) -> Vec<String> {
        let mut names = BTreeSet::new();
        let lists = [&item["parameters"], &operation["parameters"]];
        for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
            let parameter = self.resolve(parameter);
            if let (Some("query"), Some(name)) =
                (parameter["in"].as_str(), parameter["name"].as_str())
            {
                names.insert(name.split('[').next().unwrap_or_default().to_owned());
            }
        }
        let contents = self.resolve(&operation["requestBody"])["content"].as_object();
        for content in contents.into_iter().flat_map(|kinds| kinds.values()) {
            self.fields(&content["schema"], &mut names);
        }
        names.into_iter().collect()
    }

    /// The fields of a body, those of the rows where it is a list.
    fn fields(&self, schema: &Value, names: &mut BTreeSet<String>) {
        let schema = self.resolve(schema);
        names
            .extend(schema["properties"].as_object().into_iter().flat_map(|of| of.keys().cloned()));
        for kind in ["allOf", "anyOf", "oneOf"] {
            for part in schema[kind].as_array().into_iter().flatten() {
                self.fields(part, names);
            }
        }
        if !schema["items"].is_null() {
            self.fields(&schema["items"], names);
        }
    }

    /// The members of the body whose bound is one of ours, as `x-bounds` has them. Refuses a member without a bound.
    fn bounds(&self, operation: &Value) -> Result<String, String> {
        let mut bounds = BTreeSet::new();
        let contents = self.resolve(&operation["requestBody"])["content"].as_object();
        for content in contents.into_iter().flat_map(|kinds| kinds.values()) {
            self.bound(&content["schema"], &mut Vec::new(), &mut bounds)?;
        }
        Ok(bounds.into_iter().collect())
    }

    fn bound(
        &self,
        schema: &Value,
        member: &mut Vec<String>,
        bounds: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let schema = self.resolve(schema);
        if !schema["enum"].is_null() || !schema["const"].is_null() {
            return Ok(());
        }
        let kinds = schema["type"]
            .as_str()
            .map_or_else(|| words(&schema["type"]), |kind| Ok(vec![kind]))?;
        let parts = ["allOf", "anyOf", "oneOf"].map(|of| schema[of].as_array());
        let parts: Vec<&Value> = parts.into_iter().flatten().flatten().collect();
        if kinds.is_empty() && parts.is_empty() {
            return Err(format!("{member:?} has no type"));
        }
        for kind in kinds {
            let (name, ours) = match kind {
                "string" => ("maxLength", Some("text")),
                "array" => ("maxItems", Some("items")),
                "integer" | "number" => ("maximum", None),
                _ => continue,
            };
            let most = &schema[name];
            if most.is_null() {
                return Err(format!("{member:?} has no {name}"));
            }
            if let Some(ours) = ours.filter(|ours| self.document["x-bounds"][ours] == *most) {
                let kind = if ours == "text" { "Text" } else { "Items" };
                bounds.insert(format!(
                    "Bound {{ member: &{member:?}, most: Most::{kind}({most}) }},"
                ));
            }
        }
        parts.into_iter().try_for_each(|part| self.bound(part, member, bounds))?;
        let properties = schema["properties"].as_object().into_iter().flatten();
        let rows = Some(("[]", &schema["items"])).filter(|(_, rows)| !rows.is_null());
        for (name, schema) in properties.map(|(name, schema)| (name.as_str(), schema)).chain(rows) {
            member.push(name.to_owned());
            self.bound(schema, member, bounds)?;
            member.pop();
        }
        Ok(())
    }

    /// What a reference leads to.
    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
        let found = place.and_then(|place| self.document.pointer(place));
        found.map_or(value, |found| self.resolve(found))
    }

    fn declined(&self, id: &str, place: &Value, group: &Value) -> Result<String, String> {
        let place = place.as_str().and_then(|place| place.split_once(' '));
        let (method, path) = place.ok_or("not METHOD /path")?;
        let server = group["servers"][0]["url"].as_str();
        // Declined operations list no parameters: those in the path count.
        let mut budget = self.budget(group)?;
        for (name, parameter) in
            self.document["components"]["parameters"].as_object().into_iter().flatten()
        {
            if path.contains(&format!("{{{name}}}")) {
                budget += &budgets(&parameter["x-budget"], Some(name))?;
            }
        }
        Ok(format!(
            "Operation {{ id: {id:?}, method: {method:?}, path: {path:?}, {}, source: {:?}, \
             statuses: &[], names: &[], bounds: &[], scope: {:?}, budget: &[{budget}], plan: &[], \
             revision: None, cost: Cost::Short, declined: Some({:?}) }},",
            self.place(server)?,
            text(group, "x-source")?,
            self.scope(group)?,
            text(group, "reason")?,
        ))
    }

    /// The server that is not the document's first, and the path of the server.
    fn place(&self, server: Option<&str>) -> Result<String, String> {
        let url = server.or(self.document["servers"][0]["url"].as_str()).ok_or("no server")?;
        let (_, rest) = url.split_once("://").ok_or("a server without a scheme")?;
        let base = rest.find('/').map_or("", |slash| &rest[slash..]).trim_end_matches('/');
        Ok(format!("server: {server:?}, base: {base:?}"))
    }

    /// The scope that an add-on's token needs. A contract that knows add-ons says it of each operation.
    fn scope<'o>(&self, operation: &'o Value) -> Result<Option<&'o str>, String> {
        let keys = self.document["security"].as_array().into_iter().flatten();
        let knows_addons = keys.into_iter().any(|key| key.get("addon").is_some());
        match operation["x-scope"].as_str() {
            None if knows_addons => Err("no x-scope; `none` is one".to_owned()),
            None | Some("none") => Ok(None),
            Some(scope) if scope.ends_with("_READ") || scope.ends_with("_WRITE") => Ok(Some(scope)),
            Some(other) => Err(format!("{other} is no scope")),
        }
    }

    /// The limits of every operation and those of this one.
    fn budget(&self, operation: &Value) -> Result<String, String> {
        let all = budgets(&self.document["x-budget"], None)?;
        Ok(all + &budgets(&operation["x-budget"], None)?)
    }

    /// A parameter, or the one that it refers to.
    fn parameter<'b>(&'b self, parameter: &'b Value) -> Result<&'b Value, String> {
        let Some(place) = parameter["$ref"].as_str() else { return Ok(parameter) };
        let found = place.strip_prefix('#').and_then(|place| self.document.pointer(place));
        found.ok_or_else(|| format!("{place} leads nowhere"))
    }
}

/// The limits in a list, or in a list for each revision.
fn budgets(of: &Value, parameter: Option<&str>) -> Result<String, String> {
    let Some(revisions) = of.as_object() else { return limits(of, None, parameter) };
    let of_revision = |(name, of): (&String, &Value)| limits(of, Some(revision(name)?), parameter);
    revisions.into_iter().map(of_revision).collect()
}

fn limits(of: &Value, revision: Option<&str>, parameter: Option<&str>) -> Result<String, String> {
    let revision = revision.map_or("None".to_owned(), |revision| format!("Some({revision})"));
    let rows = words(of)?.into_iter().map(|limit| {
        format!("Budget {{ limit: {limit:?}, revision: {revision}, parameter: {parameter:?} }},")
    });
    Ok(rows.collect())
}

fn revision(name: &str) -> Result<&'static str, String> {
    match name {
        "documented" => Ok("Revision::Documented"),
        "current" => Ok("Revision::Current"),
        other => Err(format!("there is no revision {other}")),
    }
}

fn text<'a>(of: &'a Value, name: &str) -> Result<&'a str, String> {
    of[name].as_str().ok_or_else(|| format!("no {name}"))
}

/// A list of words; none when it is absent.
fn words(of: &Value) -> Result<Vec<&str>, String> {
    if of.is_null() {
        return Ok(Vec::new());
    }
    let words = of.as_array().and_then(|words| words.iter().map(Value::as_str).collect());
    words.ok_or_else(|| format!("{of} is no list of words"))
}
