//! Words that people write on tickets.

use evenkeel_core::Failure;

use crate::refuse;

/// The most characters of a note.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// A text without the blanks around it.
///
/// # Errors
/// A refusal when nothing is left or it is too long.
pub fn text(text: &str) -> Result<&str, Failure> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars == 0 || chars > TEXT_CHARS_MAX {
        return Err(refuse::invalid("/text", format!("a text has 1 to {TEXT_CHARS_MAX} characters; this one has {chars}")));
    }
    Ok(text)
}
