//! Everything Clockify refuses, and how it says so: `{"message":"…","code":501}`.
//!
//! One closed [`Error`], one table ([`Error::line`]). Source: clockify.md:1, unless a line says
//! otherwise. Routes turn the rules' errors into these.

mod injected;
mod jackson;

use std::borrow::Cow;

use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use serde::Serialize;

pub use self::injected::fault;
use super::model::plans::Feature;
use super::rules::permissions::{Denied, NoEntry};
use super::rules::texts;
use super::wire::stamps::Stamp;
use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::{Expected, Rejection};
use crate::kernel::revision::Revision;
use crate::quirk;

/// A kind of thing, as messages call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the entities")]
pub enum Entity {
    User,
    UserGroup,
    Client,
    Currency,
    Project,
    Task,
    Tag,
    TimeEntry,
    CustomField,
    Webhook,
    SharedReport,
}

impl Entity {
    /// As it begins a message.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::UserGroup => "User group",
            Self::Client => "Client",
            Self::Currency => "Currency",
            Self::Project => "Project",
            Self::Task => "Task",
            Self::Tag => "Tag",
            Self::TimeEntry => "Time entry",
            Self::CustomField => "Custom field",
            Self::Webhook => "Webhook",
            Self::SharedReport => "Shared report",
        }
    }

    /// As it stands within a message.
    #[must_use]
    pub fn word(self) -> String {
        self.title().to_lowercase()
    }

    /// What it has to belong to.
    fn home(self) -> &'static str {
        if self == Self::Task { "Project" } else { "Workspace" }
    }
}

/// Everything Clockify refuses.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    // Who calls.
    /// No token, or both kinds.
    Tokens,
    /// An API key that nobody has.
    UnknownKey,
    /// An add-on token that nobody has.
    UnknownAddonToken,
    /// The add-on may not: its name and the scope it lacks.
    Scope(String, String),
    // Where.
    /// A workspace of others, or the caller's role does not allow it.
    AccessDenied,
    /// A workspace id that is none.
    MalformedWorkspace,
    /// A workspace that does not exist.
    UnknownWorkspace,
    /// The plan does not bring the feature.
    Plan(Feature),
    /// Only paid workspaces may.
    FreePlan,
    /// An operation of a part of the service that is not imitated.
    NotOnThisPlan,
    // Routing.
    /// No such path.
    NoResource,
    /// Not with this method; these there are.
    WrongMethod(Vec<Method>),
    // Reading the request.
    /// The body cannot be decoded: what Jackson would say.
    Json(String),
    /// A body was needed.
    NoBody,
    /// A parameter of another kind: name, value, kind.
    Parameter(String, String, Expected),
    /// A required parameter is missing: its name.
    NoParameter(String),
    // Validation.
    /// Something must be given.
    NotNull,
    /// A list must hold something.
    NotEmpty,
    /// A length is out of bounds.
    Length(usize, usize),
    /// A list is too short or too long.
    Size(usize, usize),
    /// A number is too small.
    AtLeast(i64),
    /// A number is too large.
    AtMost(u64),
    /// None of the words.
    NotOneOf(&'static [&'static str]),
    /// A page that holds too much.
    PageSize,
    /// A value that cannot be: what was sent.
    Invalid(String),
    /// `<` or `>` in a text.
    Angles,
    /// A date that is none: the field's name.
    BadDate(&'static str),
    // Entities.
    /// No such thing where it was looked for.
    Foreign(Entity),
    /// No such project, as the routes of roles say it.
    NoProject(String),
    /// A name was needed.
    NoName(Entity),
    /// The name is too long: most letters.
    LongName(Entity, usize),
    /// The name is taken.
    NameTaken(Entity, String),
    /// Only archived projects and clients, and tasks that are done, are deleted.
    Active(Entity),
    /// An e-mail that is none.
    Email,
    /// Too many further e-mails.
    Emails,
    /// A task's name has a wrong length.
    TaskName,
    /// A group's name cannot be.
    GroupName,
    /// Neither a member nor a group of the workspace. Source: 001:607.
    NotMember,
    /// The person does not belong to the project.
    NotOnProject,
    /// Estimates of time and of money would both be in use.
    BothEstimates,
    /// The workspace has as many custom fields as it may have.
    FieldLimit,
    /// The webhook cannot be made.
    WebhookExists,
    /// There are as many webhooks as there may be.
    WebhookLimit,
    /// Somebody deactivates themselves, or the owner.
    Deactivation,
    /// Somebody belongs to the workspace already.
    KnownUser,
    /// Every seat that the workspace pays for is taken.
    Seats,
    /// An administrator is made over something other than the workspace.
    RoleEntity,
    // Time entries.
    /// The end is before the start.
    Backwards(DateTime<Utc>, DateTime<Utc>),
    /// The entry to copy from does not exist; without a body (clockify.md:1.1).
    NoSource,
    /// An end without a start.
    EndOnly,
    /// A field that the workspace requires is missing, when an entry is made.
    ForcedFields,
    /// A field that the workspace requires is missing, when an entry is saved.
    RequiredFields,
    /// A field that the workspace requires is missing, when a timer is stopped. Source: 001:1611.
    NotCreated,
    /// The tag is archived.
    ArchivedTag,
    /// The workspace has no breaks.
    NoBreaks,
    /// No timer runs.
    NotRunning,
    /// The entry is locked.
    Locked,
    /// The workspace has timers only.
    ManualDisabled,
    // Reports.
    /// The family's filter is missing: its name in the message.
    NoFilter(&'static str),
    /// A weekly report over another span.
    NotSevenDays,
    /// A shared report that does not exist.
    NoSharedReport,
    // The machinery.
    /// Too many requests.
    TooMany,
    /// The body is too long.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// A content type that is not read.
    ContentType(String),
    /// No room for another sandbox.
    Busy,
    /// A defect of ours.
    Defect,
}

/// Status, code and message of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// HTTP status.
    pub status: StatusCode,
    /// The vendor's number.
    pub code: u32,
    /// The vendor's words.
    pub message: Cow<'static, str>,
}

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
    code: u32,
}

impl Error {
    /// The table. [`Error::NoResource`] and [`Error::WrongMethod`] say more with the request at hand.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table")]
    #[expect(clippy::match_same_arms, reason = "a table has a line a variant")]
    pub fn line(&self) -> Line {
        const BAD: u16 = 400;
        let line = |status: u16, code: u32, message: &'static str| (status, code, message.into());
        let said = |status: u16, code: u32, message: String| (status, code, message.into());
        let (status, code, message): (u16, u32, Cow<'static, str>) = match self {
            Self::Tokens => line(401, 1000, "Multiple or none auth tokens present"),
            Self::UnknownKey => line(401, 4003, "Api key does not exist"),
            Self::UnknownAddonToken => line(401, 4017, "Token is not valid"),
            Self::Scope(addon, scope) => {
                said(401, 4017, format!("Addon {addon} does not have permission {scope}"))
            }
            Self::AccessDenied => line(403, 501, "Access Denied"),
            Self::MalformedWorkspace => line(BAD, 501, "Access Denied"),
            Self::UnknownWorkspace => line(404, 404, "Not Found"),
            Self::Plan(_) | Self::FreePlan | Self::NotOnThisPlan => {
                line(403, 403, "This feature is not available on your current subscription plan")
            }
            Self::NoResource => line(404, 3000, "No static resource"),
            Self::WrongMethod(_) => line(405, 3000, "Request method is not supported"),
            Self::Json(what) => said(BAD, 3002, format!("JSON parse error: {what}")),
            Self::NoBody => line(BAD, 3002, "Required request body is missing"),
            Self::Parameter(name, value, expected) => {
                said(BAD, 3000, jackson::parameter(name, value, *expected))
            }
            Self::NoParameter(name) => said(
                BAD,
                3001,
                format!(
                    "Required request parameter '{name}' for method parameter type String is not present"
                ),
            ),
            Self::NotNull => line(BAD, 501, "must not be null"),
            Self::NotEmpty => line(BAD, 501, "must not be empty"),
            Self::Length(least, most) => {
                said(BAD, 501, format!("length must be between {least} and {most}"))
            }
            Self::Size(least, most) => {
                said(BAD, 501, format!("size must be between {least} and {most}"))
            }
            Self::AtLeast(least) => {
                said(BAD, 501, format!("must be greater than or equal to {least}"))
            }
            Self::AtMost(most) => said(BAD, 501, format!("must be less than or equal to {most}")),
            Self::NotOneOf(words) => {
                said(BAD, 501, format!("must be from the following set: {}", words.join(", ")))
            }
            Self::PageSize => line(BAD, 501, "Page size cannot be larger than 5,000."),
            Self::Invalid(value) => said(
                BAD,
                501,
                format!(
                    "You entered invalid value for field: [{value}]. This field can't be empty or contain invalid value."
                ),
            ),
            Self::Angles => {
                line(BAD, 501, "You entered wrong value. Don't use \"<\" and \">\" characters")
            }
            Self::BadDate(field) => said(
                BAD,
                501,
                format!(
                    "Ensure that the [{field}] date is in following format: \"yyyy-MM-ddThh:mm:ssZ\""
                ),
            ),
            Self::Foreign(entity) => {
                said(BAD, 501, format!("{} doesn't belong to {}", entity.title(), entity.home()))
            }
            Self::NoProject(id) => said(404, 404, format!("PROJECT with ID '{id}' not found")),
            Self::NoName(entity) => said(BAD, 501, format!("{} name is required", entity.title())),
            Self::LongName(entity, most) => {
                said(BAD, 501, format!("{} name cannot be longer than {most}.", entity.title()))
            }
            Self::NameTaken(Entity::Project, _) => {
                line(BAD, 501, "Project with this name already exists")
            }
            Self::NameTaken(entity, name) => {
                said(BAD, 501, format!("{} with name '{name}' already exists", entity.title()))
            }
            Self::Active(entity) => {
                said(BAD, 501, format!("Cannot delete an active {}", entity.word()))
            }
            Self::Email => line(BAD, 501, "Please enter valid value for email"),
            Self::Emails => line(BAD, 501, "Number of additional emails must be less than 3"),
            Self::TaskName => {
                line(BAD, 501, "Task name has to be between 1 and 1000 characters long")
            }
            Self::GroupName => line(BAD, 501, "Invalid group name"),
            Self::NotMember => line(BAD, 501, "User or group is not a member of this workspace."),
            Self::NotOnProject => line(BAD, 501, "User doesn't belong to Project"),
            Self::BothEstimates => {
                line(BAD, 501, "Time estimate and budget estimate cannot both be active")
            }
            Self::FieldLimit => line(BAD, 4033, "You reached the limit of 50 custom fields"),
            Self::WebhookExists => line(BAD, 501, "Webhook already exists"),
            Self::WebhookLimit => line(BAD, 501, "You reached the limit of webhooks"),
            Self::Deactivation => line(403, 501, "Access Denied"),
            Self::KnownUser => line(BAD, 501, "User already belongs to Workspace"),
            Self::Seats => line(BAD, 501, "There are no paid user seats left on this workspace"),
            Self::RoleEntity => {
                line(BAD, 501, "entity Id must match workspaceId when promoting/demoting admin")
            }
            Self::Backwards(start, end) => {
                let (start, end) = (Stamp(*start), Stamp(*end));
                said(
                    BAD,
                    501,
                    format!("Start datetime {start} is greater than end datetime {end}."),
                )
            }
            Self::NoSource => line(404, 404, "Not Found"),
            Self::EndOnly => line(BAD, 501, "Can't create time entry with end time only."),
            Self::ForcedFields => line(
                BAD,
                501,
                "Time entry couldn't be created. Project is either required field or given project is archived.",
            ),
            Self::RequiredFields => {
                line(BAD, 501, "Can't save, required fields are missing or archived.")
            }
            Self::NotCreated => line(BAD, 501, "Entity not created"),
            Self::ArchivedTag => line(BAD, 501, "You can not create entities for archived tag"),
            Self::NoBreaks => line(BAD, 501, "break feature is not enabled"),
            Self::NotRunning => line(404, 404, "Currently running time entry doesn't exist"),
            Self::Locked => line(403, 1003, "Can't edit locked time entry."),
            Self::ManualDisabled => line(403, 4030, "Manual time tracking disabled"),
            Self::NoFilter(family) => said(BAD, 501, format!("Please provide {family} filter.")),
            Self::NotSevenDays => {
                line(BAD, 501, "Please select date range of exactly 7 days for weekly report")
            }
            Self::NoSharedReport => line(404, 404, "Shared report doesn't exist"),
            Self::TooMany => line(429, 429, "Too many requests"),
            Self::TooLarge => line(413, 3000, "Maximum upload size exceeded"),
            Self::TooSlow => line(408, 3000, "Request timed out"),
            Self::ContentType(kind) => {
                said(415, 3000, format!("Content-Type '{kind}' is not supported"))
            }
            Self::Busy => line(429, 429, "Too many requests"),
            Self::Defect => line(500, 500, "Internal server error"),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Line { status, code, message }
    }
}

impl VendorError for Error {
    fn reply(&self, cx: &Cx) -> Reply {
        let mut line = self.line();
        let mut allowed = None;
        match self {
            Self::Scope(..) => quirk!("CFY-004"),
            Self::UnknownWorkspace => {
                quirk!("CFY-002");
                if cx.revision() == Revision::Current {
                    return Self::AccessDenied.reply(cx);
                }
                return Reply::empty(line.status);
            }
            Self::NoSource => return Reply::empty(line.status),
            Self::MalformedWorkspace => quirk!("CFY-003"),
            Self::Plan(_) | Self::FreePlan | Self::NotOnThisPlan => quirk!("CFY-011"),
            Self::Foreign(_) => quirk!("CFY-012"),
            Self::TooMany => {
                quirk!("CFY-005");
                if cx.revision() == Revision::Current {
                    return Reply::empty(line.status).with("x-cache", "Error from cloudfront");
                }
            }
            Self::NoResource => {
                let path = cx.path.strip_prefix("/report").unwrap_or(&cx.path);
                line.message =
                    format!("No static resource {}.", path.trim_start_matches('/')).into();
            }
            Self::WrongMethod(allow) => {
                line.message = format!("Request method '{}' is not supported", cx.method).into();
                let methods: Vec<&str> = allow.iter().map(Method::as_str).collect();
                allowed = Some(methods.join(", "));
            }
            _ => {}
        }
        let reply = Reply::json(line.status, &Body { message: &line.message, code: line.code });
        match allowed {
            Some(allowed) => reply.with("allow", &allowed),
            None => reply,
        }
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownPath => Self::NoResource,
            Rejection::WrongMethod { allow } => Self::WrongMethod(allow),
            Rejection::BodyTooLarge(_) => Self::TooLarge,
            Rejection::BodyTooSlow => Self::TooSlow,
            Rejection::NoBody => Self::NoBody,
            Rejection::WrongContentType(kind) => Self::ContentType(kind),
            Rejection::BadJson { message, .. } => Self::Json(jackson::syntax(&message)),
            Rejection::BadField { message, .. } => Self::Json(jackson::mismatch(&message)),
            Rejection::BadParameter { name, value, expected } => {
                Self::Parameter(name, value, expected)
            }
            Rejection::NoParameter { name } => Self::NoParameter(name),
            Rejection::Sandbox(_) => Self::Busy,
            Rejection::Defect => Self::Defect,
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Role => Self::AccessDenied,
            Denied::Plan(feature) => Self::Plan(feature),
            Denied::FreePlan => Self::FreePlan,
        }
    }
}

impl From<NoEntry> for Error {
    fn from(refused: NoEntry) -> Self {
        match refused {
            NoEntry::Unknown => Self::UnknownWorkspace,
            NoEntry::NotMember => Self::AccessDenied,
        }
    }
}

impl From<texts::Error> for Error {
    fn from(error: texts::Error) -> Self {
        match error {
            texts::Error::Angles => Self::Angles,
            texts::Error::TooLong(most) => Self::Length(0, most),
        }
    }
}
