//! A copy of a metric store that a server may have: to be read by a command beside it.

use std::{path::Path, sync::Arc};

use evenkeel_core::{Clock, ErrorCode, Failure};
use evenkeel_tsdb::store::{Config, Store};
use tempfile::TempDir;

/// How often a copy is begun anew because the store has changed its blocks meanwhile.
const COPIES_MAX: u32 = 5;

/// The copy; its folder goes with it.
pub(crate) struct Copy {
    /// The store over it.
    pub store: Arc<Store>,
    _folder: TempDir,
}

impl Copy {
    /// Copies the metric store of a data folder and opens the copy.
    ///
    /// # Errors
    /// A folder without metrics, no room.
    pub(crate) fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let metrics = super::folder(data);
        if !metrics.join("MANIFEST").exists() && !metrics.join("wal").exists() {
            let what = format!("there is no metric history in {}; name the right folder with --data DIR", data.display());
            return Err(Failure::new(ErrorCode::NotFound, what).at("--data"));
        }
        let folder = tempfile::Builder::new()
            .prefix(".metrics-")
            .tempdir_in(data)
            .or_else(|_| tempfile::tempdir())
            .map_err(|error| Failure::new(ErrorCode::StorageFull, format!("no folder for a copy of the log: {error}")))?;
        snapshot(&metrics, folder.path())?;
        let store = Store::open(Config::new(folder.path()), clock).map_err(|error| super::unusable(&error))?;
        Ok(Self { store: Arc::new(store), _folder: folder })
    }
}

/// A copy of a metric store that may be in use: blocks never change and are linked, the log is copied as far as it is
/// written, and when the list of blocks has changed meanwhile, it is begun anew.
fn snapshot(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let what = format!("the metric history cannot be copied: {error}; free some room, or stop the server and run this again");
        Failure::new(ErrorCode::StorageFull, what).at("--data")
    };
    let manifest = from.join("MANIFEST");
    for _ in 0..COPIES_MAX {
        let before = std::fs::read(&manifest).unwrap_or_default();
        let copied = copy_folder(&from.join("wal"), &to.join("wal"), false)
            .and_then(|()| copy_folder(&from.join("blocks"), &to.join("blocks"), true));
        let after = std::fs::read(&manifest).unwrap_or_default();
        match copied {
            Ok(()) if before == after => {
                return if before.is_empty() { Ok(()) } else { std::fs::write(to.join("MANIFEST"), before).map_err(failed) };
            }
            // A file that went meanwhile: the list has changed.
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        for part in ["wal", "blocks"] {
            // What is left of the try before.
            let _ = std::fs::remove_dir_all(to.join(part));
        }
    }
    Err(Failure::new(ErrorCode::Conflict, "the metric history changes faster than it can be copied; run this again in a minute")
        .at("--data"))
}

fn copy_folder(from: &Path, to: &Path, link: bool) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if !link || std::fs::hard_link(entry.path(), &target).is_err() {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
