//! Text as words to find it by. Pure.
//!
//! Words of letters and digits are folded (full width, case) and, in English, stemmed beside their own form. Chinese,
//! Japanese and Korean are written without blanks: each two neighbouring characters are a word, and the last one alone, so
//! that every substring of two characters or more is found whatever a dictionary knows, in simplified and traditional
//! characters, and a single one by its beginning (ADR 25 has the figures beside a dictionary).

use frostem::{Algorithm, Stemmer};

/// The longest word, characters; what is longer is cut, here and in a query.
const WORD_CHARS_MAX: usize = 40;

/// A word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Folded.
    pub text: String,
    /// Where it begins in the text, bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Its place among the words; a stem stands where its word stands.
    pub place: usize,
    /// What it is.
    pub kind: WordKind,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordKind {
    /// Letters and digits.
    Plain,
    /// The stem of the word before.
    Stem,
    /// Two characters of a run.
    Pair,
    /// The last character of a run.
    Last,
}

/// A character as it is compared: half width, lower case.
fn fold(letter: char) -> char {
    let half = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    };
    // One for one: `İ` and the like lose their dot, so that places in the text stay what they are.
    half.to_lowercase().next().unwrap_or(half)
}

/// Whether a character belongs to a script that is written without blanks.
const fn is_dense(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// A stretch of characters of one sort.
struct Run {
    dense: bool,
    /// Each with where it begins and ends.
    letters: Vec<(char, usize, usize)>,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for (from, letter) in text.char_indices() {
        let folded = fold(letter);
        let dense = is_dense(folded);
        if !dense && !folded.is_alphanumeric() {
            open = false;
            continue;
        }
        let to = from + letter.len_utf8();
        match runs.last_mut() {
            Some(run) if open && run.dense == dense => run.letters.push((folded, from, to)),
            _ => runs.push(Run { dense, letters: vec![(folded, from, to)] }),
        }
        open = true;
    }
    runs
}

/// The words of a text.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let stemmer = Stemmer::new(Algorithm::English);
    let mut words = Vec::new();
    let mut place = 0;
    for run in runs(text) {
        if run.dense {
            for (index, (letter, from, to)) in run.letters.iter().enumerate() {
                let (text, to, kind) = match run.letters.get(index + 1) {
                    Some((next, _, end)) => (String::from_iter([*letter, *next]), *end, WordKind::Pair),
                    None => (letter.to_string(), *to, WordKind::Last),
                };
                words.push(Word { text, from: *from, to, place, kind });
                place += 1;
            }
            continue;
        }
        let (from, to) = (run.letters.first().map_or(0, |first| first.1), run.letters.last().map_or(0, |last| last.2));
        let word: String = run.letters.iter().take(WORD_CHARS_MAX).map(|(letter, ..)| *letter).collect();
        let stem = word.is_ascii().then(|| stemmer.stem(&word).into_owned()).filter(|stem| *stem != word);
        words.push(Word { text: word, from, to, place, kind: WordKind::Plain });
        if let Some(text) = stem {
            words.push(Word { text, from, to, place, kind: WordKind::Stem });
        }
        place += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn latin_words_are_folded_and_stemmed_beside_themselves() {
        assert_eq!(texts("VPN connections, ｎｇｉｎｘ．ｃｏｎｆ"), ["vpn", "connections", "connect", "nginx", "conf"]);
        assert_eq!(texts("INC-1042"), ["inc", "1042"]);
        assert_eq!(texts(" \u{3000}-—。"), Vec::<String>::new());
    }

    #[test]
    fn dense_scripts_are_pairs_and_a_last_one() {
        assert_eq!(texts("数据库"), ["数据", "据库", "库"]);
        assert_eq!(texts("資料庫 ﾃﾞ"), ["資料", "料庫", "庫", "ﾃﾞ"]);
        assert_eq!(texts("重启nginx服务"), ["重启", "启", "nginx", "服务", "务"]);
    }

    #[test]
    fn places_and_bytes_are_those_of_the_text() {
        let text = "修复ＶＰＮ connections";
        for word in words(text) {
            assert!(text.get(word.from..word.to).is_some(), "{word:?}");
        }
        let places: Vec<usize> = words(text).iter().map(|word| word.place).collect();
        assert_eq!(places, [0, 1, 2, 3, 3]);
    }

    #[test]
    fn a_long_word_is_cut_the_same_everywhere() {
        assert_eq!(texts(&"x".repeat(10_000)), texts(&"x".repeat(500)));
    }
}
