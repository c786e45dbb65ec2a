//! Values that change seldom: lengths of runs, and what each step changes.
//!
//! A step between integers is a difference; any other step is the new value's bits. One change in an hour takes three bytes,
//! where a bit a sample would take sixty.

use crate::store::wire::{Input, put_int, put_trimmed, put_uint};

use super::pack::whole;

/// More runs than this fraction of the values and another codec is smaller.
const WORTH: usize = 4;

/// Writes runs; `None` when there are too many.
pub fn encode(values: &[f64]) -> Option<Vec<u8>> {
    let changes = values.windows(2).filter(|pair| pair[0].to_bits() != pair[1].to_bits()).count();
    if changes * WORTH > values.len() {
        return None;
    }
    let mut out = Vec::with_capacity(changes * 4 + 10);
    let mut last = 0.0f64;
    for run in values.chunk_by(|a, b| a.to_bits() == b.to_bits()) {
        let value = run.first().copied()?;
        let step = whole(&[last, value]).and_then(|pair| pair[1].checked_sub(pair[0])).filter(|step| step.unsigned_abs() < 1 << 56);
        // The lowest bit of the length says which kind of step.
        put_uint(&mut out, (run.len() as u64) << 1 | u64::from(step.is_some()));
        match step {
            Some(step) => put_int(&mut out, step),
            None => put_trimmed(&mut out, value.to_bits()),
        }
        last = value;
    }
    Some(out)
}

/// Reads them back.
pub fn decode(bytes: &[u8], count: usize, into: &mut Vec<f64>) -> Option<()> {
    let mut input = Input(bytes);
    let mut left = count;
    let mut last = 0.0f64;
    while left > 0 {
        let head = input.size()?;
        let run = head >> 1;
        if run == 0 || run > left {
            return None;
        }
        if head & 1 == 1 {
            let before = *whole(&[last])?.first()?;
            #[expect(clippy::cast_precision_loss, reason = "the sum is an integer that the float held")]
            let value = before.checked_add(input.int()?)? as f64;
            last = value;
        } else {
            last = f64::from_bits(input.trimmed()?);
        }
        into.extend(std::iter::repeat_n(last, run));
        left -= run;
    }
    Some(())
}
