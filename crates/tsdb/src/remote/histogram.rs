//! Native histograms, whose message is the same in both versions.

use super::RemoteError;
use crate::{
    batch::{Batch, NotUnique},
    histogram::{Histogram, ResetHint, Span},
    native,
    proto::{Message, Writer},
    source::is_stale,
};

/// A histogram with its instants, milliseconds since 1970 UTC.
pub(super) struct Read {
    pub at_ms: i64,
    /// Zero: not known.
    pub start_ms: i64,
    pub histogram: Histogram,
}

impl Read {
    /// Ends a sample with it; `again` when the labels are those of the sample before. One that says "this series has ended"
    /// becomes the marker that floats have for it: a series is one, whatever its samples are.
    pub fn end(self, batch: &mut Batch, again: bool) -> Result<(), NotUnique> {
        match (is_stale(self.histogram.sum), again) {
            (true, true) => batch.again(self.at_ms, self.histogram.sum),
            (true, false) => batch.float(self.at_ms, self.histogram.sum)?,
            (false, true) => batch.histogram_again(self.at_ms, self.histogram),
            (false, false) => batch.histogram(self.at_ms, self.histogram)?,
        }
        Ok(())
    }
}

pub(super) fn read(mut message: Message<'_>) -> Result<Read, RemoteError> {
    let (mut at_ms, mut start_ms) = (0, 0);
    let mut histogram = Histogram::default();
    let (mut positive_deltas, mut negative_deltas) = (native::Deltas::default(), native::Deltas::default());
    while let Some((number, value)) = message.field()? {
        let one = &mut histogram;
        match number {
            1 => one.count = native::float(value.uint()?),
            2 => one.count = value.double()?,
            3 => one.sum = value.double()?,
            4 => one.schema = value.sint32()?,
            5 => one.zero_threshold = value.double()?,
            6 => one.zero_count = native::float(value.uint()?),
            7 => one.zero_count = value.double()?,
            8 => one.negative_spans.push(native::span(value.message()?)?),
            9 => negative_deltas.read(value, &mut one.negative)?,
            10 => value.each_fixed64(|bits| one.negative.push(f64::from_bits(bits)))?,
            11 => one.positive_spans.push(native::span(value.message()?)?),
            12 => positive_deltas.read(value, &mut one.positive)?,
            13 => value.each_fixed64(|bits| one.positive.push(f64::from_bits(bits)))?,
            14 => {
                one.reset_hint = match value.uint()? {
                    1 => ResetHint::Reset,
                    2 => ResetHint::NotReset,
                    3 => ResetHint::Gauge,
                    _ => ResetHint::Unknown,
                }
            }
            15 => at_ms = value.int()?,
            16 => value.each_fixed64(|bits| one.custom_bounds.push(f64::from_bits(bits)))?,
            17 => start_ms = value.int()?,
            _ => {}
        }
    }
    if is_stale(histogram.sum) {
        return Ok(Read { at_ms, start_ms, histogram });
    }
    native::check(&mut histogram).map_err(|why| RemoteError::Invalid(format!("a native histogram {why}")))?;
    Ok(Read { at_ms, start_ms, histogram })
}

/// Writes one as a float histogram, which ours are.
pub(super) fn write(out: &mut Writer<'_>, at_ms: i64, histogram: &Histogram) {
    out.present(2, histogram.count);
    out.double(3, histogram.sum);
    out.sint(4, i64::from(histogram.schema));
    out.double(5, histogram.zero_threshold);
    out.present(7, histogram.zero_count);
    spans(out, 8, &histogram.negative_spans);
    out.doubles(10, &histogram.negative);
    spans(out, 11, &histogram.positive_spans);
    out.doubles(13, &histogram.positive);
    out.uint(
        14,
        match histogram.reset_hint {
            ResetHint::Unknown => 0,
            ResetHint::Reset => 1,
            ResetHint::NotReset => 2,
            ResetHint::Gauge => 3,
        },
    );
    out.int(15, at_ms);
    out.doubles(16, &histogram.custom_bounds);
}

fn spans(out: &mut Writer<'_>, number: u32, spans: &[Span]) {
    for span in spans {
        out.message(number, |out| {
            out.sint(1, i64::from(span.offset));
            out.uint(2, u64::from(span.length));
        });
    }
}
