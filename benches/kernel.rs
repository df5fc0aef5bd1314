//! Figures of the kernel: what a fork, a commit and an index scan cost at a million rows.
//!
//! `cargo bench` prints them. They are for comparing two commits on one machine in one sitting.

use std::sync::OnceLock;

use divan::{Bencher, black_box};
use timetwin::kernel::ids::Serial;
use timetwin::kernel::page::Page;
use timetwin::kernel::sandbox::{Bounds, Sandboxes};
use timetwin::kernel::store::Store;
use timetwin::kernel::table::{Row, Table};

const ROWS: u64 = 1_000_000;
const OWNERS: u64 = 500;

fn main() {
    divan::main();
}

#[derive(Debug, Clone)]
struct Entry {
    id: Serial,
    owner: u64,
    start: u64,
    note: String,
}

impl Row for Entry {
    type Key = Serial;
    /// By owner and start.
    type Index = (u64, u64);

    fn key(&self) -> Serial {
        self.id
    }

    fn index(&self) -> Vec<(u64, u64)> {
        vec![(self.owner, self.start)]
    }
}

fn entry(n: u64) -> Entry {
    Entry { id: Serial(n), owner: n % OWNERS, start: n, note: "Working on it".to_owned() }
}

/// A table of a million rows, made once.
fn million() -> Table<Entry> {
    static TABLE: OnceLock<Table<Entry>> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            let mut table = Table::default();
            for n in 0..ROWS {
                table.put(entry(n));
            }
            table
        })
        .clone()
}

#[divan::bench]
fn fork_a_sandbox(bencher: Bencher) {
    let bounds = Bounds { sandboxes: 1_000_000, journal: 0, ..Bounds::default() };
    let sandboxes = Sandboxes::new(million(), bounds);
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        sandboxes.enter(&format!("fork-{n}"), |_| true).map(drop)
    });
}

#[divan::bench]
fn commit_one_row(bencher: Bencher) {
    let store = Store::new(million());
    let mut n = ROWS;
    bencher.bench_local(|| {
        n += 1;
        store.write(|table| {
            table.put(entry(n));
            Ok::<_, ()>(())
        })
    });
}

#[divan::bench]
fn list_the_newest_fifty_of_one_owner(bencher: Bencher) {
    let table = million();
    bencher.bench_local(|| {
        let rows = table.scan((7, 0)..=(7, u64::MAX)).rev();
        let (page, last) = Page { number: 1, size: 50 }.of(rows);
        black_box(page.iter().map(|row| row.note.len()).sum::<usize>());
        last
    });
}
