//! The enums of a report request.

use serde::Deserialize;

/// Enums with the vendor's names.
macro_rules! enums {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[expect(missing_docs, reason = "the vendor's own words")]
        pub enum $name { $($word),+ }
    )+};
}

enums! {
    /// Source: clockify.md:6.1.
    ApprovalState { Approved, Unapproved, All }
    /// Source: clockify.md:6.1.
    InvoicingState { Invoiced, Uninvoiced, All }
    /// Source: 001:2472, clockify.md:6.1.
    AmountShown { Earned, Earnings, Cost, Profit, HideAmount, Export }
    /// Source: 001:2469.
    SortOrder { Ascending, Descending }
    /// Source: 001:2467, clockify.md:6.3.
    SummaryColumn { Group, Duration, Amount, Earned, Cost, Profit }
    /// Source: 001:2566.
    WeeklyGroup { Project, User }
    /// Source: 001:2567.
    WeeklySubgroup { Time, Earnings }
    /// Source: 001:2774, clockify.md:6.2.
    DetailedColumn { Id, Description, User, Duration, Date, ZonedDate, Natural, UserDate }
    /// Source: clockify.md:6.2.
    TotalsOption { Calculate, Exclude }
}

/// Source: 001:2470, clockify.md:6.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the vendor's own words")]
pub enum ExportType {
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
