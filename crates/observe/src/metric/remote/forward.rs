//! From our log to the engine, at least once: read on, send, note how far it came. What was sent and not noted is sent again.
//!
//! The log is the queue: it is there anyway, survives what we do not, and takes nothing twice. An engine that is away, overloaded or
//! does not let us in is tried again; what it calls wrong (HTTP 400 and its like) is dropped, counted and told, since it would
//! be wrong again. When more waits than the limit allows, the oldest goes, counted and told.

use std::{ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use evenkeel_core::{Clock, Rng, id::TenantId};
use evenkeel_tsdb::{
    remote::{self, Version},
    source::Labels,
    store::{Follower, Frame, Incoming, Logged, Store, StoreError, Value},
};
use tokio_util::sync::CancellationToken;

use super::{
    board::{Board, Drop},
    client::{Client, Reply},
};
use crate::{probe::look::clean, scrape::ask::Down};

/// Samples of one request at most.
pub(super) const SAMPLES_MAX: usize = 5_000;
/// Between two looks whether something came.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// The first pause after a failure; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(250);
/// The longest pause that we make by ourselves.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// The longest pause that an engine may ask for.
const PAUSE_ASKED_MAX: Duration = Duration::from_mins(1);
/// Bytes of an engine's words that are told.
const WORDS_MAX: usize = 500;

/// Passes on what the store takes.
pub struct Forwarder {
    pub(super) client: Arc<Client>,
    pub(super) store: Arc<Store>,
    pub(super) tenant: TenantId,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rng: Arc<dyn Rng>,
    pub(super) board: Arc<Board>,
}

/// Samples of series with their instants.
pub type Samples = Vec<(Labels, i64, Logged)>;

/// Samples read together, and where the log goes on behind them.
struct Gathered {
    samples: Samples,
    /// Of other tenants: the engine is not theirs.
    strangers: usize,
    end: (u64, u64),
}

/// What becomes of a request.
enum Outcome {
    Taken,
    /// Too much at once.
    TooLarge,
    /// Wrong, and wrong again when sent again.
    Refused(String),
    /// Not now.
    Later(String, Option<Duration>),
}

pub(super) fn words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    clean(text[..text.floor_char_boundary(WORDS_MAX)].trim())
}

fn judge(reply: Result<Reply, Down>) -> Outcome {
    let reply = match reply {
        Ok(reply) => reply,
        Err(down) => return Outcome::Later(down.to_string(), None),
    };
    let said = || format!("HTTP {}: {}", reply.status, words(&reply.body));
    match reply.status.as_u16() {
        200..=299 => Outcome::Taken,
        413 => Outcome::TooLarge,
        // Nothing is wrong with the samples: who we are or where we send is.
        401 | 403 | 404 | 405 | 407 => Outcome::Later(
            format!("{}; check write_url, basic_auth, authorization and tenant in the file of --metric-remote", said()),
            reply.retry_after,
        ),
        408 | 425 | 429 | 300..=399 | 500.. => Outcome::Later(said(), reply.retry_after),
        _ => Outcome::Refused(said()),
    }
}

fn gather(follower: &mut Follower, tenant: TenantId) -> Result<Option<Gathered>, StoreError> {
    let mut all: Option<Gathered> = None;
    while all.as_ref().is_none_or(|all| all.samples.len() + all.strangers < SAMPLES_MAX) {
        let Some(Frame { tenant: whose, samples, end }) = follower.read()? else { break };
        let all = all.get_or_insert_with(|| Gathered { samples: Vec::new(), strangers: 0, end });
        all.end = end;
        if whose == tenant {
            all.samples.extend(samples);
        } else {
            all.strangers += samples.len();
        }
    }
    Ok(all)
}

/// As a request of remote-write 1.0.
pub(super) fn encode(samples: &[(Labels, i64, Logged)]) -> Bytes {
    let labels: Vec<Vec<(&str, &str)>> =
        samples.iter().map(|(labels, ..)| labels.iter().map(|(name, value)| (&**name, &**value)).collect()).collect();
    let incoming: Vec<Incoming<'_>> = samples
        .iter()
        .zip(&labels)
        .map(|((_, at_ms, value), labels)| {
            let value = match value {
                Logged::Float(value) => Value::Float(*value),
                Logged::Histogram(histogram) => Value::Histogram(histogram),
            };
            Incoming { labels, at_ms: *at_ms, value }
        })
        .collect();
    let mut body = Vec::new();
    remote::encode(Version::V1, &incoming, std::iter::empty(), &mut body);
    Bytes::from(body)
}

/// Work that blocks on the disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

impl Forwarder {
    /// Runs until `cancel`. What is under way then is sent again after the next start.
    pub async fn run(self, cancel: CancellationToken) {
        tokio::select! {
            () = cancel.cancelled() => {}
            () = self.forward() => {}
        }
    }

    async fn forward(&self) {
        let mut follower = loop {
            let store = Arc::clone(&self.store);
            match blocking(move || store.follow()).await {
                Some(Ok(follower)) => break follower,
                Some(Err(error)) => self.board.trouble(&error.to_string()),
                None => {}
            }
            tokio::time::sleep(PAUSE_MAX).await;
        };
        loop {
            let tenant = self.tenant;
            let read = blocking(move || {
                let read = gather(&mut follower, tenant);
                (follower.waiting_bytes(), follower.lost_bytes(), follower, read)
            });
            // It panicked: without a follower there is nothing to pass on; the process goes on.
            let Some((waiting, lost, back, read)) = read.await else { return self.board.trouble("reading the log broke off") };
            follower = back;
            self.board.waiting(waiting, lost);
            match read {
                Ok(Some(gathered)) => {
                    let end = gathered.end;
                    self.pass_on(gathered, waiting).await;
                    let noted = blocking(move || {
                        let noted = follower.acknowledge(end);
                        (follower, noted)
                    });
                    let Some((back, noted)) = noted.await else { return self.board.trouble("noting what was passed on broke off") };
                    follower = back;
                    if let Err(error) = noted {
                        self.board.trouble(&error.to_string());
                    }
                }
                Ok(None) => {
                    self.board.empty();
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(error) => {
                    self.board.trouble(&error.to_string());
                    tokio::time::sleep(PAUSE_MAX).await;
                    follower.rewind();
                }
            }
        }
    }

    /// Sends until everything is taken or dropped.
    async fn pass_on(&self, gathered: Gathered, waiting: u64) {
        let newest = gathered.samples.iter().map(|(_, at_ms, _)| *at_ms).max();
        if gathered.strangers > 0 {
            self.board.dropped(Drop::Tenant, gathered.strangers, "samples of another tenant: the engine has only one's");
        }
        let samples = Arc::new(gathered.samples);
        let mut ranges: Vec<Range<usize>> =
            (0..samples.len()).step_by(SAMPLES_MAX).map(|at| at..(at + SAMPLES_MAX).min(samples.len())).rev().collect();
        let mut waiting = waiting;
        while let Some(range) = ranges.pop() {
            let (shared, part) = (Arc::clone(&samples), range.clone());
            let Some(body) = blocking(move || encode(shared.get(part).unwrap_or_default())).await else { continue };
            let mut failures = 0;
            loop {
                if waiting > self.client.options.queue_bytes_max && self.board.is_away() {
                    let what = "more waits for the engine than queue_size_limit allows: the oldest is dropped";
                    self.board.dropped(Drop::QueueFull, range.len(), what);
                    break;
                }
                match judge(self.client.send(body.clone()).await) {
                    Outcome::Taken => {
                        self.board.sent(range.len());
                        break;
                    }
                    Outcome::TooLarge if range.len() > 1 => {
                        let middle = range.start + range.len() / 2;
                        ranges.extend([middle..range.end, range.start..middle]);
                        break;
                    }
                    Outcome::TooLarge => {
                        self.board.dropped(Drop::Refused, 1, "one sample alone is too large for the engine");
                        break;
                    }
                    Outcome::Refused(why) => {
                        self.board.dropped(Drop::Refused, range.len(), &why);
                        break;
                    }
                    Outcome::Later(why, after) => {
                        self.board.failed(&format!("{}: {why}", self.client.who(&self.client.options.write_url)));
                        tokio::time::sleep(self.pause(failures, after)).await;
                        failures += 1;
                        let store = Arc::clone(&self.store);
                        waiting = blocking(move || store.followed_bytes()).await.unwrap_or(waiting);
                        self.board.waiting_now(waiting, self.clock.now().as_millisecond());
                    }
                }
            }
        }
        if let Some(newest) = newest {
            self.board.passed(newest, self.clock.now().as_millisecond());
        }
    }

    /// As long as the engine asks for; else longer each time, by half more or less, so that many do not come at once.
    fn pause(&self, failures: u32, asked: Option<Duration>) -> Duration {
        let own = PAUSE_FIRST.saturating_mul(1 << failures.min(10)).min(PAUSE_MAX);
        let mut byte = [0_u8; 1];
        self.rng.fill(&mut byte);
        let own = own.mul_f64(0.5 + f64::from(byte[0]) / 255.0);
        asked.map_or(own, |asked| asked.min(PAUSE_ASKED_MAX).max(own))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn only_what_would_be_wrong_again_is_dropped() {
        let of = |status: u16| judge(Ok(Reply { status: StatusCode::from_u16(status).unwrap(), retry_after: None, body: Vec::new() }));
        for status in [200, 204] {
            assert!(matches!(of(status), Outcome::Taken), "{status}");
        }
        for status in [401, 403, 404, 429, 500, 502, 503] {
            assert!(matches!(of(status), Outcome::Later(..)), "{status}");
        }
        for status in [400, 409, 422] {
            assert!(matches!(of(status), Outcome::Refused(_)), "{status}");
        }
        assert!(matches!(of(413), Outcome::TooLarge));
        assert!(matches!(judge(Err(Down::new("timeout", "slow"))), Outcome::Later(..)));
    }
}
