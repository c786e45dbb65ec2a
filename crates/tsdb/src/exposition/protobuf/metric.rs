//! One metric of a family: labels, instant, and the value that the family's kind has.

use super::{Wrong, family::Family, histogram};
use crate::{
    batch::{Batch, Kind},
    native,
    proto::{Broken, Message},
};

/// The instant of a metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub at_ms: i64,
    pub timed: bool,
}

pub(super) fn read(message: Message<'_>, family: &mut Family<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    family.labels.clear();
    let mut at_ms = 0;
    let mut body = None;
    let wanted = match family.kind {
        Kind::Gauge => 2,
        Kind::Counter => 3,
        Kind::Summary => 4,
        Kind::Histogram | Kind::GaugeHistogram => 7,
        _ => 5,
    };
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        match field {
            1 => {
                let (name, value) = label(value.message()?)?;
                if name.is_empty() {
                    return Err(Wrong("a label has no name".to_owned()));
                }
                let pair = (batch.put(name), batch.put(value));
                family.labels.push(pair);
                if family.labels.len() > family.options.bounds.labels_max {
                    return Err(Wrong(format!("a metric has more than {} labels (limit labels_max)", family.options.bounds.labels_max)));
                }
            }
            6 => at_ms = value.int()?,
            field if field == wanted => body = Some(value.message()?),
            _ => {}
        }
    }
    let timed = at_ms != 0;
    let when = When { at_ms: if timed { at_ms } else { family.default_at_ms }, timed };
    let body = body.unwrap_or(Message(&[]));
    match family.kind {
        Kind::Histogram | Kind::GaugeHistogram => histogram::read(body, when, family, batch),
        Kind::Summary => summary(body, when, family, batch),
        _ => simple(body, when, family, batch),
    }
}

/// Ends the sample whose labels are pushed.
pub(super) fn end(batch: &mut Batch, when: When, value: f64, since_ms: i64) -> Result<(), Wrong> {
    batch.float(when.at_ms, value)?;
    batch.since(since_ms);
    if !when.timed {
        batch.untimed();
    }
    Ok(())
}

/// A counter, a gauge, or something without a type.
fn simple(message: Message<'_>, when: When, family: &Family<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    let (mut float, mut shown, mut since_ms) = (0.0, None, 0);
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        match field {
            1 => float = value.double()?,
            2 => shown = Some(value.message()?),
            3 => since_ms = instant(value.message()?)?,
            _ => {}
        }
    }
    family.begin(batch, family.name)?;
    end(batch, when, float, since_ms)?;
    shown.map_or(Ok(()), |shown| exemplar(shown, batch))
}

fn summary(message: Message<'_>, when: When, family: &mut Family<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    let (mut count, mut sum, mut since_ms) = (0, 0.0, 0);
    let mut fields = message;
    while let Some((field, value)) = fields.field()? {
        match field {
            1 => count = value.uint()?,
            2 => sum = value.double()?,
            4 => since_ms = instant(value.message()?)?,
            _ => {}
        }
    }
    family.begin(batch, family.counted)?;
    end(batch, when, native::float(count), since_ms)?;
    family.begin(batch, family.summed)?;
    end(batch, when, sum, since_ms)?;
    let mut fields = message;
    let mut place = 0;
    while let Some((field, value)) = fields.field()? {
        if field == 3 {
            let (mut quantile, mut float) = (0.0, 0.0);
            let mut pair = value.message()?;
            while let Some((field, value)) = pair.field()? {
                match field {
                    1 => quantile = value.double()?,
                    2 => float = value.double()?,
                    _ => {}
                }
            }
            family.begin(batch, family.name)?;
            let text = family.bound(batch, place, quantile);
            batch.label_spans(family.inner, text);
            end(batch, when, float, since_ms)?;
            place += 1;
        }
    }
    Ok(())
}

pub(super) fn label(mut message: Message<'_>) -> Result<(&str, &str), Broken> {
    let (mut name, mut text) = ("", "");
    while let Some((field, value)) = message.field()? {
        match field {
            1 => name = value.text()?,
            2 => text = value.text()?,
            _ => {}
        }
    }
    Ok((name, text))
}

/// `google.protobuf.Timestamp` in milliseconds.
pub(super) fn instant(mut message: Message<'_>) -> Result<i64, Broken> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    while let Some((field, value)) = message.field()? {
        match field {
            1 => seconds = value.int()?,
            2 => nanos = value.int()?,
            _ => {}
        }
    }
    Ok(seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000))
}

/// Reads an exemplar of the last sample. One whose labels cannot be is left out.
pub(super) fn exemplar(mut message: Message<'_>, batch: &mut Batch) -> Result<(), Wrong> {
    let (mut float, mut at_ms) = (0.0, None);
    while let Some((field, value)) = message.field()? {
        match field {
            1 => {
                let (name, value) = label(value.message()?)?;
                batch.label(name, value);
            }
            2 => float = value.double()?,
            3 => at_ms = Some(instant(value.message()?)?),
            _ => {}
        }
    }
    batch.exemplar(at_ms, float);
    Ok(())
}
