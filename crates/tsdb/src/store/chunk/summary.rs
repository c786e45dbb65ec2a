//! What a chunk's directory entry says of its values, so that a report need not decode them.

use crate::{
    source::is_stale,
    store::wire::{Input, put_int, put_trimmed, put_uint},
};

/// Least, greatest, sum and count of values; staleness markers are not values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// How many values.
    pub count: u32,
    /// The least; 0 when there are none.
    pub min: f64,
    /// The greatest; 0 when there are none.
    pub max: f64,
    /// All of them added.
    pub sum: f64,
}

impl Summary {
    /// Of these values.
    pub fn of(values: &[f64]) -> Self {
        let mut summary = Self { count: 0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0 };
        for value in values.iter().copied().filter(|value| !is_stale(*value)) {
            summary.count += 1;
            summary.min = if value < summary.min || value.is_nan() { value } else { summary.min };
            summary.max = if value > summary.max || value.is_nan() { value } else { summary.max };
            summary.sum += value;
        }
        if summary.count == 0 { Self::default() } else { summary }
    }

    /// Of a value that stands throughout.
    pub fn constant(value: f64, count: u32) -> Self {
        if is_stale(value) {
            return Self::default();
        }
        Self { count, min: value, max: value, sum: value * f64::from(count) }
    }

    /// Writes it: integers as varints from the least, other numbers as words.
    pub fn put(&self, out: &mut Vec<u8>) {
        let whole = [self.min, self.max, self.sum].map(|value| integer(value).filter(|number| number.unsigned_abs() < 1 << 52));
        put_uint(out, u64::from(self.count) << 1 | u64::from(whole.iter().all(Option::is_some)));
        if let [Some(min), Some(max), Some(sum)] = whole {
            put_int(out, min);
            put_int(out, max - min);
            put_int(out, sum - min * i64::from(self.count).min((1 << 62) / min.abs().max(1)));
        } else {
            put_trimmed(out, self.min.to_bits());
            put_trimmed(out, self.max.to_bits());
            put_trimmed(out, self.sum.to_bits());
        }
    }

    /// Reads it back.
    pub fn read(input: &mut Input<'_>) -> Option<Self> {
        let head = input.uint()?;
        let count = u32::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            let mut word = || input.trimmed().map(f64::from_bits);
            return Some(Self { count, min: word()?, max: word()?, sum: word()? });
        }
        let min = input.int()?;
        let max = min.checked_add(input.int()?)?;
        let sum = input.int()?.checked_add(min.checked_mul(i64::from(count).min((1 << 62) / min.checked_abs()?.max(1)))?)?;
        #[expect(clippy::cast_precision_loss, reason = "below 2^52 when written")]
        Some(Self { count, min: min as f64, max: max as f64, sum: sum as f64 })
    }
}

/// The number as an integer, if it is one.
fn integer(value: f64) -> Option<i64> {
    if value.abs() >= 9e15 || value.fract() != 0.0 || (value == 0.0 && value.is_sign_negative()) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "small and whole")]
    Some(value as i64)
}
