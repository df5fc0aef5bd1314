//! Clockify's reports beyond what cases tell: exports that are read back, and figures that add up.

mod exports;
mod read;
