//! The write-ahead log: what was taken and is not in a block yet.
//!
//! A segment is a file of frames, one a batch: length, CRC32C, tenant, records. A frame is whole or it is not there: replay
//! ends at the first that is torn. Segments stand alone (see the head's records), so they are removed one by one when
//! everything in them is in blocks.

mod records;
pub mod replay;
mod segment;
pub mod tail;

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use evenkeel_core::id::TenantId;

pub use segment::Holds;

use super::wire::put_uint;

/// First bytes of a segment.
pub const MAGIC: &[u8; 8] = b"EKWAL\0\0\x01";
/// Bytes before a frame's payload: length and checksum.
pub const FRAME_HEAD: usize = 8;
/// A frame that claims more is damaged.
pub const FRAME_BYTES_MAX: usize = 256 << 20;
/// Payloads above this go through zstd when that makes them smaller: first rows, with the labels of many series.
const PACK_FROM: usize = 16 << 10;

/// Buffers greater than this are not kept.
const BUFFER_BYTES_MAX: usize = 4 << 20;

/// How a payload is written.
pub mod form {
    pub const PLAIN: u8 = 0;
    pub const ZSTD: u8 = 1;
}

/// Position in the log: segment, byte.
pub type Position = (u64, u64);

/// The log of a store.
#[derive(Debug)]
pub struct Wal {
    folder: PathBuf,
    bytes_max: u64,
    open: Option<Open>,
    next: u64,
    /// What closed and open segments hold.
    segments: BTreeMap<u64, Holds>,
    /// Closed before they were brought to the disk.
    unsynced: Vec<Arc<File>>,
    frame: Vec<u8>,
    records: Vec<u8>,
}

#[derive(Debug)]
struct Open {
    file: Arc<File>,
    number: u64,
    bytes: u64,
    dirty: bool,
}

/// The file of a segment.
pub fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.wal"))
}

impl Wal {
    /// A log that goes on after the segments given, with a number that is not below `next`: the numbers of segments that are
    /// gone are remembered by those who know what of the log is in blocks.
    pub fn new(folder: PathBuf, bytes_max: u64, segments: BTreeMap<u64, Holds>, next: u64) -> Self {
        let next = segments.keys().next_back().map_or(1, |last| last + 1).max(next);
        Self { folder, bytes_max, open: None, next, segments, unsynced: Vec::new(), frame: Vec::new(), records: Vec::new() }
    }

    /// The segment that the next frame goes to, opened if need be. Records must be written for this number.
    ///
    /// # Errors
    /// The disk's; nothing has changed then.
    pub fn begin(&mut self) -> io::Result<u32> {
        if self.open.as_ref().is_some_and(|open| open.bytes >= self.bytes_max) {
            self.close();
        }
        let number = match &self.open {
            Some(open) => open.number,
            None => self.start()?,
        };
        u32::try_from(number).map_err(|_| io::Error::other("no number left for a log segment"))
    }

    fn start(&mut self) -> io::Result<u64> {
        let number = self.next;
        let path = path_of(&self.folder, number);
        let made = OpenOptions::new().write(true).create(true).truncate(true).open(&path).and_then(|mut file| {
            file.write_all(MAGIC)?;
            File::open(&self.folder)?.sync_all()?;
            Ok(file)
        });
        match made {
            Ok(file) => {
                self.next += 1;
                self.open = Some(Open { file: Arc::new(file), number, bytes: MAGIC.len() as u64, dirty: true });
                self.segments.insert(number, Holds::default());
                Ok(number)
            }
            Err(error) => {
                // Nothing refers to it; if it cannot be removed now, the next attempt empties it.
                let _ = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    /// An empty buffer for records; [`Self::give_back`] keeps its room for the next batch.
    pub fn buffer(&mut self) -> Vec<u8> {
        let mut records = std::mem::take(&mut self.records);
        records.clear();
        records
    }

    /// Gives a buffer back, unless a huge batch made it huge.
    pub fn give_back(&mut self, records: Vec<u8>) {
        if records.capacity() <= BUFFER_BYTES_MAX {
            self.records = records;
        }
    }

    /// Writes a batch's records. After an error the segment is closed: what was logged for it must be logged anew.
    ///
    /// # Errors
    /// The disk's.
    pub fn commit(&mut self, tenant: TenantId, records: &[u8], holds: &Holds) -> io::Result<Position> {
        let Some(open) = self.open.as_mut() else {
            return Err(io::Error::other("no log segment is open"));
        };
        write_frame(&mut self.frame, tenant, records);
        let before = open.bytes;
        if let Err(error) = (&*open.file).write_all(&self.frame) {
            let cut = open.file.set_len(before).is_ok();
            let (number, empty) = (open.number, before == MAGIC.len() as u64);
            self.close();
            if cut && empty && fs::remove_file(path_of(&self.folder, number)).is_ok() {
                self.segments.remove(&number);
            }
            return Err(error);
        }
        open.bytes += self.frame.len() as u64;
        open.dirty = true;
        let position = (open.number, before);
        if let Some(all) = self.segments.get_mut(&open.number) {
            all.add(holds, before);
        }
        Ok(position)
    }

    /// Closes the open segment; the next frame begins another.
    pub fn close(&mut self) {
        if let Some(open) = self.open.take()
            && open.dirty
        {
            self.unsynced.push(open.file);
        }
    }

    /// Where the next frame would go; everything before is written.
    pub fn position(&self) -> Position {
        self.open.as_ref().map_or((self.next, 0), |open| (open.number, open.bytes))
    }

    /// The first segment that is not before `number`.
    pub fn segment_from(&self, number: u64) -> Option<u64> {
        self.segments.range(number..).next().map(|(number, _)| *number)
    }

    /// Bytes of the log after a position.
    pub fn bytes_after(&self, (number, byte): Position) -> u64 {
        let size = |number: u64| fs::metadata(path_of(&self.folder, number)).map_or(0, |meta| meta.len());
        self.segments.range(number..).map(|(at, _)| if *at == number { size(*at).saturating_sub(byte) } else { size(*at) }).sum()
    }

    /// The files that must be brought to the disk for everything written so far.
    pub fn take_dirty(&mut self) -> Vec<Arc<File>> {
        let mut files = std::mem::take(&mut self.unsynced);
        if let Some(open) = self.open.as_mut().filter(|open| open.dirty) {
            open.dirty = false;
            files.push(Arc::clone(&open.file));
        }
        files
    }

    /// Removes closed segments of which nothing is needed any more.
    pub fn release(&mut self, mut needed: impl FnMut(u64, &Holds) -> bool) -> usize {
        let open = self.open.as_ref().map(|open| open.number);
        let gone: Vec<u64> =
            self.segments.iter().filter(|(number, holds)| Some(**number) != open && !needed(**number, holds)).map(|(n, _)| *n).collect();
        // One that cannot be removed now is looked at again next time.
        gone.into_iter()
            .filter(|number| match fs::remove_file(path_of(&self.folder, *number)) {
                Ok(()) => true,
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            })
            .map(|number| self.segments.remove(&number))
            .count()
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.segments.keys().filter_map(|number| fs::metadata(path_of(&self.folder, *number)).ok()).map(|meta| meta.len()).sum()
    }
}

fn write_frame(frame: &mut Vec<u8>, tenant: TenantId, records: &[u8]) {
    frame.clear();
    frame.resize(FRAME_HEAD, 0);
    let packed = (records.len() > PACK_FROM).then(|| zstd::bulk::compress(records, 1).ok()).flatten();
    match packed.filter(|packed| packed.len() < records.len()) {
        Some(packed) => {
            frame.push(form::ZSTD);
            put_uint(frame, records.len() as u64);
            frame.extend_from_slice(tenant.uuid().as_bytes());
            frame.extend_from_slice(&packed);
        }
        None => {
            frame.push(form::PLAIN);
            frame.extend_from_slice(tenant.uuid().as_bytes());
            frame.extend_from_slice(records);
        }
    }
    let length = u32::try_from(frame.len() - FRAME_HEAD).unwrap_or(u32::MAX);
    let sum = crc32c::crc32c(&frame[FRAME_HEAD..]);
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame[4..8].copy_from_slice(&sum.to_le_bytes());
}
