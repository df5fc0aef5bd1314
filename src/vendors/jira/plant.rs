//! Grows a Jira site from a scenario and its overlay.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::model::{
    Filter, FilterId, ISSUE_TYPES, Issue, IssueId, PRIORITIES, Project, ProjectId, STATUSES, State,
    Tracking, User, UserId,
};
use super::overlay::{IssueIn, JiraOverlay};
use super::rules::jql;
use super::rules::worklogs::{NewWorklog, add};
use crate::kernel::ids::{Decimal, Ids};
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, Scenario, SeedError, Work};

/// Where parts of the scenario ended up.
#[derive(Debug, Default)]
pub struct Planted {
    /// User by person.
    pub users: BTreeMap<usize, UserId>,
    /// Issue by task.
    pub issues: BTreeMap<usize, IssueId>,
    /// Work whose timer runs.
    pub running: Vec<Work>,
}

/// Plants people, projects, issues, worklogs and filters.
///
/// # Errors
/// A reference of the overlay that leads nowhere.
pub fn plant(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    ids: &mut Ids,
) -> Result<Planted, SeedError> {
    let mut planted = Planted::default();
    if let Some(host) = &overlay.host {
        site.host = host.as_str().into();
    }
    people(scenario, file, overlay, site, &mut planted)?;
    projects(scenario, file, overlay, site, &planted)?;
    issues(scenario, file, overlay, site, &mut planted)?;
    for (n, filter) in overlay.filters.iter().enumerate() {
        let field = format!("filters[{n}].jql");
        jql::parse(&filter.jql).map_err(|error| misfit(file, &field, error.to_string()))?;
        let id = FilterId(Decimal(filter.id));
        site.filters.put(Filter { id, name: filter.name.clone(), jql: filter.jql.clone() });
    }
    worklogs(scenario, file, overlay, site, ids, &mut planted)?;
    Ok(planted)
}

fn people(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    planted: &mut Planted,
) -> Result<(), SeedError> {
    let known = |id: &str| scenario.people.iter().any(|person| person.id == id);
    for (n, id) in overlay.hidden_emails.iter().enumerate() {
        if !known(id) {
            let message = format!("there is no person '{id}'");
            return Err(misfit(file, &format!("hidden_emails[{n}]"), message));
        }
    }
    for (n, group) in overlay.groups.iter().enumerate() {
        if let Some(m) = group.people.iter().position(|id| !known(id)) {
            let message = format!("there is no person '{}'", group.people[m]);
            return Err(misfit(file, &format!("groups[{n}].people[{m}]"), message));
        }
    }
    site.groups = Arc::new(overlay.groups.iter().map(|group| group.name.clone()).collect());
    for (n, person) in scenario.people.iter().enumerate().filter(|(_, p)| p.systems.jira) {
        let id = UserId(Decimal(n as u64 + 1));
        planted.users.insert(n, id);
        let groups = overlay.groups.iter().filter(|group| group.people.contains(&person.id));
        site.users.put(User {
            id,
            account_id: account_id(&person.email),
            name: person.name.clone(),
            email: person.email.clone(),
            email_visible: !overlay.hidden_emails.contains(&person.id),
            zone: person.zone,
            active: person.active,
            groups: groups.map(|group| group.name.clone()).collect(),
        });
    }
    Ok(())
}

/// 24 digits, like the account ids of older Jira users, made from the e-mail so that it stays the same
/// whoever else is in the scenario.
fn account_id(email: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in email.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("5b10a284{hash:016x}")
}

fn projects(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    planted: &Planted,
) -> Result<(), SeedError> {
    let mut categories = BTreeMap::new();
    for (n, category) in overlay.categories.iter().enumerate() {
        for (m, key) in category.projects.iter().enumerate() {
            if !scenario.projects.iter().any(|project| project.key == *key) {
                let field = format!("categories[{n}].projects[{m}]");
                return Err(misfit(file, &field, format!("there is no project '{key}'")));
            }
            categories.insert(key.as_str(), (10_000 + n as u64, category.name.clone()));
        }
    }
    for (n, project) in scenario.projects.iter().enumerate().filter(|(_, p)| p.systems.jira) {
        let members = project.members.iter().filter_map(|person| planted.users.get(person));
        site.projects.put(Project {
            id: ProjectId(Decimal(10_000 + n as u64)),
            key: project.key.clone(),
            name: project.name.clone(),
            category: categories.get(project.key.as_str()).cloned(),
            members: (!project.public).then(|| members.copied().collect()),
        });
    }
    Ok(())
}

fn issues(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    planted: &mut Planted,
) -> Result<(), SeedError> {
    let tasks: BTreeMap<&str, usize> =
        scenario.tasks.iter().enumerate().map(|(n, task)| (task.key.as_str(), n)).collect();
    let id_of = |task: usize| IssueId(Decimal(10_100 + task as u64));
    for (n, task) in scenario.tasks.iter().enumerate().filter(|(_, task)| task.systems.jira) {
        let id = id_of(n);
        planted.issues.insert(n, id);
        site.issues.put(Issue {
            id,
            key: task.key.clone(),
            project: ProjectId(Decimal(10_000 + task.project as u64)),
            summary: task.name.clone(),
            kind: &ISSUE_TYPES[0],
            status: if task.done { &STATUSES[2] } else { &STATUSES[0] },
            priority: &PRIORITIES[2],
            assignee: task.assignee.and_then(|person| planted.users.get(&person).copied()),
            parent: None,
            epic: None,
            labels: Vec::new(),
        });
    }
    for (n, row) in overlay.issues.iter().enumerate() {
        let issue_of = |field: &str, key: &str| {
            let task = tasks.get(key).filter(|task| planted.issues.contains_key(task));
            task.map(|task| id_of(*task)).ok_or_else(|| {
                misfit(file, &format!("issues[{n}].{field}"), format!("there is no issue '{key}'"))
            })
        };
        let IssueIn { key, kind, status, priority, parent, epic, labels } = row;
        let id = issue_of("key", key)?;
        let unknown = |field: &str, name: &str| {
            misfit(file, &format!("issues[{n}].{field}"), format!("there is no {field} '{name}'"))
        };
        let kind = kind.as_deref().map(|name| {
            let known = ISSUE_TYPES.iter().find(|kind| kind.name == name);
            known.ok_or_else(|| unknown("type", name))
        });
        let status = status.as_deref().map(|name| {
            let known = STATUSES.iter().find(|status| status.name == name);
            known.ok_or_else(|| unknown("status", name))
        });
        let priority = priority.as_deref().map(|name| {
            let known = PRIORITIES.iter().find(|priority| priority.name == name);
            known.ok_or_else(|| unknown("priority", name))
        });
        let (kind, status, priority) =
            (kind.transpose()?, status.transpose()?, priority.transpose()?);
        let parent = parent.as_deref().map(|key| issue_of("parent", key)).transpose()?;
        let epic = epic.as_deref().map(|key| issue_of("epic", key)).transpose()?;
        site.issues.change(id, |issue| {
            issue.kind = kind.unwrap_or(issue.kind);
            issue.status = status.unwrap_or(issue.status);
            issue.priority = priority.unwrap_or(issue.priority);
            issue.parent = parent;
            issue.epic = epic;
            issue.labels.clone_from(labels);
        });
    }
    Ok(())
}

fn worklogs(
    scenario: &Scenario,
    file: &Overlay,
    overlay: &JiraOverlay,
    site: &mut State,
    ids: &mut Ids,
    planted: &mut Planted,
) -> Result<(), SeedError> {
    for (n, row) in overlay.worklogs.iter().enumerate() {
        if !scenario.people.iter().any(|person| person.id == row.who) {
            let message = format!("there is no person '{}'", row.who);
            return Err(misfit(file, &format!("worklogs[{n}].who"), message));
        }
        if !scenario.tasks.iter().any(|task| task.key == row.on) {
            let message = format!("there is no issue '{}'", row.on);
            return Err(misfit(file, &format!("worklogs[{n}].on"), message));
        }
        if let Some(group) = row.visibility.as_ref().filter(|group| !site.groups.contains(group)) {
            let message = format!("there is no group '{group}'");
            return Err(misfit(file, &format!("worklogs[{n}].visibility"), message));
        }
    }
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for work in scenario.work.iter().filter(|work| work.systems.jira) {
        let Some(task) = work.task else { continue };
        let (Some(author), Some(issue)) =
            (planted.users.get(&work.person), planted.issues.get(&task))
        else {
            continue;
        };
        let Some(seconds) = work.seconds else {
            planted.running.push(work.clone());
            continue;
        };
        let count = counts.entry((work.person, task)).or_default();
        let nth = *count;
        *count += 1;
        let (who, on) = (&scenario.people[work.person].id, &scenario.tasks[task].key);
        let rows = overlay.worklogs.iter().filter(|row| {
            row.who == *who && row.on == *on && row.nth.is_none_or(|wanted| wanted == nth)
        });
        let mut visibility = None;
        let mut tracking = Tracking { manual: true, attributes: Vec::new() };
        for row in rows {
            visibility = row.visibility.clone().or(visibility);
            tracking.manual = row.manual.unwrap_or(tracking.manual);
            let attributes = row.attributes.iter();
            tracking.attributes.extend(attributes.map(|a| (a.key.clone(), a.value.clone())));
        }
        let recorded: DateTime<Utc> = work.start + TimeDelta::seconds(seconds + 60);
        let new = NewWorklog {
            issue: *issue,
            author: *author,
            started: work.start,
            seconds,
            comment: Some(work.note.clone()),
            visibility,
            tracking: Some(Arc::new(tracking)),
        };
        add(site, ids, recorded, new);
    }
    Ok(())
}
