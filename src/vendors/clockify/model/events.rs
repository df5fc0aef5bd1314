//! What happened in a workspace, for whoever asked to be told. Rules call [`Events::tell`] after each
//! change; an event that nobody listens to is dropped at once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::entries::TimeEntry;
use super::groups::Group;
use super::projects::Project;
use super::tags::Tag;
use super::tasks::Task;
use super::{UserId, WorkspaceId};

/// A kind of event, by the vendor's name. Source: document 001, lines 80 to 84, and
/// notes/clockify.md 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum EventKind {
    NewProject,
    NewTask,
    NewClient,
    NewTag,
    NewTimerStarted,
    TimerStopped,
    NewTimeEntry,
    TimeEntryUpdated,
    TimeEntryDeleted,
    ProjectUpdated,
    ProjectDeleted,
    TaskUpdated,
    TaskDeleted,
    ClientUpdated,
    ClientDeleted,
    TagUpdated,
    TagDeleted,
    UserGroupCreated,
    UserGroupUpdated,
    UserGroupDeleted,
    UsersInvitedToWorkspace,
    UserJoinedWorkspace,
    UserDeletedFromWorkspace,
    UserDeactivatedOnWorkspace,
    UserActivatedOnWorkspace,
    CostRateUpdated,
    BillableRateUpdated,
}

/// What an event is about, as it was then: after a change, before a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the rows are documented where they are")]
pub enum Subject {
    Project(Box<Project>),
    Task(Box<Task>),
    Client(Box<Client>),
    Tag(Box<Tag>),
    Entry(Box<TimeEntry>),
    Group(Box<Group>),
    User(UserId),
    Workspace(WorkspaceId),
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub workspace: WorkspaceId,
    /// Who did it.
    pub actor: UserId,
    /// What.
    pub kind: EventKind,
    /// To what.
    pub subject: Subject,
}

/// Events that wait to be delivered, and who listens.
#[derive(Debug, Clone, Default)]
pub struct Events {
    listened: imbl::OrdSet<(WorkspaceId, EventKind)>,
    waiting: imbl::Vector<Event>,
}

impl Events {
    /// Keeps `event` if anybody listens.
    pub fn tell(&mut self, event: Event) {
        if self.listened.contains(&(event.workspace, event.kind)) {
            self.waiting.push_back(event);
        }
    }

    /// Sets whether events of this kind in this workspace are kept.
    pub fn listen(&mut self, workspace: WorkspaceId, kind: EventKind, listening: bool) {
        if listening {
            self.listened.insert((workspace, kind));
        } else {
            self.listened.remove(&(workspace, kind));
        }
    }

    /// Events not delivered yet, oldest first.
    #[must_use]
    pub fn waiting(&self) -> &imbl::Vector<Event> {
        &self.waiting
    }

    /// Takes all waiting events out.
    pub fn take(&mut self) -> imbl::Vector<Event> {
        std::mem::take(&mut self.waiting)
    }
}
