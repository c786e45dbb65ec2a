//! The end of the ledger, read once for all loops of this process.
//!
//! A commit wakes many of them at once, and each asks the same: how far can the ledger be read, and what is new? On
//! `PostgreSQL` that question is dear (see [`crate::dialect::postgres`]). Here whoever asks while the answer is being read waits
//! for the next one and shares it, and the newest events are kept for those who are nearly there.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use evenkeel_core::event::Event;
use tokio::sync::Mutex;

use super::{horizon, scan};
use crate::{Db, Result, StoreError};

/// Events that are kept at the most.
const KEPT_MAX: usize = 512;
/// Bytes of their payloads that are kept at the most.
const BYTES_MAX: usize = 1024 * 1024;
/// So long reading may take.
const READ_WITHIN: Duration = Duration::from_secs(15);

/// What somebody who asks sees of the end of the ledger.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The horizon (see [`horizon`]), as it was or grew since the question.
    pub up_to: i64,
    /// The events that were asked for, in order; none = they begin before what is kept: read them with [`scan`].
    pub events: Option<Vec<Arc<Event>>>,
}

/// The end of the ledger.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// How many questions there were.
    asked: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The questions up to this one were there before the answer was read.
    answered: u64,
    /// Why that answer could not be read.
    failed: Option<String>,
    /// Every event after this one and up to `up_to` is in `events`.
    after: i64,
    up_to: i64,
    /// The last event that was really there. A number above it may have been given out for nothing, and after a crash of
    /// `PostgreSQL` be given out again: it is looked for until something behind it is seen.
    last: i64,
    events: VecDeque<Arc<Event>>,
    bytes: usize,
}

impl Known {
    /// From where on is read when the ledger reaches up to `up_to`.
    fn from(&self, up_to: i64) -> i64 {
        self.last.max(up_to.saturating_sub(i64::try_from(KEPT_MAX).unwrap_or(i64::MAX)))
    }

    /// Takes what was read after `from`, up to the horizon `up_to`.
    fn take(&mut self, from: i64, up_to: i64, new: Vec<Event>) {
        if from > self.last {
            // Too much happened at once: who is interested in what was left out reads it on its own.
            self.pass_over(from);
        }
        self.up_to = up_to;
        self.bytes += new.iter().map(|event| event.payload.len()).sum::<usize>();
        self.events.extend(new.into_iter().map(Arc::new));
        self.last = self.events.back().map_or(self.last, |event| event.seq);
        while self.events.len() > KEPT_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.payload.len();
            self.after = oldest.seq;
        }
    }

    /// Keeps nothing up to here.
    fn pass_over(&mut self, up_to: i64) {
        self.events.clear();
        (self.after, self.up_to, self.last, self.bytes) = (up_to, up_to, up_to, 0);
    }

    fn since(&self, after: i64, kinds: &[&str]) -> Seen {
        let events = (after >= self.after).then(|| {
            let first = self.events.partition_point(|event| event.seq <= after);
            let wanted = |event: &&Arc<Event>| kinds.is_empty() || kinds.contains(&event.kind.as_str());
            self.events.range(first..).filter(wanted).cloned().collect()
        });
        Seen { up_to: self.up_to, events }
    }

    /// Reads how far the ledger goes, and what is new.
    async fn read(&mut self, db: &Db, asked: &AtomicU64) -> Result<()> {
        let mut sql = db.read().await?;
        // Whoever asked up to here is answered by what is read from here on.
        self.answered = asked.load(Ordering::SeqCst);
        let up_to = horizon(&mut sql).await?;
        if up_to <= self.last {
            return Ok(());
        }
        let from = self.from(up_to);
        match scan(&mut sql, None, from, up_to, i64::MAX, &[]).await {
            Ok(new) => self.take(from, up_to, new),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                // One row that cannot be read is not the affair of everybody who follows.
                tracing::error!(%error, "the end of the ledger cannot be read for all; each reads what concerns it");
                self.pass_over(up_to);
            }
        }
        Ok(())
    }
}

impl Tail {
    async fn look(&self, db: &Db, after: i64, kinds: &[&str]) -> Result<Seen> {
        let question = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut known = self.known.lock().await;
        if known.answered < question {
            // One connection that hangs must not hold up everybody for good.
            let read = tokio::time::timeout(READ_WITHIN, known.read(db, &self.asked)).await;
            let read = read.unwrap_or_else(|_| Err(StoreError::Away("the end of the ledger was not read in time".to_owned())));
            known.failed = read.as_ref().err().map(ToString::to_string);
            if read.is_err() {
                // Nobody who asked meanwhile tries the same in vain.
                known.answered = self.asked.load(Ordering::SeqCst);
            }
            read?;
        }
        match &known.failed {
            Some(failed) => Err(StoreError::Away(failed.clone())),
            None => Ok(known.since(after, kinds)),
        }
    }
}

/// The events after `after`, of `kinds` (empty = all), as far as the ledger can be read, when they are among the newest. It sees
/// every commit of before the call. The caller must hold no connection: whoever reads for all waits for one.
///
/// # Errors
/// As any statement.
pub async fn tail(db: &Db, after: i64, kinds: &[&str]) -> Result<Seen> {
    db.tail().look(db, after, kinds).await
}

/// The horizon, as [`horizon`] tells it, read once for all who ask at a time. The caller must hold no connection.
///
/// # Errors
/// As any statement.
pub async fn reached(db: &Db) -> Result<i64> {
    Ok(db.tail().look(db, i64::MAX, &[]).await?.up_to)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use evenkeel_core::{
        Actor,
        event::Subject,
        id::{EventId, TenantId},
    };
    use jiff::Timestamp;

    use super::*;

    fn event(seq: i64, bytes: usize) -> Event {
        Event {
            seq,
            id: EventId::named(&seq.to_string()),
            tenant: TenantId::named("keel"),
            occurred_at: Timestamp::UNIX_EPOCH,
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: Actor::system("test"),
            on_behalf_of: None,
            source: "test".to_owned(),
            subject: Subject { kind: "incident".to_owned(), id: seq.to_string() },
            kind: if seq % 2 == 0 { "even" } else { "odd" }.to_owned(),
            version: 1,
            payload: "x".repeat(bytes),
            evidence: None,
        }
    }

    fn seqs(seen: &Seen) -> Option<Vec<i64>> {
        seen.events.as_ref().map(|events| events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn the_newest_are_kept_and_who_is_behind_them_reads_on_its_own() {
        let mut known = Known::default();
        known.take(0, 4, (1..=4).map(|seq| event(seq, 10)).collect());
        assert_eq!(seqs(&known.since(0, &[])), Some(vec![1, 2, 3, 4]));
        assert_eq!(seqs(&known.since(2, &["even"])), Some(vec![4]));
        assert_eq!(seqs(&known.since(4, &[])), Some(vec![]));
        known.take(4, 6, vec![event(6, BYTES_MAX - 20)]);
        assert_eq!((known.after, known.up_to, known.bytes), (2, 6, BYTES_MAX));
        assert_eq!(seqs(&known.since(1, &[])), None);
        assert_eq!(seqs(&known.since(2, &[])), Some(vec![3, 4, 6]));
    }

    #[test]
    fn a_number_that_nobody_used_yet_is_looked_for_again() {
        let mut known = Known::default();
        known.take(0, 3, vec![event(1, 1)]);
        assert_eq!((known.up_to, known.from(3), seqs(&known.since(1, &[]))), (3, 1, Some(vec![])));
        known.take(1, 3, vec![event(3, 1)]);
        assert_eq!((known.from(3), seqs(&known.since(1, &[]))), (3, Some(vec![3])));
    }

    #[test]
    fn of_too_much_at_once_the_newest_are_kept() {
        let (mut known, kept) = (Known::default(), i64::try_from(KEPT_MAX).unwrap());
        known.take(0, 1, vec![event(1, 1)]);
        let up_to = kept + 10;
        let from = known.from(up_to);
        known.take(from, up_to, (from + 1..=up_to).map(|seq| event(seq, 1)).collect());
        assert_eq!((from, known.events.len(), known.bytes), (10, KEPT_MAX, KEPT_MAX));
        assert_eq!((seqs(&known.since(9, &[])), seqs(&known.since(up_to - 1, &[]))), (None, Some(vec![up_to])));
    }
}
