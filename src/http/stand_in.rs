//! Takes whoever calls with an unknown credential for one person, for clients that are configured with a real one. What
//! they sent is dropped before anything else sees it.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};

use super::mount::split_suffix;
use super::query::QueryMap;
use super::surface::Surface;
use crate::world::World;

/// Replaces a credential that nobody has in `world` by that of `person`. A request without one stays as it is.
pub(super) fn stand_in(parts: &mut Parts, surface: &Surface, world: &World, person: &str) {
    let query = QueryMap::parse(parts.uri.query().unwrap_or_default());
    let (secret, suffix) = split_suffix((surface.secret)(&parts.headers, &query));
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
        let text = match kept.is_empty() {
            true => parts.uri.path().to_owned(),
            false => format!("{}?{}", parts.uri.path(), kept.join("&")),
        };
        let mut uri = parts.uri.clone().into_parts();
        uri.path_and_query = text.parse().ok();
        if let Ok(uri) = Uri::from_parts(uri) {
            parts.uri = uri;
        }
    }
}
