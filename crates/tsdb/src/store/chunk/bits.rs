//! Single bits, most significant first.

use crate::store::wire::low_byte;

/// Where bits go.
pub trait BitSink {
    /// Appends the lowest `count` bits of `bits`; `count` is at most 64.
    fn push(&mut self, bits: u64, count: u32);
}

/// Bits in a vector of bytes.
#[derive(Debug, Default)]
pub struct BitVec {
    /// The bytes; unused bits of the last one are zero.
    pub bytes: Vec<u8>,
    free: u32,
}

impl BitSink for BitVec {
    fn push(&mut self, bits: u64, mut count: u32) {
        while count > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let now = count.min(self.free);
            let part = low_byte(bits >> (count - now)) & low_byte((1u64 << now) - 1);
            if let Some(last) = self.bytes.last_mut() {
                *last |= part << (self.free - now);
            }
            self.free -= now;
            count -= now;
        }
    }
}

/// Bits being read.
#[derive(Debug)]
pub struct BitInput<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitInput<'a> {
    /// From the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next 57 or more bits at the top of a word, zeros beyond the end.
    #[inline]
    fn peek(&self) -> u64 {
        let byte = self.at >> 3;
        let word = match self.bytes.get(byte..byte + 8).and_then(|word| <[u8; 8]>::try_from(word).ok()) {
            Some(word) => u64::from_be_bytes(word),
            None => {
                let mut word = [0u8; 8];
                let rest = self.bytes.get(byte..).unwrap_or_default();
                word[..rest.len()].copy_from_slice(rest);
                u64::from_be_bytes(word)
            }
        };
        word << (self.at & 7)
    }

    /// The next `count` bits, `None` past the end.
    #[inline]
    pub fn bits(&mut self, count: u32) -> Option<u64> {
        if count == 0 {
            return Some(0);
        }
        if count > 56 {
            let high = self.bits(32)?;
            return Some(high << (count - 32) | self.bits(count - 32)?);
        }
        let value = self.peek() >> (64 - count);
        self.skip(count)?;
        Some(value)
    }

    /// How many ones come before the next zero, at most `max`; the zero is read too unless there are `max` ones.
    #[inline]
    pub fn ones(&mut self, max: u32) -> Option<u32> {
        let ones = self.peek().leading_ones().min(max);
        self.skip(if ones == max { ones } else { ones + 1 })?;
        Some(ones)
    }

    fn skip(&mut self, count: u32) -> Option<()> {
        self.at += count as usize;
        (self.at <= self.bytes.len() * 8).then_some(())
    }
}
