//! A cell: one series' values over the rows of its group's open column.
//!
//! While the value does not change a cell is a few numbers here and nothing elsewhere; from the first change on it writes
//! XOR codes to a chain of slabs. A row without a value is written as a gap.

use super::slab::{Chain, Slabs};
use crate::store::chunk::{
    bits::BitSink as _,
    xor::{Step, Steps, Window, write_gap, write_run},
};

/// The cell of one series.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Bits of the newest value; stays when the column is sealed.
    pub last: u64,
    /// Bits that the current log segment knows as the newest.
    pub logged: u64,
    /// Whose it is.
    pub series: u32,
    chain: Chain,
    /// Repeats of `last` not yet written.
    repeats: u16,
    first_row: u16,
    /// The row after the newest value.
    next_row: u16,
    window: Window,
}

impl Cell {
    /// Of this series, without a value.
    pub fn new(series: u32) -> Self {
        Self { last: 0, logged: 0, series, chain: Chain::default(), repeats: 0, first_row: 0, next_row: 0, window: Window::default() }
    }

    /// Whether there is no value in the open column.
    pub fn is_empty(&self) -> bool {
        self.next_row == 0
    }

    /// The row of the newest value in the open column.
    pub fn newest_row(&self) -> Option<u16> {
        self.next_row.checked_sub(1)
    }

    /// Takes a value in a row after all earlier ones.
    pub fn push(&mut self, slabs: &mut Slabs, row: u16, bits: u64) {
        if self.is_empty() {
            self.first_row = row;
        } else {
            let gap = row - self.next_row;
            if gap == 0 && bits == self.last {
                self.repeats += 1;
                self.next_row = row + 1;
                return;
            }
            let opened = !self.chain.is_empty();
            let mut writer = slabs.writer(&mut self.chain);
            if !opened {
                writer.push(self.last, 64);
            }
            write_run(&mut writer, self.repeats);
            if gap > 0 {
                write_gap(&mut writer, gap);
            }
            self.window.write(&mut writer, self.last, bits);
        }
        self.last = bits;
        self.repeats = 0;
        self.next_row = row + 1;
    }

    /// Hands each run of values to `take`: first row, bits, how many rows. `false` when the codes make no sense.
    pub fn runs(&self, slabs: &Slabs, scratch: &mut Vec<u8>, mut take: impl FnMut(u16, u64, u16)) -> bool {
        if self.is_empty() {
            return true;
        }
        if self.chain.is_empty() {
            take(self.first_row, self.last, self.next_row - self.first_row);
            return true;
        }
        slabs.copy(&self.chain, scratch);
        let written = self.next_row - self.repeats;
        let Some((mut steps, first)) = Steps::open(scratch) else {
            return false;
        };
        take(self.first_row, first, 1);
        let mut row = self.first_row + 1;
        while row < written {
            match steps.step() {
                Some(Step::Values(bits, count)) => {
                    take(row, bits, count);
                    row += count;
                }
                Some(Step::Gap(count)) => row += count,
                None => return false,
            }
        }
        if self.repeats > 0 {
            take(row, self.last, self.repeats);
        }
        true
    }

    /// Empties it for the next column; the newest value is remembered.
    pub fn reset(&mut self, slabs: &mut Slabs) {
        slabs.free(&mut self.chain);
        self.repeats = 0;
        self.first_row = 0;
        self.next_row = 0;
        self.window = Window::default();
    }
}
