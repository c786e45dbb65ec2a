//! A copy of who the head's series are, for writing a block while samples keep coming.

use super::identity::{Identity, Pairs};

/// The copy.
#[derive(Debug)]
pub struct Directory {
    text: String,
    ends: Vec<u32>,
    arena: Vec<u8>,
    offsets: Vec<u32>,
    /// The place of each text among all, sorted: comparing places is comparing texts.
    ranks: Vec<u32>,
}

impl Identity {
    /// A copy.
    pub fn directory(&self) -> Directory {
        let (text, ends) = self.symbols.copy();
        let (arena, offsets) = self.copy_arena();
        let mut directory = Directory { text, ends, arena, offsets, ranks: Vec::new() };
        let mut order: Vec<u32> = (0..u32::try_from(directory.ends.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|a, b| directory.text(*a).cmp(directory.text(*b)));
        directory.ranks = vec![0; order.len()];
        for (rank, symbol) in (0u32..).zip(&order) {
            directory.ranks[*symbol as usize] = rank;
        }
        directory
    }
}

impl Directory {
    /// The text of a number.
    pub fn text(&self, symbol: u32) -> &str {
        super::symbols::slice(&self.text, &self.ends, symbol)
    }

    /// The pairs of a series.
    pub fn pairs(&self, series: u32) -> Pairs<'_> {
        Pairs::at(&self.arena, self.offsets.get(series as usize).copied().unwrap_or(u32::MAX))
    }

    /// The labels of a series.
    pub fn labels(&self, series: u32) -> impl Iterator<Item = (&str, &str)> {
        self.pairs(series).map(|(name, value)| (self.text(name), self.text(value)))
    }

    /// Sorts series by their labels.
    pub fn sort(&self, series: &mut [u32]) {
        let rank = |symbol: u32| self.ranks.get(symbol as usize).copied().unwrap_or(u32::MAX);
        let key = |series: u32| self.pairs(series).map(move |(name, value)| (rank(name), rank(value)));
        series.sort_unstable_by(|a, b| key(*a).cmp(key(*b)));
    }
}
