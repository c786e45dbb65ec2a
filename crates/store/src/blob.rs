//! Blobs: large immutable things in a folder, named by their SHA-256. Never served as active content.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::{Result, StoreError};

/// The largest blob, bytes.
pub const BLOB_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A folder of blobs.
#[derive(Debug, Clone)]
pub struct Blobs(PathBuf);

impl Blobs {
    /// The folder at `path`; it is made when the first blob is put.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn path(&self, digest: &str) -> Option<PathBuf> {
        (digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())).then(|| self.0.join(&digest[..2]).join(digest))
    }

    /// Keeps `bytes`, durable before it returns; answers the digest, hex.
    ///
    /// # Errors
    /// [`StoreError::Full`] when the disk is full; nothing is left behind under the digest then.
    pub async fn put(&self, bytes: &[u8]) -> Result<String> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(StoreError::Defect(format!("a blob of {} bytes is over the limit of {BLOB_BYTES_MAX}", bytes.len())));
        }
        let digest = hex::encode(Sha256::digest(bytes));
        let path = self.path(&digest).ok_or_else(|| StoreError::Defect("digest".to_owned()))?;
        if tokio::fs::try_exists(&path).await.map_err(|error| io(&path, &error))? {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.0).to_owned();
        tokio::fs::create_dir_all(&folder).await.map_err(|error| io(&folder, &error))?;
        // Written aside, synced, then renamed: a reader sees the whole blob or none.
        let aside = path.with_extension("part");
        let written = async {
            let mut file = tokio::fs::File::create(&aside).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            tokio::fs::rename(&aside, &path).await?;
            tokio::fs::File::open(&folder).await?.sync_all().await
        }
        .await;
        if let Err(error) = written {
            let _ = tokio::fs::remove_file(&aside).await;
            return Err(io(&path, &error));
        }
        Ok(digest)
    }

    /// Takes a blob away; nothing happens when there is none. Whoever calls knows that nothing names it.
    ///
    /// # Errors
    /// When the disk is away.
    pub async fn remove(&self, digest: &str) -> Result<()> {
        let Some(path) = self.path(digest) else { return Ok(()) };
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(&path, &error)),
            _ => Ok(()),
        }
    }

    /// The blob of this digest, checked; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the bytes no longer match.
    pub async fn find(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.path(digest) else {
            return Ok(None);
        };
        match tokio::fs::read(&path).await {
            Ok(bytes) if hex::encode(Sha256::digest(&bytes)) == digest => Ok(Some(bytes)),
            Ok(_) => Err(StoreError::Corrupt(format!("the blob {digest} was changed on disk"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io(&path, &error)),
        }
    }
}

fn io(path: &Path, error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        StoreError::Full(format!("{}: {error}", path.display()))
    } else {
        StoreError::Away(format!("{}: {error}", path.display()))
    }
}
