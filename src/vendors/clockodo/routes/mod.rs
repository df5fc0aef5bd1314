//! Clockodo's operations, a line each.

mod entries;

use axum::http::Method;

use super::error::{self, Error};
use super::{auth, limits};
use crate::http::routes::Routes;
use crate::http::surface::Surface;

/// Clockodo.
pub const SURFACE: Surface = Surface {
    name: "clockodo",
    hosts: &["my.clockodo.com"],
    locate,
    loose_slashes: true,
    secret: auth::secret,
    secret_parameters: &[],
    max_body: limits::BODY,
    limits: &limits::EVERY,
    routes,
    credentials: auth::credentials,
    fault: error::fault,
    bases: &[("base_url", "/api")],
};

/// The versions of the API and what has none; the rest of the first version only under the vendor's own
/// host, because other vendors have paths below `/api` too.
fn locate(own_host: bool, path: &str) -> Option<String> {
    let first = path.strip_prefix("/api/").unwrap_or_default().split('/').next()?;
    let ours = matches!(first, "v2" | "v3" | "v4" | "entries" | "targethours" | "userreports");
    (own_host || ours).then(|| path.to_owned())
}

/// The route list.
#[must_use]
pub fn routes() -> Routes {
    Routes::new::<Error>()
        .on(Method::GET, "/api/v2/entries", "listEntries", entries::list_entries)
        .on(Method::POST, "/api/v2/entries", "addEntry", entries::add_entry)
        .on(Method::GET, "/api/v2/entries/{id}", "getEntry", entries::get_entry)
        .on(Method::PUT, "/api/v2/entries/{id}", "editEntry", entries::edit_entry)
        .on(Method::DELETE, "/api/v2/entries/{id}", "deleteEntry", entries::delete_entry)
}
