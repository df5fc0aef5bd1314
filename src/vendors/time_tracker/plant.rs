//! Plants keys and the options of the overlay.

use std::collections::BTreeSet;

use super::model::{ApiKey, Column, KeyId, ProjectAuditors, Settings, State};
use super::overlay::TimeTrackerIn;
use crate::kernel::ids::Ids;
use crate::scenario::load::misfit;
use crate::scenario::seed::{Overlay, SeedError};
use crate::vendors::jira::model as jira;
use crate::vendors::jira::plant::Planted;

/// Plants Time Tracker over a planted Jira site.
///
/// # Errors
/// An unknown person, group or project, or a number out of range.
pub fn plant(
    file: &Overlay,
    overlay: &TimeTrackerIn,
    planted: &Planted,
    site: &jira::State,
    state: &mut State,
    ids: &mut Ids,
) -> Result<(), SeedError> {
    for (id, secret) in &overlay.keys {
        let field = format!("time_tracker.keys.{id}");
        if !planted.users.contains_key(id) {
            return Err(misfit(file, &field, format!("there is no person '{id}' in Jira")));
        }
        let of_other = state.keys.find(secret.clone()).next();
        if secret.is_empty() || of_other.is_some() {
            return Err(misfit(file, &field, "a key is somebody's alone"));
        }
    }
    for (id, user) in &planted.users {
        let own = overlay.keys.get(id).cloned();
        let has = state.keys.iter().any(|key| key.user == *user);
        if own.is_none() && has {
            continue;
        }
        // Like the vendor's keys, it has characters that a query string must encode.
        let secret = own.unwrap_or_else(|| format!("demo/time+tracker/{id}=="));
        let key = KeyId(ids.serial("time-tracker/keys", 1));
        state.keys.put(ApiKey { id: key, secret, user: *user });
    }
    settings(file, overlay, planted, site, &mut state.settings)
}

fn settings(
    file: &Overlay,
    overlay: &TimeTrackerIn,
    planted: &Planted,
    site: &jira::State,
    settings: &mut Settings,
) -> Result<(), SeedError> {
    let TimeTrackerIn {
        keys: _,
        locale,
        export_columns,
        export_unit,
        view_duration,
        fraction_digits,
        preserve_started_time,
        auditors_groups,
        restricted_groups,
        auditors_roles,
        long_polling,
    } = overlay;
    if fraction_digits.is_some_and(|digits| digits > 10) {
        let message = "there are from 0 to 10 fraction digits";
        return Err(misfit(file, "time_tracker.fraction_digits", message));
    }
    if let Some(columns) = export_columns {
        let each: BTreeSet<Column> = columns.iter().copied().collect();
        if each.len() < columns.len() {
            return Err(misfit(file, "time_tracker.export_columns", "a column comes once"));
        }
    }
    let group_lists =
        [("auditors_groups", auditors_groups), ("restricted_groups", restricted_groups)];
    for (name, list) in group_lists {
        for (n, group) in list.iter().flatten().flatten().enumerate() {
            if site.groups.find(group.clone()).next().is_none() {
                let field = format!("time_tracker.{name}[{n}]");
                return Err(misfit(file, &field, format!("there is no group '{group}'")));
            }
        }
    }
    let roles = match auditors_roles {
        None => None,
        Some(None) => Some(None),
        Some(Some(roles)) => {
            let mut list = Vec::new();
            for (project, people) in roles {
                let field = format!("time_tracker.auditors_roles.{project}");
                if site.projects.find(project.clone()).next().is_none() {
                    let message = format!("there is no project '{project}'");
                    return Err(misfit(file, &field, message));
                }
                let mut users = Vec::new();
                for person in people {
                    users.push(planted.users.get(person).copied().ok_or_else(|| {
                        misfit(file, &field, format!("there is no person '{person}' in Jira"))
                    })?);
                }
                list.push(ProjectAuditors { project: project.clone(), users });
            }
            Some(Some(list))
        }
    };
    settings.locale = locale.unwrap_or(settings.locale);
    if let Some(columns) = export_columns {
        settings.export_columns.clone_from(columns);
    }
    settings.export_unit = export_unit.unwrap_or(settings.export_unit);
    settings.view_duration = view_duration.unwrap_or(settings.view_duration);
    settings.fraction_digits = fraction_digits.unwrap_or(settings.fraction_digits);
    settings.preserve_started_time =
        preserve_started_time.unwrap_or(settings.preserve_started_time);
    if let Some(groups) = auditors_groups {
        settings.auditors_groups.clone_from(groups);
    }
    if let Some(groups) = restricted_groups {
        settings.restricted_groups.clone_from(groups);
    }
    if let Some(roles) = roles {
        settings.auditors_roles = roles;
    }
    settings.long_polling = long_polling.unwrap_or(settings.long_polling);
    Ok(())
}
