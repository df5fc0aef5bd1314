//! The HTTP client of everything here that speaks to another server.
//!
//! It follows no redirects, heeds no proxy of the environment and trusts the certificate authorities
//! compiled in, so that it works the same in an empty image.

use std::error::Error;
use std::sync::Arc;

pub use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

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

/// A new client with connections of its own.
///
/// # Errors
/// TLS cannot be set up, which a test would show.
pub fn client() -> Result<Client, ClientError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(Policy::none())
        .pool_max_idle_per_host(2);
    Ok(client.build()?)
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
