//! What a report holds, whatever it is shown as: integer seconds, money in minor units, names resolved.
//!
//! The JSON answer and the three exports are made from these values alone, so their numbers agree.

use std::ops::{Add, AddAssign, Sub};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::style::Style;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Hex24;
use crate::kernel::money::{Minor, share};
use crate::vendors::clockify::model::entries::EntryType;
use crate::vendors::clockify::model::fields::{FieldContent, FieldType};
use crate::vendors::clockify::model::{
    ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId,
};

/// An amount that a report can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AmountKind {
    /// What is billed: time at the hourly rate, nothing for time that is not billable.
    Earned,
    /// What the time costs.
    Cost,
    /// The first without the second.
    Profit,
}

/// What some work is worth, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    /// What is billed.
    pub earned: Minor,
    /// What it costs.
    pub cost: Minor,
}

impl Money {
    /// The amount of this kind.
    #[must_use]
    pub fn of(self, kind: AmountKind) -> Minor {
        match kind {
            AmountKind::Earned => self.earned,
            AmountKind::Cost => self.cost,
            AmountKind::Profit => self.earned.saturating_sub(self.cost),
        }
    }

    /// What some of the `whole` seconds make of it.
    #[must_use]
    pub fn share(self, seconds: i64, whole: i64) -> Self {
        Self { earned: share(self.earned, seconds, whole), cost: share(self.cost, seconds, whole) }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.earned = self.earned.saturating_add(other.earned);
        self.cost = self.cost.saturating_add(other.cost);
    }
}

impl Add for Money {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

/// Time and money of some entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Seconds.
    pub seconds: i64,
    /// What they are worth.
    pub money: Money,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.seconds = self.seconds.saturating_add(other.seconds);
        self.money += other.money;
    }
}

impl Add for Sum {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Sub for Sum {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        let money = Money {
            earned: self.money.earned.saturating_sub(other.money.earned),
            cost: self.money.cost.saturating_sub(other.money.cost),
        };
        Self { seconds: self.seconds.saturating_sub(other.seconds), money }
    }
}

/// The figures of a whole report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Time and money.
    pub sum: Sum,
    /// Seconds of billable entries.
    pub billable_seconds: i64,
    /// Number of entries.
    pub entries: u64,
    /// Money by currency code, in the order of the codes; empty without entries.
    pub by_currency: Vec<(Arc<str>, Money)>,
}

/// The figures of a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day in the report's zone.
    pub date: NaiveDate,
    /// Time and money.
    pub sum: Sum,
    /// Seconds of billable entries.
    pub billable_seconds: i64,
}

/// What a report is about, and how its figures are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Name of the workspace.
    pub workspace: Arc<str>,
    /// Code of the workspace's currency.
    pub currency: Arc<str>,
    /// The zone whose days and times are shown.
    pub zone: Tz,
    /// First day of the range.
    pub first: NaiveDate,
    /// Last day of the range.
    pub last: NaiveDate,
    /// Which amounts are shown, the main one first; empty when amounts are hidden.
    pub shown: Vec<AmountKind>,
    /// How dates, times and numbers are written.
    pub style: Style,
    /// When the report is made.
    pub made: DateTime<Utc>,
    /// Whether the columns are those of exports today, not those of 2020.
    pub newer_columns: bool,
}

impl Frame {
    /// The amount that stands for itself, e.g. under `amount`.
    #[must_use]
    pub fn main(&self) -> Option<AmountKind> {
        self.shown.first().copied()
    }
}

/// What entries are grouped by. Source: 001:2466, clockify.md:6.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the vendor's own names, which explain themselves")]
pub enum GroupKind {
    Project,
    Client,
    Task,
    Tag,
    Date,
    Week,
    Month,
    User,
    UserGroup,
    Timeentry,
}

impl GroupKind {
    /// Whether its groups are days or spans of days.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Week | Self::Month)
    }

    /// The heading of its column.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Client => "Client",
            Self::Task => "Task",
            Self::Tag => "Tags",
            Self::Date => "Date",
            Self::Week => "Week",
            Self::Month => "Month",
            Self::User => "User",
            Self::UserGroup => "Group",
            Self::Timeentry => "Description",
        }
    }
}

/// What names a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupId {
    /// Nothing: the entries without such an entity.
    Without,
    /// An entity.
    One(Hex24),
    /// Several entities at once, as the tags of an entry.
    Many(Vec<Hex24>),
    /// A date or the like.
    Text(Arc<str>),
}

/// What a group is called. Groups of the same entity share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What names it.
    pub id: GroupId,
    /// Its name.
    pub name: Arc<str>,
    /// The day it stands for or begins with; for groups of time.
    pub day: Option<NaiveDate>,
    /// Colour of the project.
    pub color: Option<Arc<str>>,
    /// Name of the project's client; empty for a project without one.
    pub client: Option<Arc<str>>,
}

/// Entries of a report that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub label: Arc<Label>,
    /// Time and money.
    pub sum: Sum,
    /// The currencies of their money.
    pub by_currency: ByCurrency,
    /// Their figures day by day, in the weekly report; else empty.
    pub days: Vec<Sum>,
    /// The groups inside; empty on the last level.
    pub children: Vec<Group>,
}

/// The money of a group by currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByCurrency {
    /// All of it is in the currency of this code.
    One(Arc<str>),
    /// Some in each, in the order of the codes.
    Several(Vec<(Arc<str>, Money)>),
}

impl Default for ByCurrency {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Group {
    /// Code of the currency of all its amounts, if there is only one.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        match &self.by_currency {
            ByCurrency::One(code) => Some(code),
            ByCurrency::Several(each) => match &each[..] {
                [(code, _)] => Some(code),
                _ => None,
            },
        }
    }

    /// Its money by code, in the order of the codes.
    #[must_use]
    pub fn money(&self) -> Vec<(Arc<str>, Money)> {
        match &self.by_currency {
            ByCurrency::One(code) => vec![(Arc::clone(code), self.sum.money)],
            ByCurrency::Several(each) => each.clone(),
        }
    }
}

/// A summary report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// All entries.
    pub totals: Totals,
    /// What is grouped by, from outside in: one to three kinds, each once.
    pub kinds: Vec<GroupKind>,
    /// The groups in order.
    pub groups: Vec<Group>,
    /// Days that have entries, in order.
    pub days: Vec<Day>,
}

/// A weekly report: the same with seven days a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    /// All entries.
    pub totals: Totals,
    /// What is grouped by, from outside in: users and projects, in either order.
    pub kinds: [GroupKind; 2],
    /// Whether cells show money instead of time.
    pub money: bool,
    /// The seven days in order.
    pub days: Vec<Day>,
    /// The groups in order.
    pub groups: Vec<Group>,
}

/// An entry of a detailed report.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its id.
    pub id: EntryId,
    /// What was done; may be empty.
    pub description: String,
    /// Whose time it is.
    pub user: Named<UserId>,
    /// Their e-mail.
    pub email: Arc<str>,
    /// Names of their groups, joined.
    pub groups: Arc<str>,
    /// Whether it is billed.
    pub billable: bool,
    /// Its project.
    pub project: Option<Named<ProjectId>>,
    /// Colour of the project.
    pub color: Option<Arc<str>>,
    /// Client of the project.
    pub client: Option<Named<ClientId>>,
    /// Its task.
    pub task: Option<Named<TaskId>>,
    /// Its tags.
    pub tags: Vec<Named<TagId>>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// When it ended.
    pub end: DateTime<Utc>,
    /// Its length in seconds, rounded where the report rounds.
    pub seconds: i64,
    /// What kind of time it is.
    pub kind: EntryType,
    /// Whether it cannot be changed any more.
    pub locked: bool,
    /// Whether it is on an invoice.
    pub invoiced: bool,
    /// Its custom fields.
    pub fields: Vec<Filled>,
    /// Code of the currency of its amounts.
    pub currency: Arc<str>,
    /// Minor units an hour; nothing for time that is not billable.
    pub rate: Minor,
    /// Minor units an hour.
    pub cost_rate: Minor,
    /// What it is worth.
    pub money: Money,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// Something with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: Arc<str>,
}

/// A custom field of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The field.
    pub id: FieldId,
    /// Its name.
    pub name: Arc<str>,
    /// What it may hold.
    pub kind: FieldType,
    /// What it holds.
    pub value: Option<FieldContent>,
}

impl Filled {
    /// What it holds as a text.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.value {
            None => String::new(),
            Some(FieldContent::Truth(truth)) => if *truth { "Yes" } else { "No" }.to_owned(),
            Some(FieldContent::Number(number)) => number.to_string(),
            Some(FieldContent::Text(text)) => text.clone(),
            Some(FieldContent::Choices(choices)) => choices.join(", "),
        }
    }
}

/// A detailed report, but for its rows, which are made one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// All entries.
    pub totals: Totals,
    /// Days that have entries, in order.
    pub days: Vec<Day>,
    /// The custom fields that exports have a column for.
    pub fields: Vec<Named<FieldId>>,
}
