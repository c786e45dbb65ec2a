//! The end of a block: what it holds and where its parts are.

use crate::store::wire::{Input, put_int, put_uint};

use super::MAGIC;

/// Length and checksum of the footer, then the magic.
pub const TAIL_BYTES: usize = 16;

/// Bytes somewhere in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Where.
    pub at: u64,
    /// How many.
    pub bytes: u32,
    /// Their CRC32C.
    pub sum: u32,
}

impl Part {
    /// Writes it.
    pub fn put(&self, out: &mut Vec<u8>) {
        put_uint(out, self.at);
        put_uint(out, u64::from(self.bytes));
        out.extend_from_slice(&self.sum.to_le_bytes());
    }

    /// Reads it.
    pub fn read(input: &mut Input<'_>) -> Option<Self> {
        Some(Self { at: input.uint()?, bytes: input.uint32()?, sum: input.half()? })
    }
}

/// What a block says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// Oldest instant.
    pub from_ms: i64,
    /// Newest instant.
    pub to_ms: i64,
    /// Series.
    pub series: u32,
    /// Samples.
    pub samples: u64,
    /// Texts.
    pub symbols: Part,
    /// Lists of series.
    pub postings: Part,
    /// Places of pages.
    pub pages: Part,
    /// Places of columns.
    pub columns: Part,
    /// Bytes of chunks and columns: the data, without what finds it.
    pub data_bytes: u64,
}

impl Footer {
    /// With length, checksum and magic after it.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_int(&mut out, self.from_ms);
        put_int(&mut out, self.to_ms);
        put_uint(&mut out, u64::from(self.series));
        put_uint(&mut out, self.samples);
        put_uint(&mut out, self.data_bytes);
        for part in [&self.symbols, &self.postings, &self.pages, &self.columns] {
            part.put(&mut out);
        }
        let length = u32::try_from(out.len()).unwrap_or(u32::MAX);
        let sum = crc32c::crc32c(&out);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&sum.to_le_bytes());
        out.extend_from_slice(MAGIC);
        out
    }

    /// The length and checksum at a file's end.
    pub fn tail(bytes: &[u8]) -> Option<(u32, u32)> {
        let mut input = Input(bytes);
        let tail = (input.half()?, input.half()?);
        (input.take(8)? == MAGIC).then_some(tail)
    }

    /// Reads it.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut input = Input(bytes);
        let input = &mut input;
        Some(Self {
            from_ms: input.int()?,
            to_ms: input.int()?,
            series: input.uint32()?,
            samples: input.uint()?,
            data_bytes: input.uint()?,
            symbols: Part::read(input)?,
            postings: Part::read(input)?,
            pages: Part::read(input)?,
            columns: Part::read(input)?,
        })
    }
}
