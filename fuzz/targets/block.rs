//! A block of any bytes, checksums aside: what is damaged is told, and reading goes on.
#![no_main]
use std::{path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;

/// A store with one block, whose bytes are then replaced.
static BLOCK: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = evenkeel_fuzz::folder();
    let block = evenkeel_fuzz::one_block(folder.path());
    (folder, block)
});

fuzz_target!(|bytes: &[u8]| {
    let (folder, block) = &*BLOCK;
    std::fs::write(block, bytes).expect("a block");
    let store = evenkeel_fuzz::open(folder.path()).expect("a damaged block is no reason not to open");
    evenkeel_fuzz::read_all(&store);
});
