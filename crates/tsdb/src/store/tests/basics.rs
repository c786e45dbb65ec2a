use super::*;
use crate::{
    histogram::Histogram,
    source::{ReadError, STALE_BITS},
    store::{QueryLimits, Refusal, TenantLimits},
};

#[test]
fn samples_come_back_and_survive_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let mut before = Vec::new();
    for round in 0..3 {
        let store = Store::open(config(folder.path()), clock.clone()).unwrap();
        assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before, "round {round}");
        for row in 0..40 {
            let at = START + round * 600_000 + row * 15_000;
            let stale = if row == 20 { f64::from_bits(STALE_BITS) } else { 4.0 };
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let counter = (row * row) as f64;
            let taken = scrape(&store, at, &[("up", "a", 1.0), ("count", "a", counter), ("stale", "a", stale), ("up", "b", 0.0)]);
            assert_eq!((taken.accepted, taken.refused()), (4, 0));
        }
        advance(&clock, 600_000);
        before = read(&store, &[], i64::MIN, i64::MAX);
        assert_eq!(before.len(), 4);
        assert_eq!(before[0].1.len() as i64, (round + 1) * 40);
    }
    assert!(before.iter().any(|(_, points)| points[20].1 == STALE_BITS));
}

#[test]
fn matchers_find_what_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    scrape(&store, START, &[("up", "a", 1.0), ("up", "b", 2.0), ("down", "a", 3.0)]);
    let count = |matchers: &[Matcher]| read(&store, matchers, START, START).len();
    assert_eq!(count(&[equal("__name__", "up")]), 2);
    assert_eq!(count(&[equal("__name__", "up"), equal("instance", "b")]), 1);
    assert_eq!(count(&[regex("__name__", "up|down")]), 3);
    assert_eq!(count(&[regex("instance", ".+"), Matcher { op: MatchOp::NotEqual, ..equal("__name__", "up") }]), 1);
    assert_eq!(count(&[equal("missing", "")]), 3);
    assert_eq!(count(&[equal("missing", "x")]), 0);
    assert_eq!(count(&[equal("__name__", "up"), Matcher { op: MatchOp::NotRegex, ..regex("instance", "a.*") }]), 1);
    assert_eq!(store.label_values(tenant(), "instance", &[], START, START).unwrap(), ["a", "b"]);
    assert_eq!(store.label_values(tenant(), "instance", &[equal("__name__", "down")], START, START).unwrap(), ["a"]);
    assert_eq!(store.label_names(tenant(), &[], START, START).unwrap(), ["__name__", "instance"]);
    assert!(store.select(TenantId::named("other"), &[], START, START, 10).unwrap().is_empty());
}

#[test]
fn a_window_that_is_over_becomes_a_block_and_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    for row in 0..900i32 {
        scrape(
            &store,
            START + i64::from(row) * 15_000,
            &[("up", "a", 1.0), ("count", "a", f64::from(row * 3)), ("sin", "a", f64::from(row).sin())],
        );
        advance(&clock, 15_000);
        if row % 7 == 0 {
            // A series that is there now and then.
            scrape(&store, START + i64::from(row) * 15_000, &[("seldom", "a", f64::from(row))]);
        }
    }
    let before = read(&store, &[], i64::MIN, i64::MAX);
    let part = read(&store, &[], START + 100_000, START + 500_000);
    assert_eq!(before.iter().map(|(_, points)| points.len()).sum::<usize>(), 2829);
    let done = store.maintain().unwrap();
    assert_eq!(done.cut, 1);
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    assert_eq!(read(&store, &[], START + 100_000, START + 500_000), part);
    assert_eq!(store.flush().unwrap().cut, 1);
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    drop(store);
    let store = Store::open(config(folder.path()), clock).unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    assert_eq!(store.label_values(tenant(), "__name__", &[], START, i64::MAX).unwrap(), ["count", "seldom", "sin", "up"]);
    assert!(store.damaged().is_empty());
}

#[test]
fn a_cursor_outlives_the_move_of_its_samples_to_a_block() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    for row in 0..100 {
        scrape(&store, START + row * 15_000, &[("up", "a", 1.0)]);
    }
    let mut cursors = store.select(tenant(), &[equal("__name__", "up")], START, i64::MAX, 10).unwrap();
    store.flush().unwrap();
    let mut samples = Samples::default();
    cursors[0].read(&mut samples).unwrap();
    assert_eq!(samples.at_ms.len(), 100);
}

#[test]
fn late_samples_are_taken_within_their_window_and_land_in_the_right_place() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    for row in 0..300 {
        scrape(&store, START + row * 30_000, &[("up", "a", 1.0)]);
    }
    advance(&clock, 9_000_000);
    store.maintain().unwrap();
    let newest = START + 299 * 30_000;
    // In memory, in a block, too old, there already with the same and with another value.
    assert_eq!(scrape(&store, newest - 1_000, &[("up", "a", 2.0)]).late, 1);
    assert_eq!(scrape(&store, START + 6_000_001, &[("up", "a", 3.0)]).late, 1);
    assert_eq!(scrape(&store, START + 1, &[("up", "a", 4.0)]).refused_for(Refusal::TooOld), 1);
    assert_eq!(scrape(&store, newest, &[("up", "a", 1.0)]).duplicate, 1);
    assert_eq!(scrape(&store, newest, &[("up", "a", 9.0)]).refused_for(Refusal::Conflict), 1);
    let before = read(&store, &[], i64::MIN, i64::MAX);
    assert_eq!(before[0].1.len(), 302);
    assert!(before[0].1.windows(2).all(|pair| pair[0].0 < pair[1].0));
    drop(store);
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    store.flush().unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    drop(store);
    let store = Store::open(config(folder.path()), clock).unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    assert_eq!(store.tenant_stats(tenant()).late, 0);
}

#[test]
fn histograms_are_kept_beside_floats() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    let labels = [("__name__", "latency")];
    for row in 0..5u32 {
        let histogram = Histogram { schema: 3, count: f64::from(row), positive: vec![f64::from(row)], ..Histogram::default() };
        let value = if row == 2 { Value::Float(7.0) } else { Value::Histogram(&histogram) };
        let taken = store.append(tenant(), &[Incoming { labels: &labels, at_ms: START + i64::from(row), value }]).unwrap();
        assert_eq!(taken.accepted, 1);
    }
    let check = |store: &Store| {
        let mut samples = Samples::default();
        let mut found = store.select(tenant(), &[equal("__name__", "latency")], START, i64::MAX, 10).unwrap();
        assert_eq!(found.len(), 1);
        found[0].read(&mut samples).unwrap();
        assert_eq!(samples.at_ms, (START..START + 5).collect::<Vec<_>>());
        assert_eq!(samples.values[2].to_bits(), 7.0f64.to_bits());
        let counts: Vec<(u32, f64)> = samples.histograms.iter().map(|(place, one)| (*place, one.count)).collect();
        assert_eq!(counts, [(0, 0.0), (1, 1.0), (3, 3.0), (4, 4.0)]);
    };
    check(&store);
    drop(store);
    let store = Store::open(config(folder.path()), clock).unwrap();
    check(&store);
    store.flush().unwrap();
    check(&store);
}

#[test]
fn limits_refuse_by_name_and_leave_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    let query = QueryLimits { samples_max: 3, ..QueryLimits::default() };
    let store = Store::open(Config { query, ahead_ms: 600_000, ..config(folder.path()) }, clock()).unwrap();
    store.set_limits(tenant(), TenantLimits { series_max: 2, ..TenantLimits::default() });
    let taken = scrape(&store, START, &[("a", "x", 1.0), ("b", "x", 1.0), ("c", "x", 1.0)]);
    assert_eq!((taken.accepted, taken.refused_for(Refusal::SeriesLimit)), (2, 1));
    let taken = scrape(&store, START + 1, &[("a", "x", 1.0), ("b", "x", 1.0), ("c", "x", 1.0)]);
    assert_eq!((taken.accepted, taken.refused()), (2, 1));
    let limit = store.select(tenant(), &[], START, i64::MAX, 1).err().unwrap();
    assert!(matches!(&limit, ReadError::Limit(text) if text.contains("more than 1 series")), "{limit:?}");
    let mut cursors = store.select(tenant(), &[], START, i64::MAX, 10).unwrap();
    let mut samples = Samples::default();
    cursors[0].read(&mut samples).unwrap();
    let limit = cursors[1].read(&mut samples).unwrap_err();
    assert!(matches!(&limit, ReadError::Limit(text) if text.contains("samples_max")), "{limit:?}");
    let ahead = scrape(&store, START + 3_600_000, &[("a", "x", 1.0)]);
    assert_eq!(ahead.refused_for(Refusal::TooNew), 1);
    assert_eq!(
        store.append(tenant(), &[Incoming { labels: &[], at_ms: START, value: Value::Float(1.0) }]).unwrap().refused_for(Refusal::Labels),
        1
    );
}

#[test]
fn a_folder_belongs_to_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(config(folder.path()), clock()).unwrap();
    let second = Store::open(config(folder.path()), clock()).unwrap_err();
    assert!(second.to_string().contains("in use"), "{second}");
    drop(first);
    Store::open(config(folder.path()), clock()).unwrap();
}

#[test]
fn the_ground_floor_trait_is_served() {
    use crate::{Sample, SampleStore, Selector};
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    let store: &dyn SampleStore = &store;
    for row in 0..3i32 {
        let sample = Sample { metric: "probe_success", labels: &[("probe", "x")], value: f64::from(row) };
        assert_eq!(store.append(tenant(), START + i64::from(row), &[sample]).accepted, 1);
    }
    let selector = Selector::metric("probe_success").with("probe", "x");
    assert_eq!(store.range(tenant(), &selector, START, START + 1)[0].points.len(), 2);
    let latest = store.latest(tenant(), &selector, START);
    assert_eq!((latest[0].points.len(), latest[0].points[0].at_ms, latest[0].label("probe")), (1, START + 2, Some("x")));
    assert_eq!(store.label_values(tenant(), Some("probe_success"), "probe"), ["x"]);
}
