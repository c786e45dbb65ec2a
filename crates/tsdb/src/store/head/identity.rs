//! Who the series are: label pairs as symbol numbers in one arena, found by the hash of their texts.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use foldhash::{fast::RandomState, quality::FixedState};
use hashbrown::HashTable;

use super::{postings::Postings, symbols::Symbols};
use crate::store::wire::{Input, put_uint};

/// Not in a group yet.
pub const NO_GROUP: u32 = u32::MAX;

/// One series.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    offset: u32,
    hash: u32,
    /// The group its floats are in.
    pub group: u32,
    /// Its cell there.
    pub cell: u32,
    /// The log segment that knows its labels.
    pub log: u32,
}

/// The series of a tenant, the texts they share and the lists to find them by.
#[derive(Debug)]
pub struct Identity {
    /// The texts.
    pub symbols: Symbols,
    /// The series, by number.
    pub entries: Vec<Entry>,
    arena: Vec<u8>,
    table: HashTable<u32>,
    postings: HashMap<(u32, u32), Postings, RandomState>,
    /// The values that a label name takes.
    values: HashMap<u32, Vec<u32>, RandomState>,
    hasher: FixedState,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            symbols: Symbols::default(),
            entries: Vec::new(),
            arena: Vec::new(),
            table: HashTable::new(),
            postings: HashMap::default(),
            values: HashMap::default(),
            hasher: FixedState::with_seed(0x05e1_21e5),
        }
    }
}

/// The pairs of a series, as symbol numbers.
#[derive(Debug, Clone)]
pub struct Pairs<'a> {
    input: Input<'a>,
    left: usize,
}

impl<'a> Pairs<'a> {
    /// Those that begin at a byte of an arena.
    pub fn at(arena: &'a [u8], offset: u32) -> Self {
        let mut input = Input(arena.get(offset as usize..).unwrap_or_default());
        let left = input.size().unwrap_or(0);
        Self { input, left }
    }
}

impl Iterator for Pairs<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        self.left = self.left.checked_sub(1)?;
        Some((self.input.uint32()?, self.input.uint32()?))
    }
}

impl Identity {
    fn hash(&self, labels: &[(&str, &str)]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for (name, value) in labels {
            hasher.write(name.as_bytes());
            hasher.write(value.as_bytes());
        }
        hasher.finish()
    }

    /// The pairs of a series.
    pub fn pairs(&self, series: u32) -> Pairs<'_> {
        Pairs::at(&self.arena, self.entries.get(series as usize).map_or(u32::MAX, |entry| entry.offset))
    }

    /// The pairs of all series, and where each series' begin.
    pub fn copy_arena(&self) -> (Vec<u8>, Vec<u32>) {
        (self.arena.clone(), self.entries.iter().map(|entry| entry.offset).collect())
    }

    fn same(&self, series: u32, labels: &[(&str, &str)]) -> bool {
        let pairs = self.pairs(series);
        pairs.left == labels.len()
            && pairs.zip(labels).all(|((name, value), label)| self.symbols.text(value) == label.1 && self.symbols.text(name) == label.0)
    }

    /// The series with exactly these labels, which are sorted by name.
    pub fn find(&self, labels: &[(&str, &str)]) -> Option<u32> {
        let hash = self.hash(labels);
        self.table
            .find(spread(high(hash)), |series| self.entries[*series as usize].hash == high(hash) && self.same(*series, labels))
            .copied()
    }

    /// Makes a series that [`Self::find`] did not find; `None` when numbers or room run out.
    pub fn add(&mut self, labels: &[(&str, &str)]) -> Option<u32> {
        let hash = self.hash(labels);
        let series = u32::try_from(self.entries.len()).ok().filter(|series| *series < NO_GROUP)?;
        let offset = u32::try_from(self.arena.len()).ok()?;
        put_uint(&mut self.arena, labels.len() as u64);
        for (name, value) in labels {
            let (name, value) = (self.symbols.intern(name)?, self.symbols.intern(value)?);
            put_uint(&mut self.arena, u64::from(name));
            put_uint(&mut self.arena, u64::from(value));
            match self.postings.get_mut(&(name, value)) {
                Some(postings) => postings.push(series),
                None => {
                    self.postings.insert((name, value), Postings::one(series));
                    self.values.entry(name).or_default().push(value);
                }
            }
        }
        self.entries.push(Entry { offset, hash: high(hash), group: NO_GROUP, cell: 0, log: 0 });
        let entries = &self.entries;
        // Only the upper half of the hash is kept; both halves of a table's hash are made of it.
        self.table.insert_unique(spread(high(hash)), series, |series| spread(entries[*series as usize].hash));
        Some(series)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The series of a label pair.
    pub fn postings(&self, name: u32, value: u32) -> Option<&Postings> {
        self.postings.get(&(name, value))
    }

    /// The values of a label name.
    pub fn values_of(&self, name: u32) -> &[u32] {
        self.values.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The label names.
    pub fn names(&self) -> impl Iterator<Item = u32> {
        self.values.keys().copied()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let lists: usize = self.postings.values().map(|list| list.bytes() + size_of::<Postings>() + 12).sum();
        self.symbols.bytes() + self.arena.capacity() + self.entries.capacity() * size_of::<Entry>() + self.table.allocation_size() + lists
    }
}

const fn high(hash: u64) -> u32 {
    (hash >> 32) as u32
}

const fn spread(half: u32) -> u64 {
    (half as u64) << 32 | half as u64
}
