//! Pages: up to 1,024 series, each with what its labels differ in from the one before, and where its chunks are.

use crate::store::{
    chunk::{Codec, column::Stretch, summary::Summary},
    wire::{Input, low_byte, put_trimmed, put_uint},
};

use super::footer::Part;

/// The stretch is that of the series before, at the same place in its list.
const SAME: u8 = 0x10;

/// Where a chunk's values are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// One value, here.
    Here(u64),
    /// In the file.
    File(Part),
}

/// A chunk's entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Which instants.
    pub stretch: Stretch,
    /// How it is written.
    pub codec: Codec,
    /// Where.
    pub place: Place,
    /// What its values come to.
    pub summary: Summary,
}

/// A page being written.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    labels: Vec<(u32, u32)>,
    stretches: Vec<Stretch>,
    count: u32,
}

impl Writer {
    /// Series in it.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Adds the next series. Its chunks in the file follow those of the series before without a gap.
    pub fn add(&mut self, labels: &[(u32, u32)], chunks: &[Entry]) {
        let shared = self.labels.iter().zip(labels).take_while(|(a, b)| a == b).count();
        put_uint(&mut self.bytes, shared as u64);
        put_uint(&mut self.bytes, (labels.len() - shared) as u64);
        for (name, value) in &labels[shared..] {
            put_uint(&mut self.bytes, u64::from(*name));
            put_uint(&mut self.bytes, u64::from(*value));
        }
        put_uint(&mut self.bytes, chunks.len() as u64);
        for (at, chunk) in chunks.iter().enumerate() {
            let same = self.stretches.get(at) == Some(&chunk.stretch);
            self.bytes.push(chunk.codec as u8 | if same { SAME } else { 0 });
            if !same {
                chunk.stretch.put(&mut self.bytes);
            }
            match chunk.place {
                Place::Here(bits) => put_trimmed(&mut self.bytes, bits),
                Place::File(part) => {
                    put_uint(&mut self.bytes, u64::from(part.bytes));
                    self.bytes.extend_from_slice(&part.sum.to_le_bytes());
                    chunk.summary.put(&mut self.bytes);
                }
            }
        }
        self.labels = labels.to_vec();
        self.stretches = chunks.iter().map(|chunk| chunk.stretch).collect();
        self.count += 1;
    }

    /// The page, and an empty one in its place.
    pub fn finish(&mut self) -> Vec<u8> {
        let done = std::mem::take(self);
        done.bytes
    }
}

/// A page being read.
#[derive(Debug)]
pub struct Reader<'a> {
    input: Input<'a>,
    chunk_at: u64,
    left: u32,
    /// Labels of the series just read.
    pub labels: Vec<(u32, u32)>,
    /// Its chunks.
    pub chunks: Vec<Entry>,
}

impl<'a> Reader<'a> {
    /// A page of `count` series whose first chunk in the file is at `chunk_at`.
    pub fn new(bytes: &'a [u8], count: u32, chunk_at: u64) -> Self {
        Self { input: Input(bytes), chunk_at, left: count, labels: Vec::new(), chunks: Vec::new() }
    }

    /// Reads the next series; `Some(false)` after the last, `None` when the bytes make no sense.
    pub fn step(&mut self) -> Option<bool> {
        let Some(left) = self.left.checked_sub(1) else {
            return Some(false);
        };
        self.left = left;
        let shared = self.input.size()?;
        if shared > self.labels.len() {
            return None;
        }
        self.labels.truncate(shared);
        for _ in 0..self.input.size()? {
            self.labels.push((self.input.uint32()?, self.input.uint32()?));
        }
        let count = self.input.size()?;
        for at in 0..count {
            let head = self.input.byte()?;
            let stretch = if head & SAME == 0 {
                Stretch { column: self.input.uint32()?, first: self.input.uint32()?, count: self.input.uint32()? }
            } else {
                self.chunks.get(at)?.stretch
            };
            let codec = Codec::from_number(low_byte(u64::from(head & !SAME)))?;
            let chunk = if codec == Codec::Const {
                let bits = self.input.trimmed()?;
                Entry { stretch, codec, place: Place::Here(bits), summary: Summary::constant(f64::from_bits(bits), stretch.count) }
            } else {
                let bytes = self.input.uint32()?;
                let part = Part { at: self.chunk_at, bytes, sum: self.input.half()? };
                self.chunk_at += u64::from(bytes);
                Entry { stretch, codec, place: Place::File(part), summary: Summary::read(&mut self.input)? }
            };
            match self.chunks.get_mut(at) {
                Some(place) => *place = chunk,
                None => self.chunks.push(chunk),
            }
        }
        self.chunks.truncate(count);
        Some(true)
    }
}
