//! A drawn document, and how a secret link's key gets into its links.

use super::super::board::tag;

/// Where a key goes in the links of a page, when there is one.
pub const KEY: &str = "\u{1}";

/// A drawn document.
#[derive(Debug, Clone)]
pub struct Document {
    drawn: String,
    plain: String,
    tag: String,
}

impl Document {
    /// Over what was drawn, marks and all.
    pub fn new(drawn: String) -> Self {
        let plain = drawn.replace(KEY, "");
        Self { tag: tag(plain.as_bytes()), plain, drawn }
    }

    /// As it reads for who came without a key, or with this one.
    pub fn read(&self, key: Option<&str>) -> String {
        match key.filter(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric())) {
            Some(key) => self.drawn.replace(KEY, &format!("&amp;key={key}")),
            None => self.plain.clone(),
        }
    }

    /// A short name of its content.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}
