//! The only integration binary. Requests go through the router, no sockets, except in `socket`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]
#![allow(
    clippy::needless_for_each,
    clippy::format_push_string,
    clippy::match_same_arms,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::map_unwrap_or,
    reason = "a story may be told at length"
)]

mod bounds;
mod cases;
mod clockify;
mod clockodo;
mod contract;
mod control;
mod corpus;
mod coverage;
mod docs;
mod fuzz;
mod jira;
mod kernel;
mod limits;
mod reports;
mod socket;
mod sources;
mod support;
mod sweep;
#[expect(unreachable_pub, reason = "the fuzzers call it")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;
mod tidy;
