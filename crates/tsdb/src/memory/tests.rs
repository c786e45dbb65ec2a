#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn tenant(name: &str) -> TenantId {
    TenantId::named(name)
}

fn sample<'a>(metric: &'a str, labels: &'a [(&'a str, &'a str)], value: f64) -> Sample<'a> {
    Sample { metric, labels, value }
}

fn values(series: &Series) -> Vec<f64> {
    series.points.iter().map(|point| point.value).collect()
}

#[test]
fn points_come_back_in_order_and_within_the_range() {
    let store = MemoryStore::default();
    for at in 0..10_i32 {
        store.append(tenant("a"), i64::from(at) * 1000, &[sample("probe_success", &[("probe", "shop")], f64::from(at))]);
    }
    let found = store.range(tenant("a"), &Selector::metric("probe_success").with("probe", "shop"), 2000, 4000);
    assert_eq!(found.len(), 1);
    assert_eq!(values(&found[0]), [2.0, 3.0, 4.0]);
    let latest = store.latest(tenant("a"), &Selector::metric("probe_success"), 0);
    assert_eq!(values(&latest[0]), [9.0]);
    assert!(store.latest(tenant("a"), &Selector::metric("probe_success"), 9001).is_empty());
}

#[test]
fn label_order_does_not_make_another_series() {
    let store = MemoryStore::default();
    store.append(tenant("a"), 1, &[sample("m", &[("a", "1"), ("b", "2")], 1.0)]);
    store.append(tenant("a"), 2, &[sample("m", &[("b", "2"), ("a", "1")], 2.0)]);
    assert_eq!(store.stats().series, 1);
    let found = store.range(tenant("a"), &Selector::metric("m"), 0, 10);
    assert_eq!(values(&found[0]), [1.0, 2.0]);
    assert_eq!(found[0].label("b"), Some("2"));
}

#[test]
fn tenants_do_not_see_each_other() {
    let store = MemoryStore::default();
    store.append(tenant("a"), 1, &[sample("m", &[], 1.0)]);
    assert!(store.range(tenant("b"), &Selector::metric("m"), 0, 10).is_empty());
    assert!(store.metrics(tenant("b")).is_empty());
    assert_eq!(store.metrics(tenant("a")), ["m"]);
}

#[test]
fn a_series_keeps_its_newest_points() {
    let store = MemoryStore::new(Limits { points_max: 3, ..Limits::default() });
    for at in 0..10_i32 {
        store.append(tenant("a"), i64::from(at), &[sample("m", &[], f64::from(at))]);
    }
    let found = store.range(tenant("a"), &Selector::metric("m"), 0, 100);
    assert_eq!(values(&found[0]), [7.0, 8.0, 9.0]);
    assert_eq!(store.stats().dropped, 7);
}

#[test]
fn too_many_series_are_refused_and_counted() {
    let store = MemoryStore::new(Limits { series_max: 2, ..Limits::default() });
    let appended =
        store.append(tenant("a"), 1, &[sample("m", &[("i", "1")], 1.0), sample("m", &[("i", "2")], 1.0), sample("m", &[("i", "3")], 1.0)]);
    assert_eq!(appended, Appended { accepted: 2, refused: 1 });
    assert_eq!(store.stats().refused, 1);
}

#[test]
fn a_silent_series_gives_way_to_a_new_one() {
    let store = MemoryStore::new(Limits { series_max: 1, silent_ms: 1000, ..Limits::default() });
    store.append(tenant("a"), 0, &[sample("m", &[("i", "1")], 1.0)]);
    assert_eq!(store.append(tenant("a"), 500, &[sample("m", &[("i", "2")], 1.0)]).refused, 1);
    assert_eq!(store.append(tenant("a"), 1500, &[sample("m", &[("i", "2")], 1.0)]).accepted, 1);
    assert_eq!(store.label_values(tenant("a"), Some("m"), "i"), ["2"]);
    assert_eq!(store.stats().series, 1);
}

#[test]
fn bytes_never_pass_the_limit_and_the_newest_point_stays() {
    let limits = Limits { bytes_max: 4096, ..Limits::default() };
    let store = MemoryStore::new(limits);
    for at in 0..1000_i32 {
        for label in ["x", "y", "z"] {
            store.append(tenant("a"), i64::from(at), &[sample("m", &[("i", label)], f64::from(at))]);
        }
        assert!(store.stats().bytes <= limits.bytes_max);
    }
    let found = store.range(tenant("a"), &Selector::metric("m"), 0, 10_000);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|series| series.points.last().is_some_and(|point| point.at_ms == 999)));
}

#[test]
fn bytes_return_to_what_they_were_when_series_are_forgotten() {
    let store = MemoryStore::new(Limits { silent_ms: 10, series_max: 1, ..Limits::default() });
    store.append(tenant("a"), 0, &[sample("m", &[("i", "1")], 1.0)]);
    let one = store.stats();
    for at in 1..50_i32 {
        let label = format!("{}", at % 10);
        store.append(tenant("a"), i64::from(at) * 100, &[sample("m", &[("i", &label)], 1.0)]);
    }
    let now = store.stats();
    assert_eq!((now.bytes, now.points, now.series), (one.bytes, 1, 1));
}

#[test]
fn a_sample_older_than_its_series_is_refused_and_one_at_the_same_instant_replaces() {
    let store = MemoryStore::default();
    store.append(tenant("a"), 10, &[sample("m", &[], 1.0)]);
    assert_eq!(store.append(tenant("a"), 9, &[sample("m", &[], 2.0)]).refused, 1);
    assert_eq!(store.append(tenant("a"), 10, &[sample("m", &[], 3.0)]).accepted, 1);
    let found = store.range(tenant("a"), &Selector::metric("m"), 0, 100);
    assert_eq!(values(&found[0]), [3.0]);
}
