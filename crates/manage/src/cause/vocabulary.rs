//! The vocabulary, pure: what a word means.

use std::collections::BTreeMap;

use evenkeel_core::{Failure, definition::Bilingual};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::refuse::invalid;

/// The most bones, the most causes, and the most aliases of one.
const TERMS_MAX: usize = 200;
const ALIASES_MAX: usize = 50;
/// The most characters of a word.
const CHARS_MAX: usize = 100;

/// A word of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What is written down: lower-case letters, digits and `_`.
    pub name: String,
    /// Shown name.
    pub display: Bilingual,
    /// Other words for the same.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// The bones of the fishbone, and the causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CausesDefinition {
    /// Where to look.
    pub bones: Vec<Term>,
    /// What it was.
    pub causes: Vec<Term>,
}

/// A word as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CauseTerm)]
pub struct TermView {
    /// Its name.
    pub name: String,
    /// Shown name.
    pub display: Bilingual,
}

impl From<&Term> for TermView {
    fn from(term: &Term) -> Self {
        Self { name: term.name.clone(), display: term.display.clone() }
    }
}

impl TermView {
    /// The word of this name; one that the vocabulary has no more reads as its name.
    pub(crate) fn of(terms: &[Term], name: &str) -> Self {
        terms
            .iter()
            .find(|term| term.name == name)
            .map_or_else(|| Self { name: name.to_owned(), display: Bilingual { zh: name.to_owned(), en: name.to_owned() } }, Self::from)
    }
}

/// As words are compared: without case, and blanks, hyphens and underscores are the same.
fn folded(word: &str) -> String {
    word.to_lowercase().split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_')).filter(|part| !part.is_empty()).fold(
        String::new(),
        |mut all, part| {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(part);
            all
        },
    )
}

impl Term {
    /// Every word for it.
    fn words(&self) -> impl Iterator<Item = &str> {
        [self.name.as_str(), &self.display.zh, &self.display.en].into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

/// The term that a word means: by its name, its shown name in either language, or an alias.
fn find<'a>(terms: &'a [Term], word: &str) -> Option<&'a Term> {
    let word = folded(word);
    terms.iter().find(|term| term.words().any(|own| folded(own) == word))
}

impl CausesDefinition {
    /// The bone that a word means.
    ///
    /// # Errors
    /// A refusal that names the bones there are.
    pub fn bone(&self, word: &str) -> Result<&Term, Failure> {
        find(&self.bones, word).ok_or_else(|| unknown("/bone", word, &self.bones))
    }

    /// The cause that a word means.
    ///
    /// # Errors
    /// A refusal that names the causes there are.
    pub fn cause(&self, word: &str) -> Result<&Term, Failure> {
        find(&self.causes, word).ok_or_else(|| unknown("/cause", word, &self.causes))
    }

    /// Whether it can be: within bounds, and no word means two things.
    ///
    /// # Errors
    /// A refusal that names the place.
    pub fn check(&self) -> Result<(), Failure> {
        for (part, terms) in [("bones", &self.bones), ("causes", &self.causes)] {
            if terms.is_empty() || terms.len() > TERMS_MAX {
                return Err(invalid(&format!("/{part}"), format!("there are 1 to {TERMS_MAX} {part}")));
            }
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            for (place, term) in terms.iter().enumerate() {
                let at = format!("/{part}/{place}");
                let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
                if term.name.is_empty() || term.name.len() > CHARS_MAX || !term.name.chars().all(plain) {
                    let detail = format!("{:?}: a name has 1 to {CHARS_MAX} lower-case letters, digits and _", term.name);
                    return Err(invalid(&format!("{at}/name"), detail));
                }
                if term.aliases.len() > ALIASES_MAX {
                    return Err(invalid(&format!("{at}/aliases"), format!("a word has at most {ALIASES_MAX} aliases")));
                }
                for word in term.words() {
                    if word.trim().is_empty() || word.chars().count() > CHARS_MAX {
                        return Err(invalid(&at, format!("{word:?}: a word has 1 to {CHARS_MAX} characters")));
                    }
                    if seen.insert(folded(word), place).is_some_and(|other| other != place) {
                        return Err(invalid(&at, format!("{word:?} means another of the {part} already")));
                    }
                }
            }
        }
        Ok(())
    }
}

fn unknown(place: &str, word: &str, terms: &[Term]) -> Failure {
    invalid(place, format!("{word:?} is not in the vocabulary of causes")).allowed(terms.iter().map(|term| term.name.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_built_in_can_be_and_is_whole() {
        let built_in = CausesDefinition::built_in();
        built_in.check().unwrap();
        assert_eq!((built_in.bones.len(), built_in.causes.len()), (9, 23));
    }

    #[test]
    fn every_word_for_a_cause_is_written_down_as_one() {
        let built_in = CausesDefinition::built_in();
        for word in ["operator_error", "误操作", " Operator  error", "操作问题/误操作", "human-error"] {
            assert_eq!(built_in.cause(word).unwrap().name, "operator_error", "{word}");
        }
        assert_eq!(built_in.bone("应用变更").unwrap().name, "application_change");
        let refused = built_in.cause("the weather").unwrap_err();
        assert_eq!(refused.allowed.len(), 23, "{refused:?}");
    }

    #[test]
    fn a_word_that_means_two_things_is_refused() {
        let term = |name: &str, alias: &str| Term {
            name: name.to_owned(),
            display: Bilingual { zh: name.to_owned(), en: name.to_owned() },
            aliases: vec![alias.to_owned()],
        };
        let with = |causes: Vec<Term>| CausesDefinition { bones: vec![term("bone", "b")], causes }.check();
        with(vec![term("a", "x"), term("b", "y")]).unwrap();
        assert_eq!(with(vec![term("a", "x"), term("b", "X")]).unwrap_err().at.unwrap(), "/causes/1");
        assert_eq!(with(vec![term("A b", "x")]).unwrap_err().at.unwrap(), "/causes/0/name");
        assert_eq!(with(Vec::new()).unwrap_err().at.unwrap(), "/causes");
        assert!(with(vec![term("a", "")]).is_err());
    }
}
