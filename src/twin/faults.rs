//! Setting a fault plan: what it names must exist.

use axum::http::Method;

use super::{Twin, TwinError};
use crate::http::surface::Mounted;
use crate::kernel::faults::{BadRule, Plan, Rule};

/// What a rule can name.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

impl Twin {
    /// Puts a fault plan in place of the one a sandbox has.
    ///
    /// # Errors
    /// There is no such sandbox, or a rule contradicts itself or names something that does not exist.
    pub fn set_faults(&self, name: &str, rules: Vec<Rule>) -> Result<(), TwinError> {
        let sandbox = self.sandbox(name)?;
        for (n, rule) in rules.iter().enumerate() {
            self.check(rule).map_err(|(field, message)| {
                let field = format!("rules[{n}].match.{field}");
                BadRule { field, message }
            })?;
        }
        *sandbox.faults() = Plan::new(rules)?;
        Ok(())
    }

    fn check(&self, rule: &Rule) -> Result<(), (&'static str, &'static str)> {
        let surface = rule.matching.surface.as_deref();
        let surfaces = self.mount().surfaces().iter();
        let surfaces: Vec<&Mounted> = surfaces
            .filter(|mounted| surface.is_none_or(|wanted| mounted.surface.name == wanted))
            .collect();
        if surfaces.is_empty() {
            return Err(("surface", "names no surface"));
        }
        let knows = |wanted: &str| {
            let mut routes = surfaces.iter().flat_map(|mounted| mounted.routes.list());
            routes.any(|route| route.operation.id == wanted)
        };
        if rule.matching.operation.as_deref().is_some_and(|wanted| !knows(wanted)) {
            return Err(("operation", "names no operation of the surface"));
        }
        let is_method =
            |text: &str| METHODS.iter().any(|method| method.as_str().eq_ignore_ascii_case(text));
        if rule.matching.method.as_deref().is_some_and(|method| !is_method(method)) {
            return Err(("method", "names no method"));
        }
        if rule.matching.path.as_deref().is_some_and(|path| !path.starts_with(['/', '*'])) {
            return Err(("path", "begins with / or *"));
        }
        Ok(())
    }
}
