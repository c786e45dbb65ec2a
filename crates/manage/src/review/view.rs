//! How a review looks to staff.

use evenkeel_api::{Caller, Permission};
use evenkeel_core::{
    event::review::{ReviewPublished, ReviewTransitioned},
    id::{IncidentId, ReviewId},
    state::{FollowUpOrigin, ReviewState},
    title,
};
use evenkeel_store::{Sql, StoreError, Tx, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::ReviewMachine,
    model::Review,
    story::{self, Told, told},
};
use crate::{
    follow_up::{FollowUpView, following},
    incident,
    party::{NameRef, PersonRef, Wanted, load_names},
    ticket::machine,
};

/// The incident of a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReviewIncident {
    /// Which.
    pub id: IncidentId,
    /// Its number.
    pub number: i64,
    /// Its title; empty when it was erased.
    pub title: String,
}

/// A post-incident review.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Review)]
pub(super) struct ReviewView {
    /// Its id.
    pub id: ReviewId,
    /// The short number: REV-1001 is 1001.
    pub number: i64,
    /// The incident.
    pub incident: ReviewIncident,
    /// The service that suffered.
    pub service: NameRef,
    /// Who owes it.
    pub owner: PersonRef,
    /// Where it stands.
    pub state: ReviewState,
    /// The edition that is written, or was published last.
    pub edition: i64,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: Timestamp,
    /// Until when it is to be published; null = its hours never open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Whether it is owed still and its time is over.
    pub overdue: bool,
    /// When an edition was published first.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// A step that was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReviewStepTaken {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub by: Option<PersonRef>,
    /// From.
    pub from: ReviewState,
    /// To.
    pub to: ReviewState,
    /// Of which edition.
    pub edition: i64,
    /// Why; null when nothing was said, or it was erased.
    pub text: Option<String>,
}

/// A review, the story it tells, what follows from it and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ReviewDetail {
    /// The review.
    #[serde(flatten)]
    pub review: ReviewView,
    /// Its story, as it would be published now; of a published one the published one.
    #[serde(flatten)]
    pub told: Told,
    /// The first due first.
    pub follow_ups: Vec<FollowUpView>,
    /// Editions that were published: 1, 2, 3 …
    pub editions: Vec<i64>,
    /// Every step, the first first.
    pub history: Vec<ReviewStepTaken>,
}

/// How reviews look to this caller, in the same order.
pub(super) async fn views(sql: &mut dyn Sql, caller: &Caller, now: Timestamp, reviews: Vec<Review>) -> Result<Vec<ReviewView>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.services.extend(reviews.iter().map(|review| review.service_id));
    wanted.people.extend(reviews.iter().map(|review| review.owner_id));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let ids: Vec<IncidentId> = reviews.iter().map(|review| review.incident_id).collect();
    let incidents = incident::find_all(sql, caller.tenant, &ids).await?;
    let may_write = caller.may(Permission::ReviewWrite);
    let incident = |id: IncidentId| {
        let found = incidents.iter().find(|incident| incident.id == id);
        ReviewIncident {
            id,
            number: found.map_or(0, |incident| incident.number),
            title: found.map_or_else(String::new, |incident| title::in_language(&incident.title, caller.language).to_owned()),
        }
    };
    Ok(reviews
        .into_iter()
        .map(|review| ReviewView {
            id: review.id,
            number: review.number,
            incident: incident(review.incident_id),
            service: names.service(review.service_id),
            owner: names.person(review.owner_id),
            state: review.state,
            edition: review.edition,
            drafted_at: review.drafted_at,
            due_at: review.due_at,
            overdue: review.is_overdue(now),
            published_at: review.published_at,
            version: review.version,
            allowed: if may_write {
                machine::allowed::<ReviewMachine>(review.state).into_iter().map(ToOwned::to_owned).collect()
            } else {
                Vec::new()
            },
        })
        .collect())
}

async fn one(sql: &mut dyn Sql, caller: &Caller, now: Timestamp, review: Review) -> Result<ReviewView, StoreError> {
    let id = review.id;
    views(sql, caller, now, vec![review]).await?.pop().ok_or_else(|| StoreError::Defect(format!("review {id} was not shown")))
}

/// How one review looks to this caller.
pub(super) async fn view(tx: &mut Tx, caller: &Caller, review: Review) -> Result<ReviewView, StoreError> {
    let now = tx.now();
    one(tx, caller, now, review).await
}

/// One review, whole.
pub(super) async fn detail(sql: &mut dyn Sql, caller: &Caller, now: Timestamp, review: Review) -> Result<ReviewDetail, StoreError> {
    let id = review.id.to_string();
    let (mut editions, mut taken, mut frozen) = (Vec::new(), Vec::new(), None);
    for event in ledger::events_of(sql, caller.tenant, "review", &id).await? {
        if let Some(body) = event.read::<ReviewPublished>() {
            let published = body?;
            editions.push(published.edition);
            frozen = Some(published.lines);
        } else if let Some(body) = event.read::<ReviewTransitioned>() {
            taken.push((event.occurred_at, event.actor.as_person(), body?));
        }
    }
    let events = match frozen.filter(|_| review.state == ReviewState::Published) {
        Some(lines) => ledger::events(sql, caller.tenant, &lines).await?,
        None => story::events(sql, &review, now).await?,
    };
    let digests: Vec<String> = taken.iter().filter_map(|(.., body)| body.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(taken.iter().filter_map(|(_, person, _)| *person));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let history = taken
        .into_iter()
        .map(|(at, person, body)| ReviewStepTaken {
            at,
            by: person.map(|id| names.person(id)),
            from: body.from,
            to: body.to,
            edition: body.edition,
            text: body.text.and_then(|digest| texts.get(&digest).cloned().flatten()),
        })
        .collect();
    Ok(ReviewDetail {
        told: told(sql, caller, &review.content, &events).await?,
        follow_ups: following(sql, caller, now, FollowUpOrigin::Review, &id).await?,
        editions,
        history,
        review: one(sql, caller, now, review).await?,
    })
}
