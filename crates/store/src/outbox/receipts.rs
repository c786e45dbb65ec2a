//! What the other side has taken, written beside the database the moment it says so.
//!
//! Settling a delivery in the database waits for other writers; a process killed in that wait would send the message again.
//! One `write` to a file in the data folder does not wait and outlives the process (not a power cut: the file is not synced,
//! because the database's own note follows within moments). The next start reads the file, settles what it names and takes
//! up at once what its predecessor had claimed and not delivered.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    path::Path,
    sync::Mutex,
};

use evenkeel_core::id::MessageId;
use serde::{Deserialize, Serialize};

use super::Message;

/// The name of the file in the data folder.
pub const FILE: &str = "outbox.receipts";
/// A file that has grown to this is emptied as soon as nothing in it is unsettled, bytes.
const EMPTIED_FROM: u64 = 64 * 1024;
/// More than this is not read back: the file of a healthy process is far smaller, bytes.
const READ_MAX: u64 = 16 * 1024 * 1024;

/// A line: who delivers from here on, or what was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Owner(String),
    Taken { id: MessageId, attempt: i64, receipt: String },
}

/// A delivery that happened and may not be settled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which message.
    pub id: MessageId,
    /// Which of its tries.
    pub attempt: i64,
    /// What the other side said.
    pub receipt: String,
}

/// What the process before left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// The name under which it claimed messages; `None` when there was none before.
    pub owner: Option<String>,
    /// What it had delivered.
    pub taken: Vec<Taken>,
}

/// The file, held by the one process that has the data folder.
#[derive(Debug)]
pub struct Receipts {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    owner: String,
    unsettled: HashMap<MessageId, String>,
    bytes: u64,
}

impl Receipts {
    /// What the predecessor left in `folder`. A line cut off by a crash is not a receipt.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn left(folder: &Path) -> std::io::Result<Left> {
        let mut text = Vec::new();
        match File::open(folder.join(FILE)) {
            Ok(file) => file.take(READ_MAX).read_to_end(&mut text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Left::default()),
            Err(error) => return Err(error),
        };
        let mut left = Left::default();
        for line in text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok()) {
            match line {
                Line::Owner(owner) => left.owner = Some(owner),
                Line::Taken { id, attempt, receipt } => left.taken.push(Taken { id, attempt, receipt }),
            }
        }
        Ok(left)
    }

    /// Begins the file anew for `owner`; call it once what was [`Receipts::left`] is settled.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(folder: &Path, owner: &str) -> std::io::Result<Self> {
        let path = folder.join(FILE);
        // In one rename: a crash in between leaves the old file or the new one.
        let fresh = folder.join(format!("{FILE}.new"));
        std::fs::write(&fresh, line(&Line::Owner(owner.to_owned()))?)?;
        std::fs::rename(&fresh, &path)?;
        let file = OpenOptions::new().append(true).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { state: Mutex::new(State { file, owner: owner.to_owned(), unsettled: HashMap::new(), bytes }) })
    }

    /// Notes that `message` was taken.
    ///
    /// # Errors
    /// When the file cannot be written; the delivery is then known to this process alone until it is settled.
    pub fn note(&self, message: &Message, receipt: &str) -> std::io::Result<()> {
        let line = line(&Line::Taken { id: message.id, attempt: message.attempts, receipt: receipt.to_owned() })?;
        let mut state = self.lock();
        state.unsettled.insert(message.id, receipt.to_owned());
        state.file.write_all(&line)?;
        state.bytes += line.len() as u64;
        Ok(())
    }

    /// The receipt of a message that was taken and is not settled yet: it must not be sent again.
    pub fn of(&self, id: MessageId) -> Option<String> {
        self.lock().unsettled.get(&id).cloned()
    }

    /// A noted delivery is settled in the database.
    ///
    /// # Errors
    /// When the file cannot be emptied.
    pub fn settled(&self, id: MessageId) -> std::io::Result<()> {
        let mut state = self.lock();
        state.unsettled.remove(&id);
        if state.unsettled.is_empty() && state.bytes >= EMPTIED_FROM {
            let owner = line(&Line::Owner(state.owner.clone()))?;
            state.file.set_len(0)?;
            state.file.write_all(&owner)?;
            state.bytes = owner.len() as u64;
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn line(line: &Line) -> std::io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}
