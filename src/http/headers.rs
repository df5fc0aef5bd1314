//! Header values and Basic credentials as text. Clients write umlauts in UTF-8 or, as HTTP once said, in
//! Latin-1.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Bytes as text: UTF-8 if they are valid, else Latin-1.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

/// The first value of a header as text.
#[must_use]
pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cow<'a, str>> {
    headers.get(name).map(|value| decode(value.as_bytes()))
}

/// Name and password of a Basic credential.
#[must_use]
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(rest.trim()).ok()?;
    let (name, password) =
        decode(&pair).split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    Some((name, password))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{basic, decode, text};

    #[test]
    fn umlauts_arrive_in_either_encoding() {
        assert_eq!(decode("Jörg".as_bytes()), "Jörg");
        assert_eq!(decode(b"J\xf6rg"), "Jörg");
        let mut headers = HeaderMap::new();
        headers.insert("x-name", HeaderValue::from_bytes(b"M\xfcller").unwrap());
        assert_eq!(text(&headers, "x-name").unwrap(), "Müller");
        assert_eq!(text(&headers, "x-other"), None);
    }

    #[test]
    fn a_basic_credential_has_a_name_and_a_password() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", value.parse().unwrap());
            basic(&headers)
        };
        let pair = |name: &str, key: &str| Some((name.to_owned(), key.to_owned()));
        assert_eq!(read("Basic YTpiOmM="), pair("a", "b:c"));
        assert_eq!(read("basic SvZyZzpr"), pair("Jörg", "k"));
        assert_eq!(read("Basic SsO2cmc6aw=="), pair("Jörg", "k"));
        assert_eq!(read("Token YTpi"), None);
        assert_eq!(read("Basic ?"), None);
        assert_eq!(read("Basic YQ=="), None);
    }
}
