//! The words of a report request.

use serde::Deserialize;

/// The words of the enums, by the vendor's names.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[expect(missing_docs, reason = "the vendor's own words")]
        pub enum $name { $($word),+ }
    )+};
}

words! {
    /// Source: notes/clockify.md 6.1.
    ApprovalWord { Approved, Unapproved, All }
    /// Source: notes/clockify.md 6.1.
    InvoicingWord { Invoiced, Uninvoiced, All }
    /// Source: document 001, line 2472, and notes/clockify.md 6.1.
    AmountWord { Earned, Earnings, Cost, Profit, HideAmount, Export }
    /// Source: document 001, line 2469.
    SortOrder { Ascending, Descending }
    /// Source: document 001, line 2467, and notes/clockify.md 6.3.
    SummaryColumn { Group, Duration, Amount, Earned, Cost, Profit }
    /// Source: document 001, line 2566.
    WeeklyGroup { Project, User }
    /// Source: document 001, line 2567.
    WeeklySubgroup { Time, Earnings }
    /// Source: document 001, line 2774, and notes/clockify.md 6.2.
    DetailedColumn { Id, Description, User, Duration, Date, ZonedDate, Natural, UserDate }
    /// Source: notes/clockify.md 6.2.
    TotalsWord { Calculate, Exclude }
}

/// Source: document 001, line 2470, and notes/clockify.md 6.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum ExportWord {
    #[serde(rename = "JSON")]
    Json,
    #[serde(rename = "JSON_V1")]
    JsonV1,
    #[serde(rename = "PDF")]
    Pdf,
    #[serde(rename = "CSV")]
    Csv,
    #[serde(rename = "XLSX")]
    Xlsx,
    #[serde(rename = "ZIP")]
    Zip,
}
