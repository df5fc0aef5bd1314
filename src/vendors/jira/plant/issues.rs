//! Plants issues and their custom fields.

use super::Ground;
use crate::kernel::ids::Decimal;
use crate::scenario::seed::SeedError;
use crate::vendors::jira::model::{
    CustomField, FieldId, FieldValue, ISSUE_TYPES, Issue, IssueBy, IssueId, IssueType, PRIORITIES,
    Priority, ProjectId, STATUSES, Status, Term,
};
use crate::vendors::jira::overlay::IssueIn;

/// Number of the custom field for the epic of an issue. Source: 002:40.
const EPIC_LINK: u64 = 10_007;
/// First id.
const FIRST: u64 = 10_100;

impl Ground<'_> {
    pub(super) fn fields(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.fields.iter().enumerate() {
            if row.id == EPIC_LINK {
                let message = format!("the field {EPIC_LINK} holds the epic");
                return Err(self.misfit(&format!("fields[{n}].id"), message));
            }
            let id = FieldId(Decimal(row.id));
            let (name, options) = (row.name.clone(), row.options.clone());
            self.site.fields.put(CustomField { id, name, kind: row.kind, options });
        }
        Ok(())
    }

    pub(super) fn issues(&mut self) -> Result<(), SeedError> {
        let fresh = self.scenario.tasks.iter().skip(self.scenario.known.tasks);
        for task in fresh.filter(|task| task.systems.jira) {
            let project = self.scenario.projects[task.project].key.clone();
            let Some(project) = self.site.projects.find(project).next().map(|found| found.id)
            else {
                continue;
            };
            let person = task.assignee.map(|person| &self.scenario.people[person].id);
            let assignee = person.and_then(|id| self.planted.users.get(id)).copied();
            let mut issue = self.known_or_new(&task.key, project);
            issue.summary.clone_from(&task.name);
            if task.done {
                issue.status = &STATUSES[STATUSES.len() - 1];
            }
            issue.assignee = assignee.or(issue.assignee);
            self.site.issues.put(issue);
        }
        for (n, row) in self.overlay.issues.iter().enumerate() {
            self.overlaid(n, row)?;
        }
        // Parents and epics may come later in the list.
        for (n, row) in self.overlay.issues.iter().enumerate() {
            let at = |part: &str| format!("issues[{n}].{part}");
            let id = self.issue(&at("key"), &row.key)?;
            let above = |part: &str, key: &Option<String>| match key {
                None => Ok(None),
                Some(key) => self.issue(&at(part), key).map(Some),
            };
            let (parent, epic) = (above("parent", &row.parent)?, above("epic", &row.epic)?);
            if parent == Some(id) || epic == Some(id) {
                return Err(self.misfit(&at("key"), "an issue is not above itself"));
            }
            self.site.issues.change(id, |issue| {
                issue.parent = parent.or(issue.parent);
                issue.epic = epic.or(issue.epic);
            });
        }
        Ok(())
    }

    fn known_or_new(&mut self, key: &str, project: ProjectId) -> Issue {
        if let Some(known) = self.site.issues.find(IssueBy::Key(key.to_owned())).next() {
            return Issue::clone(known);
        }
        Issue {
            id: IssueId(self.ids.decimal("jira/issues", FIRST)),
            key: key.to_owned(),
            project,
            summary: String::new(),
            description: None,
            kind: &ISSUE_TYPES[0],
            status: &STATUSES[0],
            priority: &PRIORITIES[2],
            assignee: None,
            parent: None,
            epic: None,
            labels: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// Sets everything except references to other issues.
    fn overlaid(&mut self, n: usize, row: &IssueIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("issues[{n}].{part}");
        let IssueIn {
            key,
            summary,
            description,
            kind,
            status,
            priority,
            assignee,
            parent: _,
            epic: _,
            labels,
            fields,
        } = row;
        let known = self.site.issues.find(IssueBy::Key(key.clone())).next().is_some();
        let number = |(_, number): &(&str, &str)| number.parse::<u32>().is_ok_and(|n| n > 0);
        let project = key.rsplit_once('-').filter(number);
        let project = project.and_then(|(key, _)| self.site.projects.find(key.to_owned()).next());
        let project = project.map(|project| project.id);
        let (true, Some(project)) = (known || summary.is_some(), project) else {
            return Err(self.misfit(&at("key"), format!("there is no issue '{key}'")));
        };
        let term =
            |part: &str, name: &str| self.misfit(&at(part), format!("there is no {part} '{name}'"));
        let kind = named::<IssueType>(kind.as_deref()).map_err(|name| term("type", name))?;
        let status = named::<Status>(status.as_deref()).map_err(|name| term("status", name))?;
        let priority =
            named::<Priority>(priority.as_deref()).map_err(|name| term("priority", name))?;
        let assignee = match assignee {
            None => None,
            Some(name) => Some(self.user(&at("assignee"), name)?),
        };
        let values = fields.iter().map(|(id, value)| self.value(n, *id, value));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if summary.as_ref().is_some_and(|text| text.is_empty() || text.contains(['\n', '\r'])) {
            return Err(self.misfit(&at("summary"), "a summary is one line of text"));
        }
        let mut issue = self.known_or_new(key, project);
        if let Some(summary) = summary {
            issue.summary.clone_from(summary);
        }
        issue.description = description.clone().or(issue.description);
        issue.kind = kind.unwrap_or(issue.kind);
        issue.status = status.unwrap_or(issue.status);
        issue.priority = priority.unwrap_or(issue.priority);
        issue.assignee = assignee.or(issue.assignee);
        if let Some(labels) = labels {
            issue.labels.clone_from(labels);
        }
        for (id, value) in values {
            issue.fields.retain(|(known, _)| *known != id);
            issue.fields.push((id, value));
        }
        self.site.issues.put(issue);
        Ok(())
    }

    fn value(
        &self,
        n: usize,
        id: u64,
        value: &FieldValue,
    ) -> Result<(FieldId, FieldValue), SeedError> {
        let at = format!("issues[{n}].fields.{id}");
        let number = FieldId(Decimal(id));
        let Some(field) = self.site.fields.get(number) else {
            return Err(self.misfit(&at, format!("there is no custom field {id}")));
        };
        if !field.takes(value) {
            return Err(self.misfit(&at, format!("the field '{}' cannot hold this", field.name)));
        }
        Ok((number, value.clone()))
    }
}

/// The term of a name, if given; the error is an unknown name.
fn named<T: Term>(name: Option<&str>) -> Result<Option<&'static T>, &str> {
    name.map(|name| T::named(name).ok_or(name)).transpose()
}
