//! Names in both languages, as this hall shows them.

use evenkeel_core::{Language, definition::Bilingual};
use serde::{Deserialize, Serialize};

/// A text in both languages. The same shape as [`Bilingual`], with a schema for the API document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Words {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A text that reads the same in both, such as `P1` or `INC-1042`.
    pub fn same(text: impl Into<String>) -> Self {
        let zh = text.into();
        Self { en: zh.clone(), zh }
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl From<&Bilingual> for Words {
    fn from(display: &Bilingual) -> Self {
        Self { zh: display.zh.clone(), en: display.en.clone() }
    }
}
