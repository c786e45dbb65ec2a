//! Reading the log back into heads.

use std::{collections::HashMap, fs, io, path::Path, sync::Arc};

use evenkeel_core::id::TenantId;
use uuid::Uuid;

use super::{FRAME_BYTES_MAX, FRAME_HEAD, Holds, MAGIC, form};
use crate::store::{
    chunk::histogram,
    head::{
        Head,
        identity::NO_GROUP,
        log::{cells, difference, kind},
        plan::group_key,
    },
    wire::{Input, intact},
};

/// What a segment gave.
#[derive(Debug, Default)]
pub struct Replayed {
    /// What it holds.
    pub holds: Holds,
    /// Frames read.
    pub frames: usize,
    /// Where it stopped making sense, when it did before its end.
    pub torn_at: Option<u64>,
    /// Its bytes.
    pub bytes: u64,
}

/// A tenant's numbers as one segment uses them.
#[derive(Debug, Default)]
struct Names {
    series: HashMap<u32, u32>,
    groups: HashMap<u32, Vec<Logged>>,
}

#[derive(Debug)]
struct Logged {
    series: u32,
    bits: u64,
}

/// Reads a segment. `head_of` gives the head of a tenant, and whether late samples at this byte are in blocks already.
///
/// # Errors
/// The disk's; damage is no error, it is told in the answer.
pub fn replay(
    path: &Path,
    mut apply: impl FnMut(TenantId, u64, &mut dyn FnMut(&mut Head, bool) -> Option<()>) -> Option<()>,
) -> io::Result<Replayed> {
    let bytes = fs::read(path)?;
    let mut done = Replayed { bytes: bytes.len() as u64, ..Replayed::default() };
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        done.torn_at = Some(0);
        return Ok(done);
    };
    let mut names: HashMap<TenantId, Names> = HashMap::new();
    while !rest.is_empty() {
        let at = (bytes.len() - rest.len()) as u64;
        let Some((frame, after)) = frame(rest) else {
            done.torn_at = Some(at);
            break;
        };
        let mut holds = Holds::default();
        let read = open(frame).and_then(|(tenant, records)| {
            let names = names.entry(tenant).or_default();
            let holds = &mut holds;
            apply(tenant, at, &mut |head, late_done| {
                Reader { head, names: &mut *names, tenant, holds: &mut *holds, late_done }.read(&records)
            })
        });
        if read.is_none() {
            // Its checksum is right and yet it makes no sense: what follows may build on it.
            done.torn_at = Some(at);
            break;
        }
        done.holds.add(&holds, at);
        done.frames += 1;
        rest = after;
    }
    Ok(done)
}

fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut input = Input(bytes.get(..FRAME_HEAD)?);
    let (length, sum) = (input.half()? as usize, input.half()?);
    if length > FRAME_BYTES_MAX {
        return None;
    }
    let payload = bytes.get(FRAME_HEAD..FRAME_HEAD + length)?;
    intact(payload, sum).then(|| (payload, &bytes[FRAME_HEAD + length..]))
}

fn open(payload: &[u8]) -> Option<(TenantId, Vec<u8>)> {
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

struct Reader<'a> {
    head: &'a mut Head,
    names: &'a mut Names,
    tenant: TenantId,
    holds: &'a mut Holds,
    late_done: bool,
}

impl Reader<'_> {
    fn read(&mut self, records: &[u8]) -> Option<()> {
        let mut input = Input(records);
        while !input.is_empty() {
            match input.byte()? {
                kind::SERIES => self.series(&mut input)?,
                kind::GROUP => self.group(&mut input)?,
                kind::ROW => self.row(&mut input)?,
                kind::LATE => self.late(&mut input)?,
                kind::HISTOGRAM => self.histogram(&mut input)?,
                _ => return None,
            }
        }
        Some(())
    }

    fn series(&mut self, input: &mut Input<'_>) -> Option<()> {
        let number = input.uint32()?;
        let count = input.size()?;
        let labels: Vec<(&str, &str)> = (0..count).map(|_| Some((input.text()?, input.text()?))).collect::<Option<_>>()?;
        let identity = &mut self.head.identity;
        let series = match identity.find(&labels) {
            Some(series) => series,
            None => identity.add(&labels)?,
        };
        self.names.series.insert(number, series);
        Some(())
    }

    fn group(&mut self, input: &mut Input<'_>) -> Option<()> {
        let (number, first, count) = (input.uint32()?, input.size()?, input.size()?);
        let mut added = Vec::new();
        for _ in 0..count {
            added.push(*self.names.series.get(&input.uint32()?)?);
        }
        let logged = self.names.groups.entry(number).or_default();
        if first > logged.len() {
            return None;
        }
        logged.truncate(first);
        // Where the others already are; else a new group.
        let home = |head: &Head, series: u32| {
            head.identity.entries.get(series as usize).map(|entry| entry.group).filter(|group| *group != NO_GROUP)
        };
        let mut group = logged.iter().map(|cell| cell.series).chain(added.iter().copied()).find_map(|series| home(self.head, series));
        for series in added {
            if home(self.head, series).is_none() {
                let group = *group.get_or_insert_with(|| {
                    let labels = labels_of(self.head, series);
                    let labels: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    self.head.new_group(group_key(&labels))
                });
                self.head.place(series, group);
            }
            logged.push(Logged { series, bits: 0 });
        }
        Some(())
    }

    fn row(&mut self, input: &mut Input<'_>) -> Option<()> {
        let (number, at_ms, count) = (input.uint32()?, input.int()?, input.size()?);
        let group = self.names.groups.get_mut(&number)?;
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
            self.head.restore(logged.series, at_ms, logged.bits);
        }
        let newest = self.holds.newest.entry(self.tenant).or_insert(at_ms);
        *newest = (*newest).max(at_ms);
        Some(())
    }

    fn late(&mut self, input: &mut Input<'_>) -> Option<()> {
        let count = input.size()?;
        for _ in 0..count {
            let (series, at_ms, bits) = (*self.names.series.get(&input.uint32()?)?, input.int()?, input.trimmed()?);
            if !self.late_done {
                self.head.restore_late(series, at_ms, bits);
            }
        }
        self.holds.late.insert(self.tenant, 0);
        Some(())
    }

    fn histogram(&mut self, input: &mut Input<'_>) -> Option<()> {
        let (series, at_ms) = (*self.names.series.get(&input.uint32()?)?, input.int()?);
        let mut bytes = Input(input.bytes()?);
        self.head.restore_histogram(series, at_ms, Arc::new(histogram::read(&mut bytes)?));
        let newest = self.holds.newest.entry(self.tenant).or_insert(at_ms);
        *newest = (*newest).max(at_ms);
        Some(())
    }
}

fn labels_of(head: &Head, series: u32) -> Vec<(String, String)> {
    let symbols = &head.identity.symbols;
    head.identity.pairs(series).map(|(name, value)| (symbols.text(name).to_owned(), symbols.text(value).to_owned())).collect()
}
