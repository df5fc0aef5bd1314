//! Time entries: what clients send, what they ask for, and what they are shown.

mod asked;
mod hydrated;
mod shown;
mod told;

pub use asked::{filter, hydrated, in_progress, short_page};
pub use shown::{ContentOut, Frame, listed, many};
pub use told::{EndIn, EntryIn, InvoicedIn};
