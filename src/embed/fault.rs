//! Fault rules, written with types.

use std::time::Duration;

use crate::kernel::faults::{LogNormal, Reset, Rule, Slow};

/// Which requests a fault is for. Without a word on a property, all values of it.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "an effect makes it a fault"]
pub struct Requests(Rule);

/// A rule of a fault plan: which requests, and what happens to them.
///
/// ```
/// use std::time::Duration;
/// use timetwin::embed::Fault;
///
/// let busy = Fault::first(1).rate_limited();
/// let outage = Fault::on("clockify").operation("createTimeEntry").every(3).status(503);
/// let flaky = Fault::probability(0.2, 7).delay(Duration::from_millis(200)).truncate(100);
/// # let _ = (busy, outage, flaky);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "it fires once a sandbox has it"]
pub struct Fault(Rule);

impl Fault {
    /// A fault of every request.
    pub fn always() -> Requests {
        Requests::default()
    }

    /// A fault of the requests of a surface.
    pub fn on(surface: &str) -> Requests {
        Requests::default().on(surface)
    }

    /// A fault of the requests of an operation.
    pub fn operation(id: &str) -> Requests {
        Requests::default().operation(id)
    }

    /// A fault of the first `count` requests.
    pub fn first(count: u64) -> Requests {
        Requests::default().first(count)
    }

    /// A fault of each `nth` request.
    pub fn every(nth: u64) -> Requests {
        Requests::default().every(nth)
    }

    /// A fault of each request with this probability; the same seed draws the same requests.
    pub fn probability(probability: f64, seed: u64) -> Requests {
        Requests::default().probability(probability, seed)
    }
}

impl Requests {
    /// Of a surface.
    pub fn on(mut self, surface: &str) -> Self {
        self.0.matching.surface = Some(surface.to_owned());
        self
    }

    /// Of an operation.
    pub fn operation(mut self, id: &str) -> Self {
        self.0.matching.operation = Some(id.to_owned());
        self
    }

    /// With this HTTP method.
    pub fn method(mut self, method: &str) -> Self {
        self.0.matching.method = Some(method.to_owned());
        self
    }

    /// With this path; `*` stands for any text.
    pub fn path(mut self, path: &str) -> Self {
        self.0.matching.path = Some(path.to_owned());
        self
    }

    /// By this person, by e-mail.
    pub fn person(mut self, email: &str) -> Self {
        self.0.matching.person = Some(email.to_owned());
        self
    }

    /// The first `count` of them.
    pub fn first(mut self, count: u64) -> Self {
        self.0.when.first = Some(count);
        self
    }

    /// Each `nth` of them.
    pub fn every(mut self, nth: u64) -> Self {
        self.0.when.every = Some(nth);
        self
    }

    /// Each of them with this probability; the same seed draws the same requests.
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.0.when.probability = Some(probability);
        self.0.when.seed = Some(seed);
        self
    }
}

/// What can happen to requests, as the first effect of a fault or as one more.
macro_rules! effects {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) $member:ident = $value:expr;)*) => {
        impl Requests {$(
            $(#[$doc])*
            pub fn $name(self, $($argument: $type),*) -> Fault {
                Fault(self.0).$name($($argument),*)
            }
        )*}

        impl Fault {$(
            $(#[$doc])*
            pub fn $name(mut self, $($argument: $type),*) -> Self {
                self.0.effect.$member = $value;
                self
            }
        )*}
    };
}

effects! {
    /// Answers this status with the vendor's body for it, instead of the operation.
    status(status: u16) status = Some(status);
    /// Answers that there were too many requests, as the vendor does.
    rate_limited() rate_limited = true;
    /// Resets the connection instead of running the operation.
    reset() reset = Some(Reset::Before);
    /// Runs the operation, then resets the connection instead of answering.
    reset_after() reset = Some(Reset::After);
    /// Delays the answer.
    delay(delay: Duration) delay = Some(delay);
    /// Delays the answer by a time drawn for each request from a log-normal distribution.
    delay_lognormal(median: Duration, sigma: f64) delay_lognormal = Some(LogNormal { median, sigma });
    /// Ends the connection after this many bytes of the body.
    truncate(bytes: usize) truncate = Some(bytes);
    /// Sends the body slowly.
    slow(bytes_per_second: u32) slow = Some(Slow { bytes_per_second });
    /// Claims that the body is of this type.
    content_type(kind: &str) content_type = Some(kind.to_owned());
    /// Delivers webhooks that the request causes this many times more.
    duplicate(more: u32) duplicate = Some(more);
}

/// The rules of a fault plan, in order: the first that matches a request fires.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults(Vec<Rule>);

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault.0])
    }
}

impl<const N: usize> From<[Fault; N]> for Faults {
    fn from(faults: [Fault; N]) -> Self {
        faults.into_iter().collect()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(faults.into_iter().map(|fault| fault.0).collect())
    }
}

impl From<Vec<Rule>> for Faults {
    fn from(rules: Vec<Rule>) -> Self {
        Self(rules)
    }
}

impl From<Faults> for Vec<Rule> {
    fn from(faults: Faults) -> Self {
        faults.0
    }
}
