//! Who follows the log gets everything that was taken, across segments, blocks and restarts.

use std::fs;

use super::*;
use crate::{
    histogram::Histogram,
    store::{Follower, Logged},
};

const STEP: i64 = 60_000;

fn small(folder: &Path) -> Config {
    Config { log_bytes_max: 600, ..config(folder) }
}

/// What is read up to now: name, instant, value's bits or the histogram's count.
fn drain(follower: &mut Follower) -> Vec<(String, i64, u64)> {
    let mut all = Vec::new();
    while let Some(frame) = follower.read().unwrap() {
        assert_eq!(frame.tenant, tenant());
        all.extend(frame.samples.into_iter().map(|(labels, at_ms, value)| {
            let bits = match value {
                Logged::Float(value) => value.to_bits(),
                Logged::Histogram(histogram) => histogram.count.to_bits(),
            };
            (labels.get("__name__").to_owned(), at_ms, bits)
        }));
    }
    all
}

fn segments(folder: &Path) -> usize {
    fs::read_dir(folder.join("wal")).unwrap().count()
}

/// Two series a minute; every tenth minute a late sample and a histogram besides. Answers what was written.
fn write(store: &Store, minutes: std::ops::Range<i64>) -> Vec<(String, i64, u64)> {
    let mut all = Vec::new();
    for minute in minutes {
        let (at_ms, value) = (START + minute * STEP, minute as f64 * 1.5);
        assert_eq!(scrape(store, at_ms, &[("up", "a", 1.0), ("load", "a", value)]).accepted, 2);
        all.extend([("up".to_owned(), at_ms, 1_f64.to_bits()), ("load".to_owned(), at_ms, value.to_bits())]);
        if minute % 10 == 5 {
            assert_eq!(scrape(store, at_ms - 30_000, &[("load", "a", -1.0)]).late, 1);
            all.push(("load".to_owned(), at_ms - 30_000, (-1_f64).to_bits()));
            let histogram = Histogram { count: value, ..Histogram::default() };
            let one = Incoming { labels: &[("__name__", "size")], at_ms, value: Value::Histogram(&histogram) };
            assert_eq!(store.append(tenant(), &[one]).unwrap().histograms, 1);
            all.push(("size".to_owned(), at_ms, value.to_bits()));
        }
    }
    all
}

#[test]
fn everything_taken_is_read_once_more_and_segments_wait_for_it() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = Arc::new(Store::open(small(folder.path()), clock.clone()).unwrap());
    let mut follower = store.follow().unwrap();
    assert_eq!(drain(&mut follower), []);
    let mut written = write(&store, 0..300);
    // Everything old is in blocks, and yet the log is there.
    advance(&clock, 400 * STEP);
    store.maintain().unwrap();
    let before = segments(folder.path());
    assert!(before > 10 && follower.waiting_bytes() > 0, "{before}");
    assert_eq!(drain(&mut follower), written);
    // Read, and not passed on: after a restart it comes again.
    drop((follower, store));
    let store = Arc::new(Store::open(small(folder.path()), clock.clone()).unwrap());
    store.maintain().unwrap();
    assert!(segments(folder.path()) >= before);
    let mut follower = store.follow().unwrap();
    let first = follower.read().unwrap().unwrap();
    let rest = drain(&mut follower);
    assert_eq!(rest.len() + first.samples.len(), written.len());
    // The first batch was passed on: the others come again, and no more than these.
    follower.acknowledge(first.end).unwrap();
    follower.rewind();
    assert_eq!(drain(&mut follower), rest);
    follower.acknowledge(first.end).unwrap();
    drop((follower, store));
    let store = Arc::new(Store::open(small(folder.path()), clock.clone()).unwrap());
    let mut follower = store.follow().unwrap();
    assert_eq!(drain(&mut follower), rest);
    // What comes while it is read is read as well; then all of it may go.
    written = write(&store, 400..420);
    let mut last = None;
    let mut read = Vec::new();
    while let Some(frame) = follower.read().unwrap() {
        last = Some(frame.end);
        read.extend(frame.samples);
    }
    assert_eq!(read.len(), written.len());
    follower.acknowledge(last.unwrap()).unwrap();
    assert_eq!(follower.waiting_bytes(), 0);
    advance(&clock, 400 * STEP);
    store.maintain().unwrap();
    assert!(segments(folder.path()) <= 2, "{}", segments(folder.path()));
    assert_eq!(follower.lost_bytes(), 0);
}

#[test]
fn a_log_that_nobody_follows_any_more_is_not_kept() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = Arc::new(Store::open(small(folder.path()), clock.clone()).unwrap());
    drop(store.follow().unwrap());
    write(&store, 0..300);
    store.unfollow().unwrap();
    advance(&clock, 400 * STEP);
    store.maintain().unwrap();
    assert!(segments(folder.path()) <= 2, "{}", segments(folder.path()));
}

#[test]
fn a_damaged_segment_costs_the_rest_of_it_and_a_position_from_elsewhere_begins_anew() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = Arc::new(Store::open(small(folder.path()), clock).unwrap());
    let written = write(&store, 0..100);
    let mut follower = store.follow().unwrap();
    let path = crate::store::wal::path_of(&folder.path().join("wal"), 2);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let found = drain(&mut follower);
    assert!(found.len() < written.len() && found.len() > written.len() / 2 && found.last() == written.last());
    assert!(follower.lost_bytes() > 0);
    follower.acknowledge((9_999, 8)).unwrap();
    drop(follower);
    assert_eq!(drain(&mut store.follow().unwrap()), found);
}
