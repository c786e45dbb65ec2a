use super::*;
use crate::store::{Refusal, config::HOUR_MS};

const DAY_MS: i64 = 24 * HOUR_MS;
/// Midnight, twenty days before the tests begin.
const LONG_AGO: i64 = START.div_euclid(DAY_MS) * DAY_MS - 20 * DAY_MS;

/// Labels, instant, value.
type Point = (Vec<(&'static str, &'static str)>, i64, f64);

fn point(labels: &[(&'static str, &'static str)], at_ms: i64, value: f64) -> Point {
    (labels.to_vec(), at_ms, value)
}

fn take(store: &Store, points: &[Point], piece: usize) -> Taken {
    let batch: Vec<Incoming<'_>> =
        points.iter().map(|(labels, at_ms, value)| Incoming { labels, at_ms: *at_ms, value: Value::Float(*value) }).collect();
    let mut history = store.history(tenant());
    for some in batch.chunks(piece) {
        history.add(some).unwrap();
        history.write().unwrap();
    }
    history.finish().unwrap()
}

#[test]
fn weeks_of_history_come_in_beside_what_is_measured_now() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    scrape(&store, START, &[("up", "a", 1.0)]);
    // Ten days, a sample each ten minutes, newest first and in many pieces.
    let minutes = |row: i64| LONG_AGO + row * 600_000;
    let rows = 10 * 144;
    let value = |row: i64| f64::from(i32::try_from(row).unwrap());
    let points: Vec<_> = (0..rows)
        .rev()
        .flat_map(|row| {
            [
                point(&[("__name__", "count"), ("instance", "a")], minutes(row), value(row)),
                point(&[("instance", "a"), ("__name__", "up")], minutes(row), 1.0),
            ]
        })
        .collect();
    let taken = take(&store, &points, 500);
    assert_eq!((taken.accepted, taken.refused()), (points.len(), 0));
    let expected: Vec<(i64, u64)> = (0..rows).map(|row| (minutes(row), value(row).to_bits())).collect();
    let whole = |store: &Store| {
        let count = read(store, &[equal("__name__", "count")], i64::MIN, i64::MAX);
        assert_eq!((count.len(), &count[0].1), (1, &expected));
        let up = read(store, &[equal("__name__", "up")], i64::MIN, i64::MAX);
        assert_eq!((up.len(), up[0].1.len(), up[0].1.last()), (1, usize::try_from(rows).unwrap() + 1, Some(&(START, 1.0f64.to_bits()))));
        let rolled = store.rollups(tenant(), HOUR_MS, &[equal("__name__", "count")], i64::MIN, i64::MAX).unwrap();
        assert_eq!(rolled[0].points.len(), 240);
        assert!(rolled[0].points.iter().skip(1).all(|point| (point.count, point.increase) == (6.0, 6.0)), "{:?}", rolled[0].points);
    };
    whole(&store);
    // Merged to one block a day or fewer, however many pieces there were.
    assert!(store.stats().blocks <= 10, "{} blocks", store.stats().blocks);
    drop(store);
    let store = Store::open(config(folder.path()), clock).unwrap();
    whole(&store);
    // Once more does no harm.
    take(&store, &points, 10_000);
    whole(&store);
}

#[test]
fn a_gap_that_is_filled_later_is_in_the_roll_ups() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    let labels = [("__name__", "load"), ("instance", "a")];
    let row = |minute: i64| point(&labels, LONG_AGO + minute * 60_000, 2.0);
    let even: Vec<_> = (0..1_440).step_by(2).map(row).collect();
    let odd: Vec<_> = (1..1_440).step_by(2).map(row).collect();
    let hours = |store: &Store| -> Vec<f64> {
        let all = store.rollups(tenant(), HOUR_MS, &[equal("__name__", "load")], i64::MIN, i64::MAX).unwrap();
        all[0].points.iter().map(|point| point.count).collect()
    };
    take(&store, &even, 10_000);
    assert_eq!(hours(&store), vec![30.0; 24]);
    take(&store, &odd, 10_000);
    assert_eq!(hours(&store), vec![60.0; 24]);
    store.maintain().unwrap();
    assert_eq!(hours(&store), vec![60.0; 24]);
}

#[test]
fn what_cannot_be_kept_is_counted_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.ahead_ms = HOUR_MS;
    config.labels_max = 3;
    let store = Store::open(config, clock()).unwrap();
    let name = ("__name__", "up");
    let taken = take(
        &store,
        &[
            point(&[name], START - 31 * DAY_MS, 1.0),
            // On the day on which retention is at work.
            point(&[name], START - 30 * DAY_MS + HOUR_MS, 1.0),
            point(&[name], START + 2 * HOUR_MS, 1.0),
            point(&[], START, 1.0),
            point(&[("a", "")], START, 1.0),
            point(&[name, ("a", "1"), ("b", "2"), ("c", "3")], START, 1.0),
            point(&[name, ("a", "")], LONG_AGO, 1.0),
        ],
        10,
    );
    let of = |why| taken.refused_for(why);
    assert_eq!((of(Refusal::TooOld), of(Refusal::TooNew), of(Refusal::Labels), taken.accepted), (2, 1, 3, 1));
    let all = read(&store, &[], i64::MIN, i64::MAX);
    assert_eq!(all, [("{\"__name__\": \"up\"}".to_owned(), vec![(LONG_AGO, 1.0f64.to_bits())])]);
}
