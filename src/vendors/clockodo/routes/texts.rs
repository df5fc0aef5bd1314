//! `/api/v3/entriesTexts`.

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::rules::texts::suggest;
use crate::vendors::clockodo::wire::master::DataOut;
use crate::vendors::clockodo::wire::params::Params;
use crate::vendors::clockodo::wire::texts::{TextOut, text_filter};

/// Lists suggested texts.
pub(super) fn list_texts(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let filter = text_filter(&Params::of(cx)?, caller.user.zone)?;
    let root = cx.read();
    let found = suggest(&root.value.clockodo, &caller.user, &filter);
    let data: Vec<TextOut<'_>> = found.into_iter().map(|text| TextOut::of(text)).collect();
    Ok(Reply::ok(&DataOut { data }))
}
