//! The only integration binary. Requests go through the router, no sockets, except in `socket`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod cases;
mod contract;
mod control;
mod jira;
mod kernel;
mod socket;
mod support;
