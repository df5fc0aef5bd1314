//! Slice arithmetic of paged lists. No parameter names, defaults or caps: those are vendor policy.

/// Rows that room is made for at once; longer pages make more as they go.
const COMMON: usize = 64;

/// One page of `size` rows; `number` counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// 1 is the first page; 0 is read as 1.
    pub number: u64,
    /// Rows a page; 0 is read as 1.
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

    /// The rows of this page and whether none follow.
    pub fn of<T>(self, rows: impl Iterator<Item = T>) -> (Vec<T>, bool) {
        let mut rest = rows.skip(self.skip());
        let mut page = Vec::with_capacity(self.take().min(COMMON));
        page.extend(rest.by_ref().take(self.take()));
        (page, rest.next().is_none())
    }
}
