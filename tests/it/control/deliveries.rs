//! Outgoing webhooks: sent beside the request, retried on the sandbox's clock, noted and kept for a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use timetwin::deliver::{Allow, Call, Sending, Transport, Web};
use timetwin::http::server::App;
use timetwin::kernel::clock::Clock;
use timetwin::kernel::outbox::{HeaderText, Message, Outcome};
use timetwin::kernel::uuids;
use timetwin::scenario::load::Bundle;
use timetwin::twin::{Setup, Twin};
use timetwin::world::World;

use super::{MAIN, problem};
use crate::support::{FRIDAY, TestTwin, block_on};

const HOOK: &str = "http://127.0.0.1:9/hook";

/// Takes calls and answers as it was told to; 200 when it was told nothing.
#[derive(Debug, Default)]
struct Receiver {
    calls: Mutex<Vec<Call>>,
    answers: Mutex<VecDeque<Outcome>>,
}

impl Transport for Receiver {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            self.calls.lock().unwrap().push(call.clone());
            let told = self.answers.lock().unwrap().pop_front();
            told.unwrap_or_else(|| status(200))
        })
    }
}

fn status(status: u16) -> Outcome {
    Outcome { status: Some(status), answer: "thanks".into(), error: None }
}

fn twin(receiver: &Arc<Receiver>) -> TestTwin {
    let bundle = Bundle::builtin("bare").unwrap();
    let setup = Setup {
        transport: Arc::<Receiver>::clone(receiver),
        ..Setup::new(bundle.into(), Clock::frozen(FRIDAY.parse().unwrap()), "http://twin.example")
    };
    TestTwin::of(Twin::new(setup).unwrap())
}

fn message(event: &str, url: &str) -> Message {
    Message {
        system: "clockify",
        hook: "5f00".into(),
        event: event.into(),
        url: url.into(),
        headers: vec![
            ("clockify-signature".into(), HeaderText::Text("token".into())),
            ("idempotency-key".into(), HeaderText::Unique),
        ],
        body: format!("{{\"event\":\"{event}\"}}"),
        retries: &[60, 300],
        keep: 7 * 86_400,
    }
}

fn post(twin: &TestTwin, message: Message) {
    let sandbox = twin.twin.sandbox("main").unwrap();
    let post = |world: &mut World| {
        let now = world.clock.now();
        world.outbox.post(&mut world.ids, now, message);
        Ok::<_, ()>(())
    };
    sandbox.store.write(post).unwrap();
}

/// What the courier does when the signal rings.
fn settle(twin: &TestTwin) {
    let sandbox = twin.twin.sandbox("main").unwrap();
    block_on(twin.twin.courier().settle(&sandbox));
}

fn deliveries(twin: &TestTwin, query: &str) -> Vec<Value> {
    let answer = twin.get(&format!("{MAIN}/deliveries{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["deliveries"].as_array().unwrap().clone()
}

fn attempts(delivery: &Value) -> Vec<(String, Option<u64>)> {
    let attempts = delivery["attempts"].as_array().unwrap().iter();
    attempts
        .map(|attempt| (attempt["at"].as_str().unwrap().to_owned(), attempt["status"].as_u64()))
        .collect()
}

#[test]
fn a_message_is_sent_as_the_vendor_wrote_it_and_noted() {
    let receiver = Arc::new(Receiver::default());
    let twin = twin(&receiver);
    post(&twin, message("NEW_PROJECT", HOOK));
    assert_eq!(deliveries(&twin, "")[0]["state"], "pending");
    settle(&twin);
    let calls = receiver.calls.lock().unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].url.as_str(), calls[0].body.as_str()),
        (HOOK, "{\"event\":\"NEW_PROJECT\"}")
    );
    let names: Vec<&str> = calls[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["clockify-signature", "idempotency-key"]);
    assert_eq!(calls[0].headers[0].1, "token");
    let key = &calls[0].headers[1].1;
    assert!(key.len() == 36 && key.split('-').count() == 5, "{key}");
    let delivery = &deliveries(&twin, "")[0];
    assert_eq!(delivery["state"], "delivered");
    assert_eq!(attempts(delivery), [("2026-06-12T10:00:00Z".to_owned(), Some(200))]);
    assert_eq!(delivery["attempts"][0]["answer"], "thanks");
    assert_eq!(twin.get(&format!("{MAIN}/deliveries/1")).json(), *delivery);
    let id = delivery["id"].as_str().unwrap();
    assert_eq!(twin.get(&format!("{MAIN}/deliveries/{id}")).json(), *delivery);
    problem(&twin.get(&format!("{MAIN}/deliveries/2")), 404);
    problem(&twin.get("/_twin/sandboxes/nobody/deliveries"), 404);
}

#[test]
fn retries_follow_the_clock_each_at_its_own_instant() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().extend([
        status(500),
        Outcome { error: Some("connection refused".into()), ..Outcome::default() },
    ]);
    let twin = twin(&receiver);
    post(&twin, message("NEW_TAG", HOOK));
    settle(&twin);
    assert_eq!(receiver.calls.lock().unwrap().len(), 1, "the clock stands: no retry yet");
    assert_eq!(deliveries(&twin, "")[0]["due"], "2026-06-12T10:01:00Z");
    twin.advance("main", "PT59S");
    assert_eq!(receiver.calls.lock().unwrap().len(), 1);
    // One jump over both retries: each happens when it was due, not when the jump ends.
    twin.advance("main", "P1D");
    let delivery = &deliveries(&twin, "")[0];
    assert_eq!(
        attempts(delivery),
        [
            ("2026-06-12T10:00:00Z".to_owned(), Some(500)),
            ("2026-06-12T10:01:00Z".to_owned(), None),
            ("2026-06-12T10:06:00Z".to_owned(), Some(200)),
        ]
    );
    assert_eq!(delivery["attempts"][1]["error"], "connection refused");
    assert_eq!((&delivery["state"], &delivery["due"]), (&json!("delivered"), &Value::Null));
    let calls = receiver.calls.lock().unwrap();
    let keys: std::collections::BTreeSet<&str> =
        calls.iter().map(|call| call.headers[1].1.as_str()).collect();
    assert_eq!(keys.len(), 3, "the unique header differs on each attempt");
}

#[test]
fn after_the_last_retry_it_has_failed_and_can_be_sent_again() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().extend([status(500), status(404), status(503)]);
    let twin = twin(&receiver);
    post(&twin, message("NEW_TAG", HOOK));
    settle(&twin);
    twin.advance("main", "PT1H");
    assert_eq!(deliveries(&twin, "")[0]["state"], "failed");
    twin.advance("main", "PT1H");
    assert_eq!(receiver.calls.lock().unwrap().len(), 3, "it is not tried any more");
    let again = twin.post(&format!("{MAIN}/deliveries/1/resend"), &json!({}));
    assert_eq!(again.json()["state"], "delivered", "{}", again.text());
    assert_eq!(attempts(&again.json())[3], ("2026-06-12T12:00:00Z".to_owned(), Some(200)));
    receiver.answers.lock().unwrap().push_back(status(500));
    let again = twin.post(&format!("{MAIN}/deliveries/1/resend"), &json!({}));
    assert_eq!(again.json()["state"], "failed", "sent again, it is tried once");
    problem(&twin.post(&format!("{MAIN}/deliveries/7/resend"), &json!({})), 404);
    problem(&twin.post(&format!("{MAIN}/deliveries/x/resend"), &json!({})), 404);
}

#[test]
fn what_is_due_first_is_sent_first() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().push_back(status(500));
    let twin = twin(&receiver);
    post(&twin, message("FIRST", HOOK));
    settle(&twin);
    let sandbox = twin.twin.sandbox("main").unwrap();
    sandbox
        .store
        .write(|world| {
            let later = world.clock.now() + chrono::TimeDelta::seconds(90);
            world.outbox.post(&mut world.ids, later, message("SECOND", HOOK));
            Ok::<_, ()>(())
        })
        .unwrap();
    twin.advance("main", "PT10M");
    let calls = receiver.calls.lock().unwrap();
    let bodies: Vec<&str> = calls.iter().map(|call| call.body.as_str()).collect();
    let body = |event: &str| format!("{{\"event\":\"{event}\"}}");
    assert_eq!(bodies, [body("FIRST"), body("FIRST"), body("SECOND")]);
}

#[test]
fn finished_deliveries_are_forgotten_when_their_time_has_come() {
    let receiver = Arc::new(Receiver::default());
    let twin = twin(&receiver);
    post(&twin, message("OLD", HOOK));
    settle(&twin);
    twin.advance("main", "P3D");
    post(&twin, message("NEW", HOOK));
    settle(&twin);
    twin.advance("main", "P4D");
    let events: Vec<Value> = deliveries(&twin, "").iter().map(|row| row["event"].clone()).collect();
    assert_eq!(events, ["NEW"], "seven days after it was posted");
    twin.advance("main", "P3D");
    assert!(deliveries(&twin, "").is_empty());
}

#[test]
fn a_real_clock_forgets_at_the_next_request() {
    let receiver = Arc::new(Receiver::default());
    let twin = twin(&receiver);
    post(&twin, message("OLD", HOOK));
    settle(&twin);
    // The clock moves without the control API: as a real clock does.
    let sandbox = twin.twin.sandbox("main").unwrap();
    let later: DateTime<Utc> = "2026-07-01T00:00:00Z".parse().unwrap();
    sandbox
        .store
        .write(|world| {
            world.clock = Clock::frozen(later);
            Ok::<_, ()>(())
        })
        .unwrap();
    assert_eq!(deliveries(&twin, "").len(), 1);
    twin.clockwork(Method::GET, "/v1/worklogs", "anna@studio.example", "main");
    assert!(deliveries(&twin, "").is_empty());
    assert_eq!(twin.get(&format!("{MAIN}/clock")).json()["now"], "2026-07-01T00:00:00Z");
}

#[test]
fn the_log_is_filtered() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().push_back(status(500));
    let twin = twin(&receiver);
    post(&twin, message("ONE", HOOK));
    post(&twin, Message { hook: "other".into(), ..message("TWO", HOOK) });
    settle(&twin);
    let ids = |query: &str| -> Vec<u64> {
        deliveries(&twin, query)
            .iter()
            .map(|row| uuids::count(row["id"].as_str().unwrap().parse().unwrap()))
            .collect()
    };
    assert_eq!(ids(""), [1, 2]);
    assert_eq!(ids("?event=TWO"), [2]);
    assert_eq!(ids("?hook=5f00"), [1]);
    assert_eq!((ids("?state=pending"), ids("?state=delivered")), (vec![1], vec![2]));
    problem(&twin.get(&format!("{MAIN}/deliveries?state=lost")), 400);
    problem(&twin.get(&format!("{MAIN}/deliveries?colour=red")), 400);
}

#[test]
fn only_this_machine_is_called_unless_the_user_says_so() {
    let receiver = Arc::new(Receiver::default());
    let twin = twin(&receiver);
    post(&twin, message("OUT", "https://hooks.example.com/x"));
    settle(&twin);
    assert!(receiver.calls.lock().unwrap().is_empty());
    let delivery = &deliveries(&twin, "")[0];
    assert_eq!(delivery["state"], "pending", "it is tried again, as the vendor would");
    let error = delivery["attempts"][0]["error"].as_str().unwrap();
    assert!(error.contains("--webhook-allow hooks.example.com"), "{error}");
    let setup = Setup {
        transport: Arc::<Receiver>::clone(&receiver),
        webhooks: Allow::parse(["*.example.com"]).unwrap(),
        ..twin.twin.setup().clone()
    };
    let open = TestTwin::of(Twin::new(setup).unwrap());
    post(&open, message("OUT", "https://hooks.example.com/x"));
    settle(&open);
    assert_eq!(receiver.calls.lock().unwrap().len(), 1);
}

#[test]
fn a_fork_does_not_send_what_its_source_will() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().push_back(status(500));
    let twin = twin(&receiver);
    post(&twin, message("ONE", HOOK));
    settle(&twin);
    assert_eq!(twin.put("/_twin/sandboxes/fork", &json!({ "from": "main" })).status, 201);
    twin.advance("fork", "P1D");
    assert_eq!(receiver.calls.lock().unwrap().len(), 1);
    twin.advance("main", "P1D");
    assert_eq!(receiver.calls.lock().unwrap().len(), 2);
}

#[test]
fn the_courier_delivers_on_its_own_over_the_network() {
    let twin = {
        let bundle = Bundle::builtin("bare").unwrap();
        let clock = Clock::frozen(FRIDAY.parse().unwrap());
        TestTwin::of(Twin::new(Setup::new(bundle.into(), clock, "http://twin.example")).unwrap())
    };
    block_on(async {
        let (told, mut heard) = tokio::sync::mpsc::channel::<(String, String)>(4);
        let app = axum::Router::new().fallback(async move |request: axum::extract::Request| {
            let signature = request.headers()["clockify-signature"].to_str().unwrap().to_owned();
            let body = axum::body::to_bytes(request.into_body(), 1000).await.unwrap();
            told.send((signature, String::from_utf8_lossy(&body).into_owned())).await.unwrap();
            "taken"
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let patience = timetwin::http::server::Patience::default();
        tokio::spawn(timetwin::http::server::serve(
            vec![listener.into()],
            app,
            patience,
            std::future::pending(),
        ));
        tokio::spawn(Arc::clone(twin.twin.courier()).run());
        post(&twin, message("NEW_TASK", &url));
        twin.twin.mount().posted().notify();
        let heard = heard.recv().await.unwrap();
        assert_eq!(heard, ("token".to_owned(), "{\"event\":\"NEW_TASK\"}".to_owned()));
        // The attempt is noted once the answer is there.
        let sandbox = twin.twin.sandbox("main").unwrap();
        twin.twin.courier().settle(&sandbox).await;
        let root = sandbox.store.read();
        let delivery = root.value.outbox.deliveries.iter().next().unwrap();
        assert_eq!(delivery.attempts.len(), 1);
        assert_eq!(delivery.attempts[0].outcome.answer, "taken");
    });
}

#[test]
fn what_goes_wrong_on_the_network_is_an_outcome() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let send = |url: String, header: &str| {
        let headers = vec![("x-odd".to_owned(), header.to_owned())];
        let call = Call { url, headers, body: String::new() };
        block_on(async move { Web::default().send(&call).await })
    };
    let refused = send(format!("http://{free}/"), "x");
    assert!(refused.status.is_none() && refused.error.unwrap().contains("refused"));
    let odd = send(format!("http://{free}/"), "a\nb");
    assert!(odd.error.is_some());
    let nonsense = send("http://".to_owned(), "x");
    assert!(nonsense.error.is_some());
}

/// Takes calls and never answers.
#[derive(Debug, Default)]
struct Silent(Mutex<usize>);

impl Transport for Silent {
    fn send<'a>(&'a self, _: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            *self.0.lock().unwrap() += 1;
            std::future::pending().await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_never_answers_holds_an_advance_up_for_ten_seconds() {
    let setup = Setup {
        transport: Arc::new(Silent::default()),
        ..twin(&Arc::new(Receiver::default())).twin.setup().clone()
    };
    let twin = TestTwin::of(Twin::new(setup).unwrap());
    (0..3).for_each(|_| post(&twin, message("NEW_TAG", HOOK)));
    let begun = tokio::time::Instant::now();
    let clock = twin.twin.advance("main", "P1D").await.unwrap();
    assert_eq!(clock.now().to_rfc3339(), "2026-06-13T10:00:00+00:00", "its own instants are done");
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[test]
fn at_the_bound_the_oldest_delivery_makes_room_and_the_list_says_so() {
    let twin = twin(&Arc::new(Receiver::default()));
    (0..2_003).for_each(|_| post(&twin, message("NEW_TAG", HOOK)));
    let list = twin.get(&format!("{MAIN}/deliveries")).json();
    assert_eq!(list["deliveries"].as_array().unwrap().len(), 2_000);
    assert_eq!((&list["bound"], &list["dropped"]), (&json!(2_000), &json!(3)));
    let first = list["deliveries"][0]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(uuids::count(first), 4, "those that have waited longest are gone");
}

/// Opens the feed of deliveries and returns its first event too, which says where it begins.
async fn feed(twin: &TestTwin, query: &str, mark: Option<&str>) -> (Body, String) {
    let mut request = Request::get(format!("/_twin/deliveries/stream{query}"));
    if let Some(mark) = mark {
        request = request.header("last-event-id", mark);
    }
    let response = twin.front.answer(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let (kind, mark, _) = next(&mut body).await;
    assert_eq!(kind, "connected");
    (body, mark)
}

/// The next event: its kind, its mark and its data.
async fn next(feed: &mut Body) -> (String, String, Value) {
    let frame = feed.frame().await.expect("the feed goes on").unwrap().into_data().unwrap();
    let text = std::str::from_utf8(&frame).unwrap().to_owned();
    let field = |name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_default().to_owned()
    };
    let data = serde_json::from_str(&field("data")).unwrap_or_default();
    (field("event"), field("id"), data)
}

/// The events of the next deliveries in a feed, each with its sandbox.
async fn told(feed: &mut Body, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..count {
        let (kind, _, data) = next(feed).await;
        assert_eq!(kind, "delivery");
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        all.push(format!("{} {}", text("sandbox"), text("event")));
    }
    all
}

#[test]
fn the_feed_tells_each_delivery_once_whatever_becomes_of_its_world() {
    let receiver = Arc::new(Receiver::default());
    receiver.answers.lock().unwrap().push_back(status(500));
    let twin = twin(&receiver);
    twin.put("/_twin/sandboxes/other", &json!({}));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut all, _) = runtime.block_on(feed(&twin, "", None));
    let (mut other, _) = runtime.block_on(feed(&twin, "?sandbox=other", None));
    let tell = |name: &str, event: &str| {
        let sandbox = twin.twin.sandbox(name).unwrap();
        let posted = sandbox.store.write(|world| {
            let now = world.clock.now();
            world.outbox.post(&mut world.ids, now, message(event, HOOK));
            Ok::<_, ()>(())
        });
        posted.unwrap();
        block_on(twin.twin.courier().settle(&sandbox));
    };
    tell("main", "ONE");
    // The second attempt of the same delivery is no news.
    twin.advance("main", "PT1H");
    assert_eq!(receiver.calls.lock().unwrap().len(), 2);
    tell("other", "TWO");
    twin.post(&format!("{MAIN}/reset"), &json!({}));
    // The same world again: what it sends has the same ids.
    tell("main", "ONE");
    let (kind, mark, first) = runtime.block_on(next(&mut all));
    assert_eq!(kind, "delivery");
    assert_eq!((&first["sandbox"], &first["event"]), (&json!("main"), &json!("ONE")));
    assert_eq!(
        (&first["at"], &first["system"]),
        (&json!("2026-06-12T10:00:00Z"), &json!("clockify"))
    );
    assert_eq!((&first["body"], &first["attempts"]), (&json!("{\"event\":\"ONE\"}"), &json!([])));
    let sent = receiver.calls.lock().unwrap()[0].headers[1].1.clone();
    assert_eq!(first["headers"]["idempotency-key"], sent, "the headers are those of the attempt");
    assert_eq!(runtime.block_on(told(&mut all, 2)), ["other TWO", "main ONE"]);
    assert_eq!(runtime.block_on(told(&mut other, 1)), ["other TWO"]);
    // It goes on where it broke off; for one who comes from another run, all is news.
    let (mut resumed, _) = runtime.block_on(feed(&twin, "", Some(&mark)));
    assert_eq!(runtime.block_on(told(&mut resumed, 2)), ["other TWO", "main ONE"]);
    let (mut stranger, _) = runtime.block_on(feed(&twin, "", Some("5f00-7")));
    assert_eq!(runtime.block_on(told(&mut stranger, 3)), ["main ONE", "other TWO", "main ONE"]);
    problem(&twin.get("/_twin/deliveries/stream?colour=red"), 400);
    problem(&twin.get("/_twin/deliveries/stream?sandbox=a%20b"), 400);
}

#[test]
fn a_feed_that_falls_behind_says_how_many_it_missed() {
    let twin = twin(&Arc::new(Receiver::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut slow, _) = runtime.block_on(feed(&twin, "", None));
    for _ in 0..3 {
        (0..700).for_each(|_| post(&twin, message("NEW_TAG", HOOK)));
        settle(&twin);
    }
    let (kind, _, missed) = runtime.block_on(next(&mut slow));
    assert_eq!((kind.as_str(), missed), ("dropped", json!(100)));
    assert_eq!(runtime.block_on(told(&mut slow, 2_000)).len(), 2_000);
}
