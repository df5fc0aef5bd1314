//! Names of entry groups, in English and German. Source: clockodo.md:5.2.

use chrono::NaiveDate;

use crate::kernel::ids::Serial;
use crate::vendors::clockodo::model::{
    CustomerId, LumpsumServiceId, ProjectId, Rights, ServiceId, State, SubprojectId, TextId, UserId,
};
use crate::vendors::clockodo::rules::groups::{GroupKey, Grouping};

/// The name of a group.
#[derive(Debug)]
pub struct GroupName<'a> {
    /// Its name.
    pub name: String,
    /// The number of the shared entity.
    pub number: Option<&'a str>,
    /// The note of the shared entity, if the viewer may see it.
    pub note: Option<&'a str>,
}

/// Renders the names of groups.
#[derive(Debug)]
pub struct GroupNames<'a> {
    /// The account.
    pub state: &'a State,
    /// The rights of the viewer.
    pub rights: Rights,
    /// True if the client prefers German.
    pub german: bool,
    /// True if project names include the customer.
    pub with_customer: bool,
}

impl<'a> GroupNames<'a> {
    fn say(&self, english: &str, german: &str) -> String {
        if self.german { german } else { english }.to_owned()
    }

    /// Name, number and note of the entity that a group shares.
    #[must_use]
    pub fn of(&self, by: Grouping, shared: GroupKey) -> GroupName<'a> {
        let state = self.state;
        let rights = self.rights;
        let managed = |note: &'a Option<String>| {
            note.as_deref().filter(|_| rights.manage_customers_and_projects)
        };
        let served = |note: &'a Option<String>| note.as_deref().filter(|_| rights.manage_services);
        let named = |name: String, number: Option<&'a str>, note| GroupName { name, number, note };
        let bare = |name: String| named(name, None, None);
        let (id, key) = match shared {
            GroupKey::Id(id) | GroupKey::NoProjectOf(id) => (id, Serial(id)),
            GroupKey::Number(number) => return bare(self.number(by, number)),
            GroupKey::Day(day) => return bare(self.day(day)),
            GroupKey::YearAnd(year, part) => return bare(self.part(by, year, part)),
            GroupKey::Year(year) => return bare(year.to_string()),
        };
        let found = match (by, shared) {
            (Grouping::Project, GroupKey::NoProjectOf(_)) => {
                let customer = state.customers.get(CustomerId(key));
                let none = self.say("No project", "Kein Projekt");
                let name = match customer.filter(|_| self.with_customer) {
                    Some(customer) => format!("{} / {none}", customer.name),
                    None => none,
                };
                Some(bare(name))
            }
            (Grouping::Project, _) => state.projects.get(ProjectId(key)).map(|project| {
                let customer = state.customers.get(project.customer);
                let name = match customer.filter(|_| self.with_customer) {
                    Some(customer) => format!("{} / {}", customer.name, project.name),
                    None => project.name.clone(),
                };
                named(name, project.number.as_deref(), managed(&project.note))
            }),
            (Grouping::Customer, _) => state.customers.get(CustomerId(key)).map(|customer| {
                named(customer.name.clone(), customer.number.as_deref(), managed(&customer.note))
            }),
            (Grouping::Subproject, _) => state
                .subprojects
                .get(SubprojectId(key))
                .map(|part| named(part.name.clone(), part.number.as_deref(), managed(&part.note))),
            (Grouping::Service, _) => state.services.get(ServiceId(key)).map(|service| {
                named(service.name.clone(), service.number.as_deref(), served(&service.note))
            }),
            (Grouping::LumpsumService, _) => {
                state.lumpsum_services.get(LumpsumServiceId(key)).map(|service| {
                    named(service.name.clone(), service.number.as_deref(), served(&service.note))
                })
            }
            (Grouping::Text, _) => {
                state.texts.get(TextId(key)).map(|text| bare(text.words.clone()))
            }
            (Grouping::User, _) => state
                .users
                .get(UserId(key))
                .map(|user| named(user.name.clone(), user.number.as_deref(), None)),
            _ => None,
        };
        found.unwrap_or_else(|| bare(self.nothing(by, id)))
    }

    /// The name of the group of entries without such an entity.
    fn nothing(&self, by: Grouping, id: u64) -> String {
        match (by, id) {
            (Grouping::Subproject, 0) => self.say("No subproject", "Kein Teilprojekt"),
            (Grouping::Service, 0) => self.say("No service", "Keine Leistung"),
            (Grouping::LumpsumService, 0) => {
                self.say("No lump sum service", "Keine Pauschalleistung")
            }
            (Grouping::Text, 0) => self.say("No description", "Keine Beschreibung"),
            _ => id.to_string(),
        }
    }

    fn number(&self, by: Grouping, number: u64) -> String {
        match (by, number) {
            (Grouping::IsLumpsum, 0) => self.say("Time entries", "Zeiteinträge"),
            (Grouping::IsLumpsum, _) => self.say("Lump sums", "Pauschalen"),
            (_, 0) => self.say("Not billable", "Nicht verrechenbar"),
            (_, 1) => self.say("Billable", "Verrechenbar"),
            _ => self.say("Already billed", "Bereits abgerechnet"),
        }
    }

    fn day(&self, day: NaiveDate) -> String {
        if self.german {
            day.format("%d.%m.%Y").to_string()
        } else {
            day.format("%m/%d/%Y").to_string()
        }
    }

    fn part(&self, by: Grouping, year: i32, part: u32) -> String {
        const MONTHS: [(&str, &str); 12] = [
            ("January", "Januar"),
            ("February", "Februar"),
            ("March", "März"),
            ("April", "April"),
            ("May", "Mai"),
            ("June", "Juni"),
            ("July", "Juli"),
            ("August", "August"),
            ("September", "September"),
            ("October", "Oktober"),
            ("November", "November"),
            ("December", "Dezember"),
        ];
        if by == Grouping::Week {
            return self.say(&format!("Week {part}, {year}"), &format!("KW {part} {year}"));
        }
        let month = MONTHS.get(part.saturating_sub(1) as usize);
        let (english, german) = month.copied().unwrap_or_default();
        format!("{} {year}", self.say(english, german))
    }
}
