//! The handlers of Clockodo's operations, one per line.

mod clock;
mod entries;
mod groups;
mod master;
mod resource;
mod texts;

use axum::http::StatusCode;

use self::master::{
    Customers, CustomersV2, LumpsumServices, Projects, ProjectsV2, Services, ServicesV2,
    Subprojects, Teams, Users, UsersV2,
};
use super::auth::{self, Caller};
use super::error::{self, Error};
use super::limits;
use super::model::{
    CustomerId, EntryId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, TeamId, UserId,
};
use super::rules::refusal::{Detail, Problem, Refusal};
use crate::contract;
use crate::http::context::Context;
use crate::http::cors::BrowserPolicy;
use crate::http::reply::Reply;
use crate::http::routes::{FromCx, Handlers};
use crate::http::surface::Surface;
use crate::quirk;

/// Clockodo.
pub const SURFACE: Surface = Surface {
    name: "clockodo",
    // Source: 003:93.
    hosts: &["my.clockodo.com"],
    partial_hosts: &[],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    knows: auth::knows,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: &limits::EVERY,
    bounds: limits::BOUNDS,
    operations: contract::CLOCKODO,
    handlers,
    credentials: auth::credentials,
    fault: error::fault,
    browsers,
    bases: &[("base_url", "/api")],
};

/// Accepts the path of a request. Versions 2 to 4, the paths without a version that the vendor still has, and those
/// of the first version are Clockodo's on any host; other vendors have other paths below `/api`.
fn locate(own_host: bool, path: &str) -> Option<String> {
    let first = path.strip_prefix("/api/").unwrap_or_default().split('/').next()?;
    let ours =
        matches!(first, "v2" | "v3" | "v4" | "targethours" | "userreports" | "register" | "apikey");
    (own_host || ours || error::is_retired(first)).then(|| path.to_owned())
}

/// Reads ids from the path. An id that is not a number counts as unknown.
macro_rules! ids_from_path {
    ($($id:ident)*) => {$(
        impl FromCx for $id {
            type Rejection = Error;

            fn from_cx(cx: &Context) -> Result<Self, Error> {
                cx.param("id").parse().map_err(|_| Problem::NotFound.into())
            }
        }
    )*};
}

ids_from_path! {
    CustomerId EntryId LumpsumServiceId ProjectId ServiceId SubprojectId TeamId UserId
}

/// What browsers are told.
fn browsers() -> BrowserPolicy {
    quirk!("CDO-150");
    BrowserPolicy { preflight: StatusCode::NO_CONTENT, max_age: 1800 }
}

fn handlers() -> Handlers {
    older(master_data(tracking(Handlers::new::<Error>().declined(no_module))))
}

/// The vendor's answer for a module that the account does not include, with the reason.
fn no_module(cx: &Context, _: Caller) -> Result<Reply, Error> {
    quirk!("CDO-039");
    let refusal = Refusal::from(Problem::Forbidden);
    let reason = cx.operation().and_then(|operation| operation.declined);
    Err(match reason {
        Some(reason) => refusal.with("reason", Detail::Text(reason.to_owned())).into(),
        None => refusal.into(),
    })
}

/// Entries and the clock.
fn tracking(handlers: Handlers) -> Handlers {
    handlers
        .on("listEntries", entries::list_entries)
        .on("addEntry", entries::add_entry)
        .on("splitAllEntriesAtMidnight", entries::split_entries)
        .on("getEntry", entries::get_entry)
        .on("editEntry", entries::edit_entry)
        .on("deleteEntry", entries::delete_entry)
        .on("getClock", clock::get_clock)
        .on("startClock", clock::start_clock)
        .on("editClock", clock::edit_clock)
        .on("stopClock", clock::stop_clock)
        .on("listEntryGroups", groups::list_groups)
        .on("editEntryGroups", groups::edit_groups)
        .on("deleteEntryGroups", groups::delete_groups)
}

/// Master data.
fn master_data(handlers: Handlers) -> Handlers {
    handlers
        .on("listCustomers", resource::list::<Customers>)
        .on("addCustomer", resource::add::<Customers>)
        .on("countProjects", master::count_projects)
        .on("getCustomer", resource::get::<Customers>)
        .on("editCustomer", resource::edit::<Customers>)
        .on("deleteCustomer", resource::delete::<Customers>)
        .on("listProjects", resource::list::<Projects>)
        .on("addProject", resource::add::<Projects>)
        .on("getProject", resource::get::<Projects>)
        .on("editProject", resource::edit::<Projects>)
        .on("deleteProject", resource::delete::<Projects>)
        .on("completeProject", master::complete_project)
        .on("setProjectBilled", master::set_billed)
        .on("listSubprojects", resource::list::<Subprojects>)
        .on("addSubproject", resource::add::<Subprojects>)
        .on("getSubproject", resource::get::<Subprojects>)
        .on("editSubproject", resource::edit::<Subprojects>)
        .on("deleteSubproject", resource::delete::<Subprojects>)
        .on("completeSubproject", master::complete_subproject)
        .on("listServices", resource::list::<Services>)
        .on("addService", resource::add::<Services>)
        .on("getService", resource::get::<Services>)
        .on("editService", resource::edit::<Services>)
        .on("deleteService", resource::delete::<Services>)
        .on("listLumpSumServices", resource::list::<LumpsumServices>)
        .on("addLumpSumService", resource::add::<LumpsumServices>)
        .on("getLumpSumService", resource::get::<LumpsumServices>)
        .on("editLumpSumService", resource::edit::<LumpsumServices>)
        .on("deleteLumpSumService", resource::delete::<LumpsumServices>)
        .on("listEntriesTexts", texts::list_texts)
        .on("listUsers", resource::list::<Users>)
        .on("addUser", resource::add::<Users>)
        .on("getUser", resource::get::<Users>)
        .on("editUser", resource::edit::<Users>)
        .on("deleteUser", resource::delete::<Users>)
        .on("getMe", master::get_me)
        .on("listTeams", resource::list::<Teams>)
        .on("addTeam", resource::add::<Teams>)
        .on("getTeam", resource::get::<Teams>)
        .on("editTeam", resource::edit::<Teams>)
        .on("deleteTeam", resource::delete::<Teams>)
}

/// The second version of master data.
fn older(handlers: Handlers) -> Handlers {
    handlers
        .on("listCustomersV2", resource::list::<CustomersV2>)
        .on("addCustomerV2", resource::add::<CustomersV2>)
        .on("getCustomerV2", resource::get::<CustomersV2>)
        .on("editCustomerV2", resource::edit::<CustomersV2>)
        .on("deleteCustomerV2", resource::delete::<CustomersV2>)
        .on("listProjectsV2", resource::list::<ProjectsV2>)
        .on("addProjectV2", resource::add::<ProjectsV2>)
        .on("getProjectV2", resource::get::<ProjectsV2>)
        .on("editProjectV2", resource::edit::<ProjectsV2>)
        .on("deleteProjectV2", resource::delete::<ProjectsV2>)
        .on("listServicesV2", resource::list::<ServicesV2>)
        .on("addServiceV2", resource::add::<ServicesV2>)
        .on("getServiceV2", resource::get::<ServicesV2>)
        .on("editServiceV2", resource::edit::<ServicesV2>)
        .on("deleteServiceV2", resource::delete::<ServicesV2>)
        .on("listUsersV2", resource::list::<UsersV2>)
        .on("addUserV2", resource::add::<UsersV2>)
        .on("getUserV2", resource::get::<UsersV2>)
        .on("editUserV2", resource::edit::<UsersV2>)
        .on("deleteUserV2", resource::delete::<UsersV2>)
}
