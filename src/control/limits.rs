//! The bounds of the control API as data. All are ours.

use std::time::Duration;

use crate::kernel::limits::Bound;
use crate::kernel::{faults, journal, outbox, sandbox, timeline};
use crate::scenario::load;
use crate::twin::{EXPECTATIONS, FEEDS, SALT, VALUES};

/// How long a call may take, its body included.
pub(super) const TIME: Duration = Duration::from_mins(2);
/// Longest body of a call, in bytes.
pub(super) const BODY: usize = 1024 * 1024;
/// Longest fragment of a scenario, in bytes: 20,000 entries of work. `--scenario` takes files of any length.
pub(super) const PLANT: usize = 3 * 512 * 1024;
/// Longest snapshot, in bytes.
pub(super) const SNAPSHOT: usize = 4 * 1024 * 1024 * 1024;

const fn bound(
    operation: &'static str,
    what: &'static str,
    most: usize,
    beyond: &'static str,
) -> Bound {
    Bound { operation, what, most: most as u64, beyond }
}

/// The most that calls take or keep. Paths are those below a sandbox, where a call is about one.
pub const BOUNDS: &[Bound] = &[
    bound("*", "bytes of a body", BODY, "413"),
    Bound { operation: "*", what: "seconds of a call", most: TIME.as_secs(), beyond: "408" },
    bound("POST /plant", "bytes of a body", PLANT, "413"),
    bound("PUT /snapshot", "bytes of a body", SNAPSHOT, "413"),
    Bound {
        operation: "POST /plant",
        what: "hours of one work",
        most: load::LONGEST.unsigned_abs(),
        beyond: "422 `bad-scenario`",
    },
    bound(
        "PUT /checkpoints",
        "checkpoints of a sandbox",
        sandbox::CHECKPOINTS,
        "409 `checkpoints-full`",
    ),
    bound("PUT", "characters of a name", sandbox::NAME, "400 `bad-sandbox-name`"),
    bound("PUT", "bytes of a salt", SALT, "400 `bad-salt`"),
    bound("PUT /faults", "rules of a plan", faults::RULES, "422 `bad-fault-rule`"),
    bound("PUT /faults", "bytes of the texts of a rule", faults::TEXT, "422 `bad-fault-rule`"),
    Bound {
        operation: "PUT /faults",
        what: "seconds of a delay",
        most: faults::LONGEST.as_secs(),
        beyond: "422 `bad-fault-rule`",
    },
    bound(
        "PUT /faults",
        "extra deliveries of a message",
        faults::DUPLICATES as usize,
        "422 `bad-fault-rule`",
    ),
    bound("POST /requests/verify", "expectations", EXPECTATIONS, "422 `too-many`"),
    bound(
        "POST /requests/verify",
        "values in the bodies of expectations",
        VALUES,
        "422 `too-many`",
    ),
    bound("GET …/stream", "feeds of a server", FEEDS, "429 `feeds-full`"),
    bound("GET /requests", "bytes of a body in a record", journal::BODY, "the record has no body"),
    bound(
        "GET /requests",
        "bytes of all bodies in a journal",
        journal::BODIES,
        "the oldest are dropped",
    ),
    bound(
        "GET /requests",
        "bytes of all other texts in a journal",
        journal::TEXTS,
        "the oldest records are dropped",
    ),
    bound(
        "GET /deliveries",
        "deliveries of a sandbox",
        outbox::MOST,
        "the oldest finished one is dropped, else the oldest",
    ),
    bound("GET /deliveries", "bytes of a receiver's answer", outbox::ANSWER, "cut off"),
    bound(
        "POST /clock/advance, PUT /clock",
        "events in one step",
        timeline::MOST,
        "the rest happens in the next step",
    ),
];
