//! Regular expressions of definitions: over bytes, bounded, compiled once.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use regex::bytes::{Regex, RegexBuilder};

use crate::probe::look::{Code, Fault};

/// Bytes of a compiled pattern, at most.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Patterns that are kept.
const KEPT_MAX: usize = 1000;

/// Compiles a pattern.
///
/// # Errors
/// In words, when it is none or too large.
pub fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .size_limit(COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| format!("{text:?} is no regular expression: {}", error.to_string().replace('\n', " ")))
}

/// Patterns that were compiled.
#[derive(Default)]
pub(super) struct Patterns(Mutex<HashMap<String, Regex>>);

impl Patterns {
    pub fn get(&self, text: &str) -> Result<Regex, Fault> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = kept.get(text) {
            return Ok(regex.clone());
        }
        let regex = compile(text).map_err(|error| Fault::new(Code::NotUnderstood, error))?;
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), regex.clone());
        Ok(regex)
    }
}
