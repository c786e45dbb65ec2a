//! The one task that owns every verdict and every timeline.

mod decide;
mod far;
mod follow;
mod sight;

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use evenkeel_core::{
    event::observe::Look,
    id::{ProbeId, ServiceId, TenantId},
    state::Verdict,
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use self::sight::Sights;
use super::{Command, Hub, Status, keep::Labels, load::Loaded, writer::Decision};
use crate::{
    probe::{
        look::{Code, Fault, LookResult, Outcome, Trace},
        schedule::{self, Schedule},
        table::{OpenAlert, ProbeRow, StateRow},
        vantage::HERE,
        verdict::{FlapRule, Rule, Transition},
    },
    sli::Timeline,
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
    labels: Arc<Labels>,
    rule: Rule,
    sights: Sights,
    /// When the look under way began.
    looking_since: Option<Timestamp>,
    /// The verdict before a restart: coming back to it is no news.
    before: Option<Verdict>,
    /// A change whose alert waits until what a site kept has come in whole: what is over already wakes nobody.
    owed: Option<Transition>,
}

/// A look that came back.
struct Finished {
    probe: ProbeId,
    version: i64,
    at: Timestamp,
    look: LookResult,
}

/// Gives a look back to the engine; when the look breaks instead of ending, says that, so that the probe goes on.
struct Report {
    sender: mpsc::Sender<Finished>,
    probe: ProbeId,
    version: i64,
    at: Timestamp,
    look: Option<LookResult>,
}

impl Drop for Report {
    fn drop(&mut self) {
        let look = self
            .look
            .take()
            .unwrap_or_else(|| Trace::default().finish(Err(Fault::new(Code::LocalResources, "the prober broke")), Duration::ZERO));
        // There is room for every look under way; when the engine is gone, nobody asks any more.
        let _ = self.sender.try_send(Finished { probe: self.probe, version: self.version, at: self.at, look });
    }
}

type ServiceKey = (TenantId, ServiceId);

pub(super) struct Engine {
    hub: Arc<Hub>,
    origin: Instant,
    schedule: Schedule<ProbeId>,
    probes: HashMap<ProbeId, Live>,
    /// What fires, of one probe one alert a cause.
    alerts: HashMap<ProbeId, Vec<OpenAlert>>,
    lines: HashMap<ServiceKey, Timeline>,
    looking: usize,
    /// Since when nobody looked before this run.
    gap_from: Timestamp,
    number: i64,
    decisions: mpsc::Sender<Decision>,
    finished: mpsc::Sender<Finished>,
    coming: mpsc::Receiver<Finished>,
}

fn labels(row: &ProbeRow) -> Arc<Labels> {
    Arc::new(Labels {
        instance: row.definition.check().map(|check| check.target()).unwrap_or_default(),
        probe: row.definition.name.clone(),
        service: row.definition.service.to_string(),
    })
}

fn rule(row: &ProbeRow) -> Rule {
    let interval = SignedDuration::try_from(row.definition.interval()).unwrap_or(SignedDuration::from_secs(30));
    Rule {
        failures: row.definition.failures,
        successes: row.definition.successes,
        interval,
        certificates_alone: row.definition.check().is_some_and(|check| check.kind() == "tls"),
        flap: FlapRule::for_interval(interval),
    }
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
            alerts: HashMap::new(),
            lines: HashMap::new(),
            looking: 0,
            gap_from,
            number: 0,
            decisions,
            finished,
            coming,
        };
        for alert in loaded.alerts {
            engine.alerts.entry(alert.probe).or_default().push(alert);
        }
        for (tenant, service, mut line) in loaded.timelines {
            line.nobody_looked(HERE, gap_from);
            engine.lines.insert((tenant, service), line);
        }
        let mut states = loaded.states;
        for row in loaded.probes {
            if row.definition.paused {
                continue;
            }
            let known = states.remove(&row.id);
            engine.begin(row, known, gap_from, now);
        }
        engine
    }

    pub(super) async fn run(mut self, commands: &mut mpsc::Receiver<Command>, cancel: &CancellationToken) {
        self.forget_the_gone().await;
        self.sign_of_life().await;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0_u32;
        let mut sleep = Box::pin(tokio::time::sleep(Duration::ZERO));
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
                _ = tick.tick() => {
                    ticks += 1;
                    self.notice_silence().await;
                    if ticks.is_multiple_of(TICKS_PER_SIGN) {
                        self.settle_all().await;
                        self.sign_of_life().await;
                        self.keep_far().await;
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
    fn begin(&mut self, row: ProbeRow, known: Option<StateRow>, gap_from: Timestamp, now: Timestamp) {
        let before = known.as_ref().map(|known| known.verdict);
        let (vantages, quorum) = (row.definition.vantages(), row.definition.quorum());
        let sights = Sights::new(&vantages, quorum, known.map(|known| known.memory), gap_from, now);
        let key = (row.tenant, row.definition.service);
        let timeline = self.lines.entry(key).or_insert_with(|| Timeline::new(now));
        timeline.seen_from(row.id, &vantages, quorum, now);
        sights.enter(row.id, timeline);
        self.plan(&row);
        let live = Live { rule: rule(&row), labels: labels(&row), row: Arc::new(row), sights, looking_since: None, before, owed: None };
        self.show(&live);
        self.probes.insert(live.row.id, live);
        self.hub.probes.store(self.probes.len(), Ordering::Relaxed);
    }

    fn plan(&mut self, row: &ProbeRow) {
        if !row.definition.looks_from(HERE) {
            self.schedule.remove(&row.id);
            return;
        }
        let interval = row.definition.interval();
        let hash = schedule::hash(row.id);
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
                verdict: live.sights.verdict(),
                since: live.sights.since(),
                flapping: live.sights.is_flapping(),
                last: live.sights.last().cloned(),
                next_at,
                vantages: live.sights.sightings(),
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
            let (hub, row, labels) = (Arc::clone(&self.hub), Arc::clone(&live.row), Arc::clone(&live.labels));
            let (finished, due_at, origin) = (self.finished.clone(), due.at, self.origin);
            tokio::spawn(async move {
                let elapsed = origin.elapsed();
                hub.lateness.note(elapsed.saturating_sub(due_at), elapsed);
                let at = hub.kit.now();
                let mut report = Report { sender: finished, probe: row.id, version: row.version, at, look: None };
                let Some(look) = hub.look(&row.definition).await else { return };
                hub.measured.put(row.tenant, &labels, at, look.samples.clone());
                hub.looks.fetch_add(1, Ordering::Relaxed);
                report.look = Some(look);
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
        self.hub.evidence.put(finished.probe, HERE, look.at, finished.look.steps, outcome == Outcome::Fail);
        let key = (live.row.tenant, live.row.definition.service);
        let line = self.lines.entry(key).or_insert_with(|| Timeline::new(look.at));
        let now = self.hub.kit.now();
        let changes = live.sights.observe((finished.probe, line), HERE, &live.rule, outcome, &look, now);
        let retry = live.sights.is_pending_here().then(|| live.row.definition.retry_interval());
        self.schedule.finished(finished.probe, elapsed, retry);
        self.decide(finished.probe, changes).await;
        if let Some(live) = self.probes.get(&finished.probe) {
            self.show(live);
        }
    }

    async fn notice_silence(&mut self) {
        let now = self.now();
        let mut late: Vec<(ProbeId, Vec<Transition>)> = Vec::new();
        for (id, live) in &mut self.probes {
            let key = (live.row.tenant, live.row.definition.service);
            let line = self.lines.entry(key).or_insert_with(|| Timeline::new(now));
            let changes = live.sights.notice_silence((*id, line), &live.rule, now);
            if !changes.is_empty() {
                late.push((*id, changes));
            }
        }
        for (probe, changes) in late {
            self.decide(probe, changes).await;
            if let Some(live) = self.probes.get(&probe) {
                self.show(live);
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        let (tenant, service, at, done) = match command {
            Command::Follow(rows) => return self.follow(rows).await,
            Command::Far(far) => return self.take_in(far).await,
            Command::Seal { tenant, service, at, done } => (tenant, service, at, done),
        };
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
}
