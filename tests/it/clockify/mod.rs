//! What cases cannot reach of Clockify: seeds, rows, sums, rates and permissions.

mod entries;
mod people;
mod plans;
mod planting;
mod projects;
mod rules;
mod webhooks;

use timetwin::vendors::clockify::model::members::MemberKey;
use timetwin::vendors::clockify::model::users::UserBy;
use timetwin::vendors::clockify::model::{ProjectId, State, TaskId, UserId, WorkspaceId};

use crate::support::{Stage, TestTwin};

/// The studio's Clockify on the Friday.
fn studio() -> State {
    let twin = TestTwin::on(&Stage::default());
    State::clone(&twin.twin.sandbox("main").unwrap().store.read().value.clockify)
}

fn user(state: &State, name: &str) -> UserId {
    let email = UserBy::Email(format!("{name}@studio.example"));
    state.users.find(email).next().unwrap().id
}

fn workspace(state: &State, name: &str) -> WorkspaceId {
    state.workspaces.iter().find(|workspace| workspace.name == name).unwrap().id
}

fn project(state: &State, key: &str) -> ProjectId {
    state.projects.iter().find(|project| project.key.as_deref() == Some(key)).unwrap().id
}

fn task(state: &State, key: &str) -> TaskId {
    state.tasks.iter().find(|task| task.key.as_deref() == Some(key)).unwrap().id
}

fn member(workspace: WorkspaceId, user: UserId) -> MemberKey {
    MemberKey { workspace, user }
}
