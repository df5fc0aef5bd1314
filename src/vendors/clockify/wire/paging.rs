//! Paged lists: the parameters `page` and `page-size`, and the header `Last-Page`.

use axum::http::StatusCode;
use serde::Serialize;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::VendorError;
use crate::http::{Expected, Rejection};
use crate::kernel::page::Page;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::error::Refusal;
use crate::vendors::clockify::limits::{PAGE, PAGE_MOST};

/// The requested page.
///
/// # Errors
/// For values that are not Java integers, and for sizes out of range.
pub fn page(cx: &Context) -> Result<Page, Refusal> {
    page_of(integer(cx, "page")?, integer(cx, "page-size")?)
}

/// The page of this number and size.
///
/// # Errors
/// For sizes out of range.
pub fn page_of(number: Option<i64>, size: Option<i64>) -> Result<Page, Refusal> {
    let number = number.unwrap_or(1);
    if number < 1 {
        quirk!("CFY-006");
    }
    let size = match size.map(u64::try_from) {
        None => PAGE,
        Some(Err(_) | Ok(0)) => {
            quirk!("CFY-533");
            return Err(Refusal::NoPageSize);
        }
        Some(Ok(size)) if size > PAGE_MOST => return Err(Refusal::PageSize),
        Some(Ok(size)) => size,
    };
    Ok(Page { number: u64::try_from(number).unwrap_or(1), size })
}

fn integer(cx: &Context, name: &str) -> Result<Option<i64>, Refusal> {
    let number = cx.query.integer(name)?;
    match number {
        Some(number) if i32::try_from(number).is_err() => {
            let (name, value) = (name.to_owned(), number.to_string());
            Err(Rejection::BadParameter { name, value, expected: Expected::Integer }.into())
        }
        number => Ok(number),
    }
}

/// Answers with the requested page of `rows` and its `Last-Page` header. `out` renders a row.
/// Source: clockify.md:2.
///
/// # Errors
/// As [`page`].
pub fn page_reply<R, O: Serialize>(
    cx: &Context,
    rows: impl Iterator<Item = R>,
    out: impl FnMut(R) -> O,
) -> Result<Reply, Refusal> {
    let (rows, last) = page(cx)?.of(rows);
    let rows: Vec<O> = rows.into_iter().map(out).collect();
    let last = if last { "true" } else { "false" };
    Ok(Reply::json(StatusCode::OK, &rows).with("last-page", last))
}

/// As [`page_reply`], with the number of all rows in `total-count`, also beside the refusal of a page.
///
/// # Errors
/// [`Refusal`], in the `documented` revision only.
pub fn counted_reply<R, O: Serialize>(
    cx: &Context,
    rows: impl Iterator<Item = R>,
    out: impl FnMut(R) -> O,
) -> Result<Reply, Refusal> {
    if cx.revision() == Revision::Documented {
        return page_reply(cx, rows, out);
    }
    quirk!("CFY-534");
    let rows: Vec<R> = rows.collect();
    let count = rows.len().to_string();
    let reply = page_reply(cx, rows.into_iter(), out).unwrap_or_else(|refusal| refusal.reply(cx));
    Ok(reply.with("total-count", &count))
}

/// `rows` in ascending or descending order. They come in ascending order.
pub fn in_order<'a, R: 'a>(
    rows: impl DoubleEndedIterator<Item = R> + 'a,
    descending: bool,
) -> Box<dyn Iterator<Item = R> + 'a> {
    if descending { Box::new(rows.rev()) } else { Box::new(rows) }
}
