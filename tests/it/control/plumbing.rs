//! The HTTP plumbing over a surface of our own: mounting, sandboxes, rejections, bodies, declined
//! operations. What vendors make of it is theirs.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use timetwin::contract::{Budget, Cost, Operation};
use timetwin::http::body::Field;
use timetwin::http::context::Context;
use timetwin::http::cors::BrowserPolicy;
use timetwin::http::fields::Fields;
use timetwin::http::links::Links;
use timetwin::http::mount::Mount;
use timetwin::http::query::QueryMap;
use timetwin::http::reply::Reply;
use timetwin::http::routes::{Handlers, VendorError};
use timetwin::http::surface::{Mounted, Surface, empty_fault};
use timetwin::http::{Expected, Rejection};
use timetwin::kernel::faults::Plan;
use timetwin::kernel::limits::{Kind, Limit};
use timetwin::kernel::outbox::Message;
use timetwin::kernel::revision::Revision;
use timetwin::kernel::sandbox::{Bounds, Sandboxes};
use timetwin::world::World;

use crate::support::{Answer, TestTwin, block_on};

/// The rejection as the plumbing gave it, in place of a vendor's form.
struct Refusal(Rejection);

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl VendorError for Refusal {
    fn reply(&self, cx: &Context) -> Reply {
        let body = json!({ "rejection": format!("{:?}", self.0), "path": cx.path });
        Reply::json(StatusCode::BAD_REQUEST, &body)
    }
}

const ONE: Limit = Limit {
    id: "fax/one",
    requests: 1,
    per: std::time::Duration::from_mins(1),
    kind: Kind::Window,
    source: "a test",
};

const FAX: Surface = Surface {
    name: "fax",
    hosts: &["api.fax.test", "part.fax.test"],
    partial_hosts: &[("part.fax.test", "/part/")],
    locate: |own_host, path| match path.strip_prefix("/fax") {
        Some(rest) => Some(rest.to_owned()),
        None => own_host.then(|| path.to_owned()),
    },
    loose_slashes: true,
    secret: |headers: &HeaderMap, query: &QueryMap| {
        let header = headers.get("x-key").map(|key| key.to_str().unwrap().to_owned());
        header.or_else(|| query.first("key").map(str::to_owned))
    },
    knows: |_, _| true,
    secret_parameters: &["key"],
    max_body: 100,
    limits: &[ONE, Limit { id: "fax/two", ..ONE }],
    bounds: &[],
    operations: OPERATIONS,
    handlers,
    credentials: |_| Vec::new(),
    fault: empty_fault,
    browsers: || BrowserPolicy { preflight: StatusCode::NO_CONTENT, max_age: 60 },
    bases: &[("base_url", "/fax")],
};

const fn operation(method: &'static str, path: &'static str, id: &'static str) -> Operation {
    Operation {
        id,
        method,
        path,
        server: None,
        base: "/fax",
        source: "a test",
        statuses: &["200"],
        names: &["size"],
        bounds: &[],
        scope: None,
        budget: &[],
        plan: &[],
        revision: None,
        cost: Cost::Short,
        declined: None,
    }
}

const LIMITED: &[Budget] = &[
    Budget { limit: "fax/one", revision: None, parameter: None },
    Budget { limit: "fax/two", revision: Some(Revision::Current), parameter: None },
    Budget { limit: "fax/two", revision: None, parameter: Some("cover") },
];

const OPERATIONS: &[Operation] = &[
    operation("GET", "/page/{name}", "getPage"),
    operation("POST", "/page/{name}", "sendPage"),
    operation("GET", "/page/blank", "getBlank"),
    operation("POST", "/fields", "fields"),
    Operation { budget: LIMITED, ..operation("GET", "/limited", "limited") },
    operation("POST", "/hook", "postHook"),
    operation("GET", "/panic", "panic"),
    Operation { declined: Some("no covers"), ..operation("GET", "/covers", "listCovers") },
];

fn handlers() -> Handlers {
    Handlers::new::<Refusal>()
        .on("getPage", page)
        .on("sendPage", send_page)
        .on("getBlank", |_: &Context| ok(&json!("blank")))
        .on("fields", fields)
        .on("limited", limited)
        .on("postHook", post_hook)
        .on("panic", |_: &Context| -> Result<Reply, Refusal> { panic!("on purpose") })
        .declined(|cx: &Context| {
            let reason = cx.operation().unwrap().declined;
            Ok::<_, Refusal>(Reply::json(StatusCode::NOT_IMPLEMENTED, &json!(reason)))
        })
}

#[expect(clippy::unnecessary_wraps, reason = "the answer of a handler")]
fn ok(value: &Value) -> Result<Reply, Refusal> {
    Ok(Reply::ok(value))
}

fn page(cx: &Context) -> Result<Reply, Refusal> {
    let size = cx.query.integer("size")?;
    let colour = cx.query.boolean("colour")?;
    let page = json!({
        "name": cx.param("name"), "size": size, "colour": colour, "secret": cx.secret(),
        "tags": cx.query.list("tags"), "filter": cx.query.deep("filter"),
        "keys": cx.query.all("keys[]").collect::<Vec<_>>(), "at": cx.now().to_rfc3339(),
    });
    ok(&page)
}

fn send_page(cx: &Context) -> Result<Reply, Refusal> {
    #[derive(serde::Deserialize)]
    struct PageIn {
        to: Vec<Number>,
        #[serde(default)]
        cover: Field<String>,
    }
    #[derive(serde::Deserialize)]
    struct Number {
        number: u32,
    }
    let PageIn { to, cover } = cx.json()?;
    let numbers: Vec<u32> = to.into_iter().map(|to| to.number).collect();
    let cover = match cover {
        Field::Absent => json!("absent"),
        Field::Null => json!("null"),
        Field::Value(text) => json!(["value", text]),
    };
    ok(&json!([numbers, cover]))
}

fn fields(cx: &Context) -> Result<Reply, Refusal> {
    let fields = Fields::of(cx)?;
    let all: serde_json::Map<String, Value> =
        fields.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    ok(&all.into())
}

#[expect(clippy::unnecessary_wraps, reason = "a handler")]
fn limited(cx: &Context) -> Result<Reply, Refusal> {
    let ids = |parameter| cx.budget(parameter).map(|limit| limit.id).collect::<Vec<_>>();
    assert_eq!((ids(None), ids(Some("cover"))), (vec!["fax/one"], vec!["fax/two"]));
    assert_eq!(ids(Some("colour")), [""; 0]);
    let limit = cx.budget(None).next().unwrap();
    Ok(match cx.spend(limit, cx.secret().unwrap_or_default()) {
        Ok(()) => Reply::ok(&"ok"),
        Err(after) => Reply::json(StatusCode::TOO_MANY_REQUESTS, &after.as_secs()),
    })
}

/// Changes something and posts a message that tells of it.
fn post_hook(cx: &Context) -> Result<Reply, Refusal> {
    let fails = cx.query.has("fail");
    cx.write(|world| {
        let message = Message {
            system: "fax",
            hook: "h".into(),
            event: "SENT".into(),
            url: "http://127.0.0.1:9/".into(),
            headers: Vec::new(),
            body: "{}".into(),
            retries: &[],
            keep: 60,
        };
        world.outbox.post(&mut world.ids, cx.now(), message);
        if fails { Err(Refusal(Rejection::NoBody)) } else { Ok(()) }
    })?;
    let seen = cx.read().value.outbox.deliveries.len();
    ok(&json!(seen))
}

struct Fax {
    mount: Mount,
    sandboxes: Arc<Sandboxes<World>>,
}

impl Fax {
    fn new() -> Self {
        let world = TestTwin::studio().twin.sandboxes().pristine();
        let sandboxes = Arc::new(Sandboxes::new(world, Bounds::default()));
        let links = Links::following("http://twin.example");
        let mount = Mount::new(Mounted::all(&[FAX]), Arc::clone(&sandboxes), links);
        Self { mount, sandboxes }
    }

    fn send(&self, request: Request<Body>) -> Answer {
        block_on(async {
            let (parts, body) = self.mount.answer(request).await.into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.collect().await.unwrap().to_bytes(),
                answered: parts.extensions.get().cloned(),
            }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
    }

    fn post(&self, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::post(path).header("content-type", kind);
        self.send(request.body(Body::from(body.to_owned())).unwrap())
    }
}

fn rejection(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.text());
    answer.json()["rejection"].as_str().unwrap().to_owned()
}

#[test]
fn a_path_or_a_host_leads_to_the_surface() {
    let fax = Fax::new();
    assert_eq!(fax.get("/fax/page/blank").json(), "blank");
    let by_host = |host: &str, path: &str| {
        fax.send(Request::get(path).header("host", host).body(Body::empty()).unwrap())
    };
    assert_eq!(by_host("API.fax.test:443", "/page/blank").json(), "blank");
    assert_eq!(by_host("api.fax.test", "/fax/page/blank").json(), "blank");
    let nobody = by_host("elsewhere.test", "/page/blank");
    assert_eq!(nobody.status, 404);
    assert_eq!(nobody.headers["content-type"], "application/problem+json");
    let surfaces =
        json!([{ "surface": "fax", "bases": { "base_url": "http://elsewhere.test/fax" } }]);
    assert_eq!(nobody.json()["surfaces"], surfaces);
}

#[test]
fn literal_segments_win_and_parameters_are_decoded() {
    let fax = Fax::new();
    assert_eq!(fax.get("/fax/page/blank").json(), "blank");
    assert_eq!(fax.get("/fax/page/a%20b%2Fc").json()["name"], "a b/c");
    assert_eq!(fax.get("/fax/page/%FF").json()["name"], "\u{fffd}", "odd bytes do no harm");
}

#[test]
fn doubled_and_trailing_slashes_are_overlooked() {
    let fax = Fax::new();
    for path in ["/fax//page/blank", "/fax/page/blank/", "//fax///page//blank//"] {
        assert_eq!(fax.get(path).json(), "blank", "{path}");
    }
}

#[test]
fn queries_keep_order_repetition_and_spelling() {
    let fax = Fax::new();
    let page = fax.get(
        "/fax/page/x?tags=a&tags=b,c&keys%5B%5D=A&keys[]=B&filter[users_id]=1&filter%5Bteam%5D=2&size=%207",
    );
    let page = page.json();
    assert_eq!(page["tags"], json!(["a", "b", "c"]));
    assert_eq!(page["keys"], json!(["A", "B"]));
    assert_eq!(page["filter"], json!([["users_id", "1"], ["team", "2"]]));
    assert_eq!(page["size"], 7);
    for (text, truth) in [("true", true), ("FALSE", false), ("1", true), ("0", false)] {
        assert_eq!(fax.get(&format!("/fax/page/x?colour={text}")).json()["colour"], truth);
    }
    assert_eq!(fax.get("/fax/page/x?size=&colour=").json()["size"], Value::Null);
}

#[test]
fn every_rejection_is_rendered_by_the_surface() {
    let fax = Fax::new();
    let get = |path: &str| rejection(&fax.get(path));
    assert_eq!(get("/fax/nothing"), "UnknownPath");
    assert_eq!(get("/fax"), "UnknownPath");
    let delete = Request::delete("/fax/page/x").body(Body::empty()).unwrap();
    assert_eq!(rejection(&fax.send(delete)), "WrongMethod { allow: [GET, POST] }");
    let bad = |name: &str, value: &str, expected: Expected| {
        let (name, value) = (name.to_owned(), value.to_owned());
        format!("{:?}", Rejection::BadParameter { name, value, expected })
    };
    assert_eq!(get("/fax/page/x?size=big"), bad("size", "big", Expected::Integer));
    let huge = "99999999999999999999";
    assert_eq!(get(&format!("/fax/page/x?size={huge}")), bad("size", huge, Expected::Integer));
    assert_eq!(get("/fax/page/x?colour=2"), bad("colour", "2", Expected::Boolean));
    let post = |body: &str| rejection(&fax.post("/fax/page/x", "application/json", body));
    assert_eq!(post(""), "NoBody");
    assert_eq!(post("  \n"), "NoBody");
    assert!(post("{\"to\":").starts_with("BadJson"), "{}", post("{\"to\":"));
    assert!(post("{\"to\":[]} x").starts_with("BadJson"), "nothing may follow");
    assert!(post("[]").contains("BadField { path: \"\""), "{}", post("[]"));
    let field = post("{\"to\":[{\"number\":1},{\"number\":\"2\"}]}");
    assert!(field.contains("path: \"to[1].number\""), "{field}");
    assert_eq!(post(&"x".repeat(101)), "BodyTooLarge(100)");
    let bad_sandbox = fax.get("/fax/page/x?size=big").json();
    assert_eq!(bad_sandbox["path"], "/page/x");
}

#[test]
fn a_body_that_is_too_long_is_refused_whether_announced_or_not() {
    let fax = Fax::new();
    let announced = Request::post("/fax/page/x").header("content-length", "101");
    let announced = announced.body(Body::from("x".repeat(101))).unwrap();
    assert_eq!(rejection(&fax.send(announced)), "BodyTooLarge(100)");
    let expecting = Request::post("/fax/page/x").header("content-length", "101");
    let expecting = expecting.header("expect", "100-continue").body(Body::empty()).unwrap();
    assert_eq!(rejection(&fax.send(expecting)), "BodyTooLarge(100)");
    let endless = Body::from(vec![b'x'; 17 * 1024 * 1024]);
    let endless = Request::post("/fax/page/x").body(endless).unwrap();
    assert_eq!(rejection(&fax.send(endless)), "BodyTooLarge(100)");
}

#[test]
fn absent_null_and_value_are_three_things() {
    let fax = Fax::new();
    let post = |body: &str| fax.post("/fax/page/x", "text/plain", body).json();
    assert_eq!(post("{\"to\":[]}"), json!([[], "absent"]));
    assert_eq!(post("{\"to\":[],\"cover\":null}"), json!([[], "null"]));
    assert_eq!(post("{\"to\":[{\"number\":7}],\"cover\":\"x\"}"), json!([[7], ["value", "x"]]));
}

#[test]
fn fields_come_from_json_form_or_query_and_the_body_wins() {
    let fax = Fax::new();
    let form = "application/x-www-form-urlencoded";
    let post = |path: &str, kind: &str, body: &str| fax.post(path, kind, body).json();
    assert_eq!(
        post("/fax/fields?a=1&b=2", form, "b=3&c=%20x+y"),
        json!({"a":"1","b":"3","c":" x y"})
    );
    assert_eq!(post("/fax/fields?a=1", "application/json", "{\"a\":2}"), json!({"a":2}));
    assert_eq!(post("/fax/fields", form, "{\"a\":null}"), json!({"a":null}), "JSON as a form");
    assert_eq!(post("/fax/fields", "application/json", "a=1"), json!({"a":"1"}), "a form as JSON");
    assert_eq!(post("/fax/fields?a=1", form, ""), json!({"a":"1"}));
    let refused = |body: &str| rejection(&fax.post("/fax/fields", "application/json", body));
    assert!(refused("[1]").contains("expected an object"));
    assert!(refused("{\"a\"").starts_with("BadJson"));
    assert!(refused("words").starts_with("BadJson"));
}

#[test]
fn the_secret_names_the_sandbox_and_reaches_the_handler_without_it() {
    let fax = Fax::new();
    let ask = |path: &str, key: &str| {
        fax.send(Request::get(path).header("x-key", key).body(Body::empty()).unwrap()).json()
    };
    assert_eq!(ask("/fax/page/x", "k")["secret"], "k");
    assert_eq!(ask("/fax/page/x", "k~one")["secret"], "k");
    assert_eq!(ask("/~two/fax/page/x", "k~one")["secret"], "k");
    assert_eq!(ask("/fax/page/x", "a~b~three")["secret"], "a~b");
    assert_eq!(ask("/fax/page/x", "k~")["secret"], "k~", "an empty name is part of the secret");
    assert_eq!(ask("/fax/page/x", "k~no name")["secret"], "k~no name");
    assert_eq!(fax.get("/fax/page/x?key=q~four").json()["secret"], "q");
    assert_eq!(fax.get("/~five/fax/page/x").json()["secret"], Value::Null);
    assert_eq!(
        fax.sandboxes.names(),
        ["four", "main", "one", "three", "two"],
        "no key, no sandbox"
    );
    let record = |name: &str| {
        let sandbox = fax.sandboxes.get(name).unwrap();
        sandbox.journal().nth(1).unwrap().clone()
    };
    assert_eq!(record("four").query, "key=REDACTED");
}

#[test]
fn head_is_get_without_a_body() {
    let fax = Fax::new();
    let head = fax.send(Request::head("/fax/page/blank").body(Body::empty()).unwrap());
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.headers["content-length"], "7");
}

#[test]
fn a_declined_operation_is_answered_and_marked() {
    let fax = Fax::new();
    let covers = fax.get("/fax/covers");
    assert_eq!((covers.status.as_u16(), covers.json()), (501, json!("no covers")));
    let answered = covers.answered.unwrap();
    assert_eq!((answered.operation, answered.declined), (Some("listCovers"), true));
    fax.get("/fax/page/blank");
    let main = fax.sandboxes.get("main").unwrap();
    let journal = main.journal();
    assert_eq!(journal.iter().map(|record| record.declined).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_panic_is_answered_and_the_server_goes_on() {
    let fax = Fax::new();
    let broken = fax.get("/fax/panic");
    assert_eq!(broken.status, 500);
    assert_eq!(broken.json()["rejection"], "Defect");
    assert_eq!(fax.get("/fax/page/blank").json(), "blank");
}

#[test]
fn limits_hold_in_each_sandbox_unless_switched_off() {
    let fax = Fax::new();
    let ask = |prefix: &str| fax.get(&format!("{prefix}/fax/limited?key=k")).status.as_u16();
    assert_eq!((ask(""), ask("")), (200, 429));
    assert_eq!(ask("/~other"), 200, "another sandbox has its own");
    let main = fax.sandboxes.get("main").unwrap();
    main.store
        .write(|world| {
            world.clock = world.clock.advance(chrono::TimeDelta::seconds(60))?;
            Ok::<_, timetwin::kernel::clock::OutOfRange>(())
        })
        .unwrap();
    assert_eq!((ask(""), ask("")), (200, 429), "the sandbox's clock opens a new window");
    main.store
        .write(|world| {
            world.settings.rate_limits = false;
            Ok::<_, ()>(())
        })
        .unwrap();
    assert_eq!((ask(""), ask("")), (200, 200));
}

#[test]
fn a_message_is_posted_with_its_change_or_not_at_all() {
    let fax = Fax::new();
    let rings = fax.mount.posted().count();
    assert!(rejection(&fax.post("/fax/hook?fail=1", "text/plain", "")) == "NoBody");
    let main = fax.sandboxes.get("main").unwrap();
    assert_eq!(main.store.read().value.outbox.deliveries.len(), 0);
    assert_eq!(fax.mount.posted().count(), rings, "nobody is called for nothing");
    assert_eq!(fax.post("/fax/hook", "text/plain", "").json(), 1, "a request reads what it wrote");
    assert_eq!(fax.mount.posted().count(), rings + 1);
    assert!(main.store.read().value.outbox.next_due().is_some());
}

#[test]
fn a_fault_plan_doubles_the_messages_of_a_request() {
    let fax = Fax::new();
    let main = fax.sandboxes.get("main").unwrap();
    let rule = json!({ "match": { "operation": "postHook" }, "when": { "first": 1 }, "effect": { "duplicate": 2 } });
    *main.faults() = Plan::new(vec![serde_json::from_value(rule).unwrap()]).unwrap();
    assert_eq!(fax.post("/fax/hook", "text/plain", "").json(), 3);
    assert_eq!(fax.post("/fax/hook", "text/plain", "").json(), 4, "the first time only");
    let root = main.store.read();
    let ids: Vec<u64> = root.value.outbox.deliveries.iter().map(|row| row.id.0.0).collect();
    assert_eq!(ids, [1, 2, 3, 4], "each delivery is one of its own");
}
