//! Time Tracker's own rows: keys and export settings. Hours are the Jira site's.

use crate::vendors::jira::model::UserId;
use crate::vendors::jira::overlay::Locale;

/// What Time Tracker keeps beside Jira.
#[derive(Debug, Clone)]
pub struct State {
    /// Whom a key stands for.
    pub keys: imbl::OrdMap<String, UserId>,
    /// How exports look.
    pub settings: Settings,
}

/// How exports look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Thousands and decimal signs.
    pub locale: Locale,
    /// Most digits after the decimal sign.
    pub fraction_digits: usize,
}

impl Default for State {
    fn default() -> Self {
        let settings = Settings { locale: Locale::EnUs, fraction_digits: 2 };
        Self { keys: imbl::OrdMap::new(), settings }
    }
}
