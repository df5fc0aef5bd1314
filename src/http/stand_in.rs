//! Takes whoever calls with an unknown credential for one person, for clients that are configured with a real one. What
//! they sent is dropped before anything else sees it.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};

use super::surface::Surface;
use crate::world::World;

/// Replaces a credential, of the secret and the name of a sandbox, that nobody has in `world` by that of `person`. A request
/// without one stays as it is.
pub(super) fn stand_in(
    parts: &mut Parts,
    surface: &Surface,
    (secret, suffix): (Option<String>, Option<String>),
    world: &World,
    person: &str,
) {
    if secret.is_none() || surface.is_known(world, secret.as_deref()) {
        return;
    }
    let logins = (surface.credentials)(world);
    let Some(login) = logins.into_iter().find(|login| login.person == person) else { return };
    let own = match suffix {
        Some(suffix) => format!("{}~{suffix}", login.secret),
        None => login.secret.clone(),
    };
    parts.headers.remove(AUTHORIZATION);
    for (name, value) in (login.headers)(&login, &own) {
        // Others, such as the name of the client, are the client's own.
        if !value.contains(&own) && value != login.person {
            continue;
        }
        let (name, value) = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = (name, value) {
            parts.headers.insert(name, value);
        }
    }
    let secrets: Vec<&str> = surface.secret_parameters.to_vec();
    let sent = parts.uri.query().unwrap_or_default();
    let is_secret = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        secrets.iter().any(|secret| secret.eq_ignore_ascii_case(name))
    };
    if sent.split('&').any(|pair| is_secret(&pair)) {
        let kept: Vec<&str> = sent.split('&').filter(|pair| !is_secret(pair)).collect();
        let path = parts.uri.path();
        let text =
            if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
        let mut uri = parts.uri.clone().into_parts();
        uri.path_and_query = text.parse().ok();
        if let Ok(uri) = Uri::from_parts(uri) {
            parts.uri = uri;
        }
    }
}
