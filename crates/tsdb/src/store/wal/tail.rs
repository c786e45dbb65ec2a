//! Reading on in the log while it is written.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

use evenkeel_core::id::TenantId;

use super::{
    FRAME_BYTES_MAX, FRAME_HEAD, MAGIC, Position, path_of,
    records::{Names, Records, frame, open},
};
use crate::{histogram::Histogram, source::Labels};

/// A value of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Logged {
    /// A float, staleness markers included.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<Histogram>),
}

/// A batch as it was taken.
#[derive(Debug)]
pub struct Frame {
    /// Whose.
    pub tenant: TenantId,
    /// Its samples, in the order of the log.
    pub samples: Vec<(Labels, i64, Logged)>,
    /// Where the next one begins.
    pub end: Position,
}

/// What reading on came to.
#[derive(Debug)]
pub enum Next {
    /// A batch.
    Frame(Frame),
    /// Nothing more in this segment.
    End,
    /// From here on the segment cannot be read: so many bytes are lost.
    Torn(u64),
}

/// One tenant within a segment.
#[derive(Debug, Default)]
struct Reader {
    names: Names,
    series: Vec<Labels>,
}

/// A segment being read.
#[derive(Debug)]
pub struct Tail {
    number: u64,
    file: File,
    at: u64,
    readers: HashMap<TenantId, Reader>,
    buffer: Vec<u8>,
}

struct Collect<'a> {
    series: &'a mut Vec<Labels>,
    samples: &'a mut Vec<(Labels, i64, Logged)>,
}

impl Collect<'_> {
    fn push(&mut self, series: u32, at_ms: i64, value: Logged) {
        // Numbers are those that `series` gave.
        if let Some(labels) = self.series.get(series as usize) {
            self.samples.push((labels.clone(), at_ms, value));
        }
    }
}

impl Records for Collect<'_> {
    fn series(&mut self, labels: &[(&str, &str)]) -> Option<u32> {
        let number = u32::try_from(self.series.len()).ok()?;
        self.series.push(Labels::new(labels.iter().map(|(name, value)| (Arc::from(*name), Arc::from(*value)))));
        Some(number)
    }
    fn grouped(&mut self, _: &mut dyn Iterator<Item = u32>, _: &[u32]) {}
    fn float(&mut self, series: u32, at_ms: i64, bits: u64) {
        self.push(series, at_ms, Logged::Float(f64::from_bits(bits)));
    }
    fn late(&mut self, series: u32, at_ms: i64, bits: u64) {
        self.push(series, at_ms, Logged::Float(f64::from_bits(bits)));
    }
    fn histogram(&mut self, series: u32, at_ms: i64, histogram: Histogram) {
        self.push(series, at_ms, Logged::Histogram(Arc::new(histogram)));
    }
}

impl Tail {
    /// Opens a segment at a byte where a frame begins. What is before it is read for the names that it gives.
    ///
    /// # Errors
    /// The disk's.
    pub fn open(folder: &Path, (number, byte): Position) -> io::Result<Self> {
        let path: PathBuf = path_of(folder, number);
        let mut tail = Self { number, file: File::open(path)?, at: MAGIC.len() as u64, readers: HashMap::new(), buffer: Vec::new() };
        while tail.at < byte {
            match tail.next(byte)? {
                Next::Frame(_) => {}
                // It was longer once: what was after this is nowhere.
                Next::End | Next::Torn(_) => break,
            }
        }
        Ok(tail)
    }

    /// Which segment.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The next batch that ends at or before the byte `until`.
    ///
    /// # Errors
    /// The disk's.
    pub fn next(&mut self, until: u64) -> io::Result<Next> {
        let until = until.min(self.file.metadata()?.len());
        let left = until.saturating_sub(self.at);
        if left == 0 {
            return Ok(Next::End);
        }
        self.buffer.clear();
        self.file.seek(SeekFrom::Start(self.at))?;
        (&self.file).take(FRAME_HEAD as u64).read_to_end(&mut self.buffer)?;
        let length = self.buffer.first_chunk::<4>().map_or(u64::MAX, |bytes| u64::from(u32::from_le_bytes(*bytes)));
        if length > FRAME_BYTES_MAX as u64 || length + FRAME_HEAD as u64 > left {
            return Ok(self.torn(until));
        }
        (&self.file).take(length).read_to_end(&mut self.buffer)?;
        let Some((tenant, records)) = frame(&self.buffer).and_then(|(payload, _)| open(payload)) else {
            return Ok(self.torn(until));
        };
        let reader = self.readers.entry(tenant).or_default();
        let mut samples = Vec::new();
        if reader.names.read(&records, &mut Collect { series: &mut reader.series, samples: &mut samples }).is_none() {
            return Ok(self.torn(until));
        }
        self.at += FRAME_HEAD as u64 + length;
        Ok(Next::Frame(Frame { tenant, samples, end: (self.number, self.at) }))
    }

    fn torn(&mut self, until: u64) -> Next {
        let lost = until - self.at;
        self.at = until;
        Next::Torn(lost)
    }
}
