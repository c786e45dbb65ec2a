//! Rule files from the disk: which files a pattern means, and what they hold.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::{
    rule::{self, RuleSet, SourceFile, check::FILE_BYTES_MAX, evaluate::Around},
    scrape::config::PrometheusConfig,
};

use crate::own;

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

/// The rules of all files: those that the patterns mean, those of Prometheus' configuration file, and those about the house
/// itself.
///
/// # Errors
/// Everything wrong with any of them, with file, line and fix.
pub(crate) fn load(patterns: &[String], public_url: &str, config: Option<&PrometheusConfig>) -> Result<RuleSet, Failure> {
    let mut files = Vec::new();
    for pattern in patterns {
        files.extend(find(pattern, None)?);
    }
    for path in config.map(PrometheusConfig::rule_paths).unwrap_or_default() {
        files.push(read(&path)?);
    }
    let mut names = BTreeSet::new();
    files.retain(|file| names.insert(file.name.clone()));
    files.push(SourceFile { name: own::RULES.0.to_owned(), text: own::RULES.1.to_owned() });
    let (mut groups, mut wrong) = (Vec::new(), Vec::new());
    for file in &files {
        let checked = rule::check(file);
        if checked.is_good() {
            for finding in &checked.findings {
                tracing::warn!("{finding}");
            }
        } else {
            wrong.extend(checked.findings.iter().map(ToString::to_string));
        }
        groups.extend(checked.groups);
    }
    if !wrong.is_empty() {
        return Err(Failure::new(ErrorCode::Invalid, wrong.join("\n")).at("--rules"));
    }
    let ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let mut set = RuleSet { around: Around { external_url: public_url.to_owned(), ..Around::default() }, ..RuleSet::default() };
    if let Some(config) = config {
        set.interval_ms = ms(config.evaluation_interval).max(1);
        set.around.external_labels.clone_from(&config.external_labels);
        for group in &mut groups {
            group.query_offset_ms.get_or_insert(ms(config.rule_query_offset));
        }
    }
    set.groups = groups.into_iter().map(Arc::new).collect();
    Ok(set)
}
