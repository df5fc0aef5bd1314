//! Numbers pairs of ids in the order of their first occurrence. It is fast, because long reports
//! look up several pairs per entry.

/// Pairs with their numbers. The same pairs in the same order get the same numbers on every
/// machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pairs: Vec<(u64, u64)>,
    /// The slots: a pair's number plus one, or 0 if empty. The length is a power of 2.
    places: Vec<u32>,
}

impl Index {
    /// The number of a pair, and true if the pair is new.
    pub(super) fn number(&mut self, pair: (u64, u64)) -> (usize, bool) {
        if self.pairs.len() * 2 >= self.places.len() {
            self.grow();
        }
        let place = self.place(pair);
        if let Some(number) = (self.places[place] as usize).checked_sub(1) {
            return (number, false);
        }
        self.pairs.push(pair);
        // More than 2^32 groups do not fit in memory.
        self.places[place] = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        (self.pairs.len() - 1, true)
    }

    /// The pairs by number.
    pub(super) fn pairs(&self) -> &[(u64, u64)] {
        &self.pairs
    }

    /// The slot of a pair, or the empty slot where it belongs.
    fn place(&self, pair: (u64, u64)) -> usize {
        let mask = self.places.len() - 1;
        let mixed = pair.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ pair.1;
        let mixed = mixed.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let mut place = usize::try_from(mixed >> 32).unwrap_or(0) & mask;
        loop {
            match (self.places[place] as usize).checked_sub(1) {
                None => return place,
                Some(number) if self.pairs[number] == pair => return place,
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        self.places = vec![0; (self.places.len() * 2).max(64)];
        for number in 0..self.pairs.len() {
            let place = self.place(self.pairs[number]);
            self.places[place] = u32::try_from(number + 1).unwrap_or(u32::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn pairs_keep_their_numbers() {
        let mut index = Index::default();
        for round in 0..2 {
            for n in 0..10_000_u64 {
                let number = index.number((n % 100, n / 100));
                assert_eq!(number, (usize::try_from(n).unwrap(), round == 0));
            }
        }
        assert_eq!(index.pairs()[1234], (34, 12));
    }
}
