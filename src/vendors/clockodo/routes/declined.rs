//! Operations of the vendor that are answered but not imitated; `contract/clockodo/limits.toml` says why.

use axum::http::Method;

use crate::contract;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Routes;
use crate::quirk;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::rules::refusal::{Detail, Problem, Refusal};

/// Method, path and operation, in the order of the file.
const DECLINED: [(Method, &str, &str); 85] = [
    (Method::GET, "/api/targethours", "getTargethours"),
    (Method::POST, "/api/targethours", "createTargethour"),
    (Method::GET, "/api/targethours/{id}", "getTargethourById"),
    (Method::PUT, "/api/targethours/{id}", "updateTargethourById"),
    (Method::DELETE, "/api/targethours/{id}", "deleteTargethourById"),
    (Method::GET, "/api/userreports", "getUserreports"),
    (Method::GET, "/api/userreports/{id}", "getUserreportById"),
    (Method::GET, "/api/v2/accessGroups", "getAccessGroupsV2"),
    (Method::POST, "/api/v2/accessGroups", "createAccessGroupV2"),
    (
        Method::PUT,
        "/api/v2/accessGroups/{id}/customers",
        "updateAccessGroupsCustomerByAccessGroupsIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/accessGroups/{id}/customers/general",
        "updateAccessGroupsCustomersGeneralByAccessGroupsIdV2",
    ),
    (
        Method::GET,
        "/api/v2/accessGroups/{id}/customersProjects",
        "getAccessGroupsCustomersProjectByAccessGroupsIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/accessGroups/{id}/projects",
        "updateAccessGroupsProjectByAccessGroupsIdV2",
    ),
    (Method::GET, "/api/v2/accessGroups/{id}/services", "getAccessGroupsServiceByAccessGroupsIdV2"),
    (
        Method::PUT,
        "/api/v2/accessGroups/{id}/services",
        "updateAccessGroupsServiceByAccessGroupsIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/accessGroups/{id}/services/general",
        "updateAccessGroupsServicesGeneralByAccessGroupsIdV2",
    ),
    (Method::GET, "/api/v2/accessGroups/{id}", "getAccessGroupByIdV2"),
    (Method::PUT, "/api/v2/accessGroups/{id}", "updateAccessGroupByIdV2"),
    (Method::DELETE, "/api/v2/accessGroups/{id}", "deleteAccessGroupByIdV2"),
    (Method::GET, "/api/v2/aggregates/users/me", "getAggregatesUsersMeV2"),
    (Method::GET, "/api/v2/holidaysQuota", "getHolidaysQuotaV2"),
    (Method::POST, "/api/v2/holidaysQuota", "createHolidaysQuotaV2"),
    (Method::GET, "/api/v2/holidaysQuota/{id}", "getHolidaysQuotaByIdV2"),
    (Method::PUT, "/api/v2/holidaysQuota/{id}", "updateHolidaysQuotaByIdV2"),
    (Method::DELETE, "/api/v2/holidaysQuota/{id}", "deleteHolidaysQuotaByIdV2"),
    (
        Method::POST,
        "/api/v2/individualUserAccess/{id}/clear",
        "clearIndividualUserAccessByUsersIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/individualUserAccess/{id}/customers",
        "updateIndividualUserAccessCustomerByUsersIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/individualUserAccess/{id}/customers/general",
        "updateIndividualUserAccessCustomersGeneralByUsersIdV2",
    ),
    (
        Method::GET,
        "/api/v2/individualUserAccess/{id}/customersProjects",
        "getIndividualUserAccessCustomersProjectByUsersIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/individualUserAccess/{id}/projects",
        "updateIndividualUserAccessProjectByUsersIdV2",
    ),
    (
        Method::GET,
        "/api/v2/individualUserAccess/{id}/services",
        "getIndividualUserAccessServiceByUsersIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/individualUserAccess/{id}/services",
        "updateIndividualUserAccessServiceByUsersIdV2",
    ),
    (
        Method::PUT,
        "/api/v2/individualUserAccess/{id}/services/general",
        "updateIndividualUserAccessServicesGeneralByUsersIdV2",
    ),
    (Method::GET, "/api/v2/nonbusinessDays", "getNonbusinessDaysV2"),
    (Method::POST, "/api/v2/nonbusinessDays", "createNonbusinessDayV2"),
    (Method::GET, "/api/v2/nonbusinessDays/{id}", "getNonbusinessDayByIdV2"),
    (Method::PUT, "/api/v2/nonbusinessDays/{id}", "updateNonbusinessDayByIdV2"),
    (Method::DELETE, "/api/v2/nonbusinessDays/{id}", "deleteNonbusinessDayByIdV2"),
    (Method::GET, "/api/v2/nonbusinessGroups", "getNonbusinessGroupsV2"),
    (Method::POST, "/api/v2/nonbusinessGroups", "createNonbusinessGroupV2"),
    (Method::GET, "/api/v2/nonbusinessGroups/{id}", "getNonbusinessGroupByIdV2"),
    (Method::PUT, "/api/v2/nonbusinessGroups/{id}", "updateNonbusinessGroupByIdV2"),
    (Method::DELETE, "/api/v2/nonbusinessGroups/{id}", "deleteNonbusinessGroupByIdV2"),
    (
        Method::POST,
        "/api/v2/projects/{id}/createNextInterval",
        "createProjectsCreateNextIntervalByIdV2",
    ),
    (Method::GET, "/api/v2/subscription", "getSubscriptionV2"),
    (
        Method::GET,
        "/api/v2/users/{id}/access/customers-projects",
        "getUsersAccessCustomersProjectByIdV2",
    ),
    (Method::GET, "/api/v2/users/{id}/access/services", "getUsersAccessServiceByIdV2"),
    (Method::GET, "/api/v2/usersNonbusinessDays", "getUsersNonbusinessDaysV2"),
    (Method::GET, "/api/v2/workTimes", "getWorkTimesV2"),
    (Method::GET, "/api/v2/workTimes/changeRequests", "getWorkTimesChangeRequestsV2"),
    (Method::POST, "/api/v2/workTimes/changeRequests", "createWorkTimesChangeRequestV2"),
    (Method::DELETE, "/api/v2/workTimes/changeRequests/{id}", "deleteWorkTimesChangeRequestByIdV2"),
    (
        Method::POST,
        "/api/v2/workTimes/changeRequests/{id}/approve",
        "approveWorkTimesChangeRequestByIdV2",
    ),
    (
        Method::POST,
        "/api/v2/workTimes/changeRequests/{id}/decline",
        "createWorkTimesChangeRequestsDeclineByIdV2",
    ),
    (Method::GET, "/api/v3/holidaysCarry", "getHolidaysCarryV3"),
    (Method::POST, "/api/v3/holidaysCarry", "createHolidaysCarryV3"),
    (Method::GET, "/api/v3/holidaysCarry/{id}", "getHolidaysCarryByIdV3"),
    (Method::PUT, "/api/v3/holidaysCarry/{id}", "updateHolidaysCarryByIdV3"),
    (Method::DELETE, "/api/v3/holidaysCarry/{id}", "deleteHolidaysCarryByIdV3"),
    (Method::GET, "/api/v3/overtimeCarry", "getOvertimeCarryV3"),
    (Method::POST, "/api/v3/overtimeCarry", "createOvertimeCarryV3"),
    (Method::GET, "/api/v3/overtimeCarry/{id}", "getOvertimeCarryByIdV3"),
    (Method::PUT, "/api/v3/overtimeCarry/{id}", "updateOvertimeCarryByIdV3"),
    (Method::DELETE, "/api/v3/overtimeCarry/{id}", "deleteOvertimeCarryByIdV3"),
    (Method::GET, "/api/v3/overtimeReductions", "getOvertimeReductionsV3"),
    (Method::POST, "/api/v3/overtimeReductions", "createOvertimeReductionV3"),
    (Method::GET, "/api/v3/overtimeReductions/{id}", "getOvertimeReductionByIdV3"),
    (Method::PUT, "/api/v3/overtimeReductions/{id}", "updateOvertimeReductionByIdV3"),
    (Method::DELETE, "/api/v3/overtimeReductions/{id}", "deleteOvertimeReductionByIdV3"),
    (Method::GET, "/api/v3/projects/reports", "getProjectsReportsV3"),
    (Method::GET, "/api/v3/usersNonbusinessGroups", "getUsersNonbusinessGroupsV3"),
    (Method::POST, "/api/v3/usersNonbusinessGroups", "createUsersNonbusinessGroupV3"),
    (Method::GET, "/api/v3/usersNonbusinessGroups/{id}", "getUsersNonbusinessGroupByIdV3"),
    (Method::PUT, "/api/v3/usersNonbusinessGroups/{id}", "updateUsersNonbusinessGroupByIdV3"),
    (Method::DELETE, "/api/v3/usersNonbusinessGroups/{id}", "deleteUsersNonbusinessGroupByIdV3"),
    (
        Method::POST,
        "/api/v3/workTimes/changeRequests/{id}/approve",
        "approveWorkTimesChangeRequestByIdV3",
    ),
    (Method::GET, "/api/v4/absences", "getAbsencesV4"),
    (Method::POST, "/api/v4/absences", "createAbsenceV4"),
    (Method::GET, "/api/v4/absences/{id}", "getAbsenceByIdV4"),
    (Method::PUT, "/api/v4/absences/{id}", "updateAbsenceByIdV4"),
    (Method::DELETE, "/api/v4/absences/{id}", "deleteAbsenceByIdV4"),
    (Method::GET, "/api/v4/projects/reports", "getProjectsReportsV4"),
    (Method::GET, "/api/v2/favorites", "getFavoritesV2"),
    (Method::POST, "/api/v2/favorites", "createFavoriteV2"),
    (Method::POST, "/api/v2/favorites/{id}/start", "startFavoriteByIdV2"),
];

/// A line for each operation.
pub(super) fn decline(routes: Routes) -> Routes {
    DECLINED.into_iter().fold(routes, |routes, (method, path, operation)| {
        let handler = move |_: &Cx, _: Caller| -> Result<Reply, Error> { Err(refused(operation)) };
        routes.decline(method, path, operation, handler)
    })
}

/// The vendor's answer to a module that an account does not have, with the reason.
fn refused(operation: &str) -> Error {
    quirk!("CDO-039");
    let listed = contract::declined("clockodo").unwrap_or_default();
    let reason = listed.into_iter().find(|declined| declined.operation == operation);
    let refusal = Refusal::from(Problem::Forbidden);
    match reason {
        Some(declined) => refusal.with("reason", Detail::Text(declined.reason)).into(),
        None => refusal.into(),
    }
}
