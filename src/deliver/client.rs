//! The HTTP client of everything here that speaks to another server.
//!
//! It follows no redirects, heeds no proxy of the environment and trusts the certificate authorities
//! compiled in and those that the user names, so that it works the same in an empty image.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

pub use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::ring;

use super::Authorities;

/// Why a call is not made.
pub(super) const OWN: &str = "the receiver is this server itself";

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS cannot be set up.
    #[error("{0}")]
    Tls(#[from] rustls::Error),
    /// The client cannot be built.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
}

/// A new client with connections of its own that trusts these authorities, too. A wary one calls no name that leads
/// to this machine.
///
/// # Errors
/// TLS cannot be set up, which a test would show.
pub fn client(wary: bool, trusted: &Authorities) -> Result<Client, ClientError> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted.with_built_in())
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .dns_resolver(Arc::new(Names { wary }))
        .redirect(Policy::none())
        .pool_max_idle_per_host(2);
    Ok(client.build()?)
}

/// Looks up names. `localhost` and what is below it are this machine, whatever the network says.
#[derive(Debug)]
struct Names {
    /// Whether addresses of this machine are left out.
    wary: bool,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let wary = self.wary;
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = if host == "localhost" || host.ends_with(".localhost") {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else {
                tokio::net::lookup_host((host, 0)).await?.collect()
            };
            let found: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| !wary || !is_of_this_machine(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(OWN.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of this machine: only then can a socket be bound to it.
pub(super) fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_unspecified() || address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

/// Why a request failed, with what led to it. The URL is left out: whoever asks knows it.
#[must_use]
pub fn causes(error: &reqwest::Error) -> String {
    // The outermost error only says that a request failed.
    let mut cause = error.source();
    let Some(first) = cause else { return error.to_string() };
    let mut text = first.to_string();
    while let Some(error) = cause.and_then(Error::source) {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = Some(error);
    }
    text
}
