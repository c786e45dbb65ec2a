#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::{
    Id,
    id::Calendar,
    state::SliState::{Bad, Good, Unknown},
};

use super::sli::stretches;
use crate::history::{History, at, service};

#[test]
fn what_nobody_sealed_is_unknown_and_bad_wins_over_good() {
    let mut history = History::new();
    history.sealed("2026-03-02 00:00", "2026-03-02 06:00", Good).sealed("2026-03-02 05:00", "2026-03-02 07:00", Bad).sealed(
        "2026-03-02 08:00",
        "2026-03-02 23:00",
        Good,
    );
    let world = history.world();
    let cut = stretches(world.sli[&service()].iter().copied(), at("2026-03-02 00:00"), at("2026-03-02 23:00"));
    let told: Vec<_> = cut.iter().map(|s| (s.from, s.state)).collect();
    assert_eq!(
        told,
        [(at("2026-03-02 00:00"), Good), (at("2026-03-02 05:00"), Bad), (at("2026-03-02 07:00"), Unknown), (at("2026-03-02 08:00"), Good),]
    );
}

#[test]
fn the_version_in_force_at_the_event_counts() {
    let mut history = History::new();
    history.define::<Calendar>("2026-03-01 00:00", 1, "day", serde_json::json!({"always": true})).define::<Calendar>(
        "2026-03-05 00:00",
        2,
        "day",
        serde_json::json!({"zone": "Asia/Shanghai", "always": true}),
    );
    let world = history.world();
    let id = Id::named("day");
    let version = |when: &str| world.calendars.in_force(id, at(when), 99).unwrap().version;
    assert_eq!(version("2026-03-04 23:59"), 1);
    assert_eq!(version("2026-03-05 00:00"), 2);
    assert_eq!(version("2020-01-01 00:00"), 1, "older than any configuration");
    assert!(world.calendars.in_force(id, at("2026-03-09 00:00"), 0).is_none());
}

#[test]
fn an_event_that_cannot_be_read_is_told_of() {
    let mut history = History::new();
    history.sealed("2026-03-02 00:00", "2026-03-02 06:00", Good);
    history.events[0].payload = "{}".to_owned();
    assert_eq!(history.world().unreadable, [1]);
}
