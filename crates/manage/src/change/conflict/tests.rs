#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * 3_600).unwrap()
}

fn window(from: i64, to: i64) -> Window {
    Window { from: at(from), to: at(to) }
}

fn service(number: u8) -> ServiceId {
    ServiceId::named(&format!("service-{number}"))
}

fn change(number: u8) -> ChangeId {
    ChangeId::named(&format!("change-{number}"))
}

fn near(pairs: &[(u8, &[u8])]) -> BTreeMap<ServiceId, BTreeSet<ServiceId>> {
    pairs.iter().map(|(own, near)| (service(*own), near.iter().map(|number| service(*number)).collect())).collect()
}

fn other(number: u8, span: Window, services: &[u8]) -> Other {
    Other {
        id: change(number),
        number: i64::from(number),
        window: span,
        services: services.iter().map(|number| service(*number)).collect(),
    }
}

#[test]
fn spans_that_only_touch_do_not_meet() {
    assert!(!meet(window(1, 2), window(2, 3)));
    assert!(meet(window(1, 3), window(2, 4)));
    assert!(meet(window(1, 9), window(2, 3)));
}

#[test]
fn each_kind_of_conflict_is_named_with_what_it_meets() {
    let near = near(&[(1, &[2])]);
    let subject = Subject { id: change(1), window: window(10, 12), near: &near };
    let freezes = [("year-end".to_owned(), vec![window(0, 5), window(11, 20)])];
    let others =
        [other(1, window(10, 12), &[1]), other(2, window(11, 13), &[2]), other(3, window(11, 13), &[1, 2]), other(4, window(12, 13), &[1])];
    let found = conflicts(subject, &freezes, &others, &BTreeSet::from([service(1), service(2)]));
    assert_eq!(
        found,
        [
            Conflict::Freeze { name: "year-end".to_owned(), from: at(11), to: at(20) },
            Conflict::Overlap { change_id: change(2), number: 2, service_id: service(1), other_service_id: service(2) },
            Conflict::Overlap { change_id: change(3), number: 3, service_id: service(1), other_service_id: service(1) },
            Conflict::BudgetSpent { service_id: service(1) },
        ]
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
}

proptest! {
    /// Of two changes each collides with the other or none does, and they do exactly when an hour and a service say so.
    #[test]
    fn an_overlap_is_seen_from_both_sides(
        spans in prop::array::uniform2((0_i64..20, 1_i64..8)),
        services in prop::array::uniform2(prop::collection::btree_set(0_u8..5, 1..3)),
        edges in prop::collection::btree_set((0_u8..5, 0_u8..5), 0..4),
    ) {
        let related = |one: u8, two: u8| one != two && (edges.contains(&(one, two)) || edges.contains(&(two, one)));
        let near_of = |side: usize| -> BTreeMap<ServiceId, BTreeSet<ServiceId>> {
            services[side].iter().map(|own| (service(*own), (0..5).filter(|two| related(*own, *two)).map(service).collect())).collect()
        };
        let span = |side: usize| window(spans[side].0, spans[side].0 + spans[side].1);
        let seen = |side: usize| {
            let near = near_of(side);
            let theirs: Vec<u8> = services[1 - side].iter().copied().collect();
            let subject = Subject { id: change(u8::from(side == 1)), window: span(side), near: &near };
            conflicts(subject, &[], &[other(u8::from(side == 0), span(1 - side), &theirs)], &BTreeSet::new()).len()
        };
        let hour = (0..40).any(|hour| [0, 1].iter().all(|side| spans[*side].0 <= hour && hour < spans[*side].0 + spans[*side].1));
        let touch = services[0].iter().any(|one| services[1].iter().any(|two| one == two || related(*one, *two)));
        prop_assert_eq!(seen(0), usize::from(hour && touch));
        prop_assert_eq!(seen(0), seen(1));
    }
}
