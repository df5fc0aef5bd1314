//! Each operation × parameter × documented status has a case or is played here.
//!
//! A parameter counts when a case sends it in a request that succeeds: one that is only ever refused has
//! shown no effect. A header is read by one piece of code before any operation, so one case of the surface is
//! enough. The refusals that come before the operation's own code (nobody calls, a workspace of nobody, one of
//! others, a spent budget) are sent to every operation below. What no request can cause is asked for by a fault
//! plan, in the vendor's own form. `untested.txt` lists what lacks all of this and may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use timetwin::contract;
use timetwin::contract::cases::{CaseFile, CaseRequest};
use timetwin::http::surface::Surface;
use timetwin::vendors::SURFACES;

use crate::cases;
use crate::contract::untested;
use crate::support::{Answer, Stage, TestTwin, base, resolve, surface_of};

const ANNA: &str = "anna@studio.example";
/// Whoever may change nothing but their own time.
const WORKER: &str = "daichi@studio.example";
/// What no list, change or deletion takes.
const BAD: &str = "?page=x&active=x&dry_run=x&filter[active]=x";
/// The id of no workspace.
const NOWHERE: &str = "000000000000000000000000";

/// Promised statuses that no request of ours causes. Clockify's: the operations act on the caller's own account
/// and name nothing that could be foreign or missing. Clockodo's: operations share what their family may answer;
/// these name nothing that could be missing, or nothing that could be taken.
const CAUSELESS: [&str; 26] = [
    "clockify createWorkspace 404",
    "clockify getLoggedUser 403",
    "clockify getLoggedUser 404",
    "clockify getWorkspacesOfUser 403",
    "clockify getWorkspacesOfUser 404",
    "clockodo addCustomer 404",
    "clockodo addCustomerV2 404",
    "clockodo addCustomerV2 422",
    "clockodo addLumpSumService 404",
    "clockodo addService 404",
    "clockodo addServiceV2 404",
    "clockodo addServiceV2 422",
    "clockodo addUser 409",
    "clockodo addUserV2 409",
    "clockodo completeProject 409",
    "clockodo completeSubproject 409",
    "clockodo deleteCustomerV2 409",
    "clockodo deleteEntryGroups 403",
    "clockodo deleteEntryGroups 404",
    "clockodo deleteProjectV2 409",
    "clockodo deleteServiceV2 409",
    "clockodo deleteTeam 422",
    "clockodo deleteUserV2 409",
    "clockodo editUser 409",
    "clockodo editUserV2 409",
    "clockodo setProjectBilled 409",
];

/// What cases send though the contract does not have it: to show that it is ignored, or read all the same.
const UNLISTED: [&str; 57] = [
    "clockify createCustomField body.color",
    "clockify createTimeEntry body.customFieldValues",
    "clockify createTimeEntry body.duration",
    "clockify createTimeEntry body.userId",
    "clockify getClients query.limit",
    "clockify getCustomFields query.page",
    "clockify getCustomFields query.page-size",
    "clockify getProject query.expand",
    "clockify getProjects query.limit",
    "clockify getSharedReports query.page-size",
    "clockify getTimeEntries query.limit",
    "clockify getWorkspacesOfUser query.page",
    "clockify getWorkspacesOfUser query.page-size",
    "clockify setCostRateForUser body.currency",
    "clockify setTaskCostRate body.currency",
    "clockify setWorkspaceHourlyRate body.currency",
    "clockify updateProject body.memberships",
    "clockify updateProject body.tasks",
    "clockodo addEntry body.project_id",
    "clockodo addEntry body.ticket",
    "clockodo addEntry query.billable",
    "clockodo addEntry query.customers_id",
    "clockodo addEntry query.services_id",
    "clockodo addEntry query.time_since",
    "clockodo addEntry query.time_until",
    "clockodo countProjects query.items_per_page",
    "clockodo deleteEntry body.id",
    "clockodo deleteEntryGroups body.confirm_key",
    "clockodo deleteEntryGroups body.filter",
    "clockodo deleteEntryGroups body.time_since",
    "clockodo deleteEntryGroups body.time_until",
    "clockodo editEntry body.id",
    "clockodo editSubproject body.billed",
    "clockodo editSubproject body.billed_money",
    "clockodo listCustomers query.unknown",
    "clockodo listCustomersV2 query.items_per_page",
    "clockodo listEntries query.filter[colour]",
    "clockodo listEntries query.filter[teams_id]",
    "clockodo listEntries query.filters",
    "clockodo listEntries query.filters[users_id]",
    "clockodo listProjects query.filter[unknown]",
    "clockodo listProjectsV2 query.items_per_page",
    "clockodo listUsers body.filter[active]",
    "clockodo startClock query.billable",
    "clockodo startClock query.customers_id",
    "clockodo startClock query.services_id",
    "clockodo stopClock body.away",
    "clockodo stopClock body.start_new",
    "clockwork listWorklogs body.project_keys[]",
    "clockwork listWorklogs body.starting_at",
    "clockwork listWorklogs body.user_query[]",
    "clockwork listWorklogs query.issue_query",
    "clockwork listWorklogs query.issue_query[]",
    "clockwork listWorklogs query.limit",
    "time-tracker getWorklog query.#!/?startDate",
    "time-tracker getWorklog query.groupByField",
    "time-tracker getWorklog query.sum",
];

/// Operations whose parameters need what no case has, here a receiver of webhooks; with the test that checks
/// the effect of each.
const TESTED: [(&str, &str); 1] = [("getLogsForWebhook", "clockify::webhooks::delivery")];

/// An operation as its contract describes it.
struct Operation {
    surface: &'static Surface,
    id: String,
    method: Method,
    path: String,
    parameters: BTreeSet<String>,
    statuses: BTreeSet<String>,
}

impl Operation {
    /// A line of `untested.txt`.
    fn line(&self, what: &str) -> String {
        format!("{} {} {what}", self.surface.name, self.id)
    }

    /// A request with these ids in its path and an empty body.
    fn send(&self, twin: &TestTwin, workspace: &str, headers: &HeaderMap) -> Answer {
        self.ask(twin, workspace, "", headers)
    }

    /// The same, with this query.
    fn ask(&self, twin: &TestTwin, workspace: &str, query: &str, headers: &HeaderMap) -> Answer {
        let mut path = String::new();
        for part in self.path.split('/').skip(1) {
            path.push('/');
            path.push_str(match part {
                "{workspaceId}" => workspace,
                part if part.starts_with('{') => "1",
                part => part,
            });
        }
        path.push_str(query);
        let mut request =
            Request::builder().method(&self.method).uri(path).body(Body::from("{}")).unwrap();
        *request.headers_mut() = headers.clone();
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        twin.send(request)
    }
}

fn operations(surface: &'static Surface) -> Vec<Operation> {
    let document = contract::openapi(surface.name).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let base = base(&document, item);
        for (method, operation) in item.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let mut parameters = BTreeSet::new();
            let lists = [&item["parameters"], &operation["parameters"]];
            for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
                let parameter = resolve(&document, parameter);
                let name = parameter["name"].as_str().unwrap();
                match parameter["in"].as_str().unwrap() {
                    "query" => parameters.insert(format!("query.{name}")),
                    "header" => parameters.insert(format!("header.{}", name.to_lowercase())),
                    _ => false,
                };
            }
            let contents = &resolve(&document, &operation["requestBody"])["content"];
            for content in contents.as_object().into_iter().flat_map(|kinds| kinds.values()) {
                properties(&document, &content["schema"], &mut parameters);
            }
            let statuses = operation["responses"].as_object().unwrap().keys().cloned().collect();
            operations.push(Operation {
                surface,
                id: id.to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: format!("{base}{path}"),
                parameters,
                statuses,
            });
        }
    }
    operations
}

/// The members of a body, those of the rows where it is a list.
fn properties(document: &Value, schema: &Value, to: &mut BTreeSet<String>) {
    let schema = resolve(document, schema);
    let names = schema["properties"].as_object().into_iter().flat_map(|names| names.keys());
    to.extend(names.map(|name| format!("body.{name}")));
    for kind in ["allOf", "anyOf", "oneOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            properties(document, part, to);
        }
    }
    if schema["items"].is_object() {
        properties(document, &schema["items"], to);
    }
}

/// The names that a request of a case sends.
fn sent(request: &CaseRequest, login: &[String]) -> Vec<String> {
    let raw = request.raw_query.as_deref().unwrap_or_default();
    let raw = form_urlencoded::parse(raw.as_bytes()).map(|(name, _)| name.into_owned());
    let query = request.query.iter().map(|(name, _)| name.clone()).chain(raw);
    let mut sent: Vec<String> = query.map(|name| format!("query.{name}")).collect();
    // `filter[active]` sends `filter`, whose members the contract leaves open.
    let whole: Vec<String> =
        sent.iter().filter_map(|name| Some(name.split_once('[')?.0.to_owned())).collect();
    sent.extend(whole);
    sent.extend(request.headers.keys().map(|name| format!("header.{}", name.to_lowercase())));
    sent.extend_from_slice(login);
    // Variables may stand where a number does.
    let text = request.text.as_deref().map(|text| cases::replaced(text, |_| "0".to_owned()));
    let text = text.and_then(|text| serde_json::from_str(&text).ok());
    let rows = match request.json.clone().or(text) {
        Some(Value::Array(rows)) => rows,
        body => body.into_iter().collect(),
    };
    let names = rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().cloned());
    let form = request.form.iter().flatten().map(|(name, _)| name.clone());
    sent.extend(names.chain(form).map(|name| format!("body.{name}")));
    sent
}

/// What the cases show of each operation: the parameters that succeed, the statuses that are answered.
fn told() -> BTreeSet<String> {
    let twin = TestTwin::studio();
    let world = twin.twin.sandbox("main").unwrap().store.read();
    let mut logins: BTreeMap<&str, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for surface in SURFACES {
        for login in (surface.credentials)(&world.value) {
            let headers = (login.headers)(&login, &login.secret);
            let headers = headers.iter().map(|(name, _)| format!("header.{}", name.to_lowercase()));
            let people = logins.entry(surface.name).or_default();
            people.insert(login.person.clone(), headers.collect());
        }
    }
    let mut told = BTreeSet::new();
    for CaseFile { surface: home, cases, .. } in cases::all() {
        for (case, step) in
            cases.iter().flat_map(|case| case.steps.iter().map(move |step| (case, step)))
        {
            let surface = step.surface.as_ref().unwrap_or(home);
            let Some(request) = &step.request else { continue };
            let CaseRequest { operation: Some(operation), status, .. } = request else { continue };
            told.insert(format!("{surface} {operation} {status}"));
            if *status >= 400 {
                continue;
            }
            let login = case.caller(step).and_then(|person| logins[surface.as_str()].get(&person));
            for name in sent(request, login.map_or(&[], Vec::as_slice)) {
                let whose = if name.starts_with("header.") { "*" } else { operation };
                told.insert(format!("{surface} {whose} {name}"));
            }
        }
    }
    told
}

/// Sends to every operation what is refused before its own code, and says what each answered.
fn played(surface: &'static Surface) -> BTreeSet<String> {
    let operations = operations(surface);
    let mut played = BTreeSet::new();
    let mut play = |twin: &TestTwin, workspace: &str, headers: &HeaderMap| {
        for operation in &operations {
            let answer = operation.send(twin, workspace, headers);
            played.insert(operation.line(answer.status.as_str()));
        }
    };
    let twin = TestTwin::on(&Stage { limits: false, ..Stage::default() });
    let anna = twin.headers(surface.name, ANNA, "main");
    play(&twin, NOWHERE, &HeaderMap::new());
    play(&twin, NOWHERE, &anna);
    if surface.name == "clockify" {
        play(&twin, &side_projects(&twin), &anna);
    }
    if surface.name == "clockodo" {
        play(&twin, NOWHERE, &twin.headers(surface.name, WORKER, "main"));
        for headers in unnamed(&twin) {
            play(&TestTwin::on(&Stage { current: true, ..Stage::default() }), NOWHERE, &headers);
        }
    }
    let spent = TestTwin::studio();
    let read = operations.iter().find(|operation| operation.method == Method::GET).unwrap();
    let budget = surface.limits.first().map_or(0, |limit| limit.requests);
    for _ in 0..budget {
        read.send(&spent, NOWHERE, &anna);
    }
    play(&spent, NOWHERE, &anna);
    if surface.name == "clockodo" {
        for operation in &operations {
            let answer = operation.ask(&twin, NOWHERE, BAD, &anna);
            played.insert(operation.line(answer.status.as_str()));
        }
        for operation in operations.iter().filter(|operation| operation.method == Method::GET) {
            plan(&twin, operation, &anna, &mut played);
        }
    }
    played
}

/// Asks by a fault plan for what a read documents and no request causes, and checks its form.
fn plan(twin: &TestTwin, read: &Operation, headers: &HeaderMap, played: &mut BTreeSet<String>) {
    for status in read.statuses.iter().filter(|status| status.as_str() >= "400") {
        let line = read.line(status);
        if played.contains(&line) {
            continue;
        }
        let status: u16 = status.parse().unwrap();
        let plan = json!({ "rules": [{ "match": { "operation": read.id },
                                       "effect": { "status": status } }] });
        let set = twin.control(Method::PUT, "/_twin/sandboxes/main/faults", Some(&plan));
        assert_eq!(set.status, 200, "{}", set.text());
        let answer = read.send(twin, NOWHERE, headers);
        let body = answer.json();
        let message = body.pointer("/error/message").or_else(|| body.pointer("/errors/0/message"));
        assert!(message.is_some_and(Value::is_string), "{line}: {body}");
        assert_eq!(answer.status.as_u16(), status, "{line}");
        played.insert(line);
    }
}

/// Anna's credentials with and without the name of the client.
fn unnamed(twin: &TestTwin) -> [HeaderMap; 2] {
    let named = twin.headers("clockodo", ANNA, "main");
    let mut unnamed = named.clone();
    unnamed.remove("x-clockodo-external-application").unwrap();
    [named, unnamed]
}

/// A workspace that Anna is not in.
fn side_projects(twin: &TestTwin) -> String {
    let mut request = Request::builder().uri("/api/v1/workspaces").body(Body::empty()).unwrap();
    *request.headers_mut() = twin.headers("clockify", "ben@studio.example", "main");
    let all = twin.send(request).json();
    let side =
        all.as_array().unwrap().iter().find(|row| row["name"] == "Ben's Side Projects (free plan)");
    side.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn each_parameter_and_status_has_a_case() {
    let told = told();
    let mut missing = BTreeSet::new();
    for surface in SURFACES {
        let played = played(surface);
        for operation in operations(surface) {
            for name in &operation.parameters {
                let everywhere = format!("{} * {name}", surface.name);
                let line = operation.line(name);
                let tested = TESTED.iter().any(|(known, _)| *known == operation.id);
                if !tested && !told.contains(&line) && !told.contains(&everywhere) {
                    missing.insert(line);
                }
            }
            for status in &operation.statuses {
                let line = operation.line(status);
                if !told.contains(&line) && !played.contains(&line) {
                    missing.insert(line);
                }
            }
        }
    }
    let causeless = CAUSELESS.map(str::to_owned);
    assert!(causeless.iter().all(|line| missing.remove(line)), "a request does cause these");
    let listed = untested(3);
    let lines = |left: &BTreeSet<String>, right: &BTreeSet<String>| {
        left.difference(right).cloned().collect::<Vec<_>>().join("\n")
    };
    let (new, old) = (lines(&missing, &listed), lines(&listed, &missing));
    assert!(new.is_empty() && old.is_empty(), "no case for:\n{new}\nto be taken off:\n{old}");
}

#[test]
fn what_a_case_sends_is_in_the_contract() {
    let told = told();
    let mut unknown = BTreeSet::new();
    for surface in SURFACES {
        for operation in operations(surface) {
            let start = operation.line("");
            let lines = told.range(start.clone()..).take_while(|line| line.starts_with(&start));
            let has = |name: &str| {
                let whole = name.split('[').next().unwrap();
                // A row of a list: `sort[0]` is one of `sort[]` or `sort`.
                let list = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
                let list = list.filter(|(_, row)| row.bytes().all(|byte| byte.is_ascii_digit()));
                let list = list.map_or(name, |(list, _)| list);
                let members = format!("{name}[");
                let parameters = &operation.parameters;
                [name, whole, list].iter().any(|known| parameters.contains(*known))
                    || parameters.contains(&format!("{list}[]"))
                    || parameters.iter().any(|known| known.starts_with(&members))
            };
            let names = lines.map(|line| (line, &line[start.len()..]));
            let sent = names.filter(|(_, name)| name.contains('.') && !has(name));
            unknown.extend(sent.map(|(line, _)| line.clone()));
        }
    }
    let listed: BTreeSet<String> = UNLISTED.map(str::to_owned).into();
    let lines = |left: &BTreeSet<String>, right: &BTreeSet<String>| {
        left.difference(right).cloned().collect::<Vec<_>>().join("\n")
    };
    let (new, old) = (lines(&unknown, &listed), lines(&listed, &unknown));
    assert!(
        new.is_empty() && old.is_empty(),
        "not in openapi.yaml:\n{new}\nto be taken off:\n{old}"
    );
}

#[test]
fn every_clockify_operation_refuses_alike_before_its_own_code() {
    let surface = surface_of("clockify");
    let played = played(surface);
    for operation in operations(surface) {
        // Whoever has the address of a public report may read it.
        if operation.id == "generateSharedReport" {
            continue;
        }
        for status in ["401", "429"] {
            assert!(played.contains(&operation.line(status)), "{} {status}", operation.id);
        }
        if operation.path.contains("{workspaceId}") {
            for status in ["403", "404"] {
                assert!(played.contains(&operation.line(status)), "{} {status}", operation.id);
            }
        }
    }
}

#[test]
fn each_documented_clockify_refusal_can_be_asked_for() {
    let surface = surface_of("clockify");
    let twin = TestTwin::on(&Stage { limits: false, ..Stage::default() });
    let anna = twin.headers(surface.name, ANNA, "main");
    for operation in operations(surface) {
        for status in operation.statuses.iter().filter(|status| status.as_str() >= "400") {
            let status: u16 = status.parse().unwrap();
            let plan = json!({ "rules": [{ "match": { "operation": operation.id },
                                           "effect": { "status": status } }] });
            let set = twin.control(Method::PUT, "/_twin/sandboxes/main/faults", Some(&plan));
            assert_eq!(set.status, 200, "{}", set.text());
            let answer = operation.send(&twin, NOWHERE, &anna);
            assert_eq!(answer.status.as_u16(), status, "{}", operation.id);
        }
    }
}
