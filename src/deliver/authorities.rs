//! Certificate authorities that a user names, to be trusted besides those compiled in.

use rustls::RootCertStore;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, TrustAnchor};

/// Certificate authorities. The default is none.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    anchors: Vec<TrustAnchor<'static>>,
}

/// Text that holds no certificate authorities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAuthorities {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// There is no PEM in it.
    #[error("it is not PEM: a certificate begins with '-----BEGIN CERTIFICATE-----'")]
    NotPem,
    /// There is PEM in it that cannot be read.
    #[error("its PEM is broken: {0}")]
    Broken(String),
    /// There are keys or the like in it, and nothing else.
    #[error("it holds no certificate")]
    NoCertificate,
    /// This certificate of it, counted from one, is none.
    #[error("certificate {0} of it cannot be read: {1}")]
    BadCertificate(usize, String),
}

impl Authorities {
    /// Reads certificates in PEM. Whatever else is between them is skipped.
    ///
    /// # Errors
    /// The text holds no certificate, or one that cannot be read.
    pub fn parse(pem: &[u8]) -> Result<Self, BadAuthorities> {
        if pem.trim_ascii().is_empty() {
            return Err(BadAuthorities::Empty);
        }
        if !pem.windows(BEGIN.len()).any(|part| part == BEGIN) {
            return Err(BadAuthorities::NotPem);
        }
        let mut store = RootCertStore::empty();
        for (n, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let broken = |error: PemError| BadAuthorities::Broken(error.to_string());
            let bad =
                |error: rustls::Error| BadAuthorities::BadCertificate(n + 1, error.to_string());
            store.add(certificate.map_err(broken)?).map_err(bad)?;
        }
        if store.is_empty() {
            return Err(BadAuthorities::NoCertificate);
        }
        Ok(Self { anchors: store.roots })
    }

    /// These and those compiled in.
    pub(super) fn with_built_in(&self) -> RootCertStore {
        let built_in = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
        RootCertStore { roots: built_in.chain(self.anchors.iter().cloned()).collect() }
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";

#[cfg(test)]
mod tests {
    use super::{Authorities, BadAuthorities};

    #[test]
    fn what_holds_no_certificate_says_why() {
        let why = |pem: &str| Authorities::parse(pem.as_bytes()).unwrap_err();
        assert_eq!(why(" \n"), BadAuthorities::Empty);
        assert_eq!(why("0\u{82}\u{1}"), BadAuthorities::NotPem);
        let block = |kind: &str, text: &str| {
            format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
        };
        assert_eq!(why(&block("PUBLIC KEY", "AAAA")), BadAuthorities::NoCertificate);
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(why(cut), BadAuthorities::Broken(_)), "{}", why(cut));
        let odd = block("CERTIFICATE", "?");
        assert!(matches!(why(&odd), BadAuthorities::Broken(_)), "{}", why(&odd));
        let none = block("CERTIFICATE", "AAAA");
        assert!(matches!(why(&none), BadAuthorities::BadCertificate(1, _)), "{}", why(&none));
    }
}
