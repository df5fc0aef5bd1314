//! The second version of customers, projects, services and users, which today answers as gone.

use crate::http::cx::Cx;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{CustomerId, ProjectId, ServiceId, UserId};
use crate::vendors::clockodo::rules::{customers, projects, services, users};
use crate::vendors::clockodo::wire::entries::SuccessOut;
use crate::vendors::clockodo::wire::master::customers::customer_patch;
use crate::vendors::clockodo::wire::master::older::{
    self, OlderCustomerOut, OlderProjectOut, OlderServiceOut, older_project_patch,
};
use crate::vendors::clockodo::wire::master::people::{UserOut, user_patch};
use crate::vendors::clockodo::wire::master::services::service_patch;
use crate::vendors::clockodo::wire::master::{ListIn, MANY, SIX, THREE, deletion};
use crate::vendors::clockodo::wire::params::Params;
use crate::world::World;

/// Lists customers.
pub(super) fn list_customers(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", THREE)?;
    let root = cx.read();
    let rows = customers::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&older::page(&list, "customers", rows, |row| {
        OlderCustomerOut::of(row, caller.user.rights())
    })))
}

fn customer(world: &World, caller: &Caller, id: CustomerId) -> Result<Reply, Error> {
    let row = customers::find(&world.clockodo, id)?;
    Ok(Reply::ok(&older::one("customer", &OlderCustomerOut::of(row, caller.user.rights()))))
}

/// Gets a customer.
pub(super) fn get_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    customer(&cx.read().value, &caller, id)
}

/// Adds a customer.
pub(super) fn add_customer(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = customer_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = customers::add(state, ids, &caller.user, patch)?;
        customer(world, &caller, id)
    })
}

/// Changes a customer.
pub(super) fn edit_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    let patch = customer_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        customers::edit(&mut world.clockodo, &caller.user, id, patch)?;
        customer(world, &caller, id)
    })
}

/// Deletes a customer.
pub(super) fn delete_customer(cx: &Cx, caller: Caller, id: CustomerId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| customers::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Lists projects.
pub(super) fn list_projects(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "customers_id", THREE)?;
    let root = cx.read();
    let rows = projects::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&older::page(&list, "projects", rows, |row| {
        OlderProjectOut::of(row, caller.user.rights())
    })))
}

fn project(world: &World, caller: &Caller, id: ProjectId) -> Result<Reply, Error> {
    let row = projects::find(&world.clockodo, id)?;
    Ok(Reply::ok(&older::one("project", &OlderProjectOut::of(row, caller.user.rights()))))
}

/// Gets a project.
pub(super) fn get_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    project(&cx.read().value, &caller, id)
}

/// Adds a project.
pub(super) fn add_project(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = older_project_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = projects::add(state, ids, &caller.user, patch)?;
        project(world, &caller, id)
    })
}

/// Changes a project.
pub(super) fn edit_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let patch = older_project_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::edit(&mut world.clockodo, cx.now(), &caller.user, id, patch)?;
        project(world, &caller, id)
    })
}

/// Deletes a project.
pub(super) fn delete_project(cx: &Cx, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| projects::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Lists services.
pub(super) fn list_services(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", THREE)?;
    let root = cx.read();
    let rows = services::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&older::all("services", rows, |row| {
        OlderServiceOut::of(row, caller.user.rights())
    })))
}

fn service(world: &World, caller: &Caller, id: ServiceId) -> Result<Reply, Error> {
    let row = services::find(&world.clockodo, id)?;
    Ok(Reply::ok(&older::one("service", &OlderServiceOut::of(row, caller.user.rights()))))
}

/// Gets a service.
pub(super) fn get_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    service(&cx.read().value, &caller, id)
}

/// Adds a service.
pub(super) fn add_service(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = services::add(state, ids, &caller.user, patch)?;
        service(world, &caller, id)
    })
}

/// Changes a service.
pub(super) fn edit_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    let patch = service_patch(&Params::of(cx)?)?;
    cx.write(|world| {
        services::edit(&mut world.clockodo, &caller.user, id, patch)?;
        service(world, &caller, id)
    })
}

/// Deletes a service.
pub(super) fn delete_service(cx: &Cx, caller: Caller, id: ServiceId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| services::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}

/// Lists co-workers.
pub(super) fn list_users(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let list = ListIn::of(&Params::of(cx)?, MANY, "", SIX)?;
    let root = cx.read();
    let revision = root.value.settings.revision;
    let rows = users::list(&root.value.clockodo, &caller.user, &list.listing);
    Ok(Reply::ok(&older::all("users", rows, |row| UserOut::of(row, &caller.user, revision))))
}

fn user(world: &World, caller: &Caller, id: UserId) -> Result<Reply, Error> {
    let row = users::find(&world.clockodo, id)?;
    Ok(Reply::ok(&older::one("user", &UserOut::of(row, &caller.user, world.settings.revision))))
}

/// Gets a co-worker.
pub(super) fn get_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    user(&cx.read().value, &caller, id)
}

/// Adds a co-worker.
pub(super) fn add_user(cx: &Cx, caller: Caller) -> Result<Reply, Error> {
    let patch = user_patch(&Params::of(cx)?, cx.revision())?;
    cx.write(|world| {
        let (state, ids) = (&mut world.clockodo, &mut world.ids);
        let id = users::add(state, ids, cx.now(), &caller.user, patch)?;
        user(world, &caller, id)
    })
}

/// Changes a co-worker.
pub(super) fn edit_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    let patch = user_patch(&Params::of(cx)?, cx.revision())?;
    cx.write(|world| {
        users::edit(&mut world.clockodo, &caller.user, id, patch)?;
        user(world, &caller, id)
    })
}

/// Deletes a co-worker.
pub(super) fn delete_user(cx: &Cx, caller: Caller, id: UserId) -> Result<Reply, Error> {
    let how = deletion(&Params::of(cx)?)?;
    cx.write(|world| users::delete(&mut world.clockodo, &caller.user, id, how))?;
    Ok(Reply::ok(&SuccessOut { success: true }))
}
