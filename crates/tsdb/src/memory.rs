//! The bounded store in memory: enough to watch a few hundred probes for hours, and to lose on restart.
//!
//! Three bounds hold at once: series, points of one series, bytes of all. When the bytes are used up a series makes room
//! by dropping its own oldest point, so that a flood of one never empties the others; a new series first asks for the room
//! of those that fell silent, and is refused when there is none.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use evenkeel_core::id::TenantId;

use crate::{Appended, Point, Sample, SampleStore, Selector, Series, Stats};

/// Bytes of one point.
const POINT_BYTES: usize = size_of::<Point>();
/// What a series costs beside its points and its key: map entries, vectors, deque header.
const SERIES_BYTES: usize = 256;

/// Bounds of a [`MemoryStore`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Series at most.
    pub series_max: usize,
    /// Points of one series at most.
    pub points_max: usize,
    /// Bytes of everything at most, by our own count.
    pub bytes_max: usize,
    /// A series without a new point for so long gives way to a new one, milliseconds.
    pub silent_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { series_max: 50_000, points_max: 3_600, bytes_max: 48 << 20, silent_ms: 3_600_000 }
    }
}

#[derive(Debug)]
struct Kept {
    tenant: TenantId,
    metric: String,
    labels: Vec<(String, String)>,
    points: VecDeque<Point>,
    key_bytes: usize,
}

impl Kept {
    fn bytes(&self) -> usize {
        SERIES_BYTES + self.key_bytes + self.points.len() * POINT_BYTES
    }

    fn answer(&self, points: Vec<Point>) -> Series {
        Series { metric: self.metric.clone(), labels: self.labels.clone(), points }
    }
}

#[derive(Debug, Default)]
struct Inner {
    by_key: HashMap<Vec<u8>, u32>,
    slots: Vec<Option<Kept>>,
    free: Vec<u32>,
    by_metric: HashMap<(TenantId, String), BTreeSet<u32>>,
    /// The key being looked up, kept to save an allocation for each sample.
    key: Vec<u8>,
    points: usize,
    bytes: usize,
    dropped: u64,
    refused: u64,
}

/// The bounded store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    limits: Limits,
    inner: Mutex<Inner>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl MemoryStore {
    /// An empty store with these bounds.
    pub fn new(limits: Limits) -> Self {
        Self { limits, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere cannot leave the maps half written in a way that reading would make worse.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the key of a series: labels sorted by name, separated by control characters that no metric or label carries.
fn write_key(key: &mut Vec<u8>, tenant: TenantId, sample: &Sample<'_>) {
    key.clear();
    key.extend_from_slice(tenant.uuid().as_bytes());
    key.extend_from_slice(sample.metric.as_bytes());
    let sorted = sample.labels.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if sorted {
        for (name, value) in sample.labels {
            push_pair(key, name, value);
        }
    } else {
        for (name, value) in sorted_labels(sample.labels) {
            push_pair(key, &name, &value);
        }
    }
}

fn push_pair(key: &mut Vec<u8>, name: &str, value: &str) {
    key.push(1);
    key.extend_from_slice(name.as_bytes());
    key.push(2);
    key.extend_from_slice(value.as_bytes());
}

fn sorted_labels(labels: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut sorted: Vec<(String, String)> = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.dedup_by(|later, first| later.0 == first.0);
    sorted
}

impl Inner {
    /// The slot of the sample's series, made when there is room for it.
    fn slot(&mut self, limits: &Limits, tenant: TenantId, at_ms: i64, sample: &Sample<'_>) -> Option<u32> {
        let mut key = std::mem::take(&mut self.key);
        write_key(&mut key, tenant, sample);
        let found = self.by_key.get(key.as_slice()).copied();
        let slot = found.or_else(|| self.open(limits, tenant, at_ms, sample, &key));
        self.key = key;
        slot
    }

    fn open(&mut self, limits: &Limits, tenant: TenantId, at_ms: i64, sample: &Sample<'_>, key: &[u8]) -> Option<u32> {
        let labels = sorted_labels(sample.labels);
        // The key is held by the map, and its parts once more by the series.
        let key_bytes = key.len() * 2;
        let cost = SERIES_BYTES + key_bytes + POINT_BYTES;
        let room = |inner: &Self| inner.by_key.len() < limits.series_max && inner.bytes + cost <= limits.bytes_max;
        if !room(self) {
            self.forget_silent(at_ms.saturating_sub(limits.silent_ms));
            if !room(self) {
                return None;
            }
        }
        let kept = Kept { tenant, metric: sample.metric.to_owned(), labels, points: VecDeque::new(), key_bytes };
        self.bytes += kept.bytes();
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(kept);
            slot
        } else {
            let slot = u32::try_from(self.slots.len()).ok()?;
            self.slots.push(Some(kept));
            slot
        };
        self.by_key.insert(key.to_owned(), slot);
        self.by_metric.entry((tenant, sample.metric.to_owned())).or_default().insert(slot);
        Some(slot)
    }

    fn forget_silent(&mut self, before_ms: i64) {
        let silent: Vec<(Vec<u8>, u32)> = self
            .by_key
            .iter()
            .filter(|(_, slot)| {
                self.slots[**slot as usize].as_ref().and_then(|kept| kept.points.back()).is_none_or(|point| point.at_ms < before_ms)
            })
            .map(|(key, slot)| (key.clone(), *slot))
            .collect();
        for (key, slot) in silent {
            self.by_key.remove(&key);
            if let Some(kept) = self.slots[slot as usize].take() {
                self.bytes -= kept.bytes();
                self.points -= kept.points.len();
                self.dropped += kept.points.len() as u64;
                let metric = (kept.tenant, kept.metric);
                if let Some(slots) = self.by_metric.get_mut(&metric) {
                    slots.remove(&slot);
                    if slots.is_empty() {
                        self.by_metric.remove(&metric);
                    }
                }
            }
            self.free.push(slot);
        }
    }

    fn push(&mut self, limits: &Limits, slot: u32, point: Point) -> bool {
        let Some(kept) = self.slots[slot as usize].as_mut() else {
            return false;
        };
        match kept.points.back_mut() {
            Some(newest) if newest.at_ms == point.at_ms => {
                *newest = point;
                return true;
            }
            Some(newest) if newest.at_ms > point.at_ms => return false,
            _ => {}
        }
        let full = kept.points.len() >= limits.points_max || (!kept.points.is_empty() && self.bytes + POINT_BYTES > limits.bytes_max);
        if full {
            kept.points.pop_front();
            self.dropped += 1;
        } else {
            self.bytes += POINT_BYTES;
            self.points += 1;
        }
        kept.points.push_back(point);
        true
    }

    fn named<'a>(&'a self, tenant: TenantId, selector: &'a Selector) -> impl Iterator<Item = &'a Kept> {
        self.by_metric
            .get(&(tenant, selector.metric.clone()))
            .into_iter()
            .flatten()
            .filter_map(|slot| self.slots[*slot as usize].as_ref())
            .filter(|kept| selector.matches(&kept.labels))
    }
}

impl SampleStore for MemoryStore {
    fn append(&self, tenant: TenantId, at_ms: i64, samples: &[Sample<'_>]) -> Appended {
        let mut inner = self.lock();
        let mut appended = Appended::default();
        for sample in samples {
            let point = Point { at_ms, value: sample.value };
            let taken = inner.slot(&self.limits, tenant, at_ms, sample).is_some_and(|slot| inner.push(&self.limits, slot, point));
            if taken {
                appended.accepted += 1;
            } else {
                appended.refused += 1;
            }
        }
        inner.refused += appended.refused as u64;
        appended
    }

    fn range(&self, tenant: TenantId, selector: &Selector, from_ms: i64, to_ms: i64) -> Vec<Series> {
        let inner = self.lock();
        let mut found: Vec<Series> = inner
            .named(tenant, selector)
            .filter_map(|kept| {
                let start = kept.points.partition_point(|point| point.at_ms < from_ms);
                let end = kept.points.partition_point(|point| point.at_ms <= to_ms);
                (start < end).then(|| kept.answer(kept.points.range(start..end).copied().collect()))
            })
            .collect();
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        found
    }

    fn latest(&self, tenant: TenantId, selector: &Selector, not_before_ms: i64) -> Vec<Series> {
        let inner = self.lock();
        let mut found: Vec<Series> = inner
            .named(tenant, selector)
            .filter_map(|kept| {
                let newest = *kept.points.back()?;
                (newest.at_ms >= not_before_ms).then(|| kept.answer(vec![newest]))
            })
            .collect();
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        found
    }

    fn metrics(&self, tenant: TenantId) -> Vec<String> {
        let inner = self.lock();
        let mut names: Vec<String> =
            inner.by_metric.keys().filter(|(owner, _)| *owner == tenant).map(|(_, metric)| metric.clone()).collect();
        names.sort();
        names
    }

    fn label_values(&self, tenant: TenantId, metric: Option<&str>, label: &str) -> Vec<String> {
        let inner = self.lock();
        let values: BTreeSet<&str> = inner
            .slots
            .iter()
            .flatten()
            .filter(|kept| kept.tenant == tenant && metric.is_none_or(|wanted| kept.metric == wanted))
            .filter_map(|kept| kept.labels.iter().find(|(name, _)| name == label))
            .map(|(_, value)| value.as_str())
            .collect();
        values.into_iter().map(str::to_owned).collect()
    }

    fn stats(&self) -> Stats {
        let inner = self.lock();
        Stats { series: inner.by_key.len(), points: inner.points, bytes: inner.bytes, dropped: inner.dropped, refused: inner.refused }
    }
}

#[cfg(test)]
mod tests;
