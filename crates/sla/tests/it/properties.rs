//! Properties: what holds for every input, hostile ones included.

use std::sync::LazyLock;

use evenkeel_core::{
    definition::{Retarget, TimeOwner},
    priority::Priority,
    state::{Goal, HoldReason, Medium, SliState, Visibility},
};
use evenkeel_sla::{
    Calendar, CalendarDefinition,
    availability::{SliInterval, availability},
    calendar, clock,
    clock::{ClockState, Fact, FactKind, Terms},
    due, elapsed,
    intervals::{IntervalSet, Span},
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::kit::{BER, BER_NIGHT, CN, NYC, agreement, assert_adds_up};

static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
    let odd = crate::kit::calendar(
        r#"{"zone":"Australia/Lord_Howe","weekly":[
            {"days":["sat","sun"],"from":"01:45","to":"02:10"},
            {"days":["sun","mon"],"from":"23:59:59","to":"00:00:01"},
            {"days":["wed"],"from":"18:00","to":"17:00"}],
            "exceptions":[{"date":"2025-12-31","open":[{"from":"23:00","to":"22:00"}]}]}"#,
    );
    vec![CN.clone(), BER.clone(), BER_NIGHT.clone(), NYC.clone(), odd, Calendar::always()]
});

fn any_calendar() -> impl Strategy<Value = Calendar> {
    (0..CALENDARS.len()).prop_map(|index| CALENDARS[index].clone())
}

/// Microseconds from 2005 to 2040.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    (1_104_537_600_000_000_i64..2_208_988_800_000_000).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

fn extreme_instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        any::<i64>().prop_map(evenkeel_core::time::from_micros),
        (Timestamp::MIN.as_second()..Timestamp::MAX.as_second()).prop_map(|secs| Timestamp::from_second(secs).unwrap()),
        any_instant(),
    ]
}

fn any_set() -> impl Strategy<Value = IntervalSet> {
    prop::collection::vec((-50_i64..50, -5_i64..20), 0..12)
        .prop_map(|spans| spans.into_iter().map(|(from, length)| Span::new(from, from + length)).collect())
}

fn points(set: &IntervalSet) -> Vec<i64> {
    (-60..80).filter(|point| set.contains(*point)).collect()
}

fn any_kind() -> impl Strategy<Value = FactKind> {
    let level = || (0_usize..5).prop_map(|index| Priority::ALL[index]);
    let terms = || prop_oneof![Just(None), (0_usize..4).prop_map(Some)];
    let reason = prop_oneof![Just(None), (0_usize..5).prop_map(|index| Some(HoldReason::ALL[index])),];
    let owner = prop_oneof![Just(TimeOwner::Us), Just(TimeOwner::Vendor), Just(TimeOwner::Customer), Just(TimeOwner::ThirdParty),];
    prop_oneof![
        2 => (level(), terms()).prop_map(|(priority, terms)| FactKind::Opened { priority, terms }),
        1 => any_instant().prop_map(|origin_at| FactKind::Split { origin_at }),
        1 => (any_instant(), prop::option::of(any_instant()))
            .prop_map(|(opened_at, responded_at)| FactKind::Absorbed { opened_at, responded_at }),
        4 => Just(FactKind::Working),
        4 => reason.prop_map(|reason| FactKind::OnHold { reason }),
        2 => Just(FactKind::Resolved),
        1 => Just(FactKind::Closed),
        3 => Just(FactKind::Reopened),
        1 => Just(FactKind::Cancelled),
        1 => Just(FactKind::Merged),
        2 => (any::<bool>(), 0_usize..2, 0_usize..4).prop_map(|(by_agent, v, m)| FactKind::Message {
            by_agent,
            visibility: Visibility::ALL[v],
            medium: Medium::ALL[m],
        }),
        1 => Just(FactKind::Restored),
        3 => level().prop_map(|to| FactKind::Reprioritised { to }),
        2 => terms().prop_map(|terms| FactKind::Retargeted { terms }),
        2 => owner.prop_map(|owner| FactKind::Assigned { owner }),
    ]
}

/// A ticket's life of some weeks in 2025, many facts in one second included.
fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
    let base = 1_758_000_000_i64;
    let fact = (0_i64..40, 0_i64..90_000, any_kind()).prop_map(move |(step, secs, kind)| Fact {
        at: Timestamp::from_second(base + step * 90_000 + (secs / 3_600) * 3_600).unwrap(),
        seq: 0,
        kind,
    });
    prop::collection::vec(fact, 0..24).prop_map(move |mut facts| {
        facts.push(Fact {
            at: Timestamp::from_second(base).unwrap(),
            seq: 0,
            kind: FactKind::Opened { priority: Priority::ALL[2], terms: Some(0) },
        });
        facts.sort_by_key(|fact| fact.at);
        for (seq, fact) in (1..).zip(&mut facts) {
            fact.seq = seq;
        }
        facts
    })
}

fn any_terms() -> impl Strategy<Value = Vec<Terms>> {
    let one = (any_calendar(), 0_i64..6_000, 0_usize..3).prop_map(|(calendar, minutes, retarget)| {
        let mut definition = agreement(&[(Goal::Response, minutes / 8), (Goal::Restore, minutes / 2), (Goal::Resolve, minutes)]);
        // Graver tickets have less time, and the mildest no promise at all.
        definition.goals.retain(|goal| goal.priority.get() < 5);
        for goal in &mut definition.goals {
            goal.target_secs = goal.target_secs * i64::from(goal.priority.get()) / 4;
        }
        definition.retarget = [Retarget::FromOriginKeepPauses, Retarget::FromChange, Retarget::Strictest][retarget];
        Terms::new(&definition, calendar)
    });
    prop::collection::vec(one, 1..4)
}

fn any_goal() -> impl Strategy<Value = Goal> {
    (0_usize..3).prop_map(|index| Goal::ALL[index])
}

fn any_time_text() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => (0_u32..25, 0_u32..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}")),
        1 => "\\PC{0,8}",
    ]
}

fn any_definition() -> impl Strategy<Value = CalendarDefinition> {
    let window = || (any_time_text(), any_time_text());
    let weekly = (prop::collection::vec(0_usize..7, 0..5), window()).prop_map(|(days, (from, to))| calendar::WeeklyDefinition {
        days: days.into_iter().map(|day| calendar::Weekday::ALL[day]).collect(),
        from,
        to,
    });
    let exception =
        (prop_oneof![4 => "202[0-9]-[01][0-9]-[0-3][0-9]", 1 => "\\PC{0,12}"], any::<bool>(), prop::collection::vec(window(), 0..3))
            .prop_map(|(date, closed, open)| calendar::ExceptionDefinition {
                date,
                closed,
                open: open.into_iter().map(|(from, to)| calendar::WindowDefinition { from, to }).collect(),
                name: None,
            });
    (
        prop_oneof![Just("Asia/Shanghai".to_owned()), Just("Africa/Casablanca".to_owned()), Just("Pacific/Apia".to_owned()), "\\PC{0,20}"],
        prop::collection::vec(weekly, 0..4),
        any::<bool>(),
        prop::collection::vec(exception, 0..4),
    )
        .prop_map(|(zone, weekly, cn, exceptions)| CalendarDefinition {
            zone,
            weekly,
            holidays: if cn { calendar::HolidaySet::Cn } else { calendar::HolidaySet::None },
            exceptions,
            ..CalendarDefinition::always()
        })
        .prop_map(|definition| CalendarDefinition { always: false, ..definition })
}

proptest! {
    #[test]
    fn due_and_elapsed_are_inverse(calendar in any_calendar(), start in any_instant(), target in 1_i64..20_000_000) {
        let at = due(&calendar, start, target).at().expect("due");
        prop_assert_eq!(elapsed(&calendar, start, at), target);
        // And it is the earliest such instant.
        let before = at - SignedDuration::from_micros(1);
        prop_assert!(elapsed(&calendar, start, before) < target);
    }

    #[test]
    fn what_has_elapsed_was_due_no_later(calendar in any_calendar(), start in any_instant(), later in any_instant()) {
        let (start, later) = (start.min(later), start.max(later));
        let spent = elapsed(&calendar, start, later);
        prop_assert!(due(&calendar, start, spent).at().expect("due") <= later);
    }

    #[test]
    fn elapsed_adds_up_over_whole_seconds(calendar in any_calendar(), instants in prop::collection::vec(any_instant(), 3)) {
        let mut secs: Vec<i64> = instants.iter().map(|at| at.as_second()).collect();
        secs.sort_unstable();
        let at: Vec<Timestamp> = secs.iter().map(|secs| Timestamp::from_second(*secs).unwrap()).collect();
        prop_assert_eq!(
            elapsed(&calendar, at[0], at[1]) + elapsed(&calendar, at[1], at[2]),
            elapsed(&calendar, at[0], at[2])
        );
    }

    #[test]
    fn round_the_clock_is_the_identity(start in any_instant(), target in 0_i64..4_000_000_000) {
        let calendar = Calendar::always();
        let at = start + SignedDuration::from_secs(target);
        prop_assert_eq!(due(&calendar, start, target).at(), Some(at));
        prop_assert_eq!(elapsed(&calendar, start, at), target);
    }

    #[test]
    fn an_explanation_has_no_gap_and_agrees_with_elapsed(calendar in any_calendar(), start in any_instant(), days in 0_i64..40) {
        let end = start + SignedDuration::from_hours(days * 24);
        let told = calendar.explain(start, end);
        let open: i64 = told.iter().filter(|i| i.open).map(|i| i.to.as_second() - i.from.as_second()).sum();
        let from = Timestamp::from_second(start.as_second()).unwrap();
        let to = Timestamp::from_second(end.as_second()).unwrap();
        prop_assert_eq!(open, elapsed(&calendar, from, to));
        for pair in told.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        for interval in &told {
            prop_assert_eq!(calendar.is_open(interval.from), interval.open);
        }
    }

    #[test]
    fn an_instant_is_open_when_the_wall_clock_says_so(secs in 1_104_537_600_i64..2_208_988_800) {
        // An independent reading of the CN and BER hours, zone and all.
        let at = Timestamp::from_second(secs).unwrap();
        let local = at.to_zoned(BER.zone().clone());
        let working = local.weekday().to_monday_zero_offset() < 5 && (9..17).contains(&local.hour());
        prop_assert_eq!(BER.is_open(at), working);
        let local = at.to_zoned(BER_NIGHT.zone().clone());
        prop_assert_eq!(BER_NIGHT.is_open(at), local.hour() >= 22 || local.hour() < 6);
    }

    #[test]
    fn nothing_panics_or_loops_at_the_ends_of_time(
        calendar in any_calendar(), a in extreme_instant(), b in extreme_instant(), target in any::<i64>()
    ) {
        let _ = due(&calendar, a, target);
        let _ = elapsed(&calendar, a, b);
        let _ = calendar.next_change(a);
        let _ = calendar.is_open(b);
        let _ = calendar.open_between(a, a.min(b));
    }

    #[test]
    fn any_definition_compiles_or_is_refused_and_then_answers(definition in any_definition(), start in any_instant()) {
        match Calendar::compile(&definition) {
            Ok(calendar) => {
                let spent = elapsed(&calendar, start, start + SignedDuration::from_hours(24 * 30));
                if spent > 0 {
                    let at = due(&calendar, start, spent).at().expect("due");
                    prop_assert_eq!(elapsed(&calendar, start, at), spent);
                }
            }
            Err(error) => prop_assert!(!error.issues.is_empty()),
        }
    }

    #[test]
    fn every_second_of_a_clock_is_accounted_for(
        terms in any_terms(), goal in any_goal(), facts in any_facts(), as_of in 0_i64..4_000_000
    ) {
        let as_of = Timestamp::from_second(1_758_000_000 + as_of).unwrap();
        let explained = clock::explain(&terms, goal, &facts, as_of);
        prop_assert_eq!(clock::read(&terms, goal, &facts, as_of), explained.as_ref().map(|e| e.reading));
        if let Some(explained) = explained {
            assert_adds_up(&explained);
            let reading = explained.reading;
            prop_assert!(reading.stopped_at.is_none_or(|at| at <= as_of));
            prop_assert!(reading.state != ClockState::Met || reading.elapsed_secs <= reading.target_secs);
            prop_assert_eq!(reading.state == ClockState::Paused, reading.paused_by.is_some() && reading.breached_at.is_none());
        }
    }

    #[test]
    fn events_in_any_order_of_arrival_give_one_result(
        terms in any_terms(), goal in any_goal(), facts in any_facts(), shuffle in any::<u64>(), as_of in 0_i64..4_000_000
    ) {
        let as_of = Timestamp::from_second(1_758_000_000 + as_of).unwrap();
        let mut other = facts.clone();
        let mut random = shuffle | 1;
        for index in (1..other.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            other.swap(index, usize::try_from(random >> 33).unwrap() % (index + 1));
        }
        prop_assert_eq!(clock::explain(&terms, goal, &facts, as_of), clock::explain(&terms, goal, &other, as_of));
    }

    #[test]
    fn a_breach_once_read_is_read_ever_after(
        terms in any_terms(), goal in any_goal(), facts in any_facts(), as_of in 0_i64..2_000_000, later in 0_i64..2_000_000
    ) {
        // Merging takes over another ticket's response, which is news about the past, not a later event.
        let facts: Vec<Fact> = facts.into_iter().filter(|f| !matches!(f.kind, FactKind::Absorbed { .. } | FactKind::Split { .. })).collect();
        let first = Timestamp::from_second(1_758_000_000 + as_of).unwrap();
        let second = first + SignedDuration::from_secs(later);
        let breached = |as_of| clock::read(&terms, goal, &facts, as_of).and_then(|reading| reading.breached_at);
        // In the very second it is due a stop may still come, which is in time.
        if let Some(at) = breached(first).filter(|at| *at < first) {
            prop_assert_eq!(breached(second), Some(at));
        }
    }

    #[test]
    fn no_fact_makes_a_clock_panic_or_loop(
        terms in any_terms(), goal in any_goal(),
        facts in prop::collection::vec((extreme_instant(), any::<i64>(), any_kind()), 0..16), as_of in extreme_instant(),
        offset in any::<i64>()
    ) {
        let facts: Vec<Fact> = facts.into_iter().map(|(at, seq, kind)| Fact { at, seq, kind }).collect();
        let _ = clock::read(&terms, goal, &facts, as_of);
        let levels = clock::escalations(&terms, goal, &facts, as_of, &[offset, -offset.saturating_add(1), 0]);
        prop_assert_eq!(levels.len(), 3);
    }

    #[test]
    fn interval_sets_agree_with_sets_of_points(a in any_set(), b in any_set()) {
        let (in_a, in_b) = (points(&a), points(&b));
        let has = |set: &Vec<i64>, point: &i64| set.binary_search(point).is_ok();
        let both: Vec<i64> = in_a.iter().filter(|p| has(&in_b, p)).copied().collect();
        let less: Vec<i64> = in_a.iter().filter(|p| !has(&in_b, p)).copied().collect();
        let mut either: Vec<i64> = in_a.iter().chain(&in_b).copied().collect();
        either.sort_unstable();
        either.dedup();
        prop_assert_eq!(points(&a.intersect(&b)), both);
        prop_assert_eq!(points(&a.subtract(&b)), less);
        prop_assert_eq!(points(&a.union(&b)), either);
        for set in [a.intersect(&b), a.subtract(&b), a.union(&b)] {
            prop_assert_eq!(usize::try_from(set.measure()).unwrap(), points(&set).len());
            for pair in set.spans().windows(2) {
                prop_assert!(pair[0].to < pair[1].from, "sorted, disjoint, not touching");
            }
        }
    }

    #[test]
    fn availability_is_bounded_and_adds_up(
        observed in prop::collection::vec((0_i64..1_000_000, 0_i64..200_000, 0_usize..3), 0..20),
        maintenance in prop::collection::vec((0_i64..1_000_000, 0_i64..50_000), 0..4)
    ) {
        let at = |millis: i64| Timestamp::from_millisecond(1_750_000_000_000 + millis * 1_000 + millis % 7).unwrap();
        let observed: Vec<SliInterval> = observed.into_iter()
            .map(|(from, length, state)| SliInterval { from: at(from), to: at(from + length), state: SliState::ALL[state] })
            .collect();
        let maintenance: IntervalSet = maintenance.into_iter()
            .map(|(from, length)| Span::new(at(from).as_microsecond(), at(from + length).as_microsecond()))
            .collect();
        let figure = availability(at(0), at(1_000_000), Some(&CN), &maintenance, &observed);
        prop_assert_eq!(figure.good_micros + figure.downtime_micros + figure.unknown_micros, figure.committed_micros);
        if let (Some(low), Some(high)) = (figure.low, figure.high) {
            prop_assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0);
            if let Some(value) = figure.value {
                prop_assert!(low <= value && value <= high);
            }
        }
    }
}
