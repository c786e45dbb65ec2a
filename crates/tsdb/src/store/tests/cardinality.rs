use super::*;

#[test]
fn the_largest_of_each_list_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    scrape(&store, START, &[("up", "a", 1.0), ("up", "b", 1.0), ("up", "c", 1.0), ("load", "a", 1.0)]);
    let found = store.cardinality(tenant(), 2);
    assert_eq!((found.series, found.pairs, found.oldest_ms, found.newest_ms), (4, 5, Some(START), Some(START)));
    let list = |all: &[super::super::Count]| all.iter().map(|one| format!("{} {}", one.name, one.count)).collect::<Vec<_>>();
    assert_eq!(list(&found.by_metric), ["up 3", "load 1"]);
    assert_eq!(list(&found.values_by_label), ["instance 3", "__name__ 2"]);
    assert_eq!(list(&found.by_pair), ["__name__=up 3", "instance=a 2"]);
}

#[test]
fn what_is_turned_away_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    scrape(&store, START, &[("up", "a", 1.0)]);
    let taken = scrape(&store, START, &[("up", "a", 2.0), ("up", "b", 1.0)]);
    assert_eq!((taken.accepted, taken.refused()), (1, 1));
    let text = taken.named[0].to_string();
    assert!(text.starts_with("{__name__=\"up\", instance=\"a\"} at 1795334400000 ms: another value stands"), "{text}");
}
