//! Report files. They are made from [`super::result`] alone: the same report gives the same bytes.

pub mod csv;
pub mod pdf;
pub mod table;
pub mod xlsx;
