//! A page as text.

use std::borrow::Cow;

use super::ParseError;

/// The page as UTF-8. In comments other than HELP anything goes, as in Prometheus; elsewhere the page is refused.
pub(super) fn utf8(body: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => mended(body).map(Cow::Owned),
    }
}

fn mended(body: &[u8]) -> Result<String, ParseError> {
    let mut text = String::with_capacity(body.len());
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) if line.starts_with(b"#") && !line.starts_with(b"# HELP") => text.push_str(&String::from_utf8_lossy(line)),
            Err(error) => return Err(ParseError::at(body, at + error.valid_up_to(), "this is not UTF-8: let the target send UTF-8")),
        }
        at += line.len();
    }
    Ok(text)
}
