//! Looks from other vantage points.

use std::collections::BTreeSet;

use evenkeel_core::{event::observe::Look, id::ProbeId};
use tokio::sync::oneshot;

use super::{
    super::{
        Far,
        writer::{Decision, ProbeWrite},
    },
    Engine,
};
use crate::{probe::look, sli::Timeline};

impl Engine {
    /// Takes looks in, in the order in which they came back there.
    pub(super) async fn take_in(&mut self, far: Far) {
        let now = self.now();
        let mut touched: BTreeSet<ProbeId> = BTreeSet::new();
        let mut last_seq = 0;
        for seen in far.looks {
            last_seq = last_seq.max(seen.seq);
            let Some(live) = self.probes.get_mut(&seen.probe) else { continue };
            // What was seen belongs to an older definition, or to somebody else.
            if live.row.tenant != far.tenant || live.row.version != seen.version {
                continue;
            }
            let look = Look {
                // A clock that is ahead must not say what will be.
                at: seen.at.min(now),
                duration_ms: seen.duration_ms,
                code: seen.code,
                detail: look::clean(&seen.detail),
            };
            self.hub.evidence.put(seen.probe, &far.vantage, look.at, seen.steps, true);
            let key = (live.row.tenant, live.row.definition.service);
            let line = self.lines.entry(key).or_insert_with(|| Timeline::new(look.at));
            let changes = live.sights.observe((seen.probe, line), &far.vantage, &live.rule, seen.outcome.into(), &look, now);
            touched.insert(seen.probe);
            self.tell(seen.probe, changes, false).await;
        }
        for probe in touched {
            if !far.backlog {
                self.pay(probe).await;
            }
            if let Some(live) = self.probes.get(&probe) {
                self.show(live);
            }
        }
        self.hub.house.take(far.tenant, &far.vantage, &far.run, last_seq);
        // Whoever sent them may have gone.
        let _ = far.done.send(());
    }

    /// Tells the alert that waited for all that a site had kept.
    async fn pay(&mut self, probe: ProbeId) {
        let now = self.now();
        let Some(live) = self.probes.get_mut(&probe) else { return };
        let Some(change) = live.owed.take() else { return };
        let row = std::sync::Arc::clone(&live.row);
        let alerts = self.alert(&row, &change, now);
        if !alerts.is_empty() {
            let (tenant, service) = (row.tenant, row.definition.service);
            self.send(Decision { number: 0, tenant, service, at: now, probe: None, alerts, sli: None, done: None }).await;
        }
    }

    /// Makes durable what was taken in from elsewhere, so that the sites need not keep it any more.
    pub(super) async fn keep_far(&mut self) {
        let now = self.now();
        let taken = self.hub.house.taken();
        if taken.is_empty() {
            return;
        }
        let mut writes = Vec::new();
        for (probe, live) in &mut self.probes {
            if !live.sights.take_fresh() {
                continue;
            }
            let write = ProbeWrite {
                probe: *probe,
                verdict: live.sights.verdict(),
                since: live.sights.since(),
                memory: serde_json::to_string(&live.sights.memory()).unwrap_or_default(),
                last: live.sights.last().cloned(),
                event: None,
            };
            writes.push((live.row.tenant, live.row.definition.service, write));
        }
        for (tenant, service, write) in writes {
            self.send(Decision { number: 0, tenant, service, at: now, probe: Some(write), alerts: Vec::new(), sli: None, done: None })
                .await;
        }
        // Decisions are written in order: when this one is, all before it are.
        let (written, told) = oneshot::channel();
        let nobody = evenkeel_core::Id::from_uuid(uuid::Uuid::nil());
        let service = evenkeel_core::Id::from_uuid(uuid::Uuid::nil());
        self.send(Decision {
            number: 0,
            tenant: nobody,
            service,
            at: now,
            probe: None,
            alerts: Vec::new(),
            sli: None,
            done: Some(written),
        })
        .await;
        let hub = std::sync::Arc::clone(&self.hub);
        tokio::spawn(async move {
            if told.await.is_ok() {
                hub.house.keep(taken);
            }
        });
    }
}
