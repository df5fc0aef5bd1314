//! Operations that are answered but not imitated, a line each; `contract/clockify/limits.toml` says why.
//! They answer what a plan without the feature answers.

use axum::http::Method;

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::Routes;
use crate::vendors::clockify::auth::{Access, Caller};
use crate::vendors::clockify::error::Error;

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes.decline(Method::POST, "/v1/file/image", "uploadImage", no_account_feature);
    DECLINED.into_iter().fold(routes, |routes, (method, path, operation)| {
        routes.decline(method, path, operation, no_feature)
    })
}

/// Whoever may enter the workspace is told that its plan lacks the feature. Source: clockify.md:8.2.
fn no_feature(_: &Cx, _: Access) -> Result<Reply, Error> {
    Err(Error::NotOnThisPlan)
}

fn no_account_feature(_: &Cx, _: Caller) -> Result<Reply, Error> {
    Err(Error::NotOnThisPlan)
}

#[rustfmt::skip]
const DECLINED: [(Method, &str, &str); 84] = [
    // Profiles and pictures of members.
    (Method::GET, "/v1/workspaces/{workspaceId}/member-profile/{userId}", "getMemberProfile"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/member-profile/{userId}", "updateMemberProfile"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/users/{userId}/custom-field/{customFieldId}/value", "upsertUserCustomFieldValue"),
    (Method::POST, "/v1/workspaces/{workspaceId}/limited-users", "addLimitedUsers"),
    // Webhooks of add-ons, and states of deliveries.
    (Method::GET, "/v1/workspaces/{workspaceId}/webhooks/{webhookId}/statuses", "getWebhookStatuses"),
    (Method::GET, "/v1/workspaces/{workspaceId}/addons/{addonId}/webhooks", "getAddonWebhooks"),
    // Approval.
    (Method::GET, "/v1/workspaces/{workspaceId}/approval-requests", "getApprovalRequests"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests", "createApprovalRequest"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests/resubmit-entries-for-approval", "resubmitApprovalRequest"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests/users/{userId}", "createApprovalForOther"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests/users/{userId}/resubmit-entries-for-approval", "resubmitApprovalRequestForOther"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/approval-requests/{approvalRequestId}", "updateApprovalStatus"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests/{approvalRequestId}", "createTypedApprovalRequest"),
    (Method::POST, "/v1/workspaces/{workspaceId}/approval-requests/users/{userId}/{type}", "createTypedApprovalForOther"),
    // Changes of entities.
    (Method::GET, "/v1/workspaces/{workspaceId}/entities/created", "getCreatedEntityInfo"),
    (Method::GET, "/v1/workspaces/{workspaceId}/entities/deleted", "getDeletedEntityInfo"),
    (Method::GET, "/v1/workspaces/{workspaceId}/entities/updated", "getUpdatedEntityInfo"),
    // Expenses.
    (Method::GET, "/v1/workspaces/{workspaceId}/expenses", "getExpenses"),
    (Method::POST, "/v1/workspaces/{workspaceId}/expenses", "createExpense"),
    (Method::GET, "/v1/workspaces/{workspaceId}/expenses/categories", "getExpenseCategories"),
    (Method::POST, "/v1/workspaces/{workspaceId}/expenses/categories", "createExpenseCategory"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/expenses/categories/{categoryId}", "deleteExpenseCategory"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/expenses/categories/{categoryId}", "updateExpenseCategory"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/expenses/categories/{categoryId}/status", "updateExpenseCategoryStatus"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/expenses/{expenseId}", "deleteExpense"),
    (Method::GET, "/v1/workspaces/{workspaceId}/expenses/{expenseId}", "getExpense"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/expenses/{expenseId}", "updateExpense"),
    (Method::GET, "/v1/workspaces/{workspaceId}/expenses/{expenseId}/files/{fileId}", "downloadExpenseFile"),
    // Holidays.
    (Method::GET, "/v1/workspaces/{workspaceId}/holidays", "getHolidays"),
    (Method::POST, "/v1/workspaces/{workspaceId}/holidays", "createHoliday"),
    (Method::GET, "/v1/workspaces/{workspaceId}/holidays/in-period", "getHolidaysInPeriod"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/holidays/{holidayId}", "deleteHoliday"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/holidays/{holidayId}", "updateHoliday"),
    // Invoices.
    (Method::GET, "/v1/workspaces/{workspaceId}/invoices", "getInvoices"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices", "createInvoice"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices/info", "getInvoicesInfo"),
    (Method::GET, "/v1/workspaces/{workspaceId}/invoices/settings", "getInvoiceSettings"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/invoices/settings", "updateInvoiceSettings"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}", "deleteInvoice"),
    (Method::GET, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}", "getInvoice"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}", "updateInvoice"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/duplicate", "duplicateInvoice"),
    (Method::GET, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/export", "exportInvoice"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/items", "addInvoiceItem"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/items/import", "importTimeEntriesAndExpenses"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/items/{order}", "removeInvoiceItem"),
    (Method::GET, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments", "getPaymentsForInvoice"),
    (Method::POST, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments", "createInvoicePayment"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/payments/{paymentId}", "deletePaymentById"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/invoices/{invoiceId}/status", "changeInvoiceStatus"),
    // Scheduling.
    (Method::GET, "/v1/workspaces/{workspaceId}/scheduling/assignments/all", "getAllAssignments"),
    (Method::POST, "/v1/workspaces/{workspaceId}/scheduling/assignments/projects/totals", "getFilteredProjectTotals"),
    (Method::GET, "/v1/workspaces/{workspaceId}/scheduling/assignments/projects/totals/{projectId}", "getProjectTotalsForSingleProject"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/scheduling/assignments/publish", "publishAssignments"),
    (Method::POST, "/v1/workspaces/{workspaceId}/scheduling/assignments/recurring", "createRecurringAssignment"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/scheduling/assignments/recurring/{assignmentId}", "deleteRecurringAssignment"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/scheduling/assignments/recurring/{assignmentId}", "editRecurringAssignment"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/scheduling/assignments/series/{assignmentId}", "editRecurringPeriod"),
    (Method::POST, "/v1/workspaces/{workspaceId}/scheduling/assignments/user-filter/totals", "getUserTotals"),
    (Method::GET, "/v1/workspaces/{workspaceId}/scheduling/assignments/users/{userId}/totals", "getUserTotalsForSingleUser"),
    (Method::POST, "/v1/workspaces/{workspaceId}/scheduling/assignments/{assignmentId}/copy", "copyAssignment"),
    // Time off.
    (Method::GET, "/v1/workspaces/{workspaceId}/time-off/balance/policy/{policyId}", "getBalancesForPolicy"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/time-off/balance/policy/{policyId}", "updateBalance"),
    (Method::GET, "/v1/workspaces/{workspaceId}/time-off/balance/user/{userId}", "getBalancesForUser"),
    (Method::GET, "/v1/workspaces/{workspaceId}/time-off/policies", "findPoliciesForWorkspace"),
    (Method::POST, "/v1/workspaces/{workspaceId}/time-off/policies", "createPolicy"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}", "deletePolicy"),
    (Method::GET, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}", "getPolicy"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}", "updatePolicyStatus"),
    (Method::PUT, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}", "updatePolicy"),
    (Method::POST, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}/requests", "createTimeOffRequest"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}/requests/{requestId}", "deleteTimeOffRequest"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}/requests/{requestId}", "changeTimeOffRequestStatus"),
    (Method::POST, "/v1/workspaces/{workspaceId}/time-off/policies/{policyId}/users/{userId}/requests", "createTimeOffRequestForOther"),
    (Method::POST, "/v1/workspaces/{workspaceId}/time-off/requests", "getTimeOffRequests"),
    // Reports.
    (Method::POST, "/report/v1/workspaces/{workspaceId}/reports/attendance", "generateAttendanceReport"),
    (Method::POST, "/report/v1/workspaces/{workspaceId}/reports/expenses/detailed", "generateExpenseReport"),
    // Time entries.
    (Method::POST, "/v1/workspaces/{workspaceId}/time-entries/batch", "createTimeEntryBatch"),
    // Audit log.
    (Method::POST, "/v1/workspaces/{workspaceId}/audit-log", "getAuditLog"),
    // Timesheet templates.
    (Method::GET, "/v1/workspaces/{workspaceId}/templates", "getTemplates"),
    (Method::POST, "/v1/workspaces/{workspaceId}/templates", "createTemplates"),
    (Method::GET, "/v1/workspaces/{workspaceId}/templates/{templateId}", "getTemplate"),
    (Method::PATCH, "/v1/workspaces/{workspaceId}/templates/{templateId}", "updateTemplate"),
    (Method::DELETE, "/v1/workspaces/{workspaceId}/templates/{templateId}", "deleteTemplate"),
];
