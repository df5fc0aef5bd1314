//! Which entries a report wants: people, clients, projects, tasks, tags, texts and custom fields.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::kernel::ids::Hex24;
use crate::quirk;
use crate::vendors::clockify::model::FieldId;
use crate::vendors::clockify::model::entries::TimeEntry;
use crate::vendors::clockify::model::fields::{FieldContent, FieldValue};
use crate::vendors::clockify::model::members::MembershipStatus;
use crate::vendors::clockify::model::names::folded;

/// How a list of ids is meant. Source: 001:2433.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Contains {
    /// Any of them.
    #[default]
    Contains,
    /// None of them.
    DoesNotContain,
    /// Nothing but them; for tags.
    ContainsOnly,
}

/// The state that an entity must be in. Source: 001:2437, clockify.md:6.1.
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
    /// Whether a membership is in this state; somebody without one is inactive.
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

    /// Whether something that can be over (archived, done) is in this state.
    #[must_use]
    pub fn fits_over(self, over: bool) -> bool {
        match self {
            Self::All => true,
            Self::Active | Self::ActiveWithPending | Self::Pending => !over,
            Self::Archived | Self::Done | Self::Inactive => over,
        }
    }
}

/// A choice among entities of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    /// Those chosen, in order. Without any and without `nothing`, only the state counts.
    pub ids: Vec<Hex24>,
    /// Whether entries without such an entity are chosen too.
    pub nothing: bool,
    /// Whether ids were sent that are none; they choose nothing.
    pub strangers: bool,
    /// How the choice is meant.
    pub contains: Contains,
    /// In which state.
    pub status: Status,
}

impl Pick {
    /// Whether anything is chosen, be it that nothing fits.
    #[must_use]
    pub fn chooses(&self) -> bool {
        !self.ids.is_empty() || self.nothing || self.strangers
    }

    fn has(&self, id: Hex24) -> bool {
        self.ids.contains(&id)
    }

    /// Whether an entry fits whose entity is `found`, with the state it is in. Source: CFY-410.
    #[must_use]
    pub fn fits(&self, found: Option<Hex24>, in_state: bool) -> bool {
        quirk!("CFY-410");
        let Some(id) = found else {
            return match self.contains {
                _ if !self.chooses() => self.status.fits_over(false),
                Contains::DoesNotContain => !self.nothing,
                Contains::Contains | Contains::ContainsOnly => self.nothing,
            };
        };
        in_state
            && match self.contains {
                _ if !self.chooses() => true,
                Contains::DoesNotContain => !self.has(id),
                Contains::Contains | Contains::ContainsOnly => self.has(id),
            }
    }

    /// Whether an entry fits that has several such entities, each with the state it is in.
    #[must_use]
    pub fn fits_all(&self, found: &[(Hex24, bool)]) -> bool {
        quirk!("CFY-411");
        let Some(_) = found.first() else { return self.fits(None, true) };
        let in_state = || found.iter().filter(|(_, fits)| *fits);
        match self.contains {
            _ if !self.chooses() => in_state().next().is_some(),
            Contains::Contains => in_state().any(|(id, _)| self.has(*id)),
            Contains::DoesNotContain => !in_state().any(|(id, _)| self.has(*id)),
            Contains::ContainsOnly => found.iter().all(|(id, fits)| *fits && self.has(*id)),
        }
    }
}

/// How a number is compared. Source: 001:2478.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum NumberCondition {
    #[default]
    Equal,
    GreaterThan,
    LessThan,
}

/// What a custom field must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    /// The field; nothing when the id is none, which no entry has.
    pub field: Option<FieldId>,
    /// Whether it must be empty instead.
    pub empty: bool,
    /// What it must hold; nothing tests nothing.
    pub value: Option<Wanted>,
    /// How numbers are compared.
    pub condition: NumberCondition,
}

/// What a custom field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Part of a text, in any letter case.
    Text(String),
    /// A number.
    Number(f64),
    /// Any of these choices.
    Choices(Vec<String>),
    /// A tick.
    Truth(bool),
    /// Something that this type of field never holds.
    Never,
}

impl FieldTest {
    /// Whether these values fit. Source: CFY-413.
    #[must_use]
    pub fn fits(&self, values: &[FieldValue]) -> bool {
        quirk!("CFY-413");
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
            (Some(Wanted::Truth(wanted)), None) => !wanted,
            (Some(wanted), Some(held)) => self.holds(wanted, held),
            (Some(_), None) => false,
        }
    }

    fn holds(&self, wanted: &Wanted, held: &FieldContent) -> bool {
        match (wanted, held) {
            (Wanted::Text(wanted), FieldContent::Text(held)) => {
                held.to_lowercase().contains(&wanted.to_lowercase())
            }
            (Wanted::Number(wanted), FieldContent::Number(held)) => {
                let order = held.partial_cmp(wanted);
                order
                    == Some(match self.condition {
                        NumberCondition::Equal => Ordering::Equal,
                        NumberCondition::GreaterThan => Ordering::Greater,
                        NumberCondition::LessThan => Ordering::Less,
                    })
            }
            (Wanted::Choices(wanted), FieldContent::Text(held)) => {
                wanted.iter().any(|wanted| folded(wanted) == folded(held))
            }
            (Wanted::Choices(wanted), FieldContent::Choices(held)) => {
                let same =
                    |held: &String| wanted.iter().any(|wanted| folded(wanted) == folded(held));
                held.iter().any(same)
            }
            (Wanted::Truth(wanted), FieldContent::Truth(held)) => wanted == held,
            _ => false,
        }
    }
}

/// Entries that may be mistakes. Source: 001:2777-2782.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audit {
    /// Only those without a project.
    pub without_project: bool,
    /// Only those without a task.
    pub without_task: bool,
    /// Only those at most or at least this long, in seconds.
    pub duration: Option<i64>,
    /// At most, not at least.
    pub shorter: bool,
}

impl Audit {
    /// Whether an entry of this length fits.
    #[must_use]
    pub fn fits_length(&self, seconds: i64) -> bool {
        let Some(bound) = self.duration else { return true };
        quirk!("CFY-412");
        if self.shorter { seconds <= bound } else { seconds >= bound }
    }
}

/// Which entries a report wants. All parts must fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// By person.
    pub users: Option<Pick>,
    /// By the person's groups.
    pub groups: Option<Pick>,
    /// By the project's client.
    pub clients: Option<Pick>,
    /// By project.
    pub projects: Option<Pick>,
    /// By task.
    pub tasks: Option<Pick>,
    /// By tags.
    pub tags: Option<Pick>,
    /// By the currency of amounts.
    pub currencies: Option<Pick>,
    /// By whether they are billed.
    pub billable: Option<bool>,
    /// Part of the description, in lower case.
    pub description: Option<String>,
    /// Only those without a description.
    pub without_description: bool,
    /// By whether they are approved. Nothing ever is.
    pub approved: Option<bool>,
    /// By whether they are on an invoice.
    pub invoiced: Option<bool>,
    /// By custom fields of entries.
    pub fields: Vec<FieldTest>,
    /// By custom fields of people.
    pub user_fields: Vec<FieldTest>,
    /// Those that may be mistakes.
    pub audit: Audit,
}

impl Filter {
    /// Whether the parts fit that need the whole entry.
    #[must_use]
    pub fn fits_texts(&self, entry: &TimeEntry) -> bool {
        let text = self.description.as_deref();
        text.is_none_or(|text| entry.description.to_lowercase().contains(text))
            && self.fields.iter().all(|test| test.fits(&entry.fields))
    }

    /// Whether [`Self::fits_texts`] tests anything.
    #[must_use]
    pub fn needs_texts(&self) -> bool {
        self.description.is_some() || !self.fields.is_empty()
    }
}
