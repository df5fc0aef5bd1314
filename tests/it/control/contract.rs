//! What is promised, decided, declined and covered.

use std::collections::BTreeSet;

use serde_json::json;
use timetwin::contract;
use timetwin::vendors::SURFACES;

use super::problem;
use crate::support::TestTwin;

#[test]
fn the_contract_is_served_with_this_server_first() {
    let twin = TestTwin::studio();
    for surface in SURFACES {
        let served = twin.get(&format!("/_twin/contract/{}.json", surface.name));
        assert_eq!(served.status, 200);
        let mut served = served.json();
        let servers = served["servers"].as_array_mut().unwrap();
        let own = servers.remove(0);
        let base = surface.bases[0].1;
        assert_eq!(own["url"], format!("http://twin.example{base}"));
        for item in served["paths"].as_object_mut().unwrap().values_mut() {
            // Paths with a server of their own are served here too.
            let Some(servers) = item.get_mut("servers").and_then(|list| list.as_array_mut()) else {
                continue;
            };
            let own = servers.remove(0);
            assert!(own["url"].as_str().unwrap().starts_with("http://twin.example"), "{own}");
        }
        assert_eq!(served, contract::openapi(surface.name).unwrap(), "the rest is the file");
    }
    problem(&twin.get("/_twin/contract/fax.json"), 404);
    problem(&twin.get("/_twin/contract/clockwork.yaml"), 404);
    problem(&twin.get("/_twin/contract/clockwork"), 404);
}

#[test]
fn quirks_are_served() {
    let twin = TestTwin::studio();
    let quirks = twin.get("/_twin/contract/clockwork/quirks").json();
    let wanted = contract::quirks("clockwork").unwrap();
    assert_eq!(quirks, serde_json::to_value(wanted).unwrap());
    assert!(quirks[0]["id"].as_str().unwrap().starts_with("CWK-"));
    problem(&twin.get("/_twin/contract/fax/quirks"), 404);
}

#[test]
fn limits_list_rates_and_every_operation_served_or_declined() {
    let twin = TestTwin::studio();
    for surface in SURFACES {
        let limits = twin.get(&format!("/_twin/contract/{}/limits", surface.name)).json();
        let rates: Vec<_> = surface.limits.iter().map(|limit| limit.id).collect();
        let shown = limits["rate_limits"].as_array().unwrap();
        assert_eq!(shown.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>(), rates);
        assert_eq!(rates.iter().collect::<BTreeSet<_>>().len(), rates.len(), "ids are unique");
        for (row, limit) in shown.iter().zip(surface.limits) {
            assert_eq!(row["requests"], limit.requests);
            assert!(row["per"].as_str().unwrap().starts_with("PT"), "{row}");
            assert!(["bucket", "window"].contains(&row["kind"].as_str().unwrap()));
            assert_eq!(row["source"], limit.source);
        }
        let operations = limits["operations"].as_array().unwrap();
        let served = contract::operations(surface.name).count();
        let declined = contract::declined(surface.name).count();
        assert_eq!(operations.iter().filter(|row| row["served"] == true).count(), served);
        assert_eq!(operations.iter().filter(|row| row["served"] == false).count(), declined);
        assert!(operations.iter().all(|row| row["source"].is_string()
            && (row["served"] == true) == row.get("reason").is_none()));
    }
    let limits = twin.get("/_twin/contract/clockwork/limits").json();
    assert_eq!(
        limits["operations"][0],
        json!({
            "operation": "listWorklogs", "method": "GET", "path": "/worklogs", "served": true,
            "source": "000:57", "scope": null, "budget": [], "plan": [], "revision": null,
            "cost": "long",
        })
    );
    problem(&twin.get("/_twin/contract/fax/limits"), 404);
}

#[test]
fn coverage_lists_every_operation_with_its_cases() {
    let coverage = TestTwin::studio().get("/_twin/coverage").json();
    let text = contract::text("untested.txt").unwrap();
    let listed: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(coverage["untested"], json!(listed));
    for surface in SURFACES {
        let shown = coverage["surfaces"][surface.name]["operations"].as_array().unwrap();
        assert_eq!(shown.len(), contract::operations(surface.name).count());
        for row in shown {
            assert!(row["exercised"]["steps"].as_u64().unwrap() > 0, "{row}");
            assert!(row["contract"]["operation"].is_string());
        }
        assert!(coverage["surfaces"][surface.name]["quirks"].as_u64().unwrap() > 0);
    }
}
