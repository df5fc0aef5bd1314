//! The default scenario has no traps: with the first of everything that is listed, the plain calls work, whatever
//! the day.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{Stage, TestTwin};

/// A client that takes the first credential of a surface.
struct Newcomer<'a> {
    twin: &'a TestTwin,
    headers: Vec<(String, String)>,
}

impl<'a> Newcomer<'a> {
    fn new(twin: &'a TestTwin, surface: &str) -> Self {
        let all = twin.get("/_twin/credentials").json();
        let first = all.as_array().unwrap().iter().find(|row| row["surface"] == surface).unwrap();
        let headers = first["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().into()));
        Self { twin, headers: headers.collect() }
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).unwrap();
        let answer = self.twin.send(request);
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        answer.json()
    }

    fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call(Method::POST, path, Some(body))
    }
}

/// The day of the stories, and days that scripts were written on.
fn days() -> impl Iterator<Item = TestTwin> {
    ["2026-06-12T10:00:00Z", "2024-06-03T09:00:00Z", "2031-02-01T09:00:00Z"]
        .into_iter()
        .map(|at| TestTwin::on(&Stage { at: at.into(), limits: false, ..Stage::default() }))
}

/// The hour before now, and its end.
fn hour(twin: &TestTwin) -> (String, String) {
    let now = twin.twin.sandbox("main").unwrap().store.read().value.clock.now();
    let text = |at: chrono::DateTime<chrono::Utc>| at.format("%FT%TZ").to_string();
    (text(now - chrono::TimeDelta::hours(1)), text(now))
}

#[test]
fn an_hour_on_the_first_project_of_clockify() {
    for twin in days() {
        let client = Newcomer::new(&twin, "clockify");
        let (start, end) = hour(&twin);
        let ws = client.get("/api/v1/workspaces")[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(client.get("/api/v1/user")["activeWorkspace"], ws);
        let ws = format!("/api/v1/workspaces/{ws}");
        let project = client.get(&format!("{ws}/projects"))[0].clone();
        let path = format!("{ws}/projects/{}/tasks", project["id"].as_str().unwrap());
        let task = client.get(&path)[0]["id"].clone();
        let tag = client.get(&format!("{ws}/tags"))[0]["id"].clone();
        let field = client.get(&format!("{ws}/custom-fields"))[0]["id"].clone();
        for body in [
            json!({ "start": start, "end": end }),
            json!({ "start": start, "end": end, "projectId": project["id"] }),
            json!({ "start": start, "end": end, "projectId": project["id"], "taskId": task }),
            json!({ "start": start, "end": end, "projectId": project["id"], "tagIds": [tag] }),
            json!({
                "start": start, "end": end, "projectId": project["id"],
                "customFields": [{ "customFieldId": field, "value": "First" }],
            }),
            json!({ "start": end, "projectId": project["id"] }),
        ] {
            client.post(&format!("{ws}/time-entries"), &body);
        }
        let customer = client.get(&format!("{ws}/clients"))[0]["id"].clone();
        client.post(&format!("{ws}/projects"), &json!({ "name": "First", "clientId": customer }));
    }
}

#[test]
fn an_hour_on_the_first_customer_and_the_first_project_of_clockodo() {
    for twin in days() {
        let client = Newcomer::new(&twin, "clockodo");
        let (start, end) = hour(&twin);
        for (customers, projects, services) in [
            ("/api/v3/customers", "/api/v4/projects", "/api/v4/services"),
            ("/api/v3/customers?sort=id", "/api/v4/projects?sort=id", "/api/v4/services?sort=id"),
            ("/api/v2/customers", "/api/v2/projects", "/api/v2/services"),
        ] {
            let first = |path: &str, old: &str| {
                let list = client.get(path);
                list.get("data").or(list.get(old)).unwrap()[0].clone()
            };
            let customer = first(customers, "customers")["id"].clone();
            let project = first(projects, "projects");
            let service = first(services, "services")["id"].clone();
            for body in [
                json!({ "customers_id": customer, "services_id": service }),
                json!({
                    "customers_id": project["customers_id"], "projects_id": project["id"],
                    "services_id": service,
                }),
            ] {
                client.post("/api/v2/clock", &body);
                let mut entry = body.clone();
                entry["billable"] = json!(1);
                entry["time_since"] = json!(start);
                entry["time_until"] = json!(end);
                client.post("/api/v2/entries", &entry);
            }
        }
    }
}

#[test]
fn an_hour_on_the_first_issue_in_both_add_ons() {
    for twin in days() {
        let (start, end) = hour(&twin);
        let tracker = Newcomer::new(&twin, "time-tracker");
        let (from, to) = (&start[..10], &end[..10]);
        tracker.get(&format!("/api/1/worklog?start={from}&end={to}&allUsers=true"));
        let client = Newcomer::new(&twin, "clockwork");
        let issues = client.get("/v1/worklogs?expand=issues");
        let issue = issues[0]["issue"]["key"].as_str().unwrap().to_owned();
        client.post("/v1/start_timer", &json!({ "issue_key": issue }));
        twin.advance("main", "PT1H");
        client.post("/v1/stop_timer", &json!({ "issue_key": issue }));
    }
}
