//! JSON bodies of every operation.

use serde_json::Value;
use timetwin::http::body;
use timetwin::kernel::revision::Revision;

use super::stage::Stage;

thread_local! {
    static DOCUMENTED: Stage = Stage::new(Revision::Documented);
    static CURRENT: Stage = Stage::new(Revision::Current);
}

/// A body is read or refused, in both revisions, and a refusal changes nothing.
pub fn holds(data: &[u8]) {
    let kinds = ["application/json"];
    DOCUMENTED.with(|stage| stage.play(data, &kinds));
    CURRENT.with(|stage| stage.play(data, &kinds));
    let Ok(value) = body::json::<Value>(data) else { return };
    let written = serde_json::to_vec(&value).expect("a value can be written");
    assert_eq!(body::json::<Value>(&written), Ok(value), "a value is read as it was written");
}
