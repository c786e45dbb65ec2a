//! A service report as PDF: A4, Chinese or English, from the frozen [`Document`] alone.
//!
//! Invariants: nothing is computed here that the document does not say; the same document, language, fonts and hash give
//! the same bytes (the creation date is the document's own `generated_at`); nothing is fetched from anywhere: template,
//! marks and words are ours, fonts are handed in or found on this machine.

mod chart;
mod fonts;
mod labels;
mod view;
mod world;

use jiff::tz::TimeZone;

pub use fonts::{FontError, Fonts};

use super::document::Document;
use crate::words::Language;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// Fonts are missing.
    #[error(transparent)]
    Fonts(#[from] FontError),
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
/// [`PdfError`]; for Chinese the commonest is that no Chinese font is installed, and the message says which package has one.
pub fn render(document: &Document, language: Language, document_hash: Option<&str>, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let zone = TimeZone::get(&document.zone).map_err(|_| PdfError::Zone(document.zone.clone()))?;
    let faces = fonts.faces(language)?;
    let view = view::of(document, language, document_hash, &zone);
    let typeset = move || world::typeset(view.to_string(), faces, document);
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
