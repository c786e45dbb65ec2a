//! What is wrong with a configuration: file, line, column, the line itself, and the fix.

use std::fmt;

use evenkeel_core::{ErrorCode, Failure};
use serde_saphyr::Location;

/// One file as it was given.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = DefinitionFile)]
pub struct Source {
    /// Its name, for messages.
    pub name: String,
    /// Its YAML.
    pub text: String,
}

/// Where in which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which of the files.
    pub source: usize,
    /// 1 = the first line; 0 = not known.
    pub line: usize,
    /// 1 = the first character; 0 = not known.
    pub column: usize,
}

impl Place {
    pub(super) fn at(source: usize, location: Location) -> Self {
        let number = |value: u64| usize::try_from(value).unwrap_or(0);
        Self { source, line: number(location.line()), column: number(location.column()) }
    }
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    place: Place,
    file: String,
    line: String,
    what: String,
    fix: Option<String>,
    allowed: Vec<String>,
}

impl Finding {
    pub(super) fn new(sources: &[Source], place: Place, what: impl Into<String>) -> Self {
        let source = sources.get(place.source);
        let line = source.and_then(|source| source.text.lines().nth(place.line.checked_sub(1)?)).unwrap_or_default();
        Self {
            place,
            file: source.map_or_else(String::new, |source| source.name.clone()),
            // A line that never ends must not fill the screen.
            line: line.chars().take(160).collect(),
            what: what.into(),
            fix: None,
            allowed: Vec::new(),
        }
    }
    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
    /// What would have been accepted; the nearest of them becomes the fix.
    pub(super) fn allowed(mut self, word: &str, allowed: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self.allowed.sort();
        let near = nearest(word, &self.allowed).map(|near| format!("did you mean {near:?}?"));
        self.fix = match (near, self.fix.take()) {
            (Some(near), Some(fix)) => Some(format!("{near} {fix}")),
            (near, fix) => near.or(fix),
        };
        self
    }
    /// `file:line:column`.
    pub fn at(&self) -> String {
        match (self.place.line, self.place.column) {
            (0, _) => self.file.clone(),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }
}

/// The word that is meant, when it is near enough to be a slip of the finger.
fn nearest<'a>(word: &str, words: &'a [String]) -> Option<&'a String> {
    let near = |candidate: &&String| strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    words.iter().min_by_key(near).filter(|candidate| near(candidate) <= (word.chars().count() / 3).max(1))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at(), self.what)?;
        if let Some(fix) = &self.fix {
            write!(f, "; {fix}")?;
        }
        if !self.allowed.is_empty() && self.allowed.len() <= 30 {
            write!(f, " (known: {})", self.allowed.join(", "))?;
        }
        if !self.line.trim().is_empty() {
            let number = self.place.line.to_string();
            let gutter = " ".repeat(number.len());
            let shift: String =
                self.line.chars().take(self.place.column.saturating_sub(1)).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n{gutter} |\n{number} | {}\n{gutter} | {shift}^", self.line)?;
        }
        Ok(())
    }
}

/// Everything wrong, in the order of the files. At least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl From<Findings> for Failure {
    fn from(mut findings: Findings) -> Self {
        findings.0.sort_by_key(|finding| (finding.place.source, finding.place.line, finding.place.column));
        let count = findings.0.len();
        let head =
            if count == 1 { "nothing was applied:\n".to_owned() } else { format!("nothing was applied; {count} things are wrong:\n") };
        let failure = Self::new(ErrorCode::Invalid, format!("{head}{findings}"));
        match findings.0.into_iter().next() {
            Some(first) => {
                let at = first.at();
                failure.at(at).allowed(first.allowed)
            }
            None => failure,
        }
    }
}
