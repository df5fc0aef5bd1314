//! What master data is refused with.

use serde_json::{Value, json};

use super::{Error, Problem};

use crate::quirk;
use crate::vendors::clockodo::rules::completion;
use crate::vendors::clockodo::rules::master::{self, PeopleError, ProjectError};
use crate::vendors::clockodo::wire::number::Hundredths;

/// English and German for the vendor's name of a kind of thing.
pub(super) fn thing(resource: &str) -> (&'static str, &'static str) {
    match resource {
        "customers" => ("customer", "einen Kunden"),
        "projects" => ("project", "ein Projekt"),
        "subprojects" => ("subproject", "ein Teilprojekt"),
        "services" => ("service", "eine Leistung"),
        "lumpsum_services" => ("lump sum service", "eine Pauschalleistung"),
        _ => ("team", "ein Team"),
    }
}

const NONE: &[&str] = &[];

fn with(problem: Problem, details: Value) -> Error {
    let error = Error::fault(problem, NONE);
    match error {
        Error::Fault(fault) => Error::Fault(super::Fault { details: Some(details), ..fault }),
        other => other,
    }
}

impl From<master::Error> for Error {
    fn from(error: master::Error) -> Self {
        use master::Error as Master;
        match error {
            Master::NoSuch => Self::fault(Problem::NotFound, NONE),
            Master::Forbidden => Self::fault(Problem::Forbidden, NONE),
            Master::Empty(field) => Self::fault(Problem::Missing, &[field]),
            Master::NotFound(field) => Self::fault(Problem::NotFound, &[field]),
            Master::Inactive(field) => Self::fault(Problem::HasToBeActive, &[field]),
            Master::NameTaken(resource) => {
                quirk!("CDO-047");
                Self::detailed(Problem::NameTaken, "name", json!({ "resources": [resource] }))
            }
            Master::HasToBeInactive => Self::fault(Problem::HasToBeInactive, NONE),
            Master::Relations(relations) => {
                let (resources, count): (Vec<&str>, Vec<usize>) = relations.into_iter().unzip();
                let details = json!({ "resources": resources, "count": count });
                with(Problem::RelationsPreventDeletion, details)
            }
            Master::RunningPreventsDeletion => {
                Self::fault(Problem::RunningEntriesPreventDeletion, NONE)
            }
            Master::RunningPreventsArchiving => {
                Self::fault(Problem::RunningEntriesPreventArchiving, &["active"])
            }
            Master::DemoData => Self::fault(Problem::CannotModifyDemoData, NONE),
            Master::DefaultArchived => Self::fault(Problem::ArchiveCompanyDefault, &["active"]),
            Master::DefaultDeleted => Self::fault(Problem::DeleteCompanyDefault, NONE),
            Master::NoServices(ids) => {
                let details = json!({ "non_existent_ids": ids });
                Self::detailed(Problem::ServiceDoesNotExist, "service_assignments", details)
            }
            Master::Project(error) => project(error),
            Master::People(error) => people(error),
        }
    }
}

fn project(error: ProjectError) -> Error {
    match error {
        ProjectError::DeadlineBeforeStart => {
            Error::fault(Problem::DeadlineBeforeStart, &["deadline"])
        }
        ProjectError::EntriesOutside => Error::fault(Problem::OutsideProject, &["start_date"]),
        ProjectError::SubprojectsOutside => {
            Error::fault(Problem::SubprojectPeriodsCollide, &["start_date"])
        }
        ProjectError::OutsideProject => {
            Error::fault(Problem::OutsideProjectPeriod, &["start_date"])
        }
        ProjectError::Completed => {
            let details = json!({ "fields": ["budget", "deadline"] });
            with(Problem::IllegalChangeForCompletedProject, details)
        }
        ProjectError::NoAmount => Error::fault(Problem::Missing, &["budget[amount]"]),
        ProjectError::AmountTooSmall => {
            let details = json!({ "min": 0, "max": 99_999_999, "inclusive": false });
            Error::detailed(Problem::NotBetween, "budget[amount]", details)
        }
        ProjectError::AmountNotEmpty => {
            let details = json!({ "fields": ["budget[amount]"] });
            Error::detailed(Problem::FieldsShouldBeEmpty, "budget[amount]", details)
        }
        ProjectError::NoRetainer => Error::fault(Problem::NoRetainerPlan, &["budget[interval]"]),
        ProjectError::BelowSubprojects(sum) => {
            let details = json!({ "min": Hundredths(sum), "max": 99_999_999, "inclusive": true });
            Error::detailed(Problem::BelowSubprojects, "budget[amount]", details)
        }
        ProjectError::AboveProject(left, hours) => {
            let details = json!({ "max": Hundredths(left), "budget_is_hours": hours });
            Error::detailed(Problem::BudgetTotal, "budget[amount]", details)
        }
        ProjectError::NoProjectBudget => Error::fault(Problem::ShouldNotHaveBudget, &["budget"]),
        ProjectError::OtherKind => Error::fault(Problem::BudgetTypeFixed, &["budget[monetary]"]),
        ProjectError::OtherStrictness => {
            Error::fault(Problem::BudgetCommitmentFixed, &["budget[hard]"])
        }
        ProjectError::PartCompleted => Error::fault(Problem::SubprojectBudgetFixed, &["budget"]),
        ProjectError::ProjectArchived => Error::fault(Problem::ProjectIsInactive, &["projects_id"]),
        ProjectError::ProjectCompleted => {
            Error::fault(Problem::ProjectIsCompleted, &["projects_id"])
        }
        ProjectError::PartArchived => Error::fault(Problem::SubprojectsAreNotArchived, &["active"]),
        ProjectError::PartsOpen => Error::fault(Problem::SubprojectsGoOn, NONE),
        ProjectError::NoFixedPrice => Error::fault(Problem::NoFixedPrice, &["billed_money"]),
        ProjectError::Completion(error, of_part) => {
            let problem = match (error, of_part) {
                (completion::Error::NotFound, _) => Problem::NotFound,
                (completion::Error::Running, false) => Problem::ProjectClockRuns,
                (completion::Error::Running, true) => Problem::SubprojectClockRuns,
                (completion::Error::NothingBillable, false) => Problem::ProjectNothingBillable,
                (completion::Error::NothingBillable, true) => Problem::SubprojectNothingBillable,
                (completion::Error::TooManyLumpsums, false) => Problem::ProjectLumpsums,
                (completion::Error::TooManyLumpsums, true) => Problem::SubprojectLumpsums,
            };
            Error::fault(problem, NONE)
        }
    }
}

fn people(error: PeopleError) -> Error {
    match error {
        PeopleError::EmailTaken => {
            let details = json!({ "resources": ["users"] });
            Error::detailed(Problem::EmailNotAvailable, "email", details)
        }
        PeopleError::Themselves => Error::fault(Problem::UserCannotDeleteThemselves, NONE),
        PeopleError::OnlyOwner => Error::fault(Problem::OnlyOwnerCanDeleteOwner, NONE),
        PeopleError::Leads => Error::fault(Problem::BossCannotBeArchived, &["active"]),
        PeopleError::NoUsers(ids) => {
            let details = json!({ "not_found_ids": ids });
            Error::detailed(Problem::ResourcesNotFound, "user_ids", details)
        }
        PeopleError::OtherTeam(ids) => {
            let details = json!({ "users_ids": ids });
            Error::detailed(Problem::UserHasAnotherTeam, "user_ids", details)
        }
    }
}
