//! From YAML to [`File`]: the shape alone.

use serde_saphyr::Error;

use super::{
    File,
    finding::{Finding, Findings, Place, Source},
};

/// The largest file, bytes.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads every file; each that cannot be read is one finding (YAML is read up to its first error).
pub(super) fn read(sources: &[Source]) -> Result<Vec<File>, Findings> {
    let mut files = Vec::with_capacity(sources.len());
    let mut findings = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let start = Place { source: index, line: 0, column: 0 };
        if source.text.len() > FILE_BYTES_MAX {
            findings.push(
                Finding::new(sources, start, format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", source.text.len()))
                    .fix("split it: several files can be given"),
            );
            continue;
        }
        match serde_saphyr::from_str::<Option<File>>(&source.text) {
            Ok(file) => files.push(file.unwrap_or_default()),
            Err(error) => findings.push(finding(sources, index, &error)),
        }
    }
    if findings.is_empty() { Ok(files) } else { Err(Findings(findings)) }
}

fn finding(sources: &[Source], index: usize, error: &Error) -> Finding {
    let error = error.without_snippet();
    let place = error.location().map_or(Place { source: index, line: 0, column: 0 }, |location| Place::at(index, location));
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            Finding::new(sources, place, format!("there is no key {field:?} here")).allowed(field, expected.iter().copied())
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            Finding::new(sources, place, format!("{variant:?} is not one of the words allowed here"))
                .allowed(variant, expected.iter().copied())
        }
        Error::SerdeMissingField { field, .. } => {
            Finding::new(sources, place, format!("the key {field:?} is missing in this entry")).fix("add it")
        }
        Error::DuplicateMappingKey { .. } => {
            Finding::new(sources, place, words(error)).fix("a key stands once in a mapping; remove one of the two")
        }
        other => Finding::new(sources, place, words(other)),
    }
}

/// The error's words without the place, which is said already.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" at line ").map_or(text, |(words, _)| words);
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.trim_end_matches(['.', ',']).to_owned()
}
