//! What a change of verdict brings: an event, sealed stretches, an alert; and how it reaches the writer.

use std::sync::Arc;

use evenkeel_core::{
    Id,
    event::observe::{AlertFired, AlertResolved, VerdictChanged},
    id::ProbeId,
    state::Verdict,
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use super::{
    super::writer::{AlertWrite, Decision, ProbeWrite, SliWrite},
    Engine, Live, ServiceKey,
};
use crate::{
    probe::{
        table::{OpenAlert, ProbeRow},
        trouble::Trouble,
        verdict::Transition,
    },
    sli::{self, Piece, Timeline},
};

/// For so long nothing is sealed that a site which is cut off may yet send.
const GRACE: SignedDuration = SignedDuration::from_mins(15);

impl Engine {
    /// Sends what a probe's changes of verdict bring.
    pub(super) async fn decide(&mut self, probe: ProbeId, changes: Vec<Transition>) {
        self.tell(probe, changes, true).await;
    }

    /// The same; without `alerting` its alert waits, and what the last change would have told is owed.
    pub(super) async fn tell(&mut self, probe: ProbeId, changes: Vec<Transition>, alerting: bool) {
        let now = self.now();
        for change in changes {
            let Some(live) = self.probes.get_mut(&probe) else { return };
            let row = Arc::clone(&live.row);
            let service = row.definition.service;
            let key = (row.tenant, service);
            let resumed = live.before.take() == Some(change.to) && change.from == Verdict::Inconclusive;
            // Another trouble is no other verdict.
            let news = change.from != change.to && !resumed;
            let since = if change.from == change.to { live.sights.since() } else { change.since };
            let memory = serde_json::to_string(&live.sights.memory()).unwrap_or_default();
            let event = VerdictChanged {
                probe_id: probe,
                service_id: service,
                from: change.from,
                to: change.to,
                since: change.since,
                looks: change.looks,
                last: change.last.clone(),
                vantages: live.sights.sightings(),
            };
            live.owed = (!alerting).then(|| change.clone());
            let write =
                ProbeWrite { probe, verdict: change.to, since, memory, last: Some(change.last.clone()), event: news.then_some(event) };
            let alerts = if alerting { self.alert(&row, &change, now) } else { Vec::new() };
            let sli = self.seal(key, now, false);
            self.send(Decision { number: 0, tenant: row.tenant, service, at: now, probe: Some(write), alerts, sli: Some(sli), done: None })
                .await;
        }
    }

    pub(super) fn alert(&mut self, row: &ProbeRow, change: &Transition, now: Timestamp) -> Vec<AlertWrite> {
        let Some(trouble) = change.trouble else {
            // Partial is no outage: so many still see the service as the probe asks for.
            return if matches!(change.to, Verdict::Up | Verdict::Partial) {
                self.end_alerts(row.id, change.since, "recovered", |_| true)
            } else {
                Vec::new()
            };
        };
        let cause = trouble.cause();
        // The graver trouble is over. A lesser one goes on firing: it cannot be seen just now, which does not end it.
        let over = |open: &OpenAlert| open.cause != cause && trouble != Trouble::Unavailable;
        let mut writes = self.end_alerts(row.id, change.since, "recovered", over);
        let firing = self.alerts.entry(row.id).or_default();
        if firing.iter().all(|open| open.cause != cause) {
            let open = OpenAlert {
                id: Id::at(now, self.hub.kit.rng.as_ref()),
                tenant: row.tenant,
                probe: row.id,
                service: row.definition.service,
                cause: cause.to_owned(),
            };
            let event = AlertFired {
                alert_id: open.id,
                probe_id: Some(row.id),
                probe: row.definition.name.clone(),
                service_id: open.service,
                cause: open.cause.clone(),
                severity: row.definition.severity,
                started_at: change.since,
                fired_at: now,
                look: change.last.clone(),
                rule: None,
            };
            firing.push(open.clone());
            writes.push(AlertWrite::Fired { open: Box::new(open), event: Box::new(event) });
        }
        writes
    }

    /// Ends those of a probe's alerts that `over` picks.
    pub(super) fn end_alerts(
        &mut self,
        probe: ProbeId,
        recovered_at: Timestamp,
        reason: &str,
        over: impl Fn(&OpenAlert) -> bool,
    ) -> Vec<AlertWrite> {
        let (ended, left): (Vec<OpenAlert>, Vec<OpenAlert>) = self.alerts.remove(&probe).unwrap_or_default().into_iter().partition(over);
        if !left.is_empty() {
            self.alerts.insert(probe, left);
        }
        ended
            .into_iter()
            .map(|open| AlertWrite::Resolved {
                event: AlertResolved {
                    alert_id: open.id,
                    service_id: open.service,
                    cause: open.cause,
                    recovered_at,
                    reason: reason.to_owned(),
                },
            })
            .collect()
    }

    /// Up to where nothing about a service can change any more.
    pub(super) fn frontier(&self, key: ServiceKey, now: Timestamp) -> Timestamp {
        let Some(line) = self.lines.get(&key) else { return now };
        line.counting()
            .filter_map(|probe| self.probes.get(&probe))
            .flat_map(|live| [Some(live.sights.settled_to(now, GRACE)), live.looking_since])
            .flatten()
            .fold(now, Timestamp::min)
    }

    pub(super) fn seal(&mut self, key: ServiceKey, at: Timestamp, cut: bool) -> SliWrite {
        let frontier = self.frontier(key, at);
        let query = self.query(key);
        let line = self.lines.entry(key).or_insert_with(|| Timeline::new(at));
        let pieces: Vec<Piece> = line.seal(frontier, cut);
        SliWrite { pieces, query, line: line.clone() }
    }

    pub(super) fn query(&self, key: ServiceKey) -> String {
        let counting: Vec<&Live> =
            self.lines.get(&key).into_iter().flat_map(Timeline::counting).filter_map(|probe| self.probes.get(&probe)).collect();
        sli::query(counting.iter().filter_map(|live| {
            let definition = &live.row.definition;
            Some((definition.described(), definition.check()?.kind(), live.labels.instance.clone()))
        }))
    }

    /// Seals what has settled since, of every service.
    pub(super) async fn settle_all(&mut self) {
        let now = self.now();
        let keys: Vec<ServiceKey> = self.lines.keys().copied().collect();
        for key in keys {
            let sli = self.seal(key, now, false);
            if !sli.pieces.is_empty() {
                self.send_sli(key, now, sli, None).await;
            }
        }
    }

    pub(super) async fn send_sli(
        &mut self,
        (tenant, service): ServiceKey,
        at: Timestamp,
        sli: SliWrite,
        done: Option<oneshot::Sender<()>>,
    ) {
        self.send(Decision { number: 0, tenant, service, at, probe: None, alerts: Vec::new(), sli: Some(sli), done }).await;
    }

    pub(super) async fn sign_of_life(&mut self) {
        let now = self.now();
        let (tenant, service) = (Id::from_uuid(uuid::Uuid::nil()), Id::from_uuid(uuid::Uuid::nil()));
        self.send(Decision { number: 0, tenant, service, at: now, probe: None, alerts: Vec::new(), sli: None, done: None }).await;
    }

    pub(super) async fn send(&mut self, mut decision: Decision) {
        self.number += 1;
        decision.number = self.number;
        // A full queue stops the looking: the time counts as unknown, and nothing decided is lost.
        if self.decisions.send(decision).await.is_err() {
            // It was fenced off; the engine is about to learn of it.
            tracing::debug!("the probe writer is gone");
        }
    }
}
