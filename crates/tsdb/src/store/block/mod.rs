//! Blocks: immutable files, each with the samples of one tenant over one stretch of time.
//!
//! ```text
//! magic · chunks, by series · columns of instants · symbols · lists of series by label pair · pages of series and
//! their chunks · place of each page · place of each column · footer · its length and checksum · magic
//! ```
//! Everything has a CRC32C: each chunk, column and page its own, so that one flipped bit takes away one of them.

pub mod cache;
pub mod columns;
pub mod footer;
pub mod index;
pub mod page;
pub mod read;
pub mod write;

use std::fmt;

/// First and last bytes of a block.
pub const MAGIC: &[u8; 8] = b"EKBLK\0\0\x01";
/// Series of one page.
pub const PAGE_SERIES: u32 = 1024;

/// A part of a block that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Damage {
    /// Which block.
    pub block: u64,
    /// What of it.
    pub what: String,
}

impl std::error::Error for Damage {}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {:010}: {}", self.block, self.what)
    }
}
