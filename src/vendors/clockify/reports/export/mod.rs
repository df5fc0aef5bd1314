//! The files that a report can be had as. Each is made from [`super::result`] alone; the same report gives
//! the same bytes.

pub mod csv;
pub mod pdf;
pub mod table;
pub mod xlsx;
