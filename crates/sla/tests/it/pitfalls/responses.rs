//! Pitfalls of the first response.

use evenkeel_core::state::{Goal, HoldReason, Medium, Visibility};
use evenkeel_sla::clock::{ClockState, FactKind};

use crate::kit::{CN, Story, wall};

const RESPONSE_1H: &[(Goal, i64)] = &[(Goal::Response, 60), (Goal::Resolve, 480)];

fn said(by_agent: bool, visibility: Visibility, medium: Medium) -> FactKind {
    FactKind::Message { by_agent, visibility, medium }
}

#[test]
fn pitfall_12_a_response_given_out_of_hours_took_the_business_time_before_it() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-13 17:30").answered("2025-06-14 11:00");
    let reading = story.read(Goal::Response, "2025-06-16 09:00");
    assert_eq!((reading.state, reading.elapsed_secs), (ClockState::Met, 1_800));
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-14 11:00")));
}

#[test]
fn pitfall_26_a_ticket_raised_on_a_day_off_waits_from_the_next_opening() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-14 11:00").answered("2025-06-16 09:10");
    let reading = story.read(Goal::Response, "2025-06-16 10:00");
    assert_eq!((reading.state, reading.elapsed_secs), (ClockState::Met, 600));
}

#[test]
fn pitfall_34_later_messages_do_not_move_the_first_response() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00")
        .answered("2025-06-10 09:20")
        .then("2025-06-10 09:40", said(false, Visibility::Public, Medium::Mail))
        .answered("2025-06-10 15:00");
    let reading = story.read(Goal::Response, "2025-06-11 09:00");
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-10 09:20")));
    assert_eq!(reading.elapsed_secs, 1_200);
}

#[test]
fn pitfall_35_the_customers_own_words_are_no_response_and_ours_end_the_waiting() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00").then("2025-06-10 09:20", said(false, Visibility::Public, Medium::Note));
    assert_eq!(story.read(Goal::Response, "2025-06-10 09:50").state, ClockState::Running);
    let answered = story.then("2025-06-10 09:50", said(true, Visibility::Public, Medium::Call));
    assert_eq!(answered.read(Goal::Response, "2025-06-20 09:50").state, ClockState::Met);
}

#[test]
fn pitfall_36_answering_and_holding_in_one_step_keeps_the_answer() {
    let when = "2025-06-10 09:20";
    let opened = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00");
    let answer_first = opened.clone().answered(when).hold(when, HoldReason::Customer);
    let hold_first = opened.clone().hold(when, HoldReason::Customer).answered(when);
    let resolve_first = opened.resolved(when).answered(when);
    for story in [answer_first, hold_first, resolve_first] {
        let reading = story.read(Goal::Response, "2025-06-20 09:00");
        assert_eq!((reading.state, reading.elapsed_secs), (ClockState::Met, 1_200));
    }
}

#[test]
fn pitfall_42_a_late_reply_is_shown_as_late() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00").answered("2025-06-10 11:00");
    let reading = story.read(Goal::Response, "2025-06-10 12:00");
    assert_eq!((reading.state, reading.remaining_secs), (ClockState::Breached, -3_600));
    assert_eq!(reading.stopped_at, Some(wall(&CN, "2025-06-10 11:00")));
}

#[test]
fn pitfall_43_reopening_neither_undoes_nor_restarts_the_first_response() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00")
        .answered("2025-06-10 09:10")
        .resolved("2025-06-10 10:00")
        .reopened("2025-06-12 10:00")
        .answered("2025-06-12 15:00");
    let reading = story.read(Goal::Response, "2025-06-13 09:00");
    assert_eq!((reading.state, reading.elapsed_secs), (ClockState::Met, 600));
    // Never answered before it came back: the resolved days are not held against us.
    let unanswered = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00")
        .resolved("2025-06-10 09:30")
        .reopened("2025-06-12 10:00")
        .answered("2025-06-12 10:20");
    let before = unanswered.read(Goal::Response, "2025-06-11 09:00");
    assert_eq!(before.state, ClockState::Stopped, "resolved in time, never answered: no verdict");
    let after = unanswered.read(Goal::Response, "2025-06-13 09:00");
    assert_eq!((after.state, after.elapsed_secs), (ClockState::Met, 3_000));
}

#[test]
fn pitfall_48_internal_notes_and_machines_do_not_respond() {
    let story = Story::opened(&CN, RESPONSE_1H, "2025-06-10 09:00")
        .then("2025-06-10 09:01", said(true, Visibility::Public, Medium::Auto))
        .then("2025-06-10 09:20", said(true, Visibility::Internal, Medium::Note))
        .then("2025-06-10 09:30", said(true, Visibility::Internal, Medium::Call));
    assert_eq!(story.read(Goal::Response, "2025-06-10 11:00").state, ClockState::Breached);
}
