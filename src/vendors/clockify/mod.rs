//! Clockify: the system, and its surface with the main API and the reports API.
//!
//! The modules of rules, wire format and handlers are listed here, so that a new kind of record has its
//! lines in one place.

pub mod auth;
pub mod error;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod overlay;
pub mod plant;
pub mod reports;

pub mod rules {
    //! Clockify's rules. No HTTP, no JSON, no wire types.

    pub mod clients;
    pub mod custom_fields;
    pub mod entries;
    pub mod events;
    pub mod fields;
    pub mod groups;
    pub mod holidays;
    pub mod locks;
    pub mod members;
    pub mod people;
    pub mod permissions;
    pub mod projects;
    pub mod rates;
    pub mod refusal;
    pub mod tags;
    pub mod tasks;
    pub mod texts;
    pub mod webhooks;
    pub mod workspaces;
}

pub mod wire {
    //! Clockify's wire format: types for its odd encodings, and one file per resource.

    pub mod body;
    mod bounds;
    pub mod clients;
    pub mod custom_fields;
    pub mod entries;
    pub mod events;
    pub mod field_content;
    pub mod groups;
    pub mod holidays;
    pub mod loose;
    pub mod members;
    pub mod memberships;
    pub mod money;
    pub mod paging;
    pub mod projects;
    pub mod query;
    pub mod reports;
    pub mod stamps;
    pub mod tags;
    pub mod tasks;
    pub mod users;
    pub mod webhooks;
    pub mod workspaces;
}

pub mod routes {
    //! The handlers of Clockify's operations, a file for each family with a function `handlers` that binds
    //! their ids, one per line.

    mod clients;
    mod custom_fields;
    mod entries;
    mod groups;
    mod holidays;
    mod members;
    mod projects;
    mod reports;
    mod shared_reports;
    mod surface;
    mod tags;
    mod tasks;
    mod users;
    mod webhooks;
    mod workspaces;

    pub use surface::SURFACE;
    pub use webhooks::announce;

    use crate::http::routes::Handlers;

    /// The families of operations.
    const FAMILIES: &[fn(Handlers) -> Handlers] = &[
        users::handlers,
        members::handlers,
        workspaces::handlers,
        groups::handlers,
        clients::handlers,
        custom_fields::handlers,
        entries::handlers,
        webhooks::handlers,
        projects::handlers,
        tasks::handlers,
        tags::handlers,
        holidays::handlers,
        reports::handlers,
        shared_reports::handlers,
    ];
}
