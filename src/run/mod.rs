//! Clients that are not changed: certificates for the vendors' hosts. It alone speaks TLS as a server.

pub mod ca;
