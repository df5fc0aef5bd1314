//! Fault plans: which requests fail, and how. `http` applies the effects. Knows no HTTP: a request is a few
//! texts.
//!
//! A plan is a list of rules. The first rule that matches a request, and whose `when` holds, fires. Each
//! rule counts the requests that it matched, so a plan decides the same way on every run.

use std::time::Duration;

use chrono::TimeDelta;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::civil::parse_iso_span;

/// Maximum number of rules of a plan: each request looks at all of them.
pub const RULES: usize = 1000;
/// Maximum length of the texts of a rule, in bytes.
pub const TEXT: usize = 4096;
/// Maximum number of extra deliveries of a message.
pub const DUPLICATES: u32 = 10;
/// Maximum delay of an effect.
pub const LONGEST: Duration = Duration::from_hours(1);

/// The requests that a rule matches; an absent member matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// Name of a surface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
    /// Operation id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path without the sandbox's prefix; `*` stands for any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// E-mail of the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// The matching requests on which a rule fires; all of them when every member is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The first N.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Every N-th.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// Each with this probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Seed of the probability; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// The effects of a rule. They combine, unless they contradict each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Effect {
    /// This status with the vendor's own body for it, instead of the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's answer to too many requests, instead of the operation.
    #[serde(skip_serializing_if = "is_false")]
    pub rate_limited: bool,
    /// The connection is reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<Reset>,
    /// The answer is delayed by this.
    #[serde(skip_serializing_if = "Option::is_none", with = "iso")]
    pub delay: Option<Duration>,
    /// The answer is delayed by a random time, drawn for each request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_lognormal: Option<LogNormal>,
    /// The connection closes after this many bytes of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate: Option<usize>,
    /// The body is sent slowly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow: Option<Slow>,
    /// The answer has this content type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Webhooks that the request causes are delivered this many extra times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<u32>,
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// Before the operation runs. `true` in JSON.
    Before,
    /// After the operation, in place of the answer. `"after"` in JSON.
    After,
}

/// Delays of a log-normal distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Half of the delays are shorter.
    #[serde(with = "iso")]
    pub median: Duration,
    /// Standard deviation of the logarithm; with 0 every delay is the median.
    pub sigma: f64,
}

/// A slow body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// Bytes a second.
    pub bytes_per_second: u32,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The requests it matches.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// Those on which it fires.
    #[serde(default)]
    pub when: When,
    /// Its effects.
    pub effect: Effect,
}

/// The request that a plan decides on.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Name of the surface.
    pub surface: &'a str,
    /// Operation id, if a route matched.
    pub operation: Option<&'a str>,
    /// HTTP method.
    pub method: &'a str,
    /// Path without the sandbox's prefix.
    pub path: &'a str,
    /// Looks up the caller's e-mail; called only if a rule needs it.
    pub person: &'a dyn Fn() -> Option<String>,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its position in the plan, counted from 0.
    pub rule: usize,
    /// Its effects.
    pub effect: Effect,
    /// The delay of the answer.
    pub delay: Option<Duration>,
}

impl Hit {
    /// Whether the fault answers in place of the operation.
    #[must_use]
    pub fn is_instead(&self) -> bool {
        let Effect { status, rate_limited, reset, .. } = &self.effect;
        status.is_some() || *rate_limited || *reset == Some(Reset::Before)
    }
}

/// An invalid rule: the field and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {message}")]
pub struct BadRule {
    /// E.g. `rules[2].when.every`.
    pub field: String,
    /// The problem, for people.
    pub message: &'static str,
}

/// An ordered list of rules with their counts.
#[derive(Debug, Default)]
pub struct Plan {
    rules: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    rule: Rule,
    seen: u64,
    hits: u64,
    dice: ChaCha8Rng,
}

impl Plan {
    /// A plan of these rules, with all counts at 0.
    ///
    /// # Errors
    /// The first rule that contradicts itself.
    pub fn new(rules: Vec<Rule>) -> Result<Self, BadRule> {
        if rules.len() > RULES {
            return Err(BadRule { field: "rules".to_owned(), message: "has at most 1000 rules" });
        }
        for (n, rule) in rules.iter().enumerate() {
            check(rule).map_err(|(field, message)| {
                let field = format!("rules[{n}].{field}");
                BadRule { field, message }
            })?;
        }
        let armed = rules.into_iter().map(|rule| {
            let dice = ChaCha8Rng::seed_from_u64(rule.when.seed.unwrap_or(0));
            Armed { rule, seen: 0, hits: 0, dice }
        });
        Ok(Self { rules: armed.collect() })
    }

    /// The rules in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|armed| &armed.rule)
    }

    /// For each rule, the number of requests that it matched and that it fired on.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        self.rules.iter().map(|armed| (armed.seen, armed.hits))
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule that fires on this request.
    pub fn decide(&mut self, facts: Facts<'_>) -> Option<Hit> {
        for (n, armed) in self.rules.iter_mut().enumerate() {
            if !armed.rule.matching.fits(facts) {
                continue;
            }
            armed.seen += 1;
            if !armed.is_turn() {
                continue;
            }
            armed.hits += 1;
            let effect = armed.rule.effect.clone();
            let drawn = effect.delay_lognormal.map(|of| of.draw(&mut armed.dice));
            let delay = effect.delay.or(drawn);
            return Some(Hit { rule: n, effect, delay });
        }
        None
    }
}

impl Armed {
    fn is_turn(&mut self) -> bool {
        let When { first, every, probability, .. } = self.rule.when;
        first.is_none_or(|first| self.seen <= first)
            && every.is_none_or(|every| self.seen.is_multiple_of(every))
            && probability.is_none_or(|probability| uniform(&mut self.dice) < probability)
    }
}

impl Match {
    fn fits(&self, facts: Facts<'_>) -> bool {
        let Self { surface, operation, method, path, person } = self;
        surface.as_deref().is_none_or(|wanted| wanted == facts.surface)
            && operation.as_deref().is_none_or(|wanted| Some(wanted) == facts.operation)
            && method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(facts.method))
            && path.as_deref().is_none_or(|pattern| is_like(facts.path, pattern))
            && person.as_deref().is_none_or(|wanted| {
                (facts.person)().is_some_and(|person| person.eq_ignore_ascii_case(wanted))
            })
    }
}

impl LogNormal {
    fn draw(self, dice: &mut ChaCha8Rng) -> Duration {
        // Box-Muller: two uniform draws make one normal draw.
        let (radius, angle) = (1.0 - uniform(dice), uniform(dice));
        let normal = (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos();
        let seconds = self.median.as_secs_f64() * (self.sigma * normal).exp();
        Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST)
    }
}

/// A uniform draw from 0 to 1, 1 excluded.
fn uniform(dice: &mut ChaCha8Rng) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
    let bits = (dice.next_u64() >> 11) as f64;
    bits / 9_007_199_254_740_992.0
}

/// Whether `text` matches `pattern`, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

fn check(rule: &Rule) -> Result<(), (&'static str, &'static str)> {
    let Rule { matching, when: When { first, every, probability, seed }, effect } = rule;
    let Match { surface, operation, method, path, person } = matching;
    let mut texts = [surface, operation, method, path, person].into_iter().flatten();
    if texts.any(|text| text.len() > TEXT) {
        return Err(("match", "has texts of at most 4096 bytes"));
    }
    if [first.is_some(), every.is_some(), probability.is_some()].iter().filter(|is| **is).count()
        > 1
    {
        return Err(("when", "is one of `first`, `every` and `probability`"));
    }
    if *first == Some(0) {
        return Err(("when.first", "is 1 or more"));
    }
    if *every == Some(0) {
        return Err(("when.every", "is 1 or more"));
    }
    if probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
        return Err(("when.probability", "lies between 0 and 1"));
    }
    if seed.is_some() && probability.is_none() {
        return Err(("when.seed", "belongs to a `probability`"));
    }
    let Effect {
        status,
        rate_limited,
        reset,
        delay,
        delay_lognormal,
        truncate,
        slow,
        content_type,
        duplicate,
    } = effect;
    if *effect == Effect::default() {
        return Err(("effect", "says what happens"));
    }
    if [status.is_some(), *rate_limited, reset.is_some()].iter().filter(|is| **is).count() > 1 {
        return Err(("effect", "is one of `status`, `rate_limited` and `reset`"));
    }
    if status.is_some_and(|status| !(400..=599).contains(&status)) {
        return Err(("effect.status", "is an error, from 400 to 599"));
    }
    let shaped = truncate.is_some() || slow.is_some() || content_type.is_some();
    if reset.is_some() && shaped {
        return Err(("effect.reset", "leaves no body to change"));
    }
    if delay.is_some() && delay_lognormal.is_some() {
        return Err(("effect", "has one delay"));
    }
    if delay.is_some_and(|delay| delay > LONGEST) {
        return Err(("effect.delay", "is at most PT1H"));
    }
    if delay_lognormal.is_some_and(|LogNormal { sigma, median }| {
        !(0.0..=10.0).contains(&sigma) || median > LONGEST
    }) {
        return Err(("effect.delay_lognormal", "has a median up to PT1H and a sigma from 0 to 10"));
    }
    if slow.is_some_and(|slow| slow.bytes_per_second == 0) {
        return Err(("effect.slow.bytes_per_second", "is 1 or more"));
    }
    let is_header =
        |text: &String| !text.is_empty() && text.bytes().all(|b| (32..127).contains(&b));
    if content_type.as_ref().is_some_and(|text| !is_header(text)) {
        return Err(("effect.content_type", "is a media type like text/html"));
    }
    if duplicate.is_some_and(|more| !(1..=DUPLICATES).contains(&more)) {
        return Err(("effect.duplicate", "is from 1 to 10"));
    }
    Ok(())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_false(truth: &bool) -> bool {
    !truth
}

impl Serialize for Reset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Before => serializer.serialize_bool(true),
            Self::After => serializer.serialize_str("after"),
        }
    }
}

impl<'de> Deserialize<'de> for Reset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum In {
            Truth(bool),
            Word(String),
        }
        match In::deserialize(deserializer)? {
            In::Truth(true) => Ok(Self::Before),
            In::Word(word) if word == "after" => Ok(Self::After),
            _ => Err(serde::de::Error::custom("expected true or \"after\"")),
        }
    }
}

/// Durations as ISO 8601, to the millisecond.
mod iso {
    use super::{Deserialize, Deserializer, Duration, Serializer, TimeDelta, parse_iso_span};

    pub(super) trait Iso: Sized {
        fn text(&self) -> Option<String>;
        fn of(span: Duration) -> Self;
    }

    impl Iso for Duration {
        fn text(&self) -> Option<String> {
            Some(crate::kernel::civil::iso_span(
                TimeDelta::from_std(*self).unwrap_or(TimeDelta::MAX),
            ))
        }

        fn of(span: Duration) -> Self {
            span
        }
    }

    impl Iso for Option<Duration> {
        fn text(&self) -> Option<String> {
            self.as_ref().and_then(Iso::text)
        }

        fn of(span: Duration) -> Self {
            Some(span)
        }
    }

    pub(super) fn serialize<T: Iso, S: Serializer>(
        span: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match span.text() {
            Some(text) => serializer.serialize_str(&text),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, T: Iso, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span = parse_iso_span(&text).and_then(|span| span.to_std().ok());
        span.map(T::of).ok_or_else(|| serde::de::Error::custom("expected a duration like PT0.2S"))
    }
}
