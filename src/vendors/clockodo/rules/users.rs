//! Co-workers. Source: clockodo.md:5.3.

use std::sync::Arc;

use chrono::{NaiveDate, SubsecRound};

use super::master::{
    Act, Deletion, Listing, MasterData, SortBy, SortKey, delete_entries, entries_on, fresh,
    runs_on, usual_key,
};
use super::refusal::{Detail, Problem, Refusal};
use crate::kernel::civil::Tz;
use crate::kernel::table::Table;
use crate::vendors::clockodo::model::{
    Access, Language, Role, State, TeamId, User, UserBy, UserId,
};

/// Id of the first co-worker who is added.
const FIRST: u64 = 244_001;

/// Changes of a co-worker. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// Full name; required for new co-workers.
    pub name: Option<String>,
    /// E-mail; required for new co-workers.
    pub email: Option<String>,
    /// Role; required for new co-workers.
    pub role: Option<Role>,
    /// Personnel number.
    pub number: Option<Option<String>>,
    /// True if they may log in.
    pub active: Option<bool>,
    /// Their boss.
    pub boss: Option<Option<UserId>>,
    /// Their team.
    pub team: Option<Option<TeamId>>,
    /// Initials.
    pub initials: Option<String>,
    /// Language of the user interface.
    pub language: Option<Language>,
    /// Time zone, in which their days begin.
    pub zone: Option<Tz>,
    /// True if times are shown in the 12-hour format.
    pub twelve_hours: Option<bool>,
    /// True if their week begins on Monday.
    pub weekstart_monday: Option<bool>,
    /// True if their weekend is Friday and Saturday.
    pub weekend_friday: Option<bool>,
    /// 1 for a salary, 2 for an hourly wage.
    pub wage_type: Option<Option<u8>>,
    /// The last day on which they may no longer change entries.
    pub edit_lock: Option<Option<NaiveDate>>,
    /// Number of days, including today, on which they may change entries.
    pub edit_lock_days: Option<Option<u8>>,
    /// True if the company's edit lock applies instead of theirs.
    pub edit_lock_sync: Option<bool>,
    /// First day of work.
    pub start_date: Option<Option<NaiveDate>>,
    /// True if they receive budget notifications.
    pub budget_notifications: Option<bool>,
    /// True if they may add customers.
    pub can_add_customers: Option<bool>,
}

impl MasterData for User {
    type Patch = UserPatch;

    fn table(state: &State) -> &Table<Self> {
        &state.users
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_users
    }

    fn matches(&self, listing: &Listing) -> bool {
        let team = self.team.map(|team| team.0.0);
        listing.teams.as_ref().is_none_or(|teams| teams.contains(&team))
            && listing.admits(self.active, &self.name, self.number.as_deref())
    }

    fn sort_key(&self, state: &State, by: SortBy) -> SortKey {
        let team_name = || {
            let team = self.team.and_then(|team| state.teams.get(team));
            team.map(|team| team.name.to_lowercase()).unwrap_or_default()
        };
        match by {
            SortBy::Number => (0, self.number.clone().unwrap_or_default().to_lowercase()),
            SortBy::Role => (self.role as u64, String::new()),
            SortBy::TeamName => (0, team_name()),
            SortBy::Id | SortBy::Active | SortBy::Name => {
                usual_key(by, self.id.0.0, self.active, &self.name)
            }
        }
    }

    /// Adds a co-worker. Their API key is derived from their id.
    fn add(act: Act<'_>, patch: UserPatch) -> Result<UserId, Refusal> {
        let Act { state, ids, now, viewer } = act;
        manages(viewer)?;
        let name = patch.name.clone().ok_or_else(|| Problem::Missing.at(&["name"]))?;
        let email = patch.email.clone().ok_or_else(|| Problem::Missing.at(&["email"]))?;
        let role = patch.role.ok_or_else(|| Problem::Missing.at(&["role"]))?;
        let taken = |id| state.users.get(UserId(id)).is_some();
        let id = UserId(fresh(ids, "clockodo/users", FIRST, taken));
        let user = User {
            id,
            initials: name.split_whitespace().filter_map(|word| word.chars().next()).collect(),
            name,
            number: None,
            email: String::new(),
            api_key: format!("demo-clockodo-{id}"),
            role,
            access: Access::default(),
            active: true,
            team: None,
            language: viewer.language,
            zone: state.company.zone,
            twelve_hours: false,
            weekstart_monday: true,
            weekend_friday: false,
            wage_type: None,
            edit_lock: None,
            edit_lock_days: None,
            edit_lock_sync: Some(false),
            boss: None,
            start_date: None,
            budget_notifications: false,
            creator: Some(viewer.id),
            created: now.trunc_subsecs(0),
        };
        let user = apply(state, user, UserPatch { email: Some(email), ..patch })?;
        state.users.put(user);
        Ok(id)
    }

    /// Changes a co-worker. Callers who may not manage co-workers can change only their own
    /// preferences.
    fn edit(act: Act<'_>, id: UserId, patch: UserPatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let before = Arc::clone(Self::find(state, id)?);
        if manages(viewer).is_err() && (viewer.id != id || !patch.is_about_surface()) {
            return Err(Problem::Forbidden.into());
        }
        let user = apply(state, User::clone(&before), patch)?;
        if before.active && !user.active {
            let leads = state.users.iter().any(|other| other.boss == Some(id))
                || state.teams.iter().any(|team| team.leader == Some(id));
            if leads {
                return Err(Problem::BossCannotBeArchived.into());
            }
            if runs_on(state, |entry| entry.user == id) {
                return Err(Problem::RunningEntriesPreventArchiving.into());
            }
        }
        state.users.put(user);
        Ok(())
    }

    /// Deletes an archived co-worker. With force, deletes their entries too.
    fn delete(act: Act<'_>, id: UserId, deletion: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let user = Arc::clone(Self::find(state, id)?);
        manages(viewer)?;
        if viewer.id == id {
            return Err(Problem::UserCannotDeleteThemselves.into());
        }
        if user.role == Role::Owner && viewer.role != Role::Owner {
            return Err(Problem::OnlyOwnerCanDeleteOwner.into());
        }
        if user.active {
            return Err(Problem::HasToBeInactive.into());
        }
        let (entries, running) = entries_on(state, |mark| mark.user == id.0.0);
        if running {
            return Err(Problem::RunningEntriesPreventDeletion.into());
        }
        deletion.admits(vec![("entries", entries)])?;
        if deletion.dry_run {
            return Ok(());
        }
        delete_entries(state, |mark| mark.user == id.0.0);
        state.users.remove(id);
        Ok(())
    }
}

/// Checks that the caller manages co-workers.
///
/// # Errors
/// [`Problem::Forbidden`].
pub(super) fn manages(viewer: &User) -> Result<(), Refusal> {
    if viewer.rights().manage_users { Ok(()) } else { Err(Problem::Forbidden.into()) }
}

impl UserPatch {
    /// True if it changes only values that all co-workers may change of themselves.
    fn is_about_surface(&self) -> bool {
        let Self {
            name,
            email,
            role,
            number,
            active,
            boss,
            team,
            initials: _,
            language: _,
            zone: _,
            twelve_hours: _,
            weekstart_monday: _,
            weekend_friday: _,
            wage_type,
            edit_lock,
            edit_lock_days,
            edit_lock_sync,
            start_date,
            budget_notifications: _,
            can_add_customers,
        } = self;
        name.is_none()
            && email.is_none()
            && role.is_none()
            && number.is_none()
            && active.is_none()
            && boss.is_none()
            && team.is_none()
            && wage_type.is_none()
            && edit_lock.is_none()
            && edit_lock_days.is_none()
            && edit_lock_sync.is_none()
            && start_date.is_none()
            && can_add_customers.is_none()
    }
}

fn apply(state: &State, mut user: User, patch: UserPatch) -> Result<User, Refusal> {
    let UserPatch {
        name,
        email,
        role,
        number,
        active,
        boss,
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
        start_date,
        budget_notifications,
        can_add_customers,
    } = patch;
    if let Some(email) = email {
        let mut same = state.users.find(UserBy::Email(email.to_lowercase()));
        if same.any(|other| other.id != user.id) {
            return Err(Problem::EmailNotAvailable.with("resources", Detail::texts(["users"])));
        }
        user.email = email;
    }
    if let Some(Some(boss)) = boss {
        leader(state, "boss", boss)?;
    }
    if let Some(Some(team)) = team {
        state.teams.get(team).ok_or_else(|| Problem::NotFound.at(&["teams_id"]))?;
    }
    user.name = name.unwrap_or(user.name);
    user.role = role.unwrap_or(user.role);
    user.number = number.unwrap_or(user.number);
    user.active = active.unwrap_or(user.active);
    user.boss = boss.unwrap_or(user.boss);
    user.team = team.unwrap_or(user.team);
    user.initials = initials.unwrap_or(user.initials);
    user.language = language.unwrap_or(user.language);
    user.zone = zone.unwrap_or(user.zone);
    user.twelve_hours = twelve_hours.unwrap_or(user.twelve_hours);
    user.weekstart_monday = weekstart_monday.unwrap_or(user.weekstart_monday);
    user.weekend_friday = weekend_friday.unwrap_or(user.weekend_friday);
    user.wage_type = wage_type.unwrap_or(user.wage_type);
    user.edit_lock = edit_lock.unwrap_or(user.edit_lock);
    user.edit_lock_days = edit_lock_days.unwrap_or(user.edit_lock_days);
    user.edit_lock_sync = edit_lock_sync.or(user.edit_lock_sync);
    user.start_date = start_date.unwrap_or(user.start_date);
    user.budget_notifications = budget_notifications.unwrap_or(user.budget_notifications);
    user.access.add_customers = can_add_customers.unwrap_or(user.access.add_customers);
    Ok(user)
}

/// Checks that a co-worker can lead others.
///
/// # Errors
/// [`Problem::NotFound`] and [`Problem::HasToBeActive`].
pub(super) fn leader(state: &State, field: &'static str, id: UserId) -> Result<(), Refusal> {
    let user = state.users.get(id).ok_or_else(|| Problem::NotFound.at(&[field]))?;
    if user.active { Ok(()) } else { Err(Problem::HasToBeActive.at(&[field])) }
}
