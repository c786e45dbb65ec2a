//! Opening: the blocks that the manifest lists, then what the log has beyond them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
    sync::{Arc, Mutex, RwLock, atomic::AtomicU64},
    time::Duration,
};

use evenkeel_core::{id::TenantId, time::Clock};

use super::{
    Config, Damage, Store, StoreError,
    block::{cache::Cache, read::Block},
    block_path, follow,
    head::Head,
    manifest::{Manifest, Progress},
    tenant::{Shelved, Tenant},
    wal::{
        Holds, Wal,
        replay::{Replayed, replay},
    },
};

impl Store {
    /// Opens the store in its folder, made when it is not there.
    ///
    /// # Errors
    /// The disk's, a folder in use, a damaged manifest. A damaged block or log is no error: it is in [`Store::damaged`], and
    /// the rest is served.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let folder = config.folder.clone();
        for part in ["wal", "blocks"] {
            fs::create_dir_all(folder.join(part)).map_err(StoreError::io("making its folders"))?;
        }
        let held = take(&folder)?;
        let manifest = Manifest::load(&folder).map_err(StoreError::io("reading its manifest"))?;
        let manifest = manifest.ok_or_else(|| StoreError::Manifest(folder.join("MANIFEST").display().to_string()))?;
        let cache = Arc::new(Cache::new(config.cache_bytes_max));
        let mut damaged = BTreeSet::new();
        remove_strangers(&folder, &manifest).map_err(StoreError::io("looking through its blocks"))?;
        let mut blocks = open_blocks(&folder, &manifest, &cache, &mut damaged);
        let mut heads: HashMap<TenantId, Head> =
            manifest.tenants.iter().map(|(id, progress)| (*id, Head::new(config.window_ms, progress.cut_ms))).collect();
        let segments =
            replay_all(&folder.join("wal"), &config, &manifest, &mut heads, &mut damaged).map_err(StoreError::io("reading its log"))?;
        let mut tenants = HashMap::new();
        let now_ms = clock.now().as_millisecond();
        for id in blocks.keys().copied().chain(heads.keys().copied()).collect::<BTreeSet<_>>() {
            let mut head = heads.remove(&id).unwrap_or_else(|| Head::new(config.window_ms, i64::MIN));
            let rolled_ms = manifest.tenants.get(&id).map_or(i64::MIN, |progress| progress.rolled_ms);
            // Senders go on from what they sent last, when they notice that we are back.
            head.arrivals.note(head.newest_ms, now_ms);
            let tenant = Tenant::new(id, head, blocks.remove(&id).unwrap_or_default(), config.tenant, rolled_ms);
            tenant.write().settle();
            tenants.insert(id, Arc::new(tenant));
        }
        let next = manifest.tenants.values().map(|progress| progress.late.0).max().unwrap_or(1);
        let wal = Wal::new(folder.join("wal"), config.log_bytes_max, segments, next);
        Ok(Self {
            config,
            clock,
            tenants: RwLock::new(tenants),
            wal: Mutex::new(wal),
            syncing: Mutex::new(()),
            manifest: Mutex::new(manifest),
            cache,
            maintenance: Mutex::new(()),
            damaged: Arc::new(Mutex::new(damaged)),
            refused: AtomicU64::new(0),
            followed: Mutex::new(follow::load(&folder)),
            samples: AtomicU64::new(0),
            _lock: held,
        })
    }
}

/// How often, and how long between, the folder's lock is asked for: a process that is just being started holds the lock of
/// its parent for a moment.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

fn take(folder: &Path) -> Result<File, StoreError> {
    let open = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("LOCK"));
    let file = open.map_err(StoreError::io("taking its folder"))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(StoreError::io("taking its folder")(error)),
        }
    }
    Err(StoreError::InUse(folder.display().to_string()))
}

/// Removes drafts, and blocks that were not listed yet or are not any more.
fn remove_strangers(folder: &Path, manifest: &Manifest) -> io::Result<()> {
    let listed: BTreeSet<_> = manifest.blocks.iter().map(|block| block_path(folder, block.number)).collect();
    for file in fs::read_dir(folder.join("blocks"))? {
        let path = file?.path();
        if !listed.contains(&path) {
            // It counts for nothing whether it goes or not.
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

fn open_blocks(folder: &Path, manifest: &Manifest, cache: &Arc<Cache>, damaged: &mut BTreeSet<Damage>) -> HashMap<TenantId, Vec<Shelved>> {
    let mut blocks: HashMap<TenantId, Vec<Shelved>> = HashMap::new();
    for listed in &manifest.blocks {
        match Block::open(listed.number, &block_path(folder, listed.number), Arc::clone(cache)) {
            Ok(block) => {
                let shelved = Shelved { block: Arc::new(block), tier: listed.tier, start_ms: listed.start_ms, length_ms: listed.length_ms };
                blocks.entry(listed.tenant).or_default().push(shelved);
            }
            Err(damage) => {
                damaged.insert(damage);
            }
        }
    }
    blocks
}

fn replay_all(
    folder: &Path,
    config: &Config,
    manifest: &Manifest,
    heads: &mut HashMap<TenantId, Head>,
    damaged: &mut BTreeSet<Damage>,
) -> io::Result<BTreeMap<u64, Holds>> {
    let mut numbers = BTreeMap::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let number = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<u64>().ok());
        if let Some(number) = number {
            numbers.insert(number, path);
        }
    }
    let newest = numbers.keys().next_back().copied();
    let mut segments = BTreeMap::new();
    for (number, path) in numbers {
        let replayed: Replayed = replay(&path, |tenant, at, read| {
            let progress = manifest.tenants.get(&tenant).copied();
            let head =
                heads.entry(tenant).or_insert_with(|| Head::new(config.window_ms, progress.map_or(i64::MIN, |progress| progress.cut_ms)));
            read(head, progress.is_some_and(|Progress { late, .. }| (number, at) < late))
        })?;
        if let Some(at) = replayed.torn_at {
            if Some(number) == newest {
                // The last write did not get through: nobody was told that it had.
                OpenOptions::new().write(true).open(&path)?.set_len(at)?;
            } else {
                let what = format!("log segment {number} at byte {at} of {}: what follows in it is lost", replayed.bytes);
                damaged.insert(Damage { block: 0, what });
            }
        }
        segments.insert(number, replayed.holds);
    }
    Ok(segments)
}
