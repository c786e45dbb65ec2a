//! What can go wrong between us and the database.

use evenkeel_core::{ErrorCode, Failure};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule of ours refused; carries the words for the caller.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// A row of the same key exists.
    #[error("a row with this key exists already: {0}")]
    Duplicate(String),
    /// Another writer was first; trying again may help.
    #[error("another writer was first: {0}")]
    Conflict(String),
    /// The disk is full. Nothing of the transaction was saved.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The database cannot be reached. Nothing of the transaction was saved.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The lease was lost to another process; the write was refused.
    #[error("the lease {0} is held by another process")]
    Fenced(String),
    /// The database is not one this binary can use (newer than the binary, or not ours).
    #[error("{0}")]
    Unusable(String),
    /// What is stored cannot be read: a defect of ours or a damaged file.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// A statement that the database does not accept: a defect of ours.
    #[error("{0}")]
    Defect(String),
}

impl StoreError {
    /// Whether waiting and trying again can help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Full(_) | Self::Away(_))
    }

    /// The words and code for a caller outside. Database texts stay in the log.
    pub fn to_failure(&self) -> Failure {
        match self {
            Self::Failure(failure) => failure.clone(),
            Self::Duplicate(_) => Failure::new(ErrorCode::Duplicate, "something with this name or key exists already"),
            Self::Conflict(_) => Failure::new(ErrorCode::Conflict, "someone else changed it at the same moment; load it again and repeat"),
            Self::Full(_) => Failure::new(
                ErrorCode::StorageFull,
                "the server's disk is full and nothing was saved; free space on the data disk, then repeat",
            ),
            Self::Away(_) => {
                Failure::new(ErrorCode::StorageAway, "the database cannot be reached and nothing was saved; repeat in a moment")
            }
            Self::Fenced(_) => Failure::new(ErrorCode::Conflict, "another replica took over this work; repeat"),
            Self::Unusable(text) => Failure::new(ErrorCode::Internal, text.clone()),
            Self::Corrupt(_) | Self::Defect(_) => {
                Failure::new(ErrorCode::Internal, "something broke on our side; the log has the details under this request id")
            }
        }
    }
}

/// Of PostgreSQL; SQLite's are in `dialect::sqlite`.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(db) => {
                let text = db.message().to_owned();
                if db.is_unique_violation() {
                    return Self::Duplicate(text);
                }
                // https://www.postgresql.org/docs/15/errcodes-appendix.html
                match db.code().as_deref() {
                    Some("53100") => Self::Full(text),
                    Some("40001" | "40P01" | "55P03") => Self::Conflict(text),
                    Some(code) if code.starts_with("08") || code.starts_with("57P") || code == "53300" => Self::Away(text),
                    _ => Self::Defect(text),
                }
            }
            // A connection cut in the middle of its greeting reads as a protocol error.
            E::Io(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::Tls(_) | E::WorkerCrashed | E::BeginFailed => {
                Self::Away(error.to_string())
            }
            E::ColumnDecode { .. } | E::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Defect(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
