//! Clocks: start, pause, resume, stop, cancel, re-target, re-open, merge, split, latch, escalation, attribution.

use evenkeel_core::{
    definition::{GoalTarget, Layer, PauseRule, Retarget, TimeOwner},
    state::{Goal, HoldReason},
};
use evenkeel_sla::clock::{self, CauseCode, ClockState, EventCause, FactKind, IntervalKind, Terms};

use crate::kit::{CN, Story, agreement, priority, wall};

const RESOLVE_8H: &[(Goal, i64)] = &[(Goal::Resolve, 480)];

/// P1: 1 h, P2: 4 h, P3: 8 h, P4: 16 h to resolve.
fn by_priority(retarget: Retarget) -> Terms {
    let mut definition = agreement(&[]);
    definition.retarget = retarget;
    definition.goals = [(1, 1), (2, 4), (3, 8), (4, 16)]
        .map(|(level, hours)| GoalTarget { priority: priority(level), goal: Goal::Resolve, target_secs: hours * 3_600 })
        .to_vec();
    Terms::new(&definition, CN.clone())
}

#[test]
fn a_running_clock_counts_business_time_and_knows_its_due_time() {
    // Tuesday 2025-06-10; lunch from 12:00 to 13:30.
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 10:00");
    let reading = story.read(Goal::Resolve, "2025-06-10 14:00");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.elapsed_secs, 2 * 3_600 + 1_800);
    assert_eq!(reading.remaining_secs, 5 * 3_600 + 1_800);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-11 10:30")));
    assert_eq!(reading.stopped_at, None);
}

#[test]
fn before_its_ticket_is_opened_there_is_no_clock() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 10:00");
    let as_of = wall(&CN, "2025-06-10 09:59");
    assert!(clock::read(&story.terms, Goal::Resolve, &story.facts, as_of).is_none());
}

#[test]
fn a_goal_without_a_target_has_no_clock() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 10:00");
    let as_of = wall(&CN, "2025-06-10 11:00");
    assert!(clock::read(&story.terms, Goal::Response, &story.facts, as_of).is_none());
}

#[test]
fn only_holds_that_the_agreement_names_pause_it() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00");
    let customer = story.clone().hold("2025-06-10 10:00", HoldReason::Customer);
    let reading = customer.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!(reading.state, ClockState::Paused);
    assert_eq!(reading.paused_by, Some(HoldReason::Customer));
    assert_eq!(reading.elapsed_secs, 3_600);
    assert_eq!(reading.due_at, None);

    let vendor = story.hold("2025-06-10 10:00", HoldReason::Vendor);
    let reading = vendor.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.elapsed_secs, 7_200);
    let explained = vendor.explain(Goal::Resolve, "2025-06-10 11:00");
    let held = explained.intervals.last().unwrap();
    assert_eq!(held.kind, IntervalKind::Counted);
    assert_eq!(held.cause.code, CauseCode::Event(EventCause::OnHoldCounted));
    assert_eq!(held.cause.detail.name.as_deref(), Some("vendor"));
    assert_eq!(held.owner, Some(TimeOwner::Vendor));
}

#[test]
fn a_wait_for_our_vendor_pauses_an_internal_target_and_never_the_customers_sla() {
    for (layer, state) in [(Layer::Sla, ClockState::Running), (Layer::Ola, ClockState::Paused)] {
        let mut definition = agreement(RESOLVE_8H);
        definition.layer = layer;
        definition.pauses = vec![PauseRule { hold: HoldReason::Vendor, owner: TimeOwner::Vendor }];
        let story =
            Story::under(vec![Terms::new(&definition, CN.clone())], "2025-06-10 09:00", 3).hold("2025-06-10 10:00", HoldReason::Vendor);
        assert_eq!(story.read(Goal::Resolve, "2025-06-10 11:00").state, state, "{layer:?}");
    }
}

#[test]
fn a_hold_moves_the_due_time_by_its_business_time() {
    let story =
        Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").hold("2025-06-10 11:00", HoldReason::Customer).working("2025-06-10 14:30");
    let reading = story.read(Goal::Resolve, "2025-06-10 15:00");
    // 7.5 h a day: 8 h from 09:00 would be due 09:30 next day; two business hours (11-12, 13:30-14:30) later is 11:30.
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-11 11:30")));
    assert_eq!(reading.elapsed_secs, 2 * 3_600 + 1_800);
}

#[test]
fn resolving_in_the_second_it_is_due_is_in_time_and_a_second_later_is_not() {
    let story = Story::opened(&CN, &[(Goal::Resolve, 60)], "2025-06-10 09:00");
    let in_time = story.clone().resolved("2025-06-10 10:00");
    let reading = in_time.read(Goal::Resolve, "2025-06-20 10:00");
    assert_eq!(reading.state, ClockState::Met);
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.elapsed_secs, 3_600);

    let late = story.clone().resolved("2025-06-10 10:00:01");
    let reading = late.read(Goal::Resolve, "2025-06-20 10:00");
    assert_eq!(reading.state, ClockState::Breached);
    assert_eq!(reading.breached_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.remaining_secs, -1);

    let open = story.read(Goal::Resolve, "2025-06-10 10:00");
    assert_eq!(open.state, ClockState::Breached);
    assert!(open.is_open());
}

#[test]
fn a_higher_priority_counts_from_the_origin_and_may_be_overdue_at_once() {
    let story = Story::under(vec![by_priority(Retarget::FromOriginKeepPauses)], "2025-06-10 09:00", 3).reprioritised("2025-06-10 11:00", 1);
    let reading = story.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(reading.target_secs, 3_600);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.breached_at, Some(wall(&CN, "2025-06-10 11:00")));
    assert_eq!(reading.priority, priority(1));
}

#[test]
fn a_lower_priority_gives_more_time_before_the_breach_and_none_after_it() {
    let terms = || vec![by_priority(Retarget::FromOriginKeepPauses)];
    let in_time = Story::under(terms(), "2025-06-10 09:00", 1).reprioritised("2025-06-10 09:59", 4);
    let reading = in_time.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.target_secs, 16 * 3_600);

    let late = Story::under(terms(), "2025-06-10 09:00", 1).reprioritised("2025-06-10 10:01", 4);
    let reading = late.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(reading.state, ClockState::Breached);
    assert_eq!(reading.breached_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.target_secs, 3_600, "the promise that was missed stays in view");
    let resolved = late.resolved("2025-06-10 11:00");
    assert_eq!(resolved.read(Goal::Resolve, "2025-06-11 09:00").state, ClockState::Breached);
}

#[test]
fn a_target_may_count_from_the_change() {
    let story = Story::under(vec![by_priority(Retarget::FromChange)], "2025-06-10 09:00", 3).reprioritised("2025-06-10 11:00", 1);
    let reading = story.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.elapsed_secs, 1_800);
    assert_eq!(reading.started_at, wall(&CN, "2025-06-10 11:00"));
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 12:00")));
    let explained = story.explain(Goal::Resolve, "2025-06-10 11:30");
    let before = explained.intervals.first().unwrap();
    assert_eq!(before.kind, IntervalKind::Stopped);
    assert_eq!(before.cause.code, CauseCode::Event(EventCause::Retargeted));
    assert_eq!(before.cause.event_seq, Some(2));
}

#[test]
fn the_strictest_of_two_targets_may_be_kept() {
    let terms = || vec![by_priority(Retarget::Strictest)];
    let lowered = Story::under(terms(), "2025-06-10 09:00", 2).reprioritised("2025-06-10 10:00", 4);
    assert_eq!(lowered.read(Goal::Resolve, "2025-06-10 11:00").target_secs, 4 * 3_600);
    let raised = lowered.reprioritised("2025-06-10 10:30", 1);
    let reading = raised.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!(reading.target_secs, 3_600);
    let again = raised.reprioritised("2025-06-10 10:45", 4);
    assert_eq!(again.read(Goal::Resolve, "2025-06-10 11:00").target_secs, 3_600);
}

#[test]
fn the_strictest_of_two_versions_is_the_one_due_earlier() {
    let always = evenkeel_sla::Calendar::always();
    let mut definition = agreement(RESOLVE_8H);
    definition.retarget = Retarget::Strictest;
    let versions = vec![Terms::new(&definition, CN.clone()), Terms::new(&definition, always)];
    let story = Story::under(versions, "2025-06-10 09:00", 3).then("2025-06-10 10:00", FactKind::Retargeted { terms: Some(1) });
    let reading = story.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!(reading.terms, 1);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 17:00")));
}

#[test]
fn a_new_version_counts_from_the_origin_in_its_own_hours() {
    let versions =
        vec![Terms::new(&agreement(RESOLVE_8H), CN.clone()), Terms::new(&agreement(RESOLVE_8H), evenkeel_sla::Calendar::always())];
    let story = Story::under(versions, "2025-06-10 09:00", 3)
        .hold("2025-06-10 11:00", HoldReason::Customer)
        .working("2025-06-10 13:00")
        .then("2025-06-10 14:00", FactKind::Retargeted { terms: Some(1) });
    let reading = story.read(Goal::Resolve, "2025-06-10 15:00");
    assert_eq!(reading.terms, 1);
    assert_eq!(reading.elapsed_secs, 4 * 3_600, "six hours less the two on hold");
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 19:00")));
}

#[test]
fn an_agreement_that_no_longer_applies_stops_its_clock_without_a_verdict() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").then("2025-06-10 10:00", FactKind::Retargeted { terms: None });
    let reading = story.read(Goal::Resolve, "2025-06-30 10:00");
    assert_eq!(reading.state, ClockState::Stopped);
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.elapsed_secs, 3_600);
}

#[test]
fn reopening_within_the_agreed_days_continues_and_the_resolved_time_is_left_out() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00").resolved("2025-06-10 11:00").reopened("2025-06-12 09:00");
    let reading = story.read(Goal::Resolve, "2025-06-12 10:00");
    assert_eq!(reading.state, ClockState::Running);
    assert_eq!(reading.elapsed_secs, 3 * 3_600);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-12 16:30")));
    let explained = story.explain(Goal::Resolve, "2025-06-12 10:00");
    let away = explained.intervals.iter().find(|i| i.kind == IntervalKind::Stopped);
    assert_eq!(away.unwrap().cause.code, CauseCode::Event(EventCause::Resolved));
}

#[test]
fn reopening_too_late_leaves_the_clock_as_it_was() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00")
        .resolved("2025-06-10 11:00")
        .reopened("2025-06-17 11:00:01")
        .working("2025-06-17 12:00");
    let reading = story.read(Goal::Resolve, "2025-06-30 10:00");
    assert_eq!(reading.state, ClockState::Met);
    assert_eq!(reading.elapsed_secs, 7_200);
}

#[test]
fn a_change_of_priority_while_resolved_takes_effect_when_it_is_reopened() {
    let story = Story::under(vec![by_priority(Retarget::FromOriginKeepPauses)], "2025-06-10 09:00", 3)
        .resolved("2025-06-10 11:00")
        .reprioritised("2025-06-10 11:30", 2);
    let before = story.read(Goal::Resolve, "2025-06-11 09:00");
    assert_eq!((before.state, before.target_secs), (ClockState::Met, 8 * 3_600));
    let after = story.reopened("2025-06-11 09:00").read(Goal::Resolve, "2025-06-11 09:30");
    assert_eq!((after.state, after.target_secs), (ClockState::Running, 4 * 3_600));
}

#[test]
fn cancelled_and_merged_clocks_stop_as_such() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00");
    for (kind, state) in [(FactKind::Cancelled, ClockState::Cancelled), (FactKind::Merged, ClockState::Merged)] {
        let ended = story.clone().then("2025-06-10 10:00", kind).working("2025-06-10 11:00");
        let reading = ended.read(Goal::Resolve, "2025-06-30 10:00");
        assert_eq!(reading.state, state);
        assert_eq!(reading.elapsed_secs, 3_600);
        assert_eq!(reading.breached_at, None);
    }
}

#[test]
fn the_survivor_of_a_merge_keeps_the_earliest_opening_and_first_response() {
    let goals = &[(Goal::Resolve, 480), (Goal::Response, 30)];
    let story = Story::opened(&CN, goals, "2025-06-10 10:00").then(
        "2025-06-10 11:00",
        FactKind::Absorbed { opened_at: wall(&CN, "2025-06-10 09:00"), responded_at: Some(wall(&CN, "2025-06-10 09:20")) },
    );
    let before = story.read(Goal::Resolve, "2025-06-10 10:30");
    assert_eq!(before.elapsed_secs, 1_800);
    let after = story.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(after.started_at, wall(&CN, "2025-06-10 09:00"));
    assert_eq!(after.elapsed_secs, 2 * 3_600 + 1_800);
    let response = story.read(Goal::Response, "2025-06-10 11:30");
    assert_eq!(response.state, ClockState::Met);
}

#[test]
fn a_split_ticket_inherits_the_origin_and_its_waiting() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 15:00")
        .then("2025-06-10 15:00", FactKind::Split { origin_at: wall(&CN, "2025-06-10 09:00") })
        .hold("2025-06-10 10:00", HoldReason::Customer)
        .working("2025-06-10 14:00");
    let reading = story.read(Goal::Resolve, "2025-06-10 16:00");
    assert_eq!(reading.started_at, wall(&CN, "2025-06-10 09:00"));
    assert_eq!(reading.elapsed_secs, 3 * 3_600);
    let explained = story.explain(Goal::Resolve, "2025-06-10 16:00");
    let first = explained.intervals.first().unwrap();
    assert_eq!(first.cause.code, CauseCode::Event(EventCause::Inherited));
}

#[test]
fn restoring_stops_the_restore_clock_and_not_the_resolve_clock() {
    let goals = &[(Goal::Resolve, 480), (Goal::Restore, 240)];
    let story = Story::opened(&CN, goals, "2025-06-10 09:00").then("2025-06-10 10:00", FactKind::Restored);
    assert_eq!(story.read(Goal::Restore, "2025-06-11 09:00").state, ClockState::Met);
    assert_eq!(story.read(Goal::Restore, "2025-06-11 09:00").elapsed_secs, 3_600);
    assert_eq!(story.read(Goal::Resolve, "2025-06-10 16:00").state, ClockState::Running);
    // Resolved without a word of restoring: then it is restored too.
    let plain = Story::opened(&CN, goals, "2025-06-10 09:00").resolved("2025-06-10 11:00");
    assert_eq!(plain.read(Goal::Restore, "2025-06-11 09:00").elapsed_secs, 7_200);
}

#[test]
fn escalations_lie_in_business_time_before_and_after_due() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 16:00");
    let levels =
        clock::escalations(&story.terms, Goal::Resolve, &story.facts, wall(&CN, "2025-06-10 16:30"), &[-3_600, 0, 3_600, -9 * 3_600]);
    // Due Wednesday 16:30 (2 h on Tuesday, 6 h on Wednesday).
    let expected = [Some("2025-06-11 15:30"), Some("2025-06-11 16:30"), Some("2025-06-11 17:30"), None];
    assert_eq!(levels, expected.map(|at| at.map(|at| wall(&CN, at))));
    let resolved = story.resolved("2025-06-11 16:00");
    let levels = clock::escalations(&resolved.terms, Goal::Resolve, &resolved.facts, wall(&CN, "2025-06-30 09:00"), &[-3_600, 0]);
    assert_eq!(levels, [Some(wall(&CN, "2025-06-11 15:30")), None]);
}

#[test]
fn business_time_is_attributed_to_whoever_held_it() {
    let story = Story::opened(&CN, RESOLVE_8H, "2025-06-10 09:00")
        .then("2025-06-10 10:00", FactKind::Assigned { owner: TimeOwner::Vendor })
        .hold("2025-06-10 11:00", HoldReason::Customer)
        .working("2025-06-10 14:30")
        .then("2025-06-10 15:00", FactKind::Assigned { owner: TimeOwner::Us })
        .resolved("2025-06-10 16:00");
    let explained = story.explain(Goal::Resolve, "2025-06-11 09:00");
    let secs = |owner: TimeOwner| {
        let held = explained.owners.iter().find(|held| held.owner == owner);
        held.map(|held| (held.counted_secs, held.paused_secs))
    };
    assert_eq!(secs(TimeOwner::Us), Some((7_200, 0)));
    assert_eq!(secs(TimeOwner::Vendor), Some((3_600 + 1_800, 0)));
    assert_eq!(secs(TimeOwner::Customer), Some((0, 7_200)));
    assert_eq!(explained.reading.elapsed_secs, 7_200 + 5_400);
}
