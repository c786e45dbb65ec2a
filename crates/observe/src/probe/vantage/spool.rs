//! Looks that the server does not hold durably yet: in memory, and in a file, so that neither a cut line nor the end of the
//! agent loses them.
//!
//! The file holds a look a line. A line that is torn (the machine went down while it was written) is passed over. When most
//! of it is over it is written anew. The spool is bounded: the oldest looks are given up, and counted.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use super::wire::FarLook;

/// Lines that are over before the file is written anew.
const OVER_MAX: usize = 10_000;

/// The looks of one agent.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    file: File,
    looks: VecDeque<FarLook>,
    /// The number of the next look.
    next: u64,
    /// Looks that are kept at most.
    room: usize,
    dropped: u64,
    /// Lines of the file that are over.
    over: usize,
}

impl Spool {
    /// Opens the spool of a folder, with what an earlier run left there; that gets new numbers.
    ///
    /// # Errors
    /// As reading and writing the file.
    pub fn open(folder: &Path, room: usize) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("looks.jsonl");
        let mut looks = VecDeque::new();
        if let Ok(file) = File::open(&path) {
            for line in BufReader::new(file).split(b'\n') {
                looks.extend(serde_json::from_slice::<FarLook>(&line?).ok());
            }
        }
        let mut next = 1;
        for look in &mut looks {
            look.seq = next;
            next += 1;
        }
        let file = write_anew(&path, &looks)?;
        let mut spool = Self { path, file, looks, next, room: room.max(1), dropped: 0, over: 0 };
        spool.give_up_oldest();
        Ok(spool)
    }

    /// Puts a look at the end.
    ///
    /// # Errors
    /// When the file cannot be written; the look is kept in memory all the same.
    pub fn push(&mut self, mut look: FarLook) -> io::Result<()> {
        look.seq = self.next;
        self.next += 1;
        let mut line = serde_json::to_vec(&look)?;
        line.push(b'\n');
        self.looks.push_back(look);
        self.give_up_oldest();
        self.file.write_all(&line)
    }

    fn give_up_oldest(&mut self) {
        while self.looks.len() > self.room {
            self.looks.pop_front();
            self.dropped += 1;
            self.over += 1;
        }
    }

    /// The looks after this number, oldest first, so many at most.
    pub fn after(&self, seq: u64, count: usize) -> Vec<FarLook> {
        let from = self.looks.partition_point(|look| look.seq <= seq);
        self.looks.iter().skip(from).take(count).cloned().collect()
    }

    /// Looks after this number.
    pub fn waiting_after(&self, seq: u64) -> usize {
        self.looks.len() - self.looks.partition_point(|look| look.seq <= seq)
    }

    /// Looks up to this number are durable elsewhere.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget(&mut self, seq: u64) -> io::Result<()> {
        while self.looks.front().is_some_and(|look| look.seq <= seq) {
            self.looks.pop_front();
            self.over += 1;
        }
        if self.over > OVER_MAX && self.over > self.looks.len() {
            self.file = write_anew(&self.path, &self.looks)?;
            self.over = 0;
        }
        Ok(())
    }

    /// Makes durable what was put in.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Looks given up since it was opened.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
    /// Looks that are kept.
    pub fn len(&self) -> usize {
        self.looks.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.looks.is_empty()
    }
}

/// Beside the old file first, so that one of the two is whole at any time.
fn write_anew(path: &Path, looks: &VecDeque<FarLook>) -> io::Result<File> {
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    let mut lines = Vec::new();
    for look in looks {
        serde_json::to_writer(&mut lines, look)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()?;
    fs::rename(&fresh, path)?;
    OpenOptions::new().append(true).open(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use evenkeel_core::id::ProbeId;
    use jiff::Timestamp;

    use super::*;
    use crate::probe::vantage::wire::Said;

    fn look(second: i64) -> FarLook {
        FarLook {
            seq: 0,
            probe: ProbeId::named("a"),
            version: 1,
            at: Timestamp::from_second(second).unwrap(),
            duration_ms: 1.0,
            outcome: Said::Pass,
            code: "ok".to_owned(),
            detail: "HTTP 200".to_owned(),
            samples: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn told(looks: &[FarLook]) -> Vec<(u64, i64)> {
        looks.iter().map(|look| (look.seq, look.at.as_second())).collect()
    }

    #[test]
    fn what_is_not_durable_elsewhere_outlives_the_agent_even_when_the_last_line_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 100).unwrap();
        for second in 1..=5 {
            spool.push(look(second)).unwrap();
        }
        spool.forget(2).unwrap();
        assert_eq!(told(&spool.after(0, 2)), [(3, 3), (4, 4)]);
        drop(spool);
        let path = folder.path().join("looks.jsonl");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let spool = Spool::open(folder.path(), 100).unwrap();
        // Those that were durable come again: the server knows them by their instants.
        assert_eq!(told(&spool.after(0, 10)), [(1, 1), (2, 2), (3, 3), (4, 4)]);
    }

    #[test]
    fn the_oldest_are_given_up_when_there_is_no_room_and_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 3).unwrap();
        for second in 1..=5 {
            spool.push(look(second)).unwrap();
        }
        assert_eq!((told(&spool.after(0, 10)), spool.dropped()), (vec![(3, 3), (4, 4), (5, 5)], 2));
        assert_eq!((spool.waiting_after(4), spool.len()), (1, 3));
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path(), 100_000).unwrap();
        for second in 1..=12_000 {
            spool.push(look(second)).unwrap();
        }
        spool.forget(11_990).unwrap();
        assert!(spool.waiting_after(0) == 10 && fs::metadata(folder.path().join("looks.jsonl")).unwrap().len() < 10_000);
        spool.push(look(12_001)).unwrap();
        drop(spool);
        assert_eq!(Spool::open(folder.path(), 100_000).unwrap().len(), 11);
    }
}
