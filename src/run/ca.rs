//! A certificate authority for the vendors' hosts and this machine, and for nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use parking_lot::Mutex;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::http::hosts;
use crate::kernel::clock::machine_now;

/// File of a kept authority, in its folder.
const FILE: &str = "timetwin-ca.pem";
/// Days that the certificate of an ephemeral authority and those that it makes are valid.
const DAYS: u64 = 30;
/// Days that the certificate of a kept authority is valid.
const KEPT_DAYS: u64 = 3650;
/// Certificates that are kept.
const LEAVES: usize = 1000;

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A certificate cannot be made.
    #[error("no certificate can be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses what was made or read.
    #[error("the certificate cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// A file that holds no certificate with its key.
    #[error("{0}: no certificate with its key is in this file")]
    NoAuthority(String),
    /// A file or folder that cannot be used.
    #[error("{0}: {1}")]
    File(String, io::Error),
}

/// A certificate authority. Its key is in memory alone, unless it is kept in a folder.
pub struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    vendors: Vec<&'static str>,
    provider: Arc<CryptoProvider>,
    leaves: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("vendors", &self.vendors).finish_non_exhaustive()
    }
}

impl Authority {
    /// An authority for these patterns of hosts that ends with the process.
    ///
    /// # Errors
    /// There is no random number for a key.
    pub fn ephemeral(vendors: impl IntoIterator<Item = &'static str>) -> Result<Self, CaError> {
        let vendors: Vec<_> = vendors.into_iter().collect();
        let key = KeyPair::generate()?;
        let params = own_params(&vendors, DAYS)?;
        let certificate = params.self_signed(&key)?;
        Ok(Self::of(certificate.der().clone(), certificate.pem(), params, key, vendors))
    }

    /// The authority that is kept in `folder`, made when there is none. Its file can be read by its owner alone.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn kept(
        folder: &Path,
        vendors: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, CaError> {
        let vendors: Vec<_> = vendors.into_iter().collect();
        let path = folder.join(FILE);
        let failed = |error| CaError::File(path.display().to_string(), error);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(folder, &vendors)?;
                fs::read_to_string(&path).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        let none = || CaError::NoAuthority(path.display().to_string());
        let certificate =
            CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| none())?.into_owned();
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| none())?;
        let provider = rustls::crypto::ring::default_provider();
        // Refuses the key of another certificate.
        CertifiedKey::from_der(vec![certificate.clone()], key.clone_key(), &provider)?;
        let key = KeyPair::try_from(key.secret_der())?;
        let pem = text.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap_or_default();
        let params = own_params(&vendors, KEPT_DAYS)?;
        Ok(Self::of(certificate, pem.to_owned(), params, key, vendors))
    }

    fn of(
        certificate: CertificateDer<'static>,
        pem: String,
        params: CertificateParams,
        key: KeyPair,
        vendors: Vec<&'static str>,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let issuer = Issuer::new(params, key);
        Self { certificate, pem, issuer, vendors, provider, leaves: Mutex::default() }
    }

    /// Its certificate, for files of trusted authorities.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate_der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// TLS 1.2 and 1.3 with HTTP/1.1 or HTTP/2, for the vendors' hosts and this machine.
    ///
    /// # Errors
    /// The TLS library has no protocol in common with us.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, CaError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The certificate of a host, made when it is first asked for. Without a name, that of this machine's addresses.
    fn leaf(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let name = name.map(str::to_ascii_lowercase).unwrap_or_default();
        let is_ours = name.is_empty()
            || name == "localhost"
            || self.vendors.iter().any(|known| hosts::matches(known, &name));
        if !is_ours {
            return None;
        }
        let mut leaves = self.leaves.lock();
        if let Some(known) = leaves.get(&name) {
            return Some(Arc::clone(known));
        }
        let made = self.made(&name).map_err(|error| tracing::error!(%error, "no certificate"));
        let made = Arc::new(made.ok()?);
        if leaves.len() >= LEAVES {
            leaves.clear();
        }
        leaves.insert(name, Arc::clone(&made));
        Some(made)
    }

    fn made(&self, name: &str) -> Result<CertifiedKey, CaError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        if name.is_empty() || name == "localhost" {
            params.subject_alt_names = vec![
                SanType::DnsName("localhost".try_into()?),
                SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
                SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
            ];
        } else {
            params.subject_alt_names = vec![SanType::DnsName(name.try_into()?)];
            // A longer one does not fit; the alternative name is what counts.
            if name.len() <= 64 {
                params.distinguished_name.push(DnType::CommonName, name);
            }
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        valid(&mut params, 1, DAYS);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let chain = vec![certificate.der().clone()];
        Ok(CertifiedKey::from_der(chain, key.into(), &self.provider)?)
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.leaf(hello.server_name())
    }
}

/// Makes the file of an authority, unless somebody else was faster.
fn make(folder: &Path, vendors: &[&'static str]) -> Result<(), CaError> {
    let failed = |error| CaError::File(folder.display().to_string(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    let key = KeyPair::generate()?;
    let certificate = own_params(vendors, KEPT_DAYS)?.self_signed(&key)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(certificate.pem().as_bytes()).map_err(failed)?;
    file.write_all(key.serialize_pem().as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(folder.join(FILE)) {
        Ok(_) => Ok(()),
        Err(there) if there.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(other) => Err(failed(other.error)),
    }
}

/// The authority's own certificate: it can vouch for the vendors' hosts and this machine only.
fn own_params(vendors: &[&'static str], days: u64) -> Result<CertificateParams, CaError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "timetwin");
    params.distinguished_name.push(DnType::CommonName, "timetwin test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut names: Vec<&str> =
        vendors.iter().map(|host| host.strip_prefix("*.").unwrap_or(host)).collect();
    names.push("localhost");
    names.sort_unstable();
    names.dedup();
    let names = names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let addresses = [
        GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0])),
        GeneralSubtree::IpAddress(CidrSubnet::V6(Ipv6Addr::LOCALHOST.octets(), [255; 16])),
    ];
    let permitted_subtrees = names.chain(addresses).collect();
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    valid(&mut params, 1, days);
    Ok(params)
}

/// From so many days ago, for clocks that differ, for so many days.
fn valid(params: &mut CertificateParams, before: u64, days: u64) {
    let today = machine_now().date_naive();
    let day = |date: NaiveDate| {
        let part = |number: u32| u8::try_from(number).unwrap_or(1);
        date_time_ymd(date.year(), part(date.month()), part(date.day()))
    };
    params.not_before = day(today.checked_sub_days(Days::new(before)).unwrap_or(today));
    params.not_after = day(today.checked_add_days(Days::new(days)).unwrap_or(today));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Authority;

    const HOSTS: [&str; 2] = ["my.clockodo.com", "*.clockify.me"];

    #[test]
    fn it_vouches_for_vendors_and_this_machine_only() {
        let own = Authority::ephemeral(HOSTS).unwrap();
        for name in ["my.clockodo.com", "API.clockify.me", "a.b.clockify.me", "localhost"] {
            assert!(own.leaf(Some(name)).is_some(), "{name}");
        }
        for name in ["clockodo.com", "clockify.me", "evil.com", "my.clockodo.com.evil.com", "a"] {
            assert!(own.leaf(Some(name)).is_none(), "{name}");
        }
        let first = own.leaf(Some("api.clockify.me")).unwrap();
        assert!(Arc::ptr_eq(&first, &own.leaf(Some("Api.Clockify.Me")).unwrap()));
        assert!(own.leaf(None).is_some());
    }

    #[test]
    fn a_kept_one_stays_the_same_and_is_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("ca");
        let first = Authority::kept(&folder, HOSTS).unwrap();
        let second = Authority::kept(&folder, HOSTS).unwrap();
        assert_eq!(first.certificate_pem(), second.certificate_pem());
        assert!(first.certificate_pem().ends_with("-----END CERTIFICATE-----\n"));
        assert!(!first.certificate_pem().contains("KEY"));
        let file = folder.join(super::FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let other = Authority::ephemeral(HOSTS).unwrap();
        let key = text.split_once("-----END CERTIFICATE-----\n").unwrap().1;
        for bad in ["", "x", first.certificate_pem(), &format!("{}{key}", other.certificate_pem())]
        {
            std::fs::write(&file, bad).unwrap();
            assert!(Authority::kept(&folder, HOSTS).is_err(), "{bad}");
        }
    }
}
