//! Request bodies about the members of a project.

use serde::Deserialize;

use crate::http::body::Field;
use crate::kernel::ids::Hex24;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::rules::projects::NewMember;
use crate::vendors::clockify::wire::body::Object;
use crate::vendors::clockify::wire::loose::{LooseBool, Text};
use crate::vendors::clockify::wire::money::RateIn;
use crate::vendors::clockify::wire::tasks::rate;

/// A person or group to be a member. Source: 001:593-598.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MembershipIn {
    user_id: Field<Text>,
    hourly_rate: Field<Object<RateIn>>,
    cost_rate: Field<Object<RateIn>>,
}

impl MembershipIn {
    pub(super) fn member(self) -> Result<NewMember, Refusal> {
        let Self { user_id, hourly_rate, cost_rate } = self;
        let id = user_id.value().ok_or(Refusal::NotNull)?;
        Ok(NewMember { id: id_of(&id)?, hourly: rate(hourly_rate)?, cost: rate(cost_rate)? })
    }
}

/// The body that replaces all members. Source: 001:591-600, clockify.md:4.3.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MembershipsIn {
    memberships: Field<Vec<Object<MembershipIn>>>,
    user_groups: Field<Object<GroupsIn>>,
}

impl MembershipsIn {
    /// The people and groups.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] if both are absent, [`Refusal::NotMember`] for invalid ids.
    pub fn members(self) -> Result<Vec<NewMember>, Refusal> {
        let Self { memberships, user_groups } = self;
        let (memberships, groups) = (memberships.value(), user_groups.value());
        if memberships.is_none() && groups.is_none() {
            return Err(Refusal::NotNull);
        }
        let people = memberships.unwrap_or_default().into_iter().map(|one| one.0.member());
        let groups = groups.map(|groups| groups.0.ids()).transpose()?.unwrap_or_default();
        people.chain(groups.into_iter().map(|id| Ok(NewMember::new(id)))).collect()
    }
}

/// Groups in the form of a filter. `contains` and `status` have no effect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GroupsIn {
    ids: Field<Vec<Text>>,
}

impl GroupsIn {
    fn ids(self) -> Result<Vec<Hex24>, Refusal> {
        let Self { ids } = self;
        ids.value().unwrap_or_default().iter().map(id_of).collect()
    }
}

/// The body that adds or removes people and groups. Source: clockify.md:4.3.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MembersIn {
    user_ids: Field<Vec<Text>>,
    user_groups: Field<Object<GroupsIn>>,
    remove: Field<LooseBool>,
}

impl MembersIn {
    /// The ids, and `true` to remove them.
    ///
    /// # Errors
    /// [`Refusal::NotNull`] if both lists are absent, [`Refusal::NotMember`] for invalid ids.
    pub fn parts(self) -> Result<(Vec<Hex24>, bool), Refusal> {
        let Self { user_ids, user_groups, remove } = self;
        let (people, groups) = (user_ids.value(), user_groups.value());
        if people.is_none() && groups.is_none() {
            return Err(Refusal::NotNull);
        }
        let people = people.unwrap_or_default();
        let mut ids = people.iter().map(id_of).collect::<Result<Vec<_>, _>>()?;
        ids.extend(groups.map(|groups| groups.0.ids()).transpose()?.unwrap_or_default());
        Ok((ids, remove.value().is_some_and(|remove| remove.0)))
    }
}

fn id_of(text: &Text) -> Result<Hex24, Refusal> {
    text.0.parse().map_err(|_| Refusal::NotMember)
}
