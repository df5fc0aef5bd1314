//! Clockodo's operations, a line each.

mod clock;
mod customers;
mod declined;
mod entries;
mod groups;
mod older;
mod people;
mod projects;
mod services;
mod subprojects;
mod texts;

use axum::http::Method;

use super::error::{self, Error, Problem};
use super::model::{
    CustomerId, EntryId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, TeamId, UserId,
};
use super::{auth, limits};
use crate::http::cx::Cx;
use crate::http::routes::{FromCx, Routes};
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
    routes,
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

/// The route list.
#[must_use]
pub fn routes() -> Routes {
    declined::decline(older(master(tracking(Routes::new::<Error>()))))
}

/// Entries and the clock.
fn tracking(routes: Routes) -> Routes {
    routes
        .on(Method::GET, "/api/v2/entries", "listEntries", entries::list_entries)
        .on(Method::POST, "/api/v2/entries", "addEntry", entries::add_entry)
        .on(
            Method::PUT,
            "/api/v2/entries/splitAllAtMidnight",
            "splitAllEntriesAtMidnight",
            entries::split_entries,
        )
        .on(Method::GET, "/api/v2/entries/{id}", "getEntry", entries::get_entry)
        .on(Method::PUT, "/api/v2/entries/{id}", "editEntry", entries::edit_entry)
        .on(Method::DELETE, "/api/v2/entries/{id}", "deleteEntry", entries::delete_entry)
        .on(Method::GET, "/api/v2/clock", "getClock", clock::get_clock)
        .on(Method::POST, "/api/v2/clock", "startClock", clock::start_clock)
        .on(Method::PUT, "/api/v2/clock/{id}", "editClock", clock::edit_clock)
        .on(Method::DELETE, "/api/v2/clock/{id}", "stopClock", clock::stop_clock)
        .on(Method::GET, "/api/v2/entrygroups", "listEntryGroups", groups::list_groups)
        .on(Method::PUT, "/api/v2/entrygroups", "editEntryGroups", groups::edit_groups)
        .on(Method::DELETE, "/api/v2/entrygroups", "deleteEntryGroups", groups::delete_groups)
}

/// What entries refer to.
fn master(routes: Routes) -> Routes {
    routes
        .on(Method::GET, "/api/v3/customers", "listCustomers", customers::list_customers)
        .on(Method::POST, "/api/v3/customers", "addCustomer", customers::add_customer)
        .on(
            Method::GET,
            "/api/v3/customers/countProjects",
            "countProjects",
            customers::count_projects,
        )
        .on(Method::GET, "/api/v3/customers/{id}", "getCustomer", customers::get_customer)
        .on(Method::PUT, "/api/v3/customers/{id}", "editCustomer", customers::edit_customer)
        .on(Method::DELETE, "/api/v3/customers/{id}", "deleteCustomer", customers::delete_customer)
        .on(Method::GET, "/api/v4/projects", "listProjects", projects::list_projects)
        .on(Method::POST, "/api/v4/projects", "addProject", projects::add_project)
        .on(Method::GET, "/api/v4/projects/{id}", "getProject", projects::get_project)
        .on(Method::PUT, "/api/v4/projects/{id}", "editProject", projects::edit_project)
        .on(Method::DELETE, "/api/v4/projects/{id}", "deleteProject", projects::delete_project)
        .on(
            Method::PUT,
            "/api/v4/projects/{id}/complete",
            "completeProject",
            projects::complete_project,
        )
        .on(
            Method::PUT,
            "/api/v3/projects/{id}/setBilled",
            "setProjectBilled",
            projects::set_billed,
        )
        .on(Method::GET, "/api/v3/subprojects", "listSubprojects", subprojects::list_subprojects)
        .on(Method::POST, "/api/v3/subprojects", "addSubproject", subprojects::add_subproject)
        .on(Method::GET, "/api/v3/subprojects/{id}", "getSubproject", subprojects::get_subproject)
        .on(Method::PUT, "/api/v3/subprojects/{id}", "editSubproject", subprojects::edit_subproject)
        .on(
            Method::DELETE,
            "/api/v3/subprojects/{id}",
            "deleteSubproject",
            subprojects::delete_subproject,
        )
        .on(
            Method::PUT,
            "/api/v3/subprojects/{id}/complete",
            "completeSubproject",
            subprojects::complete_subproject,
        )
        .on(Method::GET, "/api/v4/services", "listServices", services::list_services)
        .on(Method::POST, "/api/v4/services", "addService", services::add_service)
        .on(Method::GET, "/api/v4/services/{id}", "getService", services::get_service)
        .on(Method::PUT, "/api/v4/services/{id}", "editService", services::edit_service)
        .on(Method::DELETE, "/api/v4/services/{id}", "deleteService", services::delete_service)
        .on(
            Method::GET,
            "/api/v4/lumpSumServices",
            "listLumpSumServices",
            services::list_lumpsum_services,
        )
        .on(
            Method::POST,
            "/api/v4/lumpSumServices",
            "addLumpSumService",
            services::add_lumpsum_service,
        )
        .on(
            Method::GET,
            "/api/v4/lumpSumServices/{id}",
            "getLumpSumService",
            services::get_lumpsum_service,
        )
        .on(
            Method::PUT,
            "/api/v4/lumpSumServices/{id}",
            "editLumpSumService",
            services::edit_lumpsum_service,
        )
        .on(
            Method::DELETE,
            "/api/v4/lumpSumServices/{id}",
            "deleteLumpSumService",
            services::delete_lumpsum_service,
        )
        .on(Method::GET, "/api/v3/entriesTexts", "listEntriesTexts", texts::list_texts)
        .on(Method::GET, "/api/v3/users", "listUsers", people::list_users)
        .on(Method::POST, "/api/v3/users", "addUser", people::add_user)
        .on(Method::GET, "/api/v3/users/{id}", "getUser", people::get_user)
        .on(Method::PUT, "/api/v3/users/{id}", "editUser", people::edit_user)
        .on(Method::DELETE, "/api/v3/users/{id}", "deleteUser", people::delete_user)
        .on(Method::GET, "/api/v4/users/me", "getMe", people::get_me)
        .on(Method::GET, "/api/v3/teams", "listTeams", people::list_teams)
        .on(Method::POST, "/api/v3/teams", "addTeam", people::add_team)
        .on(Method::GET, "/api/v3/teams/{id}", "getTeam", people::get_team)
        .on(Method::PUT, "/api/v3/teams/{id}", "editTeam", people::edit_team)
        .on(Method::DELETE, "/api/v3/teams/{id}", "deleteTeam", people::delete_team)
}

/// The second version of what entries refer to.
fn older(routes: Routes) -> Routes {
    routes
        .on(Method::GET, "/api/v2/customers", "listCustomersV2", older::list_customers)
        .on(Method::POST, "/api/v2/customers", "addCustomerV2", older::add_customer)
        .on(Method::GET, "/api/v2/customers/{id}", "getCustomerV2", older::get_customer)
        .on(Method::PUT, "/api/v2/customers/{id}", "editCustomerV2", older::edit_customer)
        .on(Method::DELETE, "/api/v2/customers/{id}", "deleteCustomerV2", older::delete_customer)
        .on(Method::GET, "/api/v2/projects", "listProjectsV2", older::list_projects)
        .on(Method::POST, "/api/v2/projects", "addProjectV2", older::add_project)
        .on(Method::GET, "/api/v2/projects/{id}", "getProjectV2", older::get_project)
        .on(Method::PUT, "/api/v2/projects/{id}", "editProjectV2", older::edit_project)
        .on(Method::DELETE, "/api/v2/projects/{id}", "deleteProjectV2", older::delete_project)
        .on(Method::GET, "/api/v2/services", "listServicesV2", older::list_services)
        .on(Method::POST, "/api/v2/services", "addServiceV2", older::add_service)
        .on(Method::GET, "/api/v2/services/{id}", "getServiceV2", older::get_service)
        .on(Method::PUT, "/api/v2/services/{id}", "editServiceV2", older::edit_service)
        .on(Method::DELETE, "/api/v2/services/{id}", "deleteServiceV2", older::delete_service)
        .on(Method::GET, "/api/v2/users", "listUsersV2", older::list_users)
        .on(Method::POST, "/api/v2/users", "addUserV2", older::add_user)
        .on(Method::GET, "/api/v2/users/{id}", "getUserV2", older::get_user)
        .on(Method::PUT, "/api/v2/users/{id}", "editUserV2", older::edit_user)
        .on(Method::DELETE, "/api/v2/users/{id}", "deleteUserV2", older::delete_user)
}
