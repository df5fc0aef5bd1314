//! What happens in a world by itself as time passes, each thing at its own instant.
//!
//! Whoever has something that happens later says when the next of it is due and does it when asked. A
//! world is brought up to an instant by doing all that is due, in order, with the clock showing the
//! instant of each.

use chrono::{DateTime, Utc};

/// A kind of thing that happens by itself.
#[derive(Debug)]
pub struct Happening<W> {
    /// What it is, for the log.
    pub name: &'static str,
    /// When the next one is due, if there is one.
    pub next: fn(&W) -> Option<DateTime<Utc>>,
    /// Does everything of its kind that is due at an instant. Afterwards `next` is later.
    pub happen: fn(&mut W, DateTime<Utc>),
}

/// Everything that happens by itself.
pub type Timeline<W> = &'static [Happening<W>];

/// Most things that happen on one step. Whoever is not done then is asked again on the next.
const MOST: usize = 100_000;

/// Whether anything is due by `now`.
#[must_use]
pub fn is_due<W>(timeline: Timeline<W>, world: &W, now: DateTime<Utc>) -> bool {
    timeline.iter().any(|happening| (happening.next)(world).is_some_and(|at| at <= now))
}

/// Does what is due by `now`, in order. `show` makes the world's clock show an instant, or is told that
/// everything has happened.
pub fn settle<W>(
    timeline: Timeline<W>,
    world: &mut W,
    now: DateTime<Utc>,
    mut show: impl FnMut(&mut W, Option<DateTime<Utc>>),
) {
    let mut done = None;
    for _ in 0..MOST {
        let next =
            timeline.iter().filter_map(|happening| Some(((happening.next)(world)?, happening)));
        let Some((at, happening)) = next.min_by_key(|(at, _)| *at).filter(|(at, _)| *at <= now)
        else {
            break;
        };
        // What was overlooked happens late rather than before something that has happened already.
        let at = done.map_or(at, |done| at.max(done));
        done = Some(at);
        show(world, Some(at));
        (happening.happen)(world, at);
    }
    if done.is_some() {
        show(world, None);
    }
}
