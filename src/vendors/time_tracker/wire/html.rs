//! `exportView.xls`: the HTML table of the report page, which spreadsheet programs open. Markup, single quotes,
//! blank cells and escapes are the vendor's.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;

use super::headings::Heading;
use super::numbers::{signs, viewed};
use super::{described, limit_notes};
use crate::kernel::abandon;
use crate::kernel::part::Part;
use crate::quirk;
use crate::vendors::jira::model::{Issue, IssueId, State, User};
use crate::vendors::time_tracker::model::Settings;
use crate::vendors::time_tracker::rules::fields::{
    EPIC_LINK, FieldContent, adds_up, content_of, label,
};
use crate::vendors::time_tracker::rules::grouping::{self, Group, GroupBy};
use crate::vendors::time_tracker::rules::report::Limits;
use crate::vendors::time_tracker::rules::view::{Column, Detail, Row, View};

/// A table and its options.
#[derive(Debug)]
pub struct Table {
    /// The site at the start of the request.
    pub site: Part<State>,
    /// The tenant's options.
    pub settings: Settings,
    /// Additional fields of the issue.
    pub more: Vec<String>,
    /// Whether rows of single worklogs are left out.
    pub compressed: bool,
    /// Grouping of rows.
    pub group_by: Option<GroupBy>,
    /// Grouping of groups.
    pub categorize_by: Option<GroupBy>,
}

/// Minimum size of a piece of the file, in bytes; the last may be smaller.
const PIECE: usize = 64 * 1024;

const CELL: &str = "    <td class='nav border'>";
const CELL_END: &str = "</td>\n";
const BLANK: &str = "    <td class='nav border'>&nbsp;</td>\n";
const HEAD: &str = "    <th class='nav border total'>";
const HEAD_END: &str = "</th>\n";

/// The markup around the table, by which spreadsheet programs open the file as a workbook.
const BEFORE: &str = concat!(
    "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\" ",
    "xmlns:x=\"urn:schemas-microsoft-com:office:excel\" ",
    "xmlns=\"http://www.w3.org/TR/REC-html40\">\n",
    "<meta http-equiv=\"content-type\" content=\"application/vnd.ms-excel; charset=utf-8\">",
    "<head>\n<!--[if gte mso 9]>\n<xml>\n",
    "<x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>{worksheet}</x:Name>",
    "<x:WorksheetOptions><x:DisplayGridlines/></x:WorksheetOptions>",
    "</x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook>\n",
    "</xml>\n<![endif]-->\n</head>\n<body>\n",
);
const AFTER: &str = "</body>\n</html>\n";

/// Numeric `moreFields` already shown, so that each is shown once for an issue.
type CountedOnce = BTreeSet<(IssueId, usize)>;

impl Table {
    /// The file in pieces. A row may have any number of worklogs, so a piece holds some lines.
    pub fn pieces(self, view: View, limits: &Limits) -> impl Iterator<Item = Bytes> + Send + use<> {
        quirk!("TTR-010");
        quirk!("TTR-013");
        let foot = self.foot(&view, limits);
        let shape = (view.columns.len(), has_total(&view));
        let mut once = CountedOnce::new();
        let mut text = self.head(&view);
        let mut rows = view.rows.into_iter();
        let mut open: Option<(bool, std::vec::IntoIter<Detail>)> = None;
        let mut foot = Some(foot);
        std::iter::from_fn(move || {
            while text.len() < PIECE {
                if let Some((grouped, details)) = &mut open
                    && let Some(detail) = details.next()
                {
                    self.detail(&mut text, *grouped, &detail, shape, &mut once);
                } else if let Some(row) = rows.next() {
                    self.row(&mut text, &row, shape);
                    open = Some((row.issue.is_none(), row.details.into_iter()));
                } else if let Some(foot) = foot.take() {
                    text.push_str(&foot);
                } else {
                    break;
                }
            }
            (!text.is_empty()).then(|| Bytes::from(std::mem::take(&mut text)))
        })
    }

    /// Whether rows have the five columns of an issue.
    fn has_issue_columns(&self) -> bool {
        !self.compressed || matches!(self.group_by, None | Some(GroupBy::Issue))
    }

    fn leading(&self) -> usize {
        usize::from(self.group_by.is_some())
            + usize::from(self.group_by.is_some() && self.categorize_by.is_some())
    }

    fn head(&self, view: &View) -> String {
        let locale = self.settings.locale;
        let signs = signs(locale);
        let mut text = String::from(BEFORE);
        text.push_str("<style>\n<!--br\n    {mso-data-placement:same-cell;}\n<!--table\n");
        let _ = write!(text, "    {{mso-displayed-decimal-separator:\"\\{}\";", signs.decimal);
        // The vendor takes the separators from its locale's format of 1234.5, which Spanish does not group.
        if signs.grouped_from <= 4 {
            let thousand = signs.thousand;
            let _ = write!(text, "\n     mso-displayed-thousand-separator:\"\\{thousand}\";");
        }
        text.push_str("}\n");
        text.push_str(
            "-->\n</style>\n<table class=\"aui aui-table-list\">\n <tr class='rowFooter'>\n",
        );
        if let Some(by) = &self.group_by {
            if let Some(by) = &self.categorize_by {
                head_cell(&mut text, &self.group_label(by));
            }
            head_cell(&mut text, &self.group_label(by));
        }
        if self.has_issue_columns() {
            use Heading::{IssueType, Key, Parent, Priority, Summary};
            for heading in [IssueType, Parent, Key, Summary, Priority] {
                head_cell(&mut text, heading.text(locale));
            }
        }
        for name in &self.more {
            head_cell(&mut text, &label(&self.site, name));
        }
        if !self.compressed {
            head_cell(&mut text, Heading::WorkDescription.text(locale));
        }
        for column in &view.columns {
            head_cell(&mut text, &self.column(column));
        }
        if has_total(view) {
            head_cell(&mut text, Heading::Total.text(locale));
        }
        text.push_str("  </tr>\n");
        text
    }

    fn column(&self, column: &Column) -> String {
        match column {
            Column::Day(day) => day.format("%d/%b").to_string(),
            Column::Week(number) => format!("{number:02}"),
            Column::Month(day) => day.format("%b").to_string(),
            // The vendor prints its language's null for a missing e-mail.
            Column::User(user) => self.user(user, "undefined"),
            Column::Status(name) => (*name).to_owned(),
            Column::Label(label) => label.clone(),
            Column::TimeSpent => {
                format!("{} (h)", Heading::TimeSpent.text(self.settings.locale))
            }
        }
    }

    fn group_label(&self, by: &GroupBy) -> String {
        let text = match by {
            GroupBy::Issue => "Issue itself",
            GroupBy::Parent => "Parent",
            GroupBy::Project => "Project",
            GroupBy::WorkedUser => "Worked User",
            GroupBy::WorkedUserGroup => "Worked User Group",
            GroupBy::WorkedDate => "Worked Date",
            GroupBy::WorkedWeek => "Worked Week",
            GroupBy::WorkCreated => "Work Created",
            GroupBy::CommentFirstWord => "Comment First Word",
            GroupBy::WorkLabel => "Work Label",
            GroupBy::Field(name) => return label(&self.site, name),
        };
        text.to_owned()
    }

    /// A row without its worklogs, in a table of this many columns, with or without a column of totals.
    fn row(&self, text: &mut String, row: &Row, (columns, total): (usize, bool)) {
        text.push_str("  <tr>\n");
        if let Some(group) = &row.group {
            if let Some(category) = &row.category {
                cell(text, &self.heading(category));
            }
            cell(text, &self.heading(group));
        }
        match &row.issue {
            Some(issue) => self.issue_cells(text, issue, " nowrap"),
            None if self.compressed => {}
            None => text.push_str(&BLANK.repeat(5)),
        }
        for name in &self.more {
            cell(text, &self.more_of(&row.issues, name));
        }
        if !self.compressed {
            text.push_str("    <td class='nav border'>&nbsp</td>\n");
        }
        for column in 0..columns {
            cell(text, &self.sum(row.cells.get(&column).copied().unwrap_or(0)));
        }
        if total {
            let _ = writeln!(text, "    <td class='nav border total'>{}</td>", self.sum(row.sum));
        }
        text.push_str("  </tr>\n");
    }

    /// A worklog of a row, which is one of a group or of an issue.
    fn detail(
        &self,
        text: &mut String,
        grouped: bool,
        detail: &Detail,
        (columns, total): (usize, bool),
        once: &mut CountedOnce,
    ) {
        abandon::check();
        text.push_str("  <tr>\n");
        text.push_str(&BLANK.repeat(self.leading()));
        if grouped {
            self.issue_cells(text, &detail.issue, "");
        } else {
            text.push_str(&BLANK.repeat(5));
        }
        for (n, name) in self.more.iter().enumerate() {
            let number = matches!(
                content_of(&self.site, &detail.issue, name),
                FieldContent::Number(_) | FieldContent::Seconds(_)
            );
            if grouped && (!number || once.insert((detail.issue.id, n))) {
                cell(text, &self.more_of(std::slice::from_ref(&detail.issue), name));
            } else {
                text.push_str(BLANK);
            }
        }
        let worklog = &detail.entry.worklog;
        cell(text, &described(worklog.comment.as_deref().unwrap_or_default()));
        for n in 0..columns {
            if detail.column == Some(n) {
                cell(text, &viewed(&self.settings, &self.site.settings, worklog.seconds));
            } else {
                text.push_str(BLANK);
            }
        }
        if total {
            text.push_str(BLANK);
        }
        text.push_str("  </tr>\n");
    }

    fn foot(&self, view: &View, limits: &Limits) -> String {
        let mut text = String::from("  <tr class='rowFooter'>\n");
        let span = self.leading() + if self.has_issue_columns() { 5 } else { 0 };
        let total = Heading::Total.text(self.settings.locale);
        let _ = writeln!(text, "    <th class='nav border total' colspan={span}>{total}</th>");
        for name in &self.more {
            let all = view.rows.iter().flat_map(|row| row.issues.iter().cloned());
            let all: Vec<Arc<Issue>> = all.filter(|_| adds_up(&self.site, name)).collect();
            head_cell(&mut text, &self.more_of(&all, name));
        }
        if !self.compressed {
            head_cell(&mut text, "&nbsp;");
        }
        for seconds in &view.totals {
            head_cell(&mut text, &self.sum(*seconds));
        }
        if has_total(view) {
            head_cell(&mut text, &self.sum(view.sum));
        }
        text.push_str("  </tr>\n");
        for note in limit_notes(limits) {
            let _ =
                write!(text, "<tr><td class='nav border total' colspan={span}>{note}</td></tr>");
        }
        text.push_str("</table>\n");
        text.push_str(AFTER);
        text
    }

    /// Empty for no time.
    fn sum(&self, seconds: i64) -> String {
        match seconds {
            0 => String::new(),
            seconds => viewed(&self.settings, &self.site.settings, seconds),
        }
    }

    fn issue_cells(&self, text: &mut String, issue: &Issue, nowrap: &str) {
        cell(text, issue.kind.name);
        let parent = issue.parent.and_then(|id| self.site.issues.get(id));
        let parent = parent.map(|parent| self.browse(&parent.key, &parent.key));
        let key = self.browse(&issue.key, &issue.key);
        for value in [parent.unwrap_or_default(), key] {
            let _ = writeln!(text, "    <td class='nav border'{nowrap}>{value}</td>");
        }
        cell(text, &self.browse(&issue.key, &issue.summary));
        cell(text, issue.priority.name);
    }

    fn heading(&self, group: &Group) -> String {
        match &group.heading {
            grouping::Heading::Nothing => "&nbsp;".to_owned(),
            grouping::Heading::Text(text) => text.clone(),
            grouping::Heading::User(user) => self.user(user, ""),
            grouping::Heading::Issue(issue) => self.titled(issue),
            grouping::Heading::Project(project) => {
                self.browse(&project.key, &quote_once(&project.name))
            }
            grouping::Heading::Time(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
            grouping::Heading::Week(number) => {
                format!("{} {number:02}", Heading::Week.text(self.settings.locale))
            }
        }
    }

    /// A field of several issues: the sum of numbers, or each other value once.
    fn more_of(&self, issues: &[Arc<Issue>], name: &str) -> String {
        let (mut sum, mut seconds, mut texts) = (0.0, 0_i64, Vec::new());
        for issue in issues {
            match content_of(&self.site, issue, name) {
                FieldContent::Nothing => {}
                FieldContent::Number(number) => sum += number,
                FieldContent::Seconds(more) => seconds = seconds.saturating_add(more),
                FieldContent::Text(text) => texts.push(text),
                FieldContent::Texts(more) => texts.extend(more),
                FieldContent::User(user) => texts.push(self.user(&user, "")),
                FieldContent::Issue(issue) if name == EPIC_LINK => texts.push(self.keyed(&issue)),
                FieldContent::Issue(issue) => texts.push(self.titled(&issue)),
            }
        }
        if seconds > 0 {
            return self.sum(seconds);
        }
        if sum != 0.0 {
            return sum.to_string();
        }
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        texts.join(", ")
    }

    fn browse(&self, key: &str, shown: &str) -> String {
        format!(
            "<a target='_blank' href='https://{}/browse/{key}'>{shown}</a>",
            self.site.settings.host
        )
    }

    fn titled(&self, issue: &Issue) -> String {
        let (host, key) = (&self.site.settings.host, &issue.key);
        let title = quote_once(&issue.summary);
        format!(
            "<a target='_blank' href='https://{host}/browse/{key}' title='{title}'>{key} {title}</a>"
        )
    }

    fn keyed(&self, issue: &Issue) -> String {
        let (host, key) = (&self.site.settings.host, &issue.key);
        format!("<a target='_blank' href='https://{host}/browse/{key}' title=''>{key}</a>")
    }

    fn user(&self, user: &User, hidden: &str) -> String {
        let email = if user.email_visible { user.email.as_str() } else { hidden };
        let (host, id, name) = (&self.site.settings.host, &user.account_id, &user.name);
        format!("<a target='_blank' href='https://{host}/people/{id}' title='{email}'>{name}</a>")
    }
}

fn cell(text: &mut String, value: &str) {
    for part in [CELL, value, CELL_END] {
        text.push_str(part);
    }
}

fn head_cell(text: &mut String, value: &str) {
    for part in [HEAD, value, HEAD_END] {
        text.push_str(part);
    }
}

/// Like the vendor, replaces only the first apostrophe.
fn quote_once(text: &str) -> String {
    text.replacen('\'', "&#39;", 1)
}

/// Whether the table has a column of totals: not if its only column is the total.
fn has_total(view: &View) -> bool {
    !matches!(view.columns[..], [Column::TimeSpent])
}
