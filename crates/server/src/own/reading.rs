//! One reading: asks every mechanism how it is. Each question is bounded; one that is not answered is itself a finding.

use std::{collections::HashMap, time::Duration};

use evenkeel_observe::host::clock_error_secs;
use evenkeel_store::{Dialect, StoreError, consumer, lease, ledger, outbox, timer};
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::{
    check::{Check, State, Subject},
    clock::Mark,
    disk::{self, Trend},
    pulse,
};
use crate::app::App;

/// The longest that the database may take for one question.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// A process that has just begun has not evaluated its rules yet.
const BEGINNING_SECS: f64 = 120.0;

/// What is remembered from one reading to the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The first reading.
    begun: Option<Mark>,
    /// The one before.
    before: Option<Mark>,
    trend: Trend,
    /// Where each reader of the ledger stands that is behind, and since when.
    readers: HashMap<String, (i64, Mark)>,
}

/// What the database says.
struct Asked {
    timer_late_secs: f64,
    /// Overdue, oldest: seconds.
    outbox: (f64, f64),
    waiting: i64,
    dead: i64,
    horizon: i64,
    readers: Vec<(String, i64, i64)>,
    skew_secs: f64,
}

/// What a reading found.
pub(super) struct Reading {
    pub at: Timestamp,
    pub checks: Vec<Check>,
    /// Free bytes of the data folder's disk.
    pub free_bytes: Option<f64>,
    /// Messages that nobody will take.
    pub dead: i64,
}

/// Takes a reading.
pub(super) async fn take(app: &App) -> Reading {
    let now = app.kit.now();
    let mark = Mark::new(now, Instant::now());
    let began = Instant::now();
    let written = within(pulse::take(&app.kit.db, app.tenant)).await;
    let write_secs = written.map(|()| began.elapsed().as_secs_f64());
    let asked = within(ask(app, now)).await;
    let folder = app.settings.data.clone();
    let space = timeout(ANSWER_LIMIT, tokio::task::spawn_blocking(move || disk::space(&folder))).await;
    let space = space.ok().and_then(Result::ok).flatten();

    let mut memory = app.own.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let begun = *memory.begun.get_or_insert(mark);
    let age = mark.secs_since(&begun);
    // What was due while this process was not there is no lateness of its own.
    let here = mark.wall_secs_since(&begun);
    let jump = memory.before.replace(mark).map(|before| mark.jump_since(&before).as_secs_f64());
    if let Some((free, _)) = space {
        memory.trend.note(age, free);
    }
    let health = app.looks_health();
    let asked = asked.as_ref();
    let still = asked.map(|asked| memory.still(asked, mark));
    let value = |subject| match subject {
        Subject::Database => write_secs,
        Subject::ProbeLateness => (health.looks > 0).then_some(health.late_ms_p99 / 1000.0),
        Subject::ProbeEngine => (health.probes > 0).then(|| app.looks_overdue(now).as_secs_f64()),
        Subject::Rules => rules_late(app, now, age).map(|late| late.min(here)),
        Subject::Timers => asked.map(|asked| asked.timer_late_secs.min(here)),
        Subject::Outbox => asked.map(|asked| asked.outbox.0.min(here)),
        Subject::OutboxAge => asked.map(|asked| asked.outbox.1.min(here)),
        #[allow(clippy::cast_precision_loss)] // a count of rows
        Subject::OutboxDepth => asked.map(|asked| asked.waiting as f64),
        Subject::Pages => app.own.page_times.slowest(now),
        Subject::Readers => still,
        Subject::Metrics => Some(f64::from(u8::from(app.metrics.trouble().is_some()))),
        Subject::DiskFree => space.map(|(free, all)| if all > 0.0 { free / all } else { 0.0 }),
        Subject::DiskFull => memory.trend.hours_to_full(),
        Subject::ClockSkew => asked.map(|asked| asked.skew_secs),
        Subject::ClockJump => jump,
        Subject::ClockError => clock_error_secs(),
    };
    let mut checks: Vec<Check> = Subject::all().map(|subject| subject.judge(value(subject))).collect();
    // No answer from the database is an answer.
    if write_secs.is_none() || asked.is_none() {
        for check in checks.iter_mut().filter(|check| check.subject == Subject::Database) {
            check.state = State::Bad;
        }
    }
    Reading { at: now, checks, free_bytes: space.map(|(free, _)| free), dead: asked.map_or(0, |asked| asked.dead) }
}

/// The answer to a question, when it comes in time and well.
async fn within<T>(question: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    match timeout(ANSWER_LIMIT, question).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the house could not take its pulse");
            None
        }
        Err(_) => {
            tracing::warn!(secs = ANSWER_LIMIT.as_secs(), "the database does not answer in time");
            None
        }
    }
}

async fn ask(app: &App, now: Timestamp) -> Result<Asked, StoreError> {
    let skew = lease::clock_skew(&app.kit.db).await?;
    let skew_secs = app.clock.as_ref().map_or(skew, |clock| clock.follow(skew)).as_secs_f64();
    let mut sql = app.kit.db.read().await?;
    let (_, late) = timer::lateness(&mut sql, now).await?;
    let (waiting, dead) = outbox::counts(&mut sql).await?;
    #[allow(clippy::cast_precision_loss)] // seconds
    Ok(Asked {
        timer_late_secs: late as f64,
        outbox: outbox::ages(&mut sql, now).await?,
        waiting,
        dead,
        horizon: ledger::horizon(&mut sql).await?,
        readers: consumer::positions(&mut sql).await?,
        skew_secs,
    })
}

impl Memory {
    /// For how long the reader has been standing that stands longest although there is something to read.
    fn still(&mut self, asked: &Asked, mark: Mark) -> f64 {
        let mut longest = 0.0f64;
        for (name, position, _) in &asked.readers {
            if *position >= asked.horizon {
                self.readers.remove(name);
                continue;
            }
            let stands = self.readers.entry(name.clone()).or_insert((*position, mark));
            if stands.0 != *position {
                *stands = (*position, mark);
            }
            longest = longest.max(mark.secs_since(&stands.1));
        }
        longest
    }
}

/// By how much the group of rules is late that is latest, seconds; none while another process evaluates them.
fn rules_late(app: &App, now: Timestamp, age: f64) -> Option<f64> {
    let groups = app.rules().status();
    let late = groups.iter().filter_map(|group| {
        let due = group.evaluated_at?.checked_add(jiff::SignedDuration::from_millis(group.interval_ms)).ok()?;
        Some(now.duration_since(due).as_secs_f64().max(0.0))
    });
    let none_yet = (!groups.is_empty() && age > BEGINNING_SECS && app.kit.db.dialect() == Dialect::Sqlite).then_some(age);
    late.fold(None, |latest: Option<f64>, late| Some(latest.map_or(late, |latest| latest.max(late)))).or(none_yet)
}
