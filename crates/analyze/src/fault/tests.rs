#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::state::{
    IncidentState::{Assigned, Closed, InProgress, New, Reopened, Resolved},
    Visibility,
};

use super::{Basis, Fault, fault};
use crate::history::{History, at, incident};

fn fault_of(history: &History, number: i64) -> Option<Fault> {
    let world = history.world();
    let view = world.latest();
    fault(view, view.incident(incident(number))?)
}

/// Trouble at 09:00, seen at 09:01, work begun at 09:10, cause known at 09:25, back at 09:40, resolved at 09:50.
fn whole() -> History {
    let mut history = History::new();
    history
        .open("2026-03-02 09:01:05", 1, History::seen_by_machine("2026-03-02 09:00", "2026-03-02 09:01"))
        .delivered("2026-03-02 09:01:10", 1)
        .acknowledged("2026-03-02 09:05", 1)
        .assigned("2026-03-02 09:05", 1)
        .moved("2026-03-02 09:10", 1, Assigned, InProgress)
        .located("2026-03-02 09:25", 1)
        .restored("2026-03-02 09:40", 1)
        .moved("2026-03-02 09:50", 1, InProgress, Resolved)
        .moved("2026-03-03 09:00", 1, Resolved, Closed);
    history
}

#[test]
fn four_moments_come_from_their_events() {
    let fault = fault_of(&whole(), 1).unwrap();
    let read = |moment: Option<super::Moment>| moment.map(|m| (m.at, m.basis, m.seq)).unwrap();
    assert_eq!(read(fault.occurred), (at("2026-03-02 09:00"), Basis::Telemetry, 1));
    assert_eq!(read(fault.detected), (at("2026-03-02 09:01"), Basis::Telemetry, 1));
    assert_eq!(read(fault.located), (at("2026-03-02 09:25"), Basis::CauseKnown, 6));
    assert_eq!(read(fault.restored), (at("2026-03-02 09:40"), Basis::Telemetry, 7));
}

#[test]
fn three_durations_sum_to_the_total() {
    let fault = fault_of(&whole(), 1).unwrap();
    assert_eq!(fault.detect_secs(), Some(60));
    assert_eq!(fault.locate_secs(), Some(24 * 60));
    assert_eq!(fault.restore_secs(), Some(15 * 60));
    assert_eq!(fault.total_secs(), Some(40 * 60));
}

#[test]
fn durations_sum_also_when_moments_have_fractions_of_seconds() {
    let mut history = History::new();
    history
        .open("2026-03-02 09:01:05", 1, History::seen_by_machine("2026-03-02 09:00:00.900", "2026-03-02 09:01:00.200"))
        .located("2026-03-02 09:25:00.999", 1)
        .restored("2026-03-02 09:40:00.001", 1);
    let fault = fault_of(&history, 1).unwrap();
    let sum = fault.detect_secs().unwrap() + fault.locate_secs().unwrap() + fault.restore_secs().unwrap();
    assert_eq!(Some(sum), fault.total_secs());
}

#[test]
fn five_actions_have_their_evidence() {
    let fault = fault_of(&whole(), 1).unwrap();
    let seqs: Vec<Option<i64>> = fault.actions().iter().map(|action| action.done.map(|done| done.seq)).collect();
    assert_eq!(seqs, [Some(1), Some(2), Some(6), Some(5), Some(9)]);
}

#[test]
fn work_begun_is_the_decision_to_act_when_no_cause_is_named() {
    let mut history = History::new();
    history
        .open("2026-03-02 09:01", 1, History::seen_by_machine("2026-03-02 09:00", "2026-03-02 09:01"))
        .moved("2026-03-02 09:10", 1, New, InProgress)
        .restored("2026-03-02 09:40", 1);
    let located = fault_of(&history, 1).unwrap().located.unwrap();
    assert_eq!((located.at, located.basis), (at("2026-03-02 09:10"), Basis::DecisionToAct));
}

#[test]
fn a_cause_found_after_the_service_was_back_located_nothing() {
    let mut history = History::new();
    history
        .open("2026-03-02 09:01", 1, History::seen_by_machine("2026-03-02 09:00", "2026-03-02 09:01"))
        .restored("2026-03-02 09:02", 1)
        .located("2026-03-02 11:00", 1);
    let fault = fault_of(&history, 1).unwrap();
    assert_eq!(fault.located, None);
    assert_eq!((fault.locate_secs(), fault.restore_secs()), (None, None));
    assert_eq!(fault.total_secs(), Some(120));
}

#[test]
fn without_a_word_on_when_it_began_t0_stays_unknown() {
    let mut history = History::new();
    history.open("2026-03-02 09:30", 1, History::told_by_person(None)).restored("2026-03-02 10:00", 1);
    let fault = fault_of(&history, 1).unwrap();
    assert_eq!(fault.occurred, None);
    assert_eq!(fault.detected.unwrap().basis, Basis::Declared);
    assert_eq!(fault.total_secs(), None);
}

#[test]
fn the_earliest_sign_counts_whoever_saw_it() {
    let mut history = History::new();
    history.open("2026-03-02 09:30", 1, History::told_by_person(Some("2026-03-02 08:50"))).joined(
        1,
        "2026-03-02 08:40",
        "2026-03-02 09:45",
    );
    let fault = fault_of(&history, 1).unwrap();
    assert_eq!(fault.occurred.unwrap().at, at("2026-03-02 08:40"));
    assert_eq!(fault.detected.unwrap().at, at("2026-03-02 09:30"));
    assert_eq!(fault.machine.unwrap().at, at("2026-03-02 09:45"));
}

#[test]
fn trouble_that_comes_back_takes_t3_back() {
    let mut history = History::new();
    history
        .open("2026-03-02 09:01", 1, History::seen_by_machine("2026-03-02 09:00", "2026-03-02 09:01"))
        .restored("2026-03-02 09:10", 1)
        .joined(1, "2026-03-02 09:12", "2026-03-02 09:13");
    assert_eq!(fault_of(&history, 1).unwrap().restored, None);
    history.restored("2026-03-02 09:30", 1);
    assert_eq!(fault_of(&history, 1).unwrap().restored.unwrap().at, at("2026-03-02 09:30"));
    history.moved("2026-03-02 09:40", 1, InProgress, Resolved);
    history.moved("2026-03-02 09:50", 1, Resolved, Reopened);
    let fault = fault_of(&history, 1).unwrap();
    assert_eq!((fault.restored, fault.verified), (None, None));
}

#[test]
fn a_resolution_stands_for_t3_when_nobody_said_more_and_says_so() {
    let mut history = History::new();
    history.open("2026-03-02 09:00", 1, History::imported("T-1")).moved("2026-03-02 12:00", 1, New, Resolved);
    let restored = fault_of(&history, 1).unwrap().restored.unwrap();
    assert_eq!((restored.at, restored.basis), (at("2026-03-02 12:00"), Basis::Resolved));
}

#[test]
fn a_merged_incident_is_one_fault_with_its_survivor() {
    let mut history = whole();
    history
        .open("2026-03-02 08:58", 2, History::told_by_person(Some("2026-03-02 08:55")))
        .said("2026-03-02 08:59", 2, Visibility::Public)
        .merged("2026-03-02 09:15", 2, 1);
    assert_eq!(fault_of(&history, 2), None);
    let fault = fault_of(&history, 1).unwrap();
    assert_eq!(fault.occurred.unwrap().at, at("2026-03-02 08:55"));
    assert_eq!(fault.detected.unwrap().at, at("2026-03-02 08:58"));
    assert_eq!(fault.first_response.unwrap().at, at("2026-03-02 08:59"));
    assert_eq!(fault.restored.unwrap().at, at("2026-03-02 09:40"));
}

#[test]
fn an_internal_note_is_no_response_to_the_customer() {
    let mut history = History::new();
    history.open("2026-03-02 09:00", 1, History::told_by_person(None)).said("2026-03-02 09:05", 1, Visibility::Internal);
    assert_eq!(fault_of(&history, 1).unwrap().first_response, None);
}

#[test]
fn events_in_any_order_tell_the_same_fault() {
    let told = fault_of(&whole(), 1).unwrap();
    for seed in 0..50 {
        let again = fault_of(&whole().shuffled(seed), 1).unwrap();
        let instants = |fault: &Fault| {
            [fault.occurred, fault.detected, fault.located, fault.restored, fault.responded, fault.notified, fault.verified, fault.closed]
                .map(|moment| moment.map(|moment| moment.at))
        };
        assert_eq!(instants(&again), instants(&told), "seed {seed}");
    }
}

#[test]
fn an_earlier_position_knows_only_what_was_recorded_by_then() {
    let history = whole();
    let world = history.world();
    let view = world.view(5);
    let fault = fault(view, view.incident(incident(1)).unwrap()).unwrap();
    assert!(fault.restored.is_none() && fault.acted.is_some());
    assert_eq!(view.recorded_until, at("2026-03-02 09:10"));
}
