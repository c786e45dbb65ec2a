//! A service report as PDF: A4, Chinese or English, from the frozen [`Document`] alone.
//!
//! Invariants: nothing is computed here that the document does not say; the same document, language and hash give
//! the same bytes (the creation date is the document's own `generated_at`); nothing is fetched from anywhere: template,
//! marks, words and fonts are ours and part of the binary.

mod chart;
mod fonts;
mod labels;
mod promises;
mod view;
mod world;

use jiff::tz::TimeZone;

use super::document::Document;
use evenkeel_core::Language;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The document names a zone that is not in the time zone database.
    #[error("the report's time zone {0:?} is not known on this machine")]
    Zone(String),
    /// The typesetter refused: a defect of ours.
    #[error("the report could not be typeset: {0}")]
    Typeset(String),
}

/// Stack of the thread that typesets: layout recurses with the nesting of the document.
const STACK_BYTES: usize = 32 << 20;

/// The PDF of a document. Takes a second or so of one core: call it where blocking is allowed.
///
/// `document_hash` is the hash under which the document was published; drafts have none and say so on every page.
///
/// # Errors
/// [`PdfError`].
pub fn render(document: &Document, language: Language, document_hash: Option<&str>) -> Result<Vec<u8>, PdfError> {
    let zone = TimeZone::get(&document.zone).map_err(|_| PdfError::Zone(document.zone.clone()))?;
    let view = view::of(document, language, document_hash, &zone);
    let data = view.to_string();
    let fonts = fonts::for_text(&data);
    let typeset = move || world::typeset(data, fonts, document);
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, typeset)
            .map_err(|error| PdfError::Typeset(error.to_string()))?
            .join()
            .unwrap_or_else(|_| Err(PdfError::Typeset("the typesetter stopped".to_owned())))
    })
}

#[cfg(test)]
mod tests;
