//! `prometheus.WriteRequest`.

use super::{Bounds, Received, RemoteError, error::bounded, histogram};
use crate::{
    batch::{Batch, Kind},
    proto::{Broken, Message},
};

pub(super) fn read(message: &[u8], bounds: &Bounds, batch: &mut Batch) -> Result<Received, RemoteError> {
    let mut received = Received::default();
    let mut request = Message(message);
    while let Some((number, value)) = request.field()? {
        match number {
            1 => {
                let message = value.message()?;
                received.one(batch, |batch, received| series(message, bounds, batch, received))?;
            }
            3 => metadata(value.message()?, batch)?,
            _ => {}
        }
    }
    Ok(received)
}

fn series(message: Message<'_>, bounds: &Bounds, batch: &mut Batch, received: &mut Received) -> Result<(), RemoteError> {
    let mut named = false;
    let mut labels = message;
    while let Some((number, value)) = labels.field()? {
        if number == 1 {
            let (name, value) = label(value.message()?)?;
            named |= name == crate::batch::NAME && !value.is_empty();
            if name == crate::batch::NAME {
                batch.name(value);
            } else if name.is_empty() {
                return Err(RemoteError::Invalid("a series has a label without a name".to_owned()));
            } else {
                batch.label(name, value);
            }
            bounded(batch, bounds)?;
        }
    }
    // Samples may stand before labels; almost never do. A second walk over a short message costs little.
    let before = batch.len();
    let mut fields = message;
    while let Some((number, value)) = fields.field()? {
        match number {
            2 => {
                let (at_ms, value) = sample(value.message()?)?;
                received.count(false, bounds)?;
                require_name(named)?;
                if batch.len() == before { batch.float(at_ms, value)? } else { batch.again(at_ms, value) }
            }
            4 => {
                let read = histogram::read(value.message()?)?;
                received.count(true, bounds)?;
                require_name(named)?;
                read.end(batch, batch.len() > before)?;
            }
            _ => {}
        }
    }
    batch.drop_pending();
    if batch.len() > before {
        exemplars(message, bounds, batch, received)?;
    }
    Ok(())
}

pub(super) fn require_name(named: bool) -> Result<(), RemoteError> {
    if named { Ok(()) } else { Err(RemoteError::Invalid("a series has no metric name (label __name__)".to_owned())) }
}

fn label(mut message: Message<'_>) -> Result<(&str, &str), Broken> {
    let (mut name, mut text) = ("", "");
    while let Some((number, value)) = message.field()? {
        match number {
            1 => name = value.text()?,
            2 => text = value.text()?,
            _ => {}
        }
    }
    Ok((name, text))
}

fn sample(mut message: Message<'_>) -> Result<(i64, f64), Broken> {
    let (mut at_ms, mut float) = (0, 0.0);
    while let Some((number, value)) = message.field()? {
        match number {
            1 => float = value.double()?,
            2 => at_ms = value.int()?,
            _ => {}
        }
    }
    Ok((at_ms, float))
}

fn exemplars(mut message: Message<'_>, bounds: &Bounds, batch: &mut Batch, received: &mut Received) -> Result<(), RemoteError> {
    while let Some((number, value)) = message.field()? {
        if number != 3 {
            continue;
        }
        let mut exemplar = value.message()?;
        let (mut at_ms, mut float) = (0, 0.0);
        while let Some((number, value)) = exemplar.field()? {
            match number {
                1 => {
                    let (name, value) = label(value.message()?)?;
                    batch.label(name, value);
                    bounded(batch, bounds)?;
                }
                2 => float = value.double()?,
                3 => at_ms = value.int()?,
                _ => {}
            }
        }
        received.exemplars += usize::from(batch.exemplar((at_ms != 0).then_some(at_ms), float));
    }
    Ok(())
}

fn metadata(mut message: Message<'_>, batch: &mut Batch) -> Result<(), Broken> {
    let (mut kind, mut name, mut help, mut unit) = (Kind::Unknown, "", "", "");
    while let Some((number, value)) = message.field()? {
        match number {
            1 => kind = self::kind(value.uint()?),
            2 => name = value.text()?,
            4 => help = value.text()?,
            5 => unit = value.text()?,
            _ => {}
        }
    }
    batch.family(name, kind, help, unit);
    Ok(())
}

/// The numbers are the same in both versions.
pub(super) const fn kind(number: u64) -> Kind {
    match number {
        1 => Kind::Counter,
        2 => Kind::Gauge,
        3 => Kind::Histogram,
        4 => Kind::GaugeHistogram,
        5 => Kind::Summary,
        6 => Kind::Info,
        7 => Kind::StateSet,
        _ => Kind::Unknown,
    }
}

pub(super) const fn kind_number(kind: Kind) -> u64 {
    match kind {
        Kind::Unknown => 0,
        Kind::Counter => 1,
        Kind::Gauge => 2,
        Kind::Histogram => 3,
        Kind::GaugeHistogram => 4,
        Kind::Summary => 5,
        Kind::Info => 6,
        Kind::StateSet => 7,
    }
}
