//! Arithmetic of paged lists. Parameter names, defaults and maximum sizes are vendor policy.

/// Rows to allocate memory for at once; longer pages grow.
const COMMON: usize = 64;

/// One page of `size` rows; `number` counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Number of the page, from 1; 0 counts as 1.
    pub number: u64,
    /// Rows on a page; 0 counts as 1.
    pub size: u64,
}

impl Page {
    /// Rows before this page.
    #[must_use]
    pub fn skip(self) -> usize {
        let before = self.number.max(1).saturating_sub(1).saturating_mul(self.size.max(1));
        usize::try_from(before).unwrap_or(usize::MAX)
    }

    /// Rows on a full page.
    #[must_use]
    pub fn take(self) -> usize {
        usize::try_from(self.size.max(1)).unwrap_or(usize::MAX)
    }

    /// Number of pages that `count` rows fill.
    #[must_use]
    pub fn pages(self, count: usize) -> u64 {
        (count as u64).div_ceil(self.size.max(1))
    }

    /// The rows of this page, and whether it is the last one.
    pub fn of<T>(self, rows: impl Iterator<Item = T>) -> (Vec<T>, bool) {
        let mut rest = rows.skip(self.skip());
        let mut page = Vec::with_capacity(self.take().min(COMMON));
        page.extend(rest.by_ref().take(self.take()));
        (page, rest.next().is_none())
    }
}
