//! Time travel: the clock of a sandbox.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::problem::{Problem, required};
use crate::kernel::clock::Clock;
use crate::twin::{ClockChange, Mode, Twin};

/// A clock in answers of the control API.
#[derive(Debug, Serialize)]
pub(super) struct ClockOut {
    mode: Mode,
    now: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockIn {
    mode: Option<Mode>,
    now: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceIn {
    by: String,
}

impl From<Clock> for ClockOut {
    fn from(clock: Clock) -> Self {
        let now = clock.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self { mode: clock.into(), now }
    }
}

/// `GET /_twin/sandboxes/{sandbox}/clock`
pub(super) async fn get(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
) -> Result<Json<ClockOut>, Problem> {
    let sandbox = twin.sandbox(&name)?;
    Ok(Json(sandbox.store.read().value.clock.into()))
}

/// `PUT /_twin/sandboxes/{sandbox}/clock` `{"mode"?, "now"?}`
pub(super) async fn put(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<ClockOut>, Problem> {
    let ClockIn { mode, now } = required(&body)?;
    if mode.is_none() && now.is_none() {
        return Err(Problem::new(400, "Give `mode`, `now`, or both."));
    }
    let clock = twin.set_clock(&name, ClockChange { mode, now }).await?;
    Ok(Json(clock.into()))
}

/// `POST /_twin/sandboxes/{sandbox}/clock/advance` `{"by":"PT1H"}`
pub(super) async fn advance(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<ClockOut>, Problem> {
    let AdvanceIn { by } = required(&body)?;
    Ok(Json(twin.advance(&name, &by).await?.into()))
}
