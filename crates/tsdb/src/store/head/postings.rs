//! Which series carry a label pair: numbers that only rise, as varints of their differences; a bitmap when there are many.

use roaring::RoaringBitmap;

use crate::store::wire::{Input, put_uint};

/// From so many on a bitmap is smaller and quicker to intersect.
const MANY: u32 = 4096;

/// The series of one label pair.
#[derive(Debug)]
pub enum Postings {
    /// Differences. The first number stands in `bytes` only when there is a second.
    Few {
        /// The newest number.
        last: u32,
        /// How many.
        count: u32,
        /// All but the newest.
        bytes: Vec<u8>,
    },
    /// A bitmap.
    Many(Box<RoaringBitmap>),
}

impl Postings {
    /// One series.
    pub fn one(series: u32) -> Self {
        Self::Few { last: series, count: 1, bytes: Vec::new() }
    }

    /// Takes a number greater than all before.
    pub fn push(&mut self, series: u32) {
        match self {
            Self::Few { last, count, bytes } => {
                if bytes.is_empty() {
                    put_uint(bytes, u64::from(*last));
                }
                put_uint(bytes, u64::from(series - *last));
                *last = series;
                *count += 1;
                if *count >= MANY {
                    *self = Self::Many(Box::new(self.bitmap()));
                }
            }
            Self::Many(bitmap) => {
                bitmap.insert(series);
            }
        }
    }

    /// How many.
    pub fn len(&self) -> u64 {
        match self {
            Self::Few { count, .. } => u64::from(*count),
            Self::Many(bitmap) => bitmap.len(),
        }
    }

    /// As a bitmap.
    pub fn bitmap(&self) -> RoaringBitmap {
        match self {
            Self::Few { last, bytes, .. } => {
                if bytes.is_empty() {
                    return std::iter::once(*last).collect();
                }
                decode(bytes)
            }
            Self::Many(bitmap) => bitmap.as_ref().clone(),
        }
    }

    /// Bytes held beside itself.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Few { bytes, .. } => bytes.capacity(),
            Self::Many(bitmap) => bitmap.serialized_size(),
        }
    }
}

/// Differences back to numbers; stops where the bytes make no sense.
pub fn decode(bytes: &[u8]) -> RoaringBitmap {
    let mut input = Input(bytes);
    let mut last = 0u32;
    let mut first = true;
    let numbers = std::iter::from_fn(|| {
        if input.is_empty() {
            return None;
        }
        let step = input.uint32()?;
        last = if first { step } else { last.checked_add(step)? };
        first = false;
        Some(last)
    });
    numbers.collect()
}
