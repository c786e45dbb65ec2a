//! Pitfalls of pauses.

use evenkeel_core::{
    definition::{PauseRule, TimeOwner},
    state::{Goal, HoldReason},
};
use evenkeel_sla::{
    clock::{ClockState, FactKind, IntervalKind, Terms},
    elapsed,
};

use crate::kit::{CN, Story, agreement, wall};

const RESOLVE_8H: &[(Goal, i64)] = &[(Goal::Resolve, 480)];

fn versions() -> Vec<Terms> {
    vec![Terms::new(&agreement(RESOLVE_8H), CN.clone()), Terms::new(&agreement(&[(Goal::Resolve, 960)]), CN.clone())]
}

#[test]
fn pitfall_01_changing_the_agreement_during_or_after_a_pause_keeps_the_pause() {
    let change = FactKind::Retargeted { terms: Some(1) };
    let during = Story::under(versions(), "2025-06-10 09:00", 3)
        .hold("2025-06-10 10:00", HoldReason::Customer)
        .then("2025-06-10 11:00", change)
        .working("2025-06-10 15:00");
    let after = Story::under(versions(), "2025-06-10 09:00", 3)
        .hold("2025-06-10 10:00", HoldReason::Customer)
        .working("2025-06-10 15:00")
        .then("2025-06-10 15:30", change);
    for story in [during, after] {
        let reading = story.read(Goal::Resolve, "2025-06-10 16:00");
        assert_eq!(reading.terms, 1);
        assert_eq!(reading.elapsed_secs, 7_200);
        // 16 h from 09:00 = Thursday 10:00; 3.5 business hours on hold later = 15:00.
        assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-12 15:00")));
    }
}

#[test]
fn pitfall_02_after_a_pause_the_due_time_lies_within_hours() {
    for minute in 0..60 {
        let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 16:00")
            .hold("2025-06-10 17:00", HoldReason::Customer)
            .working(&format!("2025-06-14 03:{minute:02}"));
        let due = story.read(Goal::Resolve, "2025-06-14 04:00").due_at.unwrap();
        let just_before = due - jiff::SignedDuration::from_secs(1);
        assert!(CN.is_open(just_before), "{due}");
    }
}

#[test]
fn pitfall_03_a_pause_over_the_weekend_adds_its_business_time_alone() {
    let story =
        Story::opened(&CN, RESOLVE_8H, "2025-06-13 16:00").hold("2025-06-13 17:00", HoldReason::Customer).working("2025-06-16 10:00");
    // 7 h are left on Monday at 10:00: 2 before lunch, 4.5 after, half an hour on Tuesday.
    let reading = story.read(Goal::Resolve, "2025-06-16 10:00");
    assert_eq!(reading.elapsed_secs, 3_600);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-17 09:30")));
    // Friday 17-18 and Monday 9-10, not 65 hours.
    let hold = elapsed(&CN, wall(&CN, "2025-06-13 17:00"), wall(&CN, "2025-06-16 10:00"));
    assert_eq!(hold, 7_200);
}

#[test]
fn pitfall_05_time_after_solving_is_not_shown_as_paused() {
    let story =
        Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 10:00", HoldReason::Customer).resolved("2025-06-10 11:00");
    let reading = story.read(Goal::Resolve, "2025-06-20 09:00");
    assert_eq!((reading.state, reading.paused_by), (ClockState::Met, None));
    let explained = story.explain(Goal::Resolve, "2025-06-20 09:00");
    let paused: i64 =
        explained.intervals.iter().filter(|interval| interval.kind == IntervalKind::Paused).map(|interval| interval.secs).sum();
    assert_eq!(paused, 3_600);
    assert_eq!(explained.intervals.last().unwrap().to, wall(&CN, "2025-06-10 11:00"));
}

#[test]
fn pitfall_06_nothing_is_missed_while_paused() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 10:00", HoldReason::Customer);
    let reading = story.read(Goal::Resolve, "2026-06-10 09:00");
    assert_eq!(reading.state, ClockState::Paused);
    assert_eq!(reading.breached_at, None);
}

#[test]
fn pitfall_07_progress_stands_still_while_paused() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 10:00", HoldReason::Customer);
    let early = story.read(Goal::Resolve, "2025-06-10 10:00:01");
    let late = story.read(Goal::Resolve, "2025-06-13 15:00");
    assert_eq!(early.elapsed_secs, late.elapsed_secs);
    assert_eq!(early.remaining_secs, late.remaining_secs);
}

#[test]
fn pitfall_24_from_paused_to_resolved_in_one_step_the_hold_is_left_out() {
    // February to August on hold, then resolved without resuming first.
    let story =
        Story::opened(&CN, RESOLVE_8H, "2025-02-10 09:00").hold("2025-02-10 10:00", HoldReason::Customer).resolved("2025-08-11 10:00");
    let reading = story.read(Goal::Resolve, "2025-08-12 10:00");
    assert_eq!(reading.state, ClockState::Met);
    assert_eq!(reading.elapsed_secs, 3_600);
}

#[test]
fn pitfall_25_a_hold_wholly_out_of_hours_adds_nothing() {
    let plain = Story::opened(&CN, RESOLVE_8H, "2025-06-13 16:00");
    let held = plain.clone().hold("2025-06-13 18:00", HoldReason::Customer).working("2025-06-16 09:00");
    let as_of = "2025-06-16 10:00";
    let (plain, held) = (plain.read(Goal::Resolve, as_of), held.read(Goal::Resolve, as_of));
    assert_eq!(plain.due_at, held.due_at);
    assert_eq!(plain.elapsed_secs, held.elapsed_secs);
}

#[test]
fn pitfall_41_two_pauses_in_one_minute_are_two_pauses() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00:00")
        .hold("2025-06-10 10:00:05", HoldReason::Customer)
        .working("2025-06-10 10:00:15")
        .hold("2025-06-10 10:00:35", HoldReason::Customer)
        .working("2025-06-10 10:00:55");
    assert_eq!(story.read(Goal::Resolve, "2025-06-10 10:01:00").elapsed_secs, 3_660 - 30);
    let explained = story.explain(Goal::Resolve, "2025-06-10 10:01:00");
    let pauses = explained.intervals.iter().filter(|i| i.kind == IntervalKind::Paused);
    assert_eq!(pauses.map(|i| i.cause.event_seq).collect::<Vec<_>>(), [Some(2), Some(4)]);
}

#[test]
fn pitfall_41_a_pause_is_judged_by_the_version_that_governs_the_ticket_not_by_todays() {
    let mut wider = agreement(RESOLVE_8H);
    wider.pauses.push(PauseRule { hold: HoldReason::ThirdParty, owner: TimeOwner::ThirdParty });
    // Today's version pauses for third parties; this ticket stands under the older one, which does not.
    let terms = vec![Terms::new(&agreement(RESOLVE_8H), CN.clone()), Terms::new(&wider, CN.clone())];
    let story = Story::under(terms, "2025-06-10 09:00", 3).hold("2025-06-10 10:00", HoldReason::ThirdParty);
    assert_eq!(story.read(Goal::Resolve, "2025-06-10 12:00").elapsed_secs, 3 * 3_600);
}

#[test]
fn pitfall_46_a_hold_learned_of_late_counts_from_when_it_happened() {
    let mut story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").working("2025-06-10 15:00");
    assert_eq!(story.read(Goal::Resolve, "2025-06-10 16:00").elapsed_secs, 5 * 3_600 + 1_800);
    story = story.hold("2025-06-10 10:00", HoldReason::Customer);
    assert_eq!(story.read(Goal::Resolve, "2025-06-10 16:00").elapsed_secs, 2 * 3_600);
}

#[test]
fn pitfall_46_opened_on_hold_starts_paused_and_resumes() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 09:00", HoldReason::Customer);
    let paused = story.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!((paused.state, paused.elapsed_secs), (ClockState::Paused, 0));
    let resumed = story.working("2025-06-10 11:00").read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!((resumed.state, resumed.elapsed_secs), (ClockState::Running, 1_800));
}

#[test]
fn pitfall_47_resuming_after_long_waiting_without_a_reply_is_not_overdue_at_once() {
    let story =
        Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 10:00", HoldReason::Customer).working("2025-07-10 10:00");
    let reading = story.read(Goal::Resolve, "2025-07-10 10:30");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-07-11 09:30")));
}
