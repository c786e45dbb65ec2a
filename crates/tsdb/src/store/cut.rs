//! From memory to disk: what the head holds of a window that is over becomes a block, and what came late with it.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::Arc,
};

use super::{
    Maintained, Store, StoreError,
    block::write::{BlockWriter, NewChunk},
    chunk::{self, Codec, column::Stretch, histogram, summary::Summary},
    head::{directory::Directory, segment::Segment},
    lock,
    manifest::{Listed, Progress, Tier},
    merge,
    shelve::discard,
    tenant::{Shelved, Tenant},
    wal::Position,
};
use crate::{histogram::Histogram, source::Samples};

/// Late floats by series; of each the first `count` are taken.
type Late = HashMap<u32, Vec<(i64, u64)>>;
type Histograms = HashMap<u32, Vec<(i64, Arc<Histogram>)>>;

/// What goes into blocks, taken from a head at one moment.
#[derive(Debug)]
struct Job {
    /// Each with the series of its cells.
    segments: Vec<(Arc<Segment>, Vec<u32>)>,
    late: Late,
    histograms: Histograms,
    directory: Directory,
    logged: Position,
}

/// A chunk of a series: whose, in which segment, in which cell.
type Chunk = (u32, usize, usize);

/// What one window gets.
#[derive(Debug, Default)]
struct Window {
    chunks: Vec<Chunk>,
    /// What comes beside chunks, for few series.
    extra: HashMap<u32, Extra>,
}

#[derive(Debug, Default)]
struct Extra {
    late: Vec<(i64, f64)>,
    histograms: Vec<(i64, Arc<Histogram>)>,
}

impl Store {
    /// Does what is due: blocks from memory, longer blocks from short ones, what retention says, log segments that are
    /// needed no more. Call it every half minute or so; a [`super::Keeper`] does.
    ///
    /// # Errors
    /// The disk's. What is in memory stays there and is tried again next time.
    pub fn maintain(&self) -> Result<Maintained, StoreError> {
        let _one = lock(&self.maintenance);
        let mut done = Maintained::default();
        let mut failed = None;
        for tenant in self.all() {
            let made = self.cut_due(&tenant, &mut done).and_then(|()| self.roll(&tenant, &mut done));
            // Retention frees room, so it goes on when there is none for the rest.
            let expired = self.expire(&tenant, &mut done);
            let merged = made.and(expired).and_then(|()| self.compact(&tenant, &mut done));
            failed = failed.or(merged.err());
        }
        done.log_segments = self.release_log();
        failed.map_or(Ok(done), Err)
    }

    fn cut_due(&self, tenant: &Tenant, done: &mut Maintained) -> Result<(), StoreError> {
        while let Some(end_ms) = self.due(tenant) {
            self.cut(tenant, end_ms, done)?;
        }
        Ok(())
    }

    /// Puts all that is in memory into blocks, whether its time has come or not: before a backup, or a long stop.
    ///
    /// # Errors
    /// The disk's.
    pub fn flush(&self) -> Result<Maintained, StoreError> {
        let _one = lock(&self.maintenance);
        let mut done = Maintained::default();
        for tenant in self.all() {
            while let Some(start) = self.oldest_window(&tenant) {
                self.cut(&tenant, start + self.config.window_ms, &mut done)?;
            }
        }
        done.log_segments = self.release_log();
        Ok(done)
    }

    fn oldest_window(&self, tenant: &Tenant) -> Option<i64> {
        let window = self.config.window_ms;
        tenant.read().head.oldest().map(|oldest| oldest.div_euclid(window) * window)
    }

    /// The end of the oldest window in memory, when it is over. Late samples go with the next regular block: one of their
    /// own would be small; only when many wait, or nothing else comes, they do not wait for it.
    fn due(&self, tenant: &Tenant) -> Option<i64> {
        let (window, grace) = (self.config.window_ms, self.config.grace_ms);
        let limits = tenant.limits();
        let state = tenant.read();
        let head = &state.head;
        let now_ms = self.now_ms();
        let over = |end_ms: &i64| now_ms >= end_ms.saturating_add(grace) && !head.arrivals.behind(*end_ms, now_ms);
        if let Some(oldest) = head.oldest_in_order() {
            let end = (oldest.div_euclid(window) * window).saturating_add(window);
            return Some(end).filter(over).or_else(|| (head.late_count > limits.late_max / 2).then_some(head.cut_ms));
        }
        let oldest = head.oldest()?;
        let end = head.cut_ms.max((oldest.div_euclid(window) * window).saturating_add(window));
        Some(end).filter(|end| over(&end.saturating_add(window)))
    }

    fn cut(&self, tenant: &Tenant, end_ms: i64, done: &mut Maintained) -> Result<(), StoreError> {
        let job = self.take(tenant, end_ms);
        let windows = job.windows(self.config.window_ms);
        let mut written = Vec::new();
        let mut result = Ok(());
        for (start_ms, window) in windows {
            let made =
                self.write_block(Tier::Raw, (start_ms, self.config.window_ms), |writer| write_all(writer, &job, window).map(|()| true));
            match made {
                Ok(shelved) => written.extend(shelved),
                Err(error) => {
                    result = Err(StoreError::io("writing a block")(error));
                    break;
                }
            }
        }
        let result = result.and_then(|()| {
            self.publish(tenant, &written, &[], |progress| {
                progress.cut_ms = progress.cut_ms.max(end_ms);
                progress.late = job.logged;
            })
        });
        if let Err(error) = result {
            discard(&written);
            return Err(error);
        }
        done.cut += written.len();
        let mut state = tenant.write();
        state.blocks.extend(written);
        state.head.forget(end_ms, &job.late);
        state.head.sweep();
        state.settle();
        Ok(())
    }

    /// Closes the window to writers and takes what is in it.
    fn take(&self, tenant: &Tenant, end_ms: i64) -> Job {
        let mut state = tenant.write();
        let head = &mut state.head;
        head.seal_before(end_ms);
        head.cut_ms = head.cut_ms.max(end_ms);
        // Everything late so far goes with it. The log knows it by its place: what comes from here on is not in the block.
        // A segment that ends here can go when this is done; one that goes on would be kept for its newest row.
        let logged = {
            let mut wal = lock(&self.wal);
            wal.close();
            wal.position()
        };
        Job {
            segments: head.segments_before(end_ms),
            late: head.late.clone(),
            histograms: head.histograms_before(end_ms),
            directory: head.identity.directory(),
            logged,
        }
    }

    /// Makes blocks count and others count no more, in one step.
    pub(super) fn publish(
        &self,
        tenant: &Tenant,
        added: &[Shelved],
        removed: &[u64],
        progress: impl FnOnce(&mut Progress),
    ) -> Result<(), StoreError> {
        let mut manifest = lock(&self.manifest);
        let mut next = manifest.clone();
        next.blocks.retain(|block| !removed.contains(&block.number));
        next.blocks.extend(added.iter().map(|shelved| Listed {
            number: shelved.block.number,
            tenant: tenant.id,
            tier: shelved.tier,
            start_ms: shelved.start_ms,
            length_ms: shelved.length_ms,
        }));
        let fresh = Progress { cut_ms: i64::MIN, late: (0, 0), rolled_ms: i64::MIN };
        progress(next.tenants.entry(tenant.id).or_insert(fresh));
        next.save(&self.config.folder).map_err(StoreError::io("writing its manifest"))?;
        *manifest = next;
        Ok(())
    }

    fn release_log(&self) -> usize {
        let tenants = lock(&self.manifest).tenants.clone();
        let followed = lock(&self.followed).map_or(u64::MAX, |at| at.0);
        let mut wal = lock(&self.wal);
        wal.release(|number, holds| {
            let cut = |(id, newest): (&_, &i64)| tenants.get(id).is_some_and(|progress| *newest < progress.cut_ms);
            let flushed = |(id, at): (&_, &u64)| tenants.get(id).is_some_and(|progress| (number, *at) < progress.late);
            number >= followed || !(holds.newest.iter().all(cut) && holds.late.iter().all(flushed))
        })
    }
}

impl Job {
    fn windows(&self, window_ms: i64) -> BTreeMap<i64, Window> {
        let mut windows: BTreeMap<i64, Window> = BTreeMap::new();
        let start = |at_ms: i64| at_ms.div_euclid(window_ms) * window_ms;
        for (place, (segment, cells)) in self.segments.iter().enumerate() {
            let chunks = &mut windows.entry(segment.window_ms).or_default().chunks;
            chunks.extend(segment.chunks().filter_map(|(cell, _)| Some((*cells.get(cell)?, place, cell))));
        }
        for (series, late) in &self.late {
            for (at_ms, bits) in late {
                let extra = windows.entry(start(*at_ms)).or_default().extra.entry(*series).or_default();
                extra.late.push((*at_ms, f64::from_bits(*bits)));
            }
        }
        for (series, all) in &self.histograms {
            for (at_ms, histogram) in all {
                let extra = windows.entry(start(*at_ms)).or_default().extra.entry(*series).or_default();
                extra.histograms.push((*at_ms, Arc::clone(histogram)));
            }
        }
        windows
    }
}

fn write_all(writer: &mut BlockWriter, job: &Job, window: Window) -> io::Result<()> {
    let Window { mut chunks, mut extra } = window;
    let mut order: Vec<u32> = chunks.iter().map(|chunk| chunk.0).chain(extra.keys().copied()).collect();
    order.sort_unstable();
    order.dedup();
    job.directory.sort(&mut order);
    let mut place_of = vec![0u32; order.iter().max().map_or(0, |most| *most as usize + 1)];
    for (place, series) in (0u32..).zip(&order) {
        place_of[*series as usize] = place;
    }
    // By series in the order of their labels; segments of one group are in the order of time.
    chunks.sort_unstable_by_key(|(series, place, cell)| (place_of[*series as usize], *place, *cell));
    let mut rest = chunks.as_slice();
    let mut columns = HashMap::new();
    for series in order {
        let count = rest.iter().take_while(|chunk| chunk.0 == series).count();
        let (mine, after) = rest.split_at(count);
        rest = after;
        match extra.remove(&series) {
            Some(extra) => write_mixed(writer, job, series, mine, extra)?,
            // A window's columns are joined: longer chunks pack better.
            None if mine.len() > 1 => write_mixed(writer, job, series, mine, Extra::default())?,
            None => write_chunks(writer, job, series, mine, &mut columns)?,
        }
    }
    Ok(())
}

fn nonsense() -> io::Error {
    io::Error::other("samples in memory make no sense")
}

/// Chunks as they are.
fn write_chunks(
    writer: &mut BlockWriter,
    job: &Job,
    series: u32,
    mine: &[Chunk],
    columns: &mut HashMap<(usize, u32), u32>,
) -> io::Result<()> {
    let mut chunks = Vec::with_capacity(mine.len());
    let mut values = Vec::new();
    for (_, place, cell) in mine {
        let segment = &job.segments[*place].0;
        let chunk = segment.chunk(*cell).ok_or_else(nonsense)?;
        let stretch = chunk.stretch();
        let column = *columns.entry((*place, stretch.column)).or_insert_with(|| {
            let instants: Vec<i64> = segment.columns[stretch.column as usize].instants().collect();
            writer.columns.number(&instants)
        });
        values.clear();
        chunk::decode(chunk.codec, segment.bytes_of(*cell), stretch.count as usize, &mut values).ok_or_else(nonsense)?;
        let stretch = Stretch { column, ..stretch };
        chunks.push(NewChunk { stretch, codec: chunk.codec, bytes: segment.bytes_of(*cell), summary: Summary::of(&values) });
    }
    writer.add(job.directory.labels(series), &chunks)
}

/// Several chunks as one, with late samples among them, and histograms.
fn write_mixed(writer: &mut BlockWriter, job: &Job, series: u32, mine: &[Chunk], extra: Extra) -> io::Result<()> {
    let mut samples = Samples::default();
    let mut scratch = Vec::new();
    for (_, place, cell) in mine {
        job.segments[*place].0.read(*cell, i64::MIN, i64::MAX, &mut samples, &mut scratch).ok_or_else(nonsense)?;
    }
    merge::add_floats(&mut samples, extra.late);
    merge::add_histograms(&mut samples, extra.histograms);
    write_samples(writer, job.directory.labels(series), &samples, super::compact::MERGED_ROWS)
}

/// Writes a series' samples as chunks of so many.
pub fn write_samples<'a>(
    writer: &mut BlockWriter,
    labels: impl Iterator<Item = (&'a str, &'a str)>,
    samples: &Samples,
    rows: usize,
) -> io::Result<()> {
    let mut plain: Vec<(Stretch, Codec, Vec<u8>, Summary)> = Vec::new();
    let (floats, histograms) = split(samples);
    let at = floats.as_ref().map_or(samples.at_ms.as_slice(), |(at, _)| at);
    let values = floats.as_ref().map_or(samples.values.as_slice(), |(_, values)| values);
    for (at, values) in at.chunks(rows).zip(values.chunks(rows)) {
        let stretch = whole(writer, at);
        let mut bytes = Vec::new();
        let codec = chunk::encode(values, &mut bytes);
        plain.push((stretch, codec, bytes, Summary::of(values)));
    }
    for run in histograms.chunks(rows) {
        let at: Vec<i64> = run.iter().map(|(at, _)| *at).collect();
        let stretch = whole(writer, &at);
        let mut bytes = Vec::new();
        histogram::encode(run.iter().map(|(_, histogram)| histogram.as_ref()), &mut bytes);
        plain.push((stretch, Codec::Histogram, bytes, Summary::default()));
    }
    let chunks: Vec<NewChunk<'_>> = plain
        .iter()
        .map(|(stretch, codec, bytes, summary)| NewChunk { stretch: *stretch, codec: *codec, bytes, summary: *summary })
        .collect();
    writer.add(labels, &chunks)
}

fn whole(writer: &mut BlockWriter, at: &[i64]) -> Stretch {
    Stretch { column: writer.columns.number(at), first: 0, count: u32::try_from(at.len()).unwrap_or(u32::MAX) }
}

type Floats = (Vec<i64>, Vec<f64>);

/// Floats apart from histograms; `None` for the floats when there are no histograms among them.
fn split(samples: &Samples) -> (Option<Floats>, Vec<(i64, Arc<Histogram>)>) {
    if samples.histograms.is_empty() {
        return (None, Vec::new());
    }
    let mut floats = (Vec::new(), Vec::new());
    let mut histograms = Vec::new();
    let mut next = samples.histograms.iter().peekable();
    for (place, (at, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
        match next.next_if(|(of, _)| *of as usize == place) {
            Some((_, histogram)) => histograms.push((*at, Arc::clone(histogram))),
            None => {
                floats.0.push(*at);
                floats.1.push(*value);
            }
        }
    }
    (Some(floats), histograms)
}
