//! A sealed column with the chunks of its cells, kept in memory until the block of its window is written.

use std::ops::Range;

use crate::{
    source::Samples,
    store::chunk::{Codec, column::Stretch, decode},
};

/// Instants, as offsets from the first.
#[derive(Debug, Default, Clone)]
pub struct Column {
    /// The first instant.
    pub base: i64,
    /// Milliseconds after it, rising.
    pub offsets: Vec<u32>,
}

impl Column {
    /// The instant of a row.
    pub fn at(&self, row: usize) -> Option<i64> {
        self.offsets.get(row).map(|offset| self.base + i64::from(*offset))
    }

    /// The newest instant.
    pub fn newest(&self) -> Option<i64> {
        self.offsets.last().map(|offset| self.base + i64::from(*offset))
    }

    /// The rows whose instants are in `[from_ms, to_ms]`.
    pub fn rows(&self, from_ms: i64, to_ms: i64) -> Range<usize> {
        let start = self.offsets.partition_point(|offset| self.base + i64::from(*offset) < from_ms);
        let end = self.offsets.partition_point(|offset| self.base + i64::from(*offset) <= to_ms);
        start..end.max(start)
    }

    /// All instants.
    pub fn instants(&self) -> impl Iterator<Item = i64> {
        self.offsets.iter().map(|offset| self.base + i64::from(*offset))
    }
}

/// One cell's chunk; a column has far fewer rows, and a segment far fewer columns, than 65,536.
#[derive(Debug, Clone, Copy)]
pub struct Sealed {
    /// Where its bytes begin; they end where the next chunk's begin.
    start: u32,
    column: u16,
    first: u16,
    count: u16,
    /// How the values are written.
    pub codec: Codec,
}

impl Sealed {
    /// Which instants.
    pub fn stretch(&self) -> Stretch {
        Stretch { column: u32::from(self.column), first: u32::from(self.first), count: u32::from(self.count) }
    }
}

/// A sealed column and its chunks, by cell.
#[derive(Debug, Default)]
pub struct Segment {
    /// Start of the window it belongs to.
    pub window_ms: i64,
    /// The group's column first, then those of cells with gaps.
    pub columns: Vec<Column>,
    chunks: Vec<Sealed>,
    data: Vec<u8>,
}

impl Segment {
    /// Adds the next cell's chunk, whose bytes `write` appends.
    pub fn add(&mut self, stretch: Stretch, write: impl FnOnce(&mut Vec<u8>) -> Codec) {
        let start = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        let codec = write(&mut self.data);
        let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
        let (column, first, count) = (small(stretch.column), small(stretch.first), small(stretch.count));
        self.chunks.push(Sealed { start, column, first, count, codec });
    }

    /// The chunks with values.
    pub fn chunks(&self) -> impl Iterator<Item = (usize, &Sealed)> {
        self.chunks.iter().enumerate().filter(|(_, chunk)| chunk.count > 0)
    }

    /// A cell's chunk.
    pub fn chunk(&self, cell: usize) -> Option<&Sealed> {
        self.chunks.get(cell)
    }

    /// A chunk's bytes.
    pub fn bytes_of(&self, cell: usize) -> &[u8] {
        let start = self.chunks.get(cell).map_or(0, |chunk| chunk.start as usize);
        let end = self.chunks.get(cell + 1).map_or(self.data.len(), |chunk| chunk.start as usize);
        self.data.get(start..end).unwrap_or_default()
    }

    /// Appends a cell's samples in `[from_ms, to_ms]`; `None` when the bytes make no sense.
    pub fn read(&self, cell: usize, from_ms: i64, to_ms: i64, into: &mut Samples, scratch: &mut Vec<f64>) -> Option<()> {
        let Some(chunk) = self.chunks.get(cell).filter(|chunk| chunk.count > 0) else {
            return Some(());
        };
        let column = self.columns.get(usize::from(chunk.column))?;
        let (first, count) = (usize::from(chunk.first), usize::from(chunk.count));
        let rows = column.rows(from_ms, to_ms);
        let rows = rows.start.max(first)..rows.end.min(first + count);
        if rows.is_empty() {
            return Some(());
        }
        scratch.clear();
        decode(chunk.codec, self.bytes_of(cell), count, scratch)?;
        into.at_ms.extend(column.offsets.get(rows.clone())?.iter().map(|offset| column.base + i64::from(*offset)));
        into.values.extend_from_slice(scratch.get(rows.start - first..rows.end - first)?);
        Some(())
    }

    /// Gives back room that growing left over.
    pub fn shrink(&mut self) {
        self.data.shrink_to_fit();
        self.chunks.shrink_to_fit();
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.data.capacity()
            + self.chunks.capacity() * size_of::<Sealed>()
            + self.columns.iter().map(|column| column.offsets.capacity() * 4).sum::<usize>()
    }
}
