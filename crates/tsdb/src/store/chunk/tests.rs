#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use proptest::prelude::*;

use super::{Codec, column, decode, encode, histogram, pack, runs, summary::Summary, xor};
use crate::{
    histogram::{Histogram, ResetHint, Span},
    source::STALE_BITS,
    store::wire::Input,
};

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Values as they come: any bits at all, counters, gauges, runs, staleness markers.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let anything = prop::collection::vec(any::<u64>().prop_map(f64::from_bits), 1..300);
    let counter = prop::collection::vec(0u32..1000, 1..600).prop_map(|steps| {
        let mut sum = 1e6;
        steps
            .into_iter()
            .map(|step| {
                sum += f64::from(step);
                sum
            })
            .collect()
    });
    let gauge = prop::collection::vec(prop_oneof![Just(0.25), Just(1.5), Just(-0.0), Just(0.0), Just(f64::from_bits(STALE_BITS))], 1..600);
    let runs = prop::collection::vec((any::<i16>(), 1usize..90), 1..12)
        .prop_map(|runs| runs.into_iter().flat_map(|(value, count)| std::iter::repeat_n(f64::from(value) / 4.0, count)).collect());
    prop_oneof![anything, counter, gauge, runs]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_codec_gives_back_the_same_bits(values in values()) {
        let mut bytes = Vec::new();
        let codec = encode(&values, &mut bytes);
        let mut back = Vec::new();
        decode(codec, &bytes, values.len(), &mut back).unwrap();
        prop_assert_eq!(bits(&back), bits(&values));

        back.clear();
        xor::decode(&xor::encode(&values), values.len(), &mut back).unwrap();
        prop_assert_eq!(bits(&back), bits(&values));

        back.clear();
        pack::decode_floats(&pack::encode_floats(&values, 8).unwrap(), values.len(), &mut back).unwrap();
        prop_assert_eq!(bits(&back), bits(&values));

        if let Some(bytes) = runs::encode(&values) {
            back.clear();
            runs::decode(&bytes, values.len(), &mut back).unwrap();
            prop_assert_eq!(bits(&back), bits(&values));
        }
        if let Some(whole) = pack::whole(&values) {
            back.clear();
            pack::decode_whole(&pack::encode_whole(&whole, 8).unwrap(), values.len(), &mut back).unwrap();
            prop_assert_eq!(bits(&back), bits(&values));
        }
    }

    #[test]
    fn columns_give_back_the_same_instants(steps in prop::collection::vec(prop_oneof![Just(15_000i64), 1i64..100_000], 0..700), first in any::<i32>()) {
        let mut at = vec![i64::from(first) * 1000];
        for step in steps {
            at.push(at.last().unwrap() + step);
        }
        prop_assert_eq!(column::decode(&column::encode(&at), at.len()).unwrap(), at);
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_as_something_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), codec in 0u8..8, count in 0usize..2000) {
        let mut back = Vec::new();
        if let Some(codec) = Codec::from_number(codec) {
            let _ = decode(codec, &bytes, count, &mut back);
        }
        let _ = column::decode(&bytes, count);
        let _ = histogram::decode(&bytes, count);
        let _ = Summary::read(&mut Input(&bytes));
    }

    #[test]
    fn summaries_survive_their_file_form(values in values()) {
        let summary = Summary::of(&values);
        let mut bytes = Vec::new();
        summary.put(&mut bytes);
        let back = Summary::read(&mut Input(&bytes)).unwrap();
        prop_assert_eq!(back.count, summary.count);
        prop_assert_eq!(bits(&[back.min, back.max, back.sum]), bits(&[summary.min, summary.max, summary.sum]));
    }
}

#[test]
fn histograms_come_back_whole() {
    let plain = Histogram {
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: 2.0,
        count: 17.0,
        sum: 18.4,
        positive_spans: vec![Span { offset: -3, length: 2 }, Span { offset: 4, length: 1 }],
        positive: vec![1.0, 2.5, 3.0],
        negative_spans: vec![Span { offset: 1, length: 1 }],
        negative: vec![8.5],
        custom_bounds: Vec::new(),
        reset_hint: ResetHint::NotReset,
    };
    let custom = Histogram { schema: -53, custom_bounds: vec![0.1, 1.0, 5.0], reset_hint: ResetHint::Gauge, ..Histogram::default() };
    let all = vec![plain.clone(), custom, plain];
    let mut bytes = Vec::new();
    histogram::encode(all.iter(), &mut bytes);
    let back = histogram::decode(&bytes, 3).unwrap();
    assert_eq!(back, all.into_iter().map(Arc::new).collect::<Vec<_>>());
}

#[test]
fn a_constant_and_a_rare_step_take_a_few_bytes() {
    let mut bytes = Vec::new();
    assert_eq!(encode(&[1.0; 480], &mut bytes), Codec::Const);
    assert!(bytes.len() <= 3, "{}", bytes.len());
    let mut step = vec![1.0; 300];
    step.extend([2.0; 180]);
    bytes.clear();
    assert_eq!(encode(&step, &mut bytes), Codec::Runs);
    assert!(bytes.len() <= 6, "{}", bytes.len());
}
