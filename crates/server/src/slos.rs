//! Files of service-level objectives from the disk.

use std::collections::BTreeSet;

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::{
    rule::SourceFile,
    slo::{self, Checked, Slo},
};

use crate::{own, rules};

/// Reads and checks what patterns mean, together: files may refer to one another.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn check(patterns: &[String]) -> Result<Checked, Failure> {
    Ok(slo::check(&files(patterns)?))
}

fn files(patterns: &[String]) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    for pattern in patterns {
        files.extend(rules::find(pattern, None)?);
    }
    let mut names = BTreeSet::new();
    files.retain(|file| names.insert(file.name.clone()));
    Ok(files)
}

/// The objectives of all files that patterns mean, and those of the house itself.
///
/// # Errors
/// Everything wrong with any of them, with file, line and fix.
pub(crate) fn load(patterns: &[String]) -> Result<Vec<Slo>, Failure> {
    let mut files = files(patterns)?;
    files.push(SourceFile { name: own::SLOS.0.to_owned(), text: own::SLOS.1.to_owned() });
    let checked = slo::check(&files);
    if !checked.is_good() {
        let wrong: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        return Err(Failure::new(ErrorCode::Invalid, wrong.join("\n")).at("--slos"));
    }
    for finding in &checked.findings {
        tracing::warn!("{finding}");
    }
    Ok(checked.slos)
}
