//! Who answers Clockodo's operations: a line each.

mod clock;
mod customers;
mod entries;
mod groups;
mod older;
mod people;
mod projects;
mod services;
mod subprojects;
mod texts;

use serde_json::json;

use super::auth::{self, Caller};
use super::error::{self, Error, Fault, Problem};
use super::limits;
use super::model::{
    CustomerId, EntryId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, TeamId, UserId,
};
use crate::contract;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::{FromCx, Handlers};
use crate::http::surface::Surface;
use crate::quirk;

/// Clockodo.
pub const SURFACE: Surface = Surface {
    name: "clockodo",
    hosts: &["my.clockodo.com"],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: &limits::EVERY,
    operations: contract::CLOCKODO,
    handlers,
    credentials: auth::credentials,
    fault: error::fault,
    bases: &[("base_url", "/api")],
};

/// The versions of the API and what has none; the rest of the first version only under the vendor's own
/// host, because other vendors have paths below `/api` too.
fn locate(own_host: bool, path: &str) -> Option<String> {
    let first = path.strip_prefix("/api/").unwrap_or_default().split('/').next()?;
    let ours = matches!(first, "v2" | "v3" | "v4" | "entries" | "targethours" | "userreports");
    (own_host || ours).then(|| path.to_owned())
}

/// Takes ids from the path. One that is no number is unknown.
macro_rules! ids_from_path {
    ($($id:ident)*) => {$(
        impl FromCx for $id {
            type Rejection = Error;

            fn from_cx(cx: &Cx) -> Result<Self, Error> {
                cx.param("id").parse().map_err(|_| {
                    quirk!("CDO-022");
                    Error::fault::<&str>(Problem::NotFound, &[])
                })
            }
        }
    )*};
}

ids_from_path! {
    CustomerId EntryId LumpsumServiceId ProjectId ServiceId SubprojectId TeamId UserId
}

fn handlers() -> Handlers {
    older(master(tracking(Handlers::new::<Error>().declined(no_module))))
}

/// The vendor's answer to a module that an account does not have, with the reason.
fn no_module(cx: &Cx, _: Caller) -> Result<Reply, Error> {
    quirk!("CDO-039");
    let reason = cx.operation().and_then(|operation| operation.declined);
    Err(Error::Fault(Fault {
        problem: Problem::Forbidden,
        fields: Vec::new(),
        details: reason.map(|reason| json!({ "reason": reason })),
    }))
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

/// What entries refer to.
fn master(handlers: Handlers) -> Handlers {
    handlers
        .on("listCustomers", customers::list_customers)
        .on("addCustomer", customers::add_customer)
        .on("countProjects", customers::count_projects)
        .on("getCustomer", customers::get_customer)
        .on("editCustomer", customers::edit_customer)
        .on("deleteCustomer", customers::delete_customer)
        .on("listProjects", projects::list_projects)
        .on("addProject", projects::add_project)
        .on("getProject", projects::get_project)
        .on("editProject", projects::edit_project)
        .on("deleteProject", projects::delete_project)
        .on("completeProject", projects::complete_project)
        .on("setProjectBilled", projects::set_billed)
        .on("listSubprojects", subprojects::list_subprojects)
        .on("addSubproject", subprojects::add_subproject)
        .on("getSubproject", subprojects::get_subproject)
        .on("editSubproject", subprojects::edit_subproject)
        .on("deleteSubproject", subprojects::delete_subproject)
        .on("completeSubproject", subprojects::complete_subproject)
        .on("listServices", services::list_services)
        .on("addService", services::add_service)
        .on("getService", services::get_service)
        .on("editService", services::edit_service)
        .on("deleteService", services::delete_service)
        .on("listLumpSumServices", services::list_lumpsum_services)
        .on("addLumpSumService", services::add_lumpsum_service)
        .on("getLumpSumService", services::get_lumpsum_service)
        .on("editLumpSumService", services::edit_lumpsum_service)
        .on("deleteLumpSumService", services::delete_lumpsum_service)
        .on("listEntriesTexts", texts::list_texts)
        .on("listUsers", people::list_users)
        .on("addUser", people::add_user)
        .on("getUser", people::get_user)
        .on("editUser", people::edit_user)
        .on("deleteUser", people::delete_user)
        .on("getMe", people::get_me)
        .on("listTeams", people::list_teams)
        .on("addTeam", people::add_team)
        .on("getTeam", people::get_team)
        .on("editTeam", people::edit_team)
        .on("deleteTeam", people::delete_team)
}

/// The second version of what entries refer to.
fn older(handlers: Handlers) -> Handlers {
    handlers
        .on("listCustomersV2", older::list_customers)
        .on("addCustomerV2", older::add_customer)
        .on("getCustomerV2", older::get_customer)
        .on("editCustomerV2", older::edit_customer)
        .on("deleteCustomerV2", older::delete_customer)
        .on("listProjectsV2", older::list_projects)
        .on("addProjectV2", older::add_project)
        .on("getProjectV2", older::get_project)
        .on("editProjectV2", older::edit_project)
        .on("deleteProjectV2", older::delete_project)
        .on("listServicesV2", older::list_services)
        .on("addServiceV2", older::add_service)
        .on("getServiceV2", older::get_service)
        .on("editServiceV2", older::edit_service)
        .on("deleteServiceV2", older::delete_service)
        .on("listUsersV2", older::list_users)
        .on("addUserV2", older::add_user)
        .on("getUserV2", older::get_user)
        .on("editUserV2", older::edit_user)
        .on("deleteUserV2", older::delete_user)
}
