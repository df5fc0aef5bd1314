//! The few tests that need a real port.
