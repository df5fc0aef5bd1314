//! Time Tracker's JSON, CSV and HTML.

pub mod csv;
pub mod headings;
pub mod html;
pub mod issues;
pub mod numbers;
pub mod query;

use super::rules::report::Limits;
use crate::quirk;

/// Escapes text that looks like a tag in a comment; other angle brackets stay.
fn described(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        out.push_str(before);
        match tag.find('>') {
            Some(close) if close > 1 => {
                out.push_str("&lt;");
                out.push_str(&tag[1..close]);
                out.push_str("&gt;");
                rest = &tag[close + 1..];
            }
            _ => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The lines below the total of an export that name the tenant's restrictions.
fn limit_notes(limits: &Limits) -> Vec<String> {
    let Limits { own_only, groups } = limits;
    let mut notes = Vec::new();
    if !own_only.is_empty() {
        quirk!("TTR-012");
        notes.push(format!(
            "Because of the Auditors Roles configured, data is limited to own worklogs for the \
             following project(s): {}",
            own_only.join(",")
        ));
    }
    if let Some(groups) = groups {
        let groups = if groups.is_empty() { "NONE".to_owned() } else { groups.join(",") };
        notes.push(format!(
            "Because of the Restricted Groups configured, data is limited to worklogs of users \
             from the following group(s): {groups}"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn only_what_looks_like_a_tag_is_made_harmless() {
        for (text, shown) in [
            ("<b>bold</b> a < b", "&lt;b&gt;bold&lt;/b&gt; a < b"),
            ("a <> b", "a <> b"),
            ("x < y > z", "x &lt; y &gt; z"),
            ("<<b>", "&lt;<b&gt;"),
            ("<", "<"),
        ] {
            assert_eq!(described(text), shown);
        }
    }
}
