//! Names as they are compared and sorted: ignoring letter case and surrounding spaces.

use std::ops::RangeInclusive;

/// A name as an index key. [`Folded::Last`] sorts after every name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folded {
    /// A trimmed name in lower case.
    Name(String),
    /// Sorts after every name: the end of a range.
    Last,
}

impl Folded {
    /// The key of `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::Name(folded(name))
    }

    /// The range of all names, for a table scan: `Folded::all(|at| TagBy::Name(workspace, at))`.
    pub fn all<I>(index: impl Fn(Self) -> I) -> RangeInclusive<I> {
        index(Self::Name(String::new()))..=index(Self::Last)
    }
}

/// A name in the form used for comparison.
#[must_use]
pub fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A filter by name: a part of the name, or the whole name if `strict`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFilter {
    wanted: String,
    strict: bool,
}

impl NameFilter {
    /// Matches names that contain `wanted`, ignoring letter case.
    #[must_use]
    pub fn part(wanted: &str) -> Self {
        Self { wanted: wanted.to_lowercase(), strict: false }
    }

    /// Matches names that equal `wanted`, ignoring letter case.
    #[must_use]
    pub fn strict(wanted: &str) -> Self {
        Self { wanted: folded(wanted), strict: true }
    }

    /// The range that a table scan must search: one name if strict, else all names.
    pub fn range<I>(&self, index: impl Fn(Folded) -> I) -> RangeInclusive<I> {
        let only = || index(Folded::Name(self.wanted.clone()));
        if self.strict { only()..=only() } else { Folded::all(index) }
    }

    /// True if `name` matches.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        if self.strict {
            folded(name) == self.wanted
        } else {
            self.wanted.is_empty() || contains(name, &self.wanted)
        }
    }
}

/// True if `name` in lower case contains `wanted`. ASCII names, which most are, are not copied.
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
