//! What a program did, counted while it runs and told at its end.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use parking_lot::Mutex;
use serde::Serialize;

use crate::contract::{self, Grade};
use crate::http::mount::Observer;
use crate::kernel::journal::Record;
use crate::vendors::SURFACES;

/// Different things that are told of each kind; more are left out.
const MOST: usize = 1000;

type Counts = BTreeMap<String, u64>;

#[derive(Debug, Default)]
struct Counted {
    requests: BTreeMap<String, BTreeMap<u16, u64>>,
    refusals: Counts,
    limits: Counts,
    declined: Counts,
    unread: Counts,
    quirks: BTreeMap<&'static str, u64>,
    strangers: Counts,
}

/// Counts requests.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counted>);

fn count(counts: &mut Counts, what: String) {
    if counts.len() < MOST || counts.contains_key(&what) {
        *counts.entry(what).or_default() += 1;
    }
}

impl Observer for Tally {
    fn answered(&self, _: &str, record: &Record) {
        let mut all = self.0.lock();
        let surface = record.surface.unwrap_or("no surface");
        *all.requests.entry(surface.to_owned()).or_default().entry(record.status).or_default() += 1;
        let operation = record.operation.unwrap_or("unknown operation");
        let what = format!("{surface} {operation}");
        let Counted { refusals, limits, declined, unread, quirks, strangers, .. } = &mut *all;
        if record.declined {
            count(declined, format!("{surface} {} {}", record.method, record.path));
        } else if record.status == 429 {
            count(limits, what.clone());
        } else if record.status >= 400 {
            let place = record.operation.map_or(record.path.as_str(), |operation| operation);
            count(refusals, format!("{surface} {} {place} {}", record.method, record.status));
        }
        if record.status == 401 && record.person.is_none() {
            count(strangers, surface.to_owned());
        }
        for name in &record.unknown_parameters {
            count(unread, format!("{what} ?{name}"));
        }
        for name in &record.unknown_fields {
            count(unread, format!("{what} {name}"));
        }
        for quirk in &record.quirks {
            *quirks.entry(quirk).or_default() += 1;
        }
    }
}

/// Something, and how often.
#[derive(Debug, Clone, Serialize)]
pub struct Often {
    what: String,
    count: u64,
}

/// An assumed decision on which answers rested.
#[derive(Debug, Clone, Serialize)]
pub struct Assumed {
    id: String,
    title: String,
    count: u64,
}

/// The report at the end of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `sealed` or `proxied`.
    pub mode: &'static str,
    /// The exit code of the command.
    pub exit_code: u8,
    /// Requests by surface and status.
    pub requests: BTreeMap<String, BTreeMap<u16, u64>>,
    /// What nobody read: query parameters with `?`, members of bodies without.
    pub unread: Vec<Often>,
    /// Decisions of the grade `assumed` that answers rested on.
    pub assumed: Vec<Assumed>,
    /// Requests that were refused.
    pub refusals: Vec<Often>,
    /// Operations whose rate limit was met.
    pub limits: Vec<Often>,
    /// Requests for what is not imitated.
    pub declined: Vec<Often>,
    /// Hosts that were asked for and refused.
    pub refused_hosts: Vec<Often>,
    /// What would have helped.
    pub hints: Vec<String>,
}

fn often(counts: &Counts) -> Vec<Often> {
    let mut all: Vec<Often> =
        counts.iter().map(|(what, count)| Often { what: what.clone(), count: *count }).collect();
    all.sort_by_key(|row| Reverse(row.count));
    all
}

impl Tally {
    /// The report of what was counted, with the hosts that were refused.
    #[must_use]
    pub fn report(
        &self,
        mode: &'static str,
        exit_code: u8,
        refused_hosts: &[(String, u64)],
    ) -> Report {
        let all = self.0.lock();
        let known = SURFACES.iter().filter_map(|surface| contract::quirks(surface.name).ok());
        let assumed = known.flatten().filter(|quirk| quirk.grade == Grade::Assumed);
        let assumed = assumed.filter_map(|quirk| {
            let count = *all.quirks.get(quirk.id.as_str())?;
            Some(Assumed { id: quirk.id, title: quirk.title, count })
        });
        let mut hints: Vec<String> = Vec::new();
        for surface in all.strangers.keys() {
            hints.push(format!(
                "{surface} was called without a credential that the scenario knows: take any for a person's with \
                 --as, or hand over one of the scenario with --set VARIABLE={surface}"
            ));
        }
        let refused_hosts: Vec<Often> = refused_hosts
            .iter()
            .map(|(host, count)| Often { what: host.clone(), count: *count })
            .collect();
        if let Some(first) = refused_hosts.first() {
            let host = first.what.rsplit_once(':').map_or(first.what.as_str(), |(host, _)| host);
            hints.push(format!("let a host be reached with --allow {host}"));
        }
        Report {
            mode,
            exit_code,
            requests: all.requests.clone(),
            unread: often(&all.unread),
            assumed: assumed.collect(),
            refusals: often(&all.refusals),
            limits: often(&all.limits),
            declined: often(&all.declined),
            refused_hosts,
            hints,
        }
    }
}

impl Report {
    /// The report as a person reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let sum: u64 = self.requests.values().flat_map(BTreeMap::values).sum();
        let requests = if sum == 1 { "request" } else { "requests" };
        let _ = writeln!(text, "timetwin: {sum} {requests}, {}", self.mode);
        for (surface, statuses) in &self.requests {
            let statuses: Vec<String> =
                statuses.iter().map(|(status, count)| format!("{status} ×{count}")).collect();
            let _ = writeln!(text, "  {surface}: {}", statuses.join(", "));
        }
        let mut part = |name: &str, rows: &[Often]| {
            for row in rows.iter().take(SHOWN) {
                let _ = writeln!(text, "  {name}: {} ×{}", row.what, row.count);
            }
            if rows.len() > SHOWN {
                let _ = writeln!(text, "  {name}: {} more", rows.len() - SHOWN);
            }
        };
        part("refused", &self.refusals);
        part("rate limit", &self.limits);
        part("not imitated", &self.declined);
        part("nobody read", &self.unread);
        part("host refused", &self.refused_hosts);
        let assumed: Vec<Often> = self
            .assumed
            .iter()
            .map(|quirk| Often {
                what: format!("{} {}", quirk.id, quirk.title),
                count: quirk.count,
            })
            .collect();
        part("assumed", &assumed);
        for hint in &self.hints {
            let _ = writeln!(text, "  hint: {hint}");
        }
        text
    }
}

/// Rows of each kind in the text.
const SHOWN: usize = 5;
