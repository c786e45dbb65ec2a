//! Remote-write: as it comes, and the message behind the compression. What is read is written and read again.
#![no_main]
use evenkeel_tsdb::{
    batch::Batch,
    remote::{Bounds, Version, decode, encode},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let bounds = Bounds { unpacked_bytes_max: 1 << 20, ..Bounds::default() };
    for version in [Version::V1, Version::V2] {
        let mut batch = Batch::new();
        let _ = decode(version, body, &bounds, &mut batch);
        batch.clear();
        let packed = snap::raw::Encoder::new().compress_vec(body).expect("short");
        if decode(version, &packed, &bounds, &mut batch).is_err() {
            continue;
        }
        let mut written = Vec::new();
        batch.with_incoming(|samples| encode(version, samples, batch.families(), &mut written));
        let mut again = Batch::new();
        let read = decode(version, &written, &Bounds::default(), &mut again).expect("what was written");
        assert_eq!(read.refused_series, 0, "{:?}", read.reason);
        let shown = |batch: &Batch| batch.with_incoming(|samples| format!("{samples:?}"));
        assert_eq!(shown(&again), shown(&batch));
        evenkeel_fuzz::sound(&mut batch);
    }
});
