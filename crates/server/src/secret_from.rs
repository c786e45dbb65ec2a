//! Secrets of another tool's configuration: where one is now, and the file of its own that it goes to. No definition holds one.

use std::{fmt, fs, io::Read as _, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, path::PathBuf};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::probe::secret::Secret;

/// Bytes of a file, at most.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Where a secret is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretFrom {
    /// In the file that is read.
    Text(Secret),
    /// In a file of its own.
    File(PathBuf),
}

impl fmt::Display for SecretFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("stands in the file that was read"),
            Self::File(file) => write!(f, "is {}", file.display()),
        }
    }
}

impl SecretFrom {
    /// The secret, without the line's end.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn read(&self) -> Result<String, Failure> {
        match self {
            Self::Text(text) => Ok(text.reveal().to_owned()),
            Self::File(file) => text_of(file).map(|text| text.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    /// Writes the secret into a file that this user alone can read.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn keep(&self, path: &Path) -> Result<(), Failure> {
        let text = self.read()?;
        let written = fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| {
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
            file.write_all(text.as_bytes())
        });
        written.map_err(|error| Failure::new(ErrorCode::Invalid, format!("{}: {error}", path.display())).at("--secrets"))
    }
}

/// A file's text, of a bounded size.
///
/// # Errors
/// `invalid` at the file when it cannot be read, or is larger than any of its kind.
pub(crate) fn text_of(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let failed = |why: String| Failure::new(ErrorCode::Invalid, format!("{name}: {why}")).at(name.clone());
    let mut text = String::new();
    let file = fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    let read = file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(failed(format!("more than {FILE_BYTES_MAX} bytes are not read")));
    }
    Ok(text)
}
