//! The store against a list of samples, through whatever happens to it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    /// Series, how long after the newest (or before it, when negative), value.
    Take(Vec<(u8, u64)>, i64),
    Reopen,
    Maintain,
    Flush,
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    let value = prop_oneof![3 => (0u64..4).prop_map(|v| f64::from(u32::try_from(v).unwrap()).to_bits()), 1 => any::<u64>()];
    let step = prop_oneof![6 => Just(15_000i64), 1 => -3_000_000i64..0, 1 => Just(1i64), 1 => 0i64..4_000_000];
    prop_oneof![
        12 => (prop::collection::vec((0u8..6, value), 1..8), step).prop_map(|(samples, step)| Act::Take(samples, step)),
        1 => Just(Act::Reopen),
        1 => Just(Act::Maintain),
        1 => Just(Act::Flush),
        1 => (0i64..20_000_000).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_was_taken_is_there_in_order_once_and_to_the_bit(acts in prop::collection::vec(act(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let clock = clock();
        let config = || Config { window_ms: 600_000, grace_ms: 60_000, ahead_ms: i64::MAX / 4, ..config(folder.path()) };
        let mut store = Store::open(config(), clock.clone()).unwrap();
        let mut model: BTreeMap<String, BTreeMap<i64, u64>> = BTreeMap::new();
        let mut newest = START;
        for act in acts {
            match act {
                Act::Take(samples, step) => {
                    let at = newest + step;
                    newest = newest.max(at);
                    for (series, bits) in samples {
                        let name = format!("s{series}");
                        let taken = scrape(&store, at, &[(&name, "x", f64::from_bits(bits))]);
                        if taken.accepted == 1 {
                            let key = format!("{{\"__name__\": \"{name}\", \"instance\": \"x\"}}");
                            // What stands at an instant first stays.
                            model.entry(key).or_default().entry(at).or_insert(bits);
                        }
                    }
                }
                Act::Reopen => {
                    drop(store);
                    store = Store::open(config(), clock.clone()).unwrap();
                }
                Act::Maintain => {
                    store.maintain().unwrap();
                }
                Act::Flush => {
                    store.flush().unwrap();
                }
                Act::Wait(ms) => {
                    newest += ms;
                    advance(&clock, ms);
                }
            }
        }
        let expected: Vec<(String, Vec<(i64, u64)>)> =
            model.iter().map(|(name, points)| (name.clone(), points.iter().map(|(at, bits)| (*at, *bits)).collect())).collect();
        prop_assert_eq!(read(&store, &[], i64::MIN, i64::MAX), expected.clone());
        // A part of it, and the same after everything is in blocks.
        let (from, to) = (START + 100_000, START + 2_000_000);
        let part = |all: &[(String, Vec<(i64, u64)>)]| -> Vec<(String, Vec<(i64, u64)>)> {
            all.iter()
                .map(|(name, points)| (name.clone(), points.iter().filter(|(at, _)| (from..=to).contains(at)).copied().collect::<Vec<_>>()))
                .filter(|(_, points)| !points.is_empty())
                .collect()
        };
        prop_assert_eq!(read(&store, &[], from, to), part(&expected));
        store.flush().unwrap();
        advance(&clock, 1_000_000_000);
        store.maintain().unwrap();
        prop_assert_eq!(read(&store, &[], i64::MIN, i64::MAX), expected.clone());
        prop_assert_eq!(read(&store, &[], from, to), part(&expected));
        prop_assert!(store.damaged().is_empty());
    }
}

#[test]
fn a_day_of_windows_becomes_one_block_and_retention_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    for row in 0..(30 * 60) {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let value = (row % 97) as f64;
        scrape(&store, START + row * 60_000, &[("up", "a", 1.0), ("count", "a", value)]);
        advance(&clock, 60_000);
        if row % 30 == 0 {
            store.maintain().unwrap();
        }
    }
    let before = read(&store, &[], i64::MIN, i64::MAX);
    assert_eq!(before[0].1.len(), 1800);
    store.maintain().unwrap();
    let blocks = store.tenant_stats(tenant()).blocks;
    // 08:00 to 24:00 in one, then one for each two hours.
    assert!((5..=8).contains(&blocks), "{blocks}");
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    drop(store);
    let store = Store::open(config(folder.path()), clock.clone()).unwrap();
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), before);
    advance(&clock, 40 * 24 * 3_600_000);
    store.maintain().unwrap();
    assert!(store.maintain().unwrap().expired <= 1);
    assert_eq!(store.tenant_stats(tenant()).blocks, 0);
    assert_eq!(read(&store, &[], i64::MIN, i64::MAX), []);
}
