//! Takes a batch of tickets, all or nothing: rows and events in the caller's transaction.

use std::collections::HashMap;

use evenkeel_api::{Authorised, Grant};
use evenkeel_core::{
    event::manage::{AgreementRef, Origin},
    id::{IncidentId, OrganisationId, ServiceId, TenantId},
    state::IncidentState,
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;

use super::{
    ImportOutcome, ImportedEvent, ImportedKind, ImportedTicket, Rejected,
    known::{self, Known, Taken},
    take::take,
};
use crate::{
    Act, agreement,
    incident::{
        change::Change,
        create::opened,
        model::{Incident, OriginKind},
        store,
    },
    matrix, party, service,
    ticket::{number, words::TITLE_CHARS_MAX},
};

/// What the tickets of a batch share, asked once.
struct Shared {
    act: Act,
    grant: Grant,
    matrix_version: i64,
    now: Timestamp,
    services: HashMap<ServiceId, Option<service::Service>>,
    agreements: HashMap<(ServiceId, Option<OrganisationId>), Vec<AgreementRef>>,
    team_organisations: HashMap<evenkeel_core::id::TeamId, Option<OrganisationId>>,
    /// What was taken of each ticket, to be remembered at the end.
    taken: Vec<(String, IncidentId, Vec<Taken>)>,
}

/// Takes a batch of tickets, each once. Tickets are known by their key over there; events that were taken before are
/// passed over.
///
/// An event that arrives after later ones of its ticket were taken is appended with its own instant; the ticket's state
/// stays that of its latest event.
///
/// # Errors
/// The store's. What is wrong with a ticket is told in the outcome and holds up nothing else.
pub async fn import_batch(tx: &mut Tx, grant: &Grant, tenant: TenantId, tickets: &[ImportedTicket]) -> Result<ImportOutcome, StoreError> {
    let now = tx.now();
    let act = Act::system(tenant, "import", now);
    let (_, matrix_version) = matrix::in_force(tx, &act).await?;
    let mut shared = Shared {
        act,
        grant: *grant,
        matrix_version,
        now,
        services: HashMap::new(),
        agreements: HashMap::new(),
        team_organisations: HashMap::new(),
        taken: Vec::with_capacity(tickets.len()),
    };
    let mut outcome = ImportOutcome::default();
    let mut known = known::read(tx, tenant, tickets).await?;
    for ticket in tickets {
        let before = known.remove(&ticket.external_id);
        one(tx, &mut shared, ticket, before, &mut outcome).await?;
    }
    known::write(tx, tenant, &shared.taken).await?;
    Ok(outcome)
}

async fn one(
    tx: &mut Tx,
    shared: &mut Shared,
    ticket: &ImportedTicket,
    before: Option<Known>,
    outcome: &mut ImportOutcome,
) -> Result<(), StoreError> {
    let reject = |outcome: &mut ImportOutcome, at: Option<Timestamp>, reason: String| {
        outcome.rejected.push(Rejected { external_id: ticket.external_id.clone(), at, reason });
    };
    let (mut taken, before) = before.map_or_else(Default::default, |known| (known.taken, Some(known.incident)));
    let mut events = fresh(&taken, &ticket.events);
    events.retain(|event| {
        let past = event.at <= shared.now;
        if !past {
            let reason = "it lies in the future; check the zone and the time format".to_owned();
            reject(outcome, Some(event.at), reason);
        }
        past
    });
    if events.is_empty() {
        outcome.unchanged += u64::from(before.is_some());
        return Ok(());
    }
    let (mut change, opened) = if let Some(found) = before {
        (Change::of(Authorised::system(shared.grant.permission(), found), shared.act.clone()), None)
    } else {
        let Some((change, opened)) = begin(tx, shared, ticket, &events).await? else {
            reject(outcome, None, format!("its service {} is not declared", ticket.service_id));
            return Ok(());
        };
        (change, Some(opened))
    };
    for event in &events {
        let latest = taken.iter().all(|before| before.0 <= event.at.as_microsecond());
        let row = change.incident.clone();
        change.incident.state = state_at(&taken, event.at);
        let result = take(tx, &mut change, event).await;
        let after = change.incident.state;
        if !latest {
            // It stands where its latest event left it; only the first response may turn out to be earlier.
            let responded_at = change.incident.responded_at;
            change.incident = row;
            change.incident.responded_at = responded_at;
        }
        match result {
            Ok(()) => taken.push(Taken(event.at.as_microsecond(), event.kind.word().to_owned(), after)),
            Err(StoreError::Failure(failure)) => reject(outcome, Some(event.at), failure.detail),
            Err(error) => return Err(error),
        }
    }
    team_organisation(tx, shared, &mut change.incident).await?;
    write(tx, shared, ticket, change, opened, taken, outcome).await
}

/// The events that were not taken before, in the order in which they happened. Two that look alike count twice.
fn fresh(taken: &[Taken], events: &[ImportedEvent]) -> Vec<ImportedEvent> {
    let mut left: Vec<&Taken> = taken.iter().collect();
    let mut fresh = Vec::new();
    for event in events {
        match left.iter().position(|before| before.is(event)) {
            Some(index) => {
                left.swap_remove(index);
            }
            None => fresh.push(event.clone()),
        }
    }
    let rank = |event: &ImportedEvent| match event.kind {
        ImportedKind::Opened => 0,
        ImportedKind::Assigned { .. } => 1,
        _ => 2,
    };
    fresh.sort_by_key(|event| (event.at, rank(event)));
    fresh
}

/// Where the ticket stood at `at`.
fn state_at(taken: &[Taken], at: Timestamp) -> IncidentState {
    taken
        .iter()
        .enumerate()
        .filter(|(_, before)| before.0 <= at.as_microsecond())
        .max_by_key(|(index, before)| (before.0, *index))
        .map_or(IncidentState::New, |(_, before)| before.2)
}

async fn declared(tx: &mut Tx, shared: &mut Shared, id: ServiceId) -> Result<Option<service::Service>, StoreError> {
    if let Some(known) = shared.services.get(&id) {
        return Ok(known.clone());
    }
    let found = service::find(tx, shared.act.tenant, id).await?;
    shared.services.insert(id, found.clone());
    Ok(found)
}

async fn team_organisation(tx: &mut Tx, shared: &mut Shared, incident: &mut Incident) -> Result<(), StoreError> {
    let Some(id) = incident.team_id else {
        incident.team_organisation_id = None;
        return Ok(());
    };
    if let Some(known) = shared.team_organisations.get(&id) {
        incident.team_organisation_id = *known;
        return Ok(());
    }
    let found = party::find_team(tx, shared.act.tenant, id).await?;
    let organisation = found.map(|team| team.organisation_id);
    shared.team_organisations.insert(id, organisation);
    incident.team_organisation_id = organisation;
    Ok(())
}

/// A new incident and the event that opened it; `None` when its service is not declared.
async fn begin(
    tx: &mut Tx,
    shared: &mut Shared,
    ticket: &ImportedTicket,
    events: &[ImportedEvent],
) -> Result<Option<(Change, evenkeel_core::event::NewEvent)>, StoreError> {
    let tenant = shared.act.tenant;
    let Some(service) = declared(tx, shared, ticket.service_id).await? else {
        return Ok(None);
    };
    let key = (ticket.service_id, ticket.organisation_id);
    let agreements = if let Some(known) = shared.agreements.get(&key) {
        known.clone()
    } else {
        let found = agreement::of_service(tx, tenant, key.0, key.1).await?;
        shared.agreements.insert(key, found.clone());
        found
    };
    let opened_at =
        events.iter().find(|event| event.kind == ImportedKind::Opened).or_else(|| events.first()).map_or(shared.now, |event| event.at);
    let title = evenkeel_core::title::plain(if ticket.title.trim().is_empty() { &ticket.external_id } else { &ticket.title });
    let title: String = title.chars().take(TITLE_CHARS_MAX).collect();
    let title_digest = tx.put_text(tenant, &title).await?;
    let incident = Incident {
        tenant,
        id: IncidentId::at(opened_at, tx.rng().as_ref()),
        number: number::take(tx, "incident_sequence", tenant, 1).await?,
        version: 1,
        title,
        title_digest,
        service_id: ticket.service_id,
        organisation_id: ticket.organisation_id,
        team_id: ticket.team_id,
        team_organisation_id: None,
        assignee_id: None,
        owner_id: Some(service.definition.owner),
        impact: ticket.impact,
        urgency: ticket.urgency,
        priority: ticket.priority,
        matrix_version: shared.matrix_version,
        state: IncidentState::New,
        hold: None,
        status: None,
        origin: OriginKind::Import,
        channel: None,
        external_id: Some(ticket.external_id.clone()),
        opened_at,
        started_at: None,
        acknowledged_at: None,
        responded_at: None,
        located_at: None,
        restored_at: None,
        restored_basis: None,
        resolved_at: None,
        closed_at: None,
        merged_into: None,
        split_from: None,
        firing: 0,
        due_at: None,
    };
    let origin = Origin::Import { external_id: ticket.external_id.clone() };
    let opened = opened(&shared.act.at(opened_at), &incident, origin, agreements)?;
    let incident = Authorised::system(shared.grant.permission(), incident);
    Ok(Some((Change::of(incident, shared.act.clone()), opened)))
}

async fn write(
    tx: &mut Tx,
    shared: &mut Shared,
    ticket: &ImportedTicket,
    change: Change,
    opened: Option<evenkeel_core::event::NewEvent>,
    taken: Vec<Taken>,
    outcome: &mut ImportOutcome,
) -> Result<(), StoreError> {
    let id = change.incident.id;
    let said = u64::try_from(change.said()).unwrap_or(u64::MAX);
    if let Some(opened) = opened {
        let (incident, mut events) = change.into_parts();
        events.insert(0, opened);
        let incident = Authorised::system(shared.grant.permission(), incident);
        store::insert(tx, &incident, &events).await?;
        outcome.opened += 1;
        outcome.events += said + 1;
    } else {
        store::save(tx, change).await?;
        outcome.continued += 1;
        outcome.events += said;
    }
    shared.taken.push((ticket.external_id.clone(), id, taken));
    Ok(())
}
