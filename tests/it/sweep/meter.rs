//! Processor time and peak memory of another process, as Linux counts them.

use std::fs;
use std::time::Duration;

/// Length of the kernel's tick in which it tells processor time.
const TICK: Duration = Duration::from_millis(10);

/// What a request took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Processor time of all threads.
    pub(super) cpu: Duration,
    /// Bytes of memory at the peak, beyond those before.
    pub(super) memory: u64,
}

/// Reads the figures of a process.
pub(super) struct Meter {
    folder: String,
}

/// The figures before a request.
pub(super) struct Begin {
    cpu: Duration,
    memory: u64,
}

impl Meter {
    pub(super) fn of(process: u32) -> Self {
        Self { folder: format!("/proc/{process}") }
    }

    /// Begins a request: from here on the peak of memory counts anew.
    pub(super) fn begin(&self) -> Begin {
        fs::write(format!("{}/clear_refs", self.folder), "5").unwrap();
        Begin { cpu: self.cpu(), memory: self.memory("VmRSS:") }
    }

    pub(super) fn end(&self, begin: &Begin) -> Cost {
        let memory = self.memory("VmHWM:").saturating_sub(begin.memory);
        Cost { cpu: self.cpu().saturating_sub(begin.cpu), memory }
    }

    /// Processor time of the process so far.
    fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("{}/stat", self.folder)).unwrap();
        // After the name in brackets the fields are numbers.
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks = |n: usize| fields[n].parse::<u32>().unwrap();
        TICK * (ticks(11) + ticks(12))
    }

    /// A line of the status, in bytes.
    fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("{}/status", self.folder)).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}
