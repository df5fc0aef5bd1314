//! Entries: the scenario's work, and the overlay's lump sums.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveTime, SubsecRound, TimeDelta, Utc};

use super::Planter;
use crate::kernel::civil::{instant, local};
use crate::kernel::money::Minor;
use crate::scenario::seed::{SeedError, Work};
use crate::vendors::clockodo::model::{
    Billable, Entry, Kind, LONGEST, ProjectId, Scope, ServiceId, TimeDetails, UserId,
};
use crate::vendors::clockodo::overlay::LumpsumIn;
use crate::vendors::clockodo::rules::entries::next_id;
use crate::vendors::clockodo::rules::{rates, texts};

/// Maximum number of entries that a piece of work is split into.
const PIECES: usize = 4000;

/// The people and projects that a service applies to. Absent: all.
struct ServiceRule {
    service: ServiceId,
    people: Option<BTreeSet<usize>>,
    projects: Option<BTreeSet<usize>>,
}

impl Planter<'_> {
    /// Plants the scenario's work as time entries. Splits work that is longer than the maximum.
    pub(super) fn work(&mut self) -> Result<(), SeedError> {
        let rules = self.service_rules()?;
        let (clocked, billed) = (self.clocked()?, self.billed()?);
        let mut known: BTreeMap<(UserId, ProjectId, ServiceId), Minor> = BTreeMap::new();
        for work in self.scenario.work.iter().filter(|work| work.systems.clockodo) {
            let (Some(user), Some(project)) =
                (self.users.get(&work.person).copied(), self.projects.get(&work.project).copied())
            else {
                continue;
            };
            let fits = |rule: &&ServiceRule| {
                rule.people.as_ref().is_none_or(|people| people.contains(&work.person))
                    && rule.projects.as_ref().is_none_or(|on| on.contains(&work.project))
            };
            let service = rules.iter().find(fits).map(|rule| rule.service);
            let service = service.unwrap_or(self.usual_service());
            let rate = *known.entry((user, project, service)).or_insert_with(|| {
                let customer = self.state.projects.get(project).map(|project| project.customer);
                let scope = Scope {
                    project: Some(project),
                    customer,
                    user: Some(user),
                    service: Some(service),
                };
                rates::rate(self.state, scope)
            });
            let clocked = clocked.contains(&work.person) || work.seconds.is_none();
            let billed = billed.contains(&work.project);
            self.stretch(work, user, project, &Piece { service, rate, clocked, billed });
        }
        Ok(())
    }

    fn stretch(&mut self, work: &Work, user: UserId, project: ProjectId, piece: &Piece) {
        let Some(customer) = self.state.projects.get(project).map(|project| project.customer)
        else {
            return;
        };
        let text = texts::intern(self.state, self.ids, &work.note);
        let mut since = work.start.trunc_subsecs(0);
        let mut left = work.seconds.map(TimeDelta::seconds);
        for _ in 0..PIECES {
            let until = left.map(|left| since + left.min(LONGEST));
            let changed = until.unwrap_or(since);
            let details = TimeDetails {
                service: piece.service,
                offset: 0,
                clocked: piece.clocked,
                clocked_offline: false,
                clocked_since: piece.clocked.then_some(since),
                work_time_changed: changed,
                rate: piece.rate,
                own_rate: false,
            };
            let id = next_id(self.ids);
            self.put(Entry {
                id,
                user,
                customer,
                project: Some(project),
                subproject: None,
                billable: match (work.billable, piece.billed) {
                    (false, _) => Billable::No,
                    (true, false) => Billable::Yes,
                    (true, true) => Billable::Billed,
                },
                text,
                since,
                until,
                inserted: if piece.clocked { since } else { changed },
                changed,
                test_data: false,
                kind: Kind::Time(details),
            });
            match (left, until) {
                (Some(rest), Some(end)) if rest > LONGEST => {
                    (left, since) = (Some(rest - LONGEST), end);
                }
                _ => break,
            }
        }
    }

    /// Stores an entry. Entries of demo customers are demo data.
    fn put(&mut self, mut entry: Entry) {
        let customer = self.state.customers.get(entry.customer);
        entry.test_data = customer.is_some_and(|customer| customer.test_data);
        self.state.entries.put(entry);
    }

    fn service_rules(&self) -> Result<Vec<ServiceRule>, SeedError> {
        let mut rules = Vec::new();
        for (n, row) in self.overlay.service_rules.iter().enumerate() {
            let field = |name: &str| format!("service_rules[{n}].{name}");
            let people = row.people.as_ref().map(|ids| {
                ids.iter().map(|id| self.person(&field("people"), id)).collect::<Result<_, _>>()
            });
            let projects = row.on.as_ref().map(|keys| {
                keys.iter().map(|key| self.project(&field("on"), key)).collect::<Result<_, _>>()
            });
            rules.push(ServiceRule {
                service: self.service(&field("service"), &row.service)?,
                people: people.transpose()?,
                projects: projects.transpose()?,
            });
        }
        Ok(rules)
    }

    fn clocked(&self) -> Result<BTreeSet<usize>, SeedError> {
        let each = self.overlay.clocked.iter().enumerate();
        each.map(|(n, id)| self.person(&format!("clocked[{n}]"), id)).collect()
    }

    fn billed(&self) -> Result<BTreeSet<usize>, SeedError> {
        let each = self.overlay.billed.iter().enumerate();
        each.map(|(n, key)| self.project(&format!("billed[{n}]"), key)).collect()
    }

    /// Plants the overlay's lump sums and units of lump-sum services.
    pub(super) fn lumpsums(&mut self) -> Result<(), SeedError> {
        let overlay = self.overlay;
        for (n, row) in overlay.lumpsums.iter().enumerate() {
            let field = |name: &str| format!("lumpsums[{n}].{name}");
            let LumpsumIn { who, on, days_ago, note, billed, value, lumpsum_service, amount } = row;
            let person = self.person(&field("who"), who)?;
            let user = self.user(&field("who"), who)?;
            let position = self.project(&field("on"), on)?;
            let Some(project) = self.projects.get(&position).copied() else { continue };
            let Some(customer) = self.state.projects.get(project).map(|p| p.customer) else {
                continue;
            };
            let kind = match (value, lumpsum_service, amount) {
                (Some(value), None, None) if (0..=9_999_999_999).contains(value) => {
                    Kind::Lumpsum { service: self.usual_service(), value: *value }
                }
                (None, Some(id), Some(amount)) if (0..=9_999_999_999).contains(amount) => {
                    let service = self.lumpsum_services.get(id.as_str()).copied();
                    let service = service.ok_or_else(|| {
                        let message = format!("there is no lump-sum service '{id}'");
                        self.misfit(&field("lumpsum_service"), message)
                    })?;
                    Kind::LumpsumService { service, amount: *amount }
                }
                _ => {
                    let message =
                        "a lump sum has a `value`, or a `lumpsum_service` and an `amount`";
                    return Err(self.misfit(&format!("lumpsums[{n}]"), message));
                }
            };
            let since = self.noon(person, *days_ago);
            let text = texts::intern(self.state, self.ids, note);
            let id = next_id(self.ids);
            self.put(Entry {
                id,
                user,
                customer,
                project: Some(project),
                subproject: None,
                billable: if *billed { Billable::Billed } else { Billable::Yes },
                text,
                since,
                until: Some(since),
                inserted: since,
                changed: since,
                test_data: false,
                kind,
            });
        }
        Ok(())
    }

    /// Noon in the person's time zone, `days_ago` days before the anchor day.
    fn noon(&self, person: usize, days_ago: u32) -> DateTime<Utc> {
        let zone = self.scenario.people[person].zone;
        let today = local(self.scenario.anchor, zone).date();
        let day = today.checked_sub_days(Days::new(days_ago.into())).unwrap_or(today);
        instant(day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()), zone)
    }
}

/// The values that all entries of a piece of work share.
struct Piece {
    service: ServiceId,
    rate: Minor,
    clocked: bool,
    billed: bool,
}
