//! Addresses as the command line takes them, and the sockets that listen on them.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::net::TcpListener;

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listen {
    host: Host,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// This machine: `127.0.0.1`, and `::1` where the machine has it, because `localhost` can mean either.
    Local,
    /// All addresses of this machine.
    All,
    Address(IpAddr),
    Name(String),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            "expected ADDRESS:PORT, :PORT or PORT, such as 127.0.0.1:8463, localhost:0 or 8463"
                .to_owned()
        };
        if let Ok(address) = text.parse::<SocketAddr>() {
            let host = match address.ip() {
                IpAddr::V4(Ipv4Addr::LOCALHOST) => Host::Local,
                ip => Host::Address(ip),
            };
            return Ok(Self { host, port: address.port() });
        }
        let (host, port) =
            text.rsplit_once(':').map_or((None, text), |(host, port)| (Some(host), port));
        let is_number = !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
        let port = port.parse().ok().filter(|_| is_number).ok_or_else(expected)?;
        let is_name = |name: &str| {
            name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b".-_".contains(&letter))
        };
        let host = match host {
            None => Host::Local,
            Some("") => Host::All,
            Some(name) if name.eq_ignore_ascii_case("localhost") => Host::Local,
            Some(name) if is_name(name) => Host::Name(name.to_owned()),
            Some(_) => return Err(expected()),
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.host {
            Host::Local => SocketAddr::from((Ipv4Addr::LOCALHOST, port)).fmt(f),
            Host::All => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).fmt(f),
            Host::Address(ip) => SocketAddr::from((*ip, port)).fmt(f),
            Host::Name(name) => write!(f, "{name}:{port}"),
        }
    }
}

/// A socket that could not be had.
#[derive(Debug)]
pub(super) struct Unbound {
    pub(super) address: String,
    pub(super) error: io::Error,
}

/// How often a free port is sought that is free on both loopback addresses.
const TRIES: usize = 32;

impl Listen {
    /// The same at this port.
    pub(super) fn at(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// The same as a client on this machine reaches it.
    pub(super) fn reachable(&self) -> Self {
        let host = match &self.host {
            Host::All => Host::Local,
            Host::Address(ip) if ip.is_unspecified() => match ip {
                IpAddr::V4(_) => Host::Local,
                IpAddr::V6(_) => Host::Address(Ipv6Addr::LOCALHOST.into()),
            },
            host => host.clone(),
        };
        Self { host, port: self.port }
    }

    /// Listens. The first socket is the one to name to people.
    pub(super) async fn bind(&self) -> Result<Vec<TcpListener>, Unbound> {
        let unbound = |error| Unbound { address: self.to_string(), error };
        match &self.host {
            Host::Local => self.bind_local().await,
            Host::All => self.bind_all().await,
            Host::Address(ip) => Ok(vec![bind((*ip, self.port).into()).await?]),
            Host::Name(name) => {
                let found = tokio::net::lookup_host((name.as_str(), self.port)).await;
                let mut listeners: Vec<TcpListener> = Vec::new();
                for address in found.map_err(unbound)? {
                    let port = port_of(&listeners).unwrap_or(self.port);
                    listeners.push(bind((address.ip(), port).into()).await?);
                }
                let nothing = || unbound(ErrorKind::AddrNotAvailable.into());
                if listeners.is_empty() { Err(nothing()) } else { Ok(listeners) }
            }
        }
    }

    async fn bind_local(&self) -> Result<Vec<TcpListener>, Unbound> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut listeners = vec![bind((Ipv4Addr::LOCALHOST, self.port).into()).await?];
            let port = port_of(&listeners).unwrap_or(self.port);
            match bind((Ipv6Addr::LOCALHOST, port).into()).await {
                Ok(other) => listeners.push(other),
                Err(Unbound { error, .. })
                    if error.kind() == ErrorKind::AddrInUse && self.port == 0 && tries < TRIES =>
                {
                    continue;
                }
                Err(unbound) if unbound.error.kind() == ErrorKind::AddrInUse => {
                    return Err(unbound);
                }
                // The machine has no such address.
                Err(_) => {}
            }
            return Ok(listeners);
        }
    }

    /// Most systems serve both families on the address `::`.
    async fn bind_all(&self) -> Result<Vec<TcpListener>, Unbound> {
        let Ok(both) = bind((Ipv6Addr::UNSPECIFIED, self.port).into()).await else {
            return Ok(vec![bind((Ipv4Addr::UNSPECIFIED, self.port).into()).await?]);
        };
        let mut listeners = vec![both];
        let port = port_of(&listeners).unwrap_or(self.port);
        listeners.extend(bind((Ipv4Addr::UNSPECIFIED, port).into()).await.ok());
        Ok(listeners)
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Unbound> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Unbound { address: address.to_string(), error })
}

fn port_of(listeners: &[TcpListener]) -> Option<u16> {
    Some(listeners.first()?.local_addr().ok()?.port())
}

#[cfg(test)]
mod tests {
    use super::Listen;

    #[test]
    fn an_address_has_many_spellings() {
        for (text, shown, reachable) in [
            ("127.0.0.1:8463", "127.0.0.1:8463", "127.0.0.1:8463"),
            ("localhost:0", "127.0.0.1:0", "127.0.0.1:0"),
            ("8463", "127.0.0.1:8463", "127.0.0.1:8463"),
            (":8463", "0.0.0.0:8463", "127.0.0.1:8463"),
            ("0.0.0.0:80", "0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::]:80", "[::1]:80"),
            ("[::1]:80", "[::1]:80", "[::1]:80"),
            ("twin.example:80", "twin.example:80", "twin.example:80"),
        ] {
            let listen: Listen = text.parse().unwrap();
            assert_eq!(listen.to_string(), shown, "{text}");
            assert_eq!(listen.reachable().to_string(), reachable, "{text}");
        }
        for bad in ["", ":", "localhost", "a:", "a:70000", "+1", "a b:1", "http://a:1", "::1:80"] {
            assert!(bad.parse::<Listen>().is_err(), "{bad}");
        }
    }
}
