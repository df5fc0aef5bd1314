//! Clockify's reports beyond what cases tell: exports that are read back, and figures that add up.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the numbers of these stories are small"
)]

mod adds_up;
mod exports;
mod read;
