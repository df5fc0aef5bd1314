//! Entries in answers. Source: 003:10-59, clockodo.md:4.1, clockodo.md:4.2.

use serde::Serialize;
use serde_json::{Map, Value};

use super::number::Hundredths;
use super::paging::PagingOut;
use super::time::Stamp;
use crate::http::body::Field;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::model::{
    CustomerId, Entry, EntryId, Kind, LumpsumServiceId, Mark, ProjectId, ServiceId, State,
    SubprojectId, TextId, TimeDetails, User, UserId,
};
use crate::vendors::clockodo::rules::revenue::Revenues;

/// An entry. Keys of other types, of the enhanced list, or without the caller's right are absent.
/// Existing keys without a value are `null`.
#[derive(Debug, Serialize)]
pub struct EntryOut<'a> {
    id: EntryId,
    customers_id: CustomerId,
    projects_id: Option<ProjectId>,
    subprojects_id: Option<SubprojectId>,
    users_id: UserId,
    billable: u8,
    texts_id: Option<TextId>,
    text: Option<&'a str>,
    time_since: Stamp,
    time_until: Option<Stamp>,
    time_insert: Stamp,
    time_last_change: Stamp,
    test_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    customers_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    projects_name: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    subprojects_name: Field<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue: Option<Hundredths>,
    r#type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    services_id: Option<ServiceId>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    time: Option<TimeOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lumpsum: Option<Hundredths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lumpsum_services_id: Option<LumpsumServiceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lumpsum_services_amount: Option<Hundredths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lumpsum_services_price: Option<Hundredths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    services_name: Option<&'a str>,
}

/// The properties that only time entries have.
#[derive(Debug, Serialize)]
struct TimeOut {
    duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_last_change_worktime: Option<Stamp>,
    time_last_change_work_time: Stamp,
    time_clocked_since: Option<Stamp>,
    clocked: bool,
    clocked_offline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hourly_rate: Option<Hundredths>,
}

/// Renders entries.
#[derive(Debug)]
pub struct EntryRendering<'a> {
    state: &'a State,
    /// True if the viewer may see rates and revenues.
    revenues: bool,
    /// Looks up names, revenues and prices. Only for the enhanced list.
    enhanced: Option<Revenues<'a>>,
    revision: Revision,
}

impl<'a> EntryRendering<'a> {
    /// Renders entries for `viewer`, without the properties of the enhanced list.
    #[must_use]
    pub fn plain(state: &'a State, viewer: &User, revision: Revision) -> Self {
        Self { state, revenues: viewer.rights().revenues, enhanced: None, revision }
    }

    /// Adds names, revenues and prices. `also_open` is as in [`Revenues::of`].
    #[must_use]
    pub fn enhanced(self, also_open: Option<bool>) -> Self {
        Self { enhanced: also_open.map(|also| Revenues::of(self.state, also)), ..self }
    }

    /// An entry.
    pub fn entry(&mut self, entry: &'a Entry) -> EntryOut<'a> {
        let Entry {
            id,
            user,
            customer,
            project,
            subproject,
            billable,
            text,
            since,
            until,
            inserted,
            changed,
            test_data,
            kind,
        } = entry;
        let state = self.state;
        quirk!("CDO-002");
        quirk!("CDO-007");
        let text_of = |id: TextId| state.texts.get(id).map(|text| text.words.as_str());
        let mut out = EntryOut {
            id: *id,
            customers_id: *customer,
            projects_id: *project,
            subprojects_id: *subproject,
            users_id: *user,
            billable: billable.number(),
            texts_id: *text,
            text: text.and_then(text_of),
            time_since: Stamp(*since),
            time_until: until.map(Stamp),
            time_insert: Stamp(*inserted),
            time_last_change: Stamp(*changed),
            test_data: *test_data,
            customers_name: None,
            projects_name: Field::Absent,
            subprojects_name: Field::Absent,
            users_name: None,
            revenue: None,
            r#type: 1,
            services_id: entry.service(),
            time: None,
            lumpsum: None,
            lumpsum_services_id: None,
            lumpsum_services_amount: None,
            lumpsum_services_price: None,
            services_name: None,
        };
        match kind {
            Kind::Time(details) => out.time = Some(self.time(entry, details)),
            Kind::Lumpsum { service: _, value } => {
                quirk!("CDO-029");
                (out.r#type, out.lumpsum) = (2, Some(Hundredths(*value)));
            }
            Kind::LumpsumService { service, amount } => {
                quirk!("CDO-029");
                (out.r#type, out.lumpsum_services_id) = (3, Some(*service));
                out.lumpsum_services_amount = Some(Hundredths(*amount));
            }
        }
        self.enhance(entry, &mut out);
        out
    }

    fn time(&self, entry: &Entry, details: &TimeDetails) -> TimeOut {
        let TimeDetails {
            service: _,
            offset,
            clocked,
            clocked_offline,
            clocked_since,
            work_time_changed,
            rate,
            own_rate: _,
        } = details;
        if entry.is_running() {
            quirk!("CDO-005");
        }
        quirk!("CDO-003");
        let older = self.revision == Revision::Documented;
        TimeOut {
            duration: entry.span(),
            offset: Some(*offset).filter(|offset| *offset != 0 && !entry.is_running()),
            time_last_change_worktime: older.then_some(Stamp(*work_time_changed)),
            time_last_change_work_time: Stamp(*work_time_changed),
            time_clocked_since: clocked_since.map(Stamp),
            clocked: *clocked,
            clocked_offline: *clocked_offline,
            hourly_rate: self.revenues.then_some(Hundredths(*rate)),
        }
    }

    /// Adds the properties of the enhanced list.
    fn enhance(&mut self, entry: &'a Entry, out: &mut EntryOut<'a>) {
        let state = self.state;
        let Some(revenues) = &mut self.enhanced else { return };
        let project = entry.project.and_then(|id| state.projects.get(id));
        let subproject = entry.subproject.and_then(|id| state.subprojects.get(id));
        let customer = state.customers.get(entry.customer);
        out.customers_name = customer.map(|customer| customer.name.as_str());
        out.projects_name = project.map(|project| project.name.as_str()).into();
        out.subprojects_name = subproject.map(|subproject| subproject.name.as_str()).into();
        out.users_name = state.users.get(entry.user).map(|user| user.name.as_str());
        let service = entry.service().and_then(|id| state.services.get(id));
        out.services_name = service.map(|service| service.name.as_str());
        let mark = Mark::of(entry);
        if self.revenues {
            out.revenue = Some(Hundredths(revenues.revenue(&mark)));
        }
        if let Kind::LumpsumService { service, .. } = &entry.kind {
            out.lumpsum_services_price = Some(Hundredths(revenues.price(service.0.0)));
        }
    }
}

/// `{"paging":…,"filter":…,"entries":[…]}`. Source: 003:95.
#[derive(Debug, Serialize)]
pub struct EntriesOut<'a> {
    /// The position of the page.
    pub paging: PagingOut,
    /// The filters that were applied. Absent in the `current` revision.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub filter: Field<Map<String, Value>>,
    /// The page.
    pub entries: Vec<EntryOut<'a>>,
}

impl<'a> EntriesOut<'a> {
    /// A page of entries.
    #[must_use]
    pub fn of(
        paging: PagingOut,
        filter: Option<Map<String, Value>>,
        entries: Vec<EntryOut<'a>>,
        revision: Revision,
    ) -> Self {
        quirk!("CDO-001");
        quirk!("CDO-006");
        let filter = match revision {
            Revision::Documented => filter.into(),
            Revision::Current => Field::Absent,
        };
        Self { paging, filter, entries }
    }
}

/// `{"entry":…}`. Source: 003:114.
#[derive(Debug, Serialize)]
pub struct EntryAnswerOut<'a> {
    /// The entry.
    pub entry: EntryOut<'a>,
    /// The entry whose clock was stopped by adding this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<EntryOut<'a>>,
    /// The running entry. Only in answers to changes, in the `current` revision.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub running: Field<EntryOut<'a>>,
}

/// `{"success":true}`. Source: 003:158.
#[derive(Debug, Serialize)]
pub struct SuccessOut {
    /// Always true.
    pub success: bool,
}
