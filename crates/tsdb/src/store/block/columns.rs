//! Columns of instants of a block: each written once, found again by a fingerprint while the block is being written.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use foldhash::quality::FixedState;

use super::footer::Part;
use crate::store::{
    chunk::column,
    wire::{Input, put_int, put_uint},
};

/// Where a column is and what it spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnPlace {
    /// Its bytes.
    pub part: Part,
    /// Rows.
    pub count: u32,
    /// First instant.
    pub from_ms: i64,
    /// Last instant.
    pub to_ms: i64,
}

/// Columns being collected.
#[derive(Debug, Default)]
pub struct Columns {
    known: HashMap<(u64, u64, usize), u32>,
    /// Their bytes, one after the other.
    pub bytes: Vec<u8>,
    /// Their places, counted from the first byte of the first.
    pub places: Vec<ColumnPlace>,
}

impl Columns {
    /// The number of a column with these instants.
    pub fn number(&mut self, at: &[i64]) -> u32 {
        let hash = |seed: u64| {
            let mut hasher = FixedState::with_seed(seed).build_hasher();
            for at in at {
                hasher.write_i64(*at);
            }
            hasher.finish()
        };
        let key = (hash(1), hash(2), at.len());
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let bytes = column::encode(at);
        let part = Part { at: self.bytes.len() as u64, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX), sum: crc32c::crc32c(&bytes) };
        self.bytes.extend_from_slice(&bytes);
        let (from_ms, to_ms) = (at.first().copied().unwrap_or(0), at.last().copied().unwrap_or(0));
        self.places.push(ColumnPlace { part, count: u32::try_from(at.len()).unwrap_or(u32::MAX), from_ms, to_ms });
        self.known.insert(key, number);
        number
    }
}

/// Writes places; those of the file begin at `start`.
pub fn encode(places: &[ColumnPlace], start: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_uint(&mut out, places.len() as u64);
    put_uint(&mut out, start);
    let mut before = 0;
    for place in places {
        put_uint(&mut out, u64::from(place.part.bytes));
        out.extend_from_slice(&place.part.sum.to_le_bytes());
        put_uint(&mut out, u64::from(place.count));
        put_int(&mut out, place.from_ms.wrapping_sub(before));
        put_int(&mut out, place.to_ms.wrapping_sub(place.from_ms));
        before = place.from_ms;
    }
    out
}

/// Reads them back.
pub fn decode(bytes: &[u8], file_bytes: u64) -> Option<Vec<ColumnPlace>> {
    let mut input = Input(bytes);
    // Each has a byte of the file at the least.
    let count = input.size().filter(|count| *count as u64 <= file_bytes)?;
    let mut at = input.uint()?;
    let mut before = 0i64;
    let mut places = Vec::new();
    for _ in 0..count {
        let part = Part { at, bytes: input.uint32()?, sum: input.half()? };
        at = at.checked_add(u64::from(part.bytes))?;
        let count = input.uint32()?;
        let from_ms = before.wrapping_add(input.int()?);
        let to_ms = from_ms.wrapping_add(input.int()?);
        before = from_ms;
        places.push(ColumnPlace { part, count, from_ms, to_ms });
    }
    Some(places)
}
