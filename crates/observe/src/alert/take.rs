//! Taking what was sent: one transaction a batch, whatever is in it.

use std::collections::{BTreeMap, HashMap};

use evenkeel_core::{
    Actor,
    event::{
        Body, NewEvent,
        observe::{AlertFired, AlertResolved, CAUSE_CERTIFICATE, CAUSE_UNAVAILABLE, Look, RuleEvidence},
    },
    id::{AlertId, ServiceId, TenantId},
    priority::Severity,
    time,
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;

use super::{
    expire,
    model::{Incoming, fingerprint},
    port::AlertHouse,
    table::{self, Received},
};
use crate::{
    rule::{Grade, Routing, routing},
    sli,
};

const EVENT_SOURCE: &str = "observe.alert";
/// Characters of a text that goes into an event.
const CHARS_MAX: usize = 300;
/// Its sender said that it is over.
pub(super) const RECOVERED: &str = "recovered";
/// Nobody speaks of it any more: that proves no recovery.
pub(super) const SILENT: &str = "data_silent";

/// Where a batch came from.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Whose.
    pub tenant: TenantId,
    /// The way it came: `alertmanager`, or a webhook's name.
    pub source: &'a str,
    /// Who sent it.
    pub actor: &'a Actor,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Began to fire.
    pub fired: usize,
    /// Fired already.
    pub refreshed: usize,
    /// Are over.
    pub resolved: usize,
    /// Of those that began: they name no service of ours, or a severity that is not told, and open no incident.
    pub unrouted: usize,
}

/// Takes a batch; of two with the same labels the later one counts.
///
/// # Errors
/// As any statement: then nothing of the batch was taken.
pub async fn take(tx: &mut Tx, house: &dyn AlertHouse, sent: Sent<'_>, batch: Vec<Incoming>) -> Result<Taken, StoreError> {
    let now = tx.now();
    let batch: BTreeMap<String, Incoming> = batch.into_iter().map(|alert| (fingerprint(&alert.labels), alert)).collect();
    let fingerprints: Vec<String> = batch.keys().cloned().collect();
    let known = table::open(tx, sent.tenant, &fingerprints).await?;
    let mut taken = Taken::default();
    let mut routes = Routes { routing: house.routing(tx, sent.tenant).await?, services: HashMap::new() };
    for (fingerprint, alert) in batch {
        match (known.get(&fingerprint), alert.fires(now)) {
            (Some(_), true) => {
                table::refresh(tx, sent.tenant, &fingerprint, &alert, now).await?;
                taken.refreshed += 1;
            }
            (Some((id, service, cause)), false) => {
                let at = alert.ends_at.unwrap_or(now).min(now);
                taken.resolved += usize::from(end(tx, sent, &fingerprint, (*id, *service, cause), at, RECOVERED).await?);
            }
            (None, true) => {
                let (service, grade) = routes.of(tx, house, sent.tenant, &alert).await?;
                if begin(tx, sent, fingerprint, &alert, service, grade).await? {
                    taken.fired += 1;
                    taken.unrouted += usize::from(service.is_none() || grade.severity.is_none());
                } else {
                    taken.refreshed += 1;
                }
            }
            // Over before we heard of it.
            (None, false) => {}
        }
    }
    expire::schedule(tx, sent.tenant).await?;
    Ok(taken)
}

/// The house's routing, and the services that were asked for already.
struct Routes {
    routing: Routing,
    services: HashMap<String, Option<ServiceId>>,
}

impl Routes {
    async fn of(
        &mut self,
        tx: &mut Tx,
        house: &dyn AlertHouse,
        tenant: TenantId,
        alert: &Incoming,
    ) -> Result<(Option<ServiceId>, Grade), StoreError> {
        let grade = self.routing.grade(&alert.labels);
        let Some(name) = self.routing.service(&alert.labels) else { return Ok((None, grade)) };
        if let Some(known) = self.services.get(name) {
            return Ok((*known, grade));
        }
        let service = house.service(tx, tenant, name).await?;
        if service.is_none() {
            tracing::warn!(alert = alert.name(), service = name, "an alert names a service that is not declared; it opens no incident");
        }
        self.services.insert(name.to_owned(), service);
        Ok((service, grade))
    }
}

/// What kind of trouble: what the sender says in the label `cause`, when it is one of ours, else the alert's name.
fn cause(alert: &Incoming) -> String {
    match alert.labels.get("cause").map(String::as_str) {
        Some(known @ (CAUSE_UNAVAILABLE | CAUSE_CERTIFICATE)) => known.to_owned(),
        _ => routing::cause(alert.name()),
    }
}

async fn begin(
    tx: &mut Tx,
    sent: Sent<'_>,
    fingerprint: String,
    alert: &Incoming,
    service: Option<ServiceId>,
    grade: Grade,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let id = AlertId::at(now, tx.rng().as_ref());
    // What has no severity is not told, like what has no service.
    let service = service.filter(|_| grade.severity.is_some());
    let row = Received {
        fingerprint,
        id,
        source: sent.source.to_owned(),
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        generator_url: alert.generator_url.clone(),
        service,
        cause: cause(alert),
        started_at: time::truncate(alert.starts_at.min(now)),
        updated_at: now,
        ends_at: alert.ends_at.map(time::truncate),
    };
    if !table::begin(tx, sent.tenant, &row).await? {
        return Ok(false);
    }
    let (Some(service), Some(severity)) = (service, grade.severity) else { return Ok(true) };
    let title = match routing::words(&alert.annotations) {
        Some(words) => Some(tx.put_text(sent.tenant, &words).await?),
        None => None,
    };
    let event = fired(sent, &row, service, severity, grade, title, now);
    append(tx, sent, now, id, &event).await?;
    Ok(true)
}

fn fired(
    sent: Sent<'_>,
    row: &Received,
    service: ServiceId,
    severity: Severity,
    grade: Grade,
    title: Option<String>,
    now: Timestamp,
) -> AlertFired {
    let cut = |text: &str| text.chars().take(CHARS_MAX).collect::<String>();
    let name = row.labels.get("alertname").map_or("alert", String::as_str);
    // What tells it from the others of its name.
    let own = row.labels.iter().filter(|(name, _)| !["alertname", "severity", "cause"].contains(&name.as_str()));
    let said = ["description", "message", "summary"].into_iter().find_map(|name| row.annotations.get(name));
    AlertFired {
        alert_id: row.id,
        probe_id: None,
        probe: routing::name(name, &own.map(|(name, value)| (name.clone(), value.clone())).collect()),
        service_id: service,
        cause: row.cause.clone(),
        severity,
        started_at: row.started_at,
        fired_at: now,
        look: Look { at: now, duration_ms: 0.0, code: "received".to_owned(), detail: cut(said.map_or("", String::as_str)) },
        rule: Some(RuleEvidence {
            group: sent.source.to_owned(),
            alert: name.to_owned(),
            query: row.generator_url.clone(),
            query_hash: sli::query_hash(&row.generator_url),
            value: String::new(),
            labels: row.labels.clone(),
            for_secs: 0,
            unobserved_secs: 0,
            title,
            impact: grade.impact,
            urgency: grade.urgency,
        }),
    }
}

/// Ends an alert that fires; false when another writer was faster.
pub(super) async fn end(
    tx: &mut Tx,
    sent: Sent<'_>,
    fingerprint: &str,
    (id, service, cause): (AlertId, Option<ServiceId>, &str),
    at: Timestamp,
    reason: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    if !table::end(tx, sent.tenant, fingerprint, now).await? {
        return Ok(false);
    }
    if let Some(service_id) = service {
        let (alert_id, cause, reason) = (id, cause.to_owned(), reason.to_owned());
        let body = AlertResolved { alert_id, service_id, cause, recovered_at: time::truncate(at), reason };
        append(tx, sent, now, id, &body).await?;
    }
    Ok(true)
}

async fn append<B: Body>(tx: &mut Tx, sent: Sent<'_>, at: Timestamp, subject: AlertId, body: &B) -> Result<(), StoreError> {
    let event = NewEvent::of(sent.tenant, at, sent.actor.clone(), EVENT_SOURCE, subject, body)?;
    tx.append(&event).await.map(|_| ())
}
