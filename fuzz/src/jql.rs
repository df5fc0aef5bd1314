//! Searches in JQL.

use timetwin::kernel::revision::Revision;
use timetwin::vendors::jira::rules::jql::{Query, matches, parse};
use timetwin::world::World;

use super::stage::Stage;

thread_local! {
    static WORLD: World = Stage::new(Revision::Documented).world();
}

/// A search is read or refused with a reason; its negation finds the other issues.
pub fn holds(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let query = match parse(&text) {
        Ok(query) => query,
        Err(error) => {
            assert!(error.to_string().len() > "JQL: ".len());
            return;
        }
    };
    WORLD.with(|world| {
        let not = Query::Not(Box::new(query.clone()));
        for issue in world.jira.issues.iter() {
            assert_ne!(matches(&query, &world.jira, issue), matches(&not, &world.jira, issue));
        }
    });
}
