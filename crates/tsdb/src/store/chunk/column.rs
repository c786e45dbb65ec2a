//! Timestamp columns: written once for all series that share them.

use crate::store::wire::{Input, put_int, put_uint};

use super::pack;

/// Regular: first, step.
const REGULAR: u8 = 0;
/// Differences of differences as varints.
const DELTAS: u8 = 1;
/// pco over the offsets from the first.
const PACKED: u8 = 2;
/// Below this many varints are as good and quicker.
const PACK_FROM: usize = 64;

/// Writes rising instants.
pub fn encode(at: &[i64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16);
    let Some((&first, rest)) = at.split_first() else {
        return out;
    };
    let step = rest.first().map_or(0, |second| second.wrapping_sub(first));
    if at.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
        out.push(REGULAR);
        put_int(&mut out, first);
        put_int(&mut out, step);
        return out;
    }
    out.push(DELTAS);
    put_int(&mut out, first);
    let (mut last, mut delta) = (first, 0i64);
    for &at in rest {
        let now = at.wrapping_sub(last);
        put_int(&mut out, now.wrapping_sub(delta));
        (last, delta) = (at, now);
    }
    if at.len() >= PACK_FROM {
        let offsets: Vec<i64> = at.iter().map(|at| at.wrapping_sub(first)).collect();
        if let Some(packed) = pack::encode_whole(&offsets, super::LEVEL).filter(|packed| packed.len() + 10 < out.len()) {
            out.clear();
            out.push(PACKED);
            put_int(&mut out, first);
            out.extend_from_slice(&packed);
        }
    }
    out
}

/// Reads `count` instants back.
pub fn decode(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut at = Vec::with_capacity(count);
    if count == 0 {
        return Some(at);
    }
    let mut input = Input(bytes);
    let kind = input.byte()?;
    let first = input.int()?;
    match kind {
        REGULAR => {
            let step = input.int()?;
            let mut next = first;
            for _ in 0..count {
                at.push(next);
                next = next.wrapping_add(step);
            }
        }
        DELTAS => {
            let (mut last, mut delta) = (first, 0i64);
            at.push(first);
            for _ in 1..count {
                delta = delta.wrapping_add(input.int()?);
                last = last.wrapping_add(delta);
                at.push(last);
            }
        }
        PACKED => {
            pack::decode_integers(input.0, count, &mut at)?;
            for at in &mut at {
                *at = at.wrapping_add(first);
            }
        }
        _ => return None,
    }
    Some(at)
}

/// A stretch of a column: which, from which row, how many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// Number of the column in its segment or block.
    pub column: u32,
    /// First row.
    pub first: u32,
    /// Rows.
    pub count: u32,
}

impl Stretch {
    /// Writes it.
    pub fn put(self, out: &mut Vec<u8>) {
        put_uint(out, u64::from(self.column));
        put_uint(out, u64::from(self.first));
        put_uint(out, u64::from(self.count));
    }

    /// Its part of the column's instants.
    pub fn of(self, at: &[i64]) -> Option<&[i64]> {
        let first = self.first as usize;
        at.get(first..first.checked_add(self.count as usize)?)
    }
}
