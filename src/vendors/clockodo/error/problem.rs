//! What can be wrong with a request: identifier, statuses and messages in English and German.
//!
//! Identifiers and English messages are the vendor's where they are on record. Source: clockodo.md:2.2,
//! clockodo.md:2.3. `{fields}`, `{expected}`, `{thing}` and `{ein}` are filled in.

use axum::http::StatusCode as S;

use crate::quirk;

const BAD: S = S::BAD_REQUEST;
const WRONG: S = S::UNPROCESSABLE_ENTITY;

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Identifier of the newer errors.
    pub(super) kind: &'static str,
    /// Status on entries, clock and entry groups.
    pub(super) older: S,
    /// Status everywhere else.
    pub(super) newer: S,
    pub(super) english: &'static str,
    pub(super) german: &'static str,
}

/// The table: a problem a line, with identifier, older and newer status, English and German.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $kind:literal, $older:expr, $newer:expr, $english:literal, $german:literal;)*) => {
        /// What can be wrong with a request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            pub(super) fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        kind: $kind,
                        older: $older,
                        newer: $newer,
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
    Missing: "Empty", BAD, BAD,
        "Missing data: {fields}",
        "Fehlende Angaben: {fields}";
    /// A value of another kind, or none that is possible.
    WrongFormat: "WrongFormat", BAD, WRONG,
        "Wrong format",
        "Falsches Format";
    /// One value where several are wanted.
    NotArray: "UnexpectedValue", BAD, WRONG,
        "Array expected.",
        "Array erwartet.";
    /// Entries cannot be grouped by this.
    UnknownGroupOption: "UnexpectedValue", BAD, WRONG,
        "Unknown group option",
        "Unbekannte Gruppierung";
    /// None of the values that are possible.
    UnexpectedValue: "UnexpectedValue", BAD, WRONG,
        "Only these values are expected: {expected}",
        "Nur diese Werte werden erwartet: {expected}";
    /// Too small, too large or too long.
    NotBetween: "NotBetween", BAD, WRONG,
        "An error occurred, please try again.",
        "Ein Fehler ist aufgetreten, bitte versuche es erneut.";
    /// No day of the calendar.
    InvalidDate: "InvalidDate", BAD, WRONG,
        "The given value is not an actual date.",
        "Der angegebene Wert ist kein gültiges Datum.";
    /// The body cannot be read.
    BadBody: "BadRequest", BAD, BAD,
        "The request body could not be read.",
        "Der Inhalt der Anfrage konnte nicht gelesen werden.";
    /// It does not exist.
    NotFound: "ResourceNotFound", S::NOT_FOUND, S::NOT_FOUND,
        "The requested resource could not be found.",
        "Die angeforderte Ressource wurde nicht gefunden.";
    /// The caller may not.
    Forbidden: "Forbidden", S::FORBIDDEN, S::FORBIDDEN,
        "Access denied.",
        "Zugriff verweigert.";
    /// It is archived.
    HasToBeActive: "HasToBeActive", BAD, WRONG,
        "The resource must be active.",
        "Die Ressource muss aktiv sein.";
    /// The values do not fit together.
    InvalidCombination: "InvalidCombination", BAD, WRONG,
        "The combination of the provided data is invalid.",
        "Die Kombination der angegebenen Daten ist ungültig.";
    /// Entries need a project here.
    ProjectRequired: "ProjectRequired", BAD, WRONG,
        "Tracking times for customers is not allowed.",
        "Das Erfassen von Zeiten auf Kunden ist nicht erlaubt.";
    /// The project is completed.
    ProjectIsCompleted: "ProjectIsCompleted", BAD, WRONG,
        "The project is completed.",
        "Das Projekt ist abgeschlossen.";
    /// The subproject is completed.
    SubprojectIsCompleted: "SubprojectIsCompleted", BAD, WRONG,
        "The subproject is completed.",
        "Das Teilprojekt ist abgeschlossen.";
    /// The day is outside the project's period.
    OutsideProject: "ProjectPeriodMustContainAllEntryStarts", BAD, WRONG,
        "Project period must contain all entry dates.",
        "Der Projektzeitraum muss alle Einträge enthalten.";
    /// The end is before the start.
    EndBeforeStart: "EndBeforeStart", BAD, WRONG,
        "The end must not be before the start.",
        "Das Ende darf nicht vor dem Beginn liegen.";
    /// Longer than 24 hours.
    EntryTooLong: "EntryTooLong", BAD, WRONG,
        "An entry must not be longer than 24 hours.",
        "Ein Eintrag darf nicht länger als 24 Stunden sein.";
    /// Lies in the future.
    InFuture: "DateInFuture", BAD, WRONG,
        "The time must not be in the future.",
        "Die Zeit darf nicht in der Zukunft liegen.";
    /// The clock does not run.
    NotRunning: "ClockNotRunning", BAD, WRONG,
        "The clock is not running.",
        "Die Stoppuhr läuft nicht.";
    /// Changed by somebody else meanwhile.
    Changed: "EntryHasBeenChanged", S::CONFLICT, S::CONFLICT,
        "The entry has been changed in the meantime.",
        "Der Eintrag wurde zwischenzeitlich geändert.";
    /// Overlaps another entry.
    Overlaps: "EntryOverlaps", BAD, WRONG,
        "The entry overlaps with another entry.",
        "Der Eintrag überschneidet sich mit einem anderen Eintrag.";
    /// The duration is not the span.
    NotLinked: "EntryTimesNotLinked", BAD, WRONG,
        "The duration has to match the start and end time.",
        "Die Dauer muss zu Beginn und Ende passen.";
    /// The edit lock covers the day.
    Locked: "EditLock", S::FORBIDDEN, S::FORBIDDEN,
        "The entry is locked for editing.",
        "Der Eintrag ist für die Bearbeitung gesperrt.";
    /// Demo data cannot be changed.
    CannotModifyDemoData: "CannotModifyDemoData", BAD, WRONG,
        "You must not edit demo data.",
        "Demodaten dürfen nicht bearbeitet werden.";
    /// There is another of this name.
    NameTaken: "ResourceConflictFound", S::CONFLICT, S::CONFLICT,
        "There is already a {thing} with this name.",
        "Es gibt bereits {ein} mit diesem Namen.";
    /// The e-mail is somebody else's.
    EmailNotAvailable: "EmailNotAvailable", WRONG, WRONG,
        "Email is not available.",
        "Die E-Mail-Adresse ist nicht verfügbar.";
    /// It has to be archived first.
    HasToBeInactive: "HasToBeInactive", WRONG, WRONG,
        "The resource must be inactive.",
        "Die Ressource muss inaktiv sein.";
    /// Other things refer to it.
    RelationsPreventDeletion: "RelationsPreventDeletion", WRONG, WRONG,
        "Resource can not be deleted, there are existing relations. Please delete the related resources first.",
        "Die Ressource kann nicht gelöscht werden, da noch Verknüpfungen bestehen. Bitte zuerst die verknüpften Ressourcen löschen.";
    /// A clock runs on what is to be deleted.
    RunningEntriesPreventDeletion: "RunningEntriesPreventDeletion", WRONG, WRONG,
        "Resource can not be deleted, there are running entries. Please stop and delete those entries first.",
        "Die Ressource kann nicht gelöscht werden, da noch Einträge laufen. Bitte diese zuerst stoppen und löschen.";
    /// A clock runs on what is to be archived.
    RunningEntriesPreventArchiving: "RunningEntriesPreventArchiving", WRONG, WRONG,
        "Resource can not be archived, there are running entries. Please stop those entries first.",
        "Die Ressource kann nicht archiviert werden, da noch Einträge laufen. Bitte diese zuerst stoppen.";
    /// The company's default cannot be archived.
    ArchiveCompanyDefault: "ArchiveCompanyDefaultIsNotAllowed", WRONG, WRONG,
        "It is not allowed to archive an item which is company default.",
        "Der Standard des Unternehmens kann nicht archiviert werden.";
    /// The company's default cannot be deleted.
    DeleteCompanyDefault: "DeleteCompanyDefaultIsNotAllowed", WRONG, WRONG,
        "It is not allowed to delete a resource which is company default.",
        "Der Standard des Unternehmens kann nicht gelöscht werden.";
    /// An assigned service does not exist.
    ServiceDoesNotExist: "ServiceDoesNotExist", WRONG, WRONG,
        "At least one requested service does not exist.",
        "Mindestens eine der Leistungen existiert nicht.";
    /// Some of several things do not exist.
    ResourcesNotFound: "ResourcesNotFound", WRONG, WRONG,
        "The requested resources could not be found.",
        "Die angeforderten Ressourcen wurden nicht gefunden.";
    /// A co-worker is in another team.
    UserHasAnotherTeam: "UserHasAnotherTeam", WRONG, WRONG,
        "User already has another team.",
        "Der Mitarbeiter hat bereits ein anderes Team.";
    /// Nobody deletes themselves.
    UserCannotDeleteThemselves: "UserCannotDeleteThemselves", WRONG, WRONG,
        "User cannot delete themselves.",
        "Mitarbeiter können sich nicht selbst löschen.";
    /// Only owners delete owners.
    OnlyOwnerCanDeleteOwner: "OnlyOwnerCanDeleteOwner", WRONG, WRONG,
        "Only Owner can delete owner.",
        "Nur Inhaber können Inhaber löschen.";
    /// Who leads others stays.
    BossCannotBeArchived: "BossCannotBeArchived", WRONG, WRONG,
        "Users who are bosses or team leaders cannot be archived.",
        "Vorgesetzte und Teamleiter können nicht archiviert werden.";
    /// A project's deadline is before its start.
    DeadlineBeforeStart: "ProjectDeadlineIsNotBeforeProjectStart", WRONG, WRONG,
        "Deadline must be after or equal to start date.",
        "Die Deadline darf nicht vor dem Startdatum liegen.";
    /// Subprojects lie outside the project's period.
    SubprojectPeriodsCollide: "ProjectPeriodCollidesWithSubprojectPeriods", WRONG, WRONG,
        "The project period collides with one or more subproject periods.",
        "Der Projektzeitraum kollidiert mit Zeiträumen von Teilprojekten.";
    /// The subproject lies outside the project's period.
    OutsideProjectPeriod: "SubprojectPeriodIsNotWithinProjectsPeriod", WRONG, WRONG,
        "The subproject's start date and deadline must be within the project's start date and deadline period.",
        "Der Zeitraum des Teilprojekts muss innerhalb des Projektzeitraums liegen.";
    /// Budget and deadline of a completed project are fixed.
    IllegalChangeForCompletedProject: "IllegalChangeForCompletedProject", WRONG, WRONG,
        "The project has already been completed. The budget and deadline can't be changed.",
        "Das Projekt ist bereits abgeschlossen. Budget und Deadline können nicht geändert werden.";
    /// Fields that exclude each other.
    FieldsShouldBeEmpty: "FieldsShouldBeEmpty", WRONG, WRONG,
        "According to your other information, the following fields should be empty: {fields}.",
        "Nach den übrigen Angaben müssen diese Felder leer sein: {fields}.";
    /// Budgets that begin anew are not in the plan.
    NoRetainerPlan: "IntervalBudgetRequiresRetainerPlan", WRONG, WRONG,
        "Interval budgets feature is not available in your current plan.",
        "Intervallbudgets sind im aktuellen Tarif nicht enthalten.";
    /// The budget is below those of the subprojects.
    BelowSubprojects: "BudgetTotalBelowSubprojectBudgetSum", WRONG, WRONG,
        "The project budget may not fall below the total budget of all subprojects.",
        "Das Projektbudget darf das Gesamtbudget aller Teilprojekte nicht unterschreiten.";
    /// The subprojects' budgets would be above the project's.
    BudgetTotal: "BudgetTotal", WRONG, WRONG,
        "The total budget of all subprojects may not exceed the project budget.",
        "Das Gesamtbudget aller Teilprojekte darf das Projektbudget nicht überschreiten.";
    /// The project has no budget to share.
    ShouldNotHaveBudget: "ShouldNotHaveBudget", WRONG, WRONG,
        "This subproject cannot have a budget, as it belongs to a project without budget.",
        "Dieses Teilprojekt kann kein Budget haben, da das Projekt keines hat.";
    /// A subproject's budget is of the project's kind.
    BudgetTypeFixed: "SubprojectBudgetTypeNotEditableForBudgetSource", WRONG, WRONG,
        "Budget type cannot be edited for this budget source configuration.",
        "Die Art des Budgets kann hier nicht geändert werden.";
    /// A subproject's budget is as strict as the project's.
    BudgetCommitmentFixed: "SubprojectBudgetCommitmentNotEditableForBudgetSource", WRONG, WRONG,
        "Budget strictness cannot be edited for this budget source configuration.",
        "Die Verbindlichkeit des Budgets kann hier nicht geändert werden.";
    /// A completed subproject's budget is fixed.
    SubprojectBudgetFixed: "SubprojectBudgetModificationIsProhibitedBecauseItIsCompleted", WRONG, WRONG,
        "You cannot edit subproject budget data because the subproject is already completed.",
        "Das Budget eines abgeschlossenen Teilprojekts kann nicht geändert werden.";
    /// The project is archived.
    ProjectIsInactive: "CreationForInactiveProjectIsForbidden", WRONG, WRONG,
        "Subprojects cannot be created for archived projects.",
        "Für archivierte Projekte können keine Teilprojekte angelegt werden.";
    /// Subprojects are deleted rather than archived.
    SubprojectsAreNotArchived: "ArchivingNonRetainerSubprojectIsForbidden", WRONG, WRONG,
        "Subprojects can only be archived for retainer projects. To remove this subproject, please delete it instead.",
        "Nur Teilprojekte von Retainer-Projekten können archiviert werden. Bitte das Teilprojekt stattdessen löschen.";
    /// Some subprojects go on.
    SubprojectsGoOn: "AllSubprojectsMustBeCompleted", WRONG, WRONG,
        "All subprojects must be completed before the parent project can be completed.",
        "Alle Teilprojekte müssen abgeschlossen sein, bevor das Projekt abgeschlossen werden kann.";
    /// Only a fixed price can be billed as a whole.
    NoFixedPrice: "BilledMoneyCanOnlyBeSetWithHardBudget", WRONG, WRONG,
        "The project does not have a hard budget so that the billed amount can't be set. You have to set the single entries to billed.",
        "Das Projekt hat kein hartes Budget, daher kann der abgerechnete Betrag nicht gesetzt werden. Bitte die einzelnen Einträge als abgerechnet markieren.";
    /// A clock runs on the project to be completed.
    ProjectClockRuns: "ProjectCompletionAnyRunningEntries", WRONG, WRONG,
        "The project can't be set to completed. A co-worker is currently tracking time with the clock.",
        "Das Projekt kann nicht abgeschlossen werden. Ein Mitarbeiter erfasst gerade Zeit mit der Stoppuhr.";
    /// Nothing on the project is billable.
    ProjectNothingBillable: "ProjectCompletionNoBillableEntries", WRONG, WRONG,
        "The project can't be set to completed. At least one billable entry is required.",
        "Das Projekt kann nicht abgeschlossen werden. Es braucht mindestens einen verrechenbaren Eintrag.";
    /// Lump sums exceed the project's fixed price.
    ProjectLumpsums: "ProjectCompletionTooManyLumpSums", WRONG, WRONG,
        "The project can't be set to completed. The sum of billable lump sums must not exceed the budget.",
        "Das Projekt kann nicht abgeschlossen werden. Die Summe der Pauschalen darf das Budget nicht übersteigen.";
    /// A clock runs on the subproject to be completed.
    SubprojectClockRuns: "SubprojectCompletionAnyRunningEntries", WRONG, WRONG,
        "The subproject can't be set to completed. A co-worker is currently tracking time with the clock.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Ein Mitarbeiter erfasst gerade Zeit mit der Stoppuhr.";
    /// Nothing on the subproject is billable.
    SubprojectNothingBillable: "SubprojectCompletionNoBillableEntries", WRONG, WRONG,
        "The subproject can't be set to completed. At least one billable entry is required.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Es braucht mindestens einen verrechenbaren Eintrag.";
    /// Lump sums exceed the subproject's fixed price.
    SubprojectLumpsums: "SubprojectCompletionTooManyLumpSums", WRONG, WRONG,
        "The subproject can't be set to completed. The sum of billable lump sums must not exceed the budget.",
        "Das Teilprojekt kann nicht abgeschlossen werden. Die Summe der Pauschalen darf das Budget nicht übersteigen.";
    /// The confirmation key is not the one that was given.
    UnknownConfirmKey: "InvalidConfirmKey", BAD, WRONG,
        "The confirmation key is not valid. Please request a new one.",
        "Der Bestätigungsschlüssel ist nicht gültig. Bitte einen neuen anfordern.";
}

/// What the newer errors say of a missing parameter, in English and German.
pub(super) const EMPTY: [&str; 2] = [
    "Value is required and cannot be empty.",
    "Der Wert ist erforderlich und darf nicht leer sein.",
];

/// Whether a client prefers German to English. Other languages, French among them, are answered in
/// English.
#[must_use]
pub fn is_german(accept: Option<&str>) -> bool {
    let mut best: Option<(f64, bool)> = None;
    for range in accept.unwrap_or_default().split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let language = tag.split('-').next().unwrap_or_default();
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
        let weight: f64 = weight.unwrap_or(1.0);
        let german = match language {
            "de" => true,
            "en" => false,
            "fr" => {
                quirk!("CDO-031");
                continue;
            }
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, german));
        }
    }
    best.is_some_and(|(_, german)| german)
}

#[cfg(test)]
mod tests {
    use super::is_german;

    #[test]
    fn the_preferred_of_two_languages_is_spoken() {
        assert!(is_german(Some("de")));
        assert!(is_german(Some("de-AT, en;q=0.8")));
        assert!(is_german(Some("fr, en;q=0.4, de;q=0.6")));
        assert!(!is_german(Some("de;q=0, en;q=0.1")));
        assert!(!is_german(Some("fr")) && !is_german(Some("")) && !is_german(None));
        assert!(!is_german(Some("de;q=0.3,en;q=x")));
    }
}
