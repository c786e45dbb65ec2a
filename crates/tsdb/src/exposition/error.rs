//! Why a page could not be read.

use std::fmt;

/// Why, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1; `None` when it is about the page as a whole.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub what: String,
}

impl ParseError {
    pub(crate) fn page(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }

    /// An error at a byte of the page.
    pub(crate) fn at(body: &[u8], at: usize, what: impl Into<String>) -> Self {
        let before = body.get(..at).unwrap_or(body);
        let line = before.split(|byte| *byte == b'\n').count();
        Self { line: Some(line), what: what.into() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for ParseError {}

/// A piece of what was found, short enough for an error.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const EXCERPT_BYTES_MAX: usize = 80;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT_BYTES_MAX)]);
    let more = if line.len() > EXCERPT_BYTES_MAX { "…" } else { "" };
    format!("{text:?}{more}")
}
