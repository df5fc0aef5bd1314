//! Answers to browsers: preflights, and the headers that let a page of another origin read an answer. What a
//! service says to browsers is its surface's policy.

use std::str::FromStr;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use super::reply::Reply;

/// Which pages may call the surfaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cors {
    /// None: preflights are refused as any other wrong method.
    Off,
    /// Those that the service lets in.
    #[default]
    Vendor,
    /// Those of one origin.
    Origin(HeaderValue),
}

/// Text that is none of `off`, `vendor` and an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected off, vendor or an origin like http://localhost:5173")]
pub struct NotCors;

impl FromStr for Cors {
    type Err = NotCors;

    fn from_str(text: &str) -> Result<Self, NotCors> {
        match text {
            "off" => Ok(Self::Off),
            "vendor" => Ok(Self::Vendor),
            origin => {
                let uri: Uri = origin.parse().map_err(|_| NotCors)?;
                let is_bare = uri.path() == "/" && uri.query().is_none() && !origin.ends_with('/');
                if uri.scheme().is_none() || uri.authority().is_none() || !is_bare {
                    return Err(NotCors);
                }
                HeaderValue::from_str(origin).map(Self::Origin).map_err(|_| NotCors)
            }
        }
    }
}

/// What a service says to browsers.
#[derive(Debug, Clone, Copy)]
pub struct BrowserPolicy {
    /// Status of the answer to a preflight.
    pub preflight: StatusCode,
    /// How long a browser may keep that answer, in seconds.
    pub max_age: u32,
}

impl Cors {
    /// The value of `Access-Control-Allow-Origin`, if the request comes from a page that is let in.
    #[must_use]
    pub fn admits(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        match self {
            Self::Off => None,
            Self::Vendor => Some(HeaderValue::from_static("*")),
            Self::Origin(known) => (known == origin).then(|| known.clone()),
        }
    }
}

/// Whether a browser asks if a page may send another request.
#[must_use]
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: the method and the headers asked for may be sent.
#[must_use]
pub fn preflight(policy: BrowserPolicy, headers: &HeaderMap) -> Reply {
    let mut reply = Reply::empty(policy.preflight);
    for (asked, allowed) in [
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = headers.get(&asked) {
            reply.headers.insert(allowed, value.clone());
            reply.headers.append(VARY, asked.into());
        }
    }
    reply.headers.insert(ACCESS_CONTROL_MAX_AGE, policy.max_age.into());
    reply
}

/// Lets the page read the answer.
pub fn admit(reply: &mut Reply, allowed: HeaderValue) {
    if allowed != "*" {
        reply.headers.append(VARY, ORIGIN.into());
    }
    reply.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
}

#[cfg(test)]
mod tests {
    use super::Cors;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_no_path() {
        assert_eq!("off".parse(), Ok(Cors::Off));
        assert_eq!("vendor".parse(), Ok(Cors::Vendor));
        for origin in ["http://localhost:5173", "https://app.example", "chrome-extension://abcdef"]
        {
            assert!(matches!(origin.parse(), Ok(Cors::Origin(_))), "{origin}");
        }
        for bad in ["", "*", "on", "localhost:5173", "http://a/", "http://a/b", "http://a?b"] {
            assert!(bad.parse::<Cors>().is_err(), "{bad}");
        }
    }
}
