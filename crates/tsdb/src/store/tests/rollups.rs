use super::*;
use crate::{source::STALE_BITS, store::config::HOUR_MS};

/// A counter that resets now and then, and a series that ends with a marker.
fn counter(row: i64) -> f64 {
    f64::from(i32::try_from(row % 700).unwrap()) * 2.0
}

#[test]
fn a_day_that_is_over_has_roll_ups_that_outlive_its_samples() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    let rows = 44 * 60;
    for row in 0..rows {
        let gone = if row == 1_500 { f64::from_bits(STALE_BITS) } else { -1.0 };
        let mut values = vec![("count", "a", counter(row))];
        if row <= 1_500 {
            values.push(("gone", "a", gone));
        }
        scrape(&store, START + row * 60_000, &values);
        advance(&clock, 60_000);
        if row % 10 == 0 {
            store.maintain().unwrap();
        }
    }
    store.maintain().unwrap();
    let check = |store: &Store, hours: i64| {
        for step in [HOUR_MS / 12, HOUR_MS] {
            let all = store.rollups(tenant(), step, &[equal("__name__", "count")], i64::MIN, i64::MAX).unwrap();
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].labels.iter().count(), 2);
            let points = &all[0].points;
            // From 08:00 on.
            assert_eq!(i64::try_from(points.len()).unwrap(), hours * HOUR_MS / step);
            for point in points {
                let first = (point.at_ms - START) / 60_000;
                let rows = first..first + step / 60_000;
                let values: Vec<f64> = rows.clone().map(counter).collect();
                let increase: f64 =
                    rows.filter(|row| *row > 0).map(|row| if counter(row) < counter(row - 1) { counter(row) } else { 2.0 }).sum();
                let expected = (
                    values.len() as f64,
                    values.iter().copied().fold(f64::MAX, f64::min),
                    values.iter().copied().fold(f64::MIN, f64::max),
                    values.iter().sum::<f64>(),
                    values[values.len() - 1],
                    increase,
                );
                assert_eq!((point.count, point.min, point.max, point.sum, point.last, point.increase), expected, "at row {first}");
            }
        }
        let gone = store.rollups(tenant(), HOUR_MS, &[equal("__name__", "gone")], i64::MIN, i64::MAX).unwrap();
        assert_eq!(gone[0].points.iter().map(|point| point.count).sum::<f64>(), 1_500.0);
        assert_eq!(gone[0].points.len(), 25);
    };
    check(&store, 40);
    drop(store);
    advance(&clock, 100 * 24 * HOUR_MS);
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    store.flush().unwrap();
    store.maintain().unwrap();
    store.maintain().unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), []);
    check(&store, 44);
    // Three days in two steps, a month's days in one block.
    assert_eq!(store.tenant_stats(tenant()).rollups, 2);
}
