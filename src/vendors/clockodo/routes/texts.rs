//! `/api/v3/entriesTexts`.

use super::super::auth::Caller;
use super::super::error::Error;
use super::super::rules::texts::suggest;
use super::super::wire::master::DataOut;
use super::super::wire::params::Params;
use super::super::wire::texts::{TextOut, wanted_texts};
use crate::http::cx::Cx;
use crate::http::reply::Reply;

/// Lists descriptions to choose from.
pub(super) fn list_texts(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let wanted = wanted_texts(&Params::of(cx)?, caller.user.zone)?;
    let root = cx.read();
    let found = suggest(&root.value.clockodo, &caller.user, &wanted);
    let data: Vec<TextOut<'_>> = found.into_iter().map(|text| TextOut::of(text)).collect();
    Ok(Reply::ok(&DataOut { data }))
}
