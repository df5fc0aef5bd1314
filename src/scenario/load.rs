//! Reads scenario files and resolves their dates and references. Every error names file, line and field.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday,
};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::format::{ClientIn, File, PersonIn, ProjectIn, SystemName, TaskIn, WorkIn};
use super::seed::{
    Client, Known, Overlay, Person, Project, Scenario, SeedError, Systems, Task, Work,
};
use crate::kernel::civil::{Tz, instant, local, parse_iso_span, zone};
use crate::kernel::position::{locate, message, path_of};

#[derive(RustEmbed)]
#[folder = "seed-data"]
struct BuiltIn;

/// Systems that a scenario can have an overlay for.
pub(super) const SYSTEMS: [&str; 3] = ["clockify", "clockodo", "jira"];
/// Maximum duration of work, in hours: what Clockify takes. Source: facts.md:N-04.
pub const LONGEST: i64 = 999;

/// A scenario file with its overlays, as text.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The name of a built-in scenario, or a file name.
    name: String,
    file: Overlay,
    /// By system.
    pub overlays: BTreeMap<&'static str, Overlay>,
}

impl Bundle {
    /// The built-in scenario of this name.
    ///
    /// # Errors
    /// There is no such scenario.
    pub fn builtin(name: &str) -> Result<Self, SeedError> {
        let read = |file: &str| -> Option<Overlay> {
            let path = format!("{name}/{file}");
            let text = String::from_utf8_lossy(&BuiltIn::get(&path)?.data).into_owned();
            Some(Overlay { file: format!("seed-data/{path}"), text })
        };
        let file = read("scenario.json").ok_or_else(|| SeedError {
            file: name.to_owned(),
            line: 0,
            column: 0,
            field: "scenario".to_owned(),
            message:
                "there is no built-in scenario of this name; there are studio, bare and migration"
                    .to_owned(),
        })?;
        let overlays = SYSTEMS
            .into_iter()
            .filter_map(|system| Some((system, read(&format!("{system}.json"))?)))
            .collect();
        Ok(Self { name: name.to_owned(), file, overlays })
    }

    /// The text of a scenario file, without overlays.
    #[must_use]
    pub fn text(name: &str, text: String) -> Self {
        let file = Overlay { file: name.to_owned(), text };
        Self { name: name.to_owned(), file, overlays: BTreeMap::new() }
    }

    /// The name of a built-in scenario, or a file name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The form that is saved: the texts, because other versions may have other built-in scenarios.
    #[must_use]
    pub fn kept(&self) -> KeptBundle {
        let texts = |overlay: &Overlay| (overlay.file.clone(), overlay.text.clone());
        let overlays = self.overlays.iter();
        let overlays = overlays.map(|(name, overlay)| ((*name).to_owned(), texts(overlay)));
        let name = self.name().to_owned();
        KeptBundle { name, file: texts(&self.file), overlays: overlays.collect() }
    }

    /// A scenario from its saved form.
    #[must_use]
    pub fn revive(kept: KeptBundle) -> Self {
        let KeptBundle { name, file: (file, text), overlays } = kept;
        let overlays = overlays.into_iter().filter_map(|(name, (file, text))| {
            let system = SYSTEMS.into_iter().find(|system| *system == name)?;
            Some((system, Overlay { file, text }))
        });
        Self { name, file: Overlay { file, text }, overlays: overlays.collect() }
    }

    /// Reads a scenario file, or a folder with `scenario.json`, and the overlays beside it.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let path = if path.is_dir() { path.join("scenario.json") } else { path.to_owned() };
        let read = |path: &Path| -> Result<Overlay, SeedError> {
            let file = path.display().to_string();
            match std::fs::read_to_string(path) {
                Ok(text) => Ok(Overlay { file, text }),
                Err(error) => Err(SeedError {
                    file,
                    line: 0,
                    column: 0,
                    field: "file".to_owned(),
                    message: error.to_string(),
                }),
            }
        };
        let file = read(&path)?;
        let mut overlays = BTreeMap::new();
        for system in SYSTEMS {
            let beside = path.with_file_name(format!("{system}.json"));
            if beside.exists() {
                overlays.insert(system, read(&beside)?);
            }
        }
        Ok(Self { name: file.file.clone(), file, overlays })
    }

    /// The scenario with relative dates counted from `anchor`. Relative work that would end after
    /// `anchor` is still to come and is left out.
    ///
    /// # Errors
    /// The first error in the files.
    pub fn resolve(&self, anchor: DateTime<Utc>) -> Result<Scenario, SeedError> {
        let file: File = parse(&self.file)?;
        Resolver::new(&self.file, anchor).resolve(file)
    }
}

/// The saved form of a scenario: texts with file names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBundle {
    name: String,
    file: (String, String),
    /// By system.
    overlays: BTreeMap<String, (String, String)>,
}

impl KeptBundle {
    pub(super) fn length(&self) -> usize {
        self.file.1.len() + self.overlays.values().map(|(_, text)| text.len()).sum::<usize>()
    }
}

/// Decodes a seed file.
///
/// # Errors
/// The first field that does not fit.
pub fn parse<T: DeserializeOwned>(file: &Overlay) -> Result<T, SeedError> {
    let text = file.text.as_bytes();
    let error = match serde_json::from_slice(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let field = path_of(text, &error, &mut |text| serde_json::from_slice::<T>(text).err());
    let field = match error.classify() {
        _ if !field.is_empty() => field,
        Category::Data => ".".to_owned(),
        _ => "file".to_owned(),
    };
    Err(SeedError {
        file: file.file.clone(),
        line: error.line(),
        column: error.column(),
        field,
        message: message(&error),
    })
}

/// An error at a field of a file.
#[must_use]
pub fn misfit(file: &Overlay, field: &str, message: impl Into<String>) -> SeedError {
    let (line, column) = locate(&file.text, field);
    let (file, field) = (file.file.clone(), field.to_owned());
    SeedError { file, line, column, field, message: message.into() }
}

/// Resolves the rows of a file in order, after those of the scenario it extends.
pub(super) struct Resolver<'a> {
    file: &'a Overlay,
    anchor: DateTime<Utc>,
    /// Positions by id or key.
    people: BTreeMap<String, usize>,
    clients: BTreeMap<String, usize>,
    projects: BTreeMap<String, usize>,
    tasks: BTreeMap<String, usize>,
}

/// The rows of a file.
pub(super) struct Rows {
    pub(super) people: Vec<PersonIn>,
    pub(super) clients: Vec<ClientIn>,
    pub(super) projects: Vec<ProjectIn>,
    pub(super) tasks: Vec<TaskIn>,
    pub(super) work: Vec<WorkIn>,
}

impl<'a> Resolver<'a> {
    fn new(file: &'a Overlay, anchor: DateTime<Utc>) -> Self {
        let [people, clients, projects, tasks] = [const { BTreeMap::new() }; 4];
        Self { file, anchor, people, clients, projects, tasks }
    }

    /// A resolver for a fragment.
    pub(super) fn behind(file: &'a Overlay, anchor: DateTime<Utc>, known: &Scenario) -> Self {
        let names = |names: &mut dyn Iterator<Item = &String>| -> BTreeMap<String, usize> {
            names.enumerate().map(|(n, name)| (name.clone(), n)).collect()
        };
        Self {
            file,
            anchor,
            people: names(&mut known.people.iter().map(|person| &person.id)),
            clients: names(&mut known.clients.iter().map(|client| &client.id)),
            projects: names(&mut known.projects.iter().map(|project| &project.key)),
            tasks: names(&mut known.tasks.iter().map(|task| &task.key)),
        }
    }

    fn misfit(&self, field: &str, message: impl Into<String>) -> SeedError {
        misfit(self.file, field, message)
    }

    fn resolve(mut self, file: File) -> Result<Scenario, SeedError> {
        let File { name, company, currency, people, clients, projects, tasks, work, .. } = file;
        if name.is_empty() || company.is_empty() {
            return Err(self.misfit("company", "a scenario and its company have names"));
        }
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(self.misfit("currency", "a currency is three capital letters, like EUR"));
        }
        if people.is_empty() {
            return Err(self.misfit("people", "somebody has to be there"));
        }
        let mut scenario = Scenario {
            name,
            company,
            currency,
            anchor: self.anchor,
            people: Vec::new(),
            clients: Vec::new(),
            projects: Vec::new(),
            tasks: Vec::new(),
            work: Vec::new(),
            known: Known::default(),
        };
        let rows = Rows { people, clients, projects, tasks, work };
        self.add(rows, &mut scenario)?;
        Ok(scenario)
    }

    /// Adds the rows to `scenario`, whose names the resolver already knows.
    pub(super) fn add(&mut self, rows: Rows, scenario: &mut Scenario) -> Result<(), SeedError> {
        let Rows { people, clients, projects, tasks, work } = rows;
        let emails = scenario.people.iter().map(|person| person.email.to_lowercase());
        let mut emails: BTreeSet<String> = emails.collect();
        for (n, row) in people.into_iter().enumerate() {
            let field = format!("people[{n}]");
            self.people_key(&field, &row.id)?;
            let person = self.person(&field, row)?;
            if !emails.insert(person.email.to_lowercase()) {
                return Err(self.misfit(&format!("{field}.email"), "this e-mail comes twice"));
            }
            scenario.people.push(person);
        }
        for (n, row) in clients.into_iter().enumerate() {
            scenario.clients.push(self.client(n, row)?);
        }
        for (n, row) in projects.into_iter().enumerate() {
            scenario.projects.push(self.project(n, row, &scenario.people)?);
        }
        for (n, row) in tasks.into_iter().enumerate() {
            scenario.tasks.push(self.task(n, row, &scenario.projects)?);
        }
        let mut running = BTreeSet::new();
        for (n, row) in work.into_iter().enumerate() {
            if row.running && !running.insert(row.who.clone()) {
                let field = format!("work[{n}].running");
                return Err(self.misfit(&field, "this person's timer runs already"));
            }
            if let Some(work) = self.work(n, row, scenario)? {
                scenario.work.push(work);
            }
        }
        Ok(())
    }

    fn client(&mut self, n: usize, row: ClientIn) -> Result<Client, SeedError> {
        let field = format!("clients[{n}]");
        let ClientIn { id, name, archived, systems: places } = row;
        if name.is_empty() {
            return Err(self.misfit(&format!("{field}.name"), "a client has a name"));
        }
        let position = self.clients.len();
        if self.clients.insert(id.clone(), position).is_some() {
            return Err(self.misfit(&format!("{field}.id"), "this id comes twice"));
        }
        Ok(Client { id, name, archived, systems: systems(places.as_deref()) })
    }

    fn project(
        &mut self,
        n: usize,
        row: ProjectIn,
        people: &[Person],
    ) -> Result<Project, SeedError> {
        let field = format!("projects[{n}]");
        let letters = row.key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if row.key.is_empty() || row.name.is_empty() || !letters {
            let message = "a project has a name and a key of capital letters and digits";
            return Err(self.misfit(&format!("{field}.key"), message));
        }
        let position = self.projects.len();
        if self.projects.insert(row.key.clone(), position).is_some() {
            return Err(self.misfit(&format!("{field}.key"), "this key comes twice"));
        }
        let client = match &row.client {
            None => None,
            Some(id) => Some(known(&self.clients, id, || {
                self.misfit(&format!("{field}.client"), format!("there is no client '{id}'"))
            })?),
        };
        let members = match &row.members {
            None => (0..people.len()).filter(|person| people[*person].active).collect(),
            Some(ids) => ids
                .iter()
                .enumerate()
                .map(|(m, id)| self.person_of(&format!("{field}.members[{m}]"), id))
                .collect::<Result<_, _>>()?,
        };
        self.rate(&field, row.rate)?;
        Ok(Project {
            key: row.key,
            name: row.name,
            client,
            billable: row.billable.unwrap_or(true),
            rate: row.rate,
            archived: row.archived,
            public: row.public.unwrap_or(true),
            members,
            systems: systems(row.systems.as_deref()),
        })
    }

    fn task(&mut self, n: usize, row: TaskIn, projects: &[Project]) -> Result<Task, SeedError> {
        let field = format!("tasks[{n}]");
        let project = row
            .key
            .rsplit_once('-')
            .filter(|(_, number)| !number.starts_with('0') && number.parse::<u32>().is_ok());
        let project = project.and_then(|(key, _)| self.projects.get(key).copied());
        let project = project.ok_or_else(|| {
            let message = "a task's key is its project's key and a number, like NWS-13";
            self.misfit(&format!("{field}.key"), message)
        })?;
        let position = self.tasks.len();
        if self.tasks.insert(row.key.clone(), position).is_some() {
            return Err(self.misfit(&format!("{field}.key"), "this key comes twice"));
        }
        if row.name.is_empty() {
            return Err(self.misfit(&format!("{field}.name"), "a task has a name"));
        }
        let assignee = match &row.assignee {
            None => None,
            Some(id) => Some(self.person_of(&format!("{field}.assignee"), id)?),
        };
        let systems = both(systems(row.systems.as_deref()), projects[project].systems);
        Ok(Task { key: row.key, project, name: row.name, done: row.done, assignee, systems })
    }

    fn people_key(&mut self, field: &str, id: &str) -> Result<(), SeedError> {
        let letters = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if id.is_empty() || !letters {
            let message = "a person's id is small letters, digits and '-'";
            return Err(self.misfit(&format!("{field}.id"), message));
        }
        let position = self.people.len();
        match self.people.insert(id.to_owned(), position) {
            None => Ok(()),
            Some(_) => Err(self.misfit(&format!("{field}.id"), "this id comes twice")),
        }
    }

    fn person(&self, field: &str, row: PersonIn) -> Result<Person, SeedError> {
        let PersonIn { id, name, email, zone: zone_name, role, rate, active, systems: places } =
            row;
        if name.is_empty() {
            return Err(self.misfit(&format!("{field}.name"), "a person has a name"));
        }
        let parts = email.split_once('@');
        if !parts.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty()) {
            return Err(self.misfit(&format!("{field}.email"), "this is no e-mail address"));
        }
        let zone = zone(&zone_name).ok_or_else(|| {
            let message = format!("there is no time zone '{zone_name}'");
            self.misfit(&format!("{field}.zone"), message)
        })?;
        self.rate(field, rate)?;
        let active = active.unwrap_or(true);
        let systems = systems(places.as_deref());
        Ok(Person { id, name, email, zone, role, rate, active, systems })
    }

    fn rate(&self, field: &str, rate: Option<i64>) -> Result<(), SeedError> {
        match rate {
            Some(rate) if !(0..=100_000_000).contains(&rate) => {
                let message = "a rate is cents an hour, from 0 to 100000000";
                Err(self.misfit(&format!("{field}.rate"), message))
            }
            _ => Ok(()),
        }
    }

    fn person_of(&self, field: &str, id: &str) -> Result<usize, SeedError> {
        known(&self.people, id, || self.misfit(field, format!("there is no person '{id}'")))
    }

    fn work(&self, n: usize, row: WorkIn, scenario: &Scenario) -> Result<Option<Work>, SeedError> {
        let at = |part: &str| format!("work[{n}].{part}");
        let WorkIn { who, on, start, seconds, running, note, billable, systems: places } = row;
        let person = self.person_of(&at("who"), &who)?;
        let task = self.tasks.get(&on).copied();
        let project = match task {
            Some(task) => scenario.tasks[task].project,
            None => known(&self.projects, &on, || {
                self.misfit(&at("on"), format!("there is no project or task '{on}'"))
            })?,
        };
        let zone = scenario.people[person].zone;
        let when = self::start(&start, zone, self.anchor);
        let (start, relative) = when.ok_or_else(|| {
            let message = "a start is like 2026-03-29T01:30, 2026-03-29T00:30:00Z, d-3 09:00, \
                           w-2 Mon 09:00 or now-PT42M";
            self.misfit(&at("start"), message)
        })?;
        match (seconds, running) {
            (Some(_), true) | (None, false) => {
                let message = "work has `seconds`, or `running` is true";
                return Err(self.misfit(&at("seconds"), message));
            }
            (Some(seconds), false) if !(1..=LONGEST * 3600).contains(&seconds) => {
                let message = format!("work takes from 1 second to {LONGEST} hours");
                return Err(self.misfit(&at("seconds"), message));
            }
            (None, true) if start > self.anchor => {
                return Err(self.misfit(&at("start"), "a timer that runs has been started"));
            }
            _ => {}
        }
        let end = start.checked_add_signed(TimeDelta::seconds(seconds.unwrap_or(0)));
        let in_range = |at: &DateTime<Utc>| (1970..=9998).contains(&at.year());
        let end = end
            .filter(|end| in_range(&start) && in_range(end))
            .ok_or_else(|| self.misfit(&at("start"), "work lies in the years 1970 to 9998"))?;
        if relative && end > self.anchor {
            return Ok(None);
        }
        let mut systems = systems(places.as_deref());
        systems = both(systems, scenario.projects[project].systems);
        systems = both(systems, scenario.people[person].systems);
        // Jira has worklogs on issues only.
        systems.jira &= task.is_some_and(|task| scenario.tasks[task].systems.jira);
        let billable = billable.unwrap_or(scenario.projects[project].billable);
        Ok(Some(Work { person, project, task, start, seconds, note, billable, systems }))
    }
}

/// The instant of a start in a scenario, and whether it is relative to `anchor`. Times without an offset are
/// in `zone`.
#[must_use]
pub fn start(text: &str, zone: Tz, anchor: DateTime<Utc>) -> Option<(DateTime<Utc>, bool)> {
    if let Some(span) = text.strip_prefix("now-") {
        return Some((anchor.checked_sub_signed(parse_iso_span(span)?)?, true));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some((at.to_utc(), false));
    }
    if let Ok(wall) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        return Some((instant(wall, zone), false));
    }
    let (day, time) = text.rsplit_once(' ')?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    let today = local(anchor, zone).date();
    let day = match day.split_once(' ') {
        None => back(today, day.strip_prefix("d-")?, 1)?,
        Some((week, weekday)) => {
            let weekday: Weekday = weekday.parse().ok()?;
            let monday = today.week(Weekday::Mon).first_day();
            let monday = back(monday, week.strip_prefix("w-")?, 7)?;
            monday.checked_add_days(Days::new(weekday.num_days_from_monday().into()))?
        }
    };
    Some((instant(day.and_time(time), zone), true))
}

fn back(day: NaiveDate, count: &str, days: u64) -> Option<NaiveDate> {
    let count: u64 = count.parse().ok().filter(|count| *count < 100_000)?;
    day.checked_sub_days(Days::new(count * days))
}

fn known<'a>(
    of: &BTreeMap<String, usize>,
    id: &'a str,
    misfit: impl FnOnce() -> SeedError + 'a,
) -> Result<usize, SeedError> {
    of.get(id).copied().ok_or_else(misfit)
}

fn systems(names: Option<&[SystemName]>) -> Systems {
    names.map_or(Systems::ALL, |names| Systems {
        clockify: names.contains(&SystemName::Clockify),
        clockodo: names.contains(&SystemName::Clockodo),
        jira: names.contains(&SystemName::Jira),
    })
}

fn both(a: Systems, b: Systems) -> Systems {
    Systems {
        clockify: a.clockify && b.clockify,
        clockodo: a.clockodo && b.clockodo,
        jira: a.jira && b.jira,
    }
}
