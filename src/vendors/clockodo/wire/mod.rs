//! What Clockodo's requests and answers look like.

pub mod entries;
pub mod entry_in;
pub mod number;
pub mod paging;
pub mod params;
pub mod time;
