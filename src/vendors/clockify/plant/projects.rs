//! Clients, projects, tasks, tags and custom fields of the company's workspace.

use super::Planter;
use crate::scenario::seed::SeedError;
use crate::vendors::clockify::model::clients::Client;
use crate::vendors::clockify::model::fields::{
    CustomField, FieldContent, FieldEntity, ProjectDefault,
};
use crate::vendors::clockify::model::projects::{
    BudgetEstimate, EstimateType, Principal, Project, ProjectMembership, TimeEstimate,
};
use crate::vendors::clockify::model::rates::{RateHistory, Rates};
use crate::vendors::clockify::model::tags::Tag;
use crate::vendors::clockify::model::tasks::{Task, TaskStatus};
use crate::vendors::clockify::model::{ClientId, FieldId, ProjectId, TagId, TaskId};
use crate::vendors::clockify::overlay::{ClientIn, FieldIn, ProjectIn, TaskIn};

/// The colours that projects without one in the overlay get, in turn.
const COLORS: [&str; 6] = ["#03A9F4", "#8BC34A", "#FF9800", "#9C27B0", "#009688", "#F44336"];

impl Planter<'_> {
    /// Plants clients.
    pub(super) fn clients(&mut self) -> Result<(), SeedError> {
        let scenario = self.scenario;
        let clients = scenario.clients.iter().enumerate().skip(scenario.known.clients);
        for (n, client) in clients.filter(|(_, client)| client.systems.clockify) {
            let id = ClientId(self.ids.hex24("clockify/clients", self.founded));
            self.clients.insert(n, id);
            self.state.clients.put(Client {
                id,
                workspace: self.home,
                name: client.name.clone(),
                email: None,
                address: None,
                note: None,
                currency: None,
                cc_emails: None,
                archived: client.archived,
            });
        }
        for (n, row) in self.overlay.clients.iter().enumerate() {
            let ClientIn { id, email, address, note, currency } = row;
            let client = scenario.clients.iter().position(|client| client.id == *id);
            let client = client.and_then(|client| self.clients.get(&client)).copied();
            let client = client.ok_or_else(|| {
                self.misfit(&format!("clients[{n}].id"), format!("there is no client '{id}'"))
            })?;
            let home = self.state.workspaces.get(self.home);
            let currency = currency.as_deref().map(|code| {
                let known = home.and_then(|home| home.currencies.iter().find(|c| c.code == code));
                known.map(|known| known.id).ok_or_else(|| {
                    let message = format!("the workspace has no currency '{code}'");
                    self.misfit(&format!("clients[{n}].currency"), message)
                })
            });
            let currency = currency.transpose()?;
            self.state.clients.change(client, |client| {
                client.email = email.clone().or(client.email.take());
                client.address = address.clone().or(client.address.take());
                client.note = note.clone().or(client.note.take());
                client.currency = currency.or(client.currency);
            });
        }
        Ok(())
    }

    /// Plants projects.
    pub(super) fn projects(&mut self) -> Result<(), SeedError> {
        let scenario = self.scenario;
        let projects = scenario.projects.iter().enumerate().skip(scenario.known.projects);
        for (n, seed) in projects.filter(|(_, project)| project.systems.clockify) {
            let id = ProjectId(self.ids.hex24("clockify/projects", self.founded));
            self.projects.insert(n, id);
            let members = seed.members.iter().filter_map(|person| self.users.get(person));
            let mut project = Project::new(id, self.home, seed.name.clone());
            project.client = seed.client.and_then(|client| self.clients.get(&client)).copied();
            COLORS[n % COLORS.len()].clone_into(&mut project.color);
            project.billable = seed.billable;
            project.public = seed.public;
            project.archived = seed.archived;
            project.memberships =
                members.map(|user| ProjectMembership::new(Principal::User(*user))).collect();
            project.rates.hourly = seed.rate.map(RateHistory::always).unwrap_or_default();
            project.key = Some(seed.key.clone());
            self.state.projects.put(project);
        }
        for (n, row) in self.overlay.projects.iter().enumerate() {
            self.project_row(n, row)?;
        }
        Ok(())
    }

    fn project_row(&mut self, n: usize, row: &ProjectIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("projects[{n}].{part}");
        let id = self.project(&at("key"), &row.key)?;
        let Some(project) = self.state.projects.get(id) else { return Ok(()) };
        let mut project = Project::clone(project);
        if let Some(color) = &row.color {
            let digits = color.strip_prefix('#').unwrap_or_default();
            if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(self.misfit(&at("color"), "a colour is like #03A9F4"));
            }
            project.color.clone_from(color);
        }
        if let Some(note) = &row.note {
            project.note.clone_from(note);
        }
        project.template |= row.template;
        if let Some(seconds) = row.estimate {
            let kind = row.estimate_type.unwrap_or(EstimateType::Manual);
            project.time_estimate =
                TimeEstimate { seconds, kind, active: true, ..TimeEstimate::default() };
        }
        let budget = row.budget.map(|amount| BudgetEstimate {
            amount,
            kind: EstimateType::Manual,
            reset: None,
            active: row.estimate.is_none(),
            include_expenses: false,
        });
        project.budget_estimate = budget.or(project.budget_estimate.take());
        let hourly = self.rate(&at("hourly_rate"), &row.hourly_rate)?;
        if !hourly.is_empty() {
            project.rates.hourly = hourly;
        }
        let cost = self.rate(&at("cost_rate"), &row.cost_rate)?;
        if !cost.is_empty() {
            project.rates.cost = cost;
        }
        for (m, name) in row.groups.iter().enumerate() {
            let group = Principal::Group(self.group(&at(&format!("groups[{m}]")), name)?);
            if project.memberships.iter().all(|known| known.who != group) {
                project.memberships.push(ProjectMembership::new(group));
            }
        }
        for (m, member) in row.members.iter().enumerate() {
            let at = |part: &str| at(&format!("members[{m}].{part}"));
            let user = self.user(&at("who"), &member.who)?;
            let rates = Rates {
                hourly: self.rate(&at("hourly_rate"), &member.hourly_rate)?,
                cost: self.rate(&at("cost_rate"), &member.cost_rate)?,
            };
            let living = self.scenario.known.is_living();
            if living && project.memberships.iter().all(|known| known.who != Principal::User(user))
            {
                project.memberships.push(ProjectMembership::new(Principal::User(user)));
            }
            let known =
                project.memberships.iter_mut().find(|known| known.who == Principal::User(user));
            known
                .ok_or_else(|| self.misfit(&at("who"), "they do not belong to the project"))?
                .rates = rates;
        }
        self.state.projects.put(project);
        Ok(())
    }

    /// Plants tasks.
    pub(super) fn tasks(&mut self) -> Result<(), SeedError> {
        let scenario = self.scenario;
        let tasks = scenario.tasks.iter().enumerate().skip(scenario.known.tasks);
        for (n, seed) in tasks.filter(|(_, task)| task.systems.clockify) {
            let Some(project) = self.projects.get(&seed.project).copied() else { continue };
            let id = TaskId(self.ids.hex24("clockify/tasks", self.founded));
            self.tasks.insert(n, id);
            let mut task = Task::new(id, self.home, project, seed.name.clone());
            task.billable = scenario.projects[seed.project].billable;
            task.assignees.extend(seed.assignee.and_then(|who| self.users.get(&who)));
            if seed.done {
                task.status = TaskStatus::Done;
            }
            task.key = Some(seed.key.clone());
            self.state.tasks.put(task);
        }
        for (n, row) in self.overlay.tasks.iter().enumerate() {
            self.task_row(n, row)?;
        }
        Ok(())
    }

    fn task_row(&mut self, n: usize, row: &TaskIn) -> Result<(), SeedError> {
        let at = |part: &str| format!("tasks[{n}].{part}");
        let id = self.task(&at("key"), &row.key)?;
        let Some(task) = self.state.tasks.get(id) else { return Ok(()) };
        let mut task = Task::clone(task);
        if row.estimate != 0 {
            task.estimate = row.estimate;
        }
        task.billable = row.billable.unwrap_or(task.billable);
        if let Some(people) = &row.assignees {
            let people = people.iter().enumerate();
            task.assignees = people
                .map(|(m, who)| self.user(&at(&format!("assignees[{m}]")), who))
                .collect::<Result<_, _>>()?;
        }
        for (m, name) in row.groups.iter().enumerate() {
            let group = self.group(&at(&format!("groups[{m}]")), name)?;
            if !task.groups.contains(&group) {
                task.groups.push(group);
            }
        }
        let hourly = self.rate(&at("hourly_rate"), &row.hourly_rate)?;
        let cost = self.rate(&at("cost_rate"), &row.cost_rate)?;
        if !hourly.is_empty() {
            task.rates.hourly = hourly;
        }
        if !cost.is_empty() {
            task.rates.cost = cost;
        }
        self.state.tasks.put(task);
        Ok(())
    }

    /// Plants tags.
    pub(super) fn tags(&mut self) {
        for row in &self.overlay.tags {
            let known = self.living_tag(&row.name);
            let fresh = || TagId(self.ids.hex24("clockify/tags", self.founded));
            let id = known.unwrap_or_else(fresh);
            self.tags.insert(&row.name, id);
            let (workspace, name, archived) = (self.home, row.name.clone(), row.archived);
            self.state.tags.put(Tag { id, workspace, name, archived });
        }
    }

    /// Plants custom fields.
    pub(super) fn fields(&mut self) -> Result<(), SeedError> {
        for (n, row) in self.overlay.custom_fields.iter().enumerate() {
            let at = |part: &str| format!("custom_fields[{n}].{part}");
            let id = FieldId(self.ids.hex24("clockify/custom-fields", self.founded));
            let is_known = self.living_field(&row.name).is_some();
            if self.fields.insert(&row.name, id).is_some() || is_known {
                return Err(self.misfit(&at("name"), "this name comes twice"));
            }
            let fits = |value: &Option<FieldContent>| {
                value.as_ref().is_none_or(|value| value.fits(row.kind))
            };
            if !fits(&row.default) {
                return Err(self.misfit(&at("default"), "this is no value of this type"));
            }
            let mut projects = Vec::new();
            for (m, default) in row.projects.iter().enumerate() {
                let at = |part: &str| at(&format!("projects[{m}].{part}"));
                let project = self.project(&at("key"), &default.key)?;
                if !fits(&default.value) {
                    return Err(self.misfit(&at("value"), "this is no value of this type"));
                }
                let (value, status) = (default.value.clone(), default.status);
                projects.push(ProjectDefault { project, value, status });
            }
            let FieldIn {
                name,
                kind,
                entity,
                status,
                allowed_values,
                required,
                only_admin_can_edit,
                placeholder,
                description,
                default,
                projects: _,
            } = row;
            self.state.fields.put(CustomField {
                id,
                workspace: self.home,
                name: name.clone(),
                entity: *entity,
                kind: *kind,
                status: *status,
                allowed_values: allowed_values.clone(),
                required: *required,
                only_admin_can_edit: *only_admin_can_edit,
                placeholder: placeholder.clone(),
                description: description.clone(),
                default: default.clone(),
                projects,
            });
        }
        Ok(())
    }

    /// The custom field with this name, if it belongs to `entity` and its type fits `value`.
    pub(super) fn field_for(
        &self,
        at: &str,
        name: &str,
        value: &FieldContent,
        entity: FieldEntity,
    ) -> Result<FieldId, SeedError> {
        let id = self.fields.get(name).copied().or_else(|| self.living_field(name));
        let field = id.and_then(|id| self.state.fields.get(id));
        match field.filter(|field| field.entity == entity) {
            None => Err(self.misfit(at, format!("there is no custom field '{name}' here"))),
            Some(field) if !value.fits(field.kind) => {
                Err(self.misfit(at, "this is no value of the field's type"))
            }
            Some(field) => Ok(field.id),
        }
    }
}
