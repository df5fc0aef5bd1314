//! What happened in a workspace, for whoever asked to be told. Rules say so through
//! [`crate::vendors::clockify::rules::events::tell`]; what they said waits here until the request has ended, and then
//! goes to the webhooks that listen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::entries::TimeEntry;
use super::groups::Group;
use super::projects::Project;
use super::tags::Tag;
use super::tasks::Task;
use super::{UserId, WorkspaceId};

/// A kind of event, by the vendor's name. Source: 001:82-84, clockify.md:7.
/// Those below the gap are of parts of the service that are not imitated: webhooks may ask for them, but
/// they never happen.
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
    UserUpdated,
    CostRateUpdated,
    BillableRateUpdated,

    TimeEntrySplit,
    TimeEntryRestored,
    UserEmailChanged,
    LimitedUsersAddedToWorkspace,
    NewInvoice,
    InvoiceUpdated,
    NewApprovalRequest,
    ApprovalRequestStatusUpdated,
    TimeOffRequested,
    TimeOffRequestUpdated,
    TimeOffRequestApproved,
    TimeOffRequestRejected,
    TimeOffRequestStarted,
    TimeOffRequestWithdrawn,
    BalanceUpdated,
    ExpenseCreated,
    ExpenseUpdated,
    ExpenseDeleted,
    ExpenseRestored,
    AssignmentCreated,
    AssignmentUpdated,
    AssignmentPublished,
    AssignmentDeleted,
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

macro_rules! subjects {
    ($($row:ident => $variant:ident),*) => {$(
        impl From<&$row> for Subject {
            fn from(row: &$row) -> Self {
                Self::$variant(Box::new(row.clone()))
            }
        }
    )*};
}

subjects! {
    Project => Project, Task => Task, Client => Client, Tag => Tag, TimeEntry => Entry, Group => Group
}

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

impl From<WorkspaceId> for Subject {
    fn from(workspace: WorkspaceId) -> Self {
        Self::Workspace(workspace)
    }
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

/// Events that wait to be told.
#[derive(Debug, Clone, Default)]
pub struct Events {
    waiting: imbl::Vector<Event>,
}

impl Events {
    /// Keeps `event` until somebody takes it.
    pub fn tell(&mut self, event: Event) {
        self.waiting.push_back(event);
    }

    /// Events not told yet, oldest first.
    #[must_use]
    pub fn waiting(&self) -> &imbl::Vector<Event> {
        &self.waiting
    }

    /// Takes all waiting events out.
    pub fn take(&mut self) -> imbl::Vector<Event> {
        std::mem::take(&mut self.waiting)
    }
}
