//! The one task that owns every verdict and every timeline.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use evenkeel_core::{
    Id,
    event::observe::{AlertFired, AlertResolved, Look, VerdictChanged},
    id::{ProbeId, ServiceId, TenantId},
    state::Verdict,
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{
    Command, Hub, Status,
    load::Loaded,
    writer::{AlertWrite, Decision, ProbeWrite, SliWrite},
};
use crate::{
    probe::{
        look::{LookResult, Outcome},
        schedule::{self, Schedule},
        table::{self, OpenAlert, ProbeRow},
        verdict::{FlapRule, Machine, Rule, Transition},
    },
    sli::{self, Piece, Timeline},
};

/// How often silence is looked for.
const TICK: Duration = Duration::from_secs(1);
/// Every so many ticks the sign of life is written, and what has settled meanwhile is sealed.
const TICKS_PER_SIGN: u32 = 5;
/// First looks after a start or a change come within this, spread by the probe's place.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// A probe being looked at.
struct Live {
    row: Arc<ProbeRow>,
    target: Arc<str>,
    rule: Rule,
    machine: Machine,
    last: Option<Look>,
    /// When the look under way began.
    looking_since: Option<Timestamp>,
    /// The verdict before a restart: coming back to it is no news.
    before: Option<Verdict>,
}

/// A look that came back.
struct Finished {
    probe: ProbeId,
    version: i64,
    at: Timestamp,
    look: LookResult,
}

type ServiceKey = (TenantId, ServiceId);

pub(super) struct Engine {
    hub: Arc<Hub>,
    origin: Instant,
    schedule: Schedule<ProbeId>,
    probes: HashMap<ProbeId, Live>,
    alerts: HashMap<ProbeId, OpenAlert>,
    lines: HashMap<ServiceKey, Timeline>,
    looking: usize,
    number: i64,
    decisions: mpsc::Sender<Decision>,
    finished: mpsc::Sender<Finished>,
    coming: mpsc::Receiver<Finished>,
}

fn rule(row: &ProbeRow) -> Rule {
    let interval = SignedDuration::try_from(row.definition.interval()).unwrap_or(SignedDuration::from_secs(30));
    Rule { failures: row.definition.failures, successes: row.definition.successes, interval, flap: FlapRule::for_interval(interval) }
}

impl Engine {
    pub(super) fn new(hub: Arc<Hub>, loaded: Loaded, decisions: mpsc::Sender<Decision>) -> Self {
        let (finished, coming) = mpsc::channel(hub.options.concurrency.max(1));
        let now = hub.kit.now();
        // A sign of life from the future is a clock that was set back meanwhile.
        let gap_from = loaded.alive_at.unwrap_or(now).min(now);
        let mut engine = Self {
            hub,
            origin: Instant::now(),
            schedule: Schedule::default(),
            probes: HashMap::new(),
            alerts: loaded.alerts.into_iter().map(|alert| (alert.probe, alert)).collect(),
            lines: HashMap::new(),
            looking: 0,
            number: 0,
            decisions,
            finished,
            coming,
        };
        for (tenant, service, mut line) in loaded.timelines {
            line.nobody_looked(gap_from);
            engine.lines.insert((tenant, service), line);
        }
        let mut states = loaded.states;
        for row in loaded.probes {
            if row.definition.paused {
                continue;
            }
            let known = states.remove(&row.id);
            engine.begin(row, known.map(|(machine, last)| (machine, last, gap_from)), now);
        }
        engine
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, cancel: &CancellationToken) {
        self.forget_the_gone().await;
        self.sign_of_life().await;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0_u32;
        let mut sleep = Box::pin(tokio::time::sleep(Duration::ZERO));
        let hub = Arc::clone(&self.hub);
        loop {
            self.dispatch();
            let next = if self.looking < self.hub.options.concurrency { self.schedule.next_at() } else { None };
            if let Some(next) = next {
                sleep.as_mut().reset(self.origin + next);
            }
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                finished = self.coming.recv() => {
                    if let Some(finished) = finished {
                        self.look_finished(finished).await;
                    }
                }
                command = commands.recv() => {
                    if let Some(command) = command {
                        self.obey(command).await;
                    }
                }
                () = hub.reload.notified() => self.reload(cancel).await,
                _ = tick.tick() => {
                    ticks += 1;
                    self.notice_silence().await;
                    if ticks.is_multiple_of(TICKS_PER_SIGN) {
                        self.settle_all().await;
                        self.sign_of_life().await;
                    }
                }
                () = &mut sleep, if next.is_some() => {}
            }
        }
        self.settle_all().await;
        self.sign_of_life().await;
    }

    fn now(&self) -> Timestamp {
        self.hub.kit.now()
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Begins to look at a probe; with what is remembered of it, as after a time in which nobody looked.
    fn begin(&mut self, row: ProbeRow, known: Option<(Machine, Option<Look>, Timestamp)>, now: Timestamp) {
        let (machine, last, before) = match known {
            Some((machine, last, gap_from)) => {
                let before = machine.verdict();
                (machine.resumed(gap_from), last, Some(before))
            }
            None => (Machine::new(now), None, None),
        };
        let key = (row.tenant, row.definition.service);
        let line = self.lines.entry(key).or_insert_with(|| Timeline::new(now));
        if !line.counting().any(|probe| probe == row.id) {
            line.set(row.id, now, Some(Verdict::Inconclusive));
        }
        let target = row.definition.check().map(|check| check.target()).unwrap_or_default();
        self.plan(&row);
        let live = Live { rule: rule(&row), target: target.into(), row: Arc::new(row), machine, last, looking_since: None, before };
        self.show(&live);
        self.probes.insert(live.row.id, live);
        self.hub.probes.store(self.probes.len(), Ordering::Relaxed);
    }

    fn plan(&mut self, row: &ProbeRow) {
        let interval = row.definition.interval();
        let hash = u64::try_from(row.id.uuid().as_u128() >> 64).unwrap_or(0);
        // Ids of declared things carry fixed bits of their layout: mixed, every bit counts.
        let hash = (hash ^ u64::try_from(row.id.uuid().as_u128() & u128::from(u64::MAX)).unwrap_or(0)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let place = schedule::phase(hash, interval);
        let first = self.elapsed() + schedule::phase(hash, interval.min(FIRST_LOOK));
        self.schedule.insert(row.id, interval, place, first);
    }

    fn show(&self, live: &Live) {
        let elapsed = self.elapsed();
        let next_at = self.schedule.next_of(&live.row.id).and_then(|next| {
            let wait = SignedDuration::try_from(next.saturating_sub(elapsed)).ok()?;
            self.now().checked_add(wait).ok()
        });
        self.hub.board.put(
            live.row.id,
            Status {
                verdict: live.machine.verdict(),
                since: live.machine.since(),
                flapping: live.machine.is_flapping(),
                last: live.last.clone(),
                next_at,
            },
        );
    }

    /// Starts every look whose time has come, as far as there is room.
    fn dispatch(&mut self) {
        while self.looking < self.hub.options.concurrency {
            let Some(due) = self.schedule.pop(self.elapsed()) else { break };
            let Some(live) = self.probes.get_mut(&due.key) else { continue };
            live.looking_since = Some(self.hub.kit.now());
            self.looking += 1;
            let (hub, row, target) = (Arc::clone(&self.hub), Arc::clone(&live.row), Arc::clone(&live.target));
            let (finished, due_at, origin) = (self.finished.clone(), due.at, self.origin);
            tokio::spawn(async move {
                let elapsed = origin.elapsed();
                hub.lateness.note(elapsed.saturating_sub(due_at), elapsed);
                let at = hub.kit.now();
                let Some(check) = row.definition.check() else { return };
                let look = hub.look(check, row.definition.timeout()).await;
                hub.keep(row.tenant, &row.definition, &target, at, &look);
                hub.looks.fetch_add(1, Ordering::Relaxed);
                // The engine is gone when this fails, and nobody asks any more.
                let _ = finished.send(Finished { probe: row.id, version: row.version, at, look }).await;
            });
        }
        self.hub.skipped.store(self.schedule.skipped(), Ordering::Relaxed);
    }

    async fn look_finished(&mut self, finished: Finished) {
        self.looking = self.looking.saturating_sub(1);
        let elapsed = self.elapsed();
        let Some(live) = self.probes.get_mut(&finished.probe) else { return };
        live.looking_since = None;
        if live.row.version != finished.version {
            // What was seen belongs to an older definition.
            self.schedule.finished(finished.probe, elapsed, None);
            return;
        }
        let look = Look {
            at: evenkeel_core::time::truncate(finished.at),
            duration_ms: finished.look.duration.as_secs_f64() * 1000.0,
            code: finished.look.code.as_str().to_owned(),
            detail: finished.look.detail,
        };
        let outcome: Outcome = finished.look.code.outcome();
        let changes = live.machine.observe(&live.rule, outcome, &look);
        live.last = Some(look);
        let retry = live.machine.pending_since().map(|_| live.row.definition.retry_interval());
        self.schedule.finished(finished.probe, elapsed, retry);
        self.decide(finished.probe, changes).await;
        if let Some(live) = self.probes.get(&finished.probe) {
            self.show(live);
        }
    }

    async fn notice_silence(&mut self) {
        let now = self.now();
        let late: Vec<(ProbeId, Transition)> =
            self.probes.iter_mut().filter_map(|(id, live)| live.machine.late(&live.rule, now).map(|change| (*id, change))).collect();
        for (probe, change) in late {
            self.decide(probe, vec![change]).await;
            if let Some(live) = self.probes.get(&probe) {
                self.show(live);
            }
        }
    }

    /// Sends what a probe's changes of verdict bring.
    async fn decide(&mut self, probe: ProbeId, changes: Vec<Transition>) {
        let now = self.now();
        for change in changes {
            let Some(live) = self.probes.get_mut(&probe) else { return };
            let row = Arc::clone(&live.row);
            let service = row.definition.service;
            let key = (row.tenant, service);
            let resumed = live.before.take() == Some(change.to) && change.from == Verdict::Inconclusive;
            let machine = serde_json::to_string(&live.machine).unwrap_or_default();
            let event = VerdictChanged {
                probe_id: probe,
                service_id: service,
                from: change.from,
                to: change.to,
                since: change.since,
                looks: change.looks,
                last: change.last.clone(),
            };
            let write = ProbeWrite {
                probe,
                verdict: change.to,
                since: change.since,
                machine,
                last: Some(change.last.clone()),
                event: (!resumed).then_some(event),
            };
            let line = self.lines.entry(key).or_insert_with(|| Timeline::new(change.since));
            line.set(probe, change.since, Some(change.to));
            let alert = self.alert(&row, &change, now);
            let sli = self.seal(key, now, false);
            self.send(Decision {
                number: 0,
                tenant: row.tenant,
                service,
                at: now,
                probe: Some(write),
                alert,
                sli: Some(sli),
                alive_at: None,
                done: None,
            })
            .await;
        }
    }

    fn alert(&mut self, row: &ProbeRow, change: &Transition, now: Timestamp) -> Option<AlertWrite> {
        match change.to {
            Verdict::Down if !self.alerts.contains_key(&row.id) => {
                let open = OpenAlert {
                    id: Id::at(now, self.hub.kit.rng.as_ref()),
                    tenant: row.tenant,
                    probe: row.id,
                    service: row.definition.service,
                    cause: format!("probe:{}", row.definition.name),
                };
                let event = AlertFired {
                    alert_id: open.id,
                    probe_id: row.id,
                    probe: row.definition.name.clone(),
                    service_id: open.service,
                    cause: open.cause.clone(),
                    severity: row.definition.severity,
                    started_at: change.since,
                    fired_at: now,
                    look: change.last.clone(),
                };
                self.alerts.insert(row.id, open.clone());
                Some(AlertWrite::Fired { open, event })
            }
            Verdict::Up => self.end_alert(row.id, change.since, "recovered"),
            _ => None,
        }
    }

    fn end_alert(&mut self, probe: ProbeId, recovered_at: Timestamp, reason: &str) -> Option<AlertWrite> {
        let open = self.alerts.remove(&probe)?;
        let event =
            AlertResolved { alert_id: open.id, service_id: open.service, cause: open.cause, recovered_at, reason: reason.to_owned() };
        Some(AlertWrite::Resolved { event })
    }

    /// Up to where nothing about a service can change any more.
    fn frontier(&self, key: ServiceKey, now: Timestamp) -> Timestamp {
        let Some(line) = self.lines.get(&key) else { return now };
        line.counting()
            .filter_map(|probe| self.probes.get(&probe))
            .flat_map(|live| [live.machine.pending_since(), live.looking_since])
            .flatten()
            .fold(now, Timestamp::min)
    }

    fn seal(&mut self, key: ServiceKey, at: Timestamp, cut: bool) -> SliWrite {
        let frontier = self.frontier(key, at);
        let query = self.query(key);
        let line = self.lines.entry(key).or_insert_with(|| Timeline::new(at));
        let pieces: Vec<Piece> = line.seal(frontier, cut);
        SliWrite { pieces, query, line: line.clone() }
    }

    fn query(&self, key: ServiceKey) -> String {
        let counting: Vec<&Live> =
            self.lines.get(&key).into_iter().flat_map(Timeline::counting).filter_map(|probe| self.probes.get(&probe)).collect();
        sli::query(counting.iter().filter_map(|live| {
            let definition = &live.row.definition;
            Some((definition.name.as_str(), definition.check()?.kind(), live.target.to_string()))
        }))
    }

    /// Seals what has settled since, of every service.
    async fn settle_all(&mut self) {
        let now = self.now();
        let keys: Vec<ServiceKey> = self.lines.keys().copied().collect();
        for key in keys {
            let sli = self.seal(key, now, false);
            if !sli.pieces.is_empty() {
                self.send_sli(key, now, sli, None).await;
            }
        }
    }

    async fn send_sli(&mut self, (tenant, service): ServiceKey, at: Timestamp, sli: SliWrite, done: Option<oneshot::Sender<()>>) {
        self.send(Decision { number: 0, tenant, service, at, probe: None, alert: None, sli: Some(sli), alive_at: None, done }).await;
    }

    async fn sign_of_life(&mut self) {
        let now = self.now();
        let (tenant, service) = (Id::from_uuid(uuid::Uuid::nil()), Id::from_uuid(uuid::Uuid::nil()));
        self.send(Decision { number: 0, tenant, service, at: now, probe: None, alert: None, sli: None, alive_at: Some(now), done: None })
            .await;
    }

    async fn send(&mut self, mut decision: Decision) {
        self.number += 1;
        decision.number = self.number;
        // A full queue stops the looking: the time counts as unknown, and nothing decided is lost.
        if self.decisions.send(decision).await.is_err() {
            tracing::error!("the probe writer is gone");
        }
    }

    async fn obey(&mut self, command: Command) {
        let Command::Seal { tenant, service, at, done } = command;
        let key = (tenant, service);
        if !self.lines.contains_key(&key) {
            let _ = done.send(None);
            return;
        }
        let now = self.now();
        let sli = self.seal(key, at.min(now), true);
        let sealed_to = sli.line.sealed_to();
        let (written, told) = oneshot::channel();
        self.send_sli(key, now, sli, Some(written)).await;
        // The engine goes on looking while the database writes.
        tokio::spawn(async move {
            if told.await.is_ok() {
                let _ = done.send(Some(sealed_to));
            }
        });
    }

    /// Reads the definitions again and follows what changed.
    async fn reload(&mut self, cancel: &CancellationToken) {
        let rows = async { table::probes_in_force(&mut self.hub.kit.db.read().await?).await };
        let rows = match rows.await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, "changed probes could not be read; trying again");
                let (hub, cancel) = (Arc::clone(&self.hub), cancel.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        () = tokio::time::sleep(TICK) => hub.reload(),
                    }
                });
                return;
            }
        };
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
                    self.begin(row, None, now);
                }
            }
        }
    }

    /// Seals what was judged by the old set of probes before a new one judges.
    async fn close_query(&mut self, key: ServiceKey, touched: &mut HashSet<ServiceKey>) {
        if touched.insert(key) && self.lines.contains_key(&key) {
            let now = self.now();
            let sli = self.seal(key, now, true);
            self.send_sli(key, now, sli, None).await;
        }
    }

    fn change(&mut self, row: ProbeRow) {
        self.plan(&row);
        if let Some(live) = self.probes.get_mut(&row.id) {
            live.rule = rule(&row);
            live.target = row.definition.check().map(|check| check.target()).unwrap_or_default().into();
            live.row = Arc::new(row);
        }
    }

    /// Stops looking at a probe: its alert ends, and it no longer counts.
    async fn end(&mut self, probe: ProbeId, reason: &'static str) {
        let now = self.now();
        let Some(key) = self.probes.get(&probe).map(|live| (live.row.tenant, live.row.definition.service)) else { return };
        self.close_query(key, &mut HashSet::new()).await;
        self.schedule.remove(&probe);
        self.hub.board.remove(probe);
        self.probes.remove(&probe);
        self.hub.probes.store(self.probes.len(), Ordering::Relaxed);
        if let Some(line) = self.lines.get_mut(&key) {
            line.set(probe, now, None);
        }
        let alert = self.end_alert(probe, now, reason);
        let machine = serde_json::to_string(&Machine::new(now)).unwrap_or_default();
        let write = ProbeWrite { probe, verdict: Verdict::Inconclusive, since: now, machine, last: None, event: None };
        let sli = self.seal(key, now, false);
        let (tenant, service) = key;
        self.send(Decision { number: 0, tenant, service, at: now, probe: Some(write), alert, sli: Some(sli), alive_at: None, done: None })
            .await;
    }

    /// After a start: probes that were paused or retired while nobody looked no longer count, and their alerts end.
    async fn forget_the_gone(&mut self) {
        let now = self.now();
        let stale: Vec<(ServiceKey, Vec<ProbeId>)> = self
            .lines
            .iter()
            .map(|(key, line)| (*key, line.counting().filter(|probe| !self.probes.contains_key(probe)).collect()))
            .collect();
        for (key, probes) in stale {
            let Some(line) = self.lines.get_mut(&key) else { continue };
            for probe in &probes {
                line.set(*probe, now, None);
            }
            if !probes.is_empty() {
                let sli = self.seal(key, now, false);
                self.send_sli(key, now, sli, None).await;
            }
        }
        let orphans: Vec<ProbeId> = self.alerts.keys().filter(|probe| !self.probes.contains_key(probe)).copied().collect();
        for probe in orphans {
            let Some(open) = self.alerts.get(&probe).cloned() else { continue };
            let alert = self.end_alert(probe, now, "probe_removed");
            self.send(Decision {
                number: 0,
                tenant: open.tenant,
                service: open.service,
                at: now,
                probe: None,
                alert,
                sli: None,
                alive_at: None,
                done: None,
            })
            .await;
        }
    }
}
