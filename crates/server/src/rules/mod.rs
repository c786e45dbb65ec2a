//! Rule files from the disk: which files a pattern means, and what they hold.

use std::path::{Path, PathBuf};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::rule::{SourceFile, check::FILE_BYTES_MAX};

/// Files that one pattern may mean.
const FILES_MAX: usize = 10_000;

/// The files that a pattern means (`*`, `?`, `[a-z]`, `**`), sorted. A pattern without a star that means nothing is an error.
///
/// # Errors
/// A pattern that is none, a file that cannot be read or is too large.
pub(crate) fn find(pattern: &str, base: Option<&Path>) -> Result<Vec<SourceFile>, Failure> {
    let wanted = base.map_or_else(|| PathBuf::from(pattern), |base| base.join(pattern));
    let refused = |code, what: String| Failure::new(code, what).at(pattern.to_owned());
    let paths = glob::glob(&wanted.to_string_lossy()).map_err(|error| refused(ErrorCode::Invalid, format!("{pattern}: {error}")))?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| refused(ErrorCode::Invalid, error.to_string()))?;
        if path.is_dir() {
            continue;
        }
        if files.len() == FILES_MAX {
            return Err(refused(ErrorCode::Invalid, format!("{pattern} means more than {FILES_MAX} files")));
        }
        files.push(read(&path)?);
    }
    if files.is_empty() && !pattern.contains(['*', '?', '[']) {
        return Err(refused(ErrorCode::NotFound, format!("{} does not exist", wanted.display())));
    }
    Ok(files)
}

/// Reads one file.
///
/// # Errors
/// When it cannot be read, is too large or is not UTF-8.
pub(crate) fn read(path: &Path) -> Result<SourceFile, Failure> {
    let name = path.display().to_string();
    let failed = |code, what: String| Failure::new(code, format!("{name}: {what}")).at(name.clone());
    let size = std::fs::metadata(path).map_err(|error| failed(ErrorCode::NotFound, format!("cannot be read: {error}")))?.len();
    if usize::try_from(size).unwrap_or(usize::MAX) > FILE_BYTES_MAX {
        return Err(failed(ErrorCode::Invalid, format!("it has {size} bytes; at most {FILE_BYTES_MAX} are read: split it")));
    }
    let bytes = std::fs::read(path).map_err(|error| failed(ErrorCode::NotFound, format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| failed(ErrorCode::Invalid, "it is not UTF-8 text; save it as UTF-8".to_owned()))?;
    Ok(SourceFile { name, text })
}
