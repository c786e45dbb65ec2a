//! Texts of labels, each kept once.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// The texts, by number.
#[derive(Debug)]
pub struct Symbols {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: FixedState,
}

impl Default for Symbols {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), table: HashTable::new(), hasher: FixedState::with_seed(0x05ee_d00f) }
    }
}

/// The text of a number among texts that end at `ends`.
pub fn slice<'a>(text: &'a str, ends: &[u32], symbol: u32) -> &'a str {
    let at = symbol as usize;
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(at).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or_default()
}

impl Symbols {
    /// The number of a text that is known.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.table.find(hash, |symbol| slice(&self.text, &self.ends, *symbol) == text).copied()
    }

    /// The number of a text, given one if it is new; `None` when there is no room for another.
    pub fn intern(&mut self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        let (all, ends) = (&self.text, &self.ends);
        if let Some(symbol) = self.table.find(hash, |symbol| slice(all, ends, *symbol) == text) {
            return Some(*symbol);
        }
        let symbol = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table.insert_unique(hash, symbol, |symbol| hasher.hash_one(slice(all, ends, *symbol)));
        Some(symbol)
    }

    /// The text of a number.
    pub fn text(&self, symbol: u32) -> &str {
        slice(&self.text, &self.ends, symbol)
    }

    /// The texts and where each ends.
    pub fn copy(&self) -> (String, Vec<u32>) {
        (self.text.clone(), self.ends.clone())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4 + self.table.allocation_size()
    }
}
