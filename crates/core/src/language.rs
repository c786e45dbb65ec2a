//! The two languages that people here read.

use serde::{Deserialize, Serialize};

use crate::definition::Bilingual;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Locale))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Its tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// What an `Accept-Language` header (RFC 9110) asks for, of the two: the one with the greater weight, the first of
    /// equals; `None` when it names neither.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let primary = parts.next().and_then(|tag| tag.split('-').next()).unwrap_or_default();
            let Some(language) = [Self::Zh, Self::En].into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary)) else {
                continue;
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |text| text.parse().unwrap_or(0.0));
            if weight > best.map_or(0.0, |(most, _)| most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

impl std::str::FromStr for Language {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zh" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            other => Err(format!("{other:?} is not one of zh, en")),
        }
    }
}

impl Bilingual {
    /// The name in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Zh};

    #[test]
    fn the_weightier_of_the_two_is_read() {
        let cases = [
            ("zh", Some(Zh)),
            ("en-GB,en;q=0.9", Some(En)),
            ("fr, zh-CN;q=0.8, en;q=0.7", Some(Zh)),
            ("zh;q=0.5, en-US", Some(En)),
            ("ZH-Hans-CN , en;q=0.1", Some(Zh)),
            ("zh;q=0, fr", None),
            ("fr", None),
            ("", None),
            ("en;q=nonsense, zh;q=0.1", Some(Zh)),
        ];
        for (header, language) in cases {
            assert_eq!(Language::accepted(header), language, "{header:?}");
        }
    }
}
