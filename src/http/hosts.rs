//! Which host names lead to a server. A web page can make its own name lead to this machine, and a browser then sends
//! its requests here: a server on loopback answers only to names that no attacker owns.

use std::net::IpAddr;

/// Last parts of names that nobody can own.
const RESERVED: [&str; 7] =
    ["localhost", "local", "internal", "test", "example", "invalid", "arpa"];

/// The names that lead to a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Whether the surfaces check them, too; the control API always does.
    guards_surfaces: bool,
    /// Names that the user added, in lower case.
    allowed: Vec<String>,
}

impl Hosts {
    /// For a server that others reach, by whatever name they have for it.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// For a server on loopback.
    #[must_use]
    pub fn of_loopback() -> Self {
        Self { guards_surfaces: true, allowed: Vec::new() }
    }

    /// The same with more names.
    #[must_use]
    pub fn allowing(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { allowed: names.into_iter().map(|name| bare(&name)).collect(), ..self }
    }

    /// Whether the surfaces answer only to names that are ours.
    #[must_use]
    pub fn guards_surfaces(&self) -> bool {
        self.guards_surfaces
    }

    /// Whether a host is ours: an address, a name without a dot, one that nobody can own, one that was allowed, or
    /// that of `origin`, the address of this server.
    #[must_use]
    pub fn has(&self, host: &str, origin: &str) -> bool {
        let own = origin.split_once("://").map_or("", |(_, authority)| authority);
        let host = bare(host);
        let last = host.rsplit('.').next().unwrap_or_default();
        host.parse::<IpAddr>().is_ok()
            || !host.contains('.')
            || RESERVED.contains(&last)
            || host == bare(own)
            || self.allowed.contains(&host)
    }
}

/// Whether a host, without a port, is one that `pattern` stands for: a name, or `*.` and a name for all names below it.
#[must_use]
pub fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern.eq_ignore_ascii_case(host),
        Some(above) => {
            let split = host.len().checked_sub(above.len()).filter(|at| host.is_char_boundary(*at));
            let parts = split.map(|at| host.split_at(at));
            parts.is_some_and(|(below, rest)| {
                rest.eq_ignore_ascii_case(above)
                    && below.len() > 1
                    && below.ends_with('.')
                    && !below.starts_with('.')
            })
        }
    }
}

/// A host without its port, in lower case.
#[must_use]
pub fn bare(authority: &str) -> String {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address.to_owned(),
        None => authority.split(':').next().unwrap_or_default().to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hosts, matches};

    #[test]
    fn a_pattern_is_a_name_or_stands_for_all_names_below_one() {
        assert!(matches("api.clockify.me", "API.clockify.me"));
        for host in ["a.clockify.me", "a.b.clockify.me", "A.CLOCKIFY.ME"] {
            assert!(matches("*.clockify.me", host), "{host}");
        }
        for host in ["clockify.me", ".clockify.me", "aclockify.me", "a.clockify.me.x", "é", ""] {
            assert!(!matches("*.clockify.me", host), "{host}");
        }
    }

    #[test]
    fn names_that_an_attacker_can_own_are_not_ours() {
        let hosts = Hosts::of_loopback().allowing(["CI.Example.org".to_owned()]);
        let own = "http://twin.example.com:8463";
        for host in [
            "127.0.0.1:8463",
            "[::1]:1",
            "localhost",
            "a.localhost",
            "twin",
            "x.test",
            "twin.example.com",
            "ci.example.org:80",
            "TWIN.EXAMPLE.COM",
        ] {
            assert!(hosts.has(host, own), "{host}");
        }
        for host in ["evil.com", "127.0.0.1.evil.com", "twin.example.com.evil.com", "example.org"] {
            assert!(!hosts.has(host, own), "{host}");
        }
    }
}
