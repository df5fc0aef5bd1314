//! The filter of journal records that lists, counts and the live feed share.

use chrono::{DateTime, Utc};

use super::problem::{Problem, no_others};
use crate::http::query::QueryMap;
use crate::kernel::journal::Record;
use crate::kernel::uuids;
use crate::twin::Twin;

/// A filter of records; an absent member matches all.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    surface: Option<String>,
    operation: Option<String>,
    method: Option<String>,
    person: Option<String>,
    status: Option<i64>,
    pub(super) since: Option<Since>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Since {
    After(u64),
    At(DateTime<Utc>),
}

impl Filter {
    pub(super) fn of(twin: &Twin, query: Option<String>) -> Result<Self, Problem> {
        let query = QueryMap::parse(&query.unwrap_or_default());
        let text = |name: &str| query.first(name).map(str::to_owned);
        let filter = Self {
            surface: text("surface"),
            operation: text("operation"),
            method: text("method"),
            person: text("person"),
            status: query.integer("status")?,
            since: query.first("since").map(since).transpose()?,
        };
        no_others(&query)?;
        if let Some(surface) = &filter.surface {
            twin.surface(surface)?;
        }
        Ok(filter)
    }

    /// Whether the filter matches the record.
    pub(super) fn wants(&self, record: &Record) -> bool {
        let Self { surface, operation, method, person, status, since } = self;
        let same = |wanted: &Option<String>, is: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| is.is_some_and(|is| is.eq_ignore_ascii_case(wanted)))
        };
        same(surface, record.surface)
            && same(operation, record.operation)
            && same(method, Some(&record.method))
            && same(person, record.person.as_deref())
            && status.is_none_or(|wanted| i64::from(record.status) == wanted)
            && match since {
                None => true,
                Some(Since::After(number)) => record.number() > *number,
                Some(Since::At(at)) => record.at >= *at,
            }
    }
}

fn since(text: &str) -> Result<Since, Problem> {
    if let Some(number) = number(text) {
        return Ok(Since::After(number));
    }
    match text.parse() {
        Ok(at) => Ok(Since::At(at)),
        Err(_) => Err(Problem::new(400, "`since` must be the id of a record or an instant.")),
    }
}

/// The number of a record, from its id or as a plain number.
pub(super) fn number(text: &str) -> Option<u64> {
    text.parse().map(uuids::count).or_else(|_| text.parse()).ok()
}
