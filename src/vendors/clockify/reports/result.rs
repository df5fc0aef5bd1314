//! The contents of reports in any format: integer seconds, exact money, and names.
//!
//! The JSON answer and all files are made from these values alone, so their numbers agree.

use std::ops::{Add, AddAssign, Sub};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::style::Style;
use crate::kernel::civil::Tz;
use crate::kernel::ids::Hex24;
use crate::kernel::money::{ExactAmount, Minor};
use crate::quirk;
use crate::vendors::clockify::model::entries::EntryType;
use crate::vendors::clockify::model::fields::{FieldContent, FieldType};
use crate::vendors::clockify::model::{
    ClientId, EntryId, FieldId, ProjectId, TagId, TaskId, UserId,
};

/// An amount that a report can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AmountKind {
    /// The billed amount: billable time at the hourly rate.
    Earned,
    /// The cost of the time.
    Cost,
    /// The billed amount minus the cost.
    Profit,
}

/// The amounts of some work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    /// The billed amount.
    pub earned: ExactAmount,
    /// The cost.
    pub cost: ExactAmount,
}

impl Money {
    /// The amount of this kind.
    #[must_use]
    pub fn of(self, kind: AmountKind) -> ExactAmount {
        match kind {
            AmountKind::Earned => self.earned,
            AmountKind::Cost => self.cost,
            AmountKind::Profit => self.earned.minus(self.cost),
        }
    }

    /// The share of `seconds` in `whole` seconds.
    #[must_use]
    pub fn share(self, seconds: i64, whole: i64) -> Self {
        let Self { earned, cost } = self;
        Self { earned: earned.share(seconds, whole), cost: cost.share(seconds, whole) }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.earned = self.earned.plus(other.earned);
        self.cost = self.cost.plus(other.cost);
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
    /// Their amounts.
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
            earned: self.money.earned.minus(other.money.earned),
            cost: self.money.cost.minus(other.money.cost),
        };
        Self { seconds: self.seconds.saturating_sub(other.seconds), money }
    }
}

/// The totals of a report.
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

/// The totals of a local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day in the report's zone.
    pub date: NaiveDate,
    /// Time and money.
    pub sum: Sum,
    /// Seconds of billable entries.
    pub billable_seconds: i64,
}

/// The workspace's own words for the kinds of work, as headings. Source: field-cases.md:FC-12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// A project.
    pub project: String,
    /// What projects are grouped by: clients, unless the workspace says otherwise.
    pub client: String,
    /// A task.
    pub task: String,
}

/// The context of a report: workspace, range and style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportContext {
    /// Name of the workspace.
    pub workspace: Arc<str>,
    /// Code of the workspace's currency.
    pub currency: Arc<str>,
    /// The zone of days and times.
    pub zone: Tz,
    /// First day of the range.
    pub first: NaiveDate,
    /// Last day of the range.
    pub last: NaiveDate,
    /// The amounts to show, the main one first; empty if amounts are hidden.
    pub amounts: Vec<AmountKind>,
    /// The style of dates, times and numbers.
    pub style: Style,
    /// The words of headings.
    pub labels: Labels,
    /// The instant when the report is made.
    pub made: DateTime<Utc>,
    /// Files have the columns of today's exports instead of those of 2020.
    pub newer_columns: bool,
}

impl ReportContext {
    /// The main amount, for fields like `amount`.
    #[must_use]
    pub fn main(&self) -> Option<AmountKind> {
        self.amounts.first().copied()
    }

    /// The heading of a column of such groups.
    #[must_use]
    pub fn heading(&self, kind: GroupKind) -> &str {
        if matches!(kind, GroupKind::Project | GroupKind::Client | GroupKind::Task) {
            quirk!("CFY-573");
        }
        match kind {
            GroupKind::Project => &self.labels.project,
            GroupKind::Client => &self.labels.client,
            GroupKind::Task => &self.labels.task,
            GroupKind::Tag => "Tags",
            GroupKind::Date => "Date",
            GroupKind::Week => "Week",
            GroupKind::Month => "Month",
            GroupKind::User => "User",
            GroupKind::UserGroup => "Group",
            GroupKind::Timeentry => "Description",
        }
    }
}

/// The kinds of groups. Source: 001:2466, clockify.md:6.3.
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
    /// `true` for groups by day, week or month.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Week | Self::Month)
    }
}

/// The id of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupId {
    /// No id: the entries without such an entity.
    Without,
    /// An entity.
    One(Hex24),
    /// Several entities at once, like the tags of an entry.
    Many(Vec<Hex24>),
    /// A date, week or month.
    Text(Arc<str>),
}

/// The label of a group. Groups of the same entity share one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: Arc<str>,
    /// Its first day, for groups by time.
    pub day: Option<NaiveDate>,
    /// Colour of the project.
    pub color: Option<Arc<str>>,
    /// Name of the project's client; empty for a project without one.
    pub client: Option<Arc<str>>,
}

/// Entries of a report that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their label.
    pub label: Arc<Label>,
    /// Time and money.
    pub sum: Sum,
    /// Their amounts by currency.
    pub by_currency: ByCurrency,
    /// Their sums by day in a weekly report; else empty.
    pub days: Vec<Sum>,
    /// The inner groups; empty on the last level.
    pub children: Vec<Group>,
}

/// The amounts of a group by currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByCurrency {
    /// One currency.
    One(Arc<str>),
    /// Several currencies, in the order of their codes.
    Several(Vec<(Arc<str>, Money)>),
}

impl Default for ByCurrency {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Group {
    /// The code of its currency, if it has only one.
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

    /// Its amounts by currency, in the order of the codes.
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
    /// The kinds of groups, outermost first: one to three, all different.
    pub kinds: Vec<GroupKind>,
    /// The groups in order.
    pub groups: Vec<Group>,
    /// Days that have entries, in order.
    pub days: Vec<Day>,
}

/// A weekly report: groups with seven days each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    /// All entries.
    pub totals: Totals,
    /// The kinds of groups, outermost first: users and projects, in either order.
    pub kinds: [GroupKind; 2],
    /// Cells of files show money instead of time.
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
    /// Its description; may be empty.
    pub description: String,
    /// Its owner.
    pub user: Named<UserId>,
    /// The owner's e-mail.
    pub email: Arc<str>,
    /// The names of the owner's groups, joined.
    pub groups: Arc<str>,
    /// It is billable.
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
    /// Its start.
    pub start: DateTime<Utc>,
    /// Its end.
    pub end: DateTime<Utc>,
    /// Its length in seconds, rounded if the report rounds.
    pub seconds: i64,
    /// Its type.
    pub kind: EntryType,
    /// It is locked.
    pub locked: bool,
    /// It is invoiced.
    pub invoiced: bool,
    /// Its custom fields.
    pub fields: Vec<RowField>,
    /// Code of the currency of its amounts.
    pub currency: Arc<str>,
    /// Hourly rate in minor units; 0 if the time is not billable, `None` if no rate was ever set.
    pub rate: Option<Minor>,
    /// Cost rate in minor units, `None` if none was ever set.
    pub cost_rate: Option<Minor>,
    /// Its amounts.
    pub money: Money,
    /// The instant when it was created.
    pub created: DateTime<Utc>,
}

/// An entity with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name.
    pub name: Arc<str>,
}

/// A custom field of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct RowField {
    /// The field.
    pub id: FieldId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub kind: FieldType,
    /// Its value.
    pub value: Option<FieldContent>,
}

impl RowField {
    /// Its value as a text.
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

/// A detailed report without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// All entries.
    pub totals: Totals,
    /// Days that have entries, in order.
    pub days: Vec<Day>,
    /// The custom fields that have a column in files.
    pub fields: Vec<Named<FieldId>>,
}
