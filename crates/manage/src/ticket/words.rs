//! Words that people write on tickets.

use evenkeel_core::{Failure, id::TenantId};
use evenkeel_store::{StoreError, Tx};

use crate::refuse;

/// The most characters of a title, in each language.
pub const TITLE_CHARS_MAX: usize = 300;
/// The most characters of a note.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// A title in one line, without the blanks around it.
///
/// # Errors
/// A refusal when nothing is left or it is too long.
pub fn title(text: &str) -> Result<String, Failure> {
    let text = evenkeel_core::title::plain(text);
    let chars = text.chars().count();
    if chars == 0 || chars > TITLE_CHARS_MAX {
        return Err(refuse::invalid("/title", format!("a title has 1 to {TITLE_CHARS_MAX} characters; this one has {chars}")));
    }
    Ok(text)
}

/// A text without the blanks around it.
///
/// # Errors
/// A refusal when nothing is left or it is too long.
pub fn text(text: &str) -> Result<&str, Failure> {
    text_at("/text", text)
}

/// The same, of another field of the request.
///
/// # Errors
/// As [`text`].
pub fn text_at<'a>(place: &str, text: &'a str) -> Result<&'a str, Failure> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars == 0 || chars > TEXT_CHARS_MAX {
        return Err(refuse::invalid(place, format!("a text has 1 to {TEXT_CHARS_MAX} characters; this one has {chars}")));
    }
    Ok(text)
}

/// Keeps what may be said beside a step; its digest, none when nothing but blanks was said.
///
/// # Errors
/// As [`text`], and as any statement.
pub async fn put_said(tx: &mut Tx, tenant: TenantId, said: Option<&str>) -> Result<Option<String>, StoreError> {
    match said.filter(|said| !said.trim().is_empty()) {
        Some(said) => Ok(Some(tx.put_text(tenant, text(said)?).await?)),
        None => Ok(None),
    }
}
