//! Workspaces: their currencies, rates, plan and settings.

use serde::{Deserialize, Serialize};

use super::plans::Plan;
use super::rates::Rates;
use super::settings::WorkspaceSettings;
use super::{CurrencyId, UserId, WorkspaceId};
use crate::kernel::table::Row;

/// A workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Address of its logo; may be empty.
    pub image_url: String,
    /// The owner, who ranks above administrators and needs no role.
    pub owner: UserId,
    /// The default rates, which all others override.
    pub rates: Rates,
    /// Its currencies: never empty, with exactly one default.
    pub currencies: Vec<Currency>,
    /// Its plan.
    pub plan: Plan,
    /// Paid seats. Absent: unlimited.
    pub seats: Option<u32>,
    /// Its settings.
    pub settings: WorkspaceSettings,
    /// True if breaks are enabled.
    pub breaks: bool,
    /// True if team managers may edit their people's time. The app's setting, which no answer shows.
    #[serde(default)]
    pub managers_edit_time: bool,
    /// The name of its own host, if any.
    pub subdomain: Option<String>,
    /// The vendor's organisation id.
    pub cake_organization_id: String,
}

impl Workspace {
    /// A workspace on the free plan with the vendor's default settings and one currency.
    #[must_use]
    pub fn new(id: WorkspaceId, name: String, owner: UserId, currency: Currency) -> Self {
        Self {
            id,
            name,
            image_url: String::new(),
            owner,
            rates: Rates::default(),
            currencies: vec![currency],
            plan: Plan::free(),
            seats: None,
            settings: WorkspaceSettings::default(),
            breaks: false,
            managers_edit_time: false,
            subdomain: None,
            cake_organization_id: String::new(),
        }
    }

    /// The currency with this id.
    #[must_use]
    pub fn currency(&self, id: CurrencyId) -> Option<&Currency> {
        self.currencies.iter().find(|currency| currency.id == id)
    }

    /// The code of the default currency.
    #[must_use]
    pub fn default_code(&self) -> &str {
        self.default_currency().map_or("USD", |currency| &currency.code)
    }

    /// The default currency.
    #[must_use]
    pub fn default_currency(&self) -> Option<&Currency> {
        self.currencies.iter().find(|currency| currency.is_default).or(self.currencies.first())
    }
}

/// A currency of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// Its id.
    pub id: CurrencyId,
    /// ISO 4217 code.
    pub code: String,
    /// True if it includes amounts by default.
    pub is_default: bool,
}

impl Row for Workspace {
    type Key = WorkspaceId;
    type Index = ();

    fn key(&self) -> WorkspaceId {
        self.id
    }

    fn index(&self) -> Vec<()> {
        Vec::new()
    }
}
