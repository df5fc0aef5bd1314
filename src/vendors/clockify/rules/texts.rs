//! Validation of texts.

use super::refusal::Refusal;
use crate::quirk;

/// Refuses texts with `<` or `>`, or longer than `most`. Source: clockify.md:1.7.
///
/// # Errors
/// [`Refusal::AngleBrackets`] and [`Refusal::Length`].
pub fn check(text: &str, most: usize) -> Result<(), Refusal> {
    check_or(text, most, Refusal::Length(0, most))
}

/// As [`check`], but refuses a text that is too long with `too_long`.
///
/// # Errors
/// [`Refusal::AngleBrackets`] and `too_long`.
pub(super) fn check_or(text: &str, most: usize, too_long: Refusal) -> Result<(), Refusal> {
    if text.contains(['<', '>']) {
        quirk!("CFY-009");
        return Err(Refusal::AngleBrackets);
    }
    // Like Java, count UTF-16 units.
    if text.encode_utf16().count() > most { Err(too_long) } else { Ok(()) }
}

/// Maximum length of an e-mail address. Ours: that of a path in SMTP.
const EMAIL: usize = 254;

/// True if a text looks like an e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    if text.encode_utf16().count() > EMAIL {
        return false;
    }
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace());
    plain(name)
        && !name.contains('@')
        && plain(host)
        && host.split('.').count() > 1
        && host.split('.').all(|label| !label.is_empty())
}

/// True if a text is an `http` or `https` address with a host.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        // Within the brackets of an address there is no port.
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let is_port = port.is_empty()
        || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    is_port && !name.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::is_web_address;

    #[test]
    fn a_web_address_has_a_host_and_a_port_that_exists() {
        for text in
            ["http://a", "https://a.example:65535/x?y#z", "http://[::1]", "http://u:p@[::1]:80/"]
        {
            assert!(is_web_address(text), "{text}");
        }
        let not = [
            "http://",
            "http://:80",
            "http://a:65536",
            "http://a:99999/x",
            "http://a:b",
            "http://[::1]:+1",
        ];
        for text in not {
            assert!(!is_web_address(text), "{text}");
        }
    }
}
