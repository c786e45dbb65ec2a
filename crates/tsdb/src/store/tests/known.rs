use super::*;
use crate::store::{Known, Refusal, SeriesRef, TenantLimits};

fn names(store: &Store) -> Vec<String> {
    read(store, &[], i64::MIN, i64::MAX).into_iter().map(|(labels, _)| labels).collect()
}

#[test]
fn a_series_that_was_looked_up_takes_the_same_samples_as_by_its_labels() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    let (a, b) = ([("__name__", "up"), ("instance", "a")], [("instance", "b"), ("__name__", "up")]);
    let (numbering, found) = store.look_up(tenant(), &[&a, &b, &[]]);
    assert_eq!(found[2], Err(Refusal::Labels));
    let [a, b] = [found[0].unwrap(), found[1].unwrap()];
    assert_ne!(a, b);
    let sample = |series, at_ms, value| Known { series, at_ms, value: Value::Float(value) };
    let taken = store.append_known(tenant(), numbering, &[sample(a, START, 1.0), sample(b, START, 2.0)]).unwrap().unwrap();
    assert_eq!((taken.accepted, taken.refused()), (2, 0));
    // By labels the same samples are there already.
    assert_eq!(scrape(&store, START, &[("up", "a", 1.0), ("up", "b", 2.0)]).duplicate, 2);
    let taken = store.append_known(tenant(), numbering, &[sample(a, START, 3.0), sample(SeriesRef(99), START, 1.0)]).unwrap().unwrap();
    assert_eq!((taken.refused_for(Refusal::Conflict), taken.refused_for(Refusal::Labels)), (1, 1));
    drop(store);
    let store = Store::open(config(folder.path()), clock()).unwrap();
    assert_eq!(names(&store).len(), 2, "they are in the log with their labels");
}

#[test]
fn series_that_got_other_numbers_are_found_again_and_those_that_ended_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    let ended = [("__name__", "ended")];
    let lives = [("__name__", "lives")];
    let (numbering, found) = store.look_up(tenant(), &[&ended, &lives]);
    let [ended, lives] = [found[0].unwrap(), found[1].unwrap()];
    let sample = |series, at_ms| Known { series, at_ms, value: Value::Float(1.0) };
    store.append_known(tenant(), numbering, &[sample(ended, START), sample(lives, START)]).unwrap().unwrap();
    for hour in 1..8 {
        advance(&clock, 3_600_000);
        if store.append_known(tenant(), numbering, &[sample(lives, START + hour * 3_600_000)]).unwrap().is_err() {
            let mut series = [Some(ended), Some(lives)];
            let numbering = store.renumber(tenant(), numbering, &mut series);
            assert_eq!(series[0], None);
            let lives = series[1].unwrap();
            store.append_known(tenant(), numbering, &[sample(lives, START + hour * 3_600_000)]).unwrap().unwrap();
            assert_eq!(names(&store).len(), 2);
            assert_eq!(read(&store, &[equal("__name__", "lives")], i64::MIN, i64::MAX)[0].1.len() as i64, hour + 1);
            return;
        }
        store.maintain().unwrap();
    }
    panic!("nothing was renumbered");
}

#[test]
fn the_limit_of_series_holds_for_those_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(config(folder.path()), clock()).unwrap();
    store.set_limits(tenant(), TenantLimits { series_max: 1, ..TenantLimits::default() });
    let (_, found) = store.look_up(tenant(), &[&[("__name__", "a")], &[("__name__", "b")]]);
    assert!(found[0].is_ok());
    assert_eq!(found[1], Err(Refusal::SeriesLimit));
}
