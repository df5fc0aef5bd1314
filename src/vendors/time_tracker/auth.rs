//! Authentication: `Authorization: Apikey KEY`, Basic `Apikey:KEY`, or the query parameter `Apikey`.

use axum::http::HeaderMap;

use super::rules::refusal::Refusal;
use crate::http::context::Context;
use crate::http::headers;
use crate::http::query::QueryMap;
use crate::http::routes::FromCx;
use crate::http::surface::Login;
use crate::vendors::jira::model::User;
use crate::world::World;

/// The key's user. Answers show what this user may see.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user: User,
}

/// The key as sent, with the sandbox's name. The header takes precedence over the query.
#[must_use]
pub fn secret(headers: &HeaderMap, query: &QueryMap) -> Option<String> {
    let parameter = query.first("Apikey").map(str::to_owned);
    let Some(value) = headers::text(headers, "authorization") else {
        return parameter;
    };
    let (scheme, rest) = value.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("Apikey") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("Basic") {
        return parameter;
    }
    let (name, key) = headers::basic(headers)?;
    name.eq_ignore_ascii_case("Apikey").then_some(key)
}

/// Whether this key is somebody's.
#[must_use]
pub fn knows(world: &World, secret: &str) -> bool {
    world.time_tracker.keys.find(secret.to_owned()).next().is_some()
}

impl FromCx for Caller {
    type Rejection = Refusal;

    fn from_cx(cx: &Context) -> Result<Self, Refusal> {
        let root = cx.read();
        let world = &root.value;
        let key = cx.secret().ok_or(Refusal::Unauthenticated)?;
        let known = world.time_tracker.keys.find(key.to_owned()).next();
        let id = known.ok_or(Refusal::Unauthenticated)?.user;
        let user = world.jira.users.get(id).ok_or(Refusal::Unauthenticated)?;
        cx.note_person(&user.email);
        if !user.active {
            return Err(Refusal::Inactive);
        }
        Ok(Self { user: User::clone(user) })
    }
}

/// The credentials of all users.
#[must_use]
pub fn credentials(world: &World) -> Vec<Login> {
    let mut keys: Vec<_> = world.time_tracker.keys.iter().collect();
    keys.sort_by_key(|key| (key.user, key.id));
    keys.into_iter()
        .filter_map(|key| Some((&key.secret, world.jira.users.get(key.user)?)))
        .filter(|(_, user)| user.active)
        .enumerate()
        .map(|(n, (key, user))| Login {
            person: user.email.clone(),
            name: user.name.clone(),
            role: "user".to_owned(),
            owner: n == 0,
            secret: key.clone(),
            headers: |_, secret| vec![("Authorization", format!("Apikey {secret}"))],
            query: |secret| vec![("Apikey", secret.to_owned())],
        })
        .collect()
}
