//! Runs a program that is not changed against a twin: certificates for the vendors' hosts, namespaces, a proxy, and
//! what the program is told through its environment. It alone starts programs and speaks TLS as a server.

pub mod ca;
#[cfg(unix)]
pub mod command;
pub mod environment;
#[cfg(target_os = "linux")]
pub mod outside;
pub mod report;
#[cfg(target_os = "linux")]
pub mod resolver;
#[cfg(target_os = "linux")]
pub mod seal;
pub mod trust;
