//! Authentication: the headers `X-ClockodoApiUser` and `X-ClockodoApiKey`, or Basic with both.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::error::Error;
use super::limits;
use super::model::{Role, User, UserBy};
use super::rules::completion;
use super::rules::refusal::Problem;
use crate::http::context::Context;
use crate::http::headers;
use crate::http::query::QueryMap;
use crate::http::routes::FromCx;
use crate::http::surface::Login;
use crate::kernel::limits::Limit;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::world::World;

/// The header in which a client identifies itself.
const CLIENT: &str = "x-clockodo-external-application";

/// The calling co-worker. Answers contain only what they may see.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The co-worker.
    pub user: Arc<User>,
}

/// The key, with which the sandbox is found. The header takes precedence over Basic.
#[must_use]
pub fn secret(headers: &HeaderMap, _: &QueryMap) -> Option<String> {
    let key = headers::text(headers, "x-clockodoapikey");
    key.map(|key| key.trim().to_owned()).or_else(|| Some(headers::basic(headers)?.1))
}

/// Whether this key is somebody's.
#[must_use]
pub fn knows(world: &World, secret: &str) -> bool {
    world.clockodo.users.find(UserBy::Key(secret.to_owned())).next().is_some()
}

impl FromCx for Caller {
    type Rejection = Error;

    fn from_cx(cx: &Context) -> Result<Self, Error> {
        exists(cx)?;
        let root = cx.read();
        let state = &root.value.clockodo;
        let key = cx.secret().ok_or(Problem::Unauthenticated)?;
        let header = cx.header("x-clockodoapiuser").map(|email| email.trim().to_owned());
        let email = match cx.header("x-clockodoapikey") {
            Some(_) => header,
            None => headers::basic(&cx.headers).map(|(email, _)| email),
        };
        let email = email.ok_or(Problem::Unauthenticated)?.to_lowercase();
        if !email.is_ascii() {
            quirk!("CDO-075");
        }
        let user = state.users.find(UserBy::Key(key.to_owned())).next();
        let user = user.filter(|user| user.email.to_lowercase() == email && user.active);
        let user = user.ok_or(Problem::Unauthenticated)?;
        cx.note_person(&user.email);
        check_client_name(cx, root.value.settings.revision)?;
        let caller = Self { user: Arc::clone(user) };
        for limit in cx.budget(None) {
            caller.spend(cx, limit)?;
        }
        if completion::is_due(state, cx.now()) {
            cx.write::<(), Error>(|world| {
                completion::complete_due(&mut world.clockodo, cx.now());
                Ok(())
            })?;
        }
        Ok(caller)
    }
}

impl Caller {
    /// Takes one request from the budgets that a parameter adds.
    ///
    /// # Errors
    /// [`Error::Limited`].
    pub fn spend_for(&self, cx: &Context, parameter: &str) -> Result<(), Error> {
        cx.budget(Some(parameter)).try_for_each(|limit| self.spend(cx, limit))
    }

    /// Takes one request of `limit` from the co-worker's budget.
    fn spend(&self, cx: &Context, limit: &'static Limit) -> Result<(), Error> {
        let spent = cx.spend(limit, &self.user.email);
        spent.map_err(|after| Error::Limited { limit, after })
    }
}

/// Checks that the operation exists in the revision.
fn exists(cx: &Context) -> Result<(), Error> {
    let Some(only) = cx.operation().and_then(|operation| operation.revision) else { return Ok(()) };
    quirk!("CDO-038");
    if only == cx.revision() { Ok(()) } else { Err(Problem::NoRoute.into()) }
}

/// Checks that the client identifies itself.
fn check_client_name(cx: &Context, revision: Revision) -> Result<(), Error> {
    let name = cx.header(CLIENT).map(|name| name.trim().chars().count()).filter(|name| *name > 0);
    let fits = name.is_some_and(|name| name <= limits::CLIENT);
    if fits {
        return Ok(());
    }
    quirk!("CDO-013");
    if revision == Revision::Current {
        quirk!("CDO-015");
    }
    match (revision, name) {
        (Revision::Documented, _) => Ok(()),
        (Revision::Current, None) => Err(Problem::NoClient.into()),
        (Revision::Current, Some(_)) => Err(Problem::LongClient.into()),
    }
}

/// The vendor's name for a role.
#[must_use]
pub fn role_word(role: Role, revision: Revision) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager if revision == Revision::Documented => "manager",
        Role::Manager | Role::Worker => "worker",
    }
}

/// Credentials of all active co-workers, owners first.
#[must_use]
pub fn credentials(world: &World) -> Vec<Login> {
    let revision = world.settings.revision;
    let mut users: Vec<&Arc<User>> =
        world.clockodo.users.iter().filter(|user| user.active).collect();
    users.sort_by_key(|user| (user.role, user.id));
    users
        .into_iter()
        .map(|user| Login {
            person: user.email.clone(),
            name: user.name.clone(),
            role: role_word(user.role, revision).to_owned(),
            owner: user.role == Role::Owner,
            secret: user.api_key.clone(),
            headers: |login, secret| {
                let client = format!("timetwin;{}", login.person);
                let short = client.chars().count() <= limits::CLIENT;
                let client = if short { client } else { "timetwin".to_owned() };
                vec![
                    ("X-ClockodoApiUser", login.person.clone()),
                    ("X-ClockodoApiKey", secret.to_owned()),
                    ("X-Clockodo-External-Application", client),
                ]
            },
            query: |_| Vec::new(),
        })
        .collect()
}
