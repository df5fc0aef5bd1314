//! Files of trusted authorities: the system's and ours together, in the forms that programs read.

use std::fs;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use yasna::models::ObjectIdentifier;
use yasna::{Tag, construct_der};

/// Where systems keep the certificates that they trust.
const STORES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The stores of this system, each once.
#[must_use]
pub fn stores() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for store in STORES {
        if let Ok(store) = fs::canonicalize(store)
            && store.is_file()
            && !found.contains(&store)
        {
            found.push(store);
        }
    }
    found
}

/// The certificates that this system trusts, in PEM: those of `SSL_CERT_FILE`, or of the first store. Empty when
/// there are none.
#[must_use]
pub fn system(named: Option<&Path>) -> String {
    let named = named.map(Path::to_path_buf).into_iter();
    named.chain(stores()).find_map(|store| fs::read_to_string(store).ok()).unwrap_or_default()
}

/// The same with ours at the end.
#[must_use]
pub fn bundle(system: &str, own: &str) -> String {
    let line = if system.is_empty() || system.ends_with('\n') { "" } else { "\n" };
    format!("{system}{line}{own}")
}

/// A trust store of all certificates in a bundle, as Java reads it: PKCS #12 without encryption or password (RFC 7292).
#[must_use]
pub fn pkcs12(bundle: &str) -> Vec<u8> {
    let certificates = CertificateDer::pem_slice_iter(bundle.as_bytes()).flatten();
    let safe = construct_der(|writer| {
        writer.write_sequence(|writer| {
            for (number, certificate) in certificates.enumerate() {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&oid(&[1, 2, 840, 113_549, 1, 12, 10, 1, 3]));
                    writer.next().write_tagged(Tag::context(0), |writer| {
                        writer.write_sequence(|writer| {
                            writer.next().write_oid(&oid(&[1, 2, 840, 113_549, 1, 9, 22, 1]));
                            let bytes = certificate.as_ref();
                            writer
                                .next()
                                .write_tagged(Tag::context(0), |writer| writer.write_bytes(bytes));
                        });
                    });
                    writer.next().write_set_of(|writer| {
                        attribute(writer.next(), &[1, 2, 840, 113_549, 1, 9, 20], |writer| {
                            writer.write_bmp_string(&format!("ca{number}"));
                        });
                        // What Java marks an authority with that it trusts for any purpose.
                        let trusted = [2, 16, 840, 1, 113_894, 746_875, 1, 1];
                        attribute(writer.next(), &trusted, |writer| {
                            writer.write_oid(&oid(&[2, 5, 29, 37, 0]));
                        });
                    });
                });
            }
        });
    });
    let safes = construct_der(|writer| {
        writer.write_sequence(|writer| data(writer.next(), &safe));
    });
    construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_u8(3);
            data(writer.next(), &safes);
        });
    })
}

fn oid(parts: &[u64]) -> ObjectIdentifier {
    ObjectIdentifier::from_slice(parts)
}

/// Content of the type data.
fn data(writer: yasna::DERWriter<'_>, bytes: &[u8]) {
    writer.write_sequence(|writer| {
        writer.next().write_oid(&oid(&[1, 2, 840, 113_549, 1, 7, 1]));
        writer.next().write_tagged(Tag::context(0), |writer| writer.write_bytes(bytes));
    });
}

/// An attribute with one value.
fn attribute(writer: yasna::DERWriter<'_>, name: &[u64], value: impl FnOnce(yasna::DERWriter<'_>)) {
    writer.write_sequence(|writer| {
        writer.next().write_oid(&oid(name));
        writer.next().write_set_of(|writer| value(writer.next()));
    });
}
