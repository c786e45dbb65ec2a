//! The consumer "manage.incident": alerts open, join, re-open and clear incidents; an acknowledged page gives the incident
//! to the person who said "mine".
//!
//! Every handler is idempotent: an alert is known by its id, an acknowledgement by the incident's row, so an event that
//! is seen twice changes nothing.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_api::{Authorised, Grant, Permission};
use evenkeel_core::{
    definition::urgency_of,
    event::{
        Body, Event,
        manage::{AlertCleared, Origin, Restored},
        observe::{AlertFired, AlertResolved, CAUSE_UNAVAILABLE, PageAcknowledged, RuleEvidence},
    },
    id::TenantId,
    priority::Level,
    state::IncidentState,
};
use evenkeel_store::{Consumer, StoreError, Tx, ledger};
use jiff::Timestamp;

use super::{
    acknowledge,
    alert::{self, Alert},
    change::Change,
    create::{self, Customer, New},
    dependents,
    machine::Step,
    model::{Incident, basis},
    store, title, verify,
};
use crate::{
    Act, service,
    suppression::{self, Decision, Looks},
};

/// The consumer's name.
pub(crate) const NAME: &str = "manage.incident";
/// An alert that fires this soon after the incident of its cause was resolved re-opens it.
pub const REOPEN_WITHIN: Duration = Duration::from_mins(10);

/// Reads alerts and acknowledged pages.
#[derive(Debug, Clone)]
pub(crate) struct FromAlert {
    pub looks: Arc<dyn Looks>,
}

#[async_trait]
impl Consumer for FromAlert {
    fn name(&self) -> &'static str {
        NAME
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[AlertFired::KIND, AlertResolved::KIND, PageAcknowledged::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        if let Some(body) = event.read::<AlertFired>() {
            return self.fired(tx, event, body?).await;
        }
        if let Some(body) = event.read::<AlertResolved>() {
            return resolved(tx, event, &body?).await;
        }
        if let Some(body) = event.read::<PageAcknowledged>() {
            return acknowledged(tx, event, &body?).await;
        }
        Ok(())
    }
}

/// What an alert does to the newest incident of its cause.
#[derive(Debug, PartialEq, Eq)]
enum Dedup {
    Join,
    Reopen,
    Open,
}

fn dedup(incident: &Incident, at: Timestamp) -> Dedup {
    if incident.state.is_open() {
        return Dedup::Join;
    }
    let fresh = incident.resolved_at.is_some_and(|resolved_at| {
        let since = at.duration_since(resolved_at);
        since < jiff::SignedDuration::try_from(REOPEN_WITHIN).unwrap_or_default()
    });
    match incident.state {
        IncidentState::Resolved | IncidentState::Closed if fresh => Dedup::Reopen,
        _ => Dedup::Open,
    }
}

impl FromAlert {
    /// Lets an alert open, join or re-open an incident, unless something suppresses it: that only when nobody is at its
    /// trouble already.
    async fn fired(&self, tx: &mut Tx, event: &Event, fired: AlertFired) -> Result<(), StoreError> {
        let tenant = event.tenant;
        let known = alert::find(tx, tenant, fired.alert_id).await?.is_some();
        if known || suppression::is_known(tx, tenant, fired.alert_id).await? {
            return Ok(());
        }
        let labels = suppression::begin(tx, tenant, &fired).await?;
        let trouble = known_trouble(tx, tenant, &fired, fired.fired_at).await?;
        let joins = trouble.as_ref().is_some_and(|(_, dedup)| *dedup == Dedup::Join);
        if !joins
            && let Decision::Suppress(hold) = suppression::judge(tx, tenant, self.looks.as_ref(), &fired, &labels, fired.fired_at).await?
        {
            return suppression::hold(tx, &Act::system(tenant, "alert", fired.fired_at), &fired, &hold).await;
        }
        let at = fired.fired_at;
        act_on(tx, tenant, trouble, fired, at).await
    }
}

/// The newest incident of an alert's cause, and what the alert does to it at `at`.
async fn known_trouble(
    tx: &mut Tx,
    tenant: TenantId,
    fired: &AlertFired,
    at: Timestamp,
) -> Result<Option<(Authorised<Incident>, Dedup)>, StoreError> {
    let Some(before) = alert::newest_of_cause(tx, tenant, fired.service_id, &fired.cause).await? else { return Ok(None) };
    let incident = store::find_held(tx, tenant, before.incident_id).await?;
    Ok(incident.map(|incident| {
        let dedup = dedup(&incident, at);
        (Authorised::system(Permission::IncidentWrite, incident), dedup)
    }))
}

/// Lets an alert that nothing suppresses open, join or re-open an incident at `at`.
pub(crate) async fn tell(tx: &mut Tx, tenant: TenantId, fired: AlertFired, at: Timestamp) -> Result<(), StoreError> {
    let trouble = known_trouble(tx, tenant, &fired, at).await?;
    act_on(tx, tenant, trouble, fired, at).await
}

async fn act_on(
    tx: &mut Tx,
    tenant: TenantId,
    trouble: Option<(Authorised<Incident>, Dedup)>,
    fired: AlertFired,
    at: Timestamp,
) -> Result<(), StoreError> {
    let act = Act::system(tenant, "alert", at);
    match trouble {
        None | Some((_, Dedup::Open)) => open(tx, &act, fired).await,
        Some((incident, Dedup::Join)) => join(tx, &act, incident, &fired, None).await,
        Some((incident, Dedup::Reopen)) => join(tx, &act, incident, &fired, Some(Step::Reopen)).await,
    }
}

async fn open(tx: &mut Tx, act: &Act, fired: AlertFired) -> Result<(), StoreError> {
    let grant = Grant::system(Permission::IncidentOpen);
    let service = service::find(tx, act.tenant, fired.service_id).await?;
    let rule = fired.rule.as_ref();
    let impact = service.as_ref().map_or(Level::MEDIUM, |service| service.definition.default_impact());
    let display = service.as_ref().map(|service| &service.definition.display);
    let title = match rule {
        Some(rule) => title::of_rule(display, &fired.probe, words_of(tx, rule).await?.as_deref()),
        None => title::of_alert(display, &fired.cause, &fired.probe, &fired.look.code),
    };
    let new = New {
        title,
        service_id: fired.service_id,
        impact: rule.and_then(|rule| rule.impact).unwrap_or(impact),
        urgency: rule.and_then(|rule| rule.urgency).unwrap_or_else(|| urgency_of(fired.severity)),
        origin: Origin::Alert {
            alert_id: fired.alert_id,
            probe_id: fired.probe_id,
            cause: fired.cause.clone(),
            started_at: fired.started_at,
            fired_at: fired.fired_at,
        },
        team: None,
        customer: Customer::OfService,
    };
    let incident = create::create(tx, &grant, act, new).await?;
    alert::insert(tx, act.tenant, &row(&incident, &fired)).await?;
    if fired.cause == CAUSE_UNAVAILABLE {
        dependents::link(tx, act, &incident, fired.fired_at).await?;
    }
    Ok(())
}

/// The words of a rule about its alert, unless they were erased meanwhile.
async fn words_of(tx: &mut Tx, rule: &RuleEvidence) -> Result<Option<String>, StoreError> {
    let Some(digest) = &rule.title else { return Ok(None) };
    Ok(ledger::texts(tx, std::slice::from_ref(digest)).await?.remove(digest).flatten())
}

async fn join(tx: &mut Tx, act: &Act, incident: Authorised<Incident>, fired: &AlertFired, step: Option<Step>) -> Result<(), StoreError> {
    let row = row(&incident, fired);
    let mut change = Change::of(incident, act.clone());
    if let Some(step) = step {
        change.step(step, Some("recurred"))?;
    }
    change.record(&row.joined())?;
    change.incident.firing += 1;
    // It is not restored after all; the ledger keeps when it seemed to be.
    change.incident.restored_at = None;
    change.incident.restored_basis = None;
    tx.cancel_timer(verify::KIND, &row.incident_id.to_string()).await?;
    alert::insert(tx, act.tenant, &row).await?;
    store::save(tx, change).await.map(|_| ())
}

fn row(incident: &Incident, fired: &AlertFired) -> Alert {
    Alert {
        id: fired.alert_id,
        incident_id: incident.id,
        service_id: fired.service_id,
        cause: fired.cause.clone(),
        probe: Some(fired.probe.clone()),
        started_at: fired.started_at,
        fired_at: fired.fired_at,
        cleared_at: None,
        reason: None,
    }
}

async fn resolved(tx: &mut Tx, event: &Event, body: &AlertResolved) -> Result<(), StoreError> {
    let tenant = event.tenant;
    if suppression::over(tx, &Act::system(tenant, "alert", event.occurred_at), body).await? {
        return Ok(());
    }
    let Some(known) = alert::find(tx, tenant, body.alert_id).await?.filter(|known| known.cleared_at.is_none()) else {
        return Ok(());
    };
    alert::clear(tx, tenant, body.alert_id, body.recovered_at, &body.reason).await?;
    let Some(incident) = store::find_held(tx, tenant, known.incident_id).await? else {
        return Ok(());
    };
    let firing = alert::count_firing(tx, tenant, incident.id).await?;
    // A storm ends alert by alert: all of them are read when the last one does.
    let alerts = if firing == 0 { alert::of_incident(tx, tenant, incident.id).await? } else { Vec::new() };
    let act = Act::system(tenant, "alert", event.occurred_at);
    let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act.clone());
    change.incident.firing = firing;
    change.record(&AlertCleared {
        alert_id: body.alert_id,
        recovered_at: body.recovered_at,
        firing: u32::try_from(change.incident.firing).unwrap_or(u32::MAX),
        reason: body.reason.clone(),
        probe: known.probe,
    })?;
    if change.incident.state.is_open()
        && let Some((recovered_at, alert_id)) = alert::recovered_at(&alerts)
    {
        // The first word that service is back counts; a person may have said so before the probe did.
        if change.incident.restored_at.is_none() {
            change.record_at(recovered_at, &Restored { basis: basis::TELEMETRY.to_owned(), alert_id: Some(alert_id) })?;
            change.incident.restored_at = Some(recovered_at);
            change.incident.restored_basis = Some(basis::TELEMETRY.to_owned());
        }
        verify::schedule(tx, &mut change, recovered_at).await?;
    }
    store::save(tx, change).await.map(|_| ())
}

async fn acknowledged(tx: &mut Tx, event: &Event, body: &PageAcknowledged) -> Result<(), StoreError> {
    // A page may be acknowledged after its incident became part of another.
    let Some(incident) = store::find_surviving(tx, event.tenant, body.incident_id).await? else {
        return Ok(());
    };
    if !incident.state.is_open() || incident.acknowledged_at.is_some() {
        return Ok(());
    }
    let act = Act { tenant: event.tenant, actor: evenkeel_core::Actor::person(body.person_id), at: event.occurred_at, source: "page" };
    let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
    acknowledge::apply(tx, &mut change, body.person_id, &body.via).await?;
    store::save(tx, change).await.map(|_| ())
}
