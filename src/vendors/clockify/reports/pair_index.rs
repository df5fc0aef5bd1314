//! A small hash table from pairs of numbers to indices. It is the same on every run.

/// Marks an empty slot.
const NONE: u32 = u32::MAX;

/// Pairs of numbers with their indices.
#[derive(Debug)]
pub(super) struct PairIndex {
    slots: Vec<(u64, u32)>,
    used: usize,
}

impl Default for PairIndex {
    fn default() -> Self {
        Self { slots: vec![(0, NONE); 64], used: 0 }
    }
}

impl PairIndex {
    /// The index of a pair. `make` gives a new pair its index.
    #[inline]
    pub(super) fn index_of(&mut self, high: u32, low: u32, make: impl FnOnce() -> u32) -> u32 {
        let key = u64::from(high) << 32 | u64::from(low);
        let at = self.find(key);
        let (_, index) = self.slots[at];
        if index != NONE {
            return index;
        }
        let index = make();
        self.slots[at] = (key, index);
        self.used += 1;
        if self.used * 2 > self.slots.len() {
            self.grow();
        }
        index
    }

    /// The slot of a key, or the empty slot where it belongs.
    #[inline]
    fn find(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Multiplication spreads consecutive keys. The upper bits are the mixed ones.
        let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (mixed >> 32) as usize & mask;
        while self.slots[at].1 != NONE && self.slots[at].0 != key {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline(never)]
    fn grow(&mut self) {
        let larger = vec![(0, NONE); self.slots.len() * 2];
        for (key, index) in std::mem::replace(&mut self.slots, larger) {
            if index != NONE {
                let at = self.find(key);
                self.slots[at] = (key, index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PairIndex;

    #[test]
    fn every_key_keeps_its_place() {
        let mut numbers = PairIndex::default();
        for round in 0..2 {
            for n in 0..5000_u32 {
                let index = numbers.index_of(n % 71, n, || {
                    assert_eq!(round, 0, "{n} was forgotten");
                    n
                });
                assert_eq!(index, n);
            }
        }
    }
}
