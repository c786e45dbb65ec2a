//! Finding phrases in a text, pure.

use evenkeel_core::definition::Bilingual;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A phrase to avoid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// The words, Chinese or English; case does not matter, and English ones are whole words.
    pub avoid: Vec<String>,
    /// What to say instead.
    pub better: Bilingual,
}

/// A phrase that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhraseHint {
    /// Where it begins, in characters from 0.
    pub at: usize,
    /// The words as they stand there.
    pub words: String,
    /// What to say instead.
    pub better: Bilingual,
}

/// The phrases in a text, in its order. One place is pointed out once, by the longest phrase.
pub fn find<'a>(text: &str, phrases: impl IntoIterator<Item = &'a Phrase>) -> Vec<PhraseHint> {
    let letters: Vec<char> = text.chars().collect();
    // Letter by letter, so that places in the folded text are places in the text.
    let folded: Vec<char> = letters.iter().map(|letter| fold(*letter)).collect();
    let mut hints = Vec::new();
    for phrase in phrases {
        for words in &phrase.avoid {
            let wanted: Vec<char> = words.trim().chars().map(fold).collect();
            if wanted.is_empty() {
                continue;
            }
            let places = folded.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted).map(|(at, _)| at);
            for at in places.filter(|at| whole(&folded, *at, wanted.len())) {
                let words = letters.iter().skip(at).take(wanted.len()).collect();
                hints.push((wanted.len(), PhraseHint { at, words, better: phrase.better.clone() }));
            }
        }
    }
    hints.sort_by_key(|(length, hint)| (hint.at, std::cmp::Reverse(*length)));
    let mut end = 0;
    hints.retain(|(length, hint)| {
        let fresh = hint.at >= end;
        if fresh {
            end = hint.at + length;
        }
        fresh
    });
    hints.into_iter().map(|(_, hint)| hint).collect()
}

fn fold(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Whether a match is no piece of a longer word, in scripts that part words by blanks.
fn whole(text: &[char], at: usize, length: usize) -> bool {
    let joins = |a: Option<&char>, b: Option<&char>| a.zip(b).is_some_and(|(a, b)| parted(*a) && parted(*b));
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !joins(before, text.get(at)) && !joins(text.get(at + length - 1), text.get(at + length))
}

fn parted(letter: char) -> bool {
    letter.is_alphanumeric() && u32::from(letter) < 0x2E80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> Vec<Phrase> {
        let better = |text: &str| Bilingual { zh: text.to_owned(), en: text.to_owned() };
        let phrase = |avoid: &[&str], text| Phrase { avoid: avoid.iter().map(ToString::to_string).collect(), better: better(text) };
        vec![phrase(&["不归我们管", "not our job"], "who does it"), phrase(&["不归我们"], "short"), phrase(&["can't"], "what we can")]
    }

    fn found(text: &str) -> Vec<(usize, String)> {
        find(text, &phrases()).into_iter().map(|hint| (hint.at, hint.words)).collect()
    }

    #[test]
    fn phrases_are_found_in_both_languages_whatever_the_case() {
        assert_eq!(found("抱歉，这个不归我们管。"), [(5, "不归我们管".to_owned())]);
        assert_eq!(found("This is NOT our job, we Can't"), [(8, "NOT our job".to_owned()), (24, "Can't".to_owned())]);
    }

    #[test]
    fn a_piece_of_a_longer_word_is_no_phrase() {
        assert!(found("not our jobs; scan't").is_empty());
        assert!(found("").is_empty());
    }

    #[test]
    fn one_place_is_pointed_out_once_by_the_longest() {
        assert_eq!(found("不归我们管，不归我们"), [(0, "不归我们管".to_owned()), (6, "不归我们".to_owned())]);
    }
}
