//! Rows and tables of Clockify, one file per entity.
//!
//! Ids are the vendor's 24 hexadecimal digits. Rows define their index keys ([`Row::index`]).
//! Permissions to see or change rows are in `rules`.
//!
//! [`Row::index`]: crate::kernel::table::Row::index

pub mod clients;
pub mod columns;
pub mod entries;
pub mod events;
pub mod fields;
pub mod groups;
pub mod holidays;
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
use crate::state;

use clients::Client;
use entries::{DeletedEntry, Entries};
use events::Events;
use fields::CustomField;
use groups::Group;
use holidays::Holiday;
use keys::Credential;
use members::Member;
use projects::Project;
use rates::RateChange;
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
    /// A holiday's id.
    pub HolidayId(Hex24);
    /// A webhook's id.
    pub WebhookId(Hex24);
    /// A shared report's id.
    pub SharedReportId(Hex24);
}

state! {
    /// All of Clockify's state: the entries, and the setting, which seldom changes and is copied
    /// as one pointer.
    #[derive(Debug, Clone, Default)]
    pub struct State {
        /// Time entries.
        pub entries: Entries => rows("clockify_time_entries"),
        /// Entries that were deleted.
        pub entry_bin: Table<DeletedEntry> => rows("clockify_entry_bin"),
        /// Events that webhooks listen to, until they are sent.
        pub events: Events => transient,
        /// Everything that entries refer to.
        pub setting: Part<Setting> => part,
    }
}

state! {
    /// Everything that entries refer to: accounts, workspaces, projects and so on.
    #[derive(Debug, Clone, Default)]
    pub struct Setting {
        /// The account that each API key or add-on token acts as.
        pub credentials: imbl::OrdMap<String, Credential> => map("clockify_credentials"),
        /// All accounts.
        pub users: Table<User> => rows("clockify_users"),
        /// All workspaces.
        pub workspaces: Table<Workspace> => rows("clockify_workspaces"),
        /// Memberships of accounts in workspaces.
        pub members: Table<Member> => rows("clockify_members"),
        /// User groups.
        pub groups: Table<Group> => rows("clockify_groups"),
        /// Clients.
        pub clients: Table<Client> => rows("clockify_clients"),
        /// Changes of rates without a date.
        pub rate_changes: RateChange => value("clockify_rate_changes"),
        /// Projects.
        pub projects: Table<Project> => rows("clockify_projects"),
        /// Tasks.
        pub tasks: Table<Task> => rows("clockify_tasks"),
        /// Tags.
        pub tags: Table<Tag> => rows("clockify_tags"),
        /// Custom fields.
        pub fields: Table<CustomField> => rows("clockify_custom_fields"),
        /// Holidays.
        pub holidays: Table<Holiday> => rows("clockify_holidays"),
        /// Webhooks.
        pub webhooks: Table<Webhook> => rows("clockify_webhooks"),
        /// Shared reports.
        pub shared_reports: Table<SharedReport> => rows("clockify_shared_reports"),
    }
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
