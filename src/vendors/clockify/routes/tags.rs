//! Tags.

use axum::http::StatusCode;

use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::http::routes::Handlers;
use crate::kernel::revision::Revision;
use crate::quirk;
use crate::vendors::clockify::auth::Access;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::TagId;
use crate::vendors::clockify::rules::tags::{self, Sort, TagFilter};
use crate::vendors::clockify::wire::body;
use crate::vendors::clockify::wire::paging::counted_reply;
use crate::vendors::clockify::wire::query;
use crate::vendors::clockify::wire::tags::{TagIn, TagOut};

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on("getTags", get_tags)
        .on("createNewTag", create_new_tag)
        .on("getTag", get_tag)
        .on("updateTag", update_tag)
        .on("deleteTag", delete_tag)
}

/// Source: 001:786.
fn get_tags(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (sort, descending) = order(cx)?;
    let filter = TagFilter {
        archived: cx.query.boolean("archived")?,
        name: query::name_filter(cx)?,
        excluded: cx.query.list("excluded-ids").into_iter().flat_map(str::parse).collect(),
        sort,
        descending,
    };
    let root = cx.read();
    let rows = tags::list(&root.value.clockify, &access.actor, &filter);
    counted_reply(cx, rows, |tag| TagOut::from(&**tag))
}

/// Column and direction. The document swaps the values of the two parameters. Source: 001:807-815.
fn order(cx: &Context) -> Result<(Sort, bool), Refusal> {
    const DIRECTIONS: [&str; 2] = ["ASCENDING", "DESCENDING"];
    let sent = |name| query::text(cx, name);
    let swapped = sent("sort-order") == Some("NAME")
        || sent("sort-colum").is_some_and(|word| DIRECTIONS.contains(&word));
    if swapped {
        quirk!("CFY-102");
    }
    if swapped && cx.revision() == Revision::Documented {
        query::one_of(cx, "sort-order", &["NAME", "ASCENDING", "DESCENDING"])?;
        let direction = query::one_of(cx, "sort-colum", &DIRECTIONS)?;
        return Ok((Sort::Name, direction == Some("DESCENDING")));
    }
    let sort = match query::sort_column(cx, &["ID", "NAME"])? {
        Some("ID") => Sort::Id,
        _ => Sort::Name,
    };
    Ok((sort, query::descending(cx)?))
}

/// Source: 001:847.
fn create_new_tag(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let (name, _) = body::object::<TagIn>(cx)?.parts();
    let tag = cx.write(|world| {
        let (state, ids) = (&mut world.clockify, &mut world.ids);
        tags::create(state, ids, cx.now(), &access.actor, &name)
    })?;
    Ok(Reply::json(StatusCode::CREATED, &TagOut::from(&tag)))
}

/// Source: clockify.md:4.2.
fn get_tag(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let tag = tags::get(&cx.read().value.clockify, &access.actor, id(cx)?)?;
    Ok(Reply::ok(&TagOut::from(&*tag)))
}

/// Source: 001:884.
fn update_tag(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let (name, archived) = body::object::<TagIn>(cx)?.parts();
    let tag = cx.write(|world| {
        tags::update(&mut world.clockify, cx.now(), &access.actor, id, &name, archived)
    })?;
    Ok(Reply::ok(&TagOut::from(&tag)))
}

/// Source: 001:927.
fn delete_tag(cx: &Context, access: Access) -> Result<Reply, Refusal> {
    let id = id(cx)?;
    let tag = cx.write(|world| tags::delete(&mut world.clockify, cx.now(), &access.actor, id))?;
    Ok(Reply::ok(&TagOut::from(&*tag)))
}

fn id(cx: &Context) -> Result<TagId, Refusal> {
    query::path_id(cx, "id", Entity::TAG)
}
