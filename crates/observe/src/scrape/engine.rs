//! What all targets share: the store, the clock, bounds on what goes on at once.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use evenkeel_core::{Clock, id::TenantId};
use evenkeel_tsdb::{
    batch::{Batch, Family},
    store::Store,
};
use foldhash::quality::FixedState;
use tokio::sync::Semaphore;

use crate::{
    metric::{MetadataStore, Metrics},
    probe::{address::AddressPolicy, kind::net::Net},
};

/// Questions under way at once at most.
const QUESTIONS_MAX: usize = 1000;
/// Families of one target that are described at most.
const FAMILIES_MAX: usize = 10_000;
/// Bytes of a description at most.
const HELP_BYTES_MAX: usize = 1000;

/// What is said of a metric family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub family: String,
    /// `counter`, `gauge` …
    pub kind: &'static str,
    /// What it measures.
    pub help: String,
    /// Its unit; mostly empty.
    pub unit: String,
}

/// What all targets share.
pub struct Engine {
    /// Where samples go.
    pub store: Arc<Store>,
    /// What is known of metric families, whoever said it.
    pub metadata: Arc<MetadataStore>,
    /// Whose they are.
    pub tenant: TenantId,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ways to targets.
    pub net: Arc<Net>,
    /// Moves the targets' slots, so that two servers do not ask at the same moment.
    pub seed: u64,
    /// Questions under way.
    pub questions: Semaphore,
    /// Pages being read and written.
    pub pages: Semaphore,
    /// Room for pages, used again.
    rooms: Mutex<Vec<Batch>>,
    /// Descriptions by their hash: a hundred hosts say the same.
    described: Mutex<HashMap<u64, Weak<[Described]>>>,
}

impl Engine {
    /// Nothing runs yet. `name` is this host's.
    pub fn new(metrics: &Metrics, tenant: TenantId, clock: Arc<dyn Clock>, name: &str) -> Self {
        let mut hasher = FixedState::with_seed(0x0ff5_e700).build_hasher();
        hasher.write(name.as_bytes());
        Self {
            store: Arc::clone(metrics.store()),
            metadata: Arc::clone(metrics.metadata()),
            tenant,
            clock,
            net: Arc::new(Net::new(AddressPolicy::default())),
            seed: hasher.finish(),
            questions: Semaphore::new(QUESTIONS_MAX),
            pages: Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
            rooms: Mutex::new(Vec::new()),
            described: Mutex::new(HashMap::new()),
        }
    }

    /// Now, milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// An empty batch.
    pub fn room(&self) -> Batch {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes it back. There are never more than pages are read at once.
    pub fn give_back(&self, mut room: Batch) {
        room.clear();
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).push(room);
    }

    /// The descriptions of a page; `known` when they are the same.
    pub fn describe(&self, page: &Batch, known: &(u64, Arc<[Described]>)) -> (u64, Arc<[Described]>) {
        let hash = hash(page);
        if hash == known.0 {
            return known.clone();
        }
        self.metadata.note(self.tenant, page);
        let mut all = self.described.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = all.get(&hash).and_then(Weak::upgrade) {
            return (hash, shared);
        }
        all.retain(|_, one| one.strong_count() > 0);
        let mut list: Vec<Described> = page.families().take(FAMILIES_MAX).map(|family| described(&family)).collect();
        // Of a family that comes again the later one counts.
        list.reverse();
        list.sort_by(|a, b| a.family.cmp(&b.family));
        list.dedup_by(|later, first| later.family == first.family);
        let list: Arc<[Described]> = list.into();
        all.insert(hash, Arc::downgrade(&list));
        (hash, list)
    }
}

fn described(family: &Family<'_>) -> Described {
    let mut end = family.help.len().min(HELP_BYTES_MAX);
    while !family.help.is_char_boundary(end) {
        end -= 1;
    }
    Described {
        family: family.name.to_owned(),
        kind: family.kind.word(),
        help: family.help[..end].to_owned(),
        unit: family.unit.to_owned(),
    }
}

fn hash(page: &Batch) -> u64 {
    let mut hasher = FixedState::with_seed(0xde5c).build_hasher();
    for family in page.families() {
        for text in [family.name, family.kind.word(), family.help, family.unit] {
            hasher.write(text.as_bytes());
            hasher.write_u8(0xff);
        }
    }
    // 0 is "nothing known yet".
    hasher.finish().max(1)
}
