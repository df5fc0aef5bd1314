//! `timetwin serve`.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::listen::Listen;
use super::port_file::PortFile;
use super::twin_args::{Place, TwinArgs, reachable};
use super::{Address, Failure, note, print_line};
use crate::control::Front;
use crate::http::hosts::Hosts;
use crate::http::links::Links;
use crate::http::proxy::{Allowed, Proxy};
use crate::http::server::{self, Door, Patience, Protocol};
use crate::run::ca::{Authority, CaError};
use crate::twin::REQUESTS;
use crate::vendors;

/// Flags of the server.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    at_address: Address,
    #[command(flatten)]
    twin: TwinArgs,
    /// Writes the port to this file once the server can answer, and removes the file at the end.
    #[arg(long, env = "TIMETWIN_PORT_FILE", value_name = "FILE")]
    pub(super) port_file: Option<PathBuf>,
    /// Ends, as at SIGTERM, when standard input does: with the process that started the server, whatever
    /// becomes of it.
    #[arg(long, env = "TIMETWIN_UNTIL_STDIN_CLOSES")]
    pub(super) until_stdin_closes: bool,
    /// URL with which links in answers begin; without it they follow the request's `Host`.
    #[arg(long, env = "TIMETWIN_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Also answers to this host name while it listens on loopback alone. Can be repeated.
    #[arg(long, env = "TIMETWIN_ALLOW_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(super) allow_host: Vec<String>,
    /// Speaks HTTPS at this address, too, as the vendors' hosts. The certificate to trust is at /_twin/ca.pem.
    #[arg(long, env = "TIMETWIN_TLS", value_name = "ADDRESS", num_args = 0..=1,
        default_missing_value = "127.0.0.1:8443")]
    tls: Option<Listen>,
    /// Is a proxy at this address, too: answers for the vendors' hosts and refuses all others.
    #[arg(long, env = "TIMETWIN_PROXY", value_name = "ADDRESS", num_args = 0..=1,
        default_missing_value = "127.0.0.1:8464")]
    proxy: Option<Listen>,
    /// Host that the proxy may reach: HOST, HOST:PORT, *.HOST or *. Can be repeated.
    #[arg(long, env = "TIMETWIN_ALLOW", value_name = "HOST[:PORT]", value_delimiter = ',')]
    allow: Vec<Allowed>,
    /// Folder in which the certificate authority of --tls and --proxy is kept; without it, each start has its own.
    #[arg(long, env = "TIMETWIN_CA_DIR", value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// Believes the `X-Forwarded-Host` and `X-Forwarded-Proto` of a proxy.
    #[arg(long, env = "TIMETWIN_TRUST_FORWARDED")]
    pub(super) trust_forwarded: bool,
    /// Format of the log on stderr. JSON includes a line for each request.
    #[arg(long, env = "TIMETWIN_LOG", value_enum, default_value = "text")]
    log: LogForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LogForm {
    Text,
    Json,
}

pub(super) async fn serve(serve: Serve, stop: impl Future<Output = ()>) -> Result<(), Failure> {
    log(serve.log);
    // Whatever comes of this start, the port of an earlier one is not ours.
    let port_file = PortFile::cleared(serve.port_file.clone());
    let mut doors = Vec::new();
    let mut bind = async |listen: &Listen, protocol: Protocol| -> Result<SocketAddr, Failure> {
        let listeners = listen.bind().await?;
        let first = listeners.first().ok_or_else(|| Failure::Runtime("no address".to_owned()))?;
        let address = first.local_addr()?;
        let own = |listener| Door { listener, protocol: protocol.clone() };
        doors.extend(listeners.into_iter().map(own));
        Ok(address)
    };
    let mut addresses = Vec::new();
    for listen in serve.at_address.all() {
        addresses.push(bind(&listen, Protocol::Http).await?);
    }
    let address = *addresses.first().ok_or_else(|| Failure::Runtime("no address".to_owned()))?;
    let mut certificate = None;
    let mut also = Vec::new();
    if serve.tls.is_some() || serve.proxy.is_some() {
        let authority = Arc::new(authority(serve.ca_dir.as_deref())?);
        let tls = authority.server_config().map_err(unusable)?;
        certificate = Some(authority.certificate_pem().to_owned());
        if let Some(listen) = &serve.tls {
            let address = bind(listen, Protocol::Tls(Arc::clone(&tls))).await?;
            also.push(format!("https://{address}"));
        }
        if let Some(listen) = &serve.proxy {
            let ports = addresses.iter().map(SocketAddr::port).collect();
            let proxy = Proxy::new(tls, vendors::hosts(), ports, serve.allow);
            let address = bind(listen, Protocol::Proxy(Arc::new(proxy))).await?;
            also.push(format!("a proxy on http://{address}"));
        }
    }
    let ports = doors.iter().filter_map(|door| Some(door.listener.local_addr().ok()?.port()));
    let place = Place {
        links: links(serve.public_url, address, serve.trust_forwarded)?,
        ports: ports.collect(),
        hosts: hosts(&doors, serve.allow_host),
        certificate,
        stand_in: None,
        observer: None,
    };
    let twin = Arc::new(serve.twin.twin(place)?);
    tokio::spawn(Arc::clone(twin.courier()).run());
    let app = Front::new(Arc::clone(&twin));
    port_file.write(address.port())?;
    let version = env!("CARGO_PKG_VERSION");
    print_line(&format!("timetwin {version} listening on http://{address} Ready."));
    if !also.is_empty() {
        let certificate = format!("trust http://{}/_twin/ca.pem", reachable(address));
        note(&format!("also {}; {certificate}", also.join(" and ")));
    }
    let server = Arc::clone(&twin);
    let stop = async move {
        stop.await;
        server.shutdown().notify();
    };
    server::serve(doors, app, Patience::default(), stop).await;
    port_file.remove(address.port());
    if let Some(state) = twin.state() {
        state.close();
    }
    Ok(())
}

/// The authority that is kept in a folder, or one that ends with the process.
pub(super) fn authority(folder: Option<&Path>) -> Result<Authority, Failure> {
    let made = match folder {
        Some(folder) => Authority::kept(folder, vendors::hosts()),
        None => Authority::ephemeral(vendors::hosts()),
    };
    made.map_err(unusable)
}

pub(super) fn unusable(error: CaError) -> Failure {
    match error {
        CaError::NoAuthority(_) | CaError::File(..) => {
            Failure::Configuration(format!("--ca-dir {error}"))
        }
        error => Failure::Runtime(error.to_string()),
    }
}

pub(super) fn log(form: LogForm) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    use tracing_subscriber::{Layer, Registry, fmt};
    let targets =
        Targets::new().with_default(LevelFilter::WARN).with_target("timetwin", LevelFilter::INFO);
    let lines = fmt::layer().with_writer(io::stderr);
    let (lines, targets): (Box<dyn Layer<Registry> + Send + Sync>, Targets) = match form {
        LogForm::Text => (Box::new(lines), targets.with_target(REQUESTS, LevelFilter::OFF)),
        LogForm::Json => {
            (Box::new(lines.json().flatten_event(true).with_current_span(false)), targets)
        }
    };
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
}

/// The host names of a server with these doors.
fn hosts(doors: &[Door], allowed: Vec<String>) -> Hosts {
    let is_local =
        |door: &Door| door.listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let hosts = if doors.iter().all(is_local) { Hosts::of_loopback() } else { Hosts::any() };
    hosts.allowing(allowed)
}

fn links(
    public_url: Option<String>,
    address: SocketAddr,
    trusts_forwarded: bool,
) -> Result<Links, Failure> {
    let Some(url) = public_url else {
        let links = Links::following(&format!("http://{}", reachable(address)));
        return Ok(if trusts_forwarded { links.behind_proxy() } else { links });
    };
    let uri: axum::http::Uri = url
        .parse()
        .map_err(|error| Failure::Configuration(format!("--public-url '{url}': {error}")))?;
    match (uri.scheme_str(), uri.authority(), uri.path()) {
        (Some("http" | "https"), Some(_), "/" | "") => {
            let links = Links::fixed(url.trim_end_matches('/'));
            Ok(if trusts_forwarded { links.behind_proxy() } else { links })
        }
        _ => Err(Failure::Configuration(format!(
            "--public-url '{url}': expected a URL like https://timetwin.example:8463"
        ))),
    }
}
