//! Rows and tables of Clockify, a file an entity.
//!
//! Ids are the vendor's 24 hexadecimal digits. Rows know how they are found ([`Row::index`]), not who may
//! see or change them; that is in `rules`.
//!
//! [`Row::index`]: crate::kernel::table::Row::index

pub mod clients;
pub mod columns;
pub mod entries;
pub mod events;
pub mod fields;
pub mod groups;
pub mod keys;
pub mod members;
pub mod names;
pub mod plans;
pub mod projects;
pub mod rates;
pub mod settings;
pub mod shared;
pub mod tags;
pub mod tasks;
pub mod timeline;
pub mod users;
pub mod webhooks;
pub mod workspaces;

use std::ops::{Deref, DerefMut};

use crate::id_kinds;
use crate::kernel::ids::Hex24;
use crate::kernel::part::Part;
use crate::kernel::table::Table;

use clients::Client;
use entries::Entries;
use events::Events;
use fields::CustomField;
use groups::Group;
use keys::Credential;
use members::Member;
use projects::Project;
use shared::SharedReport;
use tags::Tag;
use tasks::Task;
use users::User;
use webhooks::Webhook;
use workspaces::Workspace;

id_kinds! {
    /// An account's id.
    pub UserId(Hex24);
    /// A workspace's id.
    pub WorkspaceId(Hex24);
    /// A currency's id.
    pub CurrencyId(Hex24);
    /// A user group's id.
    pub GroupId(Hex24);
    /// A client's id.
    pub ClientId(Hex24);
    /// A project's id.
    pub ProjectId(Hex24);
    /// A task's id.
    pub TaskId(Hex24);
    /// A tag's id.
    pub TagId(Hex24);
    /// A custom field's id.
    pub FieldId(Hex24);
    /// A time entry's id.
    pub EntryId(Hex24);
    /// A webhook's id.
    pub WebhookId(Hex24);
    /// A shared report's id.
    pub SharedReportId(Hex24);
}

/// All of Clockify: its entries, and all else, which changes seldom and is copied as one pointer.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Time entries.
    pub entries: Entries,
    /// What happened and somebody wants to hear of.
    pub events: Events,
    /// What entries are made in.
    pub setting: Part<Setting>,
}

/// What entries are made in: people, what they work on, and how they come in.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Whom an API key or add-on token acts as.
    pub credentials: imbl::OrdMap<String, Credential>,
    /// All accounts.
    pub users: Table<User>,
    /// All workspaces.
    pub workspaces: Table<Workspace>,
    /// Who belongs to which workspace.
    pub members: Table<Member>,
    /// User groups.
    pub groups: Table<Group>,
    /// Clients.
    pub clients: Table<Client>,
    /// Projects.
    pub projects: Table<Project>,
    /// Tasks.
    pub tasks: Table<Task>,
    /// Tags.
    pub tags: Table<Tag>,
    /// Custom fields.
    pub fields: Table<CustomField>,
    /// Webhooks.
    pub webhooks: Table<Webhook>,
    /// Reports that were saved to be shared.
    pub shared_reports: Table<SharedReport>,
}

impl Deref for State {
    type Target = Setting;

    fn deref(&self) -> &Setting {
        &self.setting
    }
}

impl DerefMut for State {
    fn deref_mut(&mut self) -> &mut Setting {
        &mut self.setting
    }
}
