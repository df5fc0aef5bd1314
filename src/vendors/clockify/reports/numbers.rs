//! A small table from numbers to places in a list, the same on every run.

/// What no place is.
const NONE: u32 = u32::MAX;

/// Keys with the places given to them.
#[derive(Debug)]
pub(super) struct Numbers {
    slots: Vec<(u64, u32)>,
    used: usize,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { slots: vec![(0, NONE); 64], used: 0 }
    }
}

impl Numbers {
    /// The place of a key made of two halves; `make` gives a new key its place.
    #[inline]
    pub(super) fn place(&mut self, high: u32, low: u32, make: impl FnOnce() -> u32) -> u32 {
        let key = u64::from(high) << 32 | u64::from(low);
        let at = self.find(key);
        let (_, place) = self.slots[at];
        if place != NONE {
            return place;
        }
        let place = make();
        self.slots[at] = (key, place);
        self.used += 1;
        if self.used * 2 > self.slots.len() {
            self.grow();
        }
        place
    }

    /// The slot that holds a key, or the empty one that it belongs to.
    #[inline]
    fn find(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        // Multiplication spreads keys that count up; the upper bits are the mixed ones.
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
        for (key, place) in std::mem::replace(&mut self.slots, larger) {
            if place != NONE {
                let at = self.find(key);
                self.slots[at] = (key, place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn every_key_keeps_its_place() {
        let mut numbers = Numbers::default();
        for round in 0..2 {
            for n in 0..5000_u32 {
                let place = numbers.place(n % 71, n, || {
                    assert_eq!(round, 0, "{n} was forgotten");
                    n
                });
                assert_eq!(place, n);
            }
        }
    }
}
