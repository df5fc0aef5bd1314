//! `exportData.csv`, with the vendor's quoting, which is not RFC 4180, so no CSV library can write it: some columns
//! are always quoted, some never, numbers only if they contain a comma.

use std::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDateTime;

use super::headings::Heading;
use super::numbers::exported;
use super::{described, limit_notes};
use crate::kernel::civil::{Tz, local};
use crate::kernel::part::Part;
use crate::quirk;
use crate::vendors::jira::model::{Issue, State};
use crate::vendors::time_tracker::model::{Column, Settings, Unit};
use crate::vendors::time_tracker::rules::fields::{self, FieldContent, content_of, custom};
use crate::vendors::time_tracker::rules::report::{Entry, IssueWork, Limits, Report};

/// Size of a piece of the file, in bytes.
const PIECE: usize = 64 * 1024;

/// A file and its options.
#[derive(Debug)]
pub struct Export {
    /// The site at the start of the request.
    pub site: Part<State>,
    /// The tenant's options.
    pub settings: Settings,
    /// The viewer's zone.
    pub zone: Tz,
    /// Additional fields of the issue.
    pub more: Vec<String>,
}

impl Export {
    /// The file in pieces, from its byte order mark to its last line.
    pub fn pieces(self, report: Report) -> impl Iterator<Item = Bytes> + Send + use<> {
        quirk!("TTR-008");
        let Report { rows, limits, .. } = report;
        let mut work = rows.into_iter();
        let mut open: Option<(Arc<Issue>, std::vec::IntoIter<Entry>)> = None;
        let mut total = 0_i64;
        let mut text = self.header();
        let mut ended = false;
        std::iter::from_fn(move || {
            while !ended && text.len() < PIECE {
                if let Some((issue, entries)) = &mut open
                    && let Some(entry) = entries.next()
                {
                    total = total.saturating_add(entry.worklog.seconds);
                    self.line(&mut text, issue, &entry);
                } else if let Some(IssueWork { issue, entries }) = work.next() {
                    open = Some((issue, entries.into_iter()));
                } else {
                    self.footer(&mut text, total, &limits);
                    ended = true;
                }
            }
            (!text.is_empty()).then(|| Bytes::from(std::mem::take(&mut text)))
        })
    }

    fn has(&self, column: Column) -> bool {
        self.settings.export_columns.contains(&column)
    }

    fn has_description(&self) -> bool {
        self.has(Column::DescriptionStatus) || self.has(Column::DescriptionStatusAssignee)
    }

    fn header(&self) -> String {
        const BEFORE: [Column; 5] =
            [Column::Project, Column::IssueType, Column::Key, Column::Summary, Column::Priority];
        const AFTER: [Column; 6] = [
            Column::WorkCreated,
            Column::WorklogId,
            Column::DateStarted,
            Column::DisplayName,
            Column::EmailAddress,
            Column::AccountId,
        ];
        let locale = self.settings.locale;
        let mut text = String::from("\u{feff}");
        let put = |columns: &[Column], text: &mut String| {
            for column in columns.iter().filter(|column| self.has(**column)) {
                let _ = write!(text, "{},", Heading::exported(*column, locale));
            }
        };
        put(&BEFORE, &mut text);
        for name in &self.more {
            let _ = write!(text, "{},", self.field_heading(name));
        }
        put(&AFTER, &mut text);
        let unit = match self.settings.export_unit {
            Unit::Hours => "h",
            Unit::Days => "d",
            Unit::Minutes => "m",
        };
        let _ = write!(text, "{} ({unit})", Heading::TimeSpent.text(locale));
        if self.has_description() {
            let _ = write!(text, ",{}", Heading::WorkDescription.text(locale));
        }
        text.push('\n');
        text
    }

    /// The capitalised id of a field, or the name of a custom one.
    fn field_heading(&self, name: &str) -> String {
        if name == fields::EPIC_LINK {
            return fields::label(&self.site, name);
        }
        if let Some(field) = custom(&self.site, name) {
            return field.name.clone();
        }
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    }

    fn line(&self, text: &mut String, issue: &Issue, entry: &Entry) {
        let Entry { worklog, at } = entry;
        let author = self.site.users.get(worklog.author);
        let mut put = |column: Column, value: String| {
            if self.has(column) {
                text.push_str(&value);
                text.push(',');
            }
        };
        let project = self.site.projects.get(issue.project).map_or("", |project| &project.name);
        put(Column::Project, quoted(project));
        put(Column::IssueType, issue.kind.name.to_owned());
        put(Column::Key, issue.key.clone());
        put(Column::Summary, quoted(&issue.summary));
        put(Column::Priority, quoted(issue.priority.name));
        for name in &self.more {
            text.push_str(&quoted(&self.cell(issue, name)));
            text.push(',');
        }
        let mut put = |column: Column, value: String| {
            if self.has(column) {
                text.push_str(&value);
                text.push(',');
            }
        };
        let email = author.filter(|user| user.email_visible).map_or("", |user| &user.email);
        put(Column::WorkCreated, stamp(local(worklog.created, self.zone)));
        put(Column::WorklogId, worklog.id.to_string());
        put(Column::DateStarted, stamp(*at));
        put(Column::DisplayName, quoted(author.map_or("", |user| &user.name)));
        put(Column::EmailAddress, quoted(email));
        put(Column::AccountId, author.map_or("", |user| &user.account_id).to_owned());
        if worklog.seconds != 0 {
            text.push_str(&if_comma(&self.duration(worklog.seconds)));
        }
        if self.has_description() {
            let comment = worklog.comment.as_deref().unwrap_or_default();
            text.push(',');
            text.push_str(&quoted(&described(comment).replace('\n', " ")));
        }
        text.push('\n');
    }

    fn duration(&self, seconds: i64) -> String {
        exported(&self.settings, &self.site.settings, seconds)
    }

    /// A field of `moreFields` as text; empty if the site does not have it.
    fn cell(&self, issue: &Issue, name: &str) -> String {
        match content_of(&self.site, issue, name) {
            FieldContent::Nothing => String::new(),
            FieldContent::Text(text) => text,
            FieldContent::Texts(texts) => texts.join(", "),
            FieldContent::Number(number) => number.to_string(),
            FieldContent::Seconds(seconds) => self.duration(seconds),
            FieldContent::User(user) => user.name.clone(),
            // Jira gives only the key of the epic.
            FieldContent::Issue(issue) if name == fields::EPIC_LINK => issue.key.clone(),
            FieldContent::Issue(issue) => format!("{} {}", issue.key, issue.summary),
        }
    }

    fn footer(&self, text: &mut String, total: i64, limits: &Limits) {
        let columns = &self.settings.export_columns;
        let own = columns.len() - usize::from(self.has_description());
        // In English in every language, and only if a column comes before the time.
        if own > 0 {
            text.push_str("Total");
        }
        text.extend(std::iter::repeat_n(',', own + self.more.len()));
        text.push_str(&if_comma(&self.duration(total)));
        text.push_str(if self.has_description() { ",\n" } else { "\n" });
        for note in limit_notes(limits) {
            text.push_str(&note);
            text.push('\n');
        }
    }
}

fn stamp(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Quotes a text and doubles quotes in it; an empty text stays empty.
fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// Quotes a text only if it contains a comma.
fn if_comma(text: &str) -> String {
    if text.contains(',') { quoted(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{if_comma, quoted};

    #[test]
    fn texts_are_quoted_as_the_vendors_formatter_did() {
        assert_eq!(quoted("Demo, Inc. \"X\""), "\"Demo, Inc. \"\"X\"\"\"");
        assert_eq!(quoted(""), "");
        assert_eq!((if_comma("1"), if_comma("1,250")), ("1".into(), "\"1,250\"".into()));
    }
}
