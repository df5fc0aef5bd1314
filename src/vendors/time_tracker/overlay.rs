//! The section `time_tracker` of `jira.json`. What is left out stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::model::{Column, Locale, LongPolling, Unit, ViewDuration};

/// The section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeTrackerIn {
    /// Keys by person, where they are not derived.
    pub keys: BTreeMap<String, String>,
    /// Language of headings, thousands and decimal signs.
    pub locale: Option<Locale>,
    /// Columns of `exportData.csv`.
    pub export_columns: Option<Vec<Column>>,
    /// Unit of durations in `exportData.csv`.
    pub export_unit: Option<Unit>,
    /// Form of durations in `exportView.xls`.
    pub view_duration: Option<ViewDuration>,
    /// Most digits after the decimal sign.
    pub fraction_digits: Option<u8>,
    /// Whether days are cut in the zone of the key's user.
    pub preserve_started_time: Option<bool>,
    /// Groups that may see worklogs of others; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub auditors_groups: Option<Option<Vec<String>>>,
    /// Groups whose members see one another alone; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub restricted_groups: Option<Option<Vec<String>>>,
    /// People who see worklogs of others, by project key; `null` lifts the limit.
    #[serde(deserialize_with = "given")]
    pub auditors_roles: Option<Option<BTreeMap<String, Vec<String>>>>,
    /// When answers are sent by long polling.
    pub long_polling: Option<LongPolling>,
}

/// A member that is present, `null` or not.
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
