//! Co-workers and teams.

use chrono::NaiveDate;
use serde::Serialize;

use super::{NAME, NUMBER, name, one_of, optional_text};
use crate::kernel::civil::zone;
use crate::kernel::ids::Serial;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::auth::role_word;
use crate::vendors::clockodo::model::{Language, Role, Team, TeamId, User, UserId};
use crate::vendors::clockodo::rules::refusal::{Detail, Problem, Refusal, unexpected};
use crate::vendors::clockodo::rules::teams::TeamPatch;
use crate::vendors::clockodo::rules::users::UserPatch;
use crate::vendors::clockodo::wire::params::Params;
use crate::vendors::clockodo::wire::time::Stamp;

/// Maximum length of an e-mail in characters. Source: clockodo-modern.md:9.
const EMAIL: usize = 90;
/// Numbers of days that an edit lock can leave open. Source: clockodo-modern.md:9.
const LOCK_DAYS: [u8; 9] = [1, 2, 3, 5, 8, 15, 31, 46, 91];

/// A co-worker.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
pub struct UserOut<'a> {
    id: UserId,
    name: &'a str,
    weekstart_monday: bool,
    weekend_friday: bool,
    active: bool,
    timeformat_12h: bool,
    language: Language,
    timezone: &'static str,
    teams_id: Option<TeamId>,
    initials: &'a str,
    nonbusiness_groups_id: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    more: Option<MoreOut<'a>>,
}

/// The properties that only the co-worker and administrators see.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a property the vendor shows")]
struct MoreOut<'a> {
    number: Option<&'a str>,
    work_time_regulations_id: Option<u64>,
    default_work_time_regulation: bool,
    boss: Option<UserId>,
    absence_managers_id: [u64; 0],
    access_groups_ids: [u64; 0],
    email: &'a str,
    role: &'static str,
    can_generally_see_absences: bool,
    can_generally_manage_absences: bool,
    can_add_customers: bool,
    default_holidays_count: bool,
    default_target_hours: bool,
    future_coworker: bool,
    start_date: Option<NaiveDate>,
    wage_type: Option<u8>,
    edit_lock: Option<NaiveDate>,
    edit_lock_dyn: Option<u8>,
    edit_lock_sync: Option<bool>,
    work_time_edit_lock_days: Option<u8>,
    budget_notifications: bool,
    creator: Option<UserId>,
    created_at: Stamp,
}

impl<'a> UserOut<'a> {
    /// Renders a co-worker as `viewer` sees them.
    #[must_use]
    pub fn of(user: &'a User, viewer: &User, revision: Revision) -> Self {
        let User {
            id,
            name,
            number,
            email,
            api_key: _,
            role,
            access: _,
            active,
            team,
            initials,
            language,
            zone,
            twelve_hours,
            weekstart_monday,
            weekend_friday,
            wage_type,
            edit_lock,
            edit_lock_days,
            edit_lock_sync,
            boss,
            start_date,
            budget_notifications,
            creator,
            created,
        } = user;
        quirk!("CDO-036");
        quirk!("CDO-065");
        let (seen, rights) = (viewer.rights(), user.rights());
        let all = viewer.id == *id || seen.others_entries || seen.manage_users;
        // Values about absences and working hours are the company's defaults: neither is imitated.
        let more = MoreOut {
            number: number.as_deref(),
            work_time_regulations_id: None,
            default_work_time_regulation: true,
            boss: *boss,
            absence_managers_id: [],
            access_groups_ids: [],
            email,
            role: role_word(*role, revision),
            can_generally_see_absences: rights.others_entries,
            can_generally_manage_absences: rights.others_entries,
            can_add_customers: rights.add_customers,
            default_holidays_count: true,
            default_target_hours: true,
            future_coworker: false,
            start_date: *start_date,
            wage_type: *wage_type,
            edit_lock: *edit_lock,
            edit_lock_dyn: *edit_lock_days,
            edit_lock_sync: *edit_lock_sync,
            work_time_edit_lock_days: None,
            budget_notifications: *budget_notifications,
            creator: *creator,
            created_at: Stamp(*created),
        };
        Self {
            id: *id,
            name,
            weekstart_monday: *weekstart_monday,
            weekend_friday: *weekend_friday,
            active: *active,
            timeformat_12h: *twelve_hours,
            language: *language,
            timezone: zone.name(),
            teams_id: *team,
            initials,
            nonbusiness_groups_id: None,
            more: all.then_some(more),
        }
    }
}

/// Looks up a word in a list.
fn word<T: Copy>(
    params: &Params<'_>,
    field: &str,
    of: &[(&'static str, T)],
) -> Result<Option<T>, Refusal> {
    let Some(sent) = params.text(field, NAME)?.value() else { return Ok(None) };
    let known = of.iter().find(|(word, _)| *word == sent).map(|(_, value)| *value);
    known.map(Some).ok_or_else(|| {
        let words: Vec<&str> = of.iter().map(|(word, _)| *word).collect();
        unexpected(field, Detail::texts(words))
    })
}

/// Reads the changes of a co-worker.
///
/// # Errors
/// For parameters of the wrong type.
pub fn user_patch(params: &Params<'_>) -> Result<UserPatch, Refusal> {
    let revision = params.revision();
    let languages = [("en", Language::En), ("de", Language::De), ("fr", Language::Fr)];
    let roles = [("worker", Role::Worker), ("owner", Role::Owner), ("manager", Role::Manager)];
    let roles = if revision == Revision::Documented { &roles[..] } else { &roles[..2] };
    let email = name(params, "email")?.map(|email| {
        let fits = email.chars().count() <= EMAIL
            && email.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.'))
            && !email.contains(char::is_whitespace);
        if fits { Ok(email) } else { Err(Problem::WrongFormat.at(&["email"])) }
    });
    let place = params
        .text("timezone", NAME)?
        .value()
        .map(|name| zone(&name).ok_or_else(|| Problem::WrongFormat.at(&["timezone"])));
    let user = |id: Option<u64>| id.map(|id| UserId(Serial(id)));
    Ok(UserPatch {
        name: name(params, "name")?,
        email: email.transpose()?,
        role: word(params, "role", roles)?,
        number: optional_text(params, "number", NUMBER)?,
        active: params.boolean("active")?.value(),
        boss: params.id("boss")?.change().map(user),
        team: params.id("teams_id")?.change().map(|id| id.map(|id| TeamId(Serial(id)))),
        initials: name(params, "initials")?,
        language: word(params, "language", &languages)?,
        zone: place.transpose()?,
        twelve_hours: params.boolean("timeformat_12h")?.value(),
        weekstart_monday: params.boolean("weekstart_monday")?.value(),
        weekend_friday: params.boolean("weekend_friday")?.value(),
        wage_type: one_of(params, "wage_type", &[1, 2])?.change(),
        edit_lock: params.day("edit_lock")?.change(),
        edit_lock_days: one_of(params, "edit_lock_dyn", &LOCK_DAYS)?.change(),
        edit_lock_sync: params.boolean("edit_lock_sync")?.value(),
        start_date: params.day("start_date")?.change(),
        budget_notifications: params.boolean("budget_notifications")?.value(),
        can_add_customers: params.boolean("can_add_customers")?.value(),
    })
}

/// A team.
#[derive(Debug, Serialize)]
pub struct TeamOut<'a> {
    id: TeamId,
    name: &'a str,
    leader: Option<UserId>,
    user_ids: Vec<UserId>,
}

impl<'a> TeamOut<'a> {
    /// Renders a team with its co-workers.
    #[must_use]
    pub fn of(team: &'a Team, members: Vec<UserId>) -> Self {
        let Team { id, name, leader } = team;
        Self { id: *id, name, leader: *leader, user_ids: members }
    }
}

/// Reads the changes of a team.
///
/// # Errors
/// For parameters of the wrong type.
pub fn team_patch(params: &Params<'_>) -> Result<TeamPatch, Refusal> {
    let user = |id: u64| UserId(Serial(id));
    let users = params.ids("user_ids")?.change();
    let each = |ids: Vec<u64>| ids.into_iter().map(user).collect();
    Ok(TeamPatch {
        name: name(params, "name")?,
        leader: params.id("leader")?.change().map(|id| id.map(user)),
        users: users.map(|ids| ids.map(each).unwrap_or_default()),
    })
}
