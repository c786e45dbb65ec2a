//! What is wrong with a rule file: file, line, what, and the fix.

use std::fmt;

use serde_saphyr::{Error, Location};

/// A file as it was given.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The file cannot be used.
    Error,
    /// It can, and is probably not as meant.
    Warning,
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// In which file.
    pub file: String,
    /// Line, from 1; 0 = not known.
    pub line: usize,
    /// Column, from 1; 0 = not known.
    pub column: usize,
    /// Group and rule, when it is about one.
    pub whose: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, ": {level}: ")?;
        if !self.whose.is_empty() {
            write!(f, "{}: ", self.whose)?;
        }
        f.write_str(&self.what)?;
        if !self.fix.is_empty() {
            write!(f, "; {}", self.fix)?;
        }
        Ok(())
    }
}

/// Line and column of a place in YAML.
pub(crate) fn place(location: Location) -> (usize, usize) {
    let number = |value: u64| usize::try_from(value).unwrap_or(0);
    (number(location.line()), number(location.column()))
}

/// What the YAML reader says, in our words.
pub(crate) fn unreadable(file: &str, error: &Error) -> Finding {
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((0, 0), place);
    let (what, fix) = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let mut known: Vec<&str> = expected.clone();
            known.sort_unstable();
            (format!("there is no key {field:?} here"), format!("known keys: {}", known.join(", ")))
        }
        Error::SerdeMissingField { field, .. } => (format!("the key {field:?} is missing in this entry"), "add it".to_owned()),
        Error::DuplicateMappingKey { .. } => (words(error), "a key stands once in a mapping; remove one of the two".to_owned()),
        other => (words(other), String::new()),
    };
    Finding { level: Level::Error, file: file.to_owned(), line, column, whose: String::new(), what, fix }
}

fn words(error: &Error) -> String {
    let text = error.to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" at line ").map_or(text, |(words, _)| words);
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.trim_end_matches(['.', ',']).to_owned()
}
