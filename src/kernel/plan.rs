//! The plan of a world: what its accounts pay the vendors for.

/// A plan, the least first. It decides which features and quotas there are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Plan {
    Free,
    Basic,
    Standard,
    Pro,
    Enterprise,
}
