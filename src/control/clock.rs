//! Time travel: the clock of a sandbox.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::problem::{Problem, required};
use crate::kernel::civil::parse_iso_span;
use crate::kernel::clock::Clock;
use crate::twin::Twin;

/// A clock as the control API shows it.
#[derive(Debug, Serialize)]
pub(super) struct ClockOut {
    mode: Mode,
    now: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Real,
    Frozen,
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
        let mode = match clock {
            Clock::Real { .. } => Mode::Real,
            Clock::Frozen { .. } => Mode::Frozen,
        };
        Self { mode, now: clock.now().to_rfc3339_opts(SecondsFormat::AutoSi, true) }
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

/// `PUT /_twin/sandboxes/{sandbox}/clock` `{"mode"?, "now"?}`. A real clock without `now` shows the
/// machine's time again; a frozen one without `now` stops where it is.
pub(super) async fn put(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<ClockOut>, Problem> {
    let ClockIn { mode, now } = required(&body)?;
    if mode.is_none() && now.is_none() {
        return Err(Problem::new(400, "Name a `mode`, `now`, or both."));
    }
    let sandbox = twin.sandbox(&name)?;
    sandbox.store.write(|world| {
        let kind = match mode {
            None => world.clock,
            Some(Mode::Real) => Clock::real(),
            Some(Mode::Frozen) => Clock::frozen(world.clock.now()),
        };
        world.clock = match now {
            None => kind,
            Some(now) => kind.set(now)?,
        };
        Ok(Json(world.clock.into()))
    })
}

/// `POST /_twin/sandboxes/{sandbox}/clock/advance` `{"by":"PT1H"}`
pub(super) async fn advance(
    State(twin): State<Arc<Twin>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<ClockOut>, Problem> {
    let AdvanceIn { by } = required(&body)?;
    let span = parse_iso_span(&by).filter(|span| *span >= TimeDelta::zero());
    let span = span.ok_or_else(|| {
        Problem::new(400, format!("`by` is a duration of 0 or more like PT1H30M, not '{by}'."))
    })?;
    let sandbox = twin.sandbox(&name)?;
    sandbox.store.write(|world| {
        world.clock = world.clock.advance(span)?;
        Ok(Json(world.clock.into()))
    })
}
