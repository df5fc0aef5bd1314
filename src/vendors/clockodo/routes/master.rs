//! The resources of master data, and their operations besides list, get, add, edit and delete.

use serde::Serialize;

use super::resource::{Envelope, Resource, View, answer};
use crate::http::context::Context;
use crate::http::reply::Reply;
use crate::vendors::clockodo::auth::Caller;
use crate::vendors::clockodo::error::Error;
use crate::vendors::clockodo::model::{
    Customer, LumpsumService, Project, ProjectId, Service, Subproject, SubprojectId, Team, User,
};
use crate::vendors::clockodo::rules::customers::projects_of;
use crate::vendors::clockodo::rules::master::MasterData;
use crate::vendors::clockodo::rules::refusal::Refusal;
use crate::vendors::clockodo::rules::{projects, subprojects, teams};
use crate::vendors::clockodo::wire::master::customers::{CountOut, CustomerOut, customer_patch};
use crate::vendors::clockodo::wire::master::older::{
    OlderCustomerOut, OlderProjectOut, OlderServiceOut, older_project_patch,
};
use crate::vendors::clockodo::wire::master::people::{TeamOut, UserOut, team_patch, user_patch};
use crate::vendors::clockodo::wire::master::projects::{
    ProjectOut, SubprojectOut, billed, completed, project_patch, subproject_patch,
};
use crate::vendors::clockodo::wire::master::services::{
    LumpsumServiceOut, ServiceOut, service_patch,
};
use crate::vendors::clockodo::wire::master::{
    ListIn, ListOptions, PLAIN_LIST, PROJECT_LIST, SUBPROJECT_LIST, TEAM_LIST, USER_LIST,
};
use crate::vendors::clockodo::wire::params::Params;

/// Declares resources: row type, envelope, list options, parser of patches, and renderer.
macro_rules! resources {
    ($(
        $(#[$doc:meta])*
        $name:ident: $kind:ident, $envelope:expr, $list:ident, $patch:ident,
        |$view:ident, $row:ident| $render:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name;

        impl Resource for $name {
            type Kind = $kind;
            const ENVELOPE: Envelope = $envelope;
            const LIST: ListOptions = $list;

            fn patch(params: &Params<'_>) -> Result<<$kind as MasterData>::Patch, Refusal> {
                $patch(params)
            }

            fn render<'a>($view: &View<'a>, $row: &'a $kind) -> impl Serialize {
                $render
            }
        }
    )*};
}

resources! {
    /// Customers of the third version.
    Customers: Customer, Envelope::Data, PLAIN_LIST, customer_patch,
        |view, row| CustomerOut::of(row, view.rights);
    /// Projects of the fourth version.
    Projects: Project, Envelope::Data, PROJECT_LIST, project_patch,
        |view, row| ProjectOut::of(view.state, row, view.rights);
    /// Subprojects of the third version.
    Subprojects: Subproject, Envelope::Data, SUBPROJECT_LIST, subproject_patch,
        |view, row| SubprojectOut::of(row, view.rights);
    /// Services of the fourth version.
    Services: Service, Envelope::Data, PLAIN_LIST, service_patch,
        |view, row| ServiceOut::of(row, view.rights);
    /// Lump-sum services of the fourth version.
    LumpsumServices: LumpsumService, Envelope::Data, PLAIN_LIST, service_patch,
        |view, row| LumpsumServiceOut::of(row, view.rights);
    /// Co-workers of the third version.
    Users: User, Envelope::Data, USER_LIST, user_patch,
        |view, row| UserOut::of(row, view.viewer, view.revision);
    /// Teams of the third version.
    Teams: Team, Envelope::Data, TEAM_LIST, team_patch,
        |view, row| TeamOut::of(row, teams::members(view.state, row.id));
    /// Customers of the second version.
    CustomersV2: Customer, Envelope::Paged("customer", "customers"), PLAIN_LIST, customer_patch,
        |view, row| OlderCustomerOut::of(row, view.rights);
    /// Projects of the second version.
    ProjectsV2: Project, Envelope::Paged("project", "projects"), PROJECT_LIST, older_project_patch,
        |view, row| OlderProjectOut::of(row, view.rights);
    /// Services of the second version.
    ServicesV2: Service, Envelope::Whole("service", "services"), PLAIN_LIST, service_patch,
        |view, row| OlderServiceOut::of(row, view.rights);
    /// Co-workers of the second version.
    UsersV2: User, Envelope::Whole("user", "users"), USER_LIST, user_patch,
        |view, row| UserOut::of(row, view.viewer, view.revision);
}

/// Counts the projects of customers.
pub(super) fn count_projects(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    let params = Params::of(cx)?;
    let ids = params.ids("customers_id")?.value();
    let list = ListIn::of(&params, &PLAIN_LIST)?;
    let root = cx.read();
    let state = &root.value.clockodo;
    let mut rows = Customer::list(state, &caller.user, &list.listing);
    rows.retain(|row| ids.as_ref().is_none_or(|ids| ids.contains(&row.id.0.0)));
    Ok(Reply::ok(&list.answer(rows, |row| {
        let active = projects_of(state, row.id).filter(|project| project.active).count();
        let inactive = projects_of(state, row.id).count() - active;
        CountOut { customers_id: row.id, active, inactive }
    })))
}

/// Gets the calling co-worker.
pub(super) fn get_me(cx: &Context, caller: Caller) -> Result<Reply, Error> {
    answer::<Users>(cx, &caller, caller.user.id)
}

/// Completes or reopens a project.
pub(super) fn complete_project(
    cx: &Context,
    caller: Caller,
    id: ProjectId,
) -> Result<Reply, Error> {
    let completed = completed(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::complete(&mut world.clockodo, cx.now(), &caller.user, id, completed)
    })?;
    answer::<Projects>(cx, &caller, id)
}

/// Marks a project as billed or not.
pub(super) fn set_billed(cx: &Context, caller: Caller, id: ProjectId) -> Result<Reply, Error> {
    let (billed, money) = billed(&Params::of(cx)?)?;
    cx.write(|world| {
        projects::set_billed(&mut world.clockodo, cx.now(), &caller.user, id, billed, money)
    })?;
    answer::<Projects>(cx, &caller, id)
}

/// Completes or reopens a subproject.
pub(super) fn complete_subproject(
    cx: &Context,
    caller: Caller,
    id: SubprojectId,
) -> Result<Reply, Error> {
    let completed = completed(&Params::of(cx)?)?;
    cx.write(|world| {
        subprojects::complete(&mut world.clockodo, cx.now(), &caller.user, id, completed)
    })?;
    answer::<Subprojects>(cx, &caller, id)
}
