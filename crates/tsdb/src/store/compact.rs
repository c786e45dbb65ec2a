//! Longer blocks from short ones, and what retention removes.
//!
//! Blocks of one stretch of time (a window's own and those of its late samples) become one, then a day's, then a month's. A
//! stretch is merged once it is over and nothing late can come for it any more.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    sync::Arc,
};

use super::{
    Maintained, Store, StoreError,
    block::{
        Damage,
        index::Index,
        read::{Block, Series},
        write::BlockWriter,
    },
    config::HOUR_MS,
    cut::write_samples,
    find::Terms as _,
    lock,
    manifest::Tier,
    merge,
    rollup::{FIGURE, STEPS},
    tenant::{Shelved, State, Tenant},
};
use crate::source::Samples;

/// Lengths of merged blocks, milliseconds. The window's own length comes first.
const LENGTHS: [i64; 2] = [24 * HOUR_MS, 31 * 24 * HOUR_MS];
/// Length of merged blocks of roll-ups, milliseconds.
const ROLLUP_LENGTH: i64 = 31 * 24 * HOUR_MS;
/// No block is longer than this part of the retention, or expired samples would be kept for long.
const RETENTION_PART: i64 = 4;
/// Samples of a chunk of a merged block: more pack better, and a short read decodes more than it needs.
pub const MERGED_ROWS: usize = 1_440;

impl Store {
    /// Removes blocks that retention does not keep.
    pub(super) fn expire(&self, tenant: &Tenant, done: &mut Maintained) -> Result<(), StoreError> {
        let limits = tenant.limits();
        let now = self.now_ms();
        let kept_since = |tier: Tier| now.saturating_sub(if tier == Tier::Raw { limits.retention_ms } else { limits.rollup_retention_ms });
        let open: Vec<(u64, bool)> = tenant
            .read()
            .blocks
            .iter()
            .map(|shelved| (shelved.block.number, shelved.block.footer.to_ms < kept_since(shelved.tier)))
            .collect();
        // Of a block that could not be opened only the list knows how old it is.
        let lost = |number: &u64| !open.iter().any(|(open, _)| open == number);
        let unopened: Vec<u64> = lock(&self.manifest)
            .blocks
            .iter()
            .filter(|listed| listed.tenant == tenant.id && listed.start_ms.saturating_add(listed.length_ms) < kept_since(listed.tier))
            .map(|listed| listed.number)
            .filter(lost)
            .collect();
        let expired: Vec<u64> = open.iter().filter(|(_, expired)| *expired).map(|(number, _)| *number).chain(unopened).collect();
        if expired.is_empty() {
            return Ok(());
        }
        done.expired += expired.len();
        self.replace(tenant, &expired, Vec::new())
    }

    /// Puts blocks in the place of others.
    pub(super) fn replace(&self, tenant: &Tenant, gone: &[u64], new: Vec<Shelved>) -> Result<(), StoreError> {
        self.publish(tenant, &new, gone, |_| {})?;
        let mut state = tenant.write();
        state.blocks.retain(|shelved| !gone.contains(&shelved.block.number));
        state.blocks.extend(new);
        state.settle();
        drop(state);
        for number in gone {
            // Whoever reads it has it open; a file that stays is removed at the next opening.
            let _ = std::fs::remove_file(self.block_path(*number));
        }
        Ok(())
    }

    /// Merges the blocks of each stretch that is over.
    pub(super) fn compact(&self, tenant: &Tenant, done: &mut Maintained) -> Result<(), StoreError> {
        let limits = tenant.limits();
        let window = self.config.window_ms;
        let raw = |length: &i64| *length > window && *length <= limits.retention_ms / RETENTION_PART;
        let raw = std::iter::once(window).chain(LENGTHS.into_iter().filter(raw)).map(|length| (Tier::Raw, length));
        let rolled = STEPS.map(|step_ms| (Tier::Rollup(step_ms), ROLLUP_LENGTH));
        for (tier, length) in raw.chain(rolled) {
            for (start, shelved) in self.mergeable(tenant, tier, length) {
                let numbers: Vec<u64> = shelved.iter().map(|shelved| shelved.block.number).collect();
                let merged = self.merge(&shelved, tier, start, length).map_err(StoreError::io("merging blocks"))?;
                let Some(new) = merged else {
                    continue;
                };
                let path = new.block.path.clone();
                if let Err(error) = self.replace(tenant, &numbers, vec![new]) {
                    let _ = std::fs::remove_file(path);
                    return Err(error);
                }
                done.merged += numbers.len();
            }
        }
        Ok(())
    }

    /// Stretches of this length that are over and have more than one block.
    fn mergeable(&self, tenant: &Tenant, tier: Tier, length: i64) -> BTreeMap<i64, Vec<Shelved>> {
        let damaged: Vec<u64> = lock(&self.damaged).iter().map(|damage| damage.block).collect();
        let state = tenant.read();
        let over = self.over_ms(&state);
        let mut stretches: BTreeMap<i64, Vec<Shelved>> = BTreeMap::new();
        for shelved in state.blocks.iter().filter(|shelved| shelved.tier == tier && shelved.length_ms <= length) {
            stretches.entry(shelved.start_ms.div_euclid(length) * length).or_default().push(shelved.clone());
        }
        if tier != Tier::Raw {
            // Of samples the first at an instant stays; of a day rolled up once more, what was made last.
            for blocks in stretches.values_mut() {
                blocks.sort_by_key(|shelved| std::cmp::Reverse(shelved.block.number));
            }
        }
        // What is damaged stays as it is: a merged block would hide what is missing.
        stretches.retain(|start, blocks| {
            blocks.len() > 1
                && start.saturating_add(length) <= over
                && !blocks.iter().any(|shelved| damaged.contains(&shelved.block.number))
        });
        stretches
    }

    /// Everything before this is in blocks, and late samples are no longer to be expected.
    pub(super) fn over_ms(&self, state: &State) -> i64 {
        let idle = self.now_ms().saturating_sub(self.config.window_ms).saturating_sub(self.config.grace_ms);
        state.head.cut_ms.max(idle).saturating_sub(self.config.late_ms)
    }

    /// `Ok(None)`: one of them is damaged, and noted.
    fn merge(&self, blocks: &[Shelved], tier: Tier, start_ms: i64, length_ms: i64) -> io::Result<Option<Shelved>> {
        let merged = self.write_block(tier, (start_ms, length_ms), |writer| merge_into(writer, blocks).map(|()| true));
        match merged {
            Ok(new) => Ok(new),
            Err(MergeError::Damage(damage)) => {
                self.note(damage);
                Ok(None)
            }
            Err(MergeError::Disk(error)) => Err(error),
        }
    }
}

/// Why blocks could not be merged.
#[derive(Debug)]
pub enum MergeError {
    /// One of them is damaged.
    Damage(Damage),
    /// The disk.
    Disk(io::Error),
}

impl From<Damage> for MergeError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<io::Error> for MergeError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// The series of a block one after the other, in the order of their labels.
#[derive(Debug)]
pub struct Walker {
    /// The block.
    pub block: Arc<Block>,
    /// What finds its parts.
    pub index: Arc<Index>,
    page: VecDeque<Series>,
    next_page: usize,
}

impl Walker {
    /// At the first series.
    pub fn new(block: &Arc<Block>, damaged: &mut impl FnMut(Damage) -> Result<(), Damage>) -> Result<Option<Self>, Damage> {
        let index = match block.index() {
            Ok(index) => index,
            Err(damage) => return damaged(damage).map(|()| None),
        };
        let mut walker = Self { block: Arc::clone(block), index, page: VecDeque::new(), next_page: 0 };
        walker.fill(damaged)?;
        Ok(Some(walker))
    }

    fn fill(&mut self, damaged: &mut impl FnMut(Damage) -> Result<(), Damage>) -> Result<(), Damage> {
        while self.page.is_empty() && self.next_page < self.index.pages.len() {
            let page = self.block.page_series(&self.index, self.next_page);
            self.next_page += 1;
            match page {
                Ok(page) => self.page = page.into(),
                Err(damage) => damaged(damage)?,
            }
        }
        Ok(())
    }

    /// The labels of the series it stands at; `None` at the end.
    pub fn labels(&self) -> Option<impl Iterator<Item = (&str, &str)> + Clone> {
        let (pairs, _) = self.page.front()?;
        Some(pairs.iter().map(|(name, value)| (self.index.text(*name), self.index.text(*value))))
    }
}

/// Goes through the series of several blocks in the order of their labels, each once, with all its samples. What is damaged
/// is handed to `damaged`, which says whether to go on without it.
pub fn each_series(
    blocks: &[Shelved],
    mut damaged: impl FnMut(Damage) -> Result<(), Damage>,
    mut take: impl FnMut(&[(String, String)], &Samples) -> io::Result<()>,
) -> Result<(), MergeError> {
    let mut walkers = Vec::new();
    for shelved in blocks {
        walkers.extend(Walker::new(&shelved.block, &mut damaged)?);
    }
    let mut samples = Samples::default();
    let mut scratch = Vec::new();
    loop {
        // A handful of blocks: looking at each is quicker than a heap of texts.
        let mut least: Option<usize> = None;
        for (at, walker) in walkers.iter().enumerate() {
            if let Some(mine) = walker.labels()
                && least.and_then(|least| walkers[least].labels()).is_none_or(|best| before(&mine, &best))
            {
                least = Some(at);
            }
        }
        let Some(labels) = least.and_then(|least| walkers[least].labels()) else {
            return Ok(());
        };
        let labels: Vec<(String, String)> = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        samples.clear();
        for walker in &mut walkers {
            let same = walker.labels().is_some_and(|mine| mine.eq(labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
            let Some((_, entries)) = same.then(|| walker.page.pop_front()).flatten() else {
                continue;
            };
            for entry in entries {
                let read = walker.block.read(&walker.index, &entry, i64::MIN, i64::MAX, &mut samples, &mut scratch);
                read.or_else(&mut damaged)?;
            }
            walker.fill(&mut damaged)?;
        }
        merge::sort(&mut samples);
        take(&labels, &samples)?;
    }
}

/// Whether a label set comes before another in blocks: the figure of a roll-up, if there is one, counts last.
fn before<'a>(a: &(impl Iterator<Item = (&'a str, &'a str)> + Clone), b: &(impl Iterator<Item = (&'a str, &'a str)> + Clone)) -> bool {
    let plain = |pair: &(&str, &str)| pair.0 != FIGURE;
    a.clone().filter(plain).cmp(b.clone().filter(plain)).then_with(|| a.clone().cmp(b.clone())).is_lt()
}

fn merge_into(writer: &mut BlockWriter, blocks: &[Shelved]) -> Result<(), MergeError> {
    each_series(blocks, Err, |labels, samples| {
        let labels = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        write_samples(writer, labels, samples, MERGED_ROWS)
    })
}
