//! The revision of the vendors' APIs that a world imitates.

/// A revision of the imitated APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Revision {
    /// As the vendor's documents say.
    #[default]
    Documented,
    /// As the live services behave today where they contradict the documents.
    Current,
}
