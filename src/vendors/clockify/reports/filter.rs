//! The filter of a report: people, clients, projects, tasks, tags, texts and custom fields.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::FieldId;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::fields::{FieldContent, FieldValue};
use crate::vendors::clockify::model::members::MembershipStatus;
use crate::vendors::clockify::model::names::folded;

/// The meaning of a list of ids. Source: 001:2433.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Contains {
    /// Matches any of them.
    #[default]
    Contains,
    /// Matches none of them.
    DoesNotContain,
    /// Matches all of them and nothing else; for tags.
    ContainsOnly,
}

/// The status of an entity. Source: 001:2437, clockify.md:6.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum Status {
    #[default]
    All,
    ActiveWithPending,
    Active,
    Pending,
    Inactive,
    Archived,
    Done,
}

impl Status {
    /// `true` if a membership has this status. People without a membership are inactive.
    #[must_use]
    pub fn fits_member(self, status: Option<MembershipStatus>) -> bool {
        use MembershipStatus as M;
        match self {
            Self::All => true,
            Self::ActiveWithPending => matches!(status, Some(M::Active | M::Pending)),
            Self::Active => status == Some(M::Active),
            Self::Pending => status == Some(M::Pending),
            Self::Inactive | Self::Archived | Self::Done => {
                matches!(status, None | Some(M::Inactive | M::Declined))
            }
        }
    }

    /// `true` if an entity has this status. `closed` means archived or done.
    #[must_use]
    pub fn fits_closed(self, closed: bool) -> bool {
        match self {
            Self::All => true,
            Self::Active | Self::ActiveWithPending | Self::Pending => !closed,
            Self::Archived | Self::Done | Self::Inactive => closed,
        }
    }
}

/// A filter by entities of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntityFilter {
    /// The entities. Without any and without `unassigned`, the filter is by status alone.
    pub ids: BTreeSet<Hex24>,
    /// Also matches entries without such an entity.
    pub unassigned: bool,
    /// The request contained invalid ids. They match nothing.
    pub invalid: bool,
    /// The meaning of the list.
    pub contains: Contains,
    /// The status of the entities.
    pub status: Status,
}

impl EntityFilter {
    /// `true` if the filter selects entities, even if none can match.
    #[must_use]
    pub fn selects(&self) -> bool {
        !self.ids.is_empty() || self.unassigned || self.invalid
    }

    fn has(&self, id: Hex24) -> bool {
        self.ids.contains(&id)
    }

    /// `true` if an entry with the entity `found` matches. `in_state`: the entity has the required
    /// status. Source: CFY-410.
    #[must_use]
    pub fn fits(&self, found: Option<Hex24>, in_state: bool) -> bool {
        quirk!("CFY-410");
        let Some(id) = found else {
            return match self.contains {
                _ if !self.selects() => self.status.fits_closed(false),
                Contains::DoesNotContain => !self.unassigned,
                Contains::Contains | Contains::ContainsOnly => self.unassigned,
            };
        };
        in_state
            && match self.contains {
                _ if !self.selects() => true,
                Contains::DoesNotContain => !self.has(id),
                Contains::Contains | Contains::ContainsOnly => self.has(id),
            }
    }

    /// As [`Self::fits`], for entries with several such entities.
    #[must_use]
    pub fn fits_all(&self, found: &[(Hex24, bool)]) -> bool {
        quirk!("CFY-411");
        let Some(_) = found.first() else { return self.fits(None, true) };
        let in_state = || found.iter().filter(|(_, fits)| *fits);
        match self.contains {
            _ if !self.selects() => in_state().next().is_some(),
            Contains::Contains => in_state().any(|(id, _)| self.has(*id)),
            Contains::DoesNotContain => !in_state().any(|(id, _)| self.has(*id)),
            Contains::ContainsOnly => {
                let is_found = |id: &Hex24| found.iter().any(|(found, _)| found == id);
                found.iter().all(|(id, fits)| *fits && self.has(*id))
                    && self.ids.iter().all(is_found)
                    && !self.invalid
            }
        }
    }
}

/// The comparison of a number. Source: 001:2478.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum NumberCondition {
    #[default]
    Equal,
    GreaterThan,
    LessThan,
}

/// A filter by the value of a custom field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldFilter {
    /// The field. `None` for an invalid id, which no entry has.
    pub field: Option<FieldId>,
    /// The value must be empty.
    pub empty: bool,
    /// The value to match. `None` matches all.
    pub value: Option<ValueFilter>,
    /// The comparison of numbers.
    pub condition: NumberCondition,
}

/// The value to match.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueFilter {
    /// Part of a text, in any letter case.
    Text(String),
    /// A number.
    Number(f64),
    /// Any of these choices.
    Choices(Vec<String>),
    /// A Boolean.
    Truth(bool),
    /// A value that this type of field never has.
    Never,
}

impl FieldFilter {
    /// `true` if an entry with these values matches. Source: CFY-410.
    #[must_use]
    pub fn fits(&self, values: &[FieldValue]) -> bool {
        quirk!("CFY-410");
        let held = values.iter().find(|value| Some(value.field) == self.field);
        let held = held.and_then(|held| held.value.as_ref());
        let vacant = match held {
            None => true,
            Some(FieldContent::Text(text)) => text.is_empty(),
            Some(FieldContent::Choices(choices)) => choices.is_empty(),
            Some(_) => false,
        };
        if self.empty {
            return vacant;
        }
        match (&self.value, held) {
            (None, _) => true,
            (Some(ValueFilter::Truth(wanted)), None) => !wanted,
            (Some(wanted), Some(held)) => self.holds(wanted, held),
            (Some(_), None) => false,
        }
    }

    fn holds(&self, wanted: &ValueFilter, held: &FieldContent) -> bool {
        match (wanted, held) {
            (ValueFilter::Text(wanted), FieldContent::Text(held)) => {
                held.to_lowercase().contains(&wanted.to_lowercase())
            }
            (ValueFilter::Number(wanted), FieldContent::Number(held)) => {
                let order = held.partial_cmp(wanted);
                order
                    == Some(match self.condition {
                        NumberCondition::Equal => Ordering::Equal,
                        NumberCondition::GreaterThan => Ordering::Greater,
                        NumberCondition::LessThan => Ordering::Less,
                    })
            }
            (ValueFilter::Choices(wanted), FieldContent::Text(held)) => {
                wanted.iter().any(|wanted| folded(wanted) == folded(held))
            }
            (ValueFilter::Choices(wanted), FieldContent::Choices(held)) => {
                let same =
                    |held: &String| wanted.iter().any(|wanted| folded(wanted) == folded(held));
                held.iter().any(same)
            }
            (ValueFilter::Truth(wanted), FieldContent::Truth(held)) => wanted == held,
            _ => false,
        }
    }
}

/// A filter for entries that may be mistakes. Source: 001:2777-2782.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audit {
    /// Only entries without a project.
    pub without_project: bool,
    /// Only entries without a task.
    pub without_task: bool,
    /// Only entries of at least or at most this length in seconds.
    pub duration: Option<i64>,
    /// `duration` is a maximum instead of a minimum.
    pub shorter: bool,
}

impl Audit {
    /// `true` if an entry of this length matches.
    #[must_use]
    pub fn fits_length(&self, seconds: i64) -> bool {
        let Some(bound) = self.duration else { return true };
        quirk!("CFY-412");
        if self.shorter { seconds <= bound } else { seconds >= bound }
    }
}

/// The filter of a report. All parts must match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// By person.
    pub users: Option<EntityFilter>,
    /// By the person's groups.
    pub groups: Option<EntityFilter>,
    /// By the project's client.
    pub clients: Option<EntityFilter>,
    /// By project.
    pub projects: Option<EntityFilter>,
    /// By task.
    pub tasks: Option<EntityFilter>,
    /// By tags.
    pub tags: Option<EntityFilter>,
    /// By the currency of amounts.
    pub currencies: Option<EntityFilter>,
    /// Billable or not.
    pub billable: Option<bool>,
    /// Part of the description, in lower case.
    pub description: Option<String>,
    /// Only entries without a description.
    pub without_description: bool,
    /// Approved or not. No entry is approved.
    pub approved: Option<bool>,
    /// Invoiced or not.
    pub invoiced: Option<bool>,
    /// By custom fields of entries.
    pub fields: Vec<FieldFilter>,
    /// By custom fields of people.
    pub user_fields: Vec<FieldFilter>,
    /// Only entries that may be mistakes.
    pub audit: Audit,
}

impl Filter {
    /// `true` if the parts match that need the whole entry.
    #[must_use]
    pub fn fits_texts(&self, entry: &TimeEntry) -> bool {
        let text = self.description.as_deref();
        text.is_none_or(|text| entry.description.to_lowercase().contains(text))
            && self.fields.iter().all(|test| test.fits(&entry.fields))
    }

    /// `true` if there are such parts.
    #[must_use]
    pub fn needs_texts(&self) -> bool {
        self.description.is_some() || !self.fields.is_empty()
    }
}
