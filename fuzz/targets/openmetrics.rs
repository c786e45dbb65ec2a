//! OpenMetrics: what is right by the letter is also read as Prometheus reads it, in one piece or in two.
#![no_main]
use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, openmetrics::Reader, parse},
};
use libfuzzer_sys::fuzz_target;

const OPEN_METRICS: &str = "application/openmetrics-text";

fuzz_target!(|page: &[u8]| {
    let mut strict = Batch::new();
    let right = parse(OPEN_METRICS, page, 0, &Options { strict: true, ..Options::default() }, &mut strict).is_ok();
    let mut batch = Batch::new();
    let read = parse(OPEN_METRICS, page, 0, &Options::default(), &mut batch).is_ok();
    assert!(read || !right, "strict accepts, lenient does not");
    if let (true, Ok(text)) = (read, std::str::from_utf8(page)) {
        let cut = page[..page.len() / 2].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut pieces = Batch::new();
        let mut reader = Reader::new(0, Options::default());
        reader.feed(&text[..cut], &mut pieces).expect("the first piece");
        reader.feed(&text[cut..], &mut pieces).expect("the second piece");
        reader.finish().expect("the end");
        assert_eq!(pieces.len(), batch.len());
        evenkeel_fuzz::sound(&mut batch);
    }
});
