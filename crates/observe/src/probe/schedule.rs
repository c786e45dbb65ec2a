//! When to look: pure, on a monotonic clock that starts at 0.
//!
//! Slots are `phase + n × interval`, so that a late look never moves the ones after it. Phases come from the probe's id and
//! spread the probes over the interval. A slot that cannot be kept within its tolerance is skipped and counted; after a
//! stop of the machine the probes go on in their old places and not all at once.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    hash::Hash,
    time::Duration,
};

use evenkeel_core::id::ProbeId;

/// A slot may be late by half its interval, and by this at most, before it is skipped.
const TOLERANCE_MAX: Duration = Duration::from_secs(1);

/// A slot whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<K> {
    /// Whose.
    pub key: K,
    /// When it should have been.
    pub at: Duration,
}

#[derive(Debug)]
struct Entry {
    interval: Duration,
    phase: Duration,
    /// Names the one heap item that counts; others are left over from earlier plans.
    plan: u64,
    /// When that item is due.
    next: Duration,
    running: bool,
}

/// All probes' slots.
#[derive(Debug)]
pub struct Schedule<K> {
    entries: HashMap<K, Entry>,
    heap: BinaryHeap<Reverse<(Duration, u64, K)>>,
    plans: u64,
    skipped: u64,
}

impl<K> Default for Schedule<K>
where
    K: Ord,
{
    fn default() -> Self {
        Self { entries: HashMap::new(), heap: BinaryHeap::new(), plans: 0, skipped: 0 }
    }
}

/// A hash of a probe's id for [`phase`].
pub fn hash(probe: ProbeId) -> u64 {
    let bits = probe.uuid().as_u128();
    let (high, low) = (u64::try_from(bits >> 64).unwrap_or(0), u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0));
    // Ids of declared things carry fixed bits of their layout: mixed, every bit counts.
    (high ^ low).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The place of a probe within its interval, from a hash of its id: the same after every restart.
pub fn phase(hash: u64, interval: Duration) -> Duration {
    let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX).max(1);
    // The high half of the product spreads evenly whatever the interval.
    let place = (u128::from(hash) * u128::from(nanos)) >> 64;
    Duration::from_nanos(u64::try_from(place).unwrap_or(0))
}

/// The earliest slot after `now`, which is never `now` itself.
fn slot_after(phase: Duration, interval: Duration, now: Duration) -> Duration {
    if now < phase {
        return phase;
    }
    let interval_nanos = interval.as_nanos().max(1);
    let number = now.saturating_sub(phase).as_nanos() / interval_nanos + 1;
    let nanos = u64::try_from(number * interval_nanos).unwrap_or(u64::MAX);
    phase.saturating_add(Duration::from_nanos(nanos))
}

impl<K: Copy + Eq + Hash + Ord> Schedule<K> {
    /// Adds or replaces a probe. Its first look comes at `first`, the others in its slots.
    pub fn insert(&mut self, key: K, interval: Duration, phase: Duration, first: Duration) {
        let running = self.entries.get(&key).is_some_and(|entry| entry.running);
        let plan = self.plan(key, first);
        self.entries.insert(key, Entry { interval, phase, plan, next: first, running });
    }

    /// Takes a probe out. A look under way is not its concern.
    pub fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    /// When the next slot is; the past when one is overdue.
    pub fn next_at(&mut self) -> Option<Duration> {
        while let Some(Reverse((at, plan, key))) = self.heap.peek() {
            if self.entries.get(key).is_some_and(|entry| entry.plan == *plan) {
                return Some(*at);
            }
            self.heap.pop();
        }
        None
    }

    /// When a probe looks next.
    pub fn next_of(&self, key: &K) -> Option<Duration> {
        self.entries.get(key).map(|entry| entry.next)
    }

    /// The next slot whose time has come, if any; its probe counts as running until [`Self::finished`].
    pub fn pop(&mut self, now: Duration) -> Option<Due<K>> {
        while self.next_at()? <= now {
            let Reverse((at, _, key)) = self.heap.pop()?;
            let Some(entry) = self.entries.get_mut(&key) else {
                continue;
            };
            let (interval, phase, running) = (entry.interval, entry.phase, entry.running);
            let tolerance = (interval / 2).min(TOLERANCE_MAX);
            let kept = !running && now.saturating_sub(at) <= tolerance;
            entry.running |= kept;
            let next = slot_after(phase, interval, now);
            // Slots between the one due and the next one are gone.
            let passed = next.saturating_sub(at).as_nanos().saturating_sub(1) / interval.as_nanos().max(1);
            self.skipped += u64::try_from(passed).unwrap_or(u64::MAX).saturating_add(u64::from(!kept));
            let plan = self.plan(key, next);
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.plan = plan;
                entry.next = next;
            }
            if kept {
                return Some(Due { key, at });
            }
        }
        None
    }

    /// A look came back. With `retry` the next one comes so much later, if that is before its next slot.
    pub fn finished(&mut self, key: K, now: Duration, retry: Option<Duration>) {
        let Some(entry) = self.entries.get_mut(&key) else {
            return;
        };
        entry.running = false;
        let Some(retry) = retry else { return };
        let at = now.saturating_add(retry);
        // The last moment before the next slot is left to the slot.
        if at < slot_after(entry.phase, entry.interval, now) {
            let plan = self.plan(key, at);
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.plan = plan;
                entry.next = at;
            }
        }
    }

    /// Slots skipped so far.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Probes.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn plan(&mut self, key: K, at: Duration) -> u64 {
        self.plans += 1;
        self.heap.push(Reverse((at, self.plans, key)));
        self.plans
    }
}

#[cfg(test)]
mod tests;
