//! Begin a review: by hand of any incident that is over, by itself of a major one that is verified.

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Json, Permission, Problem as Answer, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{
        Body, Event,
        major::MajorTransitioned,
        review::{Content, ReviewDrafted},
    },
    id::{IncidentId, PersonId, ReviewId},
    state::{IncidentState, MajorState, ReviewState},
};
use evenkeel_store::{Consumer, StoreError, Tx};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    deadline,
    letter::{self, What},
    model::Review,
    rules, store, table,
    view::{ReviewView, view},
};
use crate::{
    Act, Manage,
    calendar::hours::{after_days, compiled, hours},
    incident::{self, Incident, major},
    party, service,
    ticket::{act, number},
};

/// Of which incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewOpenRequest {
    /// Which.
    incident_id: IncidentId,
    /// Who owes it; the commander of a major incident, else whoever asks, when not said.
    owner_id: Option<PersonId>,
}

/// Begins it; none when the incident has one.
async fn draft(tx: &mut Tx, act: &Act, incident: Authorised<Incident>, owner: PersonId) -> Result<Option<Review>, StoreError> {
    let incident = incident.into_inner();
    if store::is_there(tx, act.tenant, incident.id).await? {
        return Ok(None);
    }
    let within_days = rules::current(tx, act.tenant).await?.within_days;
    let calendar_id = hours(tx, act.tenant, Some(incident.service_id), incident.organisation_id).await?;
    let review = Review {
        tenant: act.tenant,
        id: ReviewId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "review_sequence", act.tenant, 1).await?,
        version: 1,
        incident_id: incident.id,
        service_id: incident.service_id,
        organisation_id: incident.organisation_id,
        owner_id: owner,
        state: ReviewState::Drafted,
        edition: 1,
        content: Content::default(),
        drafted_at: act.at,
        due_at: after_days(&compiled(tx, act.tenant, calendar_id).await?, act.at, within_days),
        published_at: None,
        edition_at: None,
    };
    if !table::insert(tx, &review).await? {
        return Ok(None);
    }
    let body = ReviewDrafted {
        number: review.number,
        incident_id: review.incident_id,
        service_id: review.service_id,
        organisation_id: review.organisation_id,
        owner_id: review.owner_id,
        calendar_id,
        within_days,
        due_at: review.due_at,
    };
    tx.append(&act.event(review.id, &body)?).await?;
    deadline::schedule(tx, &review).await?;
    letter::tell(tx, &review, What::Drafted).await?;
    Ok(Some(review))
}

/// Begins the review of an incident that is over. The ledger is its draft.
#[utoipa::path(post, path = "/api/v1/reviews", operation_id = "review_open", tag = "review",
    request_body = ReviewOpenRequest, responses((status = 201, body = ReviewView), Refusals))]
pub(super) async fn review_open(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ReviewOpenRequest>, Answer>,
) -> ApiResult<(StatusCode, Tagged<ReviewView>)> {
    caller.require(Permission::ReviewWrite)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = incident::find(&mut tx, caller.tenant, request.incident_id)
        .await?
        .ok_or_else(|| Answer::not_found("incident", request.incident_id))?;
    let found = caller.authorise(Permission::ReviewWrite, &found.organisations(), ("incident", request.incident_id), found)?;
    if !matches!(found.state, IncidentState::Resolved | IncidentState::Closed) {
        let detail = format!("an incident that is {} is not over; resolve it, then review it", found.state);
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/incident_id").into());
    }
    let owner = match request.owner_id {
        Some(person) => {
            let known = party::find_person(&mut tx, caller.tenant, person).await?.filter(|known| known.definition.active);
            known.map(|known| known.id).ok_or_else(|| Answer::not_found("person", person))?
        }
        None => match (major::commander(&mut tx, caller.tenant, found.id).await?, caller.person) {
            (Some(person), _) | (None, Some(person)) => person,
            (None, None) => answerable(&mut tx, &found).await?.ok_or_else(|| Answer::not_found("service", found.service_id))?,
        },
    };
    let review = draft(&mut tx, &act(&manage, &caller), found, owner).await?;
    let review = review
        .ok_or_else(|| Failure::new(ErrorCode::StateRefused, "this incident has a review already; open that one").at("/incident_id"))?;
    let body = view(&mut tx, &caller, review).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Tagged { version: body.version, body }))
}

/// Who answers for an incident when nobody says: its owner, else its service's.
async fn answerable(tx: &mut Tx, incident: &Incident) -> Result<Option<PersonId>, StoreError> {
    if incident.owner_id.is_some() {
        return Ok(incident.owner_id);
    }
    Ok(service::find(tx, incident.tenant, incident.service_id).await?.map(|service| service.definition.owner))
}

/// Begins the review of a major incident by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Drafts;

#[async_trait]
impl Consumer for Drafts {
    fn name(&self) -> &'static str {
        "manage.review"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[MajorTransitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(moved) = event.read::<MajorTransitioned>() else { return Ok(()) };
        if moved?.to != MajorState::Verified {
            return Ok(());
        }
        let id = event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("subject of {}: {error}", event.seq)))?;
        let Some(found) = incident::find(tx, event.tenant, id).await? else { return Ok(()) };
        let owner = match major::commander(tx, event.tenant, id).await? {
            Some(person) => Some(person),
            None => answerable(tx, &found).await?,
        };
        let Some(owner) = owner else { return Ok(()) };
        let act = Act::system(event.tenant, "review", event.occurred_at);
        draft(tx, &act, Authorised::system(Permission::ReviewWrite, found), owner).await.map(|_| ())
    }
}
