//! Names as they are compared and sorted: without regard to letter case and to space at the ends.

use std::ops::RangeInclusive;

/// A name's place in an index. [`Folded::Last`] lies behind every name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folded {
    /// A trimmed name in lower case.
    Name(String),
    /// Behind every name; the end of a range.
    Last,
}

impl Folded {
    /// The place of `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::Name(folded(name))
    }

    /// The range that holds every name, for a table's scan: `Folded::all(|at| TagBy::Name(workspace, at))`.
    pub fn all<I>(index: impl Fn(Self) -> I) -> RangeInclusive<I> {
        index(Self::Name(String::new()))..=index(Self::Last)
    }
}

/// A name as it is compared.
#[must_use]
pub fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A filter on names: part of the name, or the whole name when `strict`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFilter {
    wanted: String,
    strict: bool,
}

impl NameFilter {
    /// Matches names that contain `wanted`, in any letter case.
    #[must_use]
    pub fn part(wanted: &str) -> Self {
        Self { wanted: wanted.to_lowercase(), strict: false }
    }

    /// Matches names that are `wanted`, in any letter case.
    #[must_use]
    pub fn strict(wanted: &str) -> Self {
        Self { wanted: folded(wanted), strict: true }
    }

    /// Where names that fit can be, for a table's scan: one place when strict, else everywhere.
    pub fn range<I>(&self, index: impl Fn(Folded) -> I) -> RangeInclusive<I> {
        let only = || index(Folded::Name(self.wanted.clone()));
        if self.strict { only()..=only() } else { Folded::all(index) }
    }

    /// True if `name` fits.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        if self.strict {
            folded(name) == self.wanted
        } else {
            self.wanted.is_empty() || contains(name, &self.wanted)
        }
    }
}

/// True if `name` in lower case contains `wanted`. Most names are ASCII, and cost no allocation.
fn contains(name: &str, wanted: &str) -> bool {
    if name.is_ascii() && wanted.is_ascii() {
        let (name, wanted) = (name.as_bytes(), wanted.as_bytes());
        name.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
    } else {
        name.to_lowercase().contains(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::NameFilter;

    #[test]
    fn part_of_a_name_is_found_in_any_letter_case() {
        let fits = |wanted, name| NameFilter::part(wanted).fits(name);
        assert!(fits("", "x") && fits("B", "abc") && fits("abc", "ABC") && fits("ÄR", "Märchen"));
        assert!(fits("k", "\u{212a}elvin"), "the sign of kelvin is a k in lower case");
        assert!(!fits("abcd", "abc") && !fits("ü", "u") && !fits("x", ""));
    }
}
