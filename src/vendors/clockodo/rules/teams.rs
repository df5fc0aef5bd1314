//! Teams. Source: clockodo.md:5.3.

use std::collections::BTreeSet;

use super::master::{Act, Deletion, Listing, MasterData, SortBy, SortKey, fresh, usual_key};
use super::refusal::{Detail, Problem, Refusal, name_taken};
use super::users::{leader, manages};
use crate::kernel::table::Table;
use crate::vendors::clockodo::model::{State, Team, TeamId, User, UserBy, UserId};

/// Id of the first team that is added.
const FIRST: u64 = 8_001;

/// Changes of a team. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct TeamPatch {
    /// Name; required for new teams.
    pub name: Option<String>,
    /// Its leader.
    pub leader: Option<Option<UserId>>,
    /// Its co-workers.
    pub users: Option<Vec<UserId>>,
}

impl MasterData for Team {
    type Patch = TeamPatch;

    const HAS_RELATIONS: bool = false;

    fn table(state: &State) -> &Table<Self> {
        &state.teams
    }

    fn is_managed_by(viewer: &User) -> bool {
        viewer.rights().manage_users
    }

    fn matches(&self, listing: &Listing) -> bool {
        listing.admits(true, &self.name, None)
    }

    fn sort_key(&self, _: &State, by: SortBy) -> SortKey {
        usual_key(by, self.id.0.0, true, &self.name)
    }

    /// Adds a team.
    fn add(act: Act<'_>, patch: TeamPatch) -> Result<TeamId, Refusal> {
        let Act { state, ids, viewer, .. } = act;
        manages(viewer)?;
        if patch.name.is_none() {
            return Err(Problem::Missing.at(&["name"]));
        }
        let taken = |id| state.teams.get(TeamId(id)).is_some();
        let id = TeamId(fresh(ids, "clockodo/teams", FIRST, taken));
        set(state, Team { id, name: String::new(), leader: None }, patch)?;
        Ok(id)
    }

    /// Changes a team.
    fn edit(act: Act<'_>, id: TeamId, patch: TeamPatch) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        let team = Team::clone(Self::find(state, id)?);
        manages(viewer)?;
        set(state, team, patch)
    }

    /// Deletes a team. Its co-workers stay, without a team.
    fn delete(act: Act<'_>, id: TeamId, _: Deletion) -> Result<(), Refusal> {
        let Act { state, viewer, .. } = act;
        Self::find(state, id)?;
        manages(viewer)?;
        for member in members(state, id) {
            state.users.change(member, |user| user.team = None);
        }
        state.teams.remove(id);
        Ok(())
    }
}

/// The co-workers of a team.
#[must_use]
pub fn members(state: &State, id: TeamId) -> Vec<UserId> {
    state.users.find(UserBy::Team(id)).map(|user| user.id).collect()
}

fn set(state: &mut State, mut team: Team, patch: TeamPatch) -> Result<(), Refusal> {
    let TeamPatch { name, leader: leads, users } = patch;
    if let Some(name) = name {
        let mut same = state.teams.find(name.to_lowercase());
        if same.any(|other| other.id != team.id) {
            return Err(name_taken("team"));
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
            return Err(Problem::ResourcesNotFound.with("not_found_ids", Detail::Numbers(missing)));
        }
        let elsewhere = |user: &&UserId| {
            let team = state.users.get(**user).and_then(|user| user.team);
            team.is_some_and(|team| team != id)
        };
        let elsewhere: Vec<u64> = users.iter().filter(elsewhere).map(|id| id.0.0).collect();
        if !elsewhere.is_empty() {
            return Err(Problem::UserHasAnotherTeam.with("users_ids", Detail::Numbers(elsewhere)));
        }
        for member in members(state, id) {
            state.users.change(member, |user| user.team = None);
        }
        // Each once, however often it was named.
        for user in users.into_iter().collect::<BTreeSet<UserId>>() {
            state.users.change(user, |user| user.team = Some(id));
        }
    }
    state.teams.put(team);
    Ok(())
}
