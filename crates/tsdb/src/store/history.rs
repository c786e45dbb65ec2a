//! History: samples older than the head takes, written into blocks of their own beside those there are.
//!
//! A file of weeks goes through here in pieces: what is gathered is written as one block a stretch whenever it is much, and
//! merging makes few blocks of many. Readers see old and new blocks as one; at an instant that is there already, what is
//! there stays.

use std::{collections::BTreeMap, io, mem, sync::Arc};

use evenkeel_core::id::TenantId;

use super::{
    Incoming, Maintained, Refusal, Store, StoreError, Taken, Value, block::write::BlockWriter, compact::MERGED_ROWS, config::HOUR_MS,
    cut::write_samples, head::plan::Bounds, lock, manifest::Tier, merge, shelve::discard, tenant::Tenant,
};
use crate::source::Samples;

/// Samples gathered before they are written.
const GATHERED_MAX: usize = 2_000_000;
/// Bytes of labels gathered before samples are written.
const LABEL_BYTES_MAX: usize = 64 << 20;
/// A stretch of history, milliseconds: what roll-ups are made of, and few files for weeks.
const DAY_MS: i64 = 24 * HOUR_MS;

type Pairs = Vec<(String, String)>;

/// Takes history; [`History::finish`] must be called, or what was gathered last is not kept.
#[derive(Debug)]
pub struct History<'a> {
    store: &'a Store,
    tenant: Arc<Tenant>,
    bounds: Bounds,
    /// Nothing is taken from before: its day may have lost samples to retention already.
    oldest_ms: i64,
    series: BTreeMap<Pairs, Vec<(i64, f64)>>,
    gathered: usize,
    label_bytes: usize,
    taken: Taken,
}

impl Store {
    /// Begins to take history of a tenant.
    pub fn history(&self, tenant: TenantId) -> History<'_> {
        let tenant = self.tenant(tenant);
        let limits = tenant.limits();
        let kept_since = self.now_ms().saturating_sub(limits.retention_ms);
        History {
            store: self,
            bounds: self.bounds(limits),
            tenant,
            oldest_ms: kept_since.saturating_add(DAY_MS - 1).div_euclid(DAY_MS).saturating_mul(DAY_MS),
            series: BTreeMap::new(),
            gathered: 0,
            label_bytes: 0,
            taken: Taken::default(),
        }
    }
}

impl History<'_> {
    /// Takes samples in any order; of a label each name once. Those that cannot be taken are counted with their reason: too old for the retention, ahead
    /// of the clock, labels that cannot be, native histograms.
    ///
    /// # Errors
    /// The disk's. What was written before stays, and taking the same file again does no harm.
    pub fn add(&mut self, batch: &[Incoming<'_>]) -> Result<(), StoreError> {
        for sample in batch {
            match self.check(sample) {
                Ok((labels, value)) => self.gather(labels, sample.at_ms, value),
                Err(why) => self.taken.refuse(why, sample.at_ms, sample.labels.iter().copied()),
            }
        }
        if self.gathered >= GATHERED_MAX || self.label_bytes >= LABEL_BYTES_MAX { self.write() } else { Ok(()) }
    }

    /// Its labels and value, if it can be kept.
    fn check(&self, sample: &Incoming<'_>) -> Result<(Pairs, f64), Refusal> {
        let Value::Float(value) = sample.value else {
            return Err(Refusal::HistogramOrder);
        };
        if sample.at_ms < self.oldest_ms {
            return Err(Refusal::TooOld);
        }
        if sample.at_ms > self.bounds.newest_ms {
            return Err(Refusal::TooNew);
        }
        let given = || sample.labels.iter().filter(|(_, value)| !value.is_empty());
        let bytes: usize = given().map(|(name, value)| name.len() + value.len()).sum();
        if !(1..=self.bounds.labels_max).contains(&given().count()) || bytes > self.bounds.label_bytes_max {
            return Err(Refusal::Labels);
        }
        let mut labels: Pairs = given().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        labels.sort_unstable();
        Ok((labels, value))
    }

    fn gather(&mut self, labels: Pairs, at_ms: i64, value: f64) {
        let label_bytes = &mut self.label_bytes;
        let series = self.series.entry(labels).or_insert_with_key(|labels| {
            *label_bytes += labels.iter().map(|(name, value)| name.len() + value.len() + mem::size_of::<(String, String)>()).sum::<usize>();
            Vec::new()
        });
        series.push((at_ms, value));
        self.gathered += 1;
        self.taken.accepted += 1;
    }

    /// Writes what is left, merges the blocks, and rolls up the days that are over.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(mut self) -> Result<Taken, StoreError> {
        self.write()?;
        let _one = lock(&self.store.maintenance);
        let mut done = Maintained::default();
        self.store.compact(&self.tenant, &mut done)?;
        self.store.roll(&self.tenant, &mut done)?;
        Ok(self.taken)
    }

    /// Makes blocks of what is gathered: one a stretch.
    pub(super) fn write(&mut self) -> Result<(), StoreError> {
        if self.series.is_empty() {
            return Ok(());
        }
        let length_ms = if self.bounds.tenant.retention_ms / 4 >= DAY_MS { DAY_MS } else { self.store.config.window_ms };
        let series = mem::take(&mut self.series);
        (self.gathered, self.label_bytes) = (0, 0);
        let _one = lock(&self.store.maintenance);
        let mut stretches: BTreeMap<i64, Vec<(&Pairs, Samples)>> = BTreeMap::new();
        for (labels, points) in &series {
            for (start_ms, points) in apart(points, length_ms) {
                let mut samples = Samples::default();
                merge::add_floats(&mut samples, points);
                stretches.entry(start_ms).or_default().push((labels, samples));
            }
        }
        let mut written = Vec::new();
        let done = stretches.iter().try_for_each(|(start_ms, series)| {
            let made = self.store.write_block(Tier::Raw, (*start_ms, length_ms), |writer| write_series(writer, series).map(|()| true));
            written.extend(made.map_err(StoreError::io("writing history"))?);
            Ok(())
        });
        let rolled_ms = stretches.keys().next().map_or(i64::MAX, |start_ms| start_ms.div_euclid(DAY_MS) * DAY_MS);
        let done = done.and_then(|()| {
            // Days that have new samples are rolled up once more.
            self.store.publish(&self.tenant, &written, &[], |progress| progress.rolled_ms = progress.rolled_ms.min(rolled_ms))
        });
        if let Err(error) = done {
            discard(&written);
            return Err(error);
        }
        let mut state = self.tenant.write();
        state.rolled_ms = state.rolled_ms.min(rolled_ms);
        state.blocks.extend(written);
        state.settle();
        Ok(())
    }
}

fn write_series(writer: &mut BlockWriter, series: &[(&Pairs, Samples)]) -> io::Result<()> {
    for (labels, samples) in series {
        let labels = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        write_samples(writer, labels, samples, MERGED_ROWS)?;
    }
    Ok(())
}

/// Points by the stretch they lie in.
fn apart(points: &[(i64, f64)], length_ms: i64) -> BTreeMap<i64, Vec<(i64, f64)>> {
    let mut stretches: BTreeMap<i64, Vec<(i64, f64)>> = BTreeMap::new();
    for (at_ms, value) in points {
        stretches.entry(at_ms.div_euclid(length_ms) * length_ms).or_default().push((*at_ms, *value));
    }
    stretches
}
