//! Records of the log, read one by one: into heads when the store opens, and for who follows the log.

use std::collections::HashMap;

use evenkeel_core::id::TenantId;
use uuid::Uuid;

use super::{FRAME_BYTES_MAX, FRAME_HEAD, form};
use crate::{
    histogram::Histogram,
    store::{
        chunk::histogram,
        head::log::{cells, difference, kind},
        wire::{Input, intact},
    },
};

/// Who takes records. Series are called by the numbers that [`Records::series`] gives.
pub trait Records {
    /// A series; `None` when there is no number left for it.
    fn series(&mut self, labels: &[(&str, &str)]) -> Option<u32>;
    /// Series of a group: those before, and those that come to it.
    fn grouped(&mut self, before: &mut dyn Iterator<Item = u32>, added: &[u32]);
    /// A float in order.
    fn float(&mut self, series: u32, at_ms: i64, bits: u64);
    /// A float out of order.
    fn late(&mut self, series: u32, at_ms: i64, bits: u64);
    /// A histogram.
    fn histogram(&mut self, series: u32, at_ms: i64, histogram: Histogram);
}

/// The first frame's payload and what follows it; `None`: it is torn.
pub fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut input = Input(bytes.get(..FRAME_HEAD)?);
    let (length, sum) = (input.half()? as usize, input.half()?);
    if length > FRAME_BYTES_MAX {
        return None;
    }
    let payload = bytes.get(FRAME_HEAD..FRAME_HEAD + length)?;
    intact(payload, sum).then(|| (payload, &bytes[FRAME_HEAD + length..]))
}

/// Whose records a payload has, and the records.
pub fn open(payload: &[u8]) -> Option<(TenantId, Vec<u8>)> {
    let mut input = Input(payload);
    let packed = match input.byte()? {
        form::PLAIN => None,
        form::ZSTD => Some(input.size().filter(|size| *size <= FRAME_BYTES_MAX)?),
        _ => return None,
    };
    let tenant = TenantId::from_uuid(Uuid::from_slice(input.take(16)?).ok()?);
    let records = match packed {
        Some(size) => zstd::bulk::decompress(input.0, size).ok()?,
        None => input.0.to_vec(),
    };
    Some((tenant, records))
}

/// A tenant's numbers as one segment uses them.
#[derive(Debug, Default)]
pub struct Names {
    series: HashMap<u32, u32>,
    groups: HashMap<u32, Vec<Logged>>,
}

#[derive(Debug)]
struct Logged {
    series: u32,
    bits: u64,
}

impl Names {
    /// Reads the records of a frame; `None` when they make no sense.
    pub fn read(&mut self, records: &[u8], into: &mut impl Records) -> Option<()> {
        let mut input = Input(records);
        while !input.is_empty() {
            match input.byte()? {
                kind::SERIES => self.series(&mut input, into)?,
                kind::GROUP => self.group(&mut input, into)?,
                kind::ROW => self.row(&mut input, into)?,
                kind::LATE => self.late(&mut input, into)?,
                kind::HISTOGRAM => self.histogram(&mut input, into)?,
                _ => return None,
            }
        }
        Some(())
    }

    fn series(&mut self, input: &mut Input<'_>, into: &mut impl Records) -> Option<()> {
        let number = input.uint32()?;
        let count = input.size()?;
        let labels: Vec<(&str, &str)> = (0..count).map(|_| Some((input.text()?, input.text()?))).collect::<Option<_>>()?;
        let series = into.series(&labels)?;
        self.series.insert(number, series);
        Some(())
    }

    fn group(&mut self, input: &mut Input<'_>, into: &mut impl Records) -> Option<()> {
        let (number, first, count) = (input.uint32()?, input.size()?, input.size()?);
        let mut added = Vec::new();
        for _ in 0..count {
            added.push(*self.series.get(&input.uint32()?)?);
        }
        let logged = self.groups.entry(number).or_default();
        if first > logged.len() {
            return None;
        }
        logged.truncate(first);
        into.grouped(&mut logged.iter().map(|cell| cell.series), &added);
        logged.extend(added.into_iter().map(|series| Logged { series, bits: 0 }));
        Some(())
    }

    fn row(&mut self, input: &mut Input<'_>, into: &mut impl Records) -> Option<()> {
        let (number, at_ms, count) = (input.uint32()?, input.int()?, input.size()?);
        let group = self.groups.get_mut(&number)?;
        if count > group.len() {
            return None;
        }
        let cells: Vec<usize> = match input.byte()? {
            cells::ALL => (0..group.len()).collect(),
            cells::LISTED => {
                let mut next = 0usize;
                let mut cells = Vec::with_capacity(count);
                for _ in 0..count {
                    let cell = next.checked_add(input.size()?)?;
                    cells.push(cell);
                    next = cell + 1;
                }
                cells
            }
            _ => return None,
        };
        let changed = input.take(cells.len().div_ceil(8))?;
        for (place, cell) in cells.into_iter().enumerate() {
            let logged = group.get_mut(cell)?;
            if changed[place / 8] >> (place % 8) & 1 == 1 {
                logged.bits ^= difference(input)?;
            }
            into.float(logged.series, at_ms, logged.bits);
        }
        Some(())
    }

    fn late(&mut self, input: &mut Input<'_>, into: &mut impl Records) -> Option<()> {
        let count = input.size()?;
        for _ in 0..count {
            into.late(*self.series.get(&input.uint32()?)?, input.int()?, input.trimmed()?);
        }
        Some(())
    }

    fn histogram(&mut self, input: &mut Input<'_>, into: &mut impl Records) -> Option<()> {
        let (series, at_ms) = (*self.series.get(&input.uint32()?)?, input.int()?);
        let mut bytes = Input(input.bytes()?);
        into.histogram(series, at_ms, histogram::read(&mut bytes)?);
        Some(())
    }
}
