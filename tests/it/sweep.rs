//! No request costs more than its share, whatever its numbers say.
//!
//! Every operation of every surface and every call of the control API is sent to a real server: as a plain
//! request that works, then with extreme values in one place after the other, and with bodies as long as the
//! surface takes. None may cause an error of the server, or take more processor time or memory than [`CPU`] and
//! [`MEMORY`] say. A desk sends one in eight of these requests, with shorter bodies; with `ROUNDS`, as in `.ci/run`, all
//! of them are sent, three values for each place.

mod calls;
mod meter;
mod values;

use std::time::Duration;

use crate::socket::{Served, measured};
use crate::support::rounds;
use calls::{Call, Sent, control_calls, surface_calls};
use meter::{Cost, Meter};
use values::{bodies, extremes};

/// Processor time that one request may take. A debug build is ten times slower than what is shipped, so three times
/// this is strict. `MEASURED_BIN=target/release/timetwin` measures that program, with just this.
const CPU: Duration = Duration::from_secs(1);
/// Memory that one request may add at its peak, in bytes.
const MEMORY: u64 = 64 * 1024 * 1024;

/// A server and the costs of what was sent to it.
struct Sweep {
    twin: Served,
    meter: Meter,
    sent: usize,
    worst: [Option<(Cost, String)>; 2],
    faults: Vec<String>,
}

impl Sweep {
    fn new() -> Self {
        let twin = Served::with(&["--at", "2026-06-12T10:00:00Z", "--limits", "off"]);
        let meter = Meter::of(twin.id());
        Self { twin, meter, sent: 0, worst: [None, None], faults: Vec::new() }
    }

    /// Sends a request and takes its cost. A head that is too long may end the connection instead.
    fn send(&mut self, call: &str, slowness: u32, sent: &Sent) -> u16 {
        let begin = self.meter.begin();
        let status = sent.to(&self.twin);
        let cost = self.meter.end(&begin);
        let body = String::from_utf8_lossy(&sent.body[..sent.body.len().min(120)]).into_owned();
        let path = sent.path.chars().take(300).collect::<String>();
        let what =
            format!("{call}: {} {path} {body} ({} bytes): {status}", sent.method, sent.body.len());
        if status >= 500 {
            self.faults.push(what.clone());
        }
        let slowness = if measured().is_some() { 1 } else { slowness };
        if cost.cpu > CPU * slowness || cost.memory > MEMORY {
            self.faults.push(format!("{what} took {cost:?}"));
        }
        let is_worse: [fn(&Cost, &Cost) -> bool; 2] =
            [|one, two| one.cpu > two.cpu, |one, two| one.memory > two.memory];
        for (worst, is_worse) in self.worst.iter_mut().zip(is_worse) {
            if worst.as_ref().is_none_or(|(worst, _)| is_worse(&cost, worst)) {
                *worst = Some((cost, what.clone()));
            }
        }
        self.sent += 1;
        status
    }

    /// Sends a call with every extreme that its turn brings.
    fn sweep(&mut self, turn: usize, call: &Call) {
        self.reset();
        let plain = self.send(&call.name, call.slowness, &call.plain());
        assert!(plain < 500, "{}: {plain}", call.name);
        let thorough = rounds(1) > 1;
        let (count, share) = if thorough { (3, 1) } else { (1, 8) };
        for (n, sent) in extremes(call, turn, count, share).iter().enumerate() {
            if n % 40 == 39 {
                self.reset();
            }
            self.send(&call.name, call.slowness, sent);
        }
        let length = if thorough { call.most_body } else { call.most_body / 64 };
        for (_, sent) in
            bodies(call, length).iter().enumerate().filter(|(n, _)| thorough || n % 8 == turn % 8)
        {
            self.reset();
            self.send(&call.name, call.slowness, sent);
        }
    }

    /// Brings the default scenario back.
    fn reset(&mut self) {
        let reset = self.twin.ask("POST", "/_twin/sandboxes/main/reset", &[], "");
        assert_eq!(reset.status, 204, "{}", reset.body);
    }

    #[expect(clippy::print_stdout, reason = "the figures of a longer run")]
    fn end(self) {
        let [cpu, memory] = self.worst.map(Option::unwrap);
        println!("{} requests; most CPU {cpu:?}; most memory {memory:?}", self.sent);
        assert!(self.faults.is_empty(), "{} requests: {:#?}", self.faults.len(), self.faults);
    }
}

#[test]
fn no_request_to_a_surface_costs_more_than_its_share() {
    let mut sweep = Sweep::new();
    let calls = surface_calls(&sweep.twin);
    assert!(calls.len() > 150, "{} operations", calls.len());
    for (turn, call) in calls.iter().enumerate() {
        sweep.sweep(turn, call);
    }
    sweep.end();
}

#[test]
fn no_call_of_the_control_api_costs_more_than_its_share() {
    let mut sweep = Sweep::new();
    for (turn, call) in control_calls().iter().enumerate() {
        sweep.sweep(turn, call);
    }
    sweep.end();
}

#[test]
fn the_meter_sees_what_a_request_takes() {
    let mut sweep = Sweep::new();
    let work = "{\"who\":\"anna\",\"on\":\"SSP-1\",\"start\":\"2026-06-01T09:00\",\"seconds\":60}";
    let work = vec![work; 10_000].join(",");
    let mut plant = Sent::control("POST", "/_twin/sandboxes/main/plant");
    plant.body = format!("{{\"work\":[{work}]}}").into_bytes();
    assert_eq!(sweep.send("plant", 8, &plant), 200);
    let (cost, _) = sweep.worst[0].as_ref().unwrap();
    assert!(cost.cpu > Duration::from_millis(40) && cost.memory > 4 * 1024 * 1024, "{cost:?}");
}
