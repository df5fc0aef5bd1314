//! All refusals of Clockify, in one table: each variant with its status, code and text.
//!
//! Statuses are plain numbers here; `error` turns a refusal into an answer. Source: clockify.md:1,
//! unless a line names another.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::vendors::clockify::model::plans::Feature;
use crate::vendors::clockify::model::{UserId, WorkspaceId};

/// A kind of record, by its name in messages. A resource that has none here declares its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity(pub &'static str);

#[expect(missing_docs, reason = "the name says it")]
impl Entity {
    pub const USER: Self = Self("User");
    pub const USER_GROUP: Self = Self("User group");
    pub const CLIENT: Self = Self("Client");
    pub const CURRENCY: Self = Self("Currency");
    pub const PROJECT: Self = Self("Project");
    pub const TASK: Self = Self("Task");
    pub const TAG: Self = Self("Tag");
    pub const TIME_ENTRY: Self = Self("Time entry");
    pub const CUSTOM_FIELD: Self = Self("Custom field");
    pub const WEBHOOK: Self = Self("Webhook");
    pub const SHARED_REPORT: Self = Self("Shared report");
}

impl Entity {
    fn lower_case(self) -> String {
        self.0.to_lowercase()
    }

    /// The type of the entity that contains it.
    fn container(self) -> &'static str {
        if self == Self::TASK { "Project" } else { "Workspace" }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The violations of a body, one for each path.
fn missing(paths: &[&str]) -> String {
    let each: Vec<String> = paths.iter().map(|path| format!("{path}: must not be null")).collect();
    each.join(", ")
}

/// The format of dates and times in messages.
const DATE_TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Declares [`Refusal`] from lines of the form `Name(field: Type): status, code, "text with
/// {field}";`. Arguments after the text fill its `{}`.
macro_rules! refusals {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($($field:ident: $type:ty),+))?:
            $status:literal, $code:literal, $text:literal $(, $value:expr)*;
    )*) => {
        /// A refusal of Clockify. Its text is the vendor's message.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name $(($($type),+))?,)*
        }

        impl Refusal {
            /// The HTTP status.
            #[must_use]
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$name { .. } => $status,)*
                }
            }

            /// The vendor's error code.
            #[must_use]
            pub fn code(&self) -> u32 {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }
        }

        impl fmt::Display for Refusal {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name $(($($field),+))? => write!(f, $text $(, $value)*),)*
                }
            }
        }
    };
}

refusals! {
    // Authentication.
    /// There is no token, or both an API key and an add-on token.
    Tokens: 401, 1000, "Multiple or none auth tokens present";
    /// There is no token, as it was worded before add-ons came. Source: field-cases.md:FC-10.
    NoToken: 401, 1000, "Full authentication is required to access this resource";
    /// The API key does not exist.
    UnknownKey: 401, 4003, "Api key does not exist";
    /// The add-on token does not exist.
    UnknownAddonToken: 401, 4017, "Token is not valid";
    /// The add-on lacks a scope.
    Scope(addon: String, scope: String): 401, 4017, "Addon {addon} does not have permission {scope}";

    // Workspaces.
    /// The caller is not a member of the workspace, or their role does not permit this.
    AccessDenied: 403, 501, "Access Denied";
    /// The workspace id is malformed.
    MalformedWorkspace: 400, 501, "Access Denied";
    /// The workspace does not exist.
    UnknownWorkspace: 404, 404, "Not Found";
    /// The workspace's plan lacks a feature.
    NotInPlan(_feature: Feature): 403, 403, "This feature is not available on your current subscription plan";
    /// The workspace is on a free plan.
    FreePlan: 403, 403, "This feature is not available on your current subscription plan";
    /// The operation belongs to a part of the service that is not imitated.
    NotOnThisPlan: 403, 403, "This feature is not available on your current subscription plan";

    // Routing. The answer names the path or method.
    /// The path does not exist.
    NoResource: 404, 3000, "No static resource";
    /// The path has other methods, which are listed.
    WrongMethod(_allowed: String): 405, 3000, "Request method is not supported";

    // Reading the request.
    /// The body cannot be decoded.
    Json(problem: String): 400, 3002, "JSON parse error: {problem}";
    /// The body is missing. The answer names the method that wants it.
    NoBody: 400, 3002, "Required request body is missing";
    /// A parameter has the wrong type. Contains the whole message.
    Parameter(message: String): 400, 3000, "{message}";
    /// A required parameter is missing.
    NoParameter(name: String): 400, 3001, "Required request parameter '{name}' for method parameter type String is not present";

    // Validation.
    /// A value is missing.
    NotNull: 400, 501, "must not be null";
    /// A list is empty.
    NotEmpty: 400, 501, "must not be empty";
    /// A rule of one kind of record is broken. Contains its text, a constant beside that rule.
    Broken(text: &'static str): 400, 501, "{text}";
    /// A text is too short or too long.
    Length(least: usize, most: usize): 400, 501, "length must be between {least} and {most}";
    /// A list is too short or too long.
    Size(least: usize, most: usize): 400, 501, "size must be between {least} and {most}";
    /// A number is too small.
    AtLeast(least: i64): 400, 501, "must be greater than or equal to {least}";
    /// A number is too large.
    AtMost(most: u64): 400, 501, "must be less than or equal to {most}";
    /// A value is not one of those allowed.
    NotOneOf(words: &'static [&'static str]): 400, 501, "must be from the following set: {}", words.join(", ");
    /// A page is too large.
    PageSize: 400, 501, "Page size cannot be larger than 5,000.";
    /// A page has no rows. Source: facts.md:N-08.
    NoPageSize: 400, 501, "Page size must be a positive value";
    /// A rate or budget is negative. Source: facts.md:N-16.
    NegativeAmount: 400, 501, "Amount has to be a positive value.";
    /// An id is not 24 hexadecimal digits, where the service does not look it up by its kind first. Source: facts.md:N-13.
    NotHex: 400, 501, "state should be: hexString has 24 characters";
    /// A value is invalid. Contains the value or its field.
    Invalid(value: String): 400, 501, "You entered invalid value for field: [{value}]. This field can't be empty or contain invalid value.";
    /// A text contains `<` or `>`.
    AngleBrackets: 400, 501, "You entered wrong value. Don't use \"<\" and \">\" characters";
    /// A date cannot be parsed. Source: facts.md:N-05.
    BadDate(field: &'static str): 400, 501, "You entered invalid value for field : [{field}]. Values representing [{field}] can be null and can't be empty. Ensure that the [{field}] date is not greater than 9999-12-31 nor lower than 0001-01-01. Ensure that the [{field}] date is in following format: \"yyyy-MM-ddThh:mm:ssZ\" Example: 2018-11-29T13:00:46Z.";

    // Entities.
    /// The workspace or project has no such entity, or the caller may not see it.
    Unknown(entity: Entity): 400, 501, "{entity} doesn't belong to {}", entity.container();
    /// A role names a project that does not exist. Source: clockify.md:1.4.
    NoProject(id: String): 404, 404, "PROJECT with ID '{id}' not found";
    /// The name is missing.
    NameRequired(entity: Entity): 400, 501, "{entity} name is required";
    /// The name is too long.
    NameTooLong(entity: Entity, most: usize): 400, 501, "{entity} name cannot be longer than {most}.";
    /// The name is taken by another entity of this type.
    NameTaken(entity: Entity, name: String): 400, 501, "{entity} with name '{name}' already exists";
    /// The project's name is too short or too long. Source: facts.md:N-02.
    ProjectNameLength: 400, 501, "Project name has to be between 2 and 250 characters long";
    /// The name is taken by another project of the client.
    ProjectNameTaken: 400, 501, "Project with this name already exists";
    /// Before deletion, projects and clients must be archived, and tasks done.
    StillActive(entity: Entity): 400, 501, "Cannot delete an active {}", entity.lower_case();
    /// The e-mail address is not valid.
    InvalidEmail: 400, 501, "Please enter valid value for email";
    /// A client has too many additional e-mail addresses.
    TooManyEmails: 400, 501, "Number of additional emails must be less than 3";
    /// The task's name is empty or too long.
    TaskNameLength: 400, 501, "Task name has to be between 1 and 1000 characters long";
    /// The group's name is missing.
    InvalidGroupName: 400, 501, "Invalid group name";
    /// The workspace has no such member or group. Source: 001:607.
    NotMember: 400, 501, "User or group is not a member of this workspace.";
    /// The person does not belong to the project.
    NotOnProject: 400, 501, "User doesn't belong to Project";
    /// Estimates of time and of money would both be active.
    BothEstimates: 400, 501, "Time estimate and budget estimate cannot both be active";
    /// The workspace has the maximum number of custom fields.
    CustomFieldLimit(most: usize): 400, 4033, "You reached the limit of {most} custom fields";
    /// The workspace or project has the maximum number of visible custom fields. Source: facts.md:CFY-331.
    VisibleFieldLimit(most: usize): 400, 4033, "You reached the limit of {most} visible custom fields";
    /// The webhook has no name.
    WebhookExists: 400, 501, "Webhook already exists";
    /// The maximum number of webhooks exists.
    WebhookLimit: 400, 501, "You reached the limit of webhooks";
    /// The workspace's name is too short or too long. Source: facts.md:N-03.
    WorkspaceNameLength: 400, 501, "Workspace name has to be between 2 and 250 characters long";
    /// Members cannot deactivate or remove themselves or the owner.
    CannotDeactivate: 403, 501, "Access Denied";
    /// The person is already a member of the workspace.
    AlreadyMember: 400, 501, "User already belongs to Workspace";
    /// All paid seats of the workspace are taken. Source: facts.md:N-57.
    NoSeatsLeft: 400, 501, "You're trying to add more users than your subscription allows.";
    /// A role does not say what it applies to. Source: facts.md:N-22.
    NoRoleTarget: 400, 501, "Entity id must be present";
    /// The administrator role names an entity other than the workspace.
    NotTheWorkspace: 400, 501, "entity Id must match workspaceId when promoting/demoting admin";

    // Time entries.
    /// The end is before the start.
    EndBeforeStart(start: DateTime<Utc>, end: DateTime<Utc>): 400, 501, "Start datetime {} is greater than end datetime {}.", start.format(DATE_TIME), end.format(DATE_TIME);
    /// The entry is too long. Source: facts.md:N-04.
    TooLong: 400, 501, "Time entry cannot have duration more than 999 hours.";
    /// The entry was deleted. Source: facts.md:N-12.
    InBin: 404, 404, "Time entry doesn't belong to Workspace";
    /// The entry to copy does not exist. Source: clockify.md:1.1.
    NoSource: 404, 404, "Not Found";
    /// There is an end, but no start.
    EndWithoutStart: 400, 501, "Can't create time entry with end time only.";
    /// The workspace requires a project that is not archived.
    ProjectRequired: 400, 501, "Time entry couldn't be created. Project is either required field or given project is archived. Please change your input or update your workspace settings.";
    /// The workspace requires a field that is empty or archived.
    RequiredFields: 400, 501, "Can't save, required fields are missing or archived.";
    /// Required custom fields are empty. Contains their names. Source: field-cases.md:FC-09.
    RequiredCustomFields(names: String): 400, 501, "{names}";
    /// A timer cannot be stopped because a required field is missing. Source: 001:1611.
    NotCreated: 400, 501, "Entity not created";
    /// The tag is archived.
    ArchivedTag: 400, 501, "You can not create entities for archived tag";
    /// Breaks are not enabled in the workspace. Source: facts.md:N-07.
    BreaksDisabled: 400, 501, "You dont have permission to create break time entry since break feature is not enabled.";
    /// Time off is not enabled in the workspace. Source: facts.md:N-07.
    TimeOffDisabled: 400, 501, "You dont have permission to create time off and holiday time entry since time off feature is not enabled.";
    /// No timer of the person is running. Source: field-cases.md:FC-08.
    NoTimer(workspace: WorkspaceId, user: UserId): 404, 404, "Currently running time entry doesn't exist on workspace {workspace} for user {user}.";
    /// The entry, or the time that it would move to, is locked.
    Locked: 403, 1003, "Can't edit locked time entry.";
    /// The workspace allows timers only.
    ManualDisabled: 403, 4030, "Manual time tracking disabled";

    // Reports.
    /// A page of a detailed report is too large.
    ReportPageSize: 400, 501, "Page size cannot be larger than 1,000.";
    /// Required members of a shared report are missing. Source: facts.md:N-39.
    MissingMembers(paths: Vec<&'static str>): 400, 501, "{}", missing(paths);
    /// The filter for this kind of report is missing.
    NoFilter(family: &'static str): 400, 501, "Please provide {family} filter.";
    /// A weekly report does not cover seven days.
    NotSevenDays: 400, 501, "Please select date range of exactly 7 days for weekly report";
    /// The shared report does not exist.
    NoSharedReport: 404, 404, "Shared report doesn't exist";

    // The service.
    /// Too many requests.
    TooMany: 429, 429, "Too many requests";
    /// The body is too long.
    TooLarge: 413, 3000, "Maximum upload size exceeded";
    /// The body did not arrive in time.
    TooSlow: 408, 3000, "Request timed out";
    /// The content type is not supported.
    ContentType(kind: String): 415, 3000, "Content-Type '{kind}' is not supported";
    /// There is no room for another sandbox.
    Busy: 429, 429, "Too many requests";
    /// A defect of ours.
    Defect: 500, 500, "Internal server error";
}
