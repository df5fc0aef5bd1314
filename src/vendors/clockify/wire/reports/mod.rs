//! Reports: request bodies, JSON answers and files.

mod dates;
pub mod detailed;
pub mod enums;
pub mod file;
pub mod filters;
pub mod groups;
mod overrides;
pub mod rendering;
pub mod request;
pub mod shared;
