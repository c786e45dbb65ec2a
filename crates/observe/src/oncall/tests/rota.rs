use evenkeel_core::id::{PersonId, RotaOverrideId, TeamId};
use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use proptest::prelude::*;

use crate::oncall::{Handover, Override, RotaDefinition, RotaError, schedule::LayerError};

fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn definition(zone: &str, handover: &str, members: &[&str]) -> RotaDefinition {
    let members = members.iter().map(|name| person(name)).collect();
    RotaDefinition::weekly(TeamId::named("desk"), zone, handover.parse().unwrap(), members, Some(date(2026, 3, 2)))
}

fn handover(definition: &RotaDefinition) -> Handover {
    definition.layers[0].rotation.handover().parse().unwrap()
}

fn stand_in(name: &str, from: &str, to: &str) -> Override {
    Override { id: RotaOverrideId::named(&format!("{name}{from}")), person: person(name), from: at(from), to: at(to) }
}

#[test]
fn each_week_changes_hands_at_the_wall_clock_time() {
    let rota = definition("Asia/Shanghai", "monday 09:00", &["an", "bo", "cai"]).rota().unwrap();
    for (instant, who) in [
        ("2026-03-02T00:59:59Z", "cai"),
        ("2026-03-02T01:00:00Z", "an"),
        ("2026-03-09T00:59:59Z", "an"),
        ("2026-03-09T01:00:00Z", "bo"),
        ("2026-03-16T01:00:00Z", "cai"),
        ("2026-03-23T01:00:00Z", "an"),
        ("2026-02-23T01:00:00Z", "cai"),
    ] {
        assert_eq!(rota.on_call(&[], at(instant)).person, Some(person(who)), "{instant}");
    }
}

#[test]
fn a_handover_keeps_its_wall_clock_time_across_daylight_saving() {
    // zone, handover, an instant inside the week, since, until
    for (zone, handover, inside, since, until) in [
        // Spring forward on 8 March 2026: the week is 167 hours.
        ("America/New_York", "monday 09:00", "2026-03-05T00:00:00Z", "2026-03-02T14:00:00Z", "2026-03-09T13:00:00Z"),
        // Fall back on 1 November 2026: 169 hours.
        ("America/New_York", "monday 09:00", "2026-10-30T00:00:00Z", "2026-10-26T13:00:00Z", "2026-11-02T14:00:00Z"),
        // A handover inside the gap (02:30 does not exist on 29 March) happens when the gap ends by as much: 03:30 CEST.
        ("Europe/Berlin", "sunday 02:30", "2026-03-29T02:00:00Z", "2026-03-29T01:30:00Z", "2026-04-05T00:30:00Z"),
        ("Europe/Berlin", "sunday 02:30", "2026-03-29T01:29:59Z", "2026-03-22T01:30:00Z", "2026-03-29T01:30:00Z"),
        // A handover that happens twice (02:30 on 25 October) happens the first time.
        ("Europe/Berlin", "sunday 02:30", "2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z", "2026-11-01T01:30:00Z"),
        // Half an hour of saving.
        ("Australia/Lord_Howe", "sunday 02:15", "2026-10-04T00:00:00Z", "2026-10-03T15:45:00Z", "2026-10-10T15:15:00Z"),
        // Samoa skipped 30 December 2011, a Friday: that handover happens 24 hours late by the calendar.
        ("Pacific/Apia", "friday 09:00", "2011-12-28T00:00:00Z", "2011-12-23T19:00:00Z", "2011-12-30T19:00:00Z"),
    ] {
        let rota = definition(zone, handover, &["an", "bo"]).rota().unwrap();
        let shift = rota.on_call(&[], at(inside));
        assert_eq!((shift.since, shift.until), (at(since), at(until)), "{zone} {handover} {inside}");
    }
}

#[test]
fn an_override_cuts_its_span_out_and_gives_the_rest_back() {
    let rota = definition("UTC", "monday 09:00", &["an", "bo"]).rota().unwrap();
    let overrides = [stand_in("xia", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")];
    let shifts = rota.shifts(&overrides, at("2026-03-02T09:00:00Z"), at("2026-03-10T00:00:00Z"));
    let told: Vec<_> = shifts.iter().map(|s| (s.person.unwrap(), s.since.to_string(), s.by_override.is_some())).collect();
    assert_eq!(
        told,
        [
            (person("an"), "2026-03-02T09:00:00Z".to_owned(), false),
            (person("xia"), "2026-03-03T00:00:00Z".to_owned(), true),
            (person("an"), "2026-03-04T00:00:00Z".to_owned(), false),
            (person("bo"), "2026-03-09T09:00:00Z".to_owned(), false),
        ]
    );
    let now = rota.on_call(&overrides, at("2026-03-02T12:00:00Z"));
    assert_eq!(now.until, at("2026-03-03T00:00:00Z"));
    let next = rota.next(&overrides, at("2026-03-02T12:00:00Z")).unwrap();
    assert_eq!((next.person, next.since), (Some(person("xia")), at("2026-03-03T00:00:00Z")));
}

#[test]
fn of_two_overlapping_overrides_the_later_made_counts() {
    let rota = definition("UTC", "monday 09:00", &["an"]).rota().unwrap();
    let overrides =
        [stand_in("xia", "2026-03-03T00:00:00Z", "2026-03-06T00:00:00Z"), stand_in("yu", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")];
    let who = |instant| rota.on_call(&overrides, at(instant)).person.unwrap();
    assert_eq!(who("2026-03-03T12:00:00Z"), person("xia"));
    assert_eq!(who("2026-03-04T12:00:00Z"), person("yu"));
    assert_eq!(who("2026-03-05T12:00:00Z"), person("xia"));
    let first = rota.on_call(&overrides, at("2026-03-03T12:00:00Z"));
    assert_eq!(first.until, at("2026-03-04T00:00:00Z"));
}

#[test]
fn an_empty_rota_is_a_gap_that_an_override_fills() {
    let rota = definition("UTC", "monday 09:00", &[]).rota().unwrap();
    let overrides = [stand_in("xia", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")];
    assert_eq!(
        rota.gaps(&overrides, at("2026-03-02T00:00:00Z"), at("2026-03-12T00:00:00Z")),
        [(at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")), (at("2026-03-04T00:00:00Z"), at("2026-03-12T00:00:00Z")),]
    );
    assert!(rota.escalation(&[], at("2026-03-02T00:00:00Z"), None).is_empty());
}

#[test]
fn escalation_goes_on_to_the_coming_weeks_and_ends_with_the_owner() {
    let rota = definition("UTC", "monday 09:00", &["an", "bo", "cai"]).rota().unwrap();
    let instant = at("2026-03-10T00:00:00Z"); // bo's week
    let names = |people: &[&str]| people.iter().map(|p| person(p)).collect::<Vec<_>>();
    assert_eq!(rota.escalation(&[], instant, Some(person("ma"))), names(&["bo", "cai", "an", "ma"]));
    assert_eq!(rota.escalation(&[], instant, Some(person("cai"))), names(&["bo", "cai", "an"]));
    let away = [stand_in("xia", "2026-03-09T00:00:00Z", "2026-03-12T00:00:00Z")];
    assert_eq!(rota.escalation(&away, instant, None), names(&["xia", "cai", "an", "bo"]));
}

#[test]
fn a_wrong_definition_says_what_to_give() {
    let good = definition("UTC", "monday 09:00", &["an"]);
    let zone = RotaDefinition { zone: "Asia/Peking".into(), ..good.clone() };
    assert!(zone.rota().unwrap_err().to_string().contains("Asia/Shanghai"));
    let twice = definition("UTC", "monday 09:00", &["an", "bo", "an"]);
    assert_eq!(twice.rota().unwrap_err(), RotaError::Layer(LayerError::Twice(person("an"))));
    for ack_limit_secs in [0, 29, -1, 86_401] {
        assert!(RotaDefinition { ack_limit_secs, ..good.clone() }.rota().is_err());
    }
    for text in ["monday", "someday 09:00", "monday 24:00", "monday 9", "monday 09:60", "", "monday 009:00"] {
        assert!(text.parse::<Handover>().is_err(), "{text}");
    }
    assert_eq!("Sunday 7:05".parse::<Handover>().unwrap().to_string(), "sunday 07:05");
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/St_Johns",
        "Africa/Casablanca",
        "Asia/Kathmandu",
    ])
}

prop_compose! {
    fn rotas()(zone in zones(), day in 0usize..7, hour in 0i8..24, minute in 0i8..60, members in 1usize..5) -> RotaDefinition {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        definition(zone, &format!("{} {hour:02}:{minute:02}", days[day]), &["an", "bo", "cai", "dan", "er"][..members])
    }
}

prop_compose! {
    fn instants()(secs in 946_684_800i64..4_102_444_800) -> Timestamp { Timestamp::from_second(secs).unwrap() }
}

fn spans(around: Timestamp, spans: &[(i64, i64)]) -> Vec<Override> {
    spans
        .iter()
        .enumerate()
        .map(|(number, (offset, length))| {
            let from = around.checked_add(offset.minutes()).unwrap();
            Override {
                id: RotaOverrideId::named(&number.to_string()),
                person: person(&format!("stand-in {number}")),
                from,
                to: from.checked_add(length.minutes()).unwrap(),
            }
        })
        .collect()
}

proptest! {
    #[test]
    fn an_instant_lies_in_its_own_shift_and_every_instant_of_a_shift_agrees(
        definition in rotas(), instant in instants(),
        list in prop::collection::vec((-20_000i64..20_000, 0i64..10_000), 0..6), part in 0.0f64..1.0,
    ) {
        let rota = definition.rota().unwrap();
        let overrides = spans(instant, &list);
        let shift = rota.on_call(&overrides, instant);
        prop_assert!(shift.since <= instant && instant < shift.until);
        let length = shift.until.as_second() - shift.since.as_second();
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let inside = shift.since.checked_add(((length as f64 * part) as i64).seconds()).unwrap();
        prop_assert_eq!(rota.on_call(&overrides, inside), shift);
        let before = shift.since.checked_sub(1.nanosecond()).unwrap();
        prop_assert_ne!(rota.on_call(&overrides, before), shift);
        prop_assert_ne!(rota.on_call(&overrides, shift.until), shift);
    }

    #[test]
    fn shifts_cover_the_range_without_holes_or_overlap(
        definition in rotas(), from in instants(), days in 0i64..60,
        list in prop::collection::vec((-20_000i64..60_000, 0i64..10_000), 0..6),
    ) {
        let rota = definition.rota().unwrap();
        let to = from.checked_add((days * 24).hours()).unwrap();
        let shifts = rota.shifts(&spans(from, &list), from, to);
        prop_assert_eq!(shifts.first().map_or(from, |s| s.since), from);
        prop_assert_eq!(shifts.last().map_or(from, |s| s.until), to);
        prop_assert!(shifts.windows(2).all(|pair| pair[0].until == pair[1].since));
        prop_assert!(shifts.iter().all(|s| s.since < s.until));
    }

    #[test]
    fn members_take_turns_in_order(definition in rotas(), instant in instants()) {
        let rota = definition.rota().unwrap();
        let now = rota.on_call(&[], instant);
        let next = rota.next(&[], instant).unwrap();
        prop_assert_eq!(now.until, next.since);
        let zone = TimeZone::get(&definition.zone).unwrap();
        let local = now.since.to_zoned(zone);
        if definition.zone != "Pacific/Apia" {
            prop_assert_eq!(crate::oncall::Rotation::Weeks(1, Handover { weekday: local.weekday(), time: handover(&definition).time }), definition.layers[0].rotation);
        }
        let place = |p: Option<PersonId>| definition.members().iter().position(|m| Some(*m) == p);
        if let Some(here) = place(now.person) {
            prop_assert_eq!(place(next.person), Some((here + 1) % definition.members().len()));
        }
    }
}
