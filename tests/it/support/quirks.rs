//! An answer goes through the branches of its own operation's quirks and of no other's.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use timetwin::contract;
use timetwin::vendors::SURFACES;

/// Fails the test unless each of these quirks is one of the operation.
pub(super) fn check(surface: &str, operation: &str, touched: &[&str], asked: &str) {
    for id in touched {
        let Some((owner, operations)) = known().get(*id) else {
            panic!("{asked}: {operation} carries {id}, which is in no quirks.toml");
        };
        assert_eq!(owner, &surface, "{asked}: {operation} carries {id}");
        if std::env::var("QUIRKS").is_ok()
            && !operations.iter().any(|known| known == "*" || known == operation)
        {
            use std::io::Write as _;
            let mut f = std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open("/tmp/walls-quirks.txt")
                .unwrap();
            writeln!(f, "{id}\t{operation}\t{operations:?}\t{asked}").unwrap();
            continue;
        }
        assert!(
            operations.iter().any(|known| known == "*" || known == operation),
            "{asked}: {operation} went through a branch of {id}, which names {operations:?}"
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
