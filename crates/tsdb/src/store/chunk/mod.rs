//! Chunks: the samples of one series over a stretch of a timestamp column, by whichever codec is smallest.

pub mod bits;
pub mod column;
pub mod histogram;
mod pack;
mod runs;
pub mod summary;
pub mod xor;

use super::wire::{Input, put_trimmed};

/// How a chunk's values are written. The numbers stand in files: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// One value throughout.
    Const = 0,
    /// The floats as they are.
    Raw = 1,
    /// XOR of neighbours.
    Xor = 2,
    /// pco over floats.
    Floats = 3,
    /// pco over integers.
    Whole = 4,
    /// Few different values in runs.
    Runs = 5,
    /// Native histograms.
    Histogram = 6,
}

impl Codec {
    /// From its number in a file.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Const, Self::Raw, Self::Xor, Self::Floats, Self::Whole, Self::Runs, Self::Histogram].get(usize::from(number)).copied()
    }
}

/// How hard to try: pco's level. 8 is its default; higher ones gain little below thousands of values.
pub const LEVEL: usize = 8;

/// Writes `values` by the smallest codec.
pub fn encode(values: &[f64], out: &mut Vec<u8>) -> Codec {
    let first = values.first().map_or(0, |value| value.to_bits());
    if values.iter().all(|value| value.to_bits() == first) {
        put_trimmed(out, first);
        return Codec::Const;
    }
    let whole = pack::whole(values);
    let mut best = (Codec::Raw, Vec::new());
    let mut size = values.len() * 8;
    let mut consider = |codec: Codec, bytes: Option<Vec<u8>>| {
        if let Some(bytes) = bytes.filter(|bytes| bytes.len() < size) {
            size = bytes.len();
            best = (codec, bytes);
        }
    };
    consider(Codec::Runs, runs::encode(values));
    consider(Codec::Xor, Some(xor::encode(values)));
    match whole {
        Some(whole) => consider(Codec::Whole, pack::encode_whole(&whole, LEVEL)),
        None => consider(Codec::Floats, pack::encode_floats(values, LEVEL)),
    }
    if best.0 == Codec::Raw {
        out.extend(values.iter().flat_map(|value| value.to_bits().to_le_bytes()));
    } else {
        out.extend_from_slice(&best.1);
    }
    best.0
}

/// Reads `count` values back, appending them; `None` when the bytes make no sense.
pub fn decode(codec: Codec, bytes: &[u8], count: usize, into: &mut Vec<f64>) -> Option<()> {
    match codec {
        Codec::Const => {
            let value = f64::from_bits(Input(bytes).trimmed()?);
            into.extend(std::iter::repeat_n(value, count));
            Some(())
        }
        Codec::Raw => {
            let mut input = Input(bytes);
            for _ in 0..count {
                into.push(f64::from_bits(input.word()?));
            }
            Some(())
        }
        Codec::Xor => xor::decode(bytes, count, into),
        Codec::Floats => pack::decode_floats(bytes, count, into),
        Codec::Whole => pack::decode_whole(bytes, count, into),
        Codec::Runs => runs::decode(bytes, count, into),
        Codec::Histogram => None,
    }
}

#[cfg(test)]
mod tests;
