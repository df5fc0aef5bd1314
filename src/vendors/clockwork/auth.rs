//! Authentication: `Authorization: Token <token>`, `Token token="<token>"` or `Bearer <token>`.

use axum::http::HeaderMap;

use super::rules::refusal::Refusal;
use crate::http::context::Context;
use crate::http::headers;
use crate::http::query::QueryMap;
use crate::http::routes::FromCx;
use crate::http::surface::Login;
use crate::quirk;
use crate::vendors::jira::model::User;
use crate::world::World;

/// The owner of the token. Requests act as this user.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The owner.
    pub user: User,
}

/// The token as sent, with the sandbox's name.
#[must_use]
pub fn secret(headers: &HeaderMap, _: &QueryMap) -> Option<String> {
    let value = headers::text(headers, "authorization")?;
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    let bearer = scheme.eq_ignore_ascii_case("Bearer");
    if !bearer && !scheme.eq_ignore_ascii_case("Token") {
        return None;
    }
    // Rails accepts options after `token="…"`; clients also send the bare token.
    let token = match rest.strip_prefix("token=") {
        Some(rest) => rest.split([',', ';']).next().unwrap_or_default().trim().trim_matches('"'),
        None => rest.trim_matches('"'),
    };
    (!token.is_empty()).then(|| token.trim().to_owned())
}

/// Whether this token is somebody's.
#[must_use]
pub fn knows(world: &World, secret: &str) -> bool {
    world.clockwork.tokens.find(secret.to_owned()).next().is_some()
}

impl FromCx for Caller {
    type Rejection = Refusal;

    fn from_cx(cx: &Context) -> Result<Self, Refusal> {
        let root = cx.read();
        let world = &root.value;
        let token = cx.secret().ok_or(Refusal::Unauthenticated)?;
        let known = world.clockwork.tokens.find(token.to_owned()).next();
        let id = known.ok_or(Refusal::Unauthenticated)?.user;
        let user = world.jira.users.get(id).ok_or(Refusal::Unauthenticated)?;
        cx.note_person(&user.email);
        if cx
            .header("authorization")
            .is_some_and(|value| value.trim_start().starts_with(['B', 'b']))
        {
            quirk!("CWK-012");
        }
        if !user.active {
            return Err(Refusal::Forbidden);
        }
        Ok(Self { user: User::clone(user) })
    }
}

/// The credentials of all users.
#[must_use]
pub fn credentials(world: &World) -> Vec<Login> {
    let mut tokens: Vec<_> = world.clockwork.tokens.iter().collect();
    tokens.sort_by_key(|token| (token.user, token.id));
    tokens
        .into_iter()
        .filter_map(|token| Some((&token.secret, world.jira.users.get(token.user)?)))
        .filter(|(_, user)| user.active)
        .enumerate()
        .map(|(n, (token, user))| Login {
            person: user.email.clone(),
            name: user.name.clone(),
            role: "user".to_owned(),
            owner: n == 0,
            secret: token.clone(),
            headers: |_, secret| vec![("Authorization", format!("Token {secret}"))],
            query: |_| Vec::new(),
        })
        .collect()
}
