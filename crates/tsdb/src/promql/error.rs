//! Why a query has no result.

use std::fmt;

use super::ast::Span;
use crate::source::ReadError;

/// A text that is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The part of the text that is wrong, in bytes.
    pub span: Span,
    /// Line of its beginning, from 1.
    pub line: usize,
    /// Column of its beginning in bytes, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: parse error: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Which limit stopped a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Samples that may be read.
    Samples,
    /// Series that one selector may find.
    Series,
    /// Steps of a range.
    Steps,
    /// Points held at once.
    Points,
}

/// Why a query has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryError {
    /// The text is no query.
    Parse(ParseError),
    /// The times asked for make no range.
    Range(String),
    /// A limit; the text names it and what would help.
    Limit(LimitKind, String),
    /// The deadline passed.
    TimedOut,
    /// Whoever asked no longer waits.
    Cancelled,
    /// The query cannot be answered over this data, as in many-to-many matching.
    Evaluation(String),
    /// The store could not be read.
    Source(ReadError),
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::Range(text) | Self::Limit(_, text) | Self::Evaluation(text) | Self::Source(ReadError::Limit(text)) => f.write_str(text),
            Self::TimedOut => f.write_str("the query took longer than its time limit; ask for a shorter range or fewer series"),
            Self::Cancelled => f.write_str("the query was cancelled"),
            Self::Source(ReadError::Damaged(text)) => write!(f, "stored data is damaged: {text}"),
            Self::Source(ReadError::Io(text)) => write!(f, "stored data cannot be read: {text}"),
        }
    }
}

impl std::error::Error for QueryError {}

impl From<ParseError> for QueryError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

impl From<ReadError> for QueryError {
    fn from(error: ReadError) -> Self {
        Self::Source(error)
    }
}

/// An error of evaluation.
pub fn evaluation<T>(text: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError::Evaluation(text.into()))
}
