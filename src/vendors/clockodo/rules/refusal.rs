//! All refusals of Clockodo, in one table: each problem with the vendor's identifier, statuses and
//! texts. Statuses are plain numbers; `error` decides the form of an answer.
//!
//! Identifiers and English texts are the vendor's if they are known. Source: clockodo.md:2.2,
//! clockodo.md:2.3. `error` replaces `{fields}`, `{expected}`, `{thing}`, `{ein}`, `{limit}` and
//! `{successor}`.

use crate::kernel::money::Minor;
use crate::quirk;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct ProblemRow {
    /// The parameters concerned, if they are always the same.
    pub fields: &'static [&'static str],
    /// The identifier in the newer form of errors.
    pub word: &'static str,
    /// Status for entries, clock and entry groups.
    pub older_status: u16,
    /// Status for all other resources.
    pub newer_status: u16,
    /// Text in English.
    pub english: &'static str,
    /// Text in German.
    pub german: &'static str,
}

/// Declares the table: name, parameters, identifier, older and newer status, English and German
/// text.
macro_rules! problems {
    ($(
        $(#[$doc:meta])*
        $name:ident $(at [$($field:literal),*])?:
        $word:literal, $older:literal, $newer:literal, $english:literal, $german:literal;
    )*) => {
        /// A problem that Clockodo refuses a request for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            /// Its row of the table.
            #[must_use]
            pub fn row(self) -> ProblemRow {
                match self {
                    $(Self::$name => ProblemRow {
                        fields: &[$($($field),*)?],
                        word: $word,
                        older_status: $older,
                        newer_status: $newer,
                        english: $english,
                        german: $german,
                    },)*
                }
            }
        }
    };
}

problems! {
    /// A required parameter is missing or empty.
    Missing: "Empty", 400, 400,
        "Missing data: {fields}",
        "Fehlende Angaben: {fields}";
    /// A value has the wrong type or is impossible.
    WrongFormat: "WrongFormat", 400, 422,
        "Wrong format",
        "Falsches Format";
    /// There is a single value instead of a list.
    NotArray: "UnexpectedValue", 400, 422,
        "Array expected.",
        "Array erwartet.";
    /// Entries cannot be grouped by this criterion.
    UnknownGroupOption: "UnexpectedValue", 400, 422,
        "Unknown group option",
        "Unbekannte Gruppierung";
    /// A value is not one of those expected.
    UnexpectedValue: "UnexpectedValue", 400, 422,
        "Only these values are expected: {expected}",
        "Nur diese Werte werden erwartet: {expected}";
    /// A number or a text is out of range.
    NotBetween: "NotBetween", 400, 422,
        "An error occurred, please try again.",
        "Ein Fehler ist aufgetreten, bitte versuche es erneut.";
    /// The date does not exist.
    InvalidDate: "InvalidDate", 400, 422,
        "The given value is not an actual date.",
        "Der angegebene Wert ist kein gültiges Datum.";
    /// The body cannot be read.
    BadBody: "BadRequest", 400, 400,
        "The request body could not be read.",
        "Der Inhalt der Anfrage konnte nicht gelesen werden.";
    /// The resource does not exist.
    NotFound: "ResourceNotFound", 404, 404,
        "The requested resource could not be found.",
        "Die angeforderte Ressource wurde nicht gefunden.";
    /// The caller lacks the right.
    Forbidden: "Forbidden", 403, 403,
        "Access denied.",
        "Zugriff verweigert.";
    /// The resource is archived.
    HasToBeActive: "HasToBeActive", 400, 422,
        "The resource must be active.",
        "Die Ressource muss aktiv sein.";
    /// The values do not fit together.
    InvalidCombination: "InvalidCombination", 400, 422,
        "The combination of the provided data is invalid.",
        "Die Kombination der angegebenen Daten ist ungültig.";
    /// An entry needs a project here.
    ProjectRequired at ["customers_id", "projects_id"]: "ProjectRequired", 400, 422,
        "Tracking times for customers is not allowed.",
        "Das Erfassen von Zeiten auf Kunden ist nicht erlaubt.";
    /// The project is completed.
    ProjectIsCompleted at ["projects_id"]: "ProjectIsCompleted", 400, 422,
        "The project is completed.",
        "Das Projekt ist abgeschlossen.";
    /// The subproject is completed.
    SubprojectIsCompleted at ["subprojects_id"]: "SubprojectIsCompleted", 400, 422,
        "The subproject is completed.",
        "Das Teilprojekt ist abgeschlossen.";
    /// The day is outside the project's period.
    OutsideProject at ["time_since", "projects_id"]: "ProjectPeriodMustContainAllEntryStarts", 400, 422,
        "Project period must contain all entry dates.",
        "Der Projektzeitraum muss alle Einträge enthalten.";
    /// The end is before the start.
    EndBeforeStart at ["time_since", "time_until"]: "EndBeforeStart", 400, 422,
        "The end must not be before the start.",
        "Das Ende darf nicht vor dem Beginn liegen.";
    /// The entry is longer than 24 hours.
    EntryTooLong at ["time_since", "time_until"]: "EntryTooLong", 400, 422,
        "An entry must not be longer than 24 hours.",
        "Ein Eintrag darf nicht länger als 24 Stunden sein.";
    /// The time is in the future.
    InFuture at ["time_since"]: "DateInFuture", 400, 422,
        "The time must not be in the future.",
        "Die Zeit darf nicht in der Zukunft liegen.";
    /// The clock is not running.
    NotRunning: "ClockNotRunning", 400, 422,
        "The clock is not running.",
        "Die Stoppuhr läuft nicht.";
    /// Another request has changed the entry in the meantime.
    Changed: "EntryHasBeenChanged", 409, 409,
        "The entry has been changed in the meantime.",
        "Der Eintrag wurde zwischenzeitlich geändert.";
    /// The entry overlaps another one.
    Overlaps at ["time_since", "time_until"]: "EntryOverlaps", 400, 422,
        "The entry overlaps with another entry.",
        "Der Eintrag überschneidet sich mit einem anderen Eintrag.";
    /// The duration does not equal the span.
    NotLinked at ["duration"]: "EntryTimesNotLinked", 400, 422,
        "The duration has to match the start and end time.",
        "Die Dauer muss zu Beginn und Ende passen.";
    /// The edit lock covers the day.
    Locked: "EditLock", 403, 403,
        "The entry is locked for editing.",
        "Der Eintrag ist für die Bearbeitung gesperrt.";
    /// Demo data cannot be changed.
    CannotModifyDemoData: "CannotModifyDemoData", 400, 422,
        "You must not edit demo data.",
        "Demodaten dürfen nicht bearbeitet werden.";
    /// The name is taken.
    NameTaken at ["name"]: "ResourceConflictFound", 409, 409,
        "There is already a {thing} with this name.",
        "Es gibt bereits {ein} mit diesem Namen.";
    /// The e-mail is taken by another co-worker.
    EmailNotAvailable at ["email"]: "EmailNotAvailable", 422, 422,
        "Email is not available.",
        "Die E-Mail-Adresse ist nicht verfügbar.";
    /// Only archived rows can be deleted.
    HasToBeInactive: "HasToBeInactive", 422, 422,
        "The resource must be inactive.",
        "Die Ressource muss inaktiv sein.";
    /// Other rows refer to it.
    RelationsPreventDeletion: "RelationsPreventDeletion", 422, 422,
        "Resource can not be deleted, there are existing relations. Please delete the related resources first.",
        "Die Ressource kann nicht gelöscht werden, da noch Verknüpfungen bestehen. Bitte zuerst die verknüpften Ressourcen löschen.";
    /// A clock is running on the row to delete.
    RunningEntriesPreventDeletion: "RunningEntriesPreventDeletion", 422, 422,
        "Resource can not be deleted, there are running entries. Please stop and delete those entries first.",
        "Die Ressource kann nicht gelöscht werden, da noch Einträge laufen. Bitte diese zuerst stoppen und löschen.";
    /// A clock is running on the row to archive.
    RunningEntriesPreventArchiving at ["active"]: "RunningEntriesPreventArchiving", 422, 422,
        "Resource can not be archived, there are running entries. Please stop those entries first.",
        "Die Ressource kann nicht archiviert werden, da noch Einträge laufen. Bitte diese zuerst stoppen.";
    /// The company's default cannot be archived.
    ArchiveCompanyDefault at ["active"]: "ArchiveCompanyDefaultIsNotAllowed", 422, 422,
        "It is not allowed to archive an item which is company default.",
        "Der Standard des Unternehmens kann nicht archiviert werden.";
    /// The company's default cannot be deleted.
    DeleteCompanyDefault: "DeleteCompanyDefaultIsNotAllowed", 422, 422,
        "It is not allowed to delete a resource which is company default.",
        "Der Standard des Unternehmens kann nicht gelöscht werden.";
    /// An assigned service does not exist.
    ServiceDoesNotExist at ["service_assignments"]: "ServiceDoesNotExist", 422, 422,
        "At least one requested service does not exist.",
        "Mindestens eine der Leistungen existiert nicht.";
    /// Some of several ids do not exist.
    ResourcesNotFound at ["user_ids"]: "ResourcesNotFound", 422, 422,
        "The requested resources could not be found.",
        "Die angeforderten Ressourcen wurden nicht gefunden.";
    /// A co-worker is in another team.
    UserHasAnotherTeam at ["user_ids"]: "UserHasAnotherTeam", 422, 422,
        "User already has another team.",
        "Der Mitarbeiter hat bereits ein anderes Team.";
    /// Co-workers cannot delete themselves.
    UserCannotDeleteThemselves: "UserCannotDeleteThemselves", 422, 422,
        "User cannot delete themselves.",
        "Mitarbeiter können sich nicht selbst löschen.";
    /// Only owners can delete owners.
    OnlyOwnerCanDeleteOwner: "OnlyOwnerCanDeleteOwner", 422, 422,
        "Only Owner can delete owner.",
        "Nur Inhaber können Inhaber löschen.";
    /// Bosses and team leaders cannot be archived.
    BossCannotBeArchived at ["active"]: "BossCannotBeArchived", 422, 422,
        "Users who are bosses or team leaders cannot be archived.",
        "Vorgesetzte und Teamleiter können nicht archiviert werden.";
    /// The project's deadline is before its start.
    DeadlineBeforeStart at ["deadline"]: "ProjectDeadlineIsNotBeforeProjectStart", 422, 422,
        "Deadline must be after or equal to start date.",
        "Die Deadline darf nicht vor dem Startdatum liegen.";
    /// Some subprojects are outside the project's period.
    SubprojectPeriodsCollide at ["start_date"]: "ProjectPeriodCollidesWithSubprojectPeriods", 422, 422,
        "The project period collides with one or more subproject periods.",
        "Der Projektzeitraum kollidiert mit Zeiträumen von Teilprojekten.";
    /// The subproject is outside the project's period.
    OutsideProjectPeriod at ["start_date"]: "SubprojectPeriodIsNotWithinProjectsPeriod", 422, 422,
        "The subproject's start date and deadline must be within the project's start date and deadline period.",
        "Der Zeitraum des Teilprojekts muss innerhalb des Projektzeitraums liegen.";
    /// Budget and deadline of a completed project cannot change.
    IllegalChangeForCompletedProject: "IllegalChangeForCompletedProject", 422, 422,
        "The project has already been completed. The budget and deadline can't be changed.",
        "Das Projekt ist bereits abgeschlossen. Budget und Deadline können nicht geändert werden.";
    /// These fields exclude each other.
    FieldsShouldBeEmpty at ["budget[amount]"]: "FieldsShouldBeEmpty", 422, 422,
        "According to your other information, the following fields should be empty: {fields}.",
        "Nach den übrigen Angaben müssen diese Felder leer sein: {fields}.";
    /// The plan has no budgets that reset.
    NoRetainerPlan at ["budget[interval]"]: "IntervalBudgetRequiresRetainerPlan", 422, 422,
        "Interval budgets feature is not available in your current plan.",
        "Intervallbudgets sind im aktuellen Tarif nicht enthalten.";
    /// The budget is less than the sum of the subprojects' budgets.
    BelowSubprojects at ["budget[amount]"]: "BudgetTotalBelowSubprojectBudgetSum", 422, 422,
        "The project budget may not fall below the total budget of all subprojects.",
        "Das Projektbudget darf das Gesamtbudget aller Teilprojekte nicht unterschreiten.";
    /// The subprojects' budgets would exceed the project's.
    BudgetTotal at ["budget[amount]"]: "BudgetTotal", 422, 422,
        "The total budget of all subprojects may not exceed the project budget.",
        "Das Gesamtbudget aller Teilprojekte darf das Projektbudget nicht überschreiten.";
    /// The project has no budget to share.
    ShouldNotHaveBudget at ["budget"]: "ShouldNotHaveBudget", 422, 422,
        "This subproject cannot have a budget, as it belongs to a project without budget.",
        "Dieses Teilprojekt kann kein Budget haben, da das Projekt keines hat.";
    /// A subproject's budget must be in money or hours, like the project's.
    BudgetTypeFixed at ["budget[monetary]"]: "SubprojectBudgetTypeNotEditableForBudgetSource", 422, 422,
        "Budget type cannot be edited for this budget source configuration.",
        "Die Art des Budgets kann hier nicht geändert werden.";
    /// A subproject's budget must be a fixed price or an estimate, like the project's.
    BudgetCommitmentFixed at ["budget[hard]"]: "SubprojectBudgetCommitmentNotEditableForBudgetSource", 422, 422,
        "Budget strictness cannot be edited for this budget source configuration.",
        "Die Verbindlichkeit des Budgets kann hier nicht geändert werden.";
    /// The budget of a completed subproject cannot change.
    SubprojectBudgetFixed at ["budget"]: "SubprojectBudgetModificationIsProhibitedBecauseItIsCompleted", 422, 422,
        "You cannot edit subproject budget data because the subproject is already completed.",
        "Das Budget eines abgeschlossenen Teilprojekts kann nicht geändert werden.";
    /// The project is archived.
    ProjectIsInactive at ["projects_id"]: "CreationForInactiveProjectIsForbidden", 422, 422,
        "Subprojects cannot be created for archived projects.",
        "Für archivierte Projekte können keine Teilprojekte angelegt werden.";
    /// Subprojects can be deleted, but not archived.
    SubprojectsAreNotArchived at ["active"]: "ArchivingNonRetainerSubprojectIsForbidden", 422, 422,
        "Subprojects can only be archived for retainer projects. To remove this subproject, please delete it instead.",
        "Nur Teilprojekte von Retainer-Projekten können archiviert werden. Bitte das Teilprojekt stattdessen löschen.";
    /// Some subprojects are not completed.
    SubprojectsGoOn: "AllSubprojectsMustBeCompleted", 422, 422,
        "All subprojects must be completed before the parent project can be completed.",
        "Alle Teilprojekte müssen abgeschlossen sein, bevor das Projekt abgeschlossen werden kann.";
    /// Some subprojects are completed, others are not.
    PartlyCompleted: "CompletionIsForbiddenBySubprojectCompletion", 422, 422,
        "Project-completion is forbidden as subprojects are completed partly.",
        "Das Projekt kann nicht abgeschlossen werden, da nur ein Teil der Teilprojekte abgeschlossen ist.";
    /// The subprojects' budgets do not make up the project's.
    SubprojectSum: "CompletionIsForbiddenBySubprojectBudget", 422, 422,
        "Project-completion is forbidden as the subprojects's budget sum does not match the project's budget.",
        "Das Projekt kann nicht abgeschlossen werden, da die Summe der Teilprojektbudgets nicht dem Projektbudget entspricht.";
    /// A fixed price cannot become final after its project.
    HardPartOfCompleted: "SubprojectCompletionWithHardBudgetIsProhibitedForCompletedProjects", 422, 422,
        "You cannot complete a subproject with a hard budget because the project is completed.",
        "Ein Teilprojekt mit hartem Budget kann nicht abgeschlossen werden, da das Projekt abgeschlossen ist.";
    /// The subproject's deadline is before its start.
    SubprojectDeadlineBeforeStart at ["deadline"]: "SubprojectDeadlineIsNotBeforeSubprojectStart", 422, 422,
        "Deadline must be after or equal to start date.",
        "Die Deadline darf nicht vor dem Startdatum liegen.";
    /// Some entries are outside the subproject's period.
    OutsideSubproject at ["start_date"]: "SubprojectPeriodMustContainAllEntryStarts", 422, 422,
        "Project period must contain all entry dates.",
        "Der Projektzeitraum muss alle Einträge enthalten.";
    /// Subprojects are billed with their project.
    SubprojectIsNotBilled at ["billed"]: "SubprojectCanNotBeSetToBilled", 422, 422,
        "Subprojects can not be set to billed (except interval subprojects). Please set the parent project to billed.",
        "Teilprojekte können nicht als abgerechnet markiert werden. Bitte das Projekt als abgerechnet markieren.";
    /// A fixed price needs an amount.
    BudgetRequired at ["budget[amount]"]: "RequiresBudget", 422, 422,
        "A budget is required when budget type is hard.",
        "Ein hartes Budget braucht einen Betrag.";
    /// The subprojects' budgets exceed the maximum.
    BudgetMaximum at ["budget[amount]"]: "BudgetTotalExceedsAbsoluteMaximum", 422, 422,
        "The total budget of all subprojects may not exceed the threshold of 99999999.",
        "Das Gesamtbudget aller Teilprojekte darf 99999999 nicht überschreiten.";
    /// Subprojects share the budget to remove.
    SubprojectsKeepBudget at ["budget"]: "CannotRemoveBudgetBecauseOfSubprojectBudgets", 422, 422,
        "You cannot remove the budget as long as there are subprojects with budgets.",
        "Das Budget kann nicht entfernt werden, solange es Teilprojekte mit Budget gibt.";
    /// Subprojects share the type of the budget to change.
    SubprojectsKeepType at ["budget"]: "CannotChangeBudgetTypeBecauseOfSubprojects", 422, 422,
        "You cannot change the budget type (hard / soft and money / time) as long as there are subprojects.",
        "Die Art des Budgets kann nicht geändert werden, solange es Teilprojekte gibt.";
    /// Completed subprojects share the strictness of the budget to change.
    CompletedKeepCommitment at ["budget[hard]"]: "CannotChangeBudgetCommitmentBecauseOfCompletedSubprojects", 422, 422,
        "You cannot change the budget commitment as long as there are completed subprojects.",
        "Die Verbindlichkeit des Budgets kann nicht geändert werden, solange es abgeschlossene Teilprojekte gibt.";
    /// Only a budget of hours can be marked as billed.
    NoHourBudget at ["billed"]: "BilledCanOnlyBeSetWithHourBudget", 422, 422,
        "Field can only be set for projects with hours as budget. Otherwise it is determined automatically based on the billed amount.",
        "Das Feld kann nur für Projekte mit Stundenbudget gesetzt werden. Sonst folgt es aus dem abgerechneten Betrag.";
    /// Only a fixed price can be billed as a whole.
    NoFixedPrice at ["billed_money"]: "BilledMoneyCanOnlyBeSetWithHardBudget", 422, 422,
        "The project does not have a hard budget so that the billed amount can't be set. You have to set the single entries to billed.",
        "Das Projekt hat kein hartes Budget, daher kann der abgerechnete Betrag nicht gesetzt werden. Bitte die einzelnen Einträge als abgerechnet markieren.";
    /// A clock is running on the project to complete.
    ProjectClockRuns: "ProjectCompletionAnyRunningEntries", 422, 422,
        "The project can't be set to completed. A co-worker is currently tracking time with the clock.",
        "Das Projekt kann nicht abgeschlossen werden. Ein Mitarbeiter erfasst gerade Zeit mit der Stoppuhr.";
    /// The project has no billable entries.
    ProjectNothingBillable: "ProjectCompletionNoBillableEntries", 422, 422,
        "The project can't be set to completed. At least one billable entry is required.",
        "Das Projekt kann nicht abgeschlossen werden. Es braucht mindestens einen verrechenbaren Eintrag.";
    /// Lump sums exceed the project's fixed price.
    ProjectLumpsums: "ProjectCompletionTooManyLumpSums", 422, 422,
        "The project can't be set to completed. The sum of billable lump sums must not exceed the budget.",
        "Das Projekt kann nicht abgeschlossen werden. Die Summe der Pauschalen darf das Budget nicht übersteigen.";
    /// A clock is running on the subproject to complete.
    SubprojectClockRuns: "SubprojectCompletionAnyRunningEntries", 422, 422,
        "The subproject can't be set to completed. A co-worker is currently tracking time with the clock.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Ein Mitarbeiter erfasst gerade Zeit mit der Stoppuhr.";
    /// The subproject has no billable entries.
    SubprojectNothingBillable: "SubprojectCompletionNoBillableEntries", 422, 422,
        "The subproject can't be set to completed. At least one billable entry is required.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Es braucht mindestens einen verrechenbaren Eintrag.";
    /// Lump sums exceed the subproject's fixed price.
    SubprojectLumpsums: "SubprojectCompletionTooManyLumpSums", 422, 422,
        "The subproject can't be set to completed. The sum of billable lump sums must not exceed the budget.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Die Summe der Pauschalen darf das Budget nicht übersteigen.";
    /// The confirmation key is not the one that was issued.
    UnknownConfirmKey at ["confirm_key"]: "InvalidConfirmKey", 400, 422,
        "The confirmation key is not valid. Please request a new one.",
        "Der Bestätigungsschlüssel ist nicht gültig. Bitte einen neuen anfordern.";
    /// The credential is missing or unknown.
    Unauthenticated: "Unauthorized", 401, 401,
        "Authentication failed.",
        "Die Anmeldung ist fehlgeschlagen.";
    /// The client does not identify itself.
    NoClient: "ClientIdentificationMissing", 400, 400,
        "The header X-Clockodo-External-Application is required.",
        "Der Header X-Clockodo-External-Application ist erforderlich.";
    /// The client's name is too long.
    LongClient: "ClientIdentificationTooLong", 400, 400,
        "X-Clockodo-External-Application must not exceed 50 characters.",
        "X-Clockodo-External-Application darf höchstens 50 Zeichen lang sein.";
    /// A rate limit is exceeded.
    Limited: "TooManyRequests", 429, 429,
        "limit exceeded ({limit})",
        "limit exceeded ({limit})";
    /// The path does not exist.
    NoRoute: "RouteNotFound", 404, 404,
        "The requested route could not be found.",
        "Die angeforderte Route wurde nicht gefunden.";
    /// The path does not have this method.
    WrongMethod: "MethodNotAllowed", 405, 405,
        "The requested endpoint cannot be used with this method.",
        "Der Endpunkt kann mit dieser Methode nicht verwendet werden.";
    /// The path is retired.
    Gone: "Gone", 410, 410,
        "This endpoint is deprecated. Please use {successor}.",
        "Dieser Endpunkt ist veraltet. Bitte {successor} verwenden.";
    /// The body is too long.
    TooLarge: "PayloadTooLarge", 413, 413,
        "The request is too large.",
        "Die Anfrage ist zu groß.";
    /// The body did not arrive in time.
    TooSlow: "RequestTimeout", 408, 408,
        "The request took too long.",
        "Die Anfrage hat zu lange gedauert.";
    /// There is no room for another sandbox.
    Busy: "TooManyRequests", 429, 429,
        "No other sandbox can be made.",
        "Es kann keine weitere Sandbox angelegt werden.";
    /// A defect of ours.
    Defect: "InternalServerError", 500, 500,
        "An unknown error occurred.",
        "Ein unbekannter Fehler ist aufgetreten.";
}

/// A problem with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The problem.
    pub problem: Problem,
    /// The parameters concerned.
    pub fields: Vec<String>,
    /// Details, by name.
    pub details: Vec<(&'static str, Detail)>,
}

/// A detail of a problem.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// A number.
    Number(u64),
    /// Several numbers.
    Numbers(Vec<u64>),
    /// An amount, in hundredths.
    Amount(Minor),
    /// A Boolean.
    Flag(bool),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

impl Detail {
    /// Several texts.
    #[must_use]
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Texts(texts.into_iter().map(|text| text.as_ref().to_owned()).collect())
    }

    /// Several numbers.
    #[must_use]
    pub fn numbers<T: Into<u64>>(numbers: impl IntoIterator<Item = T>) -> Self {
        Self::Numbers(numbers.into_iter().map(Into::into).collect())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        problem.at(problem.row().fields)
    }
}

impl Problem {
    /// The refusal for this problem with these parameters.
    #[must_use]
    pub fn at<T: AsRef<str>>(self, fields: &[T]) -> Refusal {
        let fields = fields.iter().map(|field| field.as_ref().to_owned()).collect();
        Refusal { problem: self, fields, details: Vec::new() }
    }

    /// The refusal for this problem with a detail.
    #[must_use]
    pub fn with(self, name: &'static str, detail: Detail) -> Refusal {
        Refusal::from(self).with(name, detail)
    }
}

impl Refusal {
    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, name: &'static str, detail: Detail) -> Self {
        self.details.push((name, detail));
        self
    }

    /// Adds the bounds of a value.
    #[must_use]
    pub fn between(self, min: Detail, max: u64, inclusive: bool) -> Self {
        self.with("min", min)
            .with("max", Detail::Number(max))
            .with("inclusive", Detail::Flag(inclusive))
    }
}

/// The refusal of a parameter that must have one of the expected values.
#[must_use]
pub fn unexpected(field: &str, expected: Detail) -> Refusal {
    Problem::UnexpectedValue.at(&[field]).with("expected_values", expected)
}

/// The refusal of a parameter that must be within these bounds, inclusive.
#[must_use]
pub fn not_between(field: &str, min: u64, max: u64) -> Refusal {
    Problem::NotBetween.at(&[field]).between(Detail::Number(min), max, true)
}

/// The refusal of a name that another entity of this type has.
#[must_use]
pub fn name_taken(kind: &str) -> Refusal {
    quirk!("CDO-047");
    quirk!("CDO-012");
    Problem::NameTaken.with("resources", Detail::texts([kind]))
}
