//! Clients, for whom work is done.

use serde::{Deserialize, Serialize};

use super::names::Folded;
use super::{ClientId, CurrencyId, WorkspaceId};
use crate::kernel::table::Row;

/// A client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its e-mail.
    pub email: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// The currency of its projects. Absent: the workspace's default.
    pub currency: Option<CurrencyId>,
    /// Additional e-mails, at most three. Absent until first set.
    pub cc_emails: Option<Vec<String>>,
    /// True if it is archived. Its name stays taken.
    pub archived: bool,
}

/// The index of clients.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientBy {
    /// By workspace and name.
    Name(WorkspaceId, Folded),
}

impl Row for Client {
    type Key = ClientId;
    type Index = ClientBy;

    fn key(&self) -> ClientId {
        self.id
    }

    fn index(&self) -> Vec<ClientBy> {
        vec![ClientBy::Name(self.workspace, Folded::of(&self.name))]
    }
}
