//! The address under which a client reached this server, for links in answers. Behind a mapped port or a proxy
//! only the client knows it, so links follow its `Host`.

use std::sync::Arc;

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

/// How links are made.
#[derive(Debug, Clone)]
pub struct Links {
    origin: Arc<str>,
    is_fixed: bool,
    trusts_forwarded: bool,
}

impl Links {
    /// Links that follow the request. `origin` (scheme and authority) is for requests without a host.
    #[must_use]
    pub fn following(origin: &str) -> Self {
        Self { origin: origin.into(), is_fixed: false, trusts_forwarded: false }
    }

    /// Links that always begin with `origin`.
    #[must_use]
    pub fn fixed(origin: &str) -> Self {
        Self { is_fixed: true, ..Self::following(origin) }
    }

    /// The same behind a proxy whose `X-Forwarded-Host` and `X-Forwarded-Proto` are to be believed.
    #[must_use]
    pub fn behind_proxy(self) -> Self {
        Self { trusts_forwarded: true, ..self }
    }

    /// Scheme and authority where no request is at hand.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host that the client asked, with its port.
    #[must_use]
    pub fn host<'a>(&self, uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
        let forwarded = self.trusts_forwarded.then(|| first(headers, "x-forwarded-host")).flatten();
        let sent = || headers.get(HOST).and_then(|host| host.to_str().ok());
        forwarded.or_else(sent).or_else(|| uri.authority().map(Authority::as_str))
    }

    /// Scheme and authority for the links in the answer to a request.
    #[must_use]
    pub fn of(&self, uri: &Uri, headers: &HeaderMap) -> Arc<str> {
        let host = self.host(uri, headers).filter(|host| is_authority(host));
        let (Some(host), false) = (host, self.is_fixed) else { return Arc::clone(&self.origin) };
        let proto = self.trusts_forwarded.then(|| first(headers, "x-forwarded-proto")).flatten();
        let proto = proto.or_else(|| uri.scheme_str());
        let is_secure = proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        let scheme = if is_secure { "https" } else { "http" };
        format!("{scheme}://{host}").into()
    }
}

/// The value that the outermost proxy set: each one adds its own behind a comma.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// Whether a text is a host with or without a port, and nothing else.
fn is_authority(host: &str) -> bool {
    !host.contains('@')
        && host.parse::<Authority>().is_ok_and(|authority| !authority.host().is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

    use super::Links;

    fn link(links: &Links, headers: &[(&str, &str)]) -> String {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            sent.insert(name, HeaderValue::from_str(value).unwrap());
        }
        links.of(&Uri::from_static("/"), &sent).to_string()
    }

    #[test]
    fn links_follow_the_host_and_a_proxy_only_if_it_is_trusted() {
        let links = Links::following("http://127.0.0.1:8463");
        assert_eq!(link(&links, &[]), "http://127.0.0.1:8463");
        assert_eq!(link(&links, &[("host", "ci:32768")]), "http://ci:32768");
        assert_eq!(link(&links, &[("host", "[::1]:80")]), "http://[::1]:80");
        let proxied =
            [("host", "twin:1"), ("x-forwarded-host", "a.test, b"), ("x-forwarded-proto", "https")];
        assert_eq!(link(&links, &proxied), "http://twin:1");
        assert_eq!(link(&links.clone().behind_proxy(), &proxied), "https://a.test");
        assert_eq!(link(&Links::fixed("https://x").behind_proxy(), &proxied), "https://x");
    }

    #[test]
    fn links_are_secure_where_the_connection_is() {
        let links = Links::following("http://here");
        let uri = Uri::from_static("https://api.clockify.me/api/v1/user");
        assert_eq!(&*links.of(&uri, &HeaderMap::new()), "https://api.clockify.me");
    }

    #[test]
    fn what_is_no_host_makes_no_link() {
        let links = Links::following("http://here");
        for host in ["", "a b", "user@host", "<x>", "a/b", "http://a"] {
            assert_eq!(link(&links, &[("host", host)]), "http://here", "{host}");
        }
    }
}
