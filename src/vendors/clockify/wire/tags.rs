//! Tags.

use serde::{Deserialize, Serialize};

use super::loose::{LooseBool, Text};
use crate::http::body::Field;
use crate::vendors::clockify::model::tags::Tag;
use crate::vendors::clockify::model::{TagId, WorkspaceId};

/// A tag. Source: 001:837-840.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TagOut<'a> {
    id: TagId,
    name: &'a str,
    workspace_id: WorkspaceId,
    archived: bool,
}

impl<'a> From<&'a Tag> for TagOut<'a> {
    fn from(tag: &'a Tag) -> Self {
        let Tag { id, workspace, name, archived } = tag;
        Self { id: *id, name, workspace_id: *workspace, archived: *archived }
    }
}

/// The body that creates or updates a tag. New tags ignore `archived`. Source: 001:850, 001:887.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TagIn {
    name: Field<Text>,
    archived: Field<LooseBool>,
}

impl TagIn {
    /// The name, and `archived` if it is present.
    #[must_use]
    pub fn parts(self) -> (String, Option<bool>) {
        let Self { name, archived } = self;
        let name = name.value().map(|name| name.0).unwrap_or_default();
        (name, archived.value().map(|archived| archived.0))
    }
}
