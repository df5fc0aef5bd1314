//! `/api/v3/customers`.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{Customer, CustomerId};
use crate::vendors::clockodo::rules::customers::{self, projects_of};
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::customers::{CountOut, CustomerOut, customer_patch};
use crate::vendors::clockodo::wire::master::{DataOut, ListIn, MANY, THREE, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists customers.
pub(super) fn list_customers(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", THREE)?;
    let (root, rights) = (cx.read(), caller.user.rights());
    let rows = customers::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&list.answer(rows, |row| CustomerOut::of(row, rights))))
}

/// Counts the projects of customers.
pub(super) fn count_projects(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let params = Params::of(cx)?;
    let wanted = params.ids("customers_id")?.value();
    let list = ListIn::of(&params, MANY, "", THREE)?;
    let root = cx.read();
    let state = &root.value.clockodo;
    let mut rows = customers::list(state, &caller.user, &list.listing);
    rows.retain(|row| wanted.as_ref().is_none_or(|ids| ids.contains(&row.id.0.0)));
    let count = |row: &std::sync::Arc<Customer>| {
        let active = projects_of(state, row.id).filter(|project| project.active).count();
        let inactive = projects_of(state, row.id).count() - active;
        CountOut { customers_id: row.id, active, inactive }
    };
    Ok(Reply::ok(&list.answer(rows, count)))
}

fn answer(world: &World, caller: &Caller, id: CustomerId) -> Result<Reply, Error> {
    let customer = customers::find(&world.clockodo, id)?;
    Ok(Reply::ok(&DataOut { data: CustomerOut::of(customer, caller.user.rights()) }))
}

/// Gets a customer.
pub(super) fn get_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    answer(&cx.read().value, &caller, id)
}

/// Adds a customer.
pub(super) fn add_customer(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = customer_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = customers::add(state, ids, &caller.user, patch)?;
        answer(world, &caller, id)
    })
}

/// Changes a customer.
pub(super) fn edit_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    let patch = customer_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        customers::edit(&mut world.clockodo, &caller.user, id, patch)?;
        answer(world, &caller, id)
    })
}

/// Deletes a customer.
pub(super) fn delete_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| customers::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}
