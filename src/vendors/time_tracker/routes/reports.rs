//! The worklog report as JSON and as CSV.

use axum::http::StatusCode;
use chrono::NaiveDate;

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::rules::report::{self, Question, report};
use super::super::wire::{csv, issues};
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::quirk;

impl From<report::Error> for Error {
    fn from(error: report::Error) -> Self {
        match error {
            report::Error::NoDates => Self::NoDates,
            report::Error::Backwards => Self::Backwards,
            report::Error::Unknown(kind, name) => Self::Unknown { kind, name },
            report::Error::Filter(why) => Self::Filter(why),
        }
    }
}

/// `GET /api/1/worklog`. Source: document 002, line 23.
pub(super) fn get_worklog(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let site = &root.value.jira;
    let rows = report(site, &caller.user, &question(cx)?)?;
    let more = list(cx, "moreFields");
    quirk!("TTR-007");
    let issues: Vec<_> = rows.iter().map(|row| issues::issue(site, row, &more)).collect();
    Ok(Reply::ok(&issues))
}

/// `GET /api/1/exportData.csv`. Source: document 002, line 109, and notes/jira-vendors.md 2.1.
pub(super) fn export_data(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let root = cx.read();
    let site = &root.value.jira;
    let rows = report(site, &caller.user, &question(cx)?)?;
    let settings = root.value.time_tracker.settings;
    let file = csv::export(site, settings, &rows, &list(cx, "moreFields"));
    Ok(Reply::bytes(StatusCode::OK, "text/csv; charset=utf-8", file)
        .with("content-disposition", "attachment; filename=\"exportData.csv\""))
}

/// The same at the path that the document prints. Source: document 002, line 109.
pub(super) fn export_data_documented(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    quirk!("TTR-009");
    export_data(cx, caller)
}

fn question(cx: &Cx) -> Result<Question, Error> {
    let all_users = cx.query.last("allUsers");
    Ok(Question {
        start: date(cx, "start", "startDate")?,
        end: date(cx, "end", "endDate")?,
        users: list(cx, "user"),
        groups: [list(cx, "groups"), list(cx, "group")].concat(),
        all_users: all_users
            .is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1"),
        filters_or_projects: list(cx, "filterOrProjectId"),
    })
}

fn date(cx: &Cx, name: &'static str, other: &'static str) -> Result<Option<NaiveDate>, Error> {
    let (sent, as_name) = match (cx.query.first(name), cx.query.first(other)) {
        (Some(text), _) => (text, name),
        (None, Some(text)) => (text, other),
        (None, None) => return Ok(None),
    };
    let text = sent.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.filter(|day| (1900..=9998).contains(&chrono::Datelike::year(day)));
    day.map(Some).ok_or(Error::BadDate(as_name))
}

/// Repeated, comma-joined or both.
fn list(cx: &Cx, name: &str) -> Vec<String> {
    cx.query.list(name).into_iter().map(|part| part.trim().to_owned()).collect()
}
