//! Clockodo's operations, a line each.

mod clock;
mod declined;
mod entries;
mod groups;
mod master;
mod resource;
mod texts;

use axum::http::Method;

use self::master::{
    Customers, CustomersV2, LumpsumServices, Projects, ProjectsV2, Services, ServicesV2,
    Subprojects, Teams, Users, UsersV2,
};
use super::error::{self, Error};
use super::model::{
    CustomerId, EntryId, LumpsumServiceId, ProjectId, ServiceId, SubprojectId, TeamId, UserId,
};
use super::rules::refusal::Problem;
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

/// Takes ids from the path. An id that is not a number is unknown.
macro_rules! ids_from_path {
    ($($id:ident)*) => {$(
        impl FromCx for $id {
            type Rejection = Error;

            fn from_cx(cx: &Cx) -> Result<Self, Error> {
                cx.param("id").parse().map_err(|_| {
                    quirk!("CDO-022");
                    Problem::NotFound.into()
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
    declined::decline(older(master_data(tracking(Routes::new::<Error>()))))
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

/// Master data.
fn master_data(routes: Routes) -> Routes {
    routes
        .on(Method::GET, "/api/v3/customers", "listCustomers", resource::list::<Customers>)
        .on(Method::POST, "/api/v3/customers", "addCustomer", resource::add::<Customers>)
        .on(Method::GET, "/api/v3/customers/countProjects", "countProjects", master::count_projects)
        .on(Method::GET, "/api/v3/customers/{id}", "getCustomer", resource::get::<Customers>)
        .on(Method::PUT, "/api/v3/customers/{id}", "editCustomer", resource::edit::<Customers>)
        .on(
            Method::DELETE,
            "/api/v3/customers/{id}",
            "deleteCustomer",
            resource::delete::<Customers>,
        )
        .on(Method::GET, "/api/v4/projects", "listProjects", resource::list::<Projects>)
        .on(Method::POST, "/api/v4/projects", "addProject", resource::add::<Projects>)
        .on(Method::GET, "/api/v4/projects/{id}", "getProject", resource::get::<Projects>)
        .on(Method::PUT, "/api/v4/projects/{id}", "editProject", resource::edit::<Projects>)
        .on(Method::DELETE, "/api/v4/projects/{id}", "deleteProject", resource::delete::<Projects>)
        .on(
            Method::PUT,
            "/api/v4/projects/{id}/complete",
            "completeProject",
            master::complete_project,
        )
        .on(Method::PUT, "/api/v3/projects/{id}/setBilled", "setProjectBilled", master::set_billed)
        .on(Method::GET, "/api/v3/subprojects", "listSubprojects", resource::list::<Subprojects>)
        .on(Method::POST, "/api/v3/subprojects", "addSubproject", resource::add::<Subprojects>)
        .on(Method::GET, "/api/v3/subprojects/{id}", "getSubproject", resource::get::<Subprojects>)
        .on(
            Method::PUT,
            "/api/v3/subprojects/{id}",
            "editSubproject",
            resource::edit::<Subprojects>,
        )
        .on(
            Method::DELETE,
            "/api/v3/subprojects/{id}",
            "deleteSubproject",
            resource::delete::<Subprojects>,
        )
        .on(
            Method::PUT,
            "/api/v3/subprojects/{id}/complete",
            "completeSubproject",
            master::complete_subproject,
        )
        .on(Method::GET, "/api/v4/services", "listServices", resource::list::<Services>)
        .on(Method::POST, "/api/v4/services", "addService", resource::add::<Services>)
        .on(Method::GET, "/api/v4/services/{id}", "getService", resource::get::<Services>)
        .on(Method::PUT, "/api/v4/services/{id}", "editService", resource::edit::<Services>)
        .on(Method::DELETE, "/api/v4/services/{id}", "deleteService", resource::delete::<Services>)
        .on(
            Method::GET,
            "/api/v4/lumpSumServices",
            "listLumpSumServices",
            resource::list::<LumpsumServices>,
        )
        .on(
            Method::POST,
            "/api/v4/lumpSumServices",
            "addLumpSumService",
            resource::add::<LumpsumServices>,
        )
        .on(
            Method::GET,
            "/api/v4/lumpSumServices/{id}",
            "getLumpSumService",
            resource::get::<LumpsumServices>,
        )
        .on(
            Method::PUT,
            "/api/v4/lumpSumServices/{id}",
            "editLumpSumService",
            resource::edit::<LumpsumServices>,
        )
        .on(
            Method::DELETE,
            "/api/v4/lumpSumServices/{id}",
            "deleteLumpSumService",
            resource::delete::<LumpsumServices>,
        )
        .on(Method::GET, "/api/v3/entriesTexts", "listEntriesTexts", texts::list_texts)
        .on(Method::GET, "/api/v3/users", "listUsers", resource::list::<Users>)
        .on(Method::POST, "/api/v3/users", "addUser", resource::add::<Users>)
        .on(Method::GET, "/api/v3/users/{id}", "getUser", resource::get::<Users>)
        .on(Method::PUT, "/api/v3/users/{id}", "editUser", resource::edit::<Users>)
        .on(Method::DELETE, "/api/v3/users/{id}", "deleteUser", resource::delete::<Users>)
        .on(Method::GET, "/api/v4/users/me", "getMe", master::get_me)
        .on(Method::GET, "/api/v3/teams", "listTeams", resource::list::<Teams>)
        .on(Method::POST, "/api/v3/teams", "addTeam", resource::add::<Teams>)
        .on(Method::GET, "/api/v3/teams/{id}", "getTeam", resource::get::<Teams>)
        .on(Method::PUT, "/api/v3/teams/{id}", "editTeam", resource::edit::<Teams>)
        .on(Method::DELETE, "/api/v3/teams/{id}", "deleteTeam", resource::delete::<Teams>)
}

/// The second version of what entries refer to.
fn older(routes: Routes) -> Routes {
    routes
        .on(Method::GET, "/api/v2/customers", "listCustomersV2", resource::list::<CustomersV2>)
        .on(Method::POST, "/api/v2/customers", "addCustomerV2", resource::add::<CustomersV2>)
        .on(Method::GET, "/api/v2/customers/{id}", "getCustomerV2", resource::get::<CustomersV2>)
        .on(Method::PUT, "/api/v2/customers/{id}", "editCustomerV2", resource::edit::<CustomersV2>)
        .on(
            Method::DELETE,
            "/api/v2/customers/{id}",
            "deleteCustomerV2",
            resource::delete::<CustomersV2>,
        )
        .on(Method::GET, "/api/v2/projects", "listProjectsV2", resource::list::<ProjectsV2>)
        .on(Method::POST, "/api/v2/projects", "addProjectV2", resource::add::<ProjectsV2>)
        .on(Method::GET, "/api/v2/projects/{id}", "getProjectV2", resource::get::<ProjectsV2>)
        .on(Method::PUT, "/api/v2/projects/{id}", "editProjectV2", resource::edit::<ProjectsV2>)
        .on(
            Method::DELETE,
            "/api/v2/projects/{id}",
            "deleteProjectV2",
            resource::delete::<ProjectsV2>,
        )
        .on(Method::GET, "/api/v2/services", "listServicesV2", resource::list::<ServicesV2>)
        .on(Method::POST, "/api/v2/services", "addServiceV2", resource::add::<ServicesV2>)
        .on(Method::GET, "/api/v2/services/{id}", "getServiceV2", resource::get::<ServicesV2>)
        .on(Method::PUT, "/api/v2/services/{id}", "editServiceV2", resource::edit::<ServicesV2>)
        .on(
            Method::DELETE,
            "/api/v2/services/{id}",
            "deleteServiceV2",
            resource::delete::<ServicesV2>,
        )
        .on(Method::GET, "/api/v2/users", "listUsersV2", resource::list::<UsersV2>)
        .on(Method::POST, "/api/v2/users", "addUserV2", resource::add::<UsersV2>)
        .on(Method::GET, "/api/v2/users/{id}", "getUserV2", resource::get::<UsersV2>)
        .on(Method::PUT, "/api/v2/users/{id}", "editUserV2", resource::edit::<UsersV2>)
        .on(Method::DELETE, "/api/v2/users/{id}", "deleteUserV2", resource::delete::<UsersV2>)
}
