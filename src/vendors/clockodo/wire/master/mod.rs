//! Master data in the third and fourth version of the API: `{"paging":…,"data":[…]}`,
//! `{"data":{…}}`. Source: clockodo.md:5.3.

pub mod customers;
pub mod older;
pub mod people;
pub mod projects;
pub mod services;

use serde::Serialize;
use serde_json::Value;

use super::paging::{PagingOut, page};
use super::params::Params;
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockodo::model::ServiceId;
use crate::vendors::clockodo::rules::master::{Deletion, Listing, Sort, SortBy};
use crate::vendors::clockodo::rules::refusal::{Detail, Problem, Refusal, unexpected};

/// Maximum length of a name in characters. Source: clockodo.md:5.3.
pub const NAME: usize = 100;
/// Maximum length of a number in characters. Source: clockodo.md:5.3.
pub const NUMBER: usize = 50;
/// Maximum length of a note in characters. Source: clockodo.md:5.3.
pub const NOTE: usize = 1000;
/// Default page size. Source: clockodo.md:3.
pub const ROWS: u64 = 1000;
/// Maximum page size of customers, projects, subprojects and services. Source: clockodo.md:3.
pub const MANY: u64 = 5000;
/// Maximum page size of co-workers and teams. Source: clockodo.md:3.
pub const FEW: u64 = 1000;

/// `{"data":…}`.
#[derive(Debug, Serialize)]
pub struct DataOut<T> {
    /// The thing.
    pub data: T,
}

/// `{"paging":…,"data":[…]}`.
#[derive(Debug, Serialize)]
pub struct PageOut<T> {
    /// The position of the page.
    pub paging: PagingOut,
    /// The page.
    pub data: Vec<T>,
}

/// A request for a list.
#[derive(Debug)]
pub struct ListIn {
    /// The filters and the order.
    pub listing: Listing,
    /// The page.
    pub page: Page,
}

/// The names of orders.
const SORTS: [(&str, SortBy); 6] = [
    ("id", SortBy::Id),
    ("name", SortBy::Name),
    ("active", SortBy::Active),
    ("number", SortBy::Number),
    ("role", SortBy::Role),
    ("teams_name", SortBy::TeamName),
];

/// The options of lists of one resource.
#[derive(Debug, Clone, Copy)]
pub struct ListOptions {
    /// Maximum page size.
    pub most: u64,
    /// The parameter that filters by parent.
    pub parent: Option<&'static str>,
    /// The number of supported orders, from the start of the table.
    pub orders: usize,
}

/// Lists of customers, services and lump-sum services.
pub const PLAIN_LIST: ListOptions = ListOptions { most: MANY, parent: None, orders: 3 };
/// Lists of projects.
pub const PROJECT_LIST: ListOptions =
    ListOptions { most: MANY, parent: Some("customers_id"), orders: 3 };
/// Lists of subprojects.
pub const SUBPROJECT_LIST: ListOptions =
    ListOptions { most: MANY, parent: Some("projects_id"), orders: 3 };
/// Lists of co-workers.
pub const USER_LIST: ListOptions = ListOptions { most: FEW, parent: None, orders: 6 };
/// Lists of teams.
pub const TEAM_LIST: ListOptions = ListOptions { most: FEW, parent: None, orders: 2 };

impl ListIn {
    /// Reads a request for a list.
    ///
    /// # Errors
    /// For filters and orders of the wrong type, and pages out of range.
    pub fn of(params: &Params<'_>, options: &ListOptions) -> Result<Self, Refusal> {
        let filter = params.nested("filter")?;
        let of = match options.parent {
            Some(parent) => filter.id(parent)?.value(),
            None => None,
        };
        let teams = filter.list("teams_id")?.value().map(|parts| {
            let team = |part: &String| part.trim().parse().ok().filter(|id: &u64| *id != 0);
            parts.iter().map(team).collect()
        });
        let scope = params.text("scope", NAME)?.value();
        let sort = sort(params, options)?;
        let fulltext = filter.text("fulltext", NOTE)?.value().filter(|text| !text.is_empty());
        if sort.is_empty() {
            quirk!("CDO-011");
        }
        if fulltext.is_some() {
            quirk!("CDO-012");
        }
        Ok(Self {
            listing: Listing {
                active: filter.boolean("active")?.value(),
                completed: filter.boolean("completed")?.value(),
                of,
                teams,
                fulltext,
                managed: scope.as_deref() == Some("manageAccess"),
                sort,
            },
            page: page(params, ROWS, options.most)?,
        })
    }

    /// The requested page of these rows.
    #[must_use]
    pub fn answer<R, T>(&self, rows: Vec<R>, out: impl FnMut(R) -> T) -> PageOut<T> {
        let paging = PagingOut::of(self.page, rows.len());
        let rows = rows.into_iter().skip(self.page.skip()).take(self.page.take());
        PageOut { paging, data: rows.map(out).collect() }
    }
}

fn sort(params: &Params<'_>, options: &ListOptions) -> Result<Vec<Sort>, Refusal> {
    let is_single = matches!(params.raw("sort"), Some(Value::String(word)) if !word.is_empty());
    if is_single && options.parent == SUBPROJECT_LIST.parent {
        quirk!("CDO-053");
        if params.revision() == Revision::Current {
            return Err(Problem::NotArray.at(&["sort"]));
        }
    }
    let words = params.list("sort")?.value().unwrap_or_default();
    let known = &SORTS[..options.orders];
    let each = words.iter().map(|word| {
        let (bare, descending) = match word.strip_prefix('-') {
            Some(bare) => (bare, true),
            None => (word.as_str(), false),
        };
        let by = known.iter().find(|(name, _)| *name == bare).map(|(_, by)| *by);
        by.map(|by| Sort { by, descending }).ok_or_else(|| {
            let names: Vec<String> = known
                .iter()
                .flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")])
                .collect();
            unexpected("sort", Detail::Texts(names))
        })
    });
    each.collect()
}

/// Reads the options of a deletion.
///
/// # Errors
/// For flags of the wrong type.
pub fn deletion(params: &Params<'_>) -> Result<Deletion, Refusal> {
    Ok(Deletion {
        dry_run: params.boolean("dry_run")?.value() == Some(true),
        force: params.boolean("force")?.value() == Some(true),
    })
}

/// Reads an optional name.
///
/// # Errors
/// For an empty name or one that is too long.
pub fn name(params: &Params<'_>, field: &str) -> Result<Option<String>, Refusal> {
    match params.text(field, NAME)? {
        Field::Absent => Ok(None),
        Field::Value(name) if !name.trim().is_empty() => Ok(Some(name)),
        Field::Null | Field::Value(_) => Err(Problem::Missing.at(&[field])),
    }
}

/// Reads an optional text: absent, removed, or a value.
///
/// # Errors
/// For a text that is too long.
pub fn optional_text(
    params: &Params<'_>,
    field: &str,
    most: usize,
) -> Result<Option<Option<String>>, Refusal> {
    let words = params.text(field, most)?.change();
    Ok(words.map(|words| words.filter(|words| !words.is_empty())))
}

/// Reads assigned services.
///
/// # Errors
/// For ids of the wrong type.
pub fn service_assignments(params: &Params<'_>) -> Result<Option<Vec<ServiceId>>, Refusal> {
    let ids = params.ids("service_assignments")?.change();
    let services = |ids: Vec<u64>| ids.into_iter().map(|id| ServiceId(Serial(id))).collect();
    Ok(ids.map(|ids| ids.map(services).unwrap_or_default()))
}

/// Reads a number that must be one of `of`.
///
/// # Errors
/// For any other number.
pub fn one_of(params: &Params<'_>, field: &str, of: &[u8]) -> Result<Field<u8>, Refusal> {
    Ok(match params.integer(field)? {
        Field::Absent => Field::Absent,
        Field::Null => Field::Null,
        Field::Value(number) => {
            let known = u8::try_from(number).ok().filter(|number| of.contains(number));
            Field::Value(
                known.ok_or_else(|| unexpected(field, Detail::numbers(of.iter().copied())))?,
            )
        }
    })
}
