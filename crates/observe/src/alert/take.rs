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
    let mut routes = Routes { routing: house.routing(tx, sent.tenant).await?, services: HashMap::new() };
    let (mut beginning, mut refreshed, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    for (fingerprint, alert) in batch {
        match (known.get(&fingerprint), alert.fires(now)) {
            (Some(_), true) => refreshed.push((fingerprint, alert)),
            (Some((id, service, cause)), false) => {
                let at = alert.ends_at.unwrap_or(now).min(now);
                ended.push(Ending { fingerprint, id: *id, service: *service, cause: cause.clone(), at });
            }
            (None, true) => {
                let (service, grade) = routes.of(tx, house, sent.tenant, &alert).await?;
                beginning.push(begins(tx, sent, fingerprint, alert, service, grade));
            }
            // Over before we heard of it.
            (None, false) => {}
        }
    }
    table::refresh(tx, sent.tenant, &refreshed, now).await?;
    let resolved = end(tx, sent, ended, RECOVERED).await?;
    let beginning_count = beginning.len();
    let (fired, unrouted) = begin(tx, sent, beginning).await?;
    expire::schedule(tx, sent.tenant).await?;
    // Where another writer was faster with the same labels, it fires already.
    Ok(Taken { fired, refreshed: refreshed.len() + beginning_count - fired, resolved, unrouted })
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

/// One that begins to fire, and what is told of it; none = it opens no incident.
type Beginning = (Received, Option<(ServiceId, Severity, Grade)>);

fn begins(tx: &Tx, sent: Sent<'_>, fingerprint: String, alert: Incoming, service: Option<ServiceId>, grade: Grade) -> Beginning {
    let now = tx.now();
    // What has no severity is not told, like what has no service.
    let told = service.zip(grade.severity).map(|(service, severity)| (service, severity, grade));
    let row = Received {
        fingerprint,
        id: AlertId::at(now, tx.rng().as_ref()),
        source: sent.source.to_owned(),
        cause: cause(&alert),
        labels: alert.labels,
        annotations: alert.annotations,
        generator_url: alert.generator_url,
        service: told.as_ref().map(|(service, ..)| *service),
        started_at: time::truncate(alert.starts_at.min(now)),
        updated_at: now,
        ends_at: alert.ends_at.map(time::truncate),
    };
    (row, told)
}

/// Writes those that begin to fire; how many did, and how many of these are told to nobody.
async fn begin(tx: &mut Tx, sent: Sent<'_>, beginning: Vec<Beginning>) -> Result<(usize, usize), StoreError> {
    let now = tx.now();
    let ours = table::begin(tx, sent.tenant, beginning.iter().map(|(row, _)| row)).await?;
    let begun: Vec<Beginning> = beginning.into_iter().filter(|(row, _)| ours.contains(&row.fingerprint)).collect();
    let mut told = Vec::with_capacity(begun.len());
    for (row, told_as) in &begun {
        if let Some((service, severity, grade)) = told_as {
            told.push((row, *service, *severity, *grade, routing::words(&row.annotations)));
        }
    }
    let words: Vec<&str> = told.iter().filter_map(|(.., words)| words.as_deref()).collect();
    let mut titles = tx.put_texts(sent.tenant, &words).await?.into_iter();
    let mut events = Vec::with_capacity(told.len());
    for (row, service, severity, grade, words) in &told {
        let title = words.as_ref().and_then(|_| titles.next());
        let body = fired(sent, row, *service, *severity, *grade, title, now);
        events.push(event(sent, now, row.id, &body)?);
    }
    tx.append_all(&events).await?;
    Ok((begun.len(), begun.len() - events.len()))
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

/// An alert that fires and is over.
pub(super) struct Ending {
    pub fingerprint: String,
    pub id: AlertId,
    pub service: Option<ServiceId>,
    pub cause: String,
    pub at: Timestamp,
}

/// Ends alerts that fire; how many: another writer may have been faster.
pub(super) async fn end(tx: &mut Tx, sent: Sent<'_>, endings: Vec<Ending>, reason: &str) -> Result<usize, StoreError> {
    let now = tx.now();
    let ours = table::end(tx, sent.tenant, endings.iter().map(|ending| &ending.fingerprint), now).await?;
    let mut events = Vec::new();
    for ending in endings.into_iter().filter(|ending| ours.contains(&ending.fingerprint)) {
        if let Some(service_id) = ending.service {
            let recovered_at = time::truncate(ending.at);
            let body = AlertResolved { alert_id: ending.id, service_id, cause: ending.cause, recovered_at, reason: reason.to_owned() };
            events.push(event(sent, now, ending.id, &body)?);
        }
    }
    tx.append_all(&events).await?;
    Ok(ours.len())
}

fn event<B: Body>(sent: Sent<'_>, at: Timestamp, subject: AlertId, body: &B) -> Result<NewEvent, StoreError> {
    Ok(NewEvent::of(sent.tenant, at, sent.actor.clone(), EVENT_SOURCE, subject, body)?)
}
