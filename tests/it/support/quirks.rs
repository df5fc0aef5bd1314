//! An answer goes through the branches of its own operation's quirks and of no other's.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use timetwin::contract;
use timetwin::vendors::SURFACES;

/// Fails the test unless each touched quirk belongs to the surface and names the operation, if the answer
/// is that of an operation.
pub(super) fn check(surface: &str, operation: Option<&str>, touched: &[&str], request: &str) {
    for id in touched {
        let Some((owner, operations)) = known().get(*id) else {
            panic!("{request} touched {id}, which is in no quirks.toml");
        };
        assert_eq!(owner, &surface, "{request} touched {id} of another surface");
        let Some(operation) = operation else { continue };
        assert!(
            operations.iter().any(|known| known == "*" || known == operation),
            "{request}: {operation} touched {id}, whose operations are {operations:?}"
        );
    }
}

/// Surface and operations of each quirk.
fn known() -> &'static BTreeMap<String, (&'static str, Vec<String>)> {
    static KNOWN: OnceLock<BTreeMap<String, (&'static str, Vec<String>)>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let quirks = SURFACES.iter().flat_map(|surface| {
            let quirks = contract::quirks(surface.name).unwrap().into_iter();
            quirks.map(|quirk| {
                let operations = quirk.operation.split(',').map(|name| name.trim().to_owned());
                (quirk.id, (surface.name, operations.collect()))
            })
        });
        quirks.collect()
    })
}

#[test]
#[should_panic(expected = "getTag touched CFY-018, whose operations are")]
fn a_quirk_of_other_operations_is_named() {
    check("clockify", Some("getTag"), &["CFY-018"], "GET /tags/1");
}

#[test]
#[should_panic(expected = "touched CDO-001 of another surface")]
fn a_quirk_of_another_surface_is_named() {
    check("clockify", None, &["CDO-001"], "GET /nowhere");
}
