//! Clients.

use serde::{Deserialize, Serialize};

use super::loose::{LooseBool, Text};
use crate::http::body::Field;
use crate::vendors::clockify::error::{Entity, Refusal};
use crate::vendors::clockify::model::clients::Client;
use crate::vendors::clockify::model::workspaces::Workspace;
use crate::vendors::clockify::model::{ClientId, CurrencyId, WorkspaceId};
use crate::vendors::clockify::rules::clients::{ClientUpdate, NewClient};

/// A client. Source: 001:142-147, clockify.md:4.1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientOut<'a> {
    id: ClientId,
    name: &'a str,
    email: Option<&'a str>,
    workspace_id: WorkspaceId,
    archived: bool,
    address: Option<&'a str>,
    note: Option<&'a str>,
    currency_id: Option<CurrencyId>,
    currency_code: &'a str,
    cc_emails: Option<&'a [String]>,
}

impl<'a> ClientOut<'a> {
    /// Renders a client of the workspace `home`.
    #[must_use]
    pub fn new(client: &'a Client, home: &'a Workspace) -> Self {
        let Client { id, workspace, name, email, address, note, currency, cc_emails, archived } =
            client;
        let own = currency.and_then(|id| home.currency(id)).or(home.default_currency());
        Self {
            id: *id,
            name,
            email: email.as_deref(),
            workspace_id: *workspace,
            archived: *archived,
            address: address.as_deref(),
            note: note.as_deref(),
            currency_id: own.map(|currency| currency.id),
            currency_code: own.map_or(home.default_code(), |currency| &currency.code),
            cc_emails: cc_emails.as_deref(),
        }
    }
}

/// The body that creates or updates a client. Source: 001:155, 001:196.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientIn {
    name: Field<Text>,
    email: Field<Text>,
    address: Field<Text>,
    note: Field<Text>,
    archived: Field<LooseBool>,
    cc_emails: Field<Vec<Text>>,
    currency_id: Field<Text>,
}

fn text(field: Field<Text>) -> Option<String> {
    field.value().map(|text| text.0)
}

impl From<ClientIn> for NewClient {
    fn from(client: ClientIn) -> Self {
        // New clients ignore `archived`, `ccEmails` and `currencyId`. Source: clockify.md:4.1.
        let ClientIn { name, email, address, note, archived: _, cc_emails: _, currency_id: _ } =
            client;
        Self {
            name: text(name).unwrap_or_default(),
            email: text(email),
            address: text(address),
            note: text(note),
        }
    }
}

impl ClientIn {
    /// The update in this body.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] if `currencyId` is not an id.
    pub fn update(
        self,
        archive_projects: bool,
        finish_tasks: bool,
    ) -> Result<ClientUpdate, Refusal> {
        let Self { name, email, address, note, archived, cc_emails, currency_id } = self;
        let currency = text(currency_id).filter(|id| !id.is_empty());
        let currency = currency
            .map(|id| id.parse().map_err(|_| Refusal::Unknown(Entity::CURRENCY)))
            .transpose()?;
        Ok(ClientUpdate {
            name: text(name).unwrap_or_default(),
            email: text(email),
            address: text(address),
            note: text(note),
            cc_emails: cc_emails
                .value()
                .map(|emails| emails.into_iter().map(|email| email.0).collect()),
            archived: archived.value().map(|archived| archived.0),
            currency,
            archive_projects,
            finish_tasks,
        })
    }
}
