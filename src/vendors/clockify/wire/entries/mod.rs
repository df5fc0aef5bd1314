//! Time entries: request bodies, query parameters and the rows of answers.

mod body;
mod hydrated;
mod query;
mod row;

pub use body::{EndIn, EntryIn, InvoicedIn};
pub use query::{filter, hydrated, in_progress, running_page};
pub use row::EntryRenderer;
