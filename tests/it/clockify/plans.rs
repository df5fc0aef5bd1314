//! The plan features that the contract asks for each operation as a whole.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use timetwin::contract::{self, Operation};
use timetwin::vendors::clockify::model::keys::{Addon, Credential};
use timetwin::vendors::clockify::model::plans::{Feature, Plan, Tier};
use timetwin::vendors::clockify::model::workspaces::Workspace;

use super::{project, studio, task, user, workspace};
use crate::support::{Stage, TestTwin};

/// Plans from the least to the most.
const PLANS: [(Tier, Option<&str>); 4] = [
    (Tier::Free, None),
    (Tier::Basic, Some("BASIC_2021")),
    (Tier::Standard, Some("STANDARD_2021")),
    (Tier::Pro, Some("PRO_2021")),
];

/// The id of nothing.
const NOTHING: &str = "000000000000000000000000";

/// A body that is read without a complaint.
fn body(operation: &str) -> Value {
    match operation {
        "createProjectFromTemplate" => {
            json!({ "name": "Second", "templateProjectId": "000000000000000000000000" })
        }
        "updateIsProjectTemplate" => json!({ "isTemplate": true }),
        "replaceMany" => {
            json!([{ "id": "000000000000000000000000", "start": "2026-06-12T08:00:00Z" }])
        }
        "updateInvoicedStatus" => {
            json!({ "timeEntryIds": ["000000000000000000000000"], "invoiced": true })
        }
        "updateCustomFieldOfProject" => json!({ "status": "VISIBLE" }),
        "removeCustomFieldOfProject" => Value::Null,
        _ => json!({ "amount": 100 }),
    }
}

fn tier(operation: &Operation) -> Tier {
    let features = operation.plan.iter().map(|name| {
        let feature: Feature = serde_json::from_value(json!(name))
            .unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        feature.tier()
    });
    features.max().unwrap()
}

#[test]
fn an_operation_with_a_plan_is_refused_on_every_plan_below_it_and_on_no_other() {
    let state = studio();
    let home = workspace(&state, "Studio Nord");
    let task = state.tasks.get(task(&state, "HAF-1")).unwrap();
    let ids = [
        ("{workspaceId}", home.to_string()),
        ("{projectId}", project(&state, "HAF").to_string()),
        ("{taskId}", task.id.to_string()),
        ("{userId}", user(&state, "anna").to_string()),
    ];
    let twin = TestTwin::on(&Stage { limits: false, ..Stage::default() });
    let anna = twin.headers("clockify", "anna@studio.example", "main");
    let mut wrong = BTreeSet::new();
    for (has, plan) in PLANS {
        let plan = plan.map_or_else(Plan::free, |name| Plan::named(name).unwrap());
        let main = twin.twin.sandbox("main").unwrap();
        let set = main.store.commit(|world| {
            let workspaces = &mut world.clockify.workspaces;
            let old = Workspace::clone(workspaces.get(home).unwrap());
            workspaces.put(Workspace { plan, ..old });
            Ok::<_, ()>(())
        });
        set.unwrap();
        for operation in contract::operations("clockify").filter(|it| !it.plan.is_empty()) {
            let path = format!("{}{}", operation.base, operation.path);
            let path = ids.iter().fold(path, |path, (name, id)| path.replace(name, id));
            let known = |part: &str| if part.starts_with('{') { NOTHING } else { part }.to_owned();
            let path = path.split('/').map(known).collect::<Vec<_>>().join("/");
            let body = body(operation.id).to_string();
            let mut request = Request::builder()
                .method(operation.method)
                .uri(path)
                .body(Body::from(body))
                .unwrap();
            *request.headers_mut() = anna.clone();
            request.headers_mut().insert("content-type", "application/json".parse().unwrap());
            let answer = twin.send(request).text();
            let is_refused = answer.contains("not available on your current subscription plan");
            if is_refused != (has < tier(operation)) {
                wrong.insert(format!("{} on {has:?}: {answer}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The other half of who may call: what a token of an add-on is allowed.
#[test]
fn a_token_without_scopes_is_refused_wherever_the_contract_names_one() {
    let state = studio();
    let home = workspace(&state, "Studio Nord");
    let twin = TestTwin::on(&Stage { limits: false, ..Stage::default() });
    let main = twin.twin.sandbox("main").unwrap();
    let added = main.store.commit(|world| {
        let addon = Addon { name: "Bare".into(), workspace: home, scopes: Vec::new() };
        let user = user(&world.clockify, "anna");
        let token = Credential { user, addon: Some(addon) };
        world.clockify.credentials.insert("bare-token".into(), token);
        Ok::<_, ()>(())
    });
    added.unwrap();
    let scoped = contract::operations("clockify").chain(contract::declined("clockify"));
    let mut open = BTreeSet::new();
    let mut refused = 0;
    for operation in scoped.filter(|operation| operation.path.contains("{workspaceId}")) {
        let path = format!("{}{}", operation.base, operation.path);
        let path = path.replace("{workspaceId}", &home.to_string()).replace(['{', '}'], "");
        let request = Request::builder()
            .method(operation.method)
            .uri(path)
            .header("x-addon-token", "bare-token")
            .header("content-type", "application/json")
            .body(Body::from("{}"))
            .unwrap();
        let answer = twin.send(request);
        let denied = answer.status == 401 && answer.json()["code"] == 4017;
        match operation.scope {
            Some(scope) if denied => {
                assert!(answer.text().contains(scope), "{}: {}", operation.id, answer.text());
                refused += 1;
            }
            Some(scope) => drop(open.insert(format!("{} needs no {scope}", operation.id))),
            None => assert!(!denied, "{}: {}", operation.id, answer.text()),
        }
    }
    assert!(open.is_empty(), "{open:#?}");
    assert!(refused > 70, "only {refused} operations were refused");
}
