//! `exportData.csv`: the vendor's own quoting, which is not that of RFC 4180, so no CSV library writes
//! it. Some columns are always quoted, some never, numbers only when they hold a comma.

use std::fmt::Write;

use super::super::model::Settings;
use super::super::rules::report::{IssueWork, zone_of};
use crate::kernel::civil::local;
use crate::quirk;
use crate::vendors::jira::model::{Issue, State, Worklog};
use crate::vendors::jira::overlay::Locale;

/// The whole file, with its byte order mark.
#[must_use]
pub fn export(site: &State, settings: Settings, rows: &[IssueWork], more: &[String]) -> String {
    quirk!("TTR-008");
    let mut file = String::from("\u{feff}Project,Issue Type,Key,Summary,Priority,");
    for name in more {
        let _ = write!(file, "{},", capitalised(name));
    }
    file.push_str("Date Started,Display Name,Time Spent (h),Work Description\n");
    let mut total = 0;
    for IssueWork { issue, worklogs } in rows {
        for worklog in worklogs {
            total += worklog.seconds;
            line(&mut file, site, settings, issue, worklog, more);
        }
    }
    file.push_str("Total,,,,,");
    file.extend(more.iter().map(|_| ','));
    let _ = writeln!(file, ",,{},", if_comma(&hours(total, settings)));
    file
}

fn line(
    file: &mut String,
    site: &State,
    settings: Settings,
    issue: &Issue,
    worklog: &Worklog,
    more: &[String],
) {
    let project = site.projects.get(issue.project).map_or("", |project| &project.name);
    let author = site.users.get(worklog.author).map_or("", |user| &user.name);
    let started = local(worklog.started, zone_of(site, worklog.author));
    let spent = if worklog.seconds == 0 { String::new() } else { hours(worklog.seconds, settings) };
    let _ = write!(
        file,
        "{},{},{},{},{},",
        quoted(project),
        issue.kind.name,
        issue.key,
        quoted(&issue.summary),
        quoted(issue.priority.name),
    );
    for name in more {
        let _ = write!(file, "{},", quoted(&cell(site, issue, name)));
    }
    let _ = writeln!(
        file,
        "{},{},{},{}",
        started.format("%Y-%m-%d %H:%M:%S"),
        quoted(author),
        if_comma(&spent),
        quoted(&described(worklog.comment.as_deref().unwrap_or_default())),
    );
}

/// A field of `moreFields` as text; empty where the site has no such field.
fn cell(site: &State, issue: &Issue, name: &str) -> String {
    match name {
        "labels" => issue.labels.join(", "),
        "status" => issue.status.name.to_owned(),
        "resolution" if issue.status.is_done() => "Done".to_owned(),
        "assignee" => {
            let user = issue.assignee.and_then(|id| site.users.get(id));
            user.map(|user| user.name.clone()).unwrap_or_default()
        }
        "parent" => {
            let parent = issue.parent.and_then(|id| site.issues.get(id));
            parent.map(|parent| parent.key.clone()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Always quoted; empty text is nothing at all.
fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// Quoted only when it holds a comma.
fn if_comma(text: &str) -> String {
    if text.contains(',') { quoted(text) } else { text.to_owned() }
}

/// One line, with tags made harmless.
fn described(text: &str) -> String {
    let text = text.replace("\r\n", " ").replace(['\n', '\r'], " ");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// Hours rounded to the fraction digits, without trailing zeros, grouped as the locale does.
fn hours(seconds: i64, settings: Settings) -> String {
    let Settings { locale, fraction_digits } = settings;
    #[expect(clippy::cast_precision_loss, reason = "spans of work stay far below 2^53 seconds")]
    let text = format!("{:.*}", fraction_digits, seconds as f64 / 3600.0);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let (thousand, decimal) = match locale {
        Locale::EnUs => (',', '.'),
        Locale::DeDe => ('.', ','),
    };
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            grouped.push(thousand);
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push(decimal);
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{Locale, Settings, described, hours, quoted};

    #[test]
    fn hours_look_as_the_vendors_formatter_printed_them() {
        let us = Settings { locale: Locale::EnUs, fraction_digits: 2 };
        for (seconds, text) in [
            (3600, "1"),
            (120, "0.03"),
            (17, "0"),
            (5400, "1.5"),
            (4_500_000, "1,250"),
            (4_505_508, "1,251.53"),
        ] {
            assert_eq!(hours(seconds, us), text);
        }
        let de = Settings { locale: Locale::DeDe, fraction_digits: 2 };
        assert_eq!(hours(4_505_508, de), "1.251,53");
        let none = Settings { locale: Locale::EnUs, fraction_digits: 0 };
        assert_eq!(hours(36_000, none), "10", "zeros before the point stay");
    }

    #[test]
    fn texts_are_quoted_as_the_vendors_formatter_did() {
        assert_eq!(quoted("Demo, Inc. \"X\""), "\"Demo, Inc. \"\"X\"\"\"");
        assert_eq!(quoted(""), "");
        assert_eq!(described("line one\nline two <b>"), "line one line two &lt;b&gt;");
    }
}
