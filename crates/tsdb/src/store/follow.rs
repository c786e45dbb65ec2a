//! Following the log: everything that the store takes, once more, for who passes it on. The position up to which it was passed on
//! is kept in a small file; segments from there on stay, whether their samples are in blocks or not.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use super::{
    Store, StoreError, lock,
    wal::{
        Position,
        tail::{Next, Tail},
    },
};

pub use super::wal::tail::{Frame, Logged};

/// The file with the position.
const NAME: &str = "FOLLOWED";
/// Who follows the log of a store. One at a time.
#[derive(Debug)]
pub struct Follower {
    store: Arc<Store>,
    tail: Option<Tail>,
    /// Where to read on.
    at: Position,
    /// Up to here everything was passed on.
    done: Position,
    /// Bytes of the log that could not be read.
    lost_bytes: u64,
}

/// The position that a file holds; `None` when there is none that can be believed.
pub(super) fn load(folder: &Path) -> Option<Position> {
    let text = fs::read_to_string(folder.join(NAME)).ok()?;
    let (body, sum) = text.trim_end().rsplit_once(' ')?;
    let (segment, byte) = body.split_once(' ')?;
    let intact = u32::from_str_radix(sum, 16).ok()? == crc32c::crc32c(body.as_bytes());
    intact.then_some((segment.parse().ok()?, byte.parse().ok()?))
}

fn save(folder: &Path, (segment, byte): Position) -> io::Result<()> {
    let body = format!("{segment} {byte}");
    let draft = folder.join("FOLLOWED.draft");
    let mut file = File::create(&draft)?;
    writeln!(file, "{body} {:08x}", crc32c::crc32c(body.as_bytes()))?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(NAME))
}

impl Store {
    /// Follows the log from where it was passed on last; from the oldest that it has, when it was never followed. From now on
    /// segments that were not passed on are kept.
    ///
    /// # Errors
    /// The disk's.
    pub fn follow(self: &Arc<Self>) -> Result<Follower, StoreError> {
        let at = {
            let wal = lock(&self.wal);
            // A folder that was restored from elsewhere may be behind the position.
            let known = load(&self.config.folder).filter(|at| *at <= wal.position());
            known.unwrap_or_else(|| (wal.segment_from(0).unwrap_or(wal.position().0), 0))
        };
        save(&self.config.folder, at).map_err(StoreError::io("noting what was passed on"))?;
        *lock(&self.followed) = Some(at);
        Ok(Follower { store: Arc::clone(self), tail: None, at, done: at, lost_bytes: 0 })
    }

    /// Bytes of the log that who follows has not passed on.
    pub fn followed_bytes(&self) -> u64 {
        let from = *lock(&self.followed);
        from.map_or(0, |from| lock(&self.wal).bytes_after(from))
    }

    /// Nobody follows any more: the log is kept only as long as the store itself needs it.
    ///
    /// # Errors
    /// The disk's.
    pub fn unfollow(&self) -> Result<(), StoreError> {
        *lock(&self.followed) = None;
        match fs::remove_file(self.config.folder.join(NAME)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("forgetting who followed its log")(error)),
            _ => Ok(()),
        }
    }
}

impl Follower {
    /// The next batch; `None` when everything was read. Blocks on the disk.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&mut self) -> Result<Option<Frame>, StoreError> {
        let failed = StoreError::io("reading its log again");
        self.read_on().map_err(failed)
    }

    fn read_on(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let end = lock(&self.store.wal).position();
            let tail = match &mut self.tail {
                Some(tail) if tail.number() == self.at.0 => tail,
                none => match Tail::open(&self.store.config.folder.join("wal"), self.at) {
                    Ok(tail) => none.insert(tail),
                    // It is not begun yet, or somebody removed it.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        if !self.go_on() {
                            return Ok(None);
                        }
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            match tail.next(if self.at.0 < end.0 { u64::MAX } else { end.1 })? {
                Next::Frame(frame) => {
                    self.at = frame.end;
                    return Ok(Some(frame));
                }
                Next::End if self.at.0 >= end.0 => return Ok(None),
                Next::End => {}
                Next::Torn(bytes) => self.lost_bytes += bytes,
            }
            if !self.go_on() {
                return Ok(None);
            }
        }
    }

    /// To the next segment; whether there is one.
    fn go_on(&mut self) -> bool {
        let next = lock(&self.store.wal).segment_from(self.at.0 + 1);
        if let Some(next) = next {
            (self.at, self.tail) = ((next, 0), None);
        }
        next.is_some()
    }

    /// Everything before `done` was passed on: it is not read again after a restart, and the log may go.
    ///
    /// # Errors
    /// The disk's; what was passed on may be read once more after a restart then.
    pub fn acknowledge(&mut self, done: Position) -> Result<(), StoreError> {
        save(&self.store.config.folder, done).map_err(StoreError::io("noting what was passed on"))?;
        self.done = done;
        *lock(&self.store.followed) = Some(done);
        Ok(())
    }

    /// Goes back to what was passed on last: what was read since comes again.
    pub fn rewind(&mut self) {
        (self.at, self.tail) = (self.done, None);
    }

    /// Bytes of the log that were not passed on.
    pub fn waiting_bytes(&self) -> u64 {
        self.store.followed_bytes()
    }

    /// Bytes of the log that could not be read, since it is followed.
    pub const fn lost_bytes(&self) -> u64 {
        self.lost_bytes
    }
}
