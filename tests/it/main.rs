//! The only integration binary. Requests go through the router, no sockets, except in `socket`.

mod cases;
mod contract;
mod control;
mod docs;
mod kernel;
mod socket;
mod support;
mod tidy;
