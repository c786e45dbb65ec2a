//! A file being read, and what is found in it.

use serde_saphyr::{Error, Location};

use super::finding::{Finding, nearest};

/// One file's text with its name.
#[derive(Debug)]
pub struct Source<'a> {
    /// Its name, for findings.
    pub name: String,
    /// Its text.
    pub text: &'a str,
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Found {
    /// What is wrong.
    pub errors: Vec<Finding>,
    /// What is not used.
    pub warnings: Vec<Finding>,
}

impl Source<'_> {
    fn finding(&self, line: u64, column: u64, what: String, fix: String) -> Finding {
        Finding { file: self.name.clone(), line, column, what, fix }
    }

    /// Something wrong at a place.
    pub fn wrong(&self, found: &mut Found, at: Location, what: impl Into<String>, fix: impl Into<String>) {
        found.errors.push(self.finding(at.line(), at.column(), what.into(), fix.into()));
    }

    /// A key that is not used; `at` is the place of its value.
    pub fn idle(&self, found: &mut Found, key: &str, at: Location, what: impl Into<String>, fix: impl Into<String>) {
        let line = self.key_line(key, at.line());
        found.warnings.push(self.finding(line, 0, what.into(), fix.into()));
    }

    /// The line of a key whose value begins at `line`: the value of a section begins below it.
    fn key_line(&self, key: &str, line: u64) -> u64 {
        let lines: Vec<&str> = self.text.lines().take(usize::try_from(line).unwrap_or(usize::MAX)).collect();
        let holds = |text: &&str| {
            text.trim_start_matches([' ', '-', '\t']).strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        let above = lines.iter().rev().position(holds).unwrap_or(0);
        line.saturating_sub(above as u64)
    }

    /// What a reader of YAML says.
    pub fn unreadable(&self, error: &Error) -> Finding {
        let error = error.without_snippet();
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        let (what, fix) = match error {
            Error::SerdeUnknownField { field, expected, .. } => {
                let near = nearest(field, expected).map(|near| format!("did you mean {near:?}? Otherwise remove it"));
                (format!("there is no key {field:?} here"), near.unwrap_or_else(|| "remove it".to_owned()))
            }
            Error::DuplicateMappingKey { .. } => (words(error), "a key stands once in a mapping; remove one of the two".to_owned()),
            other => (words(other), "write it as the documentation of Prometheus says".to_owned()),
        };
        self.finding(line, column, what, fix)
    }
}

/// The error's words without the place, which is said already.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" at line ").map_or(text, |(words, _)| words);
    text.strip_prefix("error: ").unwrap_or(text).trim_end_matches(['.', ',']).to_owned()
}
