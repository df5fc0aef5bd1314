//! What a command is told through its environment: where the twin is, which authority to trust, and which proxy to take.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::vendors::SURFACES;

/// Files for the command, in a private folder.
#[derive(Debug)]
pub struct Files {
    /// Our certificate.
    pub ca: PathBuf,
    /// The certificates of the system and ours.
    pub bundle: PathBuf,
    /// The same for Java.
    pub java: PathBuf,
    /// A folder with settings of PHP.
    pub php: PathBuf,
    /// Settings of wget, which reads no variable for authorities.
    pub wget: PathBuf,
}

impl Files {
    /// The files in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let file = |name: &str| folder.join(name);
        let (ca, bundle) = (file("ca.pem"), file("bundle.pem"));
        Self { ca, bundle, java: file("trust.p12"), php: file("php"), wget: file("wgetrc") }
    }

    /// The settings of wget.
    #[must_use]
    pub fn wget_settings(&self) -> String {
        format!("ca_certificate = {}\n", self.bundle.display())
    }

    /// The settings of PHP.
    #[must_use]
    pub fn php_settings(&self) -> String {
        let bundle = self.bundle.display();
        format!("curl.cainfo={bundle}\nopenssl.cafile={bundle}\n")
    }
}

/// Names that lead a program to a file of trusted authorities.
const BUNDLES: [&str; 9] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "AWS_CA_BUNDLE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "DENO_CERT",
];

/// Where the twin is: its own address, and the base URLs of all surfaces.
#[must_use]
pub fn addresses(origin: &str) -> Vec<(String, String)> {
    let mut all = vec![
        ("TIMETWIN_URL".to_owned(), origin.to_owned()),
        ("TIMETWIN_CONTROL_URL".to_owned(), format!("{origin}/_twin")),
    ];
    for surface in SURFACES {
        let surface_name = surface.name.replace('-', "_").to_uppercase();
        for (name, path) in surface.bases {
            let part = name.trim_end_matches("base_url").to_uppercase();
            all.push((format!("TIMETWIN_{surface_name}_{part}URL"), format!("{origin}{path}")));
        }
    }
    all
}

/// Which authorities to trust. `before` tells the value of a variable so far.
#[must_use]
pub fn trust(files: &Files, before: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let path = |path: &Path| path.display().to_string();
    let mut all: Vec<(String, String)> = BUNDLES
        .iter()
        .map(|name| {
            // These add to what a program brings along.
            let adds = matches!(*name, "NODE_EXTRA_CA_CERTS" | "DENO_CERT");
            let file = if adds { &files.ca } else { &files.bundle };
            ((*name).to_owned(), path(file))
        })
        .collect();
    // An empty part stands for PHP's own folder.
    let php = before("PHP_INI_SCAN_DIR").unwrap_or_default();
    all.push(("PHP_INI_SCAN_DIR".to_owned(), format!("{php}:{}", path(&files.php))));
    // It stands in for the user's own file.
    if before("WGETRC").is_none() {
        all.push(("WGETRC".to_owned(), path(&files.wget)));
    }
    let java = format!(
        "-Djavax.net.ssl.trustStore={} -Djavax.net.ssl.trustStoreType=PKCS12",
        path(&files.java)
    );
    all.push(("JAVA_TOOL_OPTIONS".to_owned(), after(before("JAVA_TOOL_OPTIONS"), &java)));
    all
}

/// Which proxy to take. It adds to Java's options in `all`.
pub fn proxy(all: &mut Vec<(String, String)>, address: SocketAddr) {
    let url = format!("http://{address}");
    let mut both = |name: &str, value: &str| {
        all.push((name.to_owned(), value.to_owned()));
        all.push((name.to_lowercase(), value.to_owned()));
    };
    both("HTTP_PROXY", &url);
    both("HTTPS_PROXY", &url);
    both("ALL_PROXY", &url);
    both("NO_PROXY", "localhost,127.0.0.1,::1");
    all.push(("NODE_USE_ENV_PROXY".to_owned(), "1".to_owned()));
    let (host, port) = (address.ip(), address.port());
    let mut java = String::new();
    for scheme in ["http", "https"] {
        let _ = write!(java, "-D{scheme}.proxyHost={host} -D{scheme}.proxyPort={port} ");
    }
    java.push_str("-Dhttp.nonProxyHosts=localhost|127.*|[::1]");
    if let Some((_, options)) = all.iter_mut().find(|(name, _)| name == "JAVA_TOOL_OPTIONS") {
        *options = after(Some(std::mem::take(options)), &java);
    }
}

fn after(before: Option<String>, more: &str) -> String {
    match before.filter(|before| !before.is_empty()) {
        Some(before) => format!("{before} {more}"),
        None => more.to_owned(),
    }
}
