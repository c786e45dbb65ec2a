//! A target that is asked at its slots until it is gone.

use std::{
    hash::{BuildHasher, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use evenkeel_tsdb::exposition::{self, Format, Options};
use foldhash::quality::FixedState;
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    ask::{Answer, Asker, Down},
    config::Take,
    engine::{Described, Engine},
    labels::LabelSet,
    page::{self, Counted, Into, Memory, Report},
    slot,
    target::Spec,
};

/// How a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nobody has asked it yet.
    Unknown,
    /// It answered as it should.
    Up,
    /// It did not.
    Down,
}

impl Health {
    /// Prometheus' word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// How the last scrape went.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How the target is.
    pub health: Health,
    /// Why it is down, or what of its page could not be taken; empty when all is well.
    pub error: String,
    /// When it was asked.
    pub at: Option<Timestamp>,
    /// How long it took.
    pub took: Duration,
    /// Samples of the page.
    pub samples: usize,
}

/// A target.
pub struct Watched {
    /// How it is asked, and its labels.
    pub spec: Spec,
    /// Its labels before the rules; they may change while the target stays.
    pub discovered: Mutex<LabelSet>,
    take: Arc<Take>,
    asker: Arc<Asker>,
    memory: Arc<Mutex<Memory>>,
    seen: Mutex<Seen>,
    described: Mutex<(u64, Arc<[Described]>)>,
    /// Why it is not asked though it is here: too many of them.
    forced: Mutex<Option<Down>>,
    /// Set when it is gone; a page under way is not taken any more.
    gone: AtomicBool,
    cancel: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    /// It is not asked before [`Self::run`]. `memory` is that of the target whose series it goes on with.
    pub fn new(
        spec: Spec,
        discovered: LabelSet,
        take: Arc<Take>,
        asker: Arc<Asker>,
        memory: Option<Arc<Mutex<Memory>>>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            spec,
            discovered: Mutex::new(discovered),
            take,
            asker,
            memory: memory.unwrap_or_default(),
            seen: Mutex::new(Seen { health: Health::Unknown, error: String::new(), at: None, took: Duration::ZERO, samples: 0 }),
            described: Mutex::new((0, Arc::from(Vec::new()))),
            forced: Mutex::new(None),
            gone: AtomicBool::new(false),
            cancel,
        }
    }

    /// How the last scrape went.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }

    /// What the target says of its metrics.
    pub fn described(&self) -> Arc<[Described]> {
        Arc::clone(&lock(&self.described).1)
    }

    /// Whether its series can be gone on with by a target of the same labels.
    pub fn heir(&self, take: &Take) -> Option<Arc<Mutex<Memory>>> {
        (*self.take == *take).then(|| Arc::clone(&self.memory))
    }

    /// Whether it is asked by this one: a job that is configured anew asks anew.
    pub fn is_of(&self, asker: &Arc<Asker>) -> bool {
        Arc::ptr_eq(&self.asker, asker)
    }

    /// From now on every scrape fails with this, until it is taken back.
    pub fn force(&self, down: Option<Down>) {
        *lock(&self.forced) = down;
    }

    /// Series remembered, and bytes for that.
    pub fn remembered(&self) -> (usize, usize) {
        let memory = lock(&self.memory);
        (memory.len(), memory.bytes())
    }

    /// Stops asking. Its series go on with another target, or [`Self::end`] marks them.
    pub fn stop(&self) {
        self.gone.store(true, Ordering::Relaxed);
        self.cancel.cancel();
    }

    /// Marks its series as ended. Writes to the disk: not for a worker thread.
    pub fn end(&self, engine: &Engine) {
        let into = self.into(engine);
        if let Err(error) = lock(&self.memory).end(into, engine.now_ms()) {
            tracing::warn!(target = %self.spec.labels, %error, "the series of a target that is gone could not be marked as ended");
        }
    }

    fn into<'a>(&'a self, engine: &'a Engine) -> Into<'a> {
        Into { store: &engine.store, tenant: engine.tenant, target: &self.spec.labels, take: &self.take }
    }

    fn hash(&self, engine: &Engine) -> u64 {
        let mut hasher = FixedState::with_seed(engine.seed).build_hasher();
        for (name, value) in self.spec.labels.iter() {
            hasher.write(name.as_bytes());
            hasher.write(value.as_bytes());
        }
        hasher.write(self.spec.url.as_str().as_bytes());
        hasher.finish()
    }

    /// Asks at every slot until it is stopped.
    pub async fn run(self: Arc<Self>, engine: Arc<Engine>) {
        let interval = i64::try_from(self.spec.interval.as_millis()).unwrap_or(i64::MAX).max(1);
        let hash = self.hash(&engine);
        let mut slot = slot::after(engine.now_ms(), interval, hash);
        loop {
            let wait = Duration::from_millis(u64::try_from(slot - engine.now_ms()).unwrap_or(0));
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let now = engine.now_ms();
            // Timers may be early by less than a millisecond.
            let at_ms = if now < slot { slot } else { slot::instant(slot, now, interval) };
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = Arc::clone(&self).scrape(&engine, at_ms) => {}
            }
            slot = slot::next(slot, engine.now_ms().max(slot), interval, hash);
        }
    }

    async fn scrape(self: Arc<Self>, engine: &Arc<Engine>, at_ms: i64) {
        let begun = Instant::now();
        let forced = lock(&self.forced).clone();
        let answer = match forced {
            Some(down) => Err(down),
            None => self.ask(engine).await,
        };
        let Ok(_turn) = engine.pages.acquire().await else { return };
        let (target, engine) = (Arc::clone(&self), Arc::clone(engine));
        // Reading a page is computing and writing it is the disk's: neither is for a worker thread.
        let done = tokio::task::spawn_blocking(move || target.keep(&engine, answer, at_ms, begun)).await;
        if let Err(error) = done {
            tracing::error!(target = %self.spec.labels, %error, "a page could not be taken");
        }
    }

    async fn ask(&self, engine: &Engine) -> Result<Answer, Down> {
        let room = lock(&self.seen).samples.saturating_mul(64);
        let asked = async {
            let _turn = engine.questions.acquire().await;
            self.asker.ask(&self.spec.url, self.spec.timeout, room).await
        };
        match tokio::time::timeout(self.spec.timeout * 2, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                Err(Down::new("local_resources", "this server asks too many targets at once: those before it did not answer in time"))
            }
        }
    }

    /// Takes an answer, or what stands for it.
    fn keep(&self, engine: &Engine, answer: Result<Answer, Down>, at_ms: i64, begun: Instant) {
        let mut room = engine.room();
        let bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
        let read = answer.and_then(|answer| {
            let options = Options {
                fallback: self.take.fallback.and_then(|protocol| Format::from_protocol(protocol.word())),
                native_histograms: self.take.native_histograms,
                classic_histograms: self.take.classic_too || !self.take.native_histograms,
                ..Options::default()
            };
            exposition::parse(&answer.content_type, &answer.body, at_ms, &options, &mut room)
                .map_err(|error| Down::new("page", format!("the page cannot be read: {error}")))
        });
        let report = |counted: Counted, down: Option<&Down>| Report {
            up: down.is_none(),
            duration_secs: begun.elapsed().as_secs_f64(),
            counted,
            #[allow(clippy::cast_precision_loss)] // bytes of a page
            extra: self.take.extra_metrics.then_some((self.spec.timeout.as_secs_f64(), self.take.sample_limit, bytes as f64)),
        };
        let mut memory = lock(&self.memory);
        if self.gone.load(Ordering::Relaxed) {
            return engine.give_back(room);
        }
        let into = self.into(engine);
        let mut samples = 0;
        let (down, note) = match read {
            Ok(read) => {
                samples = room.len();
                let described = engine.describe(&room, &lock(&self.described).clone());
                *lock(&self.described) = described;
                match memory.take(into, &room, at_ms, report) {
                    Ok((_, Some(down))) => (Some(down), None),
                    Ok((taken, None)) => (None, memory.refusal().or_else(|| page::turned_away(&taken)).or(read.warning)),
                    Err(error) => (None, Some(error.to_string())),
                }
            }
            Err(down) => {
                let told = report(Counted::default(), Some(&down));
                let note = memory.fail(into, at_ms, told).err().map(|error| error.to_string());
                (Some(down), note)
            }
        };
        drop(memory);
        engine.give_back(room);
        self.tell(down, note, at_ms, begun.elapsed(), samples);
    }

    /// Keeps how it went, and logs what has changed.
    fn tell(&self, down: Option<Down>, note: Option<String>, at_ms: i64, took: Duration, samples: usize) {
        let health = if down.is_some() { Health::Down } else { Health::Up };
        let error = down.map(|down| down.text).or(note).unwrap_or_default();
        let mut seen = lock(&self.seen);
        let labels = &self.spec.labels;
        match (seen.health, health) {
            (Health::Up | Health::Unknown, Health::Down) => tracing::warn!(target = %labels, %error, "a target is down"),
            (Health::Down, Health::Up) => tracing::info!(target = %labels, "a target is up again"),
            _ if error != seen.error && health == Health::Up && !error.is_empty() => {
                tracing::warn!(target = %labels, %error, "not all of a page was taken");
            }
            _ => {}
        }
        *seen = Seen { health, error, at: Timestamp::from_millisecond(at_ms).ok(), took, samples };
    }
}
