//! Pieces of blocks in memory: indexes, pages, columns and stretches of files, the longest unused giving way.

use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Which piece: block, kind, number.
pub type Key = (u64, Kind, u64);

/// Kinds of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What finds series.
    Index,
    /// Series and where their chunks are.
    Page,
    /// Instants.
    Column,
    /// Bytes of the file.
    Stretch,
}

type Piece = Arc<dyn Any + Send + Sync>;

#[derive(Debug, Default)]
struct Inner {
    pieces: HashMap<Key, (Piece, usize, u64)>,
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
}

/// The cache of a store.
#[derive(Debug)]
pub struct Cache {
    bytes_max: usize,
    inner: Mutex<Inner>,
}

impl Cache {
    /// One that holds so many bytes at most.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whatever a panicking thread left here is at worst a piece too many.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The piece, made by `make` when it is not here; `make` also says how many bytes it holds.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get<T: Send + Sync + 'static, E>(&self, key: Key, make: impl FnOnce() -> Result<(T, usize), E>) -> Result<Arc<T>, E> {
        if let Some(piece) = self.lock().find(key).and_then(|piece| piece.downcast::<T>().ok()) {
            return Ok(piece);
        }
        // Made without the lock: two may make the same, one of them is kept.
        let (piece, bytes) = make()?;
        let piece = Arc::new(piece);
        self.lock().keep(key, Arc::clone(&piece) as Piece, bytes, self.bytes_max);
        Ok(piece)
    }

    /// Forgets a block.
    pub fn forget(&self, block: u64) {
        let mut inner = self.lock();
        let gone: Vec<Key> = inner.pieces.keys().filter(|key| key.0 == block).copied().collect();
        for key in gone {
            inner.remove(key);
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }
}

impl Inner {
    fn find(&mut self, key: Key) -> Option<Piece> {
        self.uses += 1;
        let uses = self.uses;
        let (piece, _, used) = self.pieces.get_mut(&key)?;
        self.by_use.remove(used);
        *used = uses;
        self.by_use.insert(uses, key);
        Some(Arc::clone(piece))
    }

    fn keep(&mut self, key: Key, piece: Piece, bytes: usize, bytes_max: usize) {
        self.remove(key);
        self.uses += 1;
        self.bytes += bytes;
        self.by_use.insert(self.uses, key);
        self.pieces.insert(key, (piece, bytes, self.uses));
        while self.bytes > bytes_max {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                break;
            };
            self.remove(oldest);
        }
    }

    fn remove(&mut self, key: Key) {
        if let Some((_, bytes, used)) = self.pieces.remove(&key) {
            self.by_use.remove(&used);
            self.bytes -= bytes;
        }
    }
}
