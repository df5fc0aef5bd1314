//! Subscription plans and their features. Source: facts.md:CFY-011, facts.md:N-55, facts.md:N-59.

use serde::{Deserialize, Serialize};

/// A workspace's plan by the vendor's name, e.g. `PRO_2021`. `None` for a free workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plan(Option<String>);

/// Tiers of plans, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Free.
    Free,
    /// `BASIC…`, and `PLUS…` of 2020.
    Basic,
    /// `STANDARD…`, and `PREMIUM…` of 2020.
    Standard,
    /// `PRO…`
    Pro,
    /// `ENTERPRISE…`, bundles with the vendor's other products, trials and special plans.
    Enterprise,
}

/// Prefixes of plan names, with their tiers.
const TIERS: [(&str, Tier); 10] = [
    ("FREE", Tier::Free),
    ("BASIC", Tier::Basic),
    ("PLUS", Tier::Basic),
    ("STANDARD", Tier::Standard),
    ("PREMIUM", Tier::Standard),
    ("PRO", Tier::Pro),
    ("ENTERPRISE", Tier::Enterprise),
    ("TRIAL", Tier::Enterprise),
    ("SPECIAL", Tier::Enterprise),
    ("BUNDLE", Tier::Enterprise),
];

impl Plan {
    /// The plan with this name. `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let plan = Self(Some(name.to_owned()));
        plan.known_tier().map(|_| plan)
    }

    /// The free plan.
    #[must_use]
    pub fn free() -> Self {
        Self(None)
    }

    /// Today's plan of a tier.
    #[must_use]
    pub fn of(tier: Tier) -> Self {
        let name = match tier {
            Tier::Free => return Self::free(),
            Tier::Basic => "BASIC_2021",
            Tier::Standard => "STANDARD_2021",
            Tier::Pro => "PRO_2021",
            Tier::Enterprise => "ENTERPRISE_2021",
        };
        Self(Some(name.to_owned()))
    }

    /// The name that clients see. `None` for the free plan.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn known_tier(&self) -> Option<Tier> {
        let Some(name) = &self.0 else { return Some(Tier::Free) };
        let known = TIERS.iter().find(|(start, _)| {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        });
        known.map(|(_, tier)| *tier)
    }

    /// Its tier.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.known_tier().unwrap_or(Tier::Free)
    }

    /// True if it costs money.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.tier() > Tier::Free
    }

    /// True if it includes the feature.
    #[must_use]
    pub fn allows(&self, feature: Feature) -> bool {
        // Adding time for others is a premium feature of the plans of 2020. Source: 001:1532.
        let plus = self.0.as_deref().is_some_and(|name| name.starts_with("PLUS"));
        self.tier() >= feature.tier() && !(plus && feature == Feature::AddTimeForOthers)
    }

    /// All features that it includes, by name.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        Feature::ALL.into_iter().filter(|feature| self.allows(*feature))
    }
}

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $tier:ident;)*) => {
        /// A feature that only some plans include, by the vendor's name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// All features, in alphabetical order.
            pub const ALL: [Self; [$(Self::$name),*].len()] = [$(Self::$name),*];

            /// The feature that the contract calls so.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                use serde::de::IntoDeserializer;
                let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
                    name.into_deserializer();
                Self::deserialize(name).ok()
            }

            /// The lowest tier that includes the feature.
            #[must_use]
            pub fn tier(self) -> Tier {
                match self {
                    $(Self::$name => Tier::$tier,)*
                }
            }
        }
    };
}

features! {
    /// Entries and timers for other people.
    AddTimeForOthers = Basic;
    /// Approval of timesheets.
    Approval = Standard;
    /// Automatic locks.
    AutomaticLock = Standard;
    /// Entries of type BREAK.
    Breaks = Basic;
    /// Editing several entries at once.
    BulkEdit = Basic;
    /// Currencies of clients.
    ClientCurrency = Pro;
    /// Custom fields on entries.
    CustomFields = Pro;
    /// Timer-only tracking, without manual entry.
    DisableManualMode = Pro;
    /// Expenses.
    Expenses = Pro;
    /// Rates that change on a date.
    HistoricRates = Basic;
    /// Invoices.
    Invoicing = Standard;
    /// Cost rates and profit.
    LaborCost = Pro;
    /// Project and team managers.
    ManagerRole = Standard;
    /// Budgets in money.
    ProjectBudget = Pro;
    /// Project templates.
    ProjectTemplates = Basic;
    /// Required fields.
    RequiredFields = Basic;
    /// Scheduling.
    Scheduling = Pro;
    /// Rates of tasks.
    TaskRates = Standard;
    /// Time off and holidays.
    TimeOff = Standard;
    /// Reports of more than a month.
    UnlimitedReports = Basic;
    /// Custom fields on users.
    UserCustomFields = Pro;
    /// Locking of entries before a date.
    WorkspaceLockTimeentries = Standard;
    /// The audit filter of the detailed report.
    WorkspaceTimeAudit = Basic;
    /// Rounding in reports.
    WorkspaceTimeRounding = Standard;
}
