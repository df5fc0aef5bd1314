//! The studio holds every hard case that a Jira integration meets.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta, Timelike};
use serde::Serialize;
use serde::de::DeserializeOwned;
use timetwin::kernel::civil::local;
use timetwin::vendors::jira::model::{Issue, State, Term, User, Worklog};
use timetwin::vendors::{clockwork, time_tracker};
use timetwin::world::World;

use crate::support::TestTwin;

fn studio() -> World {
    TestTwin::studio().twin.sandbox("main").unwrap().store.read().value.clone()
}

fn author<'a>(site: &'a State, worklog: &Worklog) -> &'a Arc<User> {
    site.users.get(worklog.author).unwrap()
}

fn issue<'a>(site: &'a State, worklog: &Worklog) -> &'a Arc<Issue> {
    site.issues.get(worklog.issue).unwrap()
}

#[test]
fn authors_in_far_apart_zones_log_near_midnight() {
    let World { jira: site, .. } = studio();
    let near: BTreeSet<&str> = site
        .worklogs
        .iter()
        .filter(|worklog| {
            let day = local(worklog.started, author(&site, worklog).zone).date();
            day != worklog.started.date_naive()
        })
        .map(|worklog| author(&site, worklog).zone.name())
        .collect();
    assert!(near.contains("Asia/Tokyo") && near.contains("America/New_York"), "{near:?}");
    let over = site.worklogs.iter().find(|worklog| {
        let end = worklog.started + TimeDelta::seconds(worklog.seconds);
        worklog.started.date_naive() != end.date_naive() && worklog.started.hour() == 23
    });
    assert!(over.is_some(), "a worklog runs over midnight UTC");
}

#[test]
fn work_was_done_on_days_when_the_clocks_changed() {
    let World { jira: site, .. } = studio();
    let on = |day: (i32, u32, u32), zone: &str| {
        let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
        site.worklogs.iter().any(|worklog| {
            let author = author(&site, worklog);
            author.zone.name() == zone && local(worklog.started, author.zone).date() == day
        })
    };
    assert!(on((2026, 3, 29), "Europe/Berlin"), "forward in Europe");
    assert!(on((2026, 3, 8), "America/New_York"), "forward in America");
    assert!(on((2025, 10, 26), "Europe/Berlin"), "back in Europe");
}

#[test]
fn texts_hold_commas_quotes_newlines_and_tags() {
    let World { jira: site, .. } = studio();
    let hard = |text: &str| {
        text.contains(',') && text.contains('"') && text.contains('<') && text.contains('>')
    };
    let logged: BTreeSet<_> = site.worklogs.iter().map(|worklog| worklog.issue).collect();
    assert!(site.worklogs.iter().any(|worklog| {
        worklog.comment.as_deref().is_some_and(|text| hard(text) && text.contains('\n'))
    }));
    assert!(site.issues.iter().any(|issue| hard(&issue.summary) && logged.contains(&issue.id)));
    assert!(site.worklogs.iter().any(|worklog| worklog.comment.is_none()), "one has no comment");
}

#[test]
fn people_hide_leave_and_have_ids_of_both_kinds() {
    let World { jira: site, .. } = studio();
    let worked: BTreeSet<_> = site.worklogs.iter().map(|worklog| worklog.author).collect();
    let users = || site.users.iter().filter(|user| worked.contains(&user.id));
    assert!(users().any(|user| !user.email_visible));
    assert!(users().any(|user| user.email_visible));
    assert!(users().any(|user| !user.active && user.name == "Former user"));
    assert!(users().any(|user| user.account_id.contains(':')));
    assert!(users().any(|user| user.account_id.len() == 24));
}

#[test]
fn issues_have_parents_epics_and_many_worklogs() {
    let World { jira: site, .. } = studio();
    let mut most = 0;
    for issue in site.issues.iter() {
        let count = site.worklogs.iter().filter(|worklog| worklog.issue == issue.id).count();
        most = most.max(count);
        let above = |id| site.issues.get(id).is_some();
        assert!(issue.parent.is_none_or(above) && issue.epic.is_none_or(above), "{}", issue.key);
    }
    assert!(most > 20, "the busiest issue has {most} worklogs");
    let logged = |fits: &dyn Fn(&Issue) -> bool| {
        site.worklogs.iter().any(|worklog| fits(issue(&site, worklog)))
    };
    assert!(logged(&|issue| issue.parent.is_some() && issue.kind.subtask));
    assert!(logged(&|issue| issue.epic.is_some() && !issue.kind.subtask));
    assert!(logged(&|issue| issue.kind.name == "Epic"));
}

#[test]
fn keys_are_the_beginning_of_others_and_some_projects_are_closed() {
    let World { jira: site, .. } = studio();
    let keys: Vec<&str> = site.projects.iter().map(|project| project.key.as_str()).collect();
    let starts = |a: &str| keys.iter().any(|b| b.len() > a.len() && b.starts_with(a));
    assert!(keys.contains(&"SSP") && starts("SSP"));
    assert!(keys.len() >= 2 && site.projects.iter().any(|project| project.members.is_some()));
    assert!(site.projects.iter().any(|project| project.category.is_some()));
}

#[test]
fn worklogs_are_restricted_manual_clocked_and_carry_attributes() {
    let World { jira: site, .. } = studio();
    let any = |fits: &dyn Fn(&Worklog) -> bool| site.worklogs.iter().any(|worklog| fits(worklog));
    assert!(any(&|worklog| worklog.visibility.as_deref() == Some("administrators")));
    let manual = |worklog: &Worklog| worklog.tracking.as_ref().map(|tracking| tracking.manual);
    assert!(any(&|worklog| manual(worklog) == Some(true)));
    assert!(any(&|worklog| manual(worklog) == Some(false)));
    let attribute = |has_value: bool| {
        any(&|worklog| {
            worklog.tracking.as_ref().is_some_and(|tracking| {
                tracking.attributes.iter().any(|(_, value)| value.is_some() == has_value)
            })
        })
    };
    assert!(attribute(true) && attribute(false));
    assert!(any(&|worklog| worklog.seconds == 60), "one minute");
    let total: i64 = site.worklogs.iter().map(|worklog| worklog.seconds).sum();
    assert!(total > 1000 * 3600, "{total} seconds in all");
}

#[test]
fn two_people_have_running_timers() {
    let world = studio();
    let running: BTreeSet<_> = world.clockwork.timers.iter().map(|timer| timer.user).collect();
    assert_eq!(running.len(), 2);
}

/// Through JSON and back.
fn same<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(row: &T) {
    let text = serde_json::to_string(row).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), row, "{text}");
}

#[test]
fn every_row_can_be_stored_and_read_back() {
    let World { jira, clockwork, time_tracker, .. } = studio();
    let clockwork::model::State { tokens, timers, settings } = &*clockwork;
    tokens.iter().for_each(|row| same(&**row));
    timers.iter().for_each(|row| same(&**row));
    same(settings);
    let time_tracker::model::State { keys, settings } = &*time_tracker;
    keys.iter().for_each(|row| same(&**row));
    same(settings);
    let State { settings, users, groups, projects, fields, issues, worklogs, filters } = &*jira;
    same(settings);
    users.iter().for_each(|row| same(&**row));
    groups.iter().for_each(|row| same(&**row));
    projects.iter().for_each(|row| same(&**row));
    fields.iter().for_each(|row| same(&**row));
    issues.iter().for_each(|row| same(&**row));
    worklogs.iter().for_each(|row| same(&**row));
    filters.iter().for_each(|row| same(&**row));
    let row = issues.iter().next().unwrap();
    let mut stored = serde_json::to_value(&**row).unwrap();
    assert_eq!(stored["kind"], "Task");
    stored["kind"] = "Nothing".into();
    assert!(serde_json::from_value::<Issue>(stored).is_err(), "an unknown term is refused");
    assert!(timetwin::vendors::jira::model::Status::named("Done").is_some());
}
