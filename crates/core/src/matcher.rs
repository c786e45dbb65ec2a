//! Matchers over labels, as Alertmanager has them: `name="value"`, `!=`, `=~`, `!~`. A label that is missing is empty.

use std::{collections::BTreeMap, fmt, str::FromStr};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// Labels of an alert.
pub type Labels = BTreeMap<String, String>;

/// The most matchers of one list.
pub const MATCHERS_MAX: usize = 64;
/// The most characters of a name or a value.
pub const CHARS_MAX: usize = 4096;
/// The most bytes of a compiled pattern: patterns come from outside.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum MatchOp {
    /// The same.
    #[serde(rename = "=")]
    Equal,
    /// Another.
    #[serde(rename = "!=")]
    NotEqual,
    /// As the whole pattern says.
    #[serde(rename = "=~")]
    Matches,
    /// Not as the whole pattern says.
    #[serde(rename = "!~")]
    NotMatches,
}

impl MatchOp {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// As Alertmanager's API says it: whether a pattern, and whether the same is wanted.
    pub const fn of(is_regex: bool, is_equal: bool) -> Self {
        match (is_regex, is_equal) {
            (false, true) => Self::Equal,
            (false, false) => Self::NotEqual,
            (true, true) => Self::Matches,
            (true, false) => Self::NotMatches,
        }
    }

    /// Whether the value is a pattern.
    pub const fn is_regex(self) -> bool {
        matches!(self, Self::Matches | Self::NotMatches)
    }

    /// Whether the same is wanted.
    pub const fn is_equal(self) -> bool {
        matches!(self, Self::Equal | Self::Matches)
    }
}

/// A matcher as it is written: what cannot be compiled is no [`Matcher`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = Matcher))]
#[serde(deny_unknown_fields)]
pub struct MatcherText {
    /// The label.
    pub name: String,
    /// How it is compared.
    pub op: MatchOp,
    /// With what.
    pub value: String,
}

/// One condition on one label.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "MatcherText", into = "MatcherText")]
pub struct Matcher {
    text: MatcherText,
    pattern: Option<Regex>,
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Matcher {}

impl Matcher {
    /// A matcher.
    ///
    /// # Errors
    /// In words: an empty name, something too long, a pattern that cannot be compiled.
    pub fn new(name: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Result<Self, String> {
        MatcherText { name: name.into(), op, value: value.into() }.try_into()
    }

    /// The label.
    pub fn name(&self) -> &str {
        &self.text.name
    }
    /// How it is compared.
    pub const fn op(&self) -> MatchOp {
        self.text.op
    }
    /// With what.
    pub fn value(&self) -> &str {
        &self.text.value
    }

    /// Whether a value of the label is one of those meant.
    pub fn matches_value(&self, value: &str) -> bool {
        let same = match &self.pattern {
            Some(pattern) => pattern.is_match(value),
            None => self.text.value == value,
        };
        same == self.text.op.is_equal()
    }

    /// Whether these labels are among those meant.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.get(&self.text.name).map_or("", String::as_str))
    }

    /// Several, separated by commas, in braces or not; quoted values may hold anything.
    ///
    /// # Errors
    /// In words.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let text = text.trim();
        let text = text.strip_prefix('{').map_or(Ok(text), |rest| rest.strip_suffix('}').ok_or("a '}' is missing"))?;
        let mut rest = text.trim();
        let mut found = Vec::new();
        while !rest.is_empty() {
            let (matcher, after) = parse_one(rest)?;
            found.push(matcher);
            if found.len() > MATCHERS_MAX {
                return Err(format!("more than {MATCHERS_MAX} matchers"));
            }
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
            rest = rest.strip_prefix(',').ok_or_else(|| format!("a comma is missing before {rest:?}"))?.trim_start();
        }
        Ok(found)
    }
}

/// Whether every one of these matches; none at all match nothing, so that nothing is meant by mistake.
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    !matchers.is_empty() && matchers.iter().all(|matcher| matcher.matches(labels))
}

impl TryFrom<MatcherText> for Matcher {
    type Error = String;
    fn try_from(text: MatcherText) -> Result<Self, String> {
        if text.name.is_empty() {
            return Err("a matcher needs the name of a label".to_owned());
        }
        if text.name.chars().count() > CHARS_MAX || text.value.chars().count() > CHARS_MAX {
            return Err(format!("a matcher has more than {CHARS_MAX} characters"));
        }
        let pattern = if text.op.is_regex() {
            let whole = format!("^(?:{})$", text.value);
            let built = RegexBuilder::new(&whole).size_limit(PATTERN_BYTES_MAX).build();
            Some(built.map_err(|error| format!("{:?} is no pattern: {error}", text.value))?)
        } else {
            None
        };
        Ok(Self { text, pattern })
    }
}

impl From<Matcher> for MatcherText {
    fn from(matcher: Matcher) -> Self {
        matcher.text
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.text.name, self.text.op.as_str(), self.text.value)
    }
}

impl FromStr for Matcher {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match parse_one(text.trim())? {
            (matcher, rest) if rest.trim().is_empty() => Ok(matcher),
            (_, rest) => Err(format!("{rest:?} follows the matcher")),
        }
    }
}

/// One matcher from the front, and what follows it.
fn parse_one(text: &str) -> Result<(Matcher, &str), String> {
    let (name, rest) = if text.starts_with('"') {
        quoted(text)?
    } else {
        let end = text.find(['=', '!', ',', '~']).unwrap_or(text.len());
        (text[..end].trim().to_owned(), &text[end..])
    };
    let rest = rest.trim_start();
    let (op, rest) = [("=~", MatchOp::Matches), ("!~", MatchOp::NotMatches), ("!=", MatchOp::NotEqual), ("=", MatchOp::Equal)]
        .into_iter()
        .find_map(|(word, op)| rest.strip_prefix(word).map(|rest| (op, rest)))
        .ok_or_else(|| format!("{text:?} is no matcher: write name=\"value\", or with !=, =~, !~"))?;
    let rest = rest.trim_start();
    let (value, rest) = if rest.starts_with('"') {
        quoted(rest)?
    } else {
        let end = rest.find(',').unwrap_or(rest.len());
        (rest[..end].trim_end().to_owned(), &rest[end..])
    };
    Ok((Matcher::new(name, op, value)?, rest))
}

/// What stands in quotes at the front, and what follows them.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                // A pattern's own backslash stays: \d means a digit.
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err(format!("a closing quote is missing in {text:?}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_list_is_read_in_each_way_people_write_it() {
        let read = |text: &str| Matcher::parse_list(text).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read(r#"{a="1", b!=2,c=~"x|y",d!~"\d+,"}"#), [r#"a="1""#, r#"b!="2""#, r#"c=~"x|y""#, r#"d!~"\\d+,""#]);
        assert_eq!(read(r#"a = "say \"hi\"""#), [r#"a="say \"hi\"""#]);
        assert_eq!(read(""), Vec::<String>::new());
        for wrong in ["a", "=1", "{a=1", r#"a="1"#, r#"a="1" b="2""#, "a=~\"(\""] {
            assert!(Matcher::parse_list(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pattern_is_the_whole_value_and_a_missing_label_is_empty() {
        let matches = |text: &str, pairs: &[(&str, &str)]| text.parse::<Matcher>().unwrap().matches(&labels(pairs));
        assert!(matches("a=~sho.", &[("a", "shop")]));
        assert!(!matches("a=~ho", &[("a", "shop")]));
        assert!(matches("a!=shop", &[]) && matches("a=\"\"", &[]) && matches("a!~.+", &[]));
        assert!(!all_match(&[], &labels(&[])), "no matcher means nothing");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let matcher: Matcher = "a=~\"x|y\"".parse().unwrap();
        let text = serde_json::to_string(&matcher).unwrap();
        assert_eq!(text, r#"{"name":"a","op":"=~","value":"x|y"}"#);
        assert_eq!(serde_json::from_str::<Matcher>(&text).unwrap(), matcher);
        assert!(serde_json::from_str::<Matcher>(r#"{"name":"a","op":"=~","value":"("}"#).is_err());
    }
}
