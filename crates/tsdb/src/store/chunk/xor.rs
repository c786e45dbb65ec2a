//! Floats as differences of their bits, one code a row. Rows may be absent and rows may repeat.
//!
//! | code | meaning |
//! |---|---|
//! | `0` | the value before, once more |
//! | `10` | bits that differ, in the window of the last difference |
//! | `110` | 6 bits leading zeros, 6 bits length less one, bits that differ |
//! | `1110` | 16 bits: so many times the value before |
//! | `1111` | 16 bits: so many rows without a value |

use super::bits::{BitInput, BitSink, BitVec};

/// What the codec remembers between rows.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    lead: u8,
    trail: u8,
}

impl Default for Window {
    fn default() -> Self {
        // No window: the first difference always opens one.
        Self { lead: 64, trail: 64 }
    }
}

impl Window {
    /// Writes `bits` after `last`.
    pub fn write(&mut self, sink: &mut impl BitSink, last: u64, bits: u64) {
        let differ = last ^ bits;
        if differ == 0 {
            sink.push(0, 1);
            return;
        }
        let (lead, trail) = (differ.leading_zeros(), differ.trailing_zeros());
        let (old_lead, old_trail) = (u32::from(self.lead), u32::from(self.trail));
        // A window that is 12 bits too wide costs more than opening another.
        if lead >= old_lead && trail >= old_trail && (lead + trail) - (old_lead + old_trail) < 12 {
            sink.push(0b10, 2);
            sink.push(differ >> old_trail, 64 - old_lead - old_trail);
        } else {
            let length = 64 - lead - trail;
            sink.push(0b110 << 12 | u64::from(lead) << 6 | u64::from(length - 1), 15);
            sink.push(differ >> trail, length);
            self.lead = u8::try_from(lead).unwrap_or(64);
            self.trail = u8::try_from(trail).unwrap_or(64);
        }
    }
}

/// Writes that the value before comes `count` times more.
pub fn write_run(sink: &mut impl BitSink, count: u16) {
    if count < 20 {
        sink.push(0, u32::from(count));
    } else {
        sink.push(0b1110 << 16 | u64::from(count), 20);
    }
}

/// Writes that `count` rows have no value.
pub fn write_gap(sink: &mut impl BitSink, count: u16) {
    sink.push(0b1111 << 16 | u64::from(count), 20);
}

/// What one code means.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// So many rows with this value.
    Values(u64, u16),
    /// So many rows without.
    Gap(u16),
}

/// Reads codes back.
#[derive(Debug)]
pub struct Steps<'a> {
    input: BitInput<'a>,
    last: u64,
    window: Window,
}

impl<'a> Steps<'a> {
    /// A stream that begins with a whole value; also gives that value.
    pub fn open(bytes: &'a [u8]) -> Option<(Self, u64)> {
        let mut input = BitInput::new(bytes);
        let last = input.bits(64)?;
        Some((Self { input, last, window: Window::default() }, last))
    }

    /// The next code; `None` when the bytes end or make no sense.
    #[inline]
    pub fn step(&mut self) -> Option<Step> {
        match self.input.ones(4)? {
            0 => return Some(Step::Values(self.last, 1)),
            1 => {
                let length = 64u32.checked_sub(u32::from(self.window.lead) + u32::from(self.window.trail))?;
                self.last ^= self.input.bits(length)? << self.window.trail;
            }
            2 => {
                let head = self.input.bits(12)?;
                let (lead, length) = (head >> 6, (head & 63) + 1);
                let trail = 64u64.checked_sub(lead + length)?;
                self.window = Window { lead: u8::try_from(lead).ok()?, trail: u8::try_from(trail).ok()? };
                self.last ^= self.input.bits(u32::try_from(length).ok()?)? << trail;
            }
            3 => return Some(Step::Values(self.last, u16::try_from(self.input.bits(16)?).ok()?)),
            _ => return Some(Step::Gap(u16::try_from(self.input.bits(16)?).ok()?)),
        }
        Some(Step::Values(self.last, 1))
    }
}

/// Writes a whole chunk without gaps.
pub fn encode(values: &[f64]) -> Vec<u8> {
    let mut sink = BitVec::default();
    let mut window = Window::default();
    let mut last = None;
    let mut run = 0u16;
    for value in values {
        let bits = value.to_bits();
        match last {
            None => sink.push(bits, 64),
            Some(before) if before == bits && run < u16::MAX => {
                run += 1;
                continue;
            }
            Some(before) => {
                write_run(&mut sink, run);
                run = 0;
                window.write(&mut sink, before, bits);
            }
        }
        last = Some(bits);
    }
    write_run(&mut sink, run);
    sink.bytes
}

/// Reads `count` values that [`encode`] wrote, appending them.
pub fn decode(bytes: &[u8], count: usize, into: &mut Vec<f64>) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    let (mut steps, first) = Steps::open(bytes)?;
    into.push(f64::from_bits(first));
    let mut left = count - 1;
    while left > 0 {
        let Step::Values(bits, times) = steps.step()? else {
            return None;
        };
        let times = usize::from(times);
        if times > left {
            return None;
        }
        into.extend(std::iter::repeat_n(f64::from_bits(bits), times));
        left -= times;
    }
    Some(())
}
