//! `io.prometheus.write.v2.Request`: every text once, series refer to them.

use super::{
    Bounds, Received, RemoteError,
    error::bounded,
    histogram,
    v1::{kind, require_name},
};
use crate::{
    batch::{Batch, Kind, NAME, NAME_SPAN, Span},
    proto::{Broken, Message, Value},
};

pub(super) fn read(message: &[u8], bounds: &Bounds, batch: &mut Batch) -> Result<Received, RemoteError> {
    // The texts may stand behind the series that refer to them, though senders write them first.
    let mut symbols = Vec::new();
    let mut request = Message(message);
    while let Some((number, value)) = request.field()? {
        if number == 4 {
            symbols.push(batch.put(value.text()?));
        }
    }
    if symbols.first().is_some_and(|first| first.bytes > 0) {
        return Err(RemoteError::Invalid("the first symbol is not the empty text".to_owned()));
    }
    let reader = Reader { symbols, bounds };
    let mut received = Received::default();
    let mut request = Message(message);
    while let Some((number, value)) = request.field()? {
        if number == 5 {
            let message = value.message()?;
            received.one(batch, |batch, received| reader.series(message, batch, received))?;
        }
    }
    Ok(received)
}

struct Reader<'a> {
    symbols: Vec<Span>,
    bounds: &'a Bounds,
}

impl Reader<'_> {
    fn symbol(&self, reference: u32) -> Result<Span, RemoteError> {
        self.symbols
            .get(reference as usize)
            .copied()
            .ok_or_else(|| RemoteError::Invalid(format!("symbol {reference} is referred to, and there are {}", self.symbols.len())))
    }

    /// Pushes labels; whether a metric name was among them.
    fn labels(&self, references: Value<'_>, odd: &mut Option<u32>, batch: &mut Batch) -> Result<bool, RemoteError> {
        let mut named = false;
        let mut wrong = None;
        references
            .each(|reference| {
                let reference = reference.uint32()?;
                let Some(name) = odd.take() else {
                    *odd = Some(reference);
                    return Ok(());
                };
                let pushed = self.symbol(name).and_then(|name| {
                    let value = self.symbol(reference)?;
                    named |= batch.slice(name) == NAME && value.bytes > 0;
                    if name.bytes == 0 {
                        return Err(RemoteError::Invalid("a series has a label without a name".to_owned()));
                    }
                    batch.label_spans(if batch.slice(name) == NAME { NAME_SPAN } else { name }, value);
                    bounded(batch, self.bounds)
                });
                pushed.map_err(|error| {
                    wrong = Some(error);
                    Broken
                })
            })
            .map_err(|broken| wrong.take().unwrap_or_else(|| broken.into()))?;
        Ok(named)
    }

    fn series(&self, message: Message<'_>, batch: &mut Batch, received: &mut Received) -> Result<(), RemoteError> {
        let (mut named, mut odd) = (false, None);
        let (mut created_ms, mut described) = (0, None);
        let mut fields = message;
        while let Some((number, value)) = fields.field()? {
            match number {
                1 => named |= self.labels(value, &mut odd, batch)?,
                5 => described = Some(value.message()?),
                6 => created_ms = value.int()?,
                _ => {}
            }
        }
        if odd.is_some() {
            return Err(RemoteError::Invalid("a series refers to an odd number of symbols: a name without a value".to_owned()));
        }
        let before = batch.len();
        let mut fields = message;
        while let Some((number, value)) = fields.field()? {
            let start_ms = match number {
                2 => {
                    let (at_ms, value, start_ms) = sample(value.message()?)?;
                    received.count(false, self.bounds)?;
                    require_name(named)?;
                    if batch.len() == before {
                        batch.float(at_ms, value)?;
                    } else {
                        batch.again(at_ms, value);
                    }
                    start_ms
                }
                3 => {
                    let read = histogram::read(value.message()?)?;
                    received.count(true, self.bounds)?;
                    require_name(named)?;
                    let start_ms = read.start_ms;
                    read.end(batch, batch.len() > before)?;
                    start_ms
                }
                _ => continue,
            };
            batch.since(if start_ms == 0 { created_ms } else { start_ms });
        }
        if let Some(described) = described.filter(|_| named) {
            self.metadata(described, batch, before)?;
        }
        batch.drop_pending();
        if batch.len() > before {
            self.exemplars(message, batch, received)?;
        }
        Ok(())
    }

    fn exemplars(&self, mut message: Message<'_>, batch: &mut Batch, received: &mut Received) -> Result<(), RemoteError> {
        while let Some((number, value)) = message.field()? {
            if number != 4 {
                continue;
            }
            let mut exemplar = value.message()?;
            let (mut at_ms, mut float, mut odd) = (0, 0.0, None);
            while let Some((number, value)) = exemplar.field()? {
                match number {
                    1 => {
                        self.labels(value, &mut odd, batch)?;
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

    /// Metadata stands with each series; a family's is kept once while its series follow each other.
    fn metadata(&self, mut message: Message<'_>, batch: &mut Batch, row: usize) -> Result<(), RemoteError> {
        let (mut kind, mut help, mut unit) = (Kind::Unknown, Span::default(), Span::default());
        while let Some((number, value)) = message.field()? {
            match number {
                1 => kind = self::kind(value.uint()?),
                3 => help = self.symbol(value.uint32()?)?,
                4 => unit = self.symbol(value.uint32()?)?,
                _ => {}
            }
        }
        if kind != Kind::Unknown || help.bytes > 0 || unit.bytes > 0 {
            batch.family_of_row(row, kind, help, unit);
        }
        Ok(())
    }
}

fn sample(mut message: Message<'_>) -> Result<(i64, f64, i64), Broken> {
    let (mut at_ms, mut float, mut start_ms) = (0, 0.0, 0);
    while let Some((number, value)) = message.field()? {
        match number {
            1 => float = value.double()?,
            2 => at_ms = value.int()?,
            3 => start_ms = value.int()?,
            _ => {}
        }
    }
    Ok((at_ms, float, start_ms))
}
