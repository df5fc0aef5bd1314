//! A twin in a test: clients for every surface, and a contract check on every answer.

mod quirks;
mod schema;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::Value;
use timetwin::control::Front;
use timetwin::http::mount::Answered;
use timetwin::http::server::App;
use timetwin::http::surface::Surface;
use timetwin::kernel::clock::Clock;
use timetwin::kernel::revision::Revision;
use timetwin::kernel::sandbox::Bounds;
use timetwin::scenario::load::Bundle;
use timetwin::scenario::seed::Overlay;
use timetwin::twin::{Setup, Twin, grow};
use timetwin::vendors::{SURFACES, SYSTEMS};
use timetwin::world::{Settings, World};
use tokio::runtime::Runtime;

/// The Friday on which most stories play.
pub(crate) const FRIDAY: &str = "2026-06-12T10:00:00Z";

/// What a test's world is made of.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) scenario: String,
    pub(crate) at: String,
    pub(crate) current: bool,
    pub(crate) limits: bool,
    pub(crate) bounds: Bounds,
    pub(crate) origin: String,
    /// Of the control API.
    pub(crate) token: Option<String>,
    /// By system, members that replace or extend those of the scenario's overlay.
    pub(crate) overlays: BTreeMap<String, String>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            scenario: "studio".into(),
            at: FRIDAY.into(),
            current: false,
            limits: true,
            bounds: Bounds::default(),
            origin: "http://twin.example".into(),
            token: None,
            overlays: BTreeMap::new(),
        }
    }
}

/// What decides how a world is grown: scenario, instant, revision, limits.
type Grown = (String, String, bool, bool, BTreeMap<String, String>);

/// Worlds that stand on a stage, with the scenario they grew from.
type GrownWorlds = BTreeMap<Grown, (Arc<Bundle>, World)>;

/// A twin without a socket.
#[derive(Debug, Clone)]
pub(crate) struct TestTwin {
    pub(crate) twin: Arc<Twin>,
    pub(crate) front: Front,
}

/// An answer, already checked against the contract.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) answered: Option<Answered>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl TestTwin {
    /// The studio on the Friday.
    pub(crate) fn studio() -> Self {
        Self::on(&Stage::default())
    }

    /// A twin on this stage. Worlds are grown once and shared between tests.
    pub(crate) fn on(stage: &Stage) -> Self {
        static GROWN: OnceLock<Mutex<GrownWorlds>> = OnceLock::new();
        let Stage { scenario, at, current, limits, bounds, origin, token, overlays } =
            stage.clone();
        let revision = if current { Revision::Current } else { Revision::Documented };
        let settings = Settings { revision, rate_limits: limits, plan: None };
        let clock = Clock::frozen(at.parse().unwrap());
        let (bundle, world) = {
            let mut grown = GROWN.get_or_init(Mutex::default).lock().unwrap();
            let key = (scenario, at, current, limits, overlays);
            grown.get(&key).cloned().unwrap_or_else(|| {
                let mut bundle = Bundle::builtin(&key.0).unwrap();
                for (system, patch) in &key.4 {
                    overlay(&mut bundle, system, patch);
                }
                let bundle = Arc::new(bundle);
                let world = grow(&bundle, clock, settings).unwrap();
                let made = (bundle, world);
                grown.insert(key, made.clone());
                made
            })
        };
        let setup =
            Setup { settings, control_token: token, bounds, ..Setup::new(bundle, clock, &origin) };
        Self::of(Twin::of(setup, world))
    }

    /// This twin.
    pub(crate) fn of(twin: Twin) -> Self {
        let twin = Arc::new(twin);
        let front = Front::new(Arc::clone(&twin));
        Self { twin, front }
    }

    /// Sends a request as it is and checks the answer against the contract. None is an error of the server.
    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = self.send_in_trouble(request);
        assert!(!answer.status.is_server_error(), "{asked}: {} {}", answer.status, answer.text());
        answer
    }

    /// The same where errors of the server are asked for.
    pub(crate) fn send_in_trouble(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let has_body = request.method() != Method::HEAD;
        let answer = block_on_request(async {
            let response = self.front.answer(request).await;
            let (parts, body) = response.into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.collect().await.unwrap().to_bytes(),
                answered: parts.extensions.get().cloned(),
            }
        });
        if let Some(Answered { surface, operation, quirks, .. }) = &answer.answered {
            quirks::check(surface, *operation, quirks, &asked);
        }
        // A declined operation has no contract to keep.
        if let Some(Answered { surface, operation: Some(operation), declined: false, .. }) =
            &answer.answered
            && has_body
        {
            schema::check(surface, operation, &asked, &answer);
        }
        answer
    }

    /// A control call.
    pub(crate) fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(Request::builder().method(method).uri(path).body(body).unwrap())
    }

    /// Moves the clock of a sandbox.
    pub(crate) fn advance(&self, sandbox: &str, by: &str) {
        let path = format!("/_twin/sandboxes/{sandbox}/clock/advance");
        let answer = self.control(Method::POST, &path, Some(&serde_json::json!({ "by": by })));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The headers by which this person calls a surface in a sandbox.
    pub(crate) fn headers(&self, surface: &str, person: &str, sandbox: &str) -> HeaderMap {
        let world = &self.twin.sandbox("main").unwrap().store.read().value;
        let logins = (surface_of(surface).credentials)(world);
        let login = logins
            .iter()
            .find(|login| login.person == person)
            .unwrap_or_else(|| panic!("{person} cannot call {surface}"));
        let secret = match sandbox {
            "main" => login.secret.clone(),
            name => format!("{}~{name}", login.secret),
        };
        (login.headers)(login, &secret)
            .into_iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                (name, HeaderValue::from_str(&value).unwrap())
            })
            .collect()
    }
}

/// Lays `patch` over a scenario's overlay of this system.
fn overlay(scenario: &mut Bundle, system: &str, patch: &str) {
    fn lay(patch: Value, over: &mut Value) {
        match (patch, over) {
            (Value::Object(patch), Value::Object(over)) => {
                for (name, value) in patch {
                    lay(value, over.entry(name).or_insert(Value::Null));
                }
            }
            (patch, over) => *over = patch,
        }
    }
    let system = SYSTEMS.iter().find(|known| known.name == system).expect("a system").name;
    let none = Overlay { file: format!("{system}.json"), text: "{}".into() };
    let file = scenario.overlays.entry(system).or_insert(none);
    let mut whole: Value = serde_json::from_str(&file.text).unwrap();
    lay(serde_json::from_str(patch).unwrap(), &mut whole);
    file.text = whole.to_string();
}

/// The surface of this name.
pub(crate) fn surface_of(name: &str) -> &'static Surface {
    SURFACES
        .iter()
        .find(|surface| surface.name == name)
        .unwrap_or_else(|| panic!("there is no surface {name}"))
}

/// Follows a reference within a contract.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        None => value,
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("nothing at {reference}")),
    }
}

/// Runs a future to its end on this thread.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    runtime().block_on(work)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The same for one request. Runtimes are kept: to make one takes longer than most requests.
fn block_on_request<T>(work: impl Future<Output = T>) -> T {
    static IDLE: Mutex<Vec<Runtime>> = Mutex::new(Vec::new());
    let idle = IDLE.lock().unwrap().pop();
    let runtime = idle.unwrap_or_else(runtime);
    let done = runtime.block_on(work);
    IDLE.lock().unwrap().push(runtime);
    done
}

/// All files with this ending below a folder of the project, with their text, by path.
pub(crate) fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    fn walk(
        root: &std::path::Path,
        at: &std::path::Path,
        ending: &str,
        to: &mut BTreeMap<String, String>,
    ) {
        let Ok(entries) = std::fs::read_dir(at) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    walk(root, &path, ending, to);
                }
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                to.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    walk(root, &root.join(folder), ending, &mut found);
    found
}

/// Whether `part` is in `whole`: objects by the keys named, lists element by element. More elements than
/// named are fine unless `whole_lists`.
pub(crate) fn within(
    part: &Value,
    whole: &Value,
    whole_lists: bool,
    at: &str,
) -> Result<(), String> {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part.iter().try_for_each(|(key, part)| {
            let found = whole.get(key).ok_or_else(|| format!("no key at {at}/{key}"))?;
            within(part, found, whole_lists, &format!("{at}/{key}"))
        }),
        (Value::Array(part), Value::Array(whole)) => {
            if part.len() > whole.len() || whole_lists && part.len() < whole.len() {
                return Err(format!("{} rows instead of {} at '{at}'", whole.len(), part.len()));
            }
            part.iter().zip(whole).enumerate().try_for_each(|(n, (part, whole))| {
                within(part, whole, whole_lists, &format!("{at}/{n}"))
            })
        }
        (part, whole) if part == whole => Ok(()),
        (part, whole) => Err(format!("{whole} instead of {part} at '{at}'")),
    }
}

/// What stands before a path of a contract on our own server: a path may have a server of its own.
pub(crate) fn base<'a>(document: &'a Value, item: &'a Value) -> &'a str {
    let servers = item.get("servers").unwrap_or(&document["servers"]);
    let origin = servers[0]["url"].as_str().unwrap().split_once("://").unwrap().1;
    origin.find('/').map_or("", |slash| &origin[slash..]).trim_end_matches('/')
}

/// How often a loop of a test turns: `usual` times, or as many times more as the variable `ROUNDS` says.
#[expect(clippy::disallowed_methods, reason = "how thorough a run is")]
pub(crate) fn rounds(usual: u32) -> u32 {
    let times =
        std::env::var("ROUNDS").map_or(1, |times| times.parse().expect("ROUNDS is a number"));
    usual * times
}
