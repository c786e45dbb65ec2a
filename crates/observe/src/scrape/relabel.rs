//! Relabelling, with the semantics of Prometheus 3: rules that rewrite, keep or drop label sets, in order.

use md5::{Digest as _, Md5};
use regex::Regex;

use super::labels::LabelSet;

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Writes `replacement` into `target_label` where `regex` matches.
    Replace,
    /// Keeps what matches.
    Keep,
    /// Drops what matches.
    Drop,
    /// Keeps what has in `target_label` what the sources say.
    KeepEqual,
    /// Drops what has in `target_label` what the sources say.
    DropEqual,
    /// Writes the hash of the sources, modulo `modulus`.
    HashMod,
    /// Copies labels whose name matches to the name that `replacement` says.
    LabelMap,
    /// Removes labels whose name matches.
    LabelDrop,
    /// Removes labels whose name does not match.
    LabelKeep,
    /// Writes the sources in lower case.
    Lowercase,
    /// Writes the sources in upper case.
    Uppercase,
}

impl Action {
    /// Every one with its word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("replace", Self::Replace),
        ("keep", Self::Keep),
        ("drop", Self::Drop),
        ("keepequal", Self::KeepEqual),
        ("dropequal", Self::DropEqual),
        ("hashmod", Self::HashMod),
        ("labelmap", Self::LabelMap),
        ("labeldrop", Self::LabelDrop),
        ("labelkeep", Self::LabelKeep),
        ("lowercase", Self::Lowercase),
        ("uppercase", Self::Uppercase),
    ];

    /// The action of a word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, action)| *action)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, action)| *action == self).map_or("", |(word, _)| word)
    }
}

/// An expression that must match a text from end to end; `.` matches line breaks too.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// The expression that matches everything and captures it.
    pub const ALL: &'static str = "(.*)";

    /// Compiles.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        Ok(Self { text: text.to_owned(), regex: Regex::new(&format!("^(?s:{text})$"))? })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Labels whose values are joined.
    pub source_labels: Vec<String>,
    /// What stands between them.
    pub separator: String,
    /// What they are held against.
    pub regex: Pattern,
    /// For [`Action::HashMod`]; not 0 there.
    pub modulus: u64,
    /// Which label is written; may refer to captures with [`Action::Replace`].
    pub target_label: String,
    /// What is written; may refer to captures.
    pub replacement: String,
    /// What the rule does.
    pub action: Action,
}

/// Applies the rules in order. Whether the set is kept; when not, it is left as the rule that dropped it found it.
pub fn apply(rules: &[Rule], labels: &mut LabelSet) -> bool {
    rules.iter().all(|rule| rule.apply(labels))
}

impl Rule {
    fn joined(&self, labels: &LabelSet) -> String {
        let values: Vec<&str> = self.source_labels.iter().map(|name| labels.get(name)).collect();
        values.join(&self.separator)
    }

    fn apply(&self, labels: &mut LabelSet) -> bool {
        match self.action {
            Action::Keep => return self.regex.matches(&self.joined(labels)),
            Action::Drop => return !self.regex.matches(&self.joined(labels)),
            Action::KeepEqual => return labels.get(&self.target_label) == self.joined(labels),
            Action::DropEqual => return labels.get(&self.target_label) != self.joined(labels),
            Action::Replace => self.replace(labels),
            Action::Lowercase => labels.set(self.target_label.as_str(), self.joined(labels).to_lowercase()),
            Action::Uppercase => labels.set(self.target_label.as_str(), self.joined(labels).to_uppercase()),
            Action::HashMod => labels.set(self.target_label.as_str(), hash_mod(&self.joined(labels), self.modulus).to_string()),
            Action::LabelMap => {
                let found: Vec<(String, String)> =
                    labels.iter().filter_map(|(name, value)| Some((self.expand(&self.replacement, name)?, value.to_owned()))).collect();
                for (name, value) in found {
                    labels.set(name, value);
                }
            }
            Action::LabelDrop => labels.retain(|name| !self.regex.matches(name)),
            Action::LabelKeep => labels.retain(|name| self.regex.matches(name)),
        }
        true
    }

    fn replace(&self, labels: &mut LabelSet) {
        let joined = self.joined(labels);
        let (Some(target), Some(value)) = (self.expand(&self.target_label, &joined), self.expand(&self.replacement, &joined)) else {
            return;
        };
        if !target.is_empty() {
            labels.set(target, value);
        }
    }

    /// The template with the captures of `text`; `None` when it does not match.
    fn expand(&self, template: &str, text: &str) -> Option<String> {
        let captures = self.regex.regex.captures(text)?;
        let mut out = String::new();
        captures.expand(template, &mut out);
        Some(out)
    }
}

/// The last eight bytes of the MD5 as a number, modulo `modulus`: shards stay where Prometheus put them.
fn hash_mod(text: &str, modulus: u64) -> u64 {
    let hash = Md5::digest(text.as_bytes());
    let number = hash[8..].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number.checked_rem(modulus).unwrap_or(0)
}

#[cfg(test)]
mod tests;
