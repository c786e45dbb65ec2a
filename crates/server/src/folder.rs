//! The data folder: made on first use, readable by its owner alone, used by one process at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use evenkeel_core::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};

const LOCK: &str = "evenkeel.lock";

/// Who holds a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// What it does: `serve`, `apply`, `import` …
    pub command: String,
    /// Where it listens, when it serves.
    pub listen: Option<String>,
    /// Since when (UTC).
    pub since: jiff::Timestamp,
}

/// A data folder held by this process until dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    // The lock ends with the file handle, also when the process is killed.
    lock: File,
}

impl Folder {
    /// Makes the folder when it is missing and takes it.
    ///
    /// # Errors
    /// [`ErrorCode::Conflict`] naming the holder when another process has it.
    pub fn take(path: &Path, holder: &Holder) -> Result<Self, Failure> {
        make(path)?;
        let file = path.join(LOCK);
        let mut lock = open(&file)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, read(&mut lock).as_ref())),
            Err(TryLockError::Error(error)) => return Err(unusable(path, &error)),
        }
        write(&mut lock, holder).map_err(|error| unusable(&file, &error))?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Says where this process listens, once it does.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn announce(&mut self, holder: &Holder) -> Result<(), Failure> {
        write(&mut self.lock, holder).map_err(|error| unusable(&self.path, &error))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Who holds the folder now; `None` when nobody does.
///
/// # Errors
/// When it cannot be looked at.
pub fn holder(path: &Path) -> Result<Option<Holder>, Failure> {
    let file = path.join(LOCK);
    if !file.exists() {
        return Ok(None);
    }
    let mut lock = open(&file)?;
    match lock.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read(&mut lock).unwrap_or(Holder {
            pid: 0,
            command: "unknown".to_owned(),
            listen: None,
            since: jiff::Timestamp::UNIX_EPOCH,
        }))),
        Err(TryLockError::Error(error)) => Err(unusable(path, &error)),
    }
}

fn make(path: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| unusable(path, &error))
}

fn open(file: &Path) -> Result<File, Failure> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file).map_err(|error| unusable(file, &error))
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_string(holder)?;
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn held(path: &Path, holder: Option<&Holder>) -> Failure {
    let who = holder.map_or_else(
        || "another Evenkeel process".to_owned(),
        |holder| {
            let listen = holder.listen.as_ref().map_or_else(String::new, |listen| format!(", listening on {listen}"));
            format!("process {} (`evenkeel {}`{listen}, since {})", holder.pid, holder.command, holder.since)
        },
    );
    let pid = holder.map_or_else(String::new, |holder| format!(" (kill {})", holder.pid));
    Failure::new(
        ErrorCode::Conflict,
        format!("the data folder {} is in use by {who}; stop it{pid}, or start this one with another folder: --data DIR", path.display()),
    )
    .at("--data")
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Failure::new(ErrorCode::StorageFull, format!("the disk of {} is full; free space on it", path.display()));
    }
    Failure::new(ErrorCode::Invalid, format!("the data folder cannot be used: {}: {error}; give another with --data DIR", path.display()))
        .at("--data")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn me() -> Holder {
        Holder { pid: 4711, command: "serve".into(), listen: Some("127.0.0.1:7180".into()), since: jiff::Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_second_process_is_told_who_holds_the_folder_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let first = Folder::take(&path, &me()).unwrap();
        let refused = Folder::take(&path, &me()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert!(
            refused.detail.contains("process 4711") && refused.detail.contains("127.0.0.1:7180") && refused.detail.contains("--data"),
            "{refused}"
        );
        assert_eq!(holder(&path).unwrap(), Some(me()));
        drop(first);
        assert_eq!(holder(&path).unwrap(), None);
        Folder::take(&path, &me()).unwrap();
    }
}
