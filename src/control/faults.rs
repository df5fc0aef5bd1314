//! The fault plan of a sandbox.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::problem::{Problem, required};
use crate::kernel::faults::Rule;
use crate::twin::Twin;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanIn {
    rules: Vec<Rule>,
}

/// A plan with what its rules have counted, in their order.
#[derive(Debug, Serialize)]
pub(super) struct PlanOut {
    rules: Vec<Rule>,
    counts: Vec<CountOut>,
}

#[derive(Debug, Serialize)]
struct CountOut {
    /// Requests that reached the rule and matched it.
    matched: u64,
    /// How often it fired.
    fired: u64,
}

fn answer(twin: &Twin, name: &str) -> Result<Json<PlanOut>, Problem> {
    let sandbox = twin.sandbox(name)?;
    let plan = sandbox.faults();
    let counts = plan.counts().map(|(matched, fired)| CountOut { matched, fired });
    Ok(Json(PlanOut { rules: plan.rules().cloned().collect(), counts: counts.collect() }))
}

/// `GET /_twin/sandboxes/{sandbox}/faults`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<Json<PlanOut>, Problem> {
    answer(&twin, &name)
}

/// `PUT /_twin/sandboxes/{sandbox}/faults` `{"rules":[…]}`: in place of the plan there was.
pub(super) async fn put(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<PlanOut>, Problem> {
    let PlanIn { rules } = required(&body)?;
    twin.set_faults(&name, rules)?;
    answer(&twin, &name)
}

/// `DELETE /_twin/sandboxes/{sandbox}/faults`
pub(super) async fn clear(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    twin.set_faults(&name, Vec::new())?;
    Ok(StatusCode::NO_CONTENT)
}
