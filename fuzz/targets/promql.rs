//! PromQL: what is parsed is printed and parsed to the same text again, and is evaluated over a few series.
#![no_main]
use std::sync::LazyLock;

use evenkeel_fuzz::Taking as _;
use evenkeel_tsdb::{
    promql::{Engine, Limits, parse},
    store::Store,
};
use libfuzzer_sys::fuzz_target;

static STORE: LazyLock<(tempfile::TempDir, Store)> = LazyLock::new(|| {
    let folder = evenkeel_fuzz::folder();
    let store = evenkeel_fuzz::open(folder.path()).expect("a store");
    store.append_batch(&evenkeel_fuzz::samples());
    (folder, store)
});

fuzz_target!(|query: &str| {
    let Ok(expression) = parse(query) else { return };
    let printed = expression.to_string();
    let again = parse(&printed).unwrap_or_else(|error| panic!("{query:?} is printed as {printed:?}: {error}"));
    assert_eq!(again.to_string(), printed);
    let limits = Limits { samples_max: 200_000, series_max: 100, steps_max: 50, points_max: 100_000, threads: 1, ..Limits::default() };
    let engine = Engine::new(limits);
    let _ = engine.instant(&STORE.1, evenkeel_fuzz::tenant(), query, evenkeel_fuzz::START_MS + 1_800_001);
});
