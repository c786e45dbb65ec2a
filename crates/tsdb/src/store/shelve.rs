//! Blocks from nothing to the shelf: written whole and opened, or not there at all.

use std::{io, sync::Arc};

use super::{
    Store,
    block::{read::Block, write::BlockWriter},
    lock,
    manifest::Tier,
    tenant::Shelved,
};

impl Store {
    /// A number for a block.
    fn next_block(&self) -> u64 {
        let mut manifest = lock(&self.manifest);
        manifest.next_block += 1;
        manifest.next_block - 1
    }

    /// Writes a block of `[start_ms, start_ms + length_ms)` and opens it; it counts once it is published. `Ok(None)`: `write` says
    /// that there is nothing to keep. Nothing is left on the disk unless a block comes back.
    pub(super) fn write_block<E: From<io::Error>>(
        &self,
        tier: Tier,
        (start_ms, length_ms): (i64, i64),
        write: impl FnOnce(&mut BlockWriter) -> Result<bool, E>,
    ) -> Result<Option<Shelved>, E> {
        let number = self.next_block();
        let path = self.block_path(number);
        let mut writer = BlockWriter::new(&path)?;
        let keep = write(&mut writer);
        if !matches!(keep, Ok(true)) {
            writer.abandon();
            return keep.map(|_| None);
        }
        writer.finish()?;
        let block = Block::open(number, &path, Arc::clone(&self.cache)).map_err(io::Error::other)?;
        Ok(Some(Shelved { block: Arc::new(block), tier, start_ms, length_ms }))
    }
}

/// Removes blocks that were not published.
pub fn discard(written: &[Shelved]) {
    for shelved in written {
        // Nobody knows it; what stays is removed at the next opening.
        let _ = std::fs::remove_file(&shelved.block.path);
    }
}
