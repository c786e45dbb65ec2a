#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Batch, Clash, Kind};
use crate::{histogram::Histogram, source::STALE_BITS, store::Value};

fn shown(batch: &Batch) -> Vec<String> {
    batch.with_incoming(|samples| {
        let pairs = |labels: &[(&str, &str)]| labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",");
        samples.iter().map(|sample| pairs(sample.labels)).collect()
    })
}

#[test]
fn labels_come_out_sorted_and_empty_values_are_no_labels() {
    let mut batch = Batch::new();
    batch.label("zone", "a");
    batch.name("up");
    batch.label("empty", "");
    batch.label("job", "node");
    batch.float(1, 1.0).unwrap();
    assert_eq!(shown(&batch), ["__name__=up,job=node,zone=a"]);
}

#[test]
fn a_label_that_stands_twice_drops_the_sample_and_nothing_else() {
    let mut batch = Batch::new();
    batch.name("up");
    batch.label("a", "1");
    batch.label("b", "1");
    batch.label("a", "2");
    assert_eq!(batch.float(1, 1.0).unwrap_err().0, "a");
    batch.name("down");
    batch.float(1, 1.0).unwrap();
    assert_eq!(shown(&batch), ["__name__=down"]);
}

#[test]
fn every_nan_is_one_but_the_staleness_marker() {
    let mut batch = Batch::new();
    batch.name("a");
    batch.float(1, f64::from_bits(0xfff8_0000_0000_1234)).unwrap();
    batch.again(2, f64::from_bits(STALE_BITS));
    let bits: Vec<u64> = batch
        .samples()
        .map(|sample| match sample.value() {
            Value::Float(value) => value.to_bits(),
            Value::Histogram(_) => panic!("a float"),
        })
        .collect();
    assert_eq!(bits, [super::NORMAL_NAN_BITS, STALE_BITS]);
}

#[test]
fn a_targets_labels_are_sorted_in_and_rename_what_clashes() {
    let filled = || {
        let mut batch = Batch::new();
        batch.name("up");
        batch.label("instance", "own");
        batch.label("zone", "a");
        batch.float(1, 1.0).unwrap();
        batch.label("trace", "t");
        assert!(batch.exemplar(None, 0.5));
        batch
    };
    let target = [("job", "node"), ("instance", "host:9100"), ("empty", "")];
    let mut batch = filled();
    batch.add_labels(&target, Clash::Rename);
    assert_eq!(shown(&batch), ["__name__=up,exported_instance=own,instance=host:9100,job=node,zone=a"]);
    assert_eq!(batch.exemplars().next().unwrap().labels().collect::<Vec<_>>(), [("trace", "t")]);
    let mut batch = filled();
    batch.add_labels(&target, Clash::Honor);
    assert_eq!(shown(&batch), ["__name__=up,instance=own,job=node,zone=a"]);
}

#[test]
fn an_empty_label_keeps_a_targets_label_away_when_labels_are_honored() {
    let filled = || {
        let mut batch = Batch::new();
        batch.name("pushed");
        batch.label("instance", "");
        batch.label("dropped", "");
        batch.drop_pending();
        batch.name("pushed");
        batch.label("instance", "");
        batch.float(1, 1.0).unwrap();
        batch.label("instance", "");
        assert!(batch.exemplar(None, 1.0));
        batch.name("up");
        batch.float(1, 1.0).unwrap();
        batch
    };
    let target = [("instance", "host:9091"), ("job", "push")];
    let mut batch = filled();
    let blank: Vec<Vec<&str>> = batch.samples().map(|sample| sample.blank_labels().collect()).collect();
    assert_eq!(blank, [vec!["instance"], vec![]]);
    batch.add_labels(&target, Clash::Honor);
    assert_eq!(shown(&batch), ["__name__=pushed,job=push", "__name__=up,instance=host:9091,job=push"]);
    let mut batch = filled();
    batch.add_labels(&target, Clash::Rename);
    assert_eq!(shown(&batch), ["__name__=pushed,instance=host:9091,job=push", "__name__=up,instance=host:9091,job=push"]);
}

#[test]
fn a_cleared_batch_is_empty_and_is_used_again() {
    let mut batch = Batch::new();
    batch.name("a");
    batch.histogram(1, Histogram::default()).unwrap();
    batch.family("a", Kind::Histogram, "help", "");
    batch.clear();
    assert!(batch.is_empty());
    assert_eq!(batch.families().len(), 0);
    batch.name("b");
    batch.float(2, 2.0).unwrap();
    assert_eq!(shown(&batch), ["__name__=b"]);
}
