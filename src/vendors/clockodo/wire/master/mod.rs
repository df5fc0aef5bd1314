//! Master data as the third and fourth version of the API show and take it: `{"paging":…,"data":[…]}`,
//! `{"data":{…}}`. Source: clockodo.md:5.3.

pub mod customers;
pub mod older;
pub mod people;
pub mod projects;
pub mod services;

use serde::Serialize;
use serde_json::json;

use super::paging::{PagingOut, page};
use super::params::Params;
use crate::http::body::Field;
use crate::kernel::ids::Serial;
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockodo::error::{Error, Problem};
use crate::vendors::clockodo::model::ServiceId;
use crate::vendors::clockodo::rules::master::{Deletion, Listing, Sort, SortBy};

/// Longest names, numbers and notes, in characters. Source: clockodo.md:5.3.
pub const NAME: usize = 100;
/// Longest number.
pub const NUMBER: usize = 50;
/// Longest note.
pub const NOTE: usize = 1000;
/// Rows a page when the request does not say. Source: clockodo.md:3.
pub const ROWS: u64 = 1000;
/// Most rows a page of customers, projects, subprojects and services. Source: clockodo.md:3.
pub const MANY: u64 = 5000;
/// Most rows a page of co-workers and teams. Source: clockodo.md:3.
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
    /// Where the page lies.
    pub paging: PagingOut,
    /// The page.
    pub data: Vec<T>,
}

/// What a request for a list asks for.
#[derive(Debug)]
pub struct ListIn {
    /// What narrows it, and its order.
    pub listing: Listing,
    /// Which page of it.
    pub page: Page,
}

/// Words for orders.
const SORTS: [(&str, SortBy); 6] = [
    ("id", SortBy::Id),
    ("name", SortBy::Name),
    ("active", SortBy::Active),
    ("number", SortBy::Number),
    ("role", SortBy::Role),
    ("teams_name", SortBy::TeamName),
];

/// Orders of most lists; the first words of the table.
pub const THREE: usize = 3;
/// Orders of teams.
pub const TWO: usize = 2;
/// Orders of co-workers.
pub const SIX: usize = 6;

impl ListIn {
    /// Reads a request for at most `most` rows a page. `of` names the filter by what things belong to;
    /// `sorts` is how many of the orders there are.
    ///
    /// # Errors
    /// Filters and orders of another kind, and pages out of range.
    pub fn of(params: &Params<'_>, most: u64, of: &str, sorts: usize) -> Result<Self, Error> {
        let filter = params.nested("filter")?;
        let of = if of.is_empty() { None } else { filter.id(of)?.value() };
        let teams = filter.list("teams_id")?.value().map(|parts| {
            let team = |part: &String| part.trim().parse().ok().filter(|id: &u64| *id != 0);
            parts.iter().map(team).collect()
        });
        let scope = params.text("scope", NAME)?.value();
        quirk!("CDO-037");
        Ok(Self {
            listing: Listing {
                active: filter.boolean("active")?.value(),
                completed: filter.boolean("completed")?.value(),
                of,
                teams,
                fulltext: filter.text("fulltext", NOTE)?.value().filter(|text| !text.is_empty()),
                managed: scope.as_deref() == Some("manageAccess"),
                sort: sort(params, sorts)?,
            },
            page: page(params, ROWS, most)?,
        })
    }

    /// The wanted page of these rows.
    #[must_use]
    pub fn answer<R, T>(&self, rows: Vec<R>, out: impl FnMut(R) -> T) -> PageOut<T> {
        let paging = PagingOut::of(self.page, rows.len());
        let rows = rows.into_iter().skip(self.page.skip()).take(self.page.take());
        PageOut { paging, data: rows.map(out).collect() }
    }
}

fn sort(params: &Params<'_>, sorts: usize) -> Result<Vec<Sort>, Error> {
    let words = params.list("sort")?.value().unwrap_or_default();
    let known = &SORTS[..sorts];
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
            let details = json!({ "expected_values": names });
            Error::detailed(Problem::UnexpectedValue, "sort", details)
        })
    });
    each.collect()
}

/// How something is deleted.
///
/// # Errors
/// Flags of another kind.
pub fn deletion(params: &Params<'_>) -> Result<Deletion, Error> {
    Ok(Deletion {
        dry_run: params.boolean("dry_run")?.value() == Some(true),
        force: params.boolean("force")?.value() == Some(true),
    })
}

/// A name: absent, or some words.
///
/// # Errors
/// One that is empty or too long.
pub fn name(params: &Params<'_>, field: &str) -> Result<Option<String>, Error> {
    match params.text(field, NAME)? {
        Field::Absent => Ok(None),
        Field::Value(name) if !name.trim().is_empty() => Ok(Some(name)),
        Field::Null | Field::Value(_) => Err(Error::fault(Problem::Missing, &[field])),
    }
}

/// A text that can be taken away: absent, nothing, or some words.
///
/// # Errors
/// One that is too long.
pub fn words(
    params: &Params<'_>,
    field: &str,
    most: usize,
) -> Result<Option<Option<String>>, Error> {
    let words = params.text(field, most)?.change();
    Ok(words.map(|words| words.filter(|words| !words.is_empty())))
}

/// Assigned services.
///
/// # Errors
/// Ids of another kind.
pub fn assigned(params: &Params<'_>) -> Result<Option<Vec<ServiceId>>, Error> {
    let ids = params.ids("service_assignments")?.change();
    let services = |ids: Vec<u64>| ids.into_iter().map(|id| ServiceId(Serial(id))).collect();
    Ok(ids.map(|ids| ids.map(services).unwrap_or_default()))
}

/// One of some numbers.
///
/// # Errors
/// Any other.
pub fn one_of(params: &Params<'_>, field: &str, of: &[i64]) -> Result<Field<u8>, Error> {
    Ok(match params.integer(field)? {
        Field::Absent => Field::Absent,
        Field::Null => Field::Null,
        Field::Value(number) => {
            let known = u8::try_from(number).ok().filter(|_| of.contains(&number));
            Field::Value(known.ok_or_else(|| {
                let details = json!({ "expected_values": of });
                Error::detailed(Problem::UnexpectedValue, field, details)
            })?)
        }
    })
}
