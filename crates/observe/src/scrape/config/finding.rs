//! What is wrong with a configuration, or not used: file, line, and the fix.

use std::fmt;

/// One thing that is wrong or not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, as it was given.
    pub file: String,
    /// 1 = the first line; 0 = not known.
    pub line: u64,
    /// 1 = the first character; 0 = not known.
    pub column: u64,
    /// What it is.
    pub what: String,
    /// What to do; empty when there is nothing to say.
    pub fix: String,
}

impl Finding {
    /// Whether it is about this place.
    pub fn is_at(&self, line: u64) -> bool {
        self.line == line
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}", self.what)?;
        if !self.fix.is_empty() {
            write!(f, "; {}", self.fix)?;
        }
        Ok(())
    }
}

/// Everything that is wrong; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, finding) in self.0.iter().enumerate() {
            write!(f, "{}{finding}", if place == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// The word that is meant, when it is near enough to be a slip of the finger.
pub fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let distance = |candidate: &&str| strsim::damerau_levenshtein(&word.to_lowercase(), candidate);
    words.iter().copied().min_by_key(distance).filter(|candidate| distance(candidate) <= (word.chars().count() / 3).max(1))
}
