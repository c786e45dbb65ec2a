//! Agree on something that must be done.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Json, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    event::follow_up::{FollowUpAdded, FollowUpOf},
    id::{FactorId, FollowUpId, PersonId},
    state::FollowUpOrigin,
};
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    model::FollowUp,
    origin, overdue,
    store::{self, MOST},
    view::{FollowUpView, view},
};
use crate::{
    Manage,
    calendar::hours::{compiled, end_of, hours},
    party, refuse,
    ticket::{act, words},
};

/// What it follows from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpOfRequest {
    /// A problem or a review.
    kind: FollowUpOrigin,
    /// Its id.
    id: String,
    /// The contributing factor of the review that it answers.
    factor_id: Option<FactorId>,
}

/// What is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowUpRequest {
    /// From what it follows.
    of: FollowUpOfRequest,
    /// What.
    text: String,
    /// Who does it.
    owner_id: PersonId,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
    /// Who says that it is done: another person.
    verifier_id: PersonId,
}

/// Adds something that must be done. It asks for the right to write what it follows from, too.
#[utoipa::path(post, path = "/api/v1/follow-ups", operation_id = "follow_up_add", tag = "follow_up",
    request_body = FollowUpRequest, responses((status = 201, body = FollowUpView), Refusals))]
pub(super) async fn follow_up_add(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<FollowUpRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<FollowUpView>)> {
    let grant = caller.require(Permission::FollowUpAdd)?;
    let Json(request) = request?;
    let FollowUpOfRequest { kind, id, factor_id } = request.of;
    let of = FollowUpOf { kind, id, factor_id };
    let mut tx = manage.kit.db.write().await?;
    let origin = origin::hold(&mut tx, &caller, &of).await?;
    if request.owner_id == request.verifier_id {
        return Err(refuse::invalid("/verifier_id", "somebody else than its owner says that it is done; name another person").into());
    }
    for person in [request.owner_id, request.verifier_id] {
        party::find_person(&mut tx, caller.tenant, person).await?.ok_or_else(|| Answer::not_found("person", person))?;
    }
    let known = store::of(&mut tx, caller.tenant, of.kind, &of.id).await?.len();
    if i64::try_from(known).unwrap_or(i64::MAX) >= MOST {
        return Err(refuse::invalid("/text", format!("a {} has at most {MOST} follow-ups", of.kind)).into());
    }
    let hours = hours(&mut tx, caller.tenant, Some(origin.service_id), origin.organisation_id).await?;
    let calendar = compiled(&mut tx, caller.tenant, hours).await?;
    let due_at = end_of(calendar.zone(), request.due_on).ok_or_else(|| refuse::invalid("/due_on", "there is no such day"))?;
    let words = words::text(&request.text)?;
    let act = act(&manage, &caller);
    let new = FollowUp {
        tenant: caller.tenant,
        id: FollowUpId::at(act.at, tx.rng().as_ref()),
        version: 1,
        of,
        of_number: origin.number,
        text: words.to_owned(),
        text_digest: tx.put_text(caller.tenant, words).await?,
        owner_id: request.owner_id,
        verifier_id: request.verifier_id,
        due_on: request.due_on,
        due_at,
        done_at: None,
        verified_at: None,
        told: false,
    };
    let added = FollowUpAdded {
        of: new.of.clone(),
        text: new.text_digest.clone(),
        owner_id: new.owner_id,
        due_on: new.due_on,
        verifier_id: new.verifier_id,
    };
    let new = Authorised::system(grant.permission(), new);
    store::insert(&mut tx, &act, &new, &added).await?;
    overdue::schedule(&mut tx, &new).await?;
    let body = view(&mut tx, &caller, new.into_inner()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}
