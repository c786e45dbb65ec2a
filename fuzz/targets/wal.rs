//! A log segment of any bytes, checksums aside: the store opens, tells what is damaged, and serves the rest.
#![no_main]
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(evenkeel_fuzz::folder);

fuzz_target!(|segment: &[u8]| {
    let wal = FOLDER.path().join("wal");
    let _ = std::fs::remove_dir_all(&wal);
    std::fs::create_dir_all(&wal).expect("a folder");
    std::fs::write(wal.join("0000000001.wal"), segment).expect("a segment");
    let store = evenkeel_fuzz::open(FOLDER.path()).expect("a damaged log is no reason not to open");
    evenkeel_fuzz::read_all(&store);
});
