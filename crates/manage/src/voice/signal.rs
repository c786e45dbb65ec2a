//! Signals: what customers let us know, gathered from the ledger.

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body as _, Event,
        manage::Transitioned,
        request::RequestRated,
        voice::{ComplaintRegistered, Discontent, GrievanceHeard, SurveyAskMade, SurveyAskTransitioned},
    },
    id::{OrganisationId, ServiceId},
    state::{IncidentState, Touchpoint},
};
use evenkeel_store::{Consumer, StoreError, Tx, ledger, params};

use crate::{incident, request, survey};

/// A rating of a request that says that somebody is not content: 1 or 2 of 5.
const LOW_STARS: i64 = 2;

/// A signal, before it is written.
#[derive(Debug, Default)]
struct Signal {
    kind: &'static str,
    number: Option<i64>,
    score: Option<i64>,
    text: Option<String>,
    touchpoint: Option<Touchpoint>,
    service_id: Option<ServiceId>,
    organisation_id: Option<OrganisationId>,
}

fn discontent(kind: &'static str, number: i64, about: Discontent) -> Signal {
    Signal {
        kind,
        number: Some(number),
        score: None,
        text: Some(about.text),
        touchpoint: Some(about.touchpoint),
        service_id: about.service_id,
        organisation_id: about.organisation_id,
    }
}

/// Gathers them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signals;

#[async_trait]
impl Consumer for Signals {
    fn name(&self) -> &'static str {
        "manage.voice"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[GrievanceHeard::KIND, ComplaintRegistered::KIND, SurveyAskTransitioned::KIND, RequestRated::KIND, Transitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(signal) = signal_of(tx, event).await? else { return Ok(()) };
        tx.execute(
            "INSERT INTO voice_signal (tenant_id, seq, kind, subject_id, number, score, text_digest, touchpoint, service_id,
                organisation_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, seq) DO NOTHING",
            params![
                event.tenant,
                event.seq,
                signal.kind,
                &event.subject.id,
                signal.number,
                signal.score,
                &signal.text,
                signal.touchpoint.unwrap_or(Touchpoint::Service),
                signal.service_id,
                signal.organisation_id,
                event.occurred_at,
            ],
        )
        .await
        .map(|_| ())
    }
}

async fn signal_of(tx: &mut Tx, event: &Event) -> Result<Option<Signal>, StoreError> {
    if let Some(body) = event.read::<GrievanceHeard>().transpose()? {
        return Ok(Some(discontent("grievance", body.number, body.about)));
    }
    if let Some(body) = event.read::<ComplaintRegistered>().transpose()? {
        return Ok(Some(discontent("complaint", body.number, body.about)));
    }
    if let Some(body) = event.read::<SurveyAskTransitioned>().transpose()? {
        return of_survey(tx, event, body).await;
    }
    if let Some(body) = event.read::<RequestRated>().transpose()? {
        return of_rating(tx, event, body).await;
    }
    let reopened = event.read::<Transitioned>().transpose()?.is_some_and(|body| body.to == IncidentState::Reopened);
    if reopened { of_incident(tx, event).await } else { Ok(None) }
}

/// A low score. What a team says of a customer is no voice of a customer.
async fn of_survey(tx: &mut Tx, event: &Event, body: SurveyAskTransitioned) -> Result<Option<Signal>, StoreError> {
    let Some(score) = body.score else { return Ok(None) };
    let Some(scale) = survey::scale_of(tx, event.tenant, &event.subject.id).await? else { return Ok(None) };
    let events = ledger::events_of(tx, event.tenant, "survey_ask", &event.subject.id).await?;
    let Some(made) = events.iter().find_map(Event::read::<SurveyAskMade>).transpose()? else { return Ok(None) };
    if !survey::is_low(scale, score) || made.about_organisation_id.is_some() {
        return Ok(None);
    }
    Ok(Some(Signal {
        kind: "survey",
        number: made.ticket.map(|ticket| ticket.number),
        score: Some(score),
        text: body.answers,
        touchpoint: None,
        service_id: made.service_id,
        organisation_id: made.organisation_id,
    }))
}

async fn of_rating(tx: &mut Tx, event: &Event, body: RequestRated) -> Result<Option<Signal>, StoreError> {
    let Ok(id) = event.subject.id.parse() else { return Ok(None) };
    let Some(found) = request::find(tx, event.tenant, id).await?.filter(|_| body.stars <= LOW_STARS) else { return Ok(None) };
    Ok(Some(Signal {
        kind: "rating",
        number: Some(found.number),
        score: Some(body.stars),
        text: body.text,
        touchpoint: Some(Touchpoint::Portal),
        service_id: Some(found.service_id),
        organisation_id: Some(found.organisation_id),
    }))
}

async fn of_incident(tx: &mut Tx, event: &Event) -> Result<Option<Signal>, StoreError> {
    let Ok(id) = event.subject.id.parse() else { return Ok(None) };
    let Some(found) = incident::find(tx, event.tenant, id).await? else { return Ok(None) };
    Ok(Some(Signal {
        kind: "reopened",
        number: Some(found.number),
        service_id: Some(found.service_id),
        organisation_id: found.organisation_id,
        ..Signal::default()
    }))
}
