//! Webhooks from the change that a request makes to the receiver, its answers, and the log.

mod delivery;
mod events;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use timetwin::deliver::{Call, Sending, Transport};
use timetwin::kernel::clock::Clock;
use timetwin::kernel::outbox::Outcome;
use timetwin::scenario::load::Bundle;
use timetwin::twin::{Setup, Twin};

use crate::support::{Answer, FRIDAY, TestTwin, block_on};

/// Keeps what it is sent, and answers with the status it is told.
#[derive(Debug)]
struct Receiver {
    calls: Mutex<Vec<Call>>,
    status: Mutex<u16>,
}

impl Transport for Receiver {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        self.calls.lock().unwrap().push(call.clone());
        let status = *self.status.lock().unwrap();
        let answer = format!("answer {status}");
        Box::pin(async move { Outcome { status: Some(status), answer, error: None } })
    }
}

struct Scene {
    twin: TestTwin,
    receiver: Arc<Receiver>,
    /// The company's workspace.
    ws: String,
}

impl Scene {
    fn new() -> Self {
        let receiver = Arc::new(Receiver { calls: Mutex::default(), status: Mutex::new(200) });
        let scenario = Arc::new(Bundle::builtin("studio").unwrap());
        let clock = Clock::frozen(FRIDAY.parse().unwrap());
        let mut setup = Setup::new(scenario, clock, "http://twin.example");
        setup.settings.rate_limits = false;
        setup.transport = Arc::<Receiver>::clone(&receiver);
        let twin = TestTwin::of(Twin::new(setup).unwrap());
        let mut scene = Self { twin, receiver, ws: String::new() };
        scene.ws =
            scene.ask("anna", Method::GET, "/workspaces", None)[0]["id"].as_str().unwrap().into();
        scene
    }

    fn call(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let path = path.replace("{ws}", &self.ws);
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request =
            Request::builder().method(method).uri(format!("/api/v1{path}")).body(body).unwrap();
        let email = format!("{who}@studio.example");
        *request.headers_mut() = self.twin.headers("clockify", &email, "main");
        self.twin.send(request)
    }

    /// A call that succeeds, and what it answers.
    fn ask(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let answer = self.call(who, method, path, body);
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Makes a webhook for one event and tells its id and token.
    fn hook(&self, event: &str, source_type: &str, source: &[&str]) -> (String, String) {
        let hook = json!({
            "name": "Test", "url": "http://127.0.0.1:9/hook", "webhookEvent": event,
            "triggerSourceType": source_type, "triggerSource": source,
        });
        let made = self.ask("anna", Method::POST, "/workspaces/{ws}/webhooks", Some(hook));
        let text = |key: &str| made[key].as_str().unwrap().to_owned();
        (text("id"), text("authToken"))
    }

    /// Lets everything that is due be sent and takes what came.
    fn received(&self) -> Vec<Call> {
        let sandbox = self.twin.twin.sandbox("main").unwrap();
        block_on(self.twin.twin.courier().settle(&sandbox));
        std::mem::take(&mut self.receiver.calls.lock().unwrap())
    }

    fn answer_with(&self, status: u16) {
        *self.receiver.status.lock().unwrap() = status;
    }

    fn logs(&self, hook: &str, search: Value) -> Vec<Value> {
        let path = format!("/workspaces/{{ws}}/webhooks/{hook}/logs");
        self.ask("anna", Method::POST, &path, Some(search)).as_array().unwrap().clone()
    }

    /// The id of somebody.
    fn user(&self, name: &str) -> String {
        let people = format!("/workspaces/{{ws}}/users?email={name}%40");
        self.ask("anna", Method::GET, &people, None)[0]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a project.
    fn project(&self, name: &str) -> String {
        let projects = format!("/workspaces/{{ws}}/projects?name={}", name.replace(' ', "%20"));
        self.ask("anna", Method::GET, &projects, None)[0]["id"].as_str().unwrap().to_owned()
    }
}

fn header<'a>(call: &'a Call, name: &str) -> &'a str {
    let found = call.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no {name} in {call:?}"))
}

fn body(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}
