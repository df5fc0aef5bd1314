//! Which generation of a vendor's API a world speaks.

/// A generation of the imitated APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Revision {
    /// What the vendor documents say.
    #[default]
    Documented,
    /// What the live services do today where that contradicts the documents.
    Current,
}
