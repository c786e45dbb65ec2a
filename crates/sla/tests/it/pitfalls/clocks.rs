//! Pitfalls of starting, stopping, re-opening, re-targeting, merging, splitting and escalating.

use evenkeel_core::{
    definition::{Retarget, TimeOwner},
    state::{Goal, HoldReason},
};
use evenkeel_sla::calendar::CalendarCause;
use evenkeel_sla::clock::{self, CauseCode, ClockState, FactKind, IntervalKind, Terms};

use crate::kit::{CN, Story, agreement, at, wall};

const BOTH: &[(Goal, i64)] = &[(Goal::Response, 30), (Goal::Resolve, 480)];

fn levels(story: &Story, goal: Goal, as_of: &str, offsets: &[i64]) -> Vec<Option<jiff::Timestamp>> {
    clock::escalations(&story.terms, goal, &story.facts, story.at(as_of), offsets)
}

#[test]
fn pitfall_04_closing_does_not_move_the_stop_and_reopening_counts_from_resolved() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00").resolved("2025-06-10 10:00").then("2025-06-12 10:00", FactKind::Closed);
    let closed = story.read(Goal::Resolve, "2025-06-13 09:00");
    assert_eq!(closed.stopped_at, Some(wall(&CN, "2025-06-10 10:00")));
    // 8 days after resolving, 6 after closing: the agreement's 7 days run from the resolution.
    let late = story.reopened("2025-06-18 10:00").read(Goal::Resolve, "2025-06-18 11:00");
    assert_eq!((late.state, late.elapsed_secs), (ClockState::Met, 3_600));
}

#[test]
fn pitfall_09_a_level_two_days_before_due_lies_within_hours() {
    let story = Story::opened(&CN, &[(Goal::Resolve, 40 * 60)], "2025-06-09 10:00");
    let level = levels(&story, Goal::Resolve, "2025-06-09 10:00", &[-2 * 27_000])[0].unwrap();
    assert!(CN.is_open(level), "{level}");
    assert_eq!(level, wall(&CN, "2025-06-12 14:00"));
}

#[test]
fn pitfall_10_a_level_that_would_lie_before_the_start_is_none_not_now() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00");
    assert_eq!(levels(&story, Goal::Response, "2025-06-10 09:00", &[-3_600, -1_800]), [None, None]);
}

#[test]
fn pitfall_11_assignment_restarts_nothing() {
    let plain = Story::opened(&CN, BOTH, "2025-06-10 09:00");
    let passed_on = plain
        .clone()
        .then("2025-06-10 10:00", FactKind::Assigned { owner: TimeOwner::Vendor })
        .then("2025-06-10 11:00", FactKind::Assigned { owner: TimeOwner::Us });
    let when = "2025-06-10 11:30";
    assert_eq!(plain.read(Goal::Resolve, when).due_at, passed_on.read(Goal::Resolve, when).due_at);
    let offsets = [-3_600, 3_600];
    assert_eq!(levels(&plain, Goal::Resolve, when, &offsets), levels(&passed_on, Goal::Resolve, when, &offsets));
}

#[test]
fn pitfall_11_an_internal_target_that_starts_at_assignment_escalates_from_there() {
    let mut definition = agreement(&[(Goal::Resolve, 60)]);
    definition.retarget = Retarget::FromChange;
    let mut story = Story::under(vec![Terms::new(&definition, CN.clone())], "2025-06-10 09:00", 3);
    let Some(FactKind::Opened { terms, .. }) = story.facts.first_mut().map(|fact| &mut fact.kind) else {
        panic!("opened first");
    };
    *terms = None;
    let story = story.then("2025-06-10 10:30", FactKind::Retargeted { terms: Some(0) });
    let reading = story.read(Goal::Resolve, "2025-06-10 11:00");
    assert_eq!(reading.started_at, wall(&CN, "2025-06-10 10:30"));
    assert_eq!(levels(&story, Goal::Resolve, "2025-06-10 11:00", &[-1_800]), [Some(wall(&CN, "2025-06-10 11:00"))]);
}

#[test]
fn pitfall_15_levels_of_the_response_clock_do_not_hang_on_the_resolve_clock() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00");
    let alone = Story::opened(&CN, &[(Goal::Response, 30)], "2025-06-10 09:00");
    let when = "2025-06-10 09:05";
    let expected = [Some(wall(&CN, "2025-06-10 09:20")), Some(wall(&CN, "2025-06-10 09:40"))];
    assert_eq!(levels(&story, Goal::Response, when, &[-600, 600]), expected);
    assert_eq!(levels(&alone, Goal::Response, when, &[-600, 600]), expected);
}

#[test]
fn pitfall_16_an_answer_does_not_silence_the_later_levels_of_other_goals() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00").answered("2025-06-10 09:05");
    let when = "2025-06-10 09:10";
    assert_eq!(levels(&story, Goal::Response, when, &[0]), [None]);
    let resolve = levels(&story, Goal::Resolve, when, &[-3_600, 0, 3_600]);
    assert!(resolve.iter().all(Option::is_some));
}

#[test]
fn pitfall_28_first_and_second_line_have_their_own_share_of_the_time() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00")
        .then("2025-06-10 10:30", FactKind::Assigned { owner: TimeOwner::Vendor })
        .resolved("2025-06-10 12:00");
    let explained = story.explain(Goal::Resolve, "2025-06-10 12:00");
    let shares: Vec<_> = explained.owners.iter().map(|share| (share.owner, share.secs)).collect();
    assert_eq!(shares, [(TimeOwner::Us, 5_400), (TimeOwner::Vendor, 5_400)]);
}

#[test]
fn pitfall_29_a_reading_names_the_version_that_applies() {
    let versions = vec![Terms::new(&agreement(BOTH), CN.clone()), Terms::new(&agreement(&[(Goal::Resolve, 60)]), CN.clone())];
    let story = Story::under(versions, "2025-06-10 09:00", 3);
    let reading = story.read(Goal::Resolve, "2025-06-10 15:00");
    assert_eq!((reading.terms, reading.state), (0, ClockState::Running));
}

#[test]
fn pitfall_31_what_was_missed_stays_missed_when_the_agreement_is_withdrawn_but_escalates_no_more() {
    let gone = FactKind::Retargeted { terms: None };
    let missed = Story::opened(&CN, BOTH, "2025-06-10 09:00").then("2025-06-10 11:00", gone);
    let reading = missed.read(Goal::Response, "2025-06-12 09:00");
    assert_eq!(reading.state, ClockState::Breached);
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-10 11:00")));
    assert_eq!(levels(&missed, Goal::Resolve, "2025-06-12 09:00", &[0, 3_600]), [None, None]);
}

#[test]
fn pitfall_32_a_merged_ticket_escalates_no_more() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00").then("2025-06-10 10:00", FactKind::Merged);
    assert_eq!(levels(&story, Goal::Resolve, "2025-06-10 11:00", &[-3_600, 0]), [None, None]);
    assert_eq!(story.read(Goal::Resolve, "2025-07-10 11:00").state, ClockState::Merged);
}

#[test]
fn pitfall_33_after_a_move_the_new_goal_holds() {
    let versions = vec![Terms::new(&agreement(BOTH), CN.clone()), Terms::new(&agreement(&[(Goal::Resolve, 240)]), CN.clone())];
    let story = Story::under(versions, "2025-06-10 09:00", 3).then("2025-06-10 09:10", FactKind::Retargeted { terms: Some(1) });
    let reading = story.read(Goal::Resolve, "2025-06-10 10:00");
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 14:30")));
    // The new version has no response goal: that clock ends without a verdict.
    assert_eq!(story.read(Goal::Response, "2025-06-11 10:00").state, ClockState::Stopped);
}

#[test]
fn pitfall_37_figures_are_there_as_soon_as_it_is_resolved() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00").resolved("2025-06-10 10:00");
    let reading = story.read(Goal::Resolve, "2025-06-10 10:00");
    assert_eq!((reading.state, reading.elapsed_secs), (ClockState::Met, 3_600));
}

#[test]
fn pitfall_38_levels_never_fall_on_midnight_or_a_weekend() {
    let story = Story::opened(&CN, &[(Goal::Resolve, 60 * 60)], "2025-06-12 16:17");
    let offsets: Vec<i64> = (-50..50).map(|hours| hours * 3_600).collect();
    for level in levels(&story, Goal::Resolve, "2025-06-12 17:00", &offsets).into_iter().flatten() {
        assert!(CN.is_open(level - jiff::SignedDuration::from_secs(1)), "{level}");
    }
}

#[test]
fn pitfall_39_every_second_before_the_due_time_has_its_reason() {
    let story = Story::opened(&CN, BOTH, "2025-09-30 17:00");
    let explained = story.explain(Goal::Resolve, "2025-10-09 09:30");
    let told: Vec<_> =
        explained.intervals.iter().map(|interval| (interval.kind, interval.cause.code, interval.cause.detail.name.as_deref())).collect();
    let opened = CauseCode::Event(clock::EventCause::Opened);
    let outside = CauseCode::Calendar(CalendarCause::OutsideHours);
    let holiday = CauseCode::Calendar(CalendarCause::Holiday);
    assert_eq!(
        told,
        [
            (IntervalKind::Counted, opened, None),
            (IntervalKind::Closed, outside, None),
            (IntervalKind::Closed, holiday, Some("国庆节、中秋节")),
            (IntervalKind::Closed, outside, None),
            (IntervalKind::Counted, opened, None),
        ]
    );
    let decree = &explained.intervals[2].cause.detail;
    assert!(decree.sources[0].starts_with("http"), "{decree:?}");
    assert_eq!(decree.date, Some("2025-10-01".parse().unwrap()));
}

#[test]
fn pitfall_42_the_clock_stands_after_resolving_and_a_late_one_shows_how_late() {
    let story = Story::opened(&CN, &[(Goal::Resolve, 60)], "2025-06-10 09:00").resolved("2025-06-10 11:00");
    let soon = story.read(Goal::Resolve, "2025-06-10 11:01");
    let later = story.read(Goal::Resolve, "2026-06-10 11:01");
    assert_eq!(soon.remaining_secs, -3_600);
    assert_eq!(later.remaining_secs, -3_600);
    assert_eq!(later.stopped_at, soon.stopped_at);
}

#[test]
fn pitfall_44_a_split_copy_is_judged_by_what_happened_to_itself() {
    let split = |story: Story| story.then("2025-06-10 11:00", FactKind::Split { origin_at: at("2025-06-10T09:00:00+08:00") });
    // The ticket it came from was answered and resolved before; the copy was not.
    let story = split(Story::opened(&CN, &[(Goal::Response, 240), (Goal::Resolve, 480)], "2025-06-10 11:00"))
        .answered("2025-06-10 09:10")
        .resolved("2025-06-10 10:00");
    for goal in [Goal::Response, Goal::Resolve] {
        assert_eq!(story.read(goal, "2025-06-10 11:30").state, ClockState::Running);
    }
    // Time already spent when it was cut out is spent; it cannot have been missed before it existed.
    let late = split(Story::opened(&CN, &[(Goal::Resolve, 60)], "2025-06-10 11:00"));
    let reading = late.read(Goal::Resolve, "2025-06-10 11:30");
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert_eq!(reading.breached_at, Some(wall(&CN, "2025-06-10 11:00")));
}

#[test]
fn pitfall_46_a_clock_that_cannot_start_is_absent_and_one_that_started_is_never_dropped() {
    let story = Story::opened(&CN, BOTH, "2025-06-10 09:00").hold("2025-06-10 09:00", HoldReason::Customer);
    assert!(clock::read(&story.terms, Goal::Restore, &story.facts, story.at("2025-06-11 09:00")).is_none());
    assert!(clock::read(&story.terms, Goal::Resolve, &story.facts, story.at("2025-06-11 09:00")).is_some());
}
