//! What objectives came to, as rows and events in one transaction.

use std::collections::BTreeMap;

use evenkeel_core::{
    Actor, Id,
    definition::Bilingual,
    event::{
        Body, NewEvent,
        observe::{AlertFired, AlertResolved, Look as Deciding, RuleEvidence, SliSealed},
    },
    id::{ServiceId, TenantId},
    priority::Severity,
    title,
};
use evenkeel_store::{Lease, StoreError, Tx};

use super::{Hub, REVISIT_MINS, Shared, Slos, Tracked, held};
use crate::{
    rule::{duration, routing},
    slo::{
        burn::{self, Look, Says},
        slice::{self, Stretch},
        table::{self, OpenAlert},
        tally::Cell,
        window::instant,
    },
};

const SOURCE: &str = "observe.slo";
const GRAVITIES: [Severity; 3] = [Severity::Critical, Severity::Warning, Severity::Info];

/// What one objective wants written.
struct Due {
    shared: Shared,
    slo: String,
    query: String,
    query_hash: String,
    service: Option<ServiceId>,
    buckets: BTreeMap<i64, Cell>,
    oldest: i64,
    seals: Vec<Stretch>,
    begin_seal: Option<i64>,
}

impl Due {
    fn of(shared: &Shared) -> Self {
        let tracked = held(shared);
        let slo = &tracked.slo;
        let settled = tracked.tally.end() - REVISIT_MINS;
        // Nothing is sealed for a service that is not declared.
        let seals = match tracked.service {
            Some(_) if slo.method.is_time() => slice::sealable(&tracked.tally, slo.method, slo.target, tracked.sealed_to, settled),
            _ => Vec::new(),
        };
        Self {
            shared: Shared::clone(shared),
            slo: slo.name.clone(),
            query: slo.query(),
            query_hash: tracked.query_hash.clone(),
            service: tracked.service,
            buckets: tracked.unwritten.clone(),
            oldest: slo.window.edges(tracked.tally.end()).from.min(tracked.tally.end() - super::longest(slo)) - tracked.tally.bucket_mins(),
            seals,
            begin_seal: (slo.method.is_time() && !tracked.sealed_known).then_some(tracked.sealed_to),
        }
    }

    fn is_empty(&self) -> bool {
        self.buckets.is_empty() && self.seals.is_empty() && self.begin_seal.is_none()
    }

    fn sealed_to(&self) -> Option<i64> {
        self.seals.last().map(|last| last.to).or(self.begin_seal)
    }

    /// It is written.
    fn done(self) {
        let mut tracked = held(&self.shared);
        tracked.unwritten.retain(|at, cell| self.buckets.get(at) != Some(cell));
        if let Some(sealed_to) = self.sealed_to() {
            tracked.sealed_to = sealed_to;
            tracked.sealed_known = true;
        }
    }
}

/// An alert to be told.
struct Firing {
    alert: OpenAlert,
    event: AlertFired,
    words: String,
}

/// Writes everything that is due.
pub(super) async fn write(slos: &Slos, lease: &Lease) -> Result<(), StoreError> {
    let hub = &slos.hub;
    let all = slos.all();
    let open = table::open_alerts(&mut hub.kit.db.read().await?, hub.tenant).await?;
    let (firing, over) = decide(hub, &all, &open);
    let due: Vec<Due> = all.iter().map(Due::of).filter(|due| !due.is_empty()).collect();
    if due.is_empty() && firing.is_empty() && over.is_empty() {
        return Ok(());
    }
    let mut tx = hub.kit.db.write().await?;
    tx.fenced(lease).await?;
    for due in &due {
        for bucket in &due.buckets {
            table::write_bucket(&mut tx, hub.tenant, &due.slo, &due.query_hash, (*bucket.0, *bucket.1)).await?;
        }
        if !due.buckets.is_empty() {
            table::forget(&mut tx, hub.tenant, &due.slo, &due.query_hash, due.oldest).await?;
        }
        seal(&mut tx, hub.tenant, due).await?;
    }
    for (alert, at, reason) in &over {
        if table::resolve(&mut tx, alert.id, reason).await? {
            let body = AlertResolved {
                alert_id: alert.id,
                service_id: alert.service,
                cause: alert.cause.clone(),
                recovered_at: *at,
                reason: (*reason).to_owned(),
            };
            append(&mut tx, hub.tenant, *at, alert.id, &body).await?;
        }
    }
    for mut firing in firing {
        table::fire(&mut tx, hub.tenant, &firing.alert).await?;
        let digest = tx.put_text(hub.tenant, &firing.words).await?;
        if let Some(rule) = &mut firing.event.rule {
            rule.title = Some(digest);
        }
        append(&mut tx, hub.tenant, firing.event.fired_at, firing.alert.id, &firing.event).await?;
    }
    tx.commit().await?;
    due.into_iter().for_each(Due::done);
    Ok(())
}

async fn seal(tx: &mut Tx, tenant: TenantId, due: &Due) -> Result<(), StoreError> {
    if let Some(service_id) = due.service {
        for stretch in &due.seals {
            let body = SliSealed {
                service_id,
                sli: due.slo.clone(),
                state: stretch.state,
                from: instant(stretch.from),
                to: instant(stretch.to),
                query: due.query.clone(),
                query_hash: due.query_hash.clone(),
            };
            let seq = append(tx, tenant, body.to, service_id, &body).await?;
            let sealed = table::Sealed { seq, stretch: *stretch, query_hash: body.query_hash };
            table::write_sealed(tx, tenant, &due.slo, &sealed).await?;
        }
    }
    if let Some(sealed_to) = due.sealed_to() {
        table::write_sealed_to(tx, tenant, &due.slo, sealed_to).await?;
    }
    Ok(())
}

type Over = (OpenAlert, jiff::Timestamp, &'static str);

/// Which alerts begin and which are over.
fn decide(hub: &Hub, all: &[Shared], open: &[OpenAlert]) -> (Vec<Firing>, Vec<Over>) {
    let (mut firing, mut over) = (Vec::new(), Vec::new());
    let mut known: BTreeMap<(&str, &str), &OpenAlert> =
        open.iter().map(|alert| ((alert.slo.as_str(), table::word(alert.severity)), alert)).collect();
    let mut seen = Vec::new();
    for shared in all {
        let tracked = held(shared);
        let name = tracked.slo.name.clone();
        let looks = tracked.looks();
        for severity in GRAVITIES {
            let alert = known.get(&(name.as_str(), table::word(severity))).copied();
            let looks: Vec<&Look> = looks.iter().filter(|look| look.pair.severity == severity).collect();
            if looks.is_empty() {
                // The objective says nothing of this kind any more: what fires has no rule.
                continue;
            }
            seen.extend(alert.map(|alert| alert.id));
            // Of the past nobody is called.
            if !tracked.current {
                continue;
            }
            let burning = looks.iter().copied().filter(|look| look.says == Says::Burns).max_by(|a, b| a.pair.rate.total_cmp(&b.pair.rate));
            match (alert, burning, tracked.service) {
                (None, Some(look), Some(service)) => firing.push(fired(hub, &tracked, service, look)),
                (Some(alert), None, _) if looks.iter().all(|look| look.says == Says::Calm) => {
                    over.push((alert.clone(), instant(tracked.tally.end()), "recovered"));
                }
                _ => {}
            }
        }
    }
    known.retain(|_, alert| !seen.contains(&alert.id));
    over.extend(known.into_values().map(|alert| (alert.clone(), hub.kit.now(), "rule_removed")));
    (firing, over)
}

fn number(value: f64) -> String {
    evenkeel_tsdb::promql::go_g(value)
}

fn span(mins: i64) -> String {
    duration::text(mins * 60_000)
}

#[allow(clippy::cast_possible_truncation, reason = "minutes of a window")]
fn fired(hub: &Hub, tracked: &Tracked, service: ServiceId, look: &Look) -> Firing {
    let slo = &tracked.slo;
    let fired_at = hub.kit.now();
    let began = instant(burn::began(&tracked.tally, slo.target, look)).min(fired_at);
    let (pair, long, short) = (look.pair, look.long, look.short);
    let name = format!("slo:{}", slo.name);
    let alert = OpenAlert {
        id: Id::at(fired_at, hub.kit.rng.as_ref()),
        slo: slo.name.clone(),
        severity: pair.severity,
        service,
        cause: routing::cause(&name),
        fired_at,
    };
    let rate = format!("{:.1}", long.rate);
    let words = title::both(&Bilingual {
        zh: format!("{}：错误预算消耗速度为允许值的 {rate} 倍（{} 内）", slo.display.zh, span(pair.long_mins)),
        en: format!("{}: the error budget burns {rate} times too fast (over {})", slo.display.en, span(pair.long_mins)),
    });
    let labels = [
        ("service", slo.service.clone()),
        ("slo", slo.name.clone()),
        ("target", number(slo.target)),
        ("burn_rate_limit", number(pair.rate)),
        ("numerator", number(long.counts.bad())),
        ("denominator", number(long.counts.total)),
        ("window", span(pair.long_mins)),
        ("window_from", instant(long.from).to_string()),
        ("window_to", instant(long.to).to_string()),
        ("short_burn_rate", number(short.rate)),
        ("short_numerator", number(short.counts.bad())),
        ("short_denominator", number(short.counts.total)),
        ("short_window", span(pair.short_mins)),
        ("short_window_from", instant(short.from).to_string()),
    ];
    let unseen = (long.to - long.from) as f64 - long.counts.seen;
    let detail = format!(
        "({} / {}) / (1 - {}) = {} >= {} over {}, {} over {}",
        number(long.counts.bad()),
        number(long.counts.total),
        number(slo.target),
        rate,
        number(pair.rate),
        span(pair.long_mins),
        number(short.rate),
        span(pair.short_mins)
    );
    let query = slo.query();
    let event = AlertFired {
        alert_id: alert.id,
        probe_id: None,
        probe: slo.name.clone(),
        service_id: service,
        cause: alert.cause.clone(),
        severity: pair.severity,
        started_at: began,
        fired_at,
        look: Deciding { at: fired_at, duration_ms: 0.0, code: "slo".to_owned(), detail: detail.chars().take(300).collect() },
        rule: Some(RuleEvidence {
            group: "slo".to_owned(),
            alert: name,
            query_hash: tracked.query_hash.clone(),
            query,
            value: number(long.rate),
            labels: labels.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            for_secs: pair.hold_mins * 60,
            unobserved_secs: (unseen.max(0.0) * 60.0) as i64,
            title: None,
            impact: None,
            urgency: None,
        }),
    };
    Firing { alert, event, words }
}

async fn append<B: Body>(
    tx: &mut Tx,
    tenant: TenantId,
    at: jiff::Timestamp,
    subject: impl std::fmt::Display + Send,
    body: &B,
) -> Result<i64, StoreError> {
    let event = NewEvent::of(tenant, at, Actor::system("slo"), SOURCE, subject, body)?;
    tx.append(&event).await.map(|event| event.seq)
}
