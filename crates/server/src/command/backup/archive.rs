//! The archive: a zip of one file of JSON lines for each table, the data folder's files, and a manifest with the hash of
//! each. The same format for both databases, so a backup of one restores into the other.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use evenkeel_core::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The version of this format.
pub const FORMAT: &str = "evenkeel-backup-1";
const MANIFEST: &str = "manifest.json";

/// One entry of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the archive.
    pub name: String,
    /// SHA-256 over its bytes before packing, hex.
    pub sha256: String,
    /// Rows of a table; none for a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// Columns of a table, in the order of its rows' values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// What the archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The version of the binary that made it.
    pub version: String,
    /// When.
    pub made_at: jiff::Timestamp,
    /// From which database.
    pub database: String,
    /// The migrations that shaped it.
    pub migrations: Vec<String>,
    /// The last position of the ledger.
    pub position: i64,
    /// The hash of its newest seal.
    pub seal: Option<String>,
    /// What is in it.
    pub entries: Vec<Entry>,
}

pub fn wrong(path: &Path, detail: impl std::fmt::Display) -> Failure {
    let name = path.display().to_string();
    Failure::new(ErrorCode::Invalid, format!("{name}: {detail}")).at(name)
}

fn disk(path: &Path, error: &std::io::Error) -> Failure {
    let code = if error.kind() == std::io::ErrorKind::StorageFull { ErrorCode::StorageFull } else { ErrorCode::Invalid };
    let name = path.display().to_string();
    Failure::new(code, format!("{name} cannot be written: {error}; nothing is left of it")).at(name)
}

/// An archive being written, under a name of its own until it is whole.
pub struct Writer {
    path: PathBuf,
    part: PathBuf,
    zip: ZipWriter<BufWriter<File>>,
    entries: Vec<Entry>,
    sha: Sha256,
}

impl Writer {
    /// Begins; the file must not exist. It is readable by its owner alone: it holds everything.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            return Err(wrong(path, "exists already; give another name, a backup never overwrites one"));
        }
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let part = path.with_file_name(name);
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(|error| disk(path, &error))?;
        Ok(Self { path: path.to_owned(), part, zip: ZipWriter::new(BufWriter::new(file)), entries: Vec::new(), sha: Sha256::new() })
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> Failure {
        let failure = disk(&self.path, &error.into());
        // What is half written helps nobody.
        let _ = std::fs::remove_file(&self.part);
        failure
    }

    /// Begins an entry.
    pub fn begin(&mut self, name: &str) -> Result<(), Failure> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
        self.sha = Sha256::new();
        self.zip.start_file(name, options).map_err(|error| self.failed(error))
    }

    /// Adds to the entry.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.sha.update(bytes);
        self.zip.write_all(bytes).map_err(|error| self.failed(error))
    }

    /// Ends the entry.
    pub fn end(&mut self, name: &str, rows: Option<i64>, columns: Vec<String>) {
        let sha = std::mem::take(&mut self.sha);
        self.entries.push(Entry { name: name.to_owned(), sha256: hex::encode(sha.finalize()), rows, columns });
    }

    /// Ends the archive; on disk under its own name when it returns.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Manifest, Failure> {
        manifest.entries = std::mem::take(&mut self.entries);
        let text = serde_json::to_string_pretty(&manifest).map_err(|error| wrong(&self.path, error))?;
        self.begin(MANIFEST)?;
        self.write(text.as_bytes())?;
        let Self { path, part, zip, .. } = self;
        let finished = (|| {
            let file = zip.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            std::fs::rename(&part, &path)
        })();
        finished.map_err(|error| {
            let _ = std::fs::remove_file(&part);
            disk(&path, &error)
        })?;
        Ok(manifest)
    }
}

/// An archive being read.
pub struct Reader {
    path: PathBuf,
    zip: ZipArchive<File>,
    /// What it says it holds.
    pub manifest: Manifest,
}

impl Reader {
    /// Opens it and checks every hash, so that nothing is restored from a damaged archive.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| wrong(path, format!("cannot be read: {error}")))?;
        let mut zip = ZipArchive::new(file).map_err(|error| wrong(path, format!("is no backup of Evenkeel, or is cut short: {error}")))?;
        let manifest: Manifest = {
            let mut text = String::new();
            let mut entry = zip.by_name(MANIFEST).map_err(|_| wrong(path, "is no backup of Evenkeel: it has no manifest"))?;
            entry.read_to_string(&mut text).map_err(|error| wrong(path, format!("is damaged: {error}")))?;
            serde_json::from_str(&text).map_err(|error| wrong(path, format!("is damaged: {error}")))?
        };
        if manifest.format != FORMAT {
            return Err(wrong(path, format!("is in the format {:?}; this binary reads {FORMAT}", manifest.format)));
        }
        let mut reader = Self { path: path.to_owned(), zip, manifest };
        for entry in reader.manifest.entries.clone() {
            let mut sha = Sha256::new();
            reader.each_chunk(&entry.name, |chunk| sha.update(chunk))?;
            if hex::encode(sha.finalize()) != entry.sha256 {
                return Err(wrong(path, format!("is damaged: {} is not what it was when the backup was made", entry.name)));
            }
        }
        Ok(reader)
    }

    fn each_chunk(&mut self, name: &str, mut take: impl FnMut(&[u8])) -> Result<(), Failure> {
        let damaged = |error: &dyn std::fmt::Display| wrong(&self.path, format!("is damaged: {name}: {error}"));
        let mut entry = self.zip.by_name(name).map_err(|error| damaged(&error))?;
        let mut chunk = vec![0u8; 256 * 1024];
        loop {
            match entry.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(read) => take(&chunk[..read]),
                Err(error) => return Err(damaged(&error)),
            }
        }
    }

    /// An entry as a stream.
    pub fn stream(&mut self, name: &str) -> Result<impl Read + '_, Failure> {
        self.zip.by_name(name).map_err(|error| wrong(&self.path, format!("is damaged: {name}: {error}")))
    }
}
