//! Walking over the bytes of a page.

use super::{ParseError, error::excerpt};
use crate::batch::Span;

/// A place in a page. What it finds is told as spans of the batch's text, into which the page is copied at `base`.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub at: usize,
    pub base: u32,
}

/// A quoted text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted {
    /// Without the quotes.
    pub from: usize,
    pub to: usize,
    /// It holds a backslash.
    pub escaped: bool,
}

pub(super) const fn begins_metric(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':'
}

pub(super) const fn begins_label(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

impl<'a> Scan<'a> {
    /// From the beginning of a page, which stands at `base` in the batch's text.
    pub fn new(text: &'a str, base: u32) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, base }
    }

    /// The byte here; none at the end.
    pub fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Goes on over blanks and tabs.
    pub fn blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// Goes on to the end of the line.
    pub fn line_end(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    /// Goes on over a metric's name.
    pub fn metric(&mut self) -> (usize, usize) {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':') {
            self.at += 1;
        }
        (from, self.at)
    }

    /// Goes on over a label's name.
    pub fn label_name(&mut self) -> (usize, usize) {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 1;
        }
        (from, self.at)
    }

    /// Goes on over a text in quotes, which begins here.
    pub fn quoted(&mut self, newlines: bool) -> Result<Quoted, ParseError> {
        if self.byte() != Some(b'"') {
            return Err(self.expected("a text in double quotes"));
        }
        let from = self.at + 1;
        let mut escaped = false;
        let mut at = from;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'"' => {
                    self.at = at + 1;
                    return Ok(Quoted { from, to: at, escaped });
                }
                b'\\' => {
                    escaped = true;
                    at += 1;
                    if self.bytes.get(at) == Some(&b'\n') {
                        break;
                    }
                }
                b'\n' if !newlines => break,
                _ => {}
            }
            at += 1;
        }
        Err(ParseError::at(self.bytes, self.at, format!("a text in quotes has no end: {}", excerpt(&self.bytes[self.at..]))))
    }

    /// The text between two places, which are beside ASCII.
    pub fn str(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The same as a span of the batch's text.
    pub fn span(&self, from: usize, to: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { at: self.base.saturating_add(offset(from)), bytes: offset(to - from) }
    }

    /// An error here.
    pub fn expected(&self, what: &str) -> ParseError {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = if rest.is_empty() { "the end of the page".to_owned() } else { excerpt(rest) };
        ParseError::at(self.bytes, self.at, format!("expected {what}, found {found}"))
    }

    /// An error here, in words.
    pub fn wrong(&self, what: impl Into<String>) -> ParseError {
        ParseError::at(self.bytes, self.at, what)
    }
}

/// What an escaped text means: `\\`, `\"` and `\n`; another backslash stands for itself.
pub(crate) fn unescape(text: &str, quotes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (meant, taken) = match rest.as_bytes().get(at + 1) {
            Some(b'n') => ('\n', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'"') if quotes => ('"', 2),
            _ => ('\\', 1),
        };
        out.push(meant);
        rest = &rest[at + taken..];
    }
    out.push_str(rest);
    out
}
