//! Hides secrets in what the journal and the log keep: values of parameters and fields whose name says that they
//! are secret, and credentials within texts.

use std::borrow::Cow;

use super::query::QueryMap;
use super::surface::Surface;
use crate::kernel::journal;

const HIDDEN: &str = "REDACTED";

/// Words of a name that say that the value is a secret. The name may have any separators and case.
const SECRET: [&str; 17] = [
    "token",
    "tokens",
    "secret",
    "secrets",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "jwt",
    "authorization",
    "signature",
    "cookie",
    "credential",
    "credentials",
    "apikey",
    "apikeys",
    "bearer",
];
/// Words beside which `key` is a secret: an `api_key` is one, an `issue_key` is none.
const BESIDE_KEY: [&str; 5] = ["api", "access", "private", "secret", "webhook"];
/// Words that a longer one ends in when its parts are not told apart, such as `accesstoken`.
const ENDINGS: [&str; 4] = ["token", "secret", "password", "apikey"];
/// Schemes after which a text holds a credential.
const SCHEMES: [&str; 4] = ["basic", "bearer", "token", "apikey"];
/// Each name of a secret and each scheme has one of these parts.
const SIGNS: [&[u8]; 13] = [
    b"key",
    b"auth",
    b"token",
    b"secret",
    b"passw",
    b"passp",
    b"pwd",
    b"jwt",
    b"signature",
    b"cookie",
    b"credential",
    b"bearer",
    b"basic",
];
/// Shortest credential after a scheme, in bytes.
const CREDENTIAL: usize = 8;

/// Whether a parameter, field or header of this name carries a secret.
pub(super) fn is_telling(name: &str) -> bool {
    let words = words(name);
    let is = |known: &[&str], word: &String| known.contains(&word.as_str());
    let is_header = words.len() > 1 && words[0] == "x";
    words
        .iter()
        .any(|word| is(&SECRET, word) || ENDINGS.iter().any(|ending| word.ends_with(ending)))
        || words.iter().any(|word| word == "key" || word == "keys")
            && (is_header || words.iter().any(|word| is(&BESIDE_KEY, word)))
}

/// The words of a name in lower case: `X-Api-Key`, `apiKey` and `API_KEY` have `api` and `key`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let begins = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if (begins || !letter.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a text may contain a secret. A quick check, because most texts contain none.
fn has_sign(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, letter)| {
        matches!(letter.to_ascii_lowercase(), b'a' | b'b' | b'c' | b'j' | b'k' | b'p' | b's' | b't')
            && SIGNS.iter().any(|sign| {
                let part = text.get(at..at + sign.len());
                part.is_some_and(|part| part.eq_ignore_ascii_case(sign))
            })
    })
}

/// A text without the credentials that follow the name of a scheme, as in `Bearer eyJhbGciOi…`.
fn without_credentials(text: &str) -> Cow<'_, str> {
    if !has_sign(text.as_bytes()) {
        return text.into();
    }
    let mut hidden = String::new();
    let mut scheme = false;
    for word in text.split_inclusive([' ', '\t', '\n', '"', ',']) {
        let bare = word.trim_end_matches([' ', '\t', '\n', '"', ',']);
        if scheme && bare.len() >= CREDENTIAL && bare.bytes().any(|byte| !byte.is_ascii_lowercase())
        {
            hidden.push_str(HIDDEN);
            hidden.push_str(&word[bare.len()..]);
        } else {
            hidden.push_str(word);
        }
        let bare = bare.trim_end_matches(':');
        scheme = SCHEMES.iter().any(|known| bare.eq_ignore_ascii_case(known));
    }
    hidden.into()
}

/// A query string or form for the journal.
pub(super) fn query(query: &QueryMap, surface: &Surface) -> String {
    query.mapped(
        |name, value| {
            if is_secret(name, surface) { HIDDEN.into() } else { without_credentials(value) }
        },
    )
}

fn is_secret(name: &str, surface: &Surface) -> bool {
    let mut known = surface.secret_parameters.iter();
    known.any(|known| known.eq_ignore_ascii_case(name)) || is_telling(name)
}

/// A body for the journal. `None` when it is empty, too long, not text, or JSON that is broken, in which the bounds
/// of a secret are unknown.
pub(super) fn body(body: &[u8], surface: &Surface) -> Option<String> {
    if body.is_empty() || body.len() > journal::BODY {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    if surface.secret_parameters.is_empty() && !has_sign(body) {
        return Some(text.to_owned());
    }
    match serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}')) {
        Ok(mut value) => {
            hide(&mut value, surface);
            Some(value.to_string())
        }
        Err(_) if text.trim_start().starts_with(['{', '[', '"', '\u{feff}']) => None,
        Err(_) if text.starts_with("--") => Some(parts(text, surface)),
        Err(_) => Some(self::query(&QueryMap::parse(text), surface)),
    }
}

/// Removes secrets from JSON, at any depth.
fn hide(value: &mut serde_json::Value, surface: &Surface) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name, surface) && !value.is_null() {
                    *value = HIDDEN.into();
                } else {
                    hide(value, surface);
                }
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                hide(value, surface);
            }
        }
        serde_json::Value::String(text) => {
            if let Cow::Owned(hidden) = without_credentials(text) {
                *text = hidden;
            }
        }
        _ => {}
    }
}

/// Removes secrets from `multipart/form-data`: the lines of a part whose name tells.
fn parts(text: &str, surface: &Surface) -> String {
    let boundary = text.lines().next().unwrap_or_default().trim_end();
    let (mut in_secret, mut in_value) = (false, false);
    let mut shown = String::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.starts_with(boundary) {
            (in_secret, in_value) = (false, false);
        } else if in_value {
            if in_secret {
                shown.push_str(HIDDEN);
                shown.push_str(&line[bare.len()..]);
                continue;
            }
        } else if bare.is_empty() {
            in_value = true;
        } else if let Some((_, name)) = bare.split_once("name=") {
            let name = name.trim_start_matches('"');
            in_secret = is_secret(name.split(['"', ';']).next().unwrap_or_default(), surface);
        }
        shown.push_str(&without_credentials(line));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{is_telling, without_credentials};

    #[test]
    fn names_of_secrets_are_told_in_any_separator_and_case() {
        for name in [
            "token",
            "api_token",
            "accessToken",
            "ACCESSTOKEN",
            "client-secret",
            "Password",
            "db.pwd",
            "JWT",
            "Authorization",
            "clockify-signature",
            "Set-Cookie",
            "credential",
            "apiKey",
            "API_KEY",
            "x-api-key",
            "X-ClockodoApiKey",
            "X-Vendor-Key",
            "webhook.key",
            "privateKey",
            "secretAccessKey",
            "authToken",
            "apikey",
        ] {
            assert!(is_telling(name), "{name}");
        }
        for name in [
            "issue_key",
            "key",
            "keys",
            "project_keys[]",
            "keyboard",
            "author",
            "description",
            "pass",
        ] {
            assert!(!is_telling(name), "{name}");
        }
    }

    #[test]
    fn credentials_in_texts_are_hidden_and_words_are_not() {
        for (text, shown) in [
            ("Bearer eyJhbGciOiJIUzI1NiJ9", "Bearer REDACTED"),
            (
                "curl -H \"Authorization: Basic YW5uYTpzZWNyZXQ=\" x",
                "curl -H \"Authorization: Basic REDACTED\" x",
            ),
            ("Token demo-clockwork-anna, then", "Token REDACTED, then"),
            ("basic knowledge", "basic knowledge"),
            ("token of thanks", "token of thanks"),
        ] {
            assert_eq!(without_credentials(text), shown);
        }
    }
}
