//! What the fuzzers call. Each function takes any bytes and panics when something that should hold does not. The
//! test `corpus` calls the same functions with the inputs kept below `corpus/`.

pub mod address;
pub mod form;
pub mod jql;
pub mod json;
pub mod query;
pub mod scenario;
pub mod snapshot;
pub mod stage;
