//! Native histograms: the layout once and again when it changes, counts after it; a chunk of them goes through zstd.

use std::sync::Arc;

use crate::{
    histogram::{Histogram, ResetHint, Span},
    store::wire::{Input, low_byte, put_int, put_trimmed, put_uint},
};

/// Level of zstd: the texts are small and seldom.
const LEVEL: i32 = 3;
/// A chunk that claims more than this is damaged.
const CHUNK_BYTES_MAX: usize = 256 << 20;

fn put_floats(out: &mut Vec<u8>, floats: &[f64]) {
    put_uint(out, floats.len() as u64);
    for float in floats {
        put_trimmed(out, float.to_bits());
    }
}

fn floats(input: &mut Input<'_>) -> Option<Vec<f64>> {
    let count = input.size()?;
    (0..count).map(|_| input.trimmed().map(f64::from_bits)).collect()
}

fn put_spans(out: &mut Vec<u8>, spans: &[Span]) {
    put_uint(out, spans.len() as u64);
    for span in spans {
        put_int(out, i64::from(span.offset));
        put_uint(out, u64::from(span.length));
    }
}

fn spans(input: &mut Input<'_>) -> Option<Vec<Span>> {
    let count = input.size()?;
    (0..count).map(|_| Some(Span { offset: i32::try_from(input.int()?).ok()?, length: input.uint32()? })).collect()
}

/// Writes one histogram.
pub fn put(out: &mut Vec<u8>, histogram: &Histogram) {
    put_int(out, i64::from(histogram.schema));
    out.push(match histogram.reset_hint {
        ResetHint::Unknown => 0,
        ResetHint::Reset => 1,
        ResetHint::NotReset => 2,
        ResetHint::Gauge => 3,
    });
    for float in [histogram.zero_threshold, histogram.zero_count, histogram.count, histogram.sum] {
        put_trimmed(out, float.to_bits());
    }
    put_spans(out, &histogram.positive_spans);
    put_floats(out, &histogram.positive);
    put_spans(out, &histogram.negative_spans);
    put_floats(out, &histogram.negative);
    put_floats(out, &histogram.custom_bounds);
}

/// Reads one back.
pub fn read(input: &mut Input<'_>) -> Option<Histogram> {
    let schema = i32::try_from(input.int()?).ok()?;
    let reset_hint = match input.byte()? {
        0 => ResetHint::Unknown,
        1 => ResetHint::Reset,
        2 => ResetHint::NotReset,
        3 => ResetHint::Gauge,
        _ => return None,
    };
    let mut float = || input.trimmed().map(f64::from_bits);
    let (zero_threshold, zero_count, count, sum) = (float()?, float()?, float()?, float()?);
    Some(Histogram {
        schema,
        zero_threshold,
        zero_count,
        count,
        sum,
        positive_spans: spans(input)?,
        positive: floats(input)?,
        negative_spans: spans(input)?,
        negative: floats(input)?,
        custom_bounds: floats(input)?,
        reset_hint,
    })
}

/// Writes a chunk.
pub fn encode<'a>(histograms: impl Iterator<Item = &'a Histogram>, out: &mut Vec<u8>) {
    let mut plain = Vec::new();
    for histogram in histograms {
        put(&mut plain, histogram);
    }
    match zstd::bulk::compress(&plain, LEVEL) {
        Ok(packed) if packed.len() < plain.len() => {
            put_uint(out, plain.len() as u64);
            out.extend_from_slice(&packed);
        }
        // Zero for a length: not packed.
        _ => {
            out.push(low_byte(0));
            out.extend_from_slice(&plain);
        }
    }
}

/// Reads `count` histograms back.
pub fn decode(bytes: &[u8], count: usize) -> Option<Vec<Arc<Histogram>>> {
    let mut input = Input(bytes);
    let length = input.size()?;
    let plain = match length {
        0 => input.0.to_vec(),
        length if length > CHUNK_BYTES_MAX => return None,
        length => zstd::bulk::decompress(input.0, length).ok()?,
    };
    let mut input = Input(&plain);
    (0..count).map(|_| read(&mut input).map(Arc::new)).collect()
}
