//! Prometheus' text format.
#![no_main]
use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, parse},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &[u8]| {
    let mut batch = Batch::new();
    if parse("text/plain", page, 0, &Options::default(), &mut batch).is_ok() {
        evenkeel_fuzz::sound(&mut batch);
    }
});
