//! The language of an answer.

use crate::quirk;

/// True if a client prefers German to English. Other languages, including French, are answered in
/// English.
#[must_use]
pub fn is_german(accept: Option<&str>) -> bool {
    let mut best: Option<(f64, bool)> = None;
    for range in accept.unwrap_or_default().split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let language = tag.split('-').next().unwrap_or_default();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
        let weight: f64 = weight.unwrap_or(1.0);
        let german = match language {
            "de" => true,
            "en" => false,
            "fr" => {
                quirk!("CDO-023");
                continue;
            }
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, german));
        }
    }
    if best.is_some() {
        quirk!("CDO-031");
    }
    best.is_some_and(|(_, german)| german)
}

#[cfg(test)]
mod tests {
    use super::is_german;

    #[test]
    fn the_preferred_of_two_languages_is_spoken() {
        assert!(is_german(Some("de")));
        assert!(is_german(Some("de-AT, en;q=0.8")));
        assert!(is_german(Some("fr, en;q=0.4, de;q=0.6")));
        assert!(!is_german(Some("de;q=0, en;q=0.1")));
        assert!(!is_german(Some("fr")) && !is_german(Some("")) && !is_german(None));
        assert!(!is_german(Some("de;q=0.3,en;q=x")));
    }
}
