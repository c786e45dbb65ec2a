//! Delimited metric families.
#![no_main]
use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, parse},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &[u8]| {
    let mut batch = Batch::new();
    let options = Options { classic_histograms: true, ..Options::default() };
    if parse("application/vnd.google.protobuf", page, 0, &options, &mut batch).is_ok() {
        evenkeel_fuzz::sound(&mut batch);
    }
});
