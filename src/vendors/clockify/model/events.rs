//! Events of a workspace, for webhooks. Rules publish them through
//! [`crate::vendors::clockify::rules::events::publish`]. They are kept here until the end of the
//! request and then sent to the webhooks that listen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::entries::TimeEntry;
use super::groups::Group;
use super::projects::Project;
use super::tags::Tag;
use super::tasks::Task;
use super::{ProjectId, TaskId, UserId, WorkspaceId};
use crate::kernel::money::Minor;

/// A kind of event, by the vendor's name. Source: 001:82-84, clockify.md:7.
/// Those after the blank line belong to parts of the service that are not imitated: webhooks can
/// subscribe to them, but they never occur.
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

/// The subject of an event: the row after a change, or before its deletion.
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
    Rate(RateEvent),
}

/// A rate that was set. Source: facts.md:N-74.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateEvent {
    /// Whose rate it is.
    pub place: RatePlace,
    /// The new rate in minor units.
    pub amount: Minor,
    /// The start that was asked for.
    pub since: Option<DateTime<Utc>>,
}

/// Whose rate was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatePlace {
    /// The event's workspace.
    Workspace,
    /// A member of the workspace.
    Member(UserId),
    /// A member of a project.
    ProjectMember(ProjectId, UserId),
    /// A task of a project.
    Task(ProjectId, TaskId),
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

impl From<RateEvent> for Subject {
    fn from(change: RateEvent) -> Self {
        Self::Rate(change)
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person who caused it.
    pub actor: UserId,
    /// The kind.
    pub kind: EventKind,
    /// The subject.
    pub subject: Subject,
}

/// Events that wait to be sent.
#[derive(Debug, Clone, Default)]
pub struct Events {
    waiting: imbl::Vector<Event>,
}

impl Events {
    /// Adds an event.
    pub fn push(&mut self, event: Event) {
        self.waiting.push_back(event);
    }

    /// The waiting events, oldest first.
    #[must_use]
    pub fn waiting(&self) -> &imbl::Vector<Event> {
        &self.waiting
    }

    /// Removes and returns all waiting events.
    pub fn take(&mut self) -> imbl::Vector<Event> {
        std::mem::take(&mut self.waiting)
    }
}
