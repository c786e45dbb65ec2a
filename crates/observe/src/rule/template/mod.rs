//! Templates of labels and annotations: Go's `text/template` with Prometheus' functions, by an interpreter of our own.
//!
//! Text → tokens ([`lex`]) → nodes ([`parse`]) → text ([`exec`]). Parsing finds what Go's parser finds: unknown functions and
//! variables, blocks that do not end. Running is bounded in steps, depth and output; a template that fails says why and
//! never takes anything else down.

mod exec;
mod format;
mod functions;
mod lex;
mod node;
mod parse;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

pub use functions::{humanize, humanize_duration};
pub use value::Value;

/// Steps of one run at most.
const STEPS_MAX: usize = 100_000;
/// Bytes that one run may write at most.
const OUTPUT_BYTES_MAX: usize = 64 << 10;
/// Templates within templates, and parentheses within parentheses, at most.
const DEPTH_MAX: usize = 64;
/// Bytes of a template at most.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// Labels of a sample.
pub type LabelMap = BTreeMap<String, String>;

/// A sample of a query that a template asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: LabelMap,
    /// Its value.
    pub value: f64,
}

/// Answers queries of templates; the text of a failure is shown to people.
pub type Ask<'a> = dyn Fn(&str) -> Result<Vec<Sample>, String> + 'a;

/// What a template sees.
pub struct Data<'a> {
    /// `$labels`.
    pub labels: LabelMap,
    /// `$externalLabels`.
    pub external_labels: &'a LabelMap,
    /// `$externalURL`.
    pub external_url: &'a str,
    /// `$value`.
    pub value: f64,
    /// Now, for `now`: milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Who answers `query`.
    pub ask: &'a Ask<'a>,
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// Line in the template, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} of the template: {}", self.line, self.message)
    }
}

/// A template, ready to run.
#[derive(Debug, Clone)]
pub struct Template {
    text: String,
    /// `None` when there is nothing to run: the text is the result.
    parsed: Option<node::Parsed>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What Go's parser would refuse: syntax, unknown functions, undefined variables; or a text that is too long.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(TemplateError { line: 1, message: format!("the template has more than {TEXT_BYTES_MAX} bytes") });
        }
        let parsed = if text.contains("{{") { Some(parse::parse(text)?) } else { None };
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// The template as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Runs it.
    ///
    /// # Errors
    /// Why it failed, in words; also when it takes too many steps or writes too much.
    pub fn expand(&self, data: &Data<'_>) -> Result<String, String> {
        match &self.parsed {
            None => Ok(self.text.clone()),
            Some(parsed) => exec::run(parsed, data),
        }
    }

    /// Runs it; a failure becomes the text, as Prometheus does it.
    pub fn expand_or_say(&self, data: &Data<'_>) -> String {
        self.expand(data).unwrap_or_else(|why| format!("<error expanding template: {why}>"))
    }
}
