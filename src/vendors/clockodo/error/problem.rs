//! What can be wrong with a request: identifier, statuses and messages in English and German.
//!
//! Identifiers and English messages are the vendor's where the wire notes (2.2, 2.3) have them.

use axum::http::StatusCode;

use crate::quirk;

/// What can be wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A required parameter is missing or empty.
    Missing,
    /// A value of another kind, or none that is possible.
    WrongFormat,
    /// One value where several are wanted.
    NotArray,
    /// Entries cannot be grouped by this.
    UnknownGroupOption,
    /// None of the values that are possible.
    UnexpectedValue,
    /// Too small, too large or too long.
    NotBetween,
    /// No day of the calendar.
    InvalidDate,
    /// The body cannot be read.
    BadBody,
    /// It does not exist.
    NotFound,
    /// The caller may not.
    Forbidden,
    /// It is archived.
    HasToBeActive,
    /// The values do not fit together.
    InvalidCombination,
    /// Entries need a project here.
    ProjectRequired,
    /// The project is completed.
    ProjectIsCompleted,
    /// The subproject is completed.
    SubprojectIsCompleted,
    /// The day is outside the project's period.
    OutsideProject,
    /// The end is before the start.
    EndBeforeStart,
    /// Longer than 24 hours.
    EntryTooLong,
    /// Overlaps another entry.
    Overlaps,
    /// The duration is not the span.
    NotLinked,
    /// The edit lock covers the day.
    Locked,
    /// Demo data cannot be changed.
    CannotModifyDemoData,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Identifier of the newer errors.
    pub(super) kind: &'static str,
    /// Status on entries, clock and entry groups.
    pub(super) older: StatusCode,
    /// Status everywhere else.
    pub(super) newer: StatusCode,
    pub(super) english: &'static str,
    pub(super) german: &'static str,
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

const fn row(
    kind: &'static str,
    older: StatusCode,
    newer: StatusCode,
    english: &'static str,
    german: &'static str,
) -> Row {
    Row { kind, older, newer, english, german }
}

impl Problem {
    /// The table.
    #[expect(clippy::too_many_lines, reason = "one line a problem")]
    pub(super) fn row(self) -> Row {
        use StatusCode as S;
        match self {
            Self::Missing => {
                row("Empty", BAD, BAD, "Missing data: {fields}", "Fehlende Angaben: {fields}")
            }
            Self::WrongFormat => row("WrongFormat", BAD, WRONG, "Wrong format", "Falsches Format"),
            Self::NotArray => {
                row("UnexpectedValue", BAD, WRONG, "Array expected.", "Array erwartet.")
            }
            Self::UnknownGroupOption => {
                row("UnexpectedValue", BAD, WRONG, "Unknown group option", "Unbekannte Gruppierung")
            }
            Self::UnexpectedValue => row(
                "UnexpectedValue",
                BAD,
                WRONG,
                "Only these values are expected: {expected}",
                "Nur diese Werte werden erwartet: {expected}",
            ),
            Self::NotBetween => row(
                "NotBetween",
                BAD,
                WRONG,
                "An error occurred, please try again.",
                "Ein Fehler ist aufgetreten, bitte versuche es erneut.",
            ),
            Self::InvalidDate => row(
                "InvalidDate",
                BAD,
                WRONG,
                "The given value is not an actual date.",
                "Der angegebene Wert ist kein gültiges Datum.",
            ),
            Self::BadBody => row(
                "BadRequest",
                BAD,
                BAD,
                "The request body could not be read.",
                "Der Inhalt der Anfrage konnte nicht gelesen werden.",
            ),
            Self::NotFound => row(
                "ResourceNotFound",
                S::NOT_FOUND,
                S::NOT_FOUND,
                "The requested resource could not be found.",
                "Die angeforderte Ressource wurde nicht gefunden.",
            ),
            Self::Forbidden => row(
                "Forbidden",
                S::FORBIDDEN,
                S::FORBIDDEN,
                "Access denied.",
                "Zugriff verweigert.",
            ),
            Self::HasToBeActive => row(
                "HasToBeActive",
                BAD,
                WRONG,
                "The resource must be active.",
                "Die Ressource muss aktiv sein.",
            ),
            Self::InvalidCombination => row(
                "InvalidCombination",
                BAD,
                WRONG,
                "The combination of the provided data is invalid.",
                "Die Kombination der angegebenen Daten ist ungültig.",
            ),
            Self::ProjectRequired => row(
                "ProjectRequired",
                BAD,
                WRONG,
                "Tracking times for customers is not allowed.",
                "Das Erfassen von Zeiten auf Kunden ist nicht erlaubt.",
            ),
            Self::ProjectIsCompleted => row(
                "ProjectIsCompleted",
                BAD,
                WRONG,
                "The project is completed.",
                "Das Projekt ist abgeschlossen.",
            ),
            Self::SubprojectIsCompleted => row(
                "SubprojectIsCompleted",
                BAD,
                WRONG,
                "The subproject is completed.",
                "Das Teilprojekt ist abgeschlossen.",
            ),
            Self::OutsideProject => row(
                "ProjectPeriodMustContainAllEntryStarts",
                BAD,
                WRONG,
                "Project period must contain all entry dates.",
                "Der Projektzeitraum muss alle Einträge enthalten.",
            ),
            Self::EndBeforeStart => row(
                "EndBeforeStart",
                BAD,
                WRONG,
                "The end must not be before the start.",
                "Das Ende darf nicht vor dem Beginn liegen.",
            ),
            Self::EntryTooLong => row(
                "EntryTooLong",
                BAD,
                WRONG,
                "An entry must not be longer than 24 hours.",
                "Ein Eintrag darf nicht länger als 24 Stunden sein.",
            ),
            Self::Overlaps => row(
                "EntryOverlaps",
                BAD,
                WRONG,
                "The entry overlaps with another entry.",
                "Der Eintrag überschneidet sich mit einem anderen Eintrag.",
            ),
            Self::NotLinked => row(
                "EntryTimesNotLinked",
                BAD,
                WRONG,
                "The duration has to match the start and end time.",
                "Die Dauer muss zu Beginn und Ende passen.",
            ),
            Self::Locked => row(
                "EditLock",
                S::FORBIDDEN,
                S::FORBIDDEN,
                "The entry is locked for editing.",
                "Der Eintrag ist für die Bearbeitung gesperrt.",
            ),
            Self::CannotModifyDemoData => row(
                "CannotModifyDemoData",
                BAD,
                WRONG,
                "You must not edit demo data.",
                "Demodaten dürfen nicht bearbeitet werden.",
            ),
        }
    }
}

/// Whether a client prefers German to English. Other languages, French among them, are answered in
/// English.
pub(super) fn is_german(accept: Option<&str>) -> bool {
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
