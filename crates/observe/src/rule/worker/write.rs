//! What changed, as rows and events.

use std::collections::BTreeMap;

use evenkeel_core::{
    Actor,
    event::{
        Body, NewEvent,
        observe::{AlertFired, AlertResolved, Look, RuleEvidence},
    },
    id::{AlertId, TenantId},
};
use evenkeel_store::{Lease, StoreError, Tx};
use jiff::Timestamp;

use super::Hub;
use crate::{
    rule::{
        evaluate::Memory,
        instance::Instance,
        model::{Alerting, Rule},
        routing,
        table::{self, OpenAlert},
        template::LabelMap,
    },
    sli,
};

const SOURCE: &str = "observe.rule";
/// Characters of a text that goes into an event.
const CHARS_MAX: usize = 300;

/// An alert that fires from now on.
#[derive(Debug, Clone)]
pub(super) struct Fired {
    /// Made before it is written: writing it twice is writing it once.
    pub id: AlertId,
    pub rule: usize,
    pub labels: LabelMap,
    pub instance: Instance,
    pub took_ms: f64,
}

/// An alert that is over.
#[derive(Debug, Clone)]
pub(super) struct Over {
    pub alert: OpenAlert,
    pub recovered_at: Timestamp,
    pub at: Timestamp,
    pub reason: &'static str,
}

/// What belongs together.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub fired: Vec<Fired>,
    pub over: Vec<Over>,
}

/// Where and for whom it is written.
pub(super) struct Place<'a> {
    pub hub: &'a Hub,
    pub lease: &'a Lease,
    pub key: &'a str,
    pub group: &'a str,
    pub rules: &'a [Rule],
    pub ids: &'a [String],
}

/// Writes a decision and what the group remembers; answers the alerts that were told.
pub(super) async fn write(
    place: &Place<'_>,
    decision: &Decision,
    memories: &[Memory],
    evaluated_at: Timestamp,
) -> Result<Vec<(usize, OpenAlert)>, StoreError> {
    let hub = place.hub;
    let mut tx = hub.kit.db.write().await?;
    tx.fenced(place.lease).await?;
    for over in &decision.over {
        resolve(&mut tx, hub.tenant, &over.alert, over.recovered_at, over.at, over.reason).await?;
    }
    let mut told = Vec::new();
    if !decision.fired.is_empty() {
        let known: BTreeMap<AlertId, OpenAlert> =
            table::open_alerts(&mut tx, hub.tenant).await?.into_iter().map(|alert| (alert.id, alert)).collect();
        let house = hub.house.routing(&mut tx, hub.tenant).await?;
        for fired in &decision.fired {
            if let Some(alert) = known.get(&fired.id) {
                told.push((fired.rule, alert.clone()));
                continue;
            }
            let (Some(alerting), grade) = (place.rules[fired.rule].alerting(), house.grade(&fired.labels)) else { continue };
            let (Some(severity), Some(name)) = (grade.severity, house.service(&fired.labels)) else { continue };
            let Some(service) = hub.house.service(&mut tx, hub.tenant, name).await? else {
                tracing::warn!(alert = %alerting.alert, service = %name, "an alert names a service that is not declared; it opens no incident");
                continue;
            };
            let alert = OpenAlert {
                id: fired.id,
                group: place.key.to_owned(),
                rule: place.ids[fired.rule].clone(),
                labels: fired.labels.clone(),
                service,
                cause: routing::cause(&alerting.alert),
            };
            let title = match routing::words(&fired.instance.annotations) {
                Some(words) => Some(tx.put_text(hub.tenant, &words).await?),
                None => None,
            };
            let event = event(place, fired, alerting, &alert, severity, (grade.impact, grade.urgency), title);
            table::fire(&mut tx, hub.tenant, &alert, event.started_at, event.fired_at).await?;
            append(&mut tx, hub.tenant, event.fired_at, alert.id, &event).await?;
            told.push((fired.rule, alert));
        }
    }
    let remembered: Vec<(String, &Memory)> = place.ids.iter().cloned().zip(memories).collect();
    table::write_group(&mut tx, hub.tenant, place.key, &remembered, evaluated_at).await?;
    tx.commit().await?;
    Ok(told)
}

fn event(
    place: &Place<'_>,
    fired: &Fired,
    alerting: &Alerting,
    alert: &OpenAlert,
    severity: evenkeel_core::priority::Severity,
    (impact, urgency): (Option<evenkeel_core::priority::Level>, Option<evenkeel_core::priority::Level>),
    title: Option<String>,
) -> AlertFired {
    let query = &place.rules[fired.rule].query.text;
    let value = evenkeel_tsdb::promql::go_g(fired.instance.value);
    let fired_at = instant(fired.instance.fired_at_ms.unwrap_or(fired.instance.seen_at_ms));
    let cut = |text: &str| text.chars().take(CHARS_MAX).collect::<String>();
    AlertFired {
        alert_id: alert.id,
        probe_id: None,
        probe: routing::name(&alerting.alert, &fired.instance.source),
        service_id: alert.service,
        cause: alert.cause.clone(),
        severity,
        started_at: instant(fired.instance.active_at_ms),
        fired_at,
        look: Look { at: fired_at, duration_ms: fired.took_ms, code: "rule".to_owned(), detail: cut(&format!("{value} = {query}")) },
        rule: Some(RuleEvidence {
            group: place.group.to_owned(),
            alert: alerting.alert.clone(),
            query: query.clone(),
            query_hash: sli::query_hash(query),
            value,
            labels: fired.labels.clone(),
            for_secs: alerting.hold_ms / 1000,
            unobserved_secs: fired.instance.unobserved_ms / 1000,
            title,
            impact,
            urgency,
        }),
    }
}

/// Writes the end of an alert that was told.
pub(super) async fn resolve(
    tx: &mut Tx,
    tenant: TenantId,
    alert: &OpenAlert,
    recovered_at: Timestamp,
    at: Timestamp,
    reason: &str,
) -> Result<(), StoreError> {
    if table::resolve(tx, alert.id, recovered_at, reason).await? {
        let body = AlertResolved {
            alert_id: alert.id,
            service_id: alert.service,
            cause: alert.cause.clone(),
            recovered_at,
            reason: reason.to_owned(),
        };
        append(tx, tenant, at, alert.id, &body).await?;
    }
    Ok(())
}

async fn append<B: Body>(tx: &mut Tx, tenant: TenantId, at: Timestamp, subject: AlertId, body: &B) -> Result<(), StoreError> {
    let event = NewEvent::of(tenant, at, Actor::system("rule"), SOURCE, subject, body)?;
    tx.append(&event).await.map(|_| ())
}

/// An instant of the metric store as a timestamp.
pub(super) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}
