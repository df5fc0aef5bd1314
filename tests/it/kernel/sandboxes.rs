//! Sandboxes: made at their first use, dropped when there is no room, and never seen by each other.

use std::time::Duration;

use timetwin::kernel::sandbox::{Bounds, MAIN, Origin, Refused, Sandbox, Sandboxes};

#[test]
fn sandboxes_fork_at_first_use_reset_and_make_room() {
    let all = Sandboxes::new(1, Bounds { sandboxes: 3, ..Bounds::default() });
    let one = all.enter("one", |_| true).unwrap();
    one.store
        .write::<_, ()>(|value| {
            *value += 10;
            Ok(())
        })
        .unwrap();
    assert_eq!(all.enter("two", |_| true).unwrap().store.read().value, 1, "a fork starts pristine");
    assert_eq!(all.enter("one", |_| true).unwrap().store.read().value, 11);
    one.reset();
    assert_eq!((one.store.read().value, one.store.read().version), (1, 0));
    let (fork, _) = all.create("one", Origin::grown(5)).unwrap();
    drop(one);
    let one = all.get("one").unwrap();
    fork.store
        .write::<_, ()>(|value| {
            *value = 6;
            Ok(())
        })
        .unwrap();
    fork.reset();
    assert_eq!(fork.store.read().value, 5, "reset leads back to what it was made with");
    // `one` is held, so `two` is the least recently used idle sandbox.
    all.enter("three", |_| true).unwrap();
    assert!(all.get("two").is_none() && all.get("one").is_some());
    let held = [all.enter("one", |_| true).unwrap(), all.enter("three", |_| true).unwrap()];
    assert_eq!(all.enter("four", |_| true).unwrap_err(), Refused::Full(3));
    drop(held);
    drop((one, fork));
    assert!(all.enter("four", |_| true).is_ok());
    assert_eq!(all.drop(MAIN).unwrap_err(), Refused::Main);
    assert_eq!(all.drop("nobody").unwrap_err(), Refused::Unknown);
    for name in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
        assert_eq!(all.enter(name, |_| true).unwrap_err(), Refused::BadName, "{name}");
    }
}

#[test]
fn a_sandbox_that_may_not_be_made_ends_with_its_request() {
    let all = Sandboxes::new(1, Bounds::default());
    let passing = all.enter("ghost", |value| *value == 2).unwrap();
    assert!(passing.is_passing() && passing.store.read().value == 1, "it looks pristine");
    passing
        .store
        .write::<_, ()>(|value| {
            *value = 7;
            Ok(())
        })
        .unwrap();
    assert_eq!(all.names(), [MAIN]);
    let made = all.enter("ghost", |value| *value == 1).unwrap();
    assert!(!made.is_passing() && made.store.read().value == 1, "nothing was left behind");
    assert_eq!(all.enter("a b", |_| false).unwrap_err(), Refused::BadName);
}

#[test]
fn a_sandbox_with_work_plans_or_checkpoints_makes_no_room() {
    let all = Sandboxes::new(1, Bounds { sandboxes: 4, ..Bounds::default() });
    let change = |name: &str| {
        let sandbox = all.enter(name, |_| true).unwrap();
        sandbox
            .store
            .write::<_, ()>(|value| {
                *value += 1;
                Ok(())
            })
            .unwrap();
    };
    change("work");
    all.enter("checkpoint", |_| true).unwrap().checkpoint("one").unwrap();
    all.enter("looked-at", |_| true).unwrap();
    change("next");
    assert_eq!(all.names(), ["checkpoint", MAIN, "next", "work"]);
    assert_eq!(all.enter("late", |_| true).unwrap_err(), Refused::Full(4));
    assert!(all.enter("late", |_| false).unwrap().is_passing(), "who makes nothing is answered");
}

#[test]
fn sandboxes_that_nobody_used_for_long_are_dropped_when_one_is_made() {
    let all = Sandboxes::new(1, Bounds { idle: Duration::ZERO, ..Bounds::default() });
    all.enter("left", |_| true).unwrap();
    let held = all.enter("held", |_| true).unwrap();
    assert_eq!(all.names(), ["held", "main"], "main stays, and so does what is in use");
    drop(held);
    all.create("new", Origin::grown(2)).unwrap();
    assert_eq!(all.names(), ["main", "new"]);
    let patient = Sandboxes::new(1, Bounds::default());
    patient.enter("one", |_| true).unwrap();
    patient.enter("two", |_| true).unwrap();
    assert_eq!(patient.names(), ["main", "one", "two"]);
}

#[test]
fn a_sandbox_dropped_while_in_use_is_finished_and_forgotten() {
    let all = Sandboxes::new(1, Bounds::default());
    let held = all.enter("one", |_| true).unwrap();
    all.drop("one").unwrap();
    let add = |sandbox: &Sandbox<i32>| {
        sandbox.store.write::<_, ()>(|value| {
            *value += 10;
            Ok(*value)
        })
    };
    assert_eq!(add(&held), Ok(11), "whoever is in it goes on");
    let fresh = all.enter("one", |_| true).unwrap();
    assert_eq!(fresh.store.read().value, 1, "the name leads to a fresh fork");
    assert_eq!(add(&held), Ok(21));
    assert_eq!(fresh.store.read().value, 1);
    drop(held);
    assert_eq!(all.names(), ["main", "one"]);
}
