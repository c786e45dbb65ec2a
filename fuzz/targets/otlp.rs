//! OTLP metrics: the first byte says which encoding and which options.
#![no_main]
use evenkeel_tsdb::{
    batch::Batch,
    otlp::{Encoding, Options, Strategy, decode, respond},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Some((how, body)) = body.split_first() else { return };
    let encoding = if how & 1 == 0 { Encoding::Json } else { Encoding::Protobuf };
    let options = Options {
        strategy: if how & 2 == 0 { Strategy::default() } else { Strategy::NoUtf8EscapingWithSuffixes },
        promote_all_resource_attributes: how & 4 != 0,
        promote_scope_metadata: how & 8 != 0,
        convert_histograms_to_nhcb: how & 16 != 0,
        ..Options::default()
    };
    let mut batch = Batch::new();
    if let Ok(received) = decode(encoding, body, &options, &mut batch) {
        assert!(received.accepted <= batch.len());
        respond(encoding, &received);
        evenkeel_fuzz::sound(&mut batch);
    }
});
