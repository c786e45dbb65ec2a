//! Drawing a snapshot: a page that needs no script, a feed, and JSON. Pure.
//!
//! Every word that somebody wrote passes [`escape`]; nothing else does.

mod atom;
mod bars;
mod document;
mod html;
mod json;
mod parts;
mod small;
mod style;

pub use atom::atom;
pub use document::{Document, KEY};
pub use html::{html, still};
pub use json::json;
pub use parts::lines;
pub use small::{message, subscribe_form, subscription};
pub use style::policy;

/// Text as it may stand in HTML and XML, also within an attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No XML 1.0 document may hold these, not even escaped; the one we use ourselves marks a key's place.
            control if control.is_control() && control != '\n' => {}
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_somebody_wrote_becomes_markup() {
        assert_eq!(escape("<script a='1' b=\"2\">&\u{1}\n"), "&lt;script a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;\n");
    }
}
