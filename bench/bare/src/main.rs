//! A bare axum server: the ceiling that bench/run compares with.
//!
//! It reads the rows to serialise from the file named on the command line, a JSON list as timetwin
//! answers it, so that both servers send the same bytes; each request serialises them anew.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    description: String,
    tag_ids: Option<Vec<String>>,
    user_id: String,
    billable: bool,
    task_id: Option<String>,
    project_id: Option<String>,
    workspace_id: String,
    time_interval: Interval,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Interval {
    start: String,
    end: Option<String>,
    duration: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewEntry {
    start: String,
    end: Option<String>,
    description: Option<String>,
    billable: Option<bool>,
    project_id: Option<String>,
    tag_ids: Option<Vec<String>>,
}

async fn list(State(rows): State<Arc<Vec<Entry>>>) -> Json<Arc<Vec<Entry>>> {
    Json(rows)
}

async fn create(
    State(rows): State<Arc<Vec<Entry>>>,
    Json(new): Json<NewEntry>,
) -> (StatusCode, Json<Entry>) {
    let mut entry = rows[0].clone();
    entry.description = new.description.unwrap_or_default();
    entry.billable = new.billable.unwrap_or(false);
    entry.project_id = new.project_id;
    entry.tag_ids = new.tag_ids;
    entry.time_interval = Interval { start: new.start, end: new.end, duration: None };
    (StatusCode::CREATED, Json(entry))
}

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).expect("the file of rows");
    let text = std::fs::read(file).expect("rows");
    let rows: Vec<Entry> = serde_json::from_slice(&text).expect("a list of entries");
    let app = Router::new().route("/", get(list).post(create)).with_state(Arc::new(rows));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, app).await.expect("served");
}
