//! Vote on a change of somebody else's.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::change::{ChangeDecided, ChangeVoted},
    id::{ChangeId, PersonId},
    state::{ChangeKind, ChangeState},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    authority::{Authority, Electorate},
    deadline, facts,
    machine::{ChangeMachine, Step},
    model::{Change, Vote},
    rules,
    store::{self, Revision, Said},
    submit::{free_of_conflicts, schedule},
    table,
    view::ChangeView,
    window,
    with::{begin, finish, person},
};
use crate::{
    Manage, refuse,
    ticket::{machine, words},
};

/// Yes or no, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeVoteRequest {
    /// Whether it may take place.
    yes: bool,
    /// Why.
    text: String,
}

/// Who votes on a change.
pub(super) async fn electorate(tx: &mut dyn evenkeel_store::Sql, change: &Change) -> Result<Electorate, StoreError> {
    let rules = rules::current(tx, change.tenant).await?;
    rules::electorate(tx, change.tenant, &rules, change.authority.unwrap_or(Authority::Board)).await
}

/// The person that calls, when they are one of those who authorise this change.
pub(super) async fn voter(tx: &mut Tx, caller: &Caller, change: &Change) -> ApiResult<PersonId> {
    let person_id = person(caller)?;
    if person_id == change.author_id {
        return Err(refuse::invalid("", "nobody authorises what is their own; ask somebody else").into());
    }
    if !electorate(tx, change).await?.admits(person_id, change.author_id) {
        return Err(refuse::invalid("", "its board authorises it, and you are not on it").into());
    }
    Ok(person_id)
}

/// Votes, or votes otherwise. The change is authorised, or rejected, as soon as the votes say so. A vote changes no version:
/// two who look at the same change both count.
#[utoipa::path(post, path = "/api/v1/changes/{id}/vote", operation_id = "change_vote", tag = "change",
    params(("id" = ChangeId, Path)), request_body = ChangeVoteRequest, responses((status = 200, body = ChangeView), Refusals))]
pub(super) async fn change_vote(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
    if_match: IfMatch,
    request: Result<Json<ChangeVoteRequest>, Answer>,
) -> ApiResult<Tagged<ChangeView>> {
    caller.require(Permission::ChangeAuthorise)?;
    let Json(request) = request?;
    let text = words::text(&request.text)?.to_owned();
    let (mut tx, mut revision) = begin(&manage, &caller, Permission::ChangeAuthorise, id, &if_match).await?;
    if !revision.change.is_voted_on() {
        return Err(machine::refused::<ChangeMachine>(revision.change.state, "be voted on").into());
    }
    let person_id = voter(&mut tx, &caller, &revision.change).await?;
    let ahead = revision.change.state == ChangeState::Authorise;
    if request.yes && ahead {
        window::check(revision.change.window, revision.act.at)?;
        let found = facts::judge(&manage, &mut tx, &revision.change, revision.act.at).await?;
        let before = revision.change.judged.clone();
        revision.judge(found)?;
        if let Err(open) = free_of_conflicts(&revision.change) {
            // What has turned up since is kept, so that whoever looks again sees it.
            if before != revision.change.judged {
                store::save(&mut tx, revision).await?;
                tx.commit().await?;
            }
            return Err(open.into());
        }
    }
    let text = tx.put_text(caller.tenant, &text).await?;
    cast(&mut tx, &mut revision, person_id, request.yes, text).await?;
    finish(tx, &caller, revision).await
}

/// Writes a vote, and what the votes come to with it. `text` is a digest.
pub(super) async fn cast(tx: &mut Tx, revision: &mut Revision, person_id: PersonId, yes: bool, text: String) -> Result<(), StoreError> {
    let vote = Vote { person_id, yes, text, at: revision.act.at };
    let change = &revision.change;
    table::put_vote(tx, change, &vote).await?;
    let voted = ChangeVoted { person_id, round: change.round, yes, text: vote.text };
    tx.append(&revision.act.event(change.id, &voted)?).await?;
    let votes = table::votes(tx, change.tenant, change.id, change.round).await?;
    let votes = votes.iter().map(|vote| (vote.person_id, vote.yes));
    match electorate(tx, change).await?.decide(change.author_id, votes) {
        None => Ok(()),
        Some(authorised) => decide(tx, revision, authorised, person_id).await,
    }
}

async fn decide(tx: &mut Tx, revision: &mut Revision, authorised: bool, by: PersonId) -> Result<(), StoreError> {
    // The proof is the vote's: whoever may authorise plans the maintenance that follows from it.
    let grant = evenkeel_api::Grant::system(Permission::ChangeAuthorise);
    let act = revision.act.clone();
    if revision.change.state == ChangeState::Authorise {
        if authorised {
            schedule(revision, Some(by))?;
            window::plan(tx, &grant, &act, &revision.change, revision.change.window.from, Some(by)).await?;
        } else {
            revision.record(&ChangeDecided { authorised: false, person_id: Some(by), afterwards: false })?;
            revision.step(Step::Reject, Said::default())?;
        }
        return Ok(());
    }
    debug_assert_eq!(revision.change.kind, ChangeKind::Emergency);
    revision.change.authorised = Some(authorised);
    revision.change.decided_at = Some(act.at);
    revision.record(&ChangeDecided { authorised, person_id: Some(by), afterwards: true })?;
    deadline::forget(tx, revision.change.id).await?;
    // While its window goes on: from now on it excuses, never for the time before.
    if authorised && revision.change.reviewed_at.is_none() {
        window::plan(tx, &grant, &act, &revision.change, act.at, Some(by)).await?;
    }
    Ok(())
}

/// What a step of an unauthorised change is refused with.
pub(super) fn unauthorised(what: &str) -> Failure {
    Failure::new(ErrorCode::StateRefused, what).at("/authorised")
}
