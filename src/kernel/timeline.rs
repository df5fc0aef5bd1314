//! Events that time causes in a world, each at its own instant.
//!
//! An event knows when it is due next and what it does. To bring a world up to an instant, all due events
//! run in order, each with the clock set to its own instant.

use chrono::{DateTime, Utc};

/// A kind of event that time causes.
#[derive(Debug)]
pub struct TimedEvent<W> {
    /// Its name, for the log.
    pub name: &'static str,
    /// When the next one is due, if any.
    pub next: fn(&W) -> Option<DateTime<Utc>>,
    /// Runs everything of its kind that is due at an instant. Afterwards `next` is later.
    pub run: fn(&mut W, DateTime<Utc>),
}

/// All kinds of events that time causes.
pub type Timeline<W> = &'static [TimedEvent<W>];

/// Maximum number of events in one step. The rest run in the next.
pub const MOST: usize = 100_000;

/// Whether anything is due by `now`.
#[must_use]
pub fn is_due<W>(timeline: Timeline<W>, world: &W, now: DateTime<Utc>) -> bool {
    timeline.iter().any(|event| (event.next)(world).is_some_and(|at| at <= now))
}

/// Runs what is due by `now`, in order. `set_clock` sets the world's clock to the instant of an
/// event; `None` comes last and resets it.
pub fn settle<W>(
    timeline: Timeline<W>,
    world: &mut W,
    now: DateTime<Utc>,
    mut set_clock: impl FnMut(&mut W, Option<DateTime<Utc>>),
) {
    let mut done = None;
    for _ in 0..MOST {
        let next = timeline.iter().filter_map(|event| Some(((event.next)(world)?, event)));
        let Some((at, event)) = next.min_by_key(|(at, _)| *at).filter(|(at, _)| *at <= now) else {
            break;
        };
        // An overdue event runs late, but never before an event that has already run.
        let at = done.map_or(at, |done| at.max(done));
        done = Some(at);
        set_clock(world, Some(at));
        (event.run)(world, at);
    }
    if done.is_some() {
        set_clock(world, None);
    }
}
