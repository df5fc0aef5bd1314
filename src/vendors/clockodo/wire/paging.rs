//! `page`, `items_per_page` and the paging object. Source: clockodo.md:3.

use serde::Serialize;

use super::params::Params;
use crate::kernel::page::Page;
use crate::quirk;
use crate::vendors::clockodo::rules::refusal::{Refusal, not_between};

/// The position of a page in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PagingOut {
    items_per_page: u64,
    current_page: u64,
    count_pages: u64,
    count_items: usize,
}

impl PagingOut {
    /// The position of `page` in a list of `count` items.
    #[must_use]
    pub fn of(page: Page, count: usize) -> Self {
        if count == 0 || page.number > page.pages(count) {
            quirk!("CDO-011");
        }
        Self {
            items_per_page: page.size,
            current_page: page.number,
            count_pages: page.pages(count),
            count_items: count,
        }
    }
}

/// The requested page. Its default size is `size`, its maximum size `most`.
///
/// # Errors
/// For a page below 1, or a size out of range.
pub fn page(params: &Params<'_>, size: u64, most: u64) -> Result<Page, Refusal> {
    let within = |name: &str, default: u64, most: u64| -> Result<u64, Refusal> {
        let Some(value) = params.integer(name)?.value() else { return Ok(default) };
        let value = u64::try_from(value).ok().filter(|value| (1..=most).contains(value));
        value.ok_or_else(|| {
            quirk!("CDO-010");
            quirk!("CDO-015");
            not_between(name, 1, most)
        })
    };
    Ok(Page { number: within("page", 1, u64::MAX)?, size: within("items_per_page", size, most)? })
}
