//! An overlay that does not fit names file, line and field.

use super::with_overlay;

fn refused(text: &str) -> String {
    with_overlay(text).err().unwrap_or_else(|| panic!("it was planted: {text}")).to_string()
}

#[test]
fn references_that_lead_nowhere_are_named() {
    for (text, error) in [
        (r#"{"people": [{"who": "zoe"}]}"#, "1:21: people[0].who: there is no person 'zoe'"),
        (
            r#"{"people": [{"who": "anna", "boss": "zoe"}]}"#,
            "1:37: people[0].boss: there is no person 'zoe'",
        ),
        (
            r#"{"teams": [{"name": "A", "people": ["anna"]}, {"name": "B", "people": ["anna"]}]}"#,
            "1:72: teams[1].people[0]: a person has one team at most",
        ),
        (
            r#"{"customers": [{"client": "second"}]}"#,
            "1:27: customers[0].client: there is no customer 'second'",
        ),
        (
            r#"{"customers": [{"name": "Own"}]}"#,
            "1:16: customers[0]: a customer is a `client`, or has an `id` and a `name`",
        ),
        (
            r#"{"customers": [{"client": "first", "color": 10}]}"#,
            "1:45: customers[0].color: a colour is from 1 to 9",
        ),
        (
            r#"{"customers": [{"client": "first", "services": ["x"]}]}"#,
            "1:49: customers[0].services[0]: there is no service 'x'",
        ),
        (r#"{"projects": [{"key": "NWS"}]}"#, "1:23: projects[0].key: there is no project 'NWS'"),
        (
            r#"{"projects": [{"key": "DEMO", "customer": "x"}]}"#,
            "1:43: projects[0].customer: there is no customer 'x'",
        ),
        (
            r#"{"projects": [{"key": "DEMO", "budget": {"monetary": true, "hard": true, "amount": -1}}]}"#,
            "1:84: projects[0].budget.amount: an amount is from 0 to 99999999.99, in hundredths",
        ),
        (
            r#"{"projects": [{"key": "DEMO", "completed": true, "budget": {"monetary": true, "hard": true, "amount": 1}}]}"#,
            "1:44: projects[0].completed: it cannot be completed: The project can't be set to completed. At least one billable entry is required.",
        ),
        (
            r#"{"subprojects": [{"project": "X", "name": "Part"}]}"#,
            "1:30: subprojects[0].project: there is no project 'X'",
        ),
        (
            r#"{"services": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}"#,
            "1:48: services[1].id: this id comes twice",
        ),
        (
            r#"{"lumpsum_services": [{"id": "a", "name": "A", "price": 1, "unit": "fortnight"}]}"#,
            "1:68: lumpsum_services[0].unit: a unit has at most 6 characters",
        ),
        (
            r#"{"rates": [{"who": "zoe", "rate": 1}]}"#,
            "1:20: rates[0].who: there is no person 'zoe'",
        ),
        (
            r#"{"service_rules": [{"service": "x"}]}"#,
            "1:32: service_rules[0].service: there is no service 'x'",
        ),
        (r#"{"clocked": ["zoe"]}"#, "1:14: clocked[0]: there is no person 'zoe'"),
        (r#"{"billed": ["X"]}"#, "1:13: billed[0]: there is no project 'X'"),
        (
            r#"{"lumpsums": [{"who": "anna", "on": "DEMO", "days_ago": 1}]}"#,
            "1:15: lumpsums[0]: a lump sum has a `value`, or a `lumpsum_service` and an `amount`",
        ),
        (
            r#"{"lumpsums": [{"who": "anna", "on": "DEMO", "days_ago": 1, "lumpsum_service": "x", "amount": 1}]}"#,
            "1:79: lumpsums[0].lumpsum_service: there is no lump-sum service 'x'",
        ),
        (
            r#"{"company": {"default_service": "x"}}"#,
            "1:33: company.default_service: there is no service 'x'",
        ),
    ] {
        assert_eq!(refused(text), format!("clockodo.json:{error}"));
    }
}

#[test]
fn unknown_members_and_other_kinds_are_named() {
    let unknown = refused("{\n  \"people\": [\n    {\"who\": \"anna\", \"rank\": 1}\n  ]\n}");
    assert!(unknown.starts_with("clockodo.json:3:"), "{unknown}");
    assert!(unknown.contains("people[0].rank"), "{unknown}");
    let kind = refused(r#"{"people": [{"who": "anna", "edit_lock": "31.03.2026"}]}"#);
    assert!(kind.contains("people[0].edit_lock"), "{kind}");
}

#[test]
fn a_bare_account_needs_no_overlay_of_its_own() {
    assert!(with_overlay("{}").is_ok());
}
