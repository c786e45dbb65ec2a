//! Titles: a person writes one in the language they write; what a machine opens is called by its name in both languages,
//! and each reader is shown their own.
//!
//! Both lie in one text (one digest, one thing to erase), with a separator between them that nobody's words contain.

use crate::{definition::Bilingual, language::Language};

/// ASCII's record separator: a control character, which [`plain`] keeps out of people's titles.
const BETWEEN: char = '\u{1e}';

/// The one text of a title in both languages.
pub fn both(title: &Bilingual) -> String {
    let (zh, en) = (plain(&title.zh), plain(&title.en));
    if zh == en { zh } else { format!("{zh}{BETWEEN}{en}") }
}

/// The title as a reader of `language` sees it; a title that people wrote reads the same to everyone.
pub fn in_language(text: &str, language: Language) -> &str {
    match (text.split_once(BETWEEN), language) {
        (None, _) => text,
        (Some((zh, _)), Language::Zh) => zh,
        (Some((_, en)), Language::En) => en,
    }
}

/// A line of a person's words: blanks for control characters, line breaks included.
pub fn plain(text: &str) -> String {
    text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(zh: &str, en: &str) -> Bilingual {
        Bilingual { zh: zh.to_owned(), en: en.to_owned() }
    }

    #[test]
    fn each_reader_is_shown_their_own() {
        let text = both(&name("商店不可用", "Shop is unavailable"));
        assert_eq!(in_language(&text, Language::Zh), "商店不可用");
        assert_eq!(in_language(&text, Language::En), "Shop is unavailable");
        assert_eq!(both(&name("INC", "INC")), "INC");
    }

    #[test]
    fn a_persons_title_reads_the_same_to_everyone_whatever_they_write() {
        let text = plain(" one\u{1e}two\nthree ");
        assert_eq!(text, "one two three");
        assert_eq!(in_language(&text, Language::Zh), in_language(&text, Language::En));
    }
}
