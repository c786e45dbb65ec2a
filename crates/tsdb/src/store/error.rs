//! What can go wrong with the store as a whole.

use std::io;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room on the disk. What is there can be read; writing goes on by itself when there is room again.
    #[error("no room on the disk of the metric store while {doing}: nothing of this was taken; free some room or shorten retention")]
    Full {
        /// What it was about.
        doing: &'static str,
    },
    /// The disk refuses.
    #[error("the metric store's disk failed while {doing}: {source}")]
    Disk {
        /// What it was about.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// Another process has the folder.
    #[error("the metric store's folder {0} is in use by another process")]
    InUse(String),
    /// The list of blocks cannot be believed.
    #[error("the metric store's manifest {0} is damaged; restore it from a backup, or remove it to begin anew with what the log holds")]
    Manifest(String),
}

impl StoreError {
    /// The same once more: an error of the system cannot be copied, its words can.
    pub(crate) fn again(error: &Self) -> Self {
        match error {
            Self::Full { doing } => Self::Full { doing },
            Self::Disk { doing, source } => Self::Disk { doing, source: io::Error::new(source.kind(), source.to_string()) },
            Self::InUse(folder) => Self::InUse(folder.clone()),
            Self::Manifest(path) => Self::Manifest(path.clone()),
        }
    }

    /// From what the system says.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { doing },
            _ => Self::Disk { doing, source },
        }
    }
}
