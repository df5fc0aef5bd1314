//! Which webhooks hear of what.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};

use super::{Scene, body, header};

#[test]
fn a_webhook_hears_of_what_it_is_narrowed_to() {
    let scene = Scene::new();
    let (web, haf) = (scene.project("Website Relaunch"), scene.project("Hafen Wayfinding"));
    let (elena, gita) = (scene.user("elena"), scene.user("gita"));
    let tag =
        scene.ask("anna", Method::GET, "/workspaces/{ws}/tags?name=Review", None)[0]["id"].clone();
    let tag = tag.as_str().unwrap();
    let ws = scene.ws.clone();
    let mut names = BTreeMap::new();
    for (kind, source) in [
        ("WORKSPACE_ID", vec![ws.as_str()]),
        ("PROJECT_ID", vec![web.as_str(), haf.as_str()]),
        ("USER_ID", vec![elena.as_str()]),
        ("TAG_ID", vec![tag]),
    ] {
        let (_, token) = scene.hook("NEW_TIME_ENTRY", kind, &source);
        names.insert(token, kind);
    }
    let track = |who: &str, project: Option<&str>, tags: &[&str]| -> Vec<&str> {
        let entry = json!({
            "start": "2026-06-12T08:00:00Z", "end": "2026-06-12T09:00:00Z",
            "projectId": project, "tagIds": tags,
        });
        scene.ask(who, Method::POST, "/workspaces/{ws}/time-entries", Some(entry));
        scene.received().iter().map(|call| names[header(call, "clockify-signature")]).collect()
    };
    assert_eq!(track("gita", None, &[]), ["WORKSPACE_ID"]);
    assert_eq!(track("gita", Some(&haf), &[tag]), ["WORKSPACE_ID", "PROJECT_ID", "TAG_ID"]);
    assert_eq!(track("elena", None, &[]), ["WORKSPACE_ID", "USER_ID"]);
    let ssp = scene.project("Self-Service Portal");
    assert_eq!(track("elena", Some(&ssp), &[tag]), ["WORKSPACE_ID", "USER_ID", "TAG_ID"]);
    scene.ask(
        "anna",
        Method::PUT,
        &format!("/workspaces/{{ws}}/users/{gita}"),
        Some(json!({ "status": "INACTIVE" })),
    );
    assert_eq!(scene.received(), []);
}

#[test]
fn the_webhooks_of_who_lost_the_workspace_are_silent() {
    let scene = Scene::new();
    let hook = json!({
        "name": "Of ben", "url": "http://127.0.0.1:9/ben", "webhookEvent": "NEW_TAG",
        "triggerSourceType": "WORKSPACE_ID", "triggerSource": [],
    });
    let made = scene.ask("ben", Method::POST, "/workspaces/{ws}/webhooks", Some(hook));
    let ben = scene.user("ben");
    let roles = format!("/workspaces/{{ws}}/users/{ben}/roles");
    let admin = json!({ "role": "WORKSPACE_ADMIN", "entityId": scene.ws });
    let tag = |name: &str| {
        scene.ask("anna", Method::POST, "/workspaces/{ws}/tags", Some(json!({ "name": name })));
        scene.received().len()
    };
    assert_eq!(tag("one"), 1);
    scene.ask("anna", Method::DELETE, &roles, Some(admin.clone()));
    assert_eq!(tag("two"), 0);
    scene.ask("anna", Method::POST, &roles, Some(admin));
    assert_eq!(tag("three"), 1);
    let own = format!("/workspaces/{{ws}}/webhooks/{}", made["id"].as_str().unwrap());
    assert_eq!(scene.ask("ben", Method::GET, &own, None)["enabled"], true);
    scene.ask("anna", Method::DELETE, &format!("/workspaces/{{ws}}/users/{ben}"), None);
    assert_eq!(tag("four"), 0);
    let left = scene.ask("anna", Method::GET, "/workspaces/{ws}/webhooks", None);
    assert_eq!(left["workspaceWebhookCount"], 0, "who is removed leaves no webhooks");
}

#[test]
fn every_event_of_what_is_imitated_happens_and_says_what_it_is_about() {
    let scene = Scene::new();
    let happening = [
        "NEW_PROJECT",
        "NEW_TASK",
        "NEW_CLIENT",
        "NEW_TAG",
        "NEW_TIMER_STARTED",
        "TIMER_STOPPED",
        "NEW_TIME_ENTRY",
        "TIME_ENTRY_UPDATED",
        "TIME_ENTRY_DELETED",
        "PROJECT_UPDATED",
        "PROJECT_DELETED",
        "TASK_UPDATED",
        "TASK_DELETED",
        "CLIENT_UPDATED",
        "CLIENT_DELETED",
        "TAG_UPDATED",
        "TAG_DELETED",
        "USER_GROUP_CREATED",
        "USER_GROUP_UPDATED",
        "USER_GROUP_DELETED",
        "USERS_INVITED_TO_WORKSPACE",
        "USER_JOINED_WORKSPACE",
        "USER_DELETED_FROM_WORKSPACE",
        "USER_DEACTIVATED_ON_WORKSPACE",
        "USER_ACTIVATED_ON_WORKSPACE",
        "USER_UPDATED",
        "COST_RATE_UPDATED",
        "BILLABLE_RATE_UPDATED",
    ];
    for (n, event) in happening.iter().enumerate() {
        // Ten of one person at most.
        let who = ["anna", "ben", "carla"][n / 10];
        if n == 20 {
            let carla = scene.user("carla");
            let admin = json!({ "role": "WORKSPACE_ADMIN", "entityId": scene.ws });
            scene.ask(
                "anna",
                Method::POST,
                &format!("/workspaces/{{ws}}/users/{carla}/roles"),
                Some(admin),
            );
        }
        let hook = json!({
            "name": "All", "url": "http://localhost:9/", "webhookEvent": event,
            "triggerSourceType": "WORKSPACE_ID", "triggerSource": [],
        });
        scene.ask(who, Method::POST, "/workspaces/{ws}/webhooks", Some(hook));
    }
    let mut heard = Vec::new();
    let mut act = |method: Method, path: &str, body_sent: Value, wanted: &[&str]| -> Value {
        let sent = (!body_sent.is_null()).then_some(body_sent);
        let answer = scene.ask("anna", method, path, sent);
        let calls = scene.received();
        let events: Vec<String> = calls
            .iter()
            .map(|call| header(call, "clockify-webhook-event-type").to_owned())
            .collect();
        assert_eq!(events, wanted, "{path}");
        for call in &calls {
            let sent = body(call);
            let id = sent.get("id").or(sent.get("workspaceId"));
            let id = id.and_then(Value::as_str).unwrap_or_else(|| panic!("no id in {sent:#}"));
            assert_eq!(id.len(), 24);
            assert!(sent.get("webhookEvent").is_none() && sent.get("payload").is_none());
        }
        heard.extend(events);
        answer
    };
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let (post, put, delete, patch) = (Method::POST, Method::PUT, Method::DELETE, Method::PATCH);

    let client = id(&act(
        post.clone(),
        "/workspaces/{ws}/clients",
        json!({ "name": "Lighthouse" }),
        &["NEW_CLIENT"],
    ));
    let project = act(
        post.clone(),
        "/workspaces/{ws}/projects",
        json!({ "name": "Lamp", "clientId": client }),
        &["NEW_PROJECT"],
    );
    let project = id(&project);
    let in_project = format!("/workspaces/{{ws}}/projects/{project}");
    let task = id(&act(
        post.clone(),
        &format!("{in_project}/tasks"),
        json!({ "name": "Lens" }),
        &["NEW_TASK"],
    ));
    let in_task = format!("{in_project}/tasks/{task}");
    act(put.clone(), &in_task, json!({ "name": "Lenses" }), &["TASK_UPDATED"]);
    act(
        put.clone(),
        &format!("{in_task}/hourly-rate"),
        json!({ "amount": 100 }),
        &["BILLABLE_RATE_UPDATED"],
    );
    act(
        put.clone(),
        &format!("{in_task}/cost-rate"),
        json!({ "amount": 100 }),
        &["COST_RATE_UPDATED"],
    );
    let tag =
        id(&act(post.clone(), "/workspaces/{ws}/tags", json!({ "name": "Night" }), &["NEW_TAG"]));
    act(
        put.clone(),
        &format!("/workspaces/{{ws}}/tags/{tag}"),
        json!({ "name": "Nights" }),
        &["TAG_UPDATED"],
    );

    let timer = json!({ "start": "2026-06-12T09:00:00Z", "projectId": project, "taskId": task, "tagIds": [tag] });
    let anna = scene.user("anna");
    let running = act(post.clone(), "/workspaces/{ws}/time-entries", timer, &["NEW_TIMER_STARTED"]);
    act(
        patch,
        &format!("/workspaces/{{ws}}/user/{anna}/time-entries"),
        json!({ "end": "2026-06-12T09:30:00Z" }),
        &["TIMER_STOPPED"],
    );
    let one = format!("/workspaces/{{ws}}/time-entries/{}", id(&running));
    act(
        put.clone(),
        &one,
        json!({ "start": "2026-06-12T09:00:00Z", "end": "2026-06-12T09:40:00Z", "projectId": project }),
        &["TIME_ENTRY_UPDATED"],
    );
    act(delete.clone(), &one, Value::Null, &["TIME_ENTRY_DELETED"]);
    let entry = json!({ "start": "2026-06-12T07:00:00Z", "end": "2026-06-12T08:00:00Z" });
    act(post.clone(), "/workspaces/{ws}/time-entries", entry, &["NEW_TIME_ENTRY"]);

    act(delete.clone(), &format!("/workspaces/{{ws}}/tags/{tag}"), Value::Null, &["TAG_DELETED"]);
    act(put.clone(), &in_task, json!({ "name": "Lenses", "status": "DONE" }), &["TASK_UPDATED"]);
    act(delete.clone(), &in_task, Value::Null, &["TASK_DELETED"]);
    act(
        put.clone(),
        &in_project,
        json!({ "name": "Lamp", "archived": true }),
        &["PROJECT_UPDATED"],
    );
    act(delete.clone(), &in_project, Value::Null, &["PROJECT_DELETED"]);
    act(
        put.clone(),
        &format!("/workspaces/{{ws}}/clients/{client}"),
        json!({ "name": "Lighthouse", "archived": true }),
        &["CLIENT_UPDATED"],
    );
    act(
        delete.clone(),
        &format!("/workspaces/{{ws}}/clients/{client}"),
        Value::Null,
        &["CLIENT_DELETED"],
    );

    let group = id(&act(
        post.clone(),
        "/workspaces/{ws}/user-groups",
        json!({ "name": "Keepers" }),
        &["USER_GROUP_CREATED"],
    ));
    let in_group = format!("/workspaces/{{ws}}/user-groups/{group}");
    act(put.clone(), &in_group, json!({ "name": "Wardens" }), &["USER_GROUP_UPDATED"]);
    act(
        post.clone(),
        &format!("{in_group}/users"),
        json!({ "userId": anna }),
        &["USER_GROUP_UPDATED"],
    );
    act(post.clone(), &format!("{in_group}/users"), json!({ "userId": anna }), &[]);
    act(delete.clone(), &in_group, Value::Null, &["USER_GROUP_DELETED"]);

    act(
        post.clone(),
        "/workspaces/{ws}/users",
        json!({ "email": "new@studio.example" }),
        &["USERS_INVITED_TO_WORKSPACE"],
    );
    let new = format!("/workspaces/{{ws}}/users/{}", scene.user("new"));
    act(put.clone(), &new, json!({ "status": "ACTIVE" }), &["USER_JOINED_WORKSPACE"]);
    act(put.clone(), &new, json!({ "status": "INACTIVE" }), &["USER_DEACTIVATED_ON_WORKSPACE"]);
    act(put.clone(), &new, json!({ "status": "INACTIVE" }), &[]);
    act(put.clone(), &new, json!({ "status": "ACTIVE" }), &["USER_ACTIVATED_ON_WORKSPACE"]);
    act(
        post,
        &format!("{new}/roles"),
        json!({ "role": "TEAM_MANAGER", "entityId": anna }),
        &["USER_UPDATED"],
    );
    act(
        put.clone(),
        &format!("{new}/hourly-rate"),
        json!({ "amount": 5000 }),
        &["BILLABLE_RATE_UPDATED"],
    );
    act(
        put.clone(),
        &format!("{new}/cost-rate"),
        json!({ "amount": 2500 }),
        &["COST_RATE_UPDATED"],
    );
    act(
        put.clone(),
        "/workspaces/{ws}/hourly-rate",
        json!({ "amount": 8100 }),
        &["BILLABLE_RATE_UPDATED"],
    );
    act(put, "/workspaces/{ws}/cost-rate", json!({ "amount": 4100 }), &["COST_RATE_UPDATED"]);
    act(delete, &new, Value::Null, &["USER_DELETED_FROM_WORKSPACE"]);

    let missing: Vec<&str> =
        happening.into_iter().filter(|event| !heard.iter().any(|heard| heard == event)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "these never happened");
}
