//! Following the definitions: probes that come, change, pause and go.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

use evenkeel_core::{id::ProbeId, state::Verdict};

use super::{
    super::writer::{Decision, ProbeWrite},
    Engine, ServiceKey, labels, rule,
};
use crate::{
    probe::table::{Memory, ProbeRow},
    sli::Timeline,
};

impl Engine {
    /// Follows what changed in the definitions.
    pub(super) async fn follow(&mut self, rows: Vec<ProbeRow>) {
        let mut wanted: HashMap<ProbeId, ProbeRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let gone: Vec<(ProbeId, &'static str)> = self
            .probes
            .iter()
            .filter_map(|(id, live)| match wanted.get(id) {
                None => Some((*id, "probe_removed")),
                Some(row) if row.definition.paused => Some((*id, "probe_paused")),
                Some(row) if row.definition.service != live.row.definition.service => Some((*id, "probe_removed")),
                Some(_) => None,
            })
            .collect();
        for (probe, reason) in gone {
            self.end(probe, reason).await;
        }
        wanted.retain(|_, row| !row.definition.paused);
        let mut touched: HashSet<ServiceKey> = HashSet::new();
        for row in wanted.into_values() {
            let key = (row.tenant, row.definition.service);
            match self.probes.get(&row.id) {
                Some(live) if live.row.version == row.version => {}
                Some(_) => {
                    self.close_query(key, &mut touched).await;
                    self.change(row);
                }
                None => {
                    self.close_query(key, &mut touched).await;
                    let now = self.now();
                    self.begin(row, None, now, now);
                }
            }
        }
    }

    /// Seals what was judged by the old set of probes before a new one judges.
    pub(super) async fn close_query(&mut self, key: ServiceKey, touched: &mut HashSet<ServiceKey>) {
        if touched.insert(key) && self.lines.contains_key(&key) {
            let now = self.now();
            let sli = self.seal(key, now, true);
            self.send_sli(key, now, sli, None).await;
        }
    }

    pub(super) fn change(&mut self, row: ProbeRow) {
        self.plan(&row);
        if let Some(live) = self.probes.get_mut(&row.id) {
            let (vantages, quorum) = (row.definition.vantages(), row.definition.quorum());
            let (now, key) = (self.hub.kit.now(), (row.tenant, row.definition.service));
            live.sights.follow(&vantages, quorum, now);
            self.lines.entry(key).or_insert_with(|| Timeline::new(now)).seen_from(row.id, &vantages, quorum, now);
            live.rule = rule(&row);
            live.labels = labels(&row);
            live.row = Arc::new(row);
        }
    }

    /// Stops looking at a probe: its alert ends, and it no longer counts.
    pub(super) async fn end(&mut self, probe: ProbeId, reason: &'static str) {
        let now = self.now();
        let Some(key) = self.probes.get(&probe).map(|live| (live.row.tenant, live.row.definition.service)) else { return };
        self.close_query(key, &mut HashSet::new()).await;
        self.schedule.remove(&probe);
        self.hub.board.remove(probe);
        self.hub.evidence.remove(probe);
        self.probes.remove(&probe);
        self.hub.probes.store(self.probes.len(), Ordering::Relaxed);
        if let Some(line) = self.lines.get_mut(&key) {
            line.leave(probe, now);
        }
        let alerts = self.end_alerts(probe, now, reason, |_| true);
        let memory = serde_json::to_string(&Memory::default()).unwrap_or_default();
        let write = ProbeWrite { probe, verdict: Verdict::Inconclusive, since: now, memory, last: None, event: None };
        let sli = self.seal(key, now, false);
        let (tenant, service) = key;
        self.send(Decision { number: 0, tenant, service, at: now, probe: Some(write), alerts, sli: Some(sli), done: None }).await;
    }

    /// After a start: the gap is written, probes that were paused or retired while nobody looked no longer count, and their
    /// alerts end.
    pub(super) async fn forget_the_gone(&mut self) {
        let (now, gap_from) = (self.now(), self.gap_from);
        let stale: Vec<(ServiceKey, Vec<ProbeId>)> = self
            .lines
            .iter()
            .map(|(key, line)| (*key, line.counting().filter(|probe| !self.probes.contains_key(probe)).collect()))
            .collect();
        for (key, probes) in stale {
            let Some(line) = self.lines.get_mut(&key) else { continue };
            for probe in &probes {
                line.leave(*probe, now);
            }
            let sli = self.seal(key, now, false);
            // The sign of life stays before the gap until the gap is written for every service.
            self.send_sli(key, gap_from, sli, None).await;
        }
        let orphans: Vec<ProbeId> = self.alerts.keys().filter(|probe| !self.probes.contains_key(probe)).copied().collect();
        for probe in orphans {
            let Some((tenant, service)) = self.alerts.get(&probe).and_then(|open| open.first()).map(|open| (open.tenant, open.service))
            else {
                continue;
            };
            let alerts = self.end_alerts(probe, now, "probe_removed", |_| true);
            self.send(Decision { number: 0, tenant, service, at: now, probe: None, alerts, sli: None, done: None }).await;
        }
    }
}
