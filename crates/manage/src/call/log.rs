//! Write a call down.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{desk::CallLogged, voice::TicketRef},
    id::{CallId, CatalogueItemId, GrievanceId, IncidentId, PersonId, RequestId, ServiceId},
    priority::Level,
    state::{TicketKind, Touchpoint},
};
use evenkeel_store::Tx;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::incident::{self, About};
use crate::{
    Act, Manage,
    catalogue::Answers,
    complaint::{self, about::DiscontentRequest},
    party::{self, Person},
    refuse, request,
    ticket::{act, seen::TicketNamed, words},
    time_entry,
};

/// A call is written down within a day.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// The longest name and number of a caller whom we do not know, characters.
const CALLER_MAX: usize = 200;

/// A call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallRequest {
    /// Who called, when they are known to us.
    person_id: Option<PersonId>,
    /// Name and number of a caller who is not; they stand before what was said.
    caller: Option<String>,
    /// What becomes of it.
    about: CallAbout,
    /// What was said.
    text: String,
    /// When the call began; within the last day.
    started_at: Timestamp,
    /// How long it took, seconds; it has ended by now.
    #[schema(minimum = 0, maximum = 86400)]
    secs: i64,
}

/// What becomes of a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum CallAbout {
    /// A new incident.
    Incident {
        /// The service that suffers.
        service_id: ServiceId,
        /// What is wrong, in a line.
        title: String,
        /// How many are hurt; 3 when not said.
        impact: Option<Level>,
        /// How fast it hurts; 2 when not said.
        urgency: Option<Level>,
    },
    /// A new request of the caller's.
    Request {
        /// Of the catalogue.
        item_id: CatalogueItemId,
        /// Answers by the key of their field.
        #[serde(default)]
        #[schema(value_type = Object)]
        answers: Answers,
    },
    /// A grievance.
    Grievance {
        /// The ticket it is about.
        ticket: Option<TicketNamed>,
        /// The service it is about, when there is no ticket.
        service_id: Option<ServiceId>,
    },
    /// Something said on a ticket that is open.
    Ticket {
        /// An incident or a request.
        ticket: TicketNamed,
    },
}

/// What became of a call.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallView {
    /// The ticket; null of a grievance.
    ticket: Option<TicketRef>,
    /// The grievance.
    grievance_id: Option<GrievanceId>,
    /// The number of either.
    number: i64,
}

/// Whether a call of these times can have been.
fn check(started_at: Timestamp, secs: i64, now: Timestamp) -> Result<Timestamp, Failure> {
    let wrong = |place: &str, what: &str| Err(refuse::invalid(place, what));
    if started_at < now.saturating_sub(OLDEST).unwrap_or(Timestamp::MIN) || started_at > now {
        return wrong("/started_at", "a call is written down within a day after it began");
    }
    match started_at.checked_add(SignedDuration::from_secs(secs.max(0))) {
        Ok(ended) if secs >= 0 && ended <= now => Ok(ended),
        _ => wrong("/secs", "a call takes no less than no time, and has ended when it is written down"),
    }
}

/// What was said, below who said it when nobody knows them.
fn said(request: &CallRequest) -> Result<String, Failure> {
    let text = words::text(&request.text)?;
    let caller = request.caller.as_deref().map(evenkeel_core::title::plain).filter(|caller| !caller.is_empty());
    match caller {
        Some(caller) if caller.chars().count() > CALLER_MAX => {
            Err(refuse::invalid("/caller", format!("name and number have at most {CALLER_MAX} characters")))
        }
        Some(caller) if request.person_id.is_none() => words::text(&format!("{caller}\n\n{text}")).map(ToOwned::to_owned),
        _ => Ok(text.to_owned()),
    }
}

/// Writes a telephone call down: a new ticket of the channel phone, a grievance, or a word on a ticket that is open. The call is
/// the first response, as of when it began; how long it took is time that its taker spent.
#[utoipa::path(post, path = "/api/v1/calls", operation_id = "call_log", tag = "desk",
    request_body = CallRequest, responses((status = 201, body = CallView), Refusals))]
pub(super) async fn call_log(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<CallRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<CallView>)> {
    caller.require(Permission::IncidentWrite)?;
    let nobody = || Failure::new(ErrorCode::Forbidden, "this token has no person behind it who could have taken a call");
    let taken_by = caller.person.ok_or_else(nobody)?;
    let Json(request) = request?;
    let now = act(&manage, &caller);
    let started_at = evenkeel_core::time::truncate(request.started_at);
    let ended_at = check(started_at, request.secs, now.at)?;
    let said = said(&request)?;
    let mut tx = manage.kit.db.write().await?;
    let person = match request.person_id {
        Some(id) => Some(party::find_person(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("person", id))?),
        None => None,
    };
    let at_its_start = now.at(started_at);
    let view = place(&mut tx, &caller, &at_its_start, person.as_ref(), request.about, said).await?;
    if let Some(ticket) = &view.ticket {
        time_entry::of_call(&mut tx, &now, ticket.clone(), taken_by, ended_at, request.secs).await?;
    }
    let logged = CallLogged {
        person_id: request.person_id,
        taken_by,
        ticket: view.ticket.clone(),
        grievance_id: view.grievance_id,
        started_at,
        secs: request.secs,
    };
    let call = CallId::at(now.at, tx.rng().clone().as_ref());
    tx.append(&now.event(call, &logged)?).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view)))
}

async fn place(tx: &mut Tx, caller: &Caller, act: &Act, person: Option<&Person>, about: CallAbout, said: String) -> ApiResult<CallView> {
    let of =
        |kind: TicketKind, id: String, number: i64| CallView { ticket: Some(TicketRef { kind, id, number }), grievance_id: None, number };
    match about {
        CallAbout::Incident { service_id, title, impact, urgency } => {
            let (impact, urgency) = (impact.unwrap_or(Level::LOW), urgency.unwrap_or(Level::MEDIUM));
            let about = About { service: service_id, title: &title, impact, urgency };
            let (id, number) = incident::open(tx, caller, act, person, about, &said).await?;
            Ok(of(TicketKind::Incident, id.to_string(), number))
        }
        CallAbout::Request { item_id, answers } => {
            let person = person.ok_or_else(|| refuse::invalid("/person_id", "a request needs a person who asks"))?;
            let (id, number) = request::open_by_call(tx, caller, act, (person.id, item_id, answers), &said).await?;
            Ok(of(TicketKind::Request, id.to_string(), number))
        }
        CallAbout::Grievance { ticket, service_id } => {
            let person_id = person.map(|person| person.id);
            let asked = DiscontentRequest { text: said, ticket, service_id, person_id, touchpoint: Some(Touchpoint::Phone) };
            let (id, number) = complaint::grievance::by_call(tx, caller, act, &asked).await?;
            Ok(CallView { ticket: None, grievance_id: Some(id), number })
        }
        CallAbout::Ticket { ticket } => {
            let missing = || Problem::not_found(ticket.kind.as_str(), &ticket.id);
            let number = match ticket.kind {
                TicketKind::Incident => {
                    let id: IncidentId = ticket.id.parse().map_err(|_| missing())?;
                    incident::add(tx, caller, act, id, &said).await?
                }
                TicketKind::Request => {
                    let id: RequestId = ticket.id.parse().map_err(|_| missing())?;
                    request::note_by_call(tx, caller, act, id, &said).await?
                }
                TicketKind::Problem => return Err(refuse::invalid("/about/ticket", "nobody outside speaks on a problem").into()),
            };
            Ok(of(ticket.kind, ticket.id.clone(), number))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_call_is_of_today_and_over() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(check(at("2026-03-02T09:50:00Z"), 600, now), Ok(now));
        assert!(check(at("2026-03-02T09:50:00Z"), 601, now).is_err(), "it would still go on");
        assert!(check(at("2026-03-02T09:50:00Z"), -1, now).is_err());
        assert!(check(at("2026-03-01T09:59:59Z"), 1, now).is_err(), "of yesterday");
        assert!(check(at("2026-03-02T10:00:01Z"), 0, now).is_err(), "it has not begun");
        assert!(check(now, i64::MAX, now).is_err());
    }
}
