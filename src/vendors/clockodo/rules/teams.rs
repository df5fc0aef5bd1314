//! Teams. Source: clockodo.md:5.3.

use std::sync::Arc;

use super::master::{Error, Listing, PeopleError, SortBy, fresh};
use super::users::{leader, manages};
use crate::kernel::ids::Ids;
use crate::vendors::clockodo::model::{State, Team, TeamId, User, UserBy, UserId};

/// First id of a team that is added.
const FIRST: u64 = 8_001;

/// What is set of a team; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct TeamPatch {
    /// Name; required for a new one.
    pub name: Option<String>,
    /// Who leads it.
    pub leader: Option<Option<UserId>>,
    /// Its co-workers.
    pub users: Option<Vec<UserId>>,
}

/// The team of this id.
///
/// # Errors
/// [`Error::NoSuch`].
pub fn find(state: &State, id: TeamId) -> Result<&Arc<Team>, Error> {
    state.teams.get(id).ok_or(Error::NoSuch)
}

/// The co-workers of a team.
#[must_use]
pub fn members(state: &State, id: TeamId) -> Vec<UserId> {
    state.users.find(UserBy::Team(id)).map(|user| user.id).collect()
}

/// The wanted teams.
#[must_use]
pub fn list<'a>(state: &'a State, viewer: &User, wanted: &Listing) -> Vec<&'a Arc<Team>> {
    let all = !wanted.managed || viewer.rights().manage_users;
    let admits = |row: &&Arc<Team>| all && wanted.admits(true, &row.name, None);
    let mut rows: Vec<&Arc<Team>> = state.teams.iter().filter(admits).collect();
    wanted.order(&mut rows, |row, by| match by {
        SortBy::Id => (row.id.0.0, String::new()),
        _ => (0, row.name.to_lowercase()),
    });
    rows
}

/// Adds a team.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::Empty`], and what does not fit.
pub fn add(
    state: &mut State,
    ids: &mut Ids,
    viewer: &User,
    patch: TeamPatch,
) -> Result<TeamId, Error> {
    manages(viewer)?;
    if patch.name.is_none() {
        return Err(Error::Empty("name"));
    }
    let taken = |id| state.teams.get(TeamId(id)).is_some();
    let id = TeamId(fresh(ids, "clockodo/teams", FIRST, taken));
    set(state, Team { id, name: String::new(), leader: None }, patch)?;
    Ok(id)
}

/// Changes a team.
///
/// # Errors
/// [`Error::NoSuch`], [`Error::Forbidden`], and what does not fit.
pub fn edit(state: &mut State, viewer: &User, id: TeamId, patch: TeamPatch) -> Result<(), Error> {
    let team = Team::clone(find(state, id)?);
    manages(viewer)?;
    set(state, team, patch)
}

fn set(state: &mut State, mut team: Team, patch: TeamPatch) -> Result<(), Error> {
    let TeamPatch { name, leader: leads, users } = patch;
    if let Some(name) = name {
        let mut same = state.teams.find(name.to_lowercase());
        if same.any(|other| other.id != team.id) {
            return Err(Error::NameTaken("team"));
        }
        team.name = name;
    }
    if let Some(leads) = leads {
        if let Some(user) = leads {
            leader(state, "leader", user)?;
        }
        team.leader = leads;
    }
    let id = team.id;
    if let Some(users) = users {
        let missing: Vec<u64> =
            users.iter().filter(|id| state.users.get(**id).is_none()).map(|id| id.0.0).collect();
        if !missing.is_empty() {
            return Err(PeopleError::NoUsers(missing).into());
        }
        let elsewhere = |user: &&UserId| {
            let team = state.users.get(**user).and_then(|user| user.team);
            team.is_some_and(|team| team != id)
        };
        let elsewhere: Vec<u64> = users.iter().filter(elsewhere).map(|id| id.0.0).collect();
        if !elsewhere.is_empty() {
            return Err(PeopleError::OtherTeam(elsewhere).into());
        }
        for member in members(state, id) {
            state.users.change(member, |user| user.team = None);
        }
        for user in users {
            state.users.change(user, |user| user.team = Some(id));
        }
    }
    state.teams.put(team);
    Ok(())
}

/// Deletes a team; its co-workers have none then.
///
/// # Errors
/// [`Error::NoSuch`] and [`Error::Forbidden`].
pub fn delete(state: &mut State, viewer: &User, id: TeamId) -> Result<(), Error> {
    find(state, id)?;
    manages(viewer)?;
    for member in members(state, id) {
        state.users.change(member, |user| user.team = None);
    }
    state.teams.remove(id);
    Ok(())
}
