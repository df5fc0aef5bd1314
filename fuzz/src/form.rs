//! Form bodies, plain and in parts, of every operation.

use timetwin::kernel::revision::Revision;

use super::stage::Stage;

thread_local! {
    static STAGE: Stage = Stage::new(Revision::Documented);
}

/// A body is read or refused, and a refusal changes nothing.
pub fn holds(data: &[u8]) {
    let kinds = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    STAGE.with(|stage| stage.play(data, &kinds));
}
