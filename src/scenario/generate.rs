//! Generates large, realistic scenarios; the same seed gives the same bytes.

use std::io::{self, Write};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const ZONES: [&str; 6] =
    ["Europe/Berlin", "Europe/Prague", "America/New_York", "Asia/Tokyo", "Europe/London", "UTC"];
const FIRST: [&str; 20] = [
    "Ada", "Bela", "Cleo", "Dario", "Edda", "Falk", "Greta", "Hugo", "Ilse", "Jonas", "Kaja",
    "Lars", "Mira", "Nils", "Olga", "Pavel", "Runa", "Sven", "Tilda", "Udo",
];
const LAST: [&str; 20] = [
    "Arndt", "Brandt", "Ceder", "Dorn", "Eben", "Falke", "Gruber", "Holm", "Iven", "Jansen",
    "Krug", "Lind", "Moor", "Nord", "Ott", "Pohl", "Quast", "Rode", "Stern", "Thal",
];
const NOTES: [&str; 12] = [
    "Design review",
    "Fixing the import",
    "Call with the client",
    "Writing tests",
    "Release notes",
    "Planning",
    "Code review",
    "Wireframes",
    "Support",
    "Refactoring",
    "Estimates",
    "",
];
const TASKS: u32 = 8;
/// Most entries of a generated scenario; a file of so many has 900 MB.
pub const MOST_ENTRIES: u64 = 10_000_000;
/// The last day of generated work.
const LAST_DAY: (i32, u32, u32) = (2026, 6, 12);

/// Writes a scenario with `entries` work entries of `people` people.
///
/// # Errors
/// When `out` fails.
pub fn generate(entries: u64, people: u32, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let people = people.max(1);
    let projects = (people / 5).max(5);
    writeln!(
        out,
        "{{\"name\":\"generated\",\"company\":\"Generated {seed}\",\"currency\":\"EUR\","
    )?;
    writeln!(out, "\"people\":[")?;
    for n in 0..people {
        let (first, last) = (pick(&mut dice, &FIRST), pick(&mut dice, &LAST));
        let role = if n == 0 { "owner" } else { "member" };
        let rate = 5000 + 500 * below(&mut dice, 20);
        let zone = pick(&mut dice, &ZONES);
        let comma = comma(n.into(), people.into());
        writeln!(
            out,
            "{{\"id\":\"p{n}\",\"name\":\"{first} {last}\",\"email\":\"p{n}@generated.example\",\
             \"zone\":\"{zone}\",\"role\":\"{role}\",\"rate\":{rate}}}{comma}"
        )?;
    }
    let clients = (projects / 3).max(2);
    writeln!(out, "],\"clients\":[")?;
    for n in 0..clients {
        let name = pick(&mut dice, &LAST);
        let comma = comma(n.into(), clients.into());
        writeln!(out, "{{\"id\":\"c{n}\",\"name\":\"{name} {n} Ltd\"}}{comma}")?;
    }
    writeln!(out, "],\"projects\":[")?;
    for n in 0..projects {
        let client = below(&mut dice, clients);
        let comma = comma(n.into(), projects.into());
        writeln!(
            out,
            "{{\"key\":\"P{n}\",\"name\":\"Project {n}\",\"client\":\"c{client}\",\"members\":[]}}{comma}"
        )?;
    }
    writeln!(out, "],\"tasks\":[")?;
    for n in 0..projects * TASKS {
        let (project, task) = (n / TASKS, n % TASKS + 1);
        let note = NOTES[(task as usize) % (NOTES.len() - 1)];
        let comma = comma(n.into(), (projects * TASKS).into());
        writeln!(out, "{{\"key\":\"P{project}-{task}\",\"name\":\"{note} {task}\"}}{comma}")?;
    }
    writeln!(out, "],\"work\":[")?;
    let days = working_days(entries.div_ceil(u64::from(people) * 4).max(1));
    for n in 0..entries {
        // Each person has up to four entries on a working day, oldest first.
        let turn = n / u64::from(people);
        let who = n % u64::from(people);
        let day = &days[usize::try_from(turn / 4).unwrap_or(0) % days.len()];
        let hour = 8 + 2 * (turn % 4) + u64::from(below(&mut dice, 2));
        let minute = 5 * below(&mut dice, 12);
        let seconds = 300 * (1 + below(&mut dice, 11));
        let (project, task) = (below(&mut dice, projects), below(&mut dice, TASKS) + 1);
        let note = pick(&mut dice, &NOTES);
        let comma = comma(n, entries);
        writeln!(
            out,
            "{{\"who\":\"p{who}\",\"on\":\"P{project}-{task}\",\"start\":\"{day}T{hour:02}:{minute:02}\",\
             \"seconds\":{seconds},\"note\":\"{note}\"}}{comma}"
        )?;
    }
    writeln!(out, "]}}")
}

/// The last `count` working days, oldest first.
fn working_days(count: u64) -> Vec<String> {
    let (year, month, day) = LAST_DAY;
    let mut day = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let mut days = Vec::new();
    // After about 50 years, days repeat: work lies in 1970 or later.
    while (days.len() as u64) < count.min(13_000) {
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            days.push(day.to_string());
        }
        day = day.checked_sub_days(Days::new(1)).unwrap_or_default();
    }
    days.reverse();
    days
}

fn below(dice: &mut ChaCha8Rng, bound: u32) -> u32 {
    // The bias of a 64-bit product is too small to matter.
    u32::try_from((u64::from(dice.next_u32()) * u64::from(bound)) >> 32).unwrap_or(0)
}

fn pick(dice: &mut ChaCha8Rng, of: &[&'static str]) -> &'static str {
    of[below(dice, u32::try_from(of.len()).unwrap_or(1)) as usize]
}

fn comma(n: u64, count: u64) -> &'static str {
    if n + 1 == count { "" } else { "," }
}
