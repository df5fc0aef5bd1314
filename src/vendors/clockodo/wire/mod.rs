//! Clockodo's requests and answers.

pub mod clock;
pub mod entries;
pub mod entry_in;
pub mod group_names;
pub mod groups;
pub mod master;
pub mod number;
pub mod paging;
pub mod params;
pub mod texts;
pub mod time;
