//! The process at another site: looks as the server's definitions say, keeps what it saw, sends it.
//!
//! Three tasks: one looks, one sends, one asks for work. They share the spool and the work. Everything goes out from here; nobody
//! connects to an agent. With the server away it goes on with the work it knows, also after a start of its own: the work is
//! kept in a file beside the spool.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use evenkeel_core::{Clock, Rng, event::observe::Look, id::ProbeId};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, StatusCode, Url, header};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{
    spool::Spool,
    wire::{Batch, FarLook, Taken, Work},
};
use crate::probe::{
    address::AddressPolicy,
    kind::Prober,
    look::{Code, Fault, LookResult, Trace, clean},
    model::{INTERVAL_MS_MAX, ProbeDefinition},
    schedule::{self, Schedule},
    secret::SecretSource,
    uplink::{Uplink, UplinkOptions},
    verdict::{FlapRule, Machine, Rule},
};

/// Looks in one message: with all that was measured well below what a server takes.
const SEND_MAX: usize = 200;
/// Bytes of looks in one message, about: a server takes a MiB.
const SEND_BYTES_MAX: usize = 512 << 10;
/// Without looks, so often is a sign of life given.
const SIGN_EVERY: Duration = Duration::from_secs(5);
/// So often is asked whether the work has changed.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// After a message that failed; doubled up to the second.
const REST: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// So often are looks made durable here.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// First looks come within this.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// How an agent works.
#[derive(Debug, Clone)]
pub struct AgentOptions {
    /// The server.
    pub server: Url,
    /// The API token, with the permission `vantage.report`.
    pub token: String,
    /// The name of this vantage point.
    pub name: String,
    /// Where looks and work are kept.
    pub folder: PathBuf,
    /// Looks that are kept while the server is away.
    pub room: usize,
    /// Looks at once, at most.
    pub concurrency: usize,
    /// Where looks may go.
    pub addresses: AddressPolicy,
    /// How the line of this site is watched.
    pub uplink: UplinkOptions,
    /// The version that is told to the server.
    pub version: String,
    /// Where this site keeps the secrets that probes name.
    pub secrets: Arc<dyn SecretSource>,
}

/// The agent.
pub struct Agent {
    options: AgentOptions,
    client: Client,
    clock: Arc<dyn Clock>,
    run: String,
    prober: Prober,
    uplink: Uplink,
    spool: Mutex<Spool>,
    news: Notify,
}

/// A probe being looked at.
struct Live {
    version: i64,
    /// None when it is of a kind that this agent does not know: said with every look that is due.
    definition: Option<Arc<ProbeDefinition>>,
    /// Says whether the next look should come sooner; verdicts are the server's.
    machine: Machine,
    rule: Rule,
}

struct Finished {
    probe: ProbeId,
    version: i64,
    at: Timestamp,
    look: LookResult,
}

impl Agent {
    /// Opens the folder. Nothing runs before [`Self::run`].
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn new(options: AgentOptions, client: Client, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> io::Result<Self> {
        let mut run = [0_u8; 16];
        rng.fill(&mut run);
        Ok(Self {
            spool: Mutex::new(Spool::open(&options.folder, options.room)?),
            prober: Prober::new(options.addresses.clone(), Arc::clone(&clock), rng, Arc::clone(&options.secrets)),
            uplink: Uplink::new(options.uplink.clone()),
            run: hex::encode(run),
            news: Notify::new(),
            client,
            clock,
            options,
        })
    }

    fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until `cancel`, then sends what it can at once.
    pub async fn run(self: Arc<Self>, cancel: CancellationToken) {
        let (work, known) = watch::channel(self.remembered());
        let tasks = [
            tokio::spawn(Arc::clone(&self).follow(work, cancel.clone())),
            tokio::spawn(Arc::clone(&self).watch(known, cancel.clone())),
            tokio::spawn(Arc::clone(&self).learn_line(cancel.clone())),
            tokio::spawn(Arc::clone(&self).report(cancel)),
        ];
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the agent broke");
            }
        }
        if let Err(error) = self.spool().sync() {
            tracing::error!(%error, "what is not sent could not be kept");
        }
    }

    fn work_path(&self) -> PathBuf {
        self.options.folder.join("work.json")
    }

    fn remembered(&self) -> Work {
        fs::read(self.work_path()).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or(Work { probes: Vec::new() })
    }

    fn url(&self, what: &str) -> String {
        format!("{}/api/v1/vantages/{}/{what}", self.options.server.as_str().trim_end_matches('/'), self.options.name)
    }

    /// Asks for work, again and again.
    async fn follow(self: Arc<Self>, work: watch::Sender<Work>, cancel: CancellationToken) {
        let (mut tag, mut failing) = (None::<String>, false);
        while !cancel.is_cancelled() {
            match self.ask_for_work(&mut tag).await {
                Ok(Some(new)) => {
                    tracing::info!(probes = new.probes.len(), "work as the server says");
                    if let Err(error) = serde_json::to_vec(&new).map_err(io::Error::from).and_then(|text| fs::write(self.work_path(), text))
                    {
                        tracing::warn!(%error, "the work could not be kept: after a start without the server there will be none");
                    }
                    work.send_replace(new);
                    failing = false;
                }
                Ok(None) => failing = false,
                Err(error) if !failing => {
                    tracing::warn!(%error, "the server does not say what to do; going on with what is known");
                    failing = true;
                }
                Err(_) => {}
            }
            let _ = cancel.run_until_cancelled(tokio::time::sleep(ASK_EVERY)).await;
        }
    }

    async fn ask_for_work(&self, tag: &mut Option<String>) -> Result<Option<Work>, String> {
        let mut request = self.client.get(self.url("work")).bearer_auth(&self.options.token);
        if let Some(tag) = &*tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let answer = request.send().await.map_err(|error| said(&error))?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        if !answer.status().is_success() {
            return Err(refused(answer).await);
        }
        let held = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(ToOwned::to_owned);
        let work = answer.json().await.map_err(|error| said(&error))?;
        *tag = held;
        Ok(Some(work))
    }

    /// Sends what was seen, oldest first, and forgets what is durable there.
    async fn report(self: Arc<Self>, cancel: CancellationToken) {
        let (mut server, mut sent, mut rest, mut away) = (String::new(), 0_u64, REST.0, None::<Timestamp>);
        loop {
            let ending = cancel.is_cancelled();
            let mut looks = self.spool().after(sent, SEND_MAX);
            let mut bytes = 0;
            let fits = |look: &&FarLook| {
                bytes += look.bytes();
                bytes <= SEND_BYTES_MAX
            };
            let fitting = looks.iter().take_while(fits).count();
            looks.truncate(fitting.max(1));
            let last = looks.last().map_or(sent, |look| look.seq);
            let empty = looks.is_empty();
            match self.send(&server, looks, last).await {
                Ok(taken) => {
                    if let Some(since) = away.take() {
                        tracing::info!(%since, waiting = self.spool().waiting_after(sent), "the server answers again");
                    }
                    rest = REST.0;
                    if let Err(error) = self.spool().forget(taken.kept_seq) {
                        tracing::error!(%error, "the spool cannot be written");
                    }
                    if taken.run != server {
                        // Another run takes nothing before it has what this one's forerunner had not made durable.
                        server = taken.run;
                        sent = taken.kept_seq;
                        continue;
                    }
                    sent = last;
                    if ending || !empty {
                        if ending && self.spool().waiting_after(sent) == 0 {
                            return;
                        }
                        continue;
                    }
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        () = self.news.notified() => {}
                        () = tokio::time::sleep(SIGN_EVERY) => {}
                    }
                }
                Err(error) => {
                    if ending {
                        tracing::warn!(%error, waiting = self.spool().len(), "stopped with looks that are not sent; they are kept");
                        return;
                    }
                    if away.is_none() {
                        tracing::warn!(%error, "the server takes nothing; looks are kept until it does");
                        away = Some(self.clock.now());
                    }
                    let _ = cancel.run_until_cancelled(tokio::time::sleep(rest)).await;
                    rest = (rest * 2).min(REST.1);
                }
            }
        }
    }

    async fn send(&self, server: &str, looks: Vec<FarLook>, last: u64) -> Result<Taken, String> {
        let (waiting, dropped) = {
            let spool = self.spool();
            (spool.waiting_after(last), spool.dropped())
        };
        let batch = Batch {
            run: self.run.clone(),
            to: server.to_owned(),
            agent: self.options.version.clone(),
            sent_at: self.clock.now(),
            waiting: waiting as u64,
            dropped,
            looks,
        };
        let answer = self.client.post(self.url("looks")).bearer_auth(&self.options.token).json(&batch).send().await;
        let answer = answer.map_err(|error| said(&error))?;
        if !answer.status().is_success() {
            return Err(refused(answer).await);
        }
        answer.json().await.map_err(|error| said(&error))
    }

    /// Learns which canaries answer while all is well.
    async fn learn_line(self: Arc<Self>, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            self.uplink.check(Instant::now()).await;
            let _ = cancel.run_until_cancelled(tokio::time::sleep(self.uplink.period())).await;
        }
    }

    /// Looks when the schedule says so.
    async fn watch(self: Arc<Self>, mut known: watch::Receiver<Work>, cancel: CancellationToken) {
        let origin = Instant::now();
        let (sender, mut finished) = mpsc::channel::<Finished>(self.options.concurrency.max(1));
        let mut probes: HashMap<ProbeId, Live> = HashMap::new();
        let mut plan: Schedule<ProbeId> = Schedule::default();
        let mut looking = 0;
        let mut sync = tokio::time::interval(SYNC_EVERY);
        let work = known.borrow_and_update().clone();
        self.take_work(&work, &mut probes, &mut plan, origin.elapsed());
        loop {
            while looking < self.options.concurrency
                && let Some(due) = plan.pop(origin.elapsed())
            {
                let Some(live) = probes.get(&due.key) else { continue };
                looking += 1;
                let (agent, sender) = (Arc::clone(&self), sender.clone());
                let (probe, version, definition) = (due.key, live.version, live.definition.clone());
                tokio::spawn(async move {
                    let at = agent.clock.now();
                    let look = agent.look(definition.as_deref()).await;
                    // There is room for every look under way; at the end nobody asks any more.
                    let _ = sender.send(Finished { probe, version, at, look }).await;
                });
            }
            let next = (looking < self.options.concurrency).then(|| plan.next_at()).flatten();
            tokio::select! {
                () = cancel.cancelled() => return,
                seen = finished.recv() => if let Some(seen) = seen {
                    looking -= 1;
                    self.keep(seen, &mut probes, &mut plan, origin.elapsed());
                },
                changed = known.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let work = known.borrow_and_update().clone();
                    self.take_work(&work, &mut probes, &mut plan, origin.elapsed());
                }
                _ = sync.tick() => if let Err(error) = self.spool().sync() {
                    tracing::error!(%error, "looks could not be made durable here");
                },
                () = tokio::time::sleep_until(next.map_or(origin, |next| origin + next)), if next.is_some() => {}
            }
        }
    }

    fn take_work(&self, work: &Work, probes: &mut HashMap<ProbeId, Live>, plan: &mut Schedule<ProbeId>, elapsed: Duration) {
        let now = self.clock.now();
        let gone: Vec<ProbeId> = probes.keys().filter(|id| work.probes.iter().all(|one| one.id != **id)).copied().collect();
        for id in gone {
            probes.remove(&id);
            plan.remove(&id);
        }
        for assigned in &work.probes {
            if probes.get(&assigned.id).is_some_and(|live| live.version == assigned.version) {
                continue;
            }
            let definition = match serde_json::from_value::<ProbeDefinition>(assigned.definition.clone()) {
                Ok(definition) => Some(definition).filter(|definition| definition.check().is_some()),
                Err(error) => {
                    tracing::error!(probe = %assigned.id, %error, "this agent does not understand a probe and does not look; is it older than the server?");
                    None
                }
            };
            let interval = definition.as_ref().map_or_else(|| interval_of(&assigned.definition), ProbeDefinition::interval);
            let place = schedule::phase(schedule::hash(assigned.id), interval);
            let first = elapsed + schedule::phase(schedule::hash(assigned.id), interval.min(FIRST_LOOK));
            plan.insert(assigned.id, interval, place, first);
            let every = SignedDuration::try_from(interval).unwrap_or(SignedDuration::from_secs(30));
            let rule = Rule {
                failures: definition.as_ref().map_or(1, |definition| definition.failures),
                successes: definition.as_ref().map_or(1, |definition| definition.successes),
                interval: every,
                certificates_alone: false,
                flap: FlapRule::for_interval(every),
            };
            let live = Live { version: assigned.version, definition: definition.map(Arc::new), machine: Machine::new(now), rule };
            probes.insert(assigned.id, live);
        }
    }

    fn keep(&self, seen: Finished, probes: &mut HashMap<ProbeId, Live>, plan: &mut Schedule<ProbeId>, elapsed: Duration) {
        let mut retry = None;
        if let Some(live) = probes.get_mut(&seen.probe).filter(|live| live.version == seen.version) {
            let look = Look {
                at: seen.at,
                duration_ms: seen.look.duration.as_secs_f64() * 1000.0,
                code: seen.look.code.as_str().to_owned(),
                detail: String::new(),
            };
            live.machine.observe(&live.rule, seen.look.code.outcome(), &look);
            let again = live.definition.as_ref().map(|definition| definition.retry_interval());
            retry = live.machine.pending_since().and(again);
        }
        plan.finished(seen.probe, elapsed, retry);
        if let Err(error) = self.spool().push(FarLook::of(seen.probe, seen.version, seen.at, seen.look)) {
            tracing::error!(%error, "a look is kept in memory alone");
        }
        self.news.notify_one();
    }

    async fn look(&self, definition: Option<&ProbeDefinition>) -> LookResult {
        let begun = Instant::now();
        let Some((definition, check)) = definition.and_then(|definition| Some((definition, definition.check()?))) else {
            let detail = format!("{} ({}) is older than this kind of probe: bring it up to date", self.options.name, self.options.version);
            return Trace::default().finish(Err(Fault::new(Code::NotUnderstood, detail)), Duration::ZERO);
        };
        let mut look = self.prober.look(check, definition.ip.unwrap_or_default(), definition.timeout()).await;
        if look.network && self.uplink.is_lost_for(look.ip, begun).await {
            look.code = Code::UplinkLost;
            look.detail = clean(&format!("the uplink of {} is lost; the look said: {}", self.options.name, look.detail));
        }
        look
    }
}

/// The interval of a definition that is not understood.
fn interval_of(definition: &serde_json::Value) -> Duration {
    let number = |field: &str| definition.get(field).and_then(serde_json::Value::as_u64);
    let ms = number("interval_ms").or_else(|| Some(number("interval_secs")?.saturating_mul(1000))).unwrap_or(30_000);
    Duration::from_millis(ms.clamp(1_000, INTERVAL_MS_MAX))
}

fn said(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

async fn refused(answer: reqwest::Response) -> String {
    let status = answer.status();
    let advice = match status {
        StatusCode::UNAUTHORIZED => " (the token is not known, or ended)",
        StatusCode::FORBIDDEN => " (the token lacks the permission vantage.report)",
        _ => "",
    };
    let text: String = answer.text().await.unwrap_or_default().chars().take(300).collect();
    format!("{status}{advice}: {text}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_core::{random::SeededRng, time::ManualClock};

    use super::*;
    use crate::probe::{look::Outcome, secret::NoSecrets, vantage::wire::Assigned};

    #[tokio::test]
    async fn a_kind_of_tomorrow_is_said_to_be_not_understood_and_proves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let options = AgentOptions {
            server: "http://127.0.0.1:1".parse().unwrap(),
            token: "t".to_owned(),
            name: "site".to_owned(),
            folder: folder.path().to_owned(),
            room: 10,
            concurrency: 1,
            addresses: AddressPolicy::default(),
            uplink: UplinkOptions::default(),
            version: "0.1.0".to_owned(),
            secrets: Arc::new(NoSecrets),
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().build().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
        let agent = Agent::new(options, client, clock, Arc::new(SeededRng::new(1))).unwrap();
        let (mut probes, mut plan) = (HashMap::new(), Schedule::default());
        let id = ProbeId::named("p");
        let definition = serde_json::json!({ "name": "p", "service": "s", "quantum": { "spin": 1 }, "interval_secs": 7 });
        let work = Work { probes: vec![Assigned { id, version: 1, definition }] };
        agent.take_work(&work, &mut probes, &mut plan, Duration::ZERO);
        // It is due as often as it would be looked at, so that the server hears why nobody looks.
        assert!(plan.next_at().is_some());
        assert_eq!(probes[&id].rule.interval, SignedDuration::from_secs(7));
        let look = agent.look(probes[&id].definition.as_deref()).await;
        assert_eq!((look.code, look.code.outcome()), (Code::NotUnderstood, Outcome::Unsure));
        assert!(look.detail.contains("older than this kind of probe"), "{}", look.detail);
    }
}
