//! A scrape group: series that are measured together and share one column of instants.

use std::{collections::HashMap, sync::Arc};

use super::{
    cell::Cell,
    segment::{Column, Segment},
    slab::Slabs,
};
use crate::{
    source::Samples,
    store::chunk::{Codec, column::Stretch, encode},
};

/// Rows after which a column is sealed in memory. Few, so that open cells stay small and a query of the last minutes decodes
/// little; the block joins a window's columns again, because pco wants some hundreds of values to be worth its header.
pub const ROWS: usize = 120;
/// Cells of one group, so that sealing one does not keep writers waiting for long.
pub const CELLS: usize = 16_384;

/// A group.
#[derive(Debug)]
pub struct Group {
    /// Its series.
    pub cells: Vec<Cell>,
    /// Sealed columns whose block is not written yet, oldest first.
    pub sealed: Vec<Arc<Segment>>,
    /// The log segment that knows its cells.
    pub log: u32,
    /// How many of them it knows.
    pub logged: u32,
    column: Column,
    window_ms: i64,
    /// Nothing at or before this goes into the open column.
    floor: i64,
}

/// Buffers of one seal, used again for the next.
#[derive(Debug, Default)]
struct Buffers {
    bits: Vec<u8>,
    rows: Vec<u16>,
    values: Vec<f64>,
}

impl Default for Group {
    fn default() -> Self {
        Self { cells: Vec::new(), sealed: Vec::new(), log: 0, logged: 0, column: Column::default(), window_ms: i64::MIN, floor: i64::MIN }
    }
}

impl Group {
    /// The row of an instant that is in the open column.
    fn row(&self, at_ms: i64) -> Option<u16> {
        let offset = u32::try_from(at_ms.checked_sub(self.column.base)?).ok()?;
        let row = match self.column.offsets.last() {
            Some(last) if *last == offset => self.column.offsets.len() - 1,
            _ => self.column.offsets.binary_search(&offset).ok()?,
        };
        u16::try_from(row).ok()
    }

    /// Instant of a cell's newest value, or what no value may be at or before.
    pub fn newest(&self, cell: &Cell) -> i64 {
        cell.newest_row().and_then(|row| self.column.at(usize::from(row))).unwrap_or(self.floor)
    }

    /// Whether the open column has this row or can begin it.
    pub fn takes(&self, at_ms: i64) -> bool {
        at_ms > self.column.newest().unwrap_or(self.floor) || self.row(at_ms).is_some()
    }

    /// Whether taking a row at this instant means sealing first.
    fn full(&self, at_ms: i64, window_ms: i64) -> bool {
        let Some(newest) = self.column.newest() else {
            return false;
        };
        at_ms > newest && (self.column.offsets.len() >= ROWS || at_ms.div_euclid(window_ms) * window_ms != self.window_ms)
    }

    /// The row of an instant, begun when it is new.
    pub fn open(&mut self, slabs: &mut Slabs, at_ms: i64, window_ms: i64) -> Option<u16> {
        if self.full(at_ms, window_ms) {
            self.seal(slabs);
        }
        if let Some(row) = self.row(at_ms) {
            return Some(row);
        }
        if at_ms <= self.column.newest().unwrap_or(self.floor) {
            return None;
        }
        if self.column.offsets.is_empty() {
            self.column.base = at_ms;
            self.window_ms = at_ms.div_euclid(window_ms) * window_ms;
        }
        let row = u16::try_from(self.column.offsets.len()).ok()?;
        self.column.offsets.push(u32::try_from(at_ms - self.column.base).ok()?);
        Some(row)
    }

    /// Whether there are rows of a window that ends at or before `end_ms`.
    pub fn holds_before(&self, end_ms: i64) -> bool {
        !self.column.offsets.is_empty() && self.window_ms < end_ms
    }

    /// Seals the open column, if it has rows.
    pub fn seal(&mut self, slabs: &mut Slabs) {
        let Some(newest) = self.column.newest() else {
            return;
        };
        let mut segment = Segment::default();
        segment.window_ms = self.window_ms;
        segment.columns.push(std::mem::take(&mut self.column));
        let mut gapped: HashMap<Vec<u16>, u32> = HashMap::new();
        let mut buffers = Buffers::default();
        for cell in &mut self.cells {
            seal_cell(cell, slabs, &mut segment, &mut gapped, &mut buffers);
            cell.reset(slabs);
        }
        segment.shrink();
        self.floor = newest;
        self.sealed.push(Arc::new(segment));
    }

    /// Appends a cell's samples in `[from_ms, to_ms]`: what is sealed, then what is open.
    pub fn read(&self, cell: u32, slabs: &Slabs, from_ms: i64, to_ms: i64, into: &mut Samples, scratch: &mut Scratch) -> Option<()> {
        for segment in &self.sealed {
            segment.read(cell as usize, from_ms, to_ms, into, &mut scratch.values)?;
        }
        let rows = self.column.rows(from_ms, to_ms);
        let Some(cell) = self.cells.get(cell as usize).filter(|_| !rows.is_empty()) else {
            return Some(());
        };
        cell.runs(slabs, &mut scratch.bits, |row, bits, count| {
            let start = usize::from(row).max(rows.start);
            let end = (usize::from(row) + usize::from(count)).min(rows.end);
            if let Some(offsets) = self.column.offsets.get(start..end) {
                into.at_ms.extend(offsets.iter().map(|offset| self.column.base + i64::from(*offset)));
                into.values.extend(std::iter::repeat_n(f64::from_bits(bits), end - start));
            }
        })
        .then_some(())
    }

    /// Oldest and newest instants held.
    pub fn span(&self) -> Option<(i64, i64)> {
        let sealed = self.sealed.iter().filter_map(|segment| Some((segment.columns.first()?.base, segment.columns.first()?.newest()?)));
        let open = self.column.newest().map(|newest| (self.column.base, newest));
        sealed.chain(open).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
            + self.column.offsets.capacity() * 4
            + self.sealed.iter().map(|segment| segment.bytes()).sum::<usize>()
            + size_of::<Self>()
    }
}

fn seal_cell(cell: &Cell, slabs: &Slabs, segment: &mut Segment, gapped: &mut HashMap<Vec<u16>, u32>, buffers: &mut Buffers) {
    buffers.rows.clear();
    buffers.values.clear();
    cell.runs(slabs, &mut buffers.bits, |row, bits, count| {
        buffers.rows.extend(row..row + count);
        buffers.values.extend(std::iter::repeat_n(f64::from_bits(bits), usize::from(count)));
    });
    let (first, count) = match (buffers.rows.first(), buffers.rows.last()) {
        (Some(first), Some(last)) => (*first, usize::from(last - first) + 1),
        _ => {
            segment.add(Stretch { column: 0, first: 0, count: 0 }, |_| Codec::Const);
            return;
        }
    };
    let stretch = if count == buffers.rows.len() {
        Stretch { column: 0, first: u32::from(first), count: u32::try_from(count).unwrap_or(0) }
    } else {
        let column = gapped.get(&buffers.rows).copied().unwrap_or_else(|| {
            let column = u32::try_from(segment.columns.len()).unwrap_or(0);
            let all = &segment.columns[0];
            let offsets = buffers.rows.iter().filter_map(|row| all.offsets.get(usize::from(*row)).copied()).collect();
            let own = Column { base: all.base, offsets };
            segment.columns.push(own);
            gapped.insert(buffers.rows.clone(), column);
            column
        });
        Stretch { column, first: 0, count: u32::try_from(buffers.rows.len()).unwrap_or(0) }
    };
    segment.add(stretch, |out| encode(&buffers.values, out));
}

/// Buffers of a reader.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Values of a whole chunk.
    pub values: Vec<f64>,
    /// Codes of an open cell.
    pub bits: Vec<u8>,
}
