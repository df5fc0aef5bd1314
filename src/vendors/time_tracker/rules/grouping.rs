//! Groups the rows of the view. Source: jira-vendors.md:2.3.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

use super::fields::{FieldContent, content_of};
use super::report::Entry;
use crate::kernel::civil::{Tz, local};
use crate::vendors::jira::model::{Issue, Project, State, User};

/// A way to group rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// The issue itself.
    Issue,
    /// The parent; the issue itself when it has sub-tasks or no parent.
    Parent,
    /// The project.
    Project,
    /// The author.
    WorkedUser,
    /// The author's first user group.
    WorkedUserGroup,
    /// The day of the work.
    WorkedDate,
    /// The week of the work.
    WorkedWeek,
    /// The day on which the worklog was recorded.
    WorkCreated,
    /// The first word of the comment.
    CommentFirstWord,
    /// The `#labels` in the comment.
    WorkLabel,
    /// A field of the issue.
    Field(String),
}

impl GroupBy {
    /// The grouping of this name in the report page's URL.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "issue" => Self::Issue,
            "parent" => Self::Parent,
            "project" => Self::Project,
            "workeduser" => Self::WorkedUser,
            "workedusergroup" => Self::WorkedUserGroup,
            "workeddate" => Self::WorkedDate,
            "workedweek" => Self::WorkedWeek,
            "workcreated" => Self::WorkCreated,
            "commentfirstword" => Self::CommentFirstWord,
            "worklabel" => Self::WorkLabel,
            other => Self::Field(other.to_owned()),
        }
    }
}

/// The heading of a group.
#[derive(Debug, Clone)]
pub enum Heading {
    /// No value in the field.
    Nothing,
    /// A text.
    Text(String),
    /// A user.
    User(Arc<User>),
    /// An issue.
    Issue(Arc<Issue>),
    /// A project.
    Project(Arc<Project>),
    /// A time in the viewer's zone.
    Time(chrono::NaiveDateTime),
    /// A week by its number.
    Week(u32),
}

/// A group, with the text that identifies and sorts it.
#[derive(Debug, Clone)]
pub struct Group {
    /// The text.
    pub text: String,
    /// Its heading.
    pub heading: Heading,
}

/// Finds the group of a worklog.
#[derive(Debug, Clone, Copy)]
pub struct Grouper<'a> {
    /// The site.
    pub site: &'a State,
    /// The viewer's zone.
    pub zone: Tz,
    /// The first day of a reporting week.
    pub reporting_day: Weekday,
}

impl Grouper<'_> {
    /// The group of a worklog.
    #[must_use]
    pub fn group(&self, by: &GroupBy, issue: &Arc<Issue>, entry: &Entry) -> Group {
        let worklog = &entry.worklog;
        let author = || self.site.users.get(worklog.author);
        let comment = worklog.comment.as_deref().unwrap_or_default();
        match by {
            GroupBy::Issue => of_issue(issue),
            GroupBy::Parent => {
                let parent = issue.parent.and_then(|id| self.site.issues.get(id));
                of_issue(parent.unwrap_or(issue))
            }
            GroupBy::Project => match self.site.projects.get(issue.project) {
                None => nothing(),
                Some(project) => Group {
                    text: project.name.clone(),
                    heading: Heading::Project(Arc::clone(project)),
                },
            },
            GroupBy::WorkedUser => author().map_or_else(nothing, of_user),
            GroupBy::WorkedUserGroup => {
                author().and_then(|user| user.groups.first()).map_or_else(nothing, |n| text(n))
            }
            GroupBy::WorkedDate => self.of_time(worklog.started),
            GroupBy::WorkCreated => self.of_time(worklog.created),
            GroupBy::WorkedWeek => {
                let first = week_of(local(worklog.started, self.zone).date(), self.reporting_day);
                let heading = Heading::Week(week_number(first));
                Group { text: first.format("%Y%m%d").to_string(), heading }
            }
            GroupBy::CommentFirstWord => {
                let word = comment.split_whitespace().next().unwrap_or_default().to_lowercase();
                text(&word)
            }
            GroupBy::WorkLabel => text(&tags(comment).join(", ")),
            GroupBy::Field(name) if name == "priority" => {
                let heading = Heading::Text(issue.priority.name.to_owned());
                Group { text: issue.priority.id.to_string(), heading }
            }
            GroupBy::Field(name) => match content_of(self.site, issue, name) {
                FieldContent::Nothing => nothing(),
                FieldContent::Text(value) => text(&value),
                // An empty list is a value too.
                FieldContent::Texts(values) => {
                    let text = values.join(", ");
                    Group { heading: Heading::Text(text.clone()), text }
                }
                FieldContent::Number(number) => text(&number.to_string()),
                FieldContent::Seconds(seconds) => text(&seconds.to_string()),
                FieldContent::User(user) => of_user(&user),
                FieldContent::Issue(issue) => of_issue(&issue),
            },
        }
    }

    fn of_time(&self, at: DateTime<Utc>) -> Group {
        let at = local(at, self.zone);
        Group { text: at.to_string(), heading: Heading::Time(at) }
    }
}

fn nothing() -> Group {
    Group { text: String::new(), heading: Heading::Nothing }
}

fn text(text: &str) -> Group {
    if text.is_empty() {
        return nothing();
    }
    Group { text: text.to_owned(), heading: Heading::Text(text.to_owned()) }
}

fn of_user(user: &Arc<User>) -> Group {
    Group { text: user.name.clone(), heading: Heading::User(Arc::clone(user)) }
}

fn of_issue(issue: &Arc<Issue>) -> Group {
    Group { text: issue.key.clone(), heading: Heading::Issue(Arc::clone(issue)) }
}

/// The `#labels` of a comment, sorted, without the sign.
#[must_use]
pub fn tags(comment: &str) -> Vec<&str> {
    let mut tags: Vec<&str> =
        comment.split_whitespace().filter_map(|word| word.strip_prefix('#')).collect();
    tags.sort_unstable();
    tags
}

/// The day on which the reporting week of `day` begins.
#[must_use]
pub fn week_of(day: NaiveDate, reporting_day: Weekday) -> NaiveDate {
    day.week(reporting_day).first_day()
}

/// The number of the week that holds `day`, counted from the week of 1 January; weeks begin on Sundays.
#[must_use]
pub fn week_number(day: NaiveDate) -> u32 {
    let sunday_before = |day: NaiveDate| {
        let back = day.weekday().num_days_from_sunday();
        day.checked_sub_days(Days::new(back.into())).unwrap_or(day)
    };
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(sunday_before);
    let year = match first(day.year() + 1) {
        Some(next) if day >= next => next,
        _ => first(day.year()).unwrap_or(day),
    };
    let days = (day - year).num_days();
    u32::try_from(days / 7).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{tags, week_number};

    #[test]
    fn weeks_are_numbered_from_the_one_that_holds_new_year() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(week_number(day("2018-10-01")), 40);
        assert_eq!(week_number(day("2018-12-30")), 1, "1 January 2019 is in this week");
        assert_eq!(week_number(day("2018-12-29")), 52);
        assert_eq!(week_number(day("2026-01-01")), 1);
        assert_eq!(week_number(day("2026-06-08")), 24);
    }

    #[test]
    fn labels_of_a_comment_are_words_after_a_hash() {
        assert_eq!(tags("#b fix #a2 x#y"), ["a2", "b"]);
        assert!(tags("no labels").is_empty());
    }
}
