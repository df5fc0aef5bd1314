//! The section `time_tracker` of `jira.json`. Absent members keep their value.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::model::{Column, Locale, LongPolling, Unit, ViewDuration};

/// The section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeTrackerIn {
    /// Keys by person; others are derived.
    pub keys: BTreeMap<String, String>,
    /// Language of headings and numbers.
    pub locale: Option<Locale>,
    /// Columns of `exportData.csv`.
    pub export_columns: Option<Vec<Column>>,
    /// Unit of durations in `exportData.csv`.
    pub export_unit: Option<Unit>,
    /// Form of durations in `exportView.xls`.
    pub view_duration: Option<ViewDuration>,
    /// Maximum number of decimal places.
    pub fraction_digits: Option<u8>,
    /// Whether days are those of the key's user's zone.
    pub preserve_started_time: Option<bool>,
    /// Groups that may see worklogs of others; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub auditors_groups: Option<Option<Vec<String>>>,
    /// Groups whose members see only each other's worklogs; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub restricted_groups: Option<Option<Vec<String>>>,
    /// People who see worklogs of others, by project key; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub auditors_roles: Option<Option<BTreeMap<String, Vec<String>>>>,
    /// When answers are sent by long polling.
    pub long_polling: Option<LongPolling>,
}

/// A present member, `null` or not.
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
