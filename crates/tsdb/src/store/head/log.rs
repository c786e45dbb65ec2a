//! The head's part of the log: what a planned batch writes, and how it is read back.
//!
//! Each log segment stands alone: it names a series before it speaks of it, lists a group's cells before a row of the group,
//! and writes the first row of a group against zero. So an old segment can be removed without a checkpoint.
//!
//! | record | content |
//! |---|---|
//! | `S` | series: number, labels |
//! | `G` | group, first cell, the series of that and the following cells |
//! | `R` | group, instant, which cells, XOR of each against its last logged value |
//! | `L` | samples out of order: series, instant, bits |
//! | `H` | histograms: series, instant, histogram |

use super::{Head, plan::Step};
use crate::store::{
    chunk::histogram,
    wire::{low_byte, put_bytes, put_int, put_trimmed, put_uint},
};

/// Kinds of records.
pub mod kind {
    pub const SERIES: u8 = b'S';
    pub const GROUP: u8 = b'G';
    pub const ROW: u8 = b'R';
    pub const LATE: u8 = b'L';
    pub const HISTOGRAM: u8 = b'H';
}

/// How a row says which cells it has.
pub mod cells {
    /// All of the group.
    pub const ALL: u8 = 0;
    /// By differences of their numbers.
    pub const LISTED: u8 = 1;
}

/// Writes a difference of floats: lengths of its leading zero bytes and of what follows in one byte, then the bytes.
fn put_difference(out: &mut Vec<u8>, differ: u64) {
    let lead = u64::from(differ.leading_zeros() / 8).min(7);
    let trail = u64::from(differ.trailing_zeros() / 8);
    let bytes = 8u64.saturating_sub(lead + trail);
    out.push(low_byte(lead << 4 | bytes));
    let word = differ.to_be_bytes();
    out.extend_from_slice(word.get(usize::from(low_byte(lead))..usize::from(low_byte(lead + bytes))).unwrap_or_default());
}

/// Reads a difference back.
pub fn difference(input: &mut crate::store::wire::Input<'_>) -> Option<u64> {
    let head = usize::from(input.byte()?);
    let (lead, bytes) = (head >> 4, head & 15);
    let mut word = [0u8; 8];
    word.get_mut(lead..lead + bytes)?.copy_from_slice(input.take(bytes)?);
    Some(u64::from_be_bytes(word))
}

impl Head {
    /// Writes the planned batch for the log segment numbered `segment`.
    pub fn write_log(&mut self, segment: u32, out: &mut Vec<u8>) {
        let plan = std::mem::take(&mut self.plan);
        for rows in plan.steps.chunk_by(|a, b| a.group == b.group) {
            if let Some(first) = rows.first() {
                self.name_group(first.group, segment, out);
            }
            for row in rows.chunk_by(|a, b| a.at_ms == b.at_ms) {
                self.write_row(row, out);
            }
        }
        for (series, ..) in &plan.late {
            self.name_series(*series, segment, out);
        }
        if !plan.late.is_empty() {
            out.push(kind::LATE);
            put_uint(out, plan.late.len() as u64);
            for (series, at_ms, bits) in &plan.late {
                put_uint(out, u64::from(*series));
                put_int(out, *at_ms);
                put_trimmed(out, *bits);
            }
        }
        for (series, at_ms, one) in &plan.histograms {
            self.name_series(*series, segment, out);
            out.push(kind::HISTOGRAM);
            put_uint(out, u64::from(*series));
            put_int(out, *at_ms);
            let mut bytes = Vec::new();
            histogram::put(&mut bytes, one);
            put_bytes(out, &bytes);
        }
        self.plan = plan;
    }

    fn name_series(&mut self, series: u32, segment: u32, out: &mut Vec<u8>) {
        if self.identity.entries[series as usize].log == segment {
            return;
        }
        self.identity.entries[series as usize].log = segment;
        out.push(kind::SERIES);
        put_uint(out, u64::from(series));
        put_uint(out, self.identity.pairs(series).count() as u64);
        for (name, value) in self.identity.pairs(series) {
            put_bytes(out, self.identity.symbols.text(name).as_bytes());
            put_bytes(out, self.identity.symbols.text(value).as_bytes());
        }
    }

    fn name_group(&mut self, number: u32, segment: u32, out: &mut Vec<u8>) {
        let group = &mut self.groups[number as usize];
        if group.log != segment {
            group.log = segment;
            group.logged = 0;
            for cell in &mut group.cells {
                cell.logged = 0;
            }
        }
        let first = group.logged;
        let series: Vec<u32> = group.cells.iter().skip(first as usize).map(|cell| cell.series).collect();
        if series.is_empty() {
            return;
        }
        group.logged = u32::try_from(group.cells.len()).unwrap_or(u32::MAX);
        for series in &series {
            self.name_series(*series, segment, out);
        }
        out.push(kind::GROUP);
        put_uint(out, u64::from(number));
        put_uint(out, u64::from(first));
        put_uint(out, series.len() as u64);
        for series in series {
            put_uint(out, u64::from(series));
        }
    }

    fn write_row(&mut self, row: &[Step], out: &mut Vec<u8>) {
        let Some(first) = row.first() else {
            return;
        };
        let group = &mut self.groups[first.group as usize];
        out.push(kind::ROW);
        put_uint(out, u64::from(first.group));
        put_int(out, first.at_ms);
        put_uint(out, row.len() as u64);
        // Cells come in order and once each: as many steps as cells are all of them.
        if row.len() == group.cells.len() {
            out.push(cells::ALL);
        } else {
            out.push(cells::LISTED);
            let mut next = 0;
            for step in row {
                put_uint(out, u64::from(step.cell - next));
                next = step.cell + 1;
            }
        }
        // Which values changed, then how.
        let bitmap = out.len();
        out.resize(bitmap + row.len().div_ceil(8), 0);
        for (place, step) in row.iter().enumerate() {
            let cell = &mut group.cells[step.cell as usize];
            let differ = cell.logged ^ step.bits;
            cell.logged = step.bits;
            if differ != 0 {
                out[bitmap + place / 8] |= 1 << (place % 8);
                put_difference(out, differ);
            }
        }
    }
}
