//! Workspaces other than the company's.

use super::Planter;
use crate::scenario::seed::SeedError;
use crate::vendors::clockify::model::clients::Client;
use crate::vendors::clockify::model::members::{Grant, Member};
use crate::vendors::clockify::model::projects::{Principal, Project, ProjectMembership};
use crate::vendors::clockify::model::tags::Tag;
use crate::vendors::clockify::model::tasks::Task;
use crate::vendors::clockify::model::{ClientId, ProjectId, TagId, TaskId, WorkspaceId};
use crate::vendors::clockify::overlay::OtherWorkspaceIn;

impl Planter<'_> {
    /// Plants other workspaces, each with its own people, clients, tags and projects.
    pub(super) fn other_workspaces(&mut self) -> Result<(), SeedError> {
        let overlay = self.overlay;
        for (n, row) in overlay.workspaces.iter().enumerate() {
            self.other_workspace(&format!("workspaces[{n}]"), row)?;
        }
        Ok(())
    }

    fn other_workspace(&mut self, field: &str, row: &OtherWorkspaceIn) -> Result<(), SeedError> {
        let OtherWorkspaceIn { name, owner, members, workspace: about, clients, tags, projects } =
            row;
        let id = WorkspaceId(self.ids.hex24("clockify/workspaces", self.founded));
        let owner = self.user(&format!("{field}.owner"), owner)?;
        self.workspace(&format!("{field}.workspace"), id, name, owner, about)?;
        self.state.members.put(Member::new(id, owner));
        let mut people = vec![owner];
        for (m, row) in members.iter().enumerate() {
            let user = self.user(&format!("{field}.members[{m}].who"), &row.who)?;
            let mut member = Member::new(id, user);
            member.status = row.status.unwrap_or(member.status);
            if row.admin {
                member.grants.push(Grant::Admin);
            }
            self.state.members.put(member);
            people.push(user);
        }
        for name in tags {
            let tag = TagId(self.ids.hex24("clockify/tags", self.founded));
            let name = name.clone();
            self.state.tags.put(Tag { id: tag, workspace: id, name, archived: false });
        }
        let mut known = Vec::new();
        for name in clients {
            let client = ClientId(self.ids.hex24("clockify/clients", self.founded));
            known.push((name, client));
            self.state.clients.put(Client {
                id: client,
                workspace: id,
                name: name.clone(),
                email: None,
                address: None,
                note: None,
                currency: None,
                cc_emails: None,
                archived: false,
            });
        }
        for (m, row) in projects.iter().enumerate() {
            let project = ProjectId(self.ids.hex24("clockify/projects", self.founded));
            let mut new = Project::new(project, id, row.name.clone());
            if let Some(name) = &row.client {
                let client = known.iter().find(|(known, _)| *known == name);
                let (_, client) = client.ok_or_else(|| {
                    let field = format!("{field}.projects[{m}].client");
                    self.misfit(&field, format!("this workspace has no client '{name}'"))
                })?;
                new.client = Some(*client);
            }
            new.billable = row.billable;
            new.public = !row.private;
            let members = people.iter().map(|user| ProjectMembership::new(Principal::User(*user)));
            new.memberships = members.collect();
            self.state.projects.put(new);
            for name in &row.tasks {
                let task = TaskId(self.ids.hex24("clockify/tasks", self.founded));
                let mut task = Task::new(task, id, project, name.clone());
                task.billable = row.billable;
                self.state.tasks.put(task);
            }
        }
        Ok(())
    }
}
