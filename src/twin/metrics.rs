//! Figures for Prometheus, and a log line a request. Each twin has its own.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Twin;
use crate::http::mount::Observer;
use crate::kernel::abandon;
use crate::kernel::journal::Record;

/// Target of the log lines of requests.
pub const REQUESTS: &str = "timetwin::request";

/// Upper bounds of the latency histogram, in seconds.
const SECONDS: [f64; 12] =
    [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    surface: &'static str,
    operation: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Surface {
    surface: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Collection {
    collection: &'static str,
}

type Latencies = Family<Surface, Histogram, fn() -> Histogram>;

/// What is counted as requests come.
#[derive(Debug)]
pub(super) struct Metrics {
    requests: Family<Request, Counter>,
    latencies: Latencies,
    writes: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            latencies: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            writes: Counter::default(),
        }
    }
}

impl Observer for Metrics {
    fn answered(&self, sandbox: &str, record: &Record) {
        let Record { id, surface, operation, status, .. } = record;
        let (surface, operation) = (surface.unwrap_or("none"), operation.unwrap_or("none"));
        let request = Request { surface, operation, status: *status };
        self.requests.get_or_create(&request).inc();
        let seconds = record.duration.as_secs_f64();
        self.latencies.get_or_create(&Surface { surface }).observe(seconds);
        if record.version_after > record.version_before {
            self.writes.inc();
        }
        tracing::info!(
            target: REQUESTS,
            request_id = %id,
            sandbox,
            surface,
            operation,
            method = &*record.method,
            path = record.path,
            person = record.person.as_deref().unwrap_or_default(),
            status,
            duration_us = u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX),
            "request"
        );
    }
}

impl Metrics {
    /// Everything, with what can be read off the twin as it is now.
    pub(super) fn text(&self, twin: &Twin) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("timetwin");
        let Self { requests, latencies, writes } = self;
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from the first byte read to the answer",
            latencies.clone(),
        );
        registry.register("writes", "Requests that changed their world", writes.clone());
        let sandboxes: Gauge = Gauge::default();
        let names = twin.sandboxes().names();
        sandboxes.set(i64::try_from(names.len()).unwrap_or(i64::MAX));
        registry.register("sandboxes", "Sandboxes there are", sandboxes);
        let rows: Family<Collection, Gauge> = Family::default();
        for name in &names {
            let Some(sandbox) = twin.sandboxes().get(name) else { continue };
            let root = sandbox.store.read();
            for part in twin.parts().iter() {
                let count = i64::try_from(part.count(&root.value)).unwrap_or(i64::MAX);
                rows.get_or_create(&Collection { collection: part.name() }).inc_by(count);
            }
        }
        registry.register("rows", "Rows of all sandboxes together, shared or not", rows);
        registry.register(
            "abandoned",
            "Requests abandoned because the client was gone, in the whole process",
            count(abandon::count()),
        );
        if let Some(state) = twin.state() {
            let (transactions, commits) = state.counts();
            registry.register("state_commits", "Commits in the state file", count(commits));
            registry.register(
                "state_transactions",
                "Transactions that wrote them",
                count(transactions),
            );
        }
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn count(value: u64) -> Counter<u64, AtomicU64> {
    let counter = Counter::<u64, AtomicU64>::default();
    counter.inc_by(value);
    counter
}
