//! Which receivers webhooks may go to: this machine, and hosts that the user names.

use std::net::IpAddr;

use reqwest::Url;

/// Hosts that webhooks may go to besides loopback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allow {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// `*` for every host; with a dot in front, every host below it.
    host: String,
    /// Every port when absent.
    port: Option<u16>,
}

/// Text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}': expected a host like hooks.example.com, *.example.com, 10.0.0.7:9000 or *")]
pub struct BadPattern(String);

impl Allow {
    /// Reads patterns: `host`, `host:port`, `*.host`, `*`.
    ///
    /// # Errors
    /// The first text that is not a pattern.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, BadPattern> {
        let patterns = texts.into_iter().map(str::trim).filter(|text| !text.is_empty());
        let patterns =
            patterns.map(|text| pattern(text).ok_or_else(|| BadPattern(text.to_owned())));
        Ok(Self { patterns: patterns.collect::<Result<_, _>>()? })
    }

    /// Whether a message may be sent to `url`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn admits(&self, url: &str) -> Result<(), String> {
        // Read as the client reads it, which must not call another host than was admitted.
        let parsed = Url::parse(url).map_err(|_| format!("'{url}' is not a URL"))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(format!("'{url}' is not an http or https URL"));
        }
        // Control APIs change worlds; no webhook is for one.
        if parsed.path() == "/_twin" || parsed.path().starts_with("/_twin/") {
            return Err(format!("'{url}' is a control API"));
        }
        let port = parsed.port_or_known_default().unwrap_or_default();
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_local = match host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        if is_local || self.patterns.iter().any(|pattern| pattern.fits(host, port)) {
            return Ok(());
        }
        Err(format!("{host} is not this machine; allow it with --webhook-allow {host}"))
    }
}

impl Pattern {
    fn fits(&self, host: &str, port: u16) -> bool {
        let is_host = match self.host.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == self.host,
        };
        is_host && self.port.is_none_or(|wanted| wanted == port)
    }
}

fn pattern(text: &str) -> Option<Pattern> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None => match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') => (host, Some(port)),
            _ => (text, None),
        },
    };
    let port = port.map(str::parse).transpose().ok()?;
    let bare = host.strip_prefix("*.").unwrap_or(host);
    let is_host = bare.parse::<IpAddr>().is_ok()
        || bare.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    let is_pattern = host == "*" || (!bare.is_empty() && is_host);
    is_pattern.then(|| Pattern { host: host.to_ascii_lowercase(), port })
}

#[cfg(test)]
mod tests {
    use super::Allow;

    #[test]
    fn loopback_is_always_admitted_and_others_when_named() {
        let nobody = Allow::default();
        for url in
            ["http://127.0.0.1:9/x", "https://localhost/", "http://[::1]:80/", "http://a.localhost"]
        {
            assert_eq!(nobody.admits(url), Ok(()), "{url}");
        }
        for url in ["http://127.0.0.1:8463/_twin", "http://localhost/a/../_twin/sandboxes"] {
            assert!(nobody.admits(url).is_err(), "{url}");
        }
        for url in
            ["http://10.0.0.7/", "https://hooks.example.com/x", "ftp://localhost/", "nonsense", ""]
        {
            assert!(nobody.admits(url).is_err(), "{url}");
        }
        let some = Allow::parse(["*.example.com", "10.0.0.7:9000", "[fe80::1]:1"]).unwrap();
        assert!(some.admits("https://a.b.example.com/x").is_ok());
        assert!(some.admits("http://10.0.0.7:9000").is_ok());
        assert!(some.admits("http://[fe80::1]:1/").is_ok());
        for url in ["https://example.com/", "https://evilexample.com/", "http://10.0.0.7/"] {
            assert!(some.admits(url).is_err(), "{url}");
        }
        assert!(Allow::parse(["*"]).unwrap().admits("https://anywhere.example/").is_ok());
        for text in ["a b", "host:99999", "http://host", "*.", "ho*st"] {
            assert!(Allow::parse([text]).is_err(), "{text}");
        }
    }
}
