#![allow(clippy::unwrap_used)]

use evenkeel_core::{
    event::release::StagePlan,
    id::{PersonId, ReleaseId, TenantId},
    state::ReleaseState,
};

use super::*;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

/// A release with so many stages, each watched for a minute.
pub(in crate::release) fn release(stages: usize) -> Release {
    let stage = StagePlan { name: "n".into(), target: None, gate: None, watch_secs: 60, from: None, to: None };
    Release {
        tenant: TenantId::named("t"),
        id: ReleaseId::named("r"),
        number: 1001,
        version: 1,
        title: "t".into(),
        title_digest: "t".into(),
        author_id: PersonId::named("a"),
        state: ReleaseState::RollingOut,
        content: ReleaseContent {
            name: "4.2".into(),
            artefacts: Vec::new(),
            services: Vec::new(),
            changes: Vec::new(),
            problems: Vec::new(),
            requests: Vec::new(),
            stages: vec![stage; stages],
            roll_back: Some("back".into()),
            evidence: None,
            notes_zh: None,
            notes_en: None,
        },
        services: Vec::new(),
        progress: vec![Progress::WAITING; stages],
        builder_id: None,
        approver_id: None,
        planned_at: at(0),
        built_at: None,
        approved_at: None,
        started_at: None,
        ended_at: None,
        rolled_back: false,
        closed_at: None,
    }
}

fn change(state: ChangeState, authorised: bool) -> Carried {
    Carried { number: 1001, state, authorised }
}

#[test]
fn there_is_no_approval_without_a_way_back() {
    let whole = release(1).content;
    assert!(content(Step::Approve, &whole).is_ok());
    let none = ReleaseContent { roll_back: None, ..whole.clone() };
    assert_eq!(content(Step::Approve, &none).unwrap_err().at.as_deref(), Some("/roll_back"));
    assert_eq!(content(Step::Start, &none).unwrap_err().at.as_deref(), Some("/roll_back"));
    assert!(content(Step::Cancel, &none).is_ok());
    let flat = ReleaseContent { stages: Vec::new(), ..whole.clone() };
    assert_eq!(content(Step::Approve, &flat).unwrap_err().at.as_deref(), Some("/stages"));
    assert_eq!(content(Step::Build, &whole).unwrap_err().at.as_deref(), Some("/artefacts"), "nothing was built");
}

#[test]
fn who_built_it_does_not_approve_it() {
    let (builder, other) = (PersonId::named("a"), PersonId::named("b"));
    assert!(four_eyes(Some(builder), builder).is_err());
    assert!(four_eyes(Some(builder), other).is_ok());
}

#[test]
fn of_a_stable_service_every_change_is_authorised_before() {
    let waits = [change(ChangeState::Scheduled, true), change(ChangeState::Authorise, false)];
    let stable = may_start(&[ChangeMode::Agile, ChangeMode::Stable], &waits).unwrap_err();
    assert_eq!(stable.at.as_deref(), Some("/changes"));
    assert!(may_start(&[ChangeMode::Agile], &waits).is_ok(), "the release's own approval is enough");
    assert!(may_start(&[ChangeMode::Stable], &waits[..1]).is_ok());
    assert!(may_start(&[ChangeMode::Agile], &[change(ChangeState::Cancelled, true)]).is_err());
}

#[test]
fn it_is_verified_when_all_was_carried_out_and_closed_when_all_was_reviewed() {
    let done = Progress { state: StageState::Done, ..Progress::WAITING };
    assert!(may_verify(&[done, Progress::WAITING], &[]).is_err());
    assert!(may_verify(&[done], &[change(ChangeState::Implementing, true)]).is_err());
    assert!(may_verify(&[done], &[change(ChangeState::Verifying, true)]).is_ok());
    assert!(may_close(false, &[change(ChangeState::Verifying, true)]).is_err());
    assert!(may_close(false, &[change(ChangeState::Review, true)]).is_ok());
    assert!(may_close(true, &[change(ChangeState::Scheduled, true)]).is_ok(), "the next release may carry it");
    assert!(may_close(true, &[change(ChangeState::Implementing, true)]).is_ok(), "the next release has begun it");
}

#[test]
fn one_stage_comes_after_the_other_and_is_watched() {
    let mut all = release(2);
    let go = |all: &Release, place, step, secs| move_stage(all, place, step, at(secs), 0, true);
    assert!(go(&all, 1, StageStep::Begin, 0).is_err(), "the first comes first");
    all.progress[0] = go(&all, 0, StageStep::Begin, 100).unwrap();
    assert!(go(&all, 0, StageStep::End, 159).is_err());
    let ended = go(&all, 0, StageStep::End, 160).unwrap();
    assert_eq!((ended.state, ended.began_at, ended.ended_at), (StageState::Done, Some(at(100)), Some(at(160))));
    all.progress[0] = go(&all, 0, StageStep::Halt, 130).unwrap();
    all.progress[0] = go(&all, 0, StageStep::Resume, 150).unwrap();
    assert!(go(&all, 0, StageStep::End, 160).is_err(), "it is watched anew from when it went on");
    all.progress[0] = go(&all, 0, StageStep::End, 210).unwrap();
    assert!(go(&all, 1, StageStep::Begin, 211).is_ok());
}

#[test]
fn a_halt_wants_a_reason_and_so_does_an_end_over_open_incidents() {
    let mut all = release(1);
    all.progress[0] = move_stage(&all, 0, StageStep::Begin, at(0), 0, false).unwrap();
    assert_eq!(move_stage(&all, 0, StageStep::Halt, at(1), 0, false).unwrap_err().at.as_deref(), Some("/text"));
    assert_eq!(move_stage(&all, 0, StageStep::End, at(60), 2, false).unwrap_err().at.as_deref(), Some("/text"));
    assert!(move_stage(&all, 0, StageStep::End, at(60), 2, true).is_ok());
    assert!(move_stage(&all, 0, StageStep::End, at(60), 0, false).is_ok());
}
