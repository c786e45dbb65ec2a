//! The form of an item, and answers to it. Pure.
//!
//! A field may be shown for some answers only. It can depend on a field above it and on no other, so forms have no circles and
//! are read once from top to bottom. What is not shown is not asked for, and what is answered to it is dropped.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::{Failure, definition::Bilingual};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::refuse::invalid;

/// Answers by the key of their field.
pub type Answers = BTreeMap<String, Value>;

/// The most fields of a form.
pub const FIELDS_MAX: usize = 100;
/// The most options of a choice.
const OPTIONS_MAX: usize = 200;
/// The most characters of a label, a hint, an option.
const LABEL_CHARS_MAX: usize = 200;
/// The most characters of a key.
const KEY_CHARS_MAX: usize = 40;
/// The most characters of a line of text.
const TEXT_CHARS_MAX: u32 = 1_000;
/// The most characters of a long text.
const LONG_CHARS_MAX: u32 = 20_000;

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CatalogueField)]
pub struct Field {
    /// What answers, conditions and programs name it by.
    pub key: String,
    /// What is asked.
    pub label: Bilingual,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Bilingual>,
    /// Whether it must be answered while it is shown.
    #[serde(default)]
    pub required: bool,
    /// When it is shown; none = always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_when: Option<When>,
    /// What an answer is.
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// An answer that something depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueWhen)]
pub struct When {
    /// Of this field …
    pub field: String,
    /// … one of these is the answer, or among the answers.
    pub is: Vec<Value>,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = CatalogueFieldKind)]
pub enum FieldKind {
    /// A line.
    Text {
        /// At most so many characters; 200 when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<u32>,
    },
    /// Several lines.
    LongText {
        /// At most so many characters; 4000 when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<u32>,
    },
    /// A number.
    Number {
        /// At least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// At most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// Without a fraction.
        #[serde(default)]
        whole: bool,
    },
    /// One of these, or several.
    Choice {
        /// What can be chosen.
        options: Vec<OptionOf>,
        /// Whether several may be.
        #[serde(default)]
        several: bool,
    },
    /// Yes or no.
    YesNo,
    /// A date, `YYYY-MM-DD`.
    Date {
        /// Not before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        from: Option<Date>,
        /// Not after.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Date)]
        to: Option<Date>,
    },
    /// Somebody of the requester's organisation, by id.
    Person,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CatalogueOption)]
pub struct OptionOf {
    /// What the answer says.
    pub key: String,
    /// Its shown name.
    pub label: Bilingual,
}

impl When {
    /// Whether these answers make it so.
    pub fn holds(&self, answers: &Answers) -> bool {
        match answers.get(&self.field) {
            Some(Value::Array(several)) => several.iter().any(|one| self.is.contains(one)),
            Some(one) => self.is.contains(one),
            None => false,
        }
    }

    /// # Errors
    /// A refusal when no answer to any of `fields` could ever make it so.
    pub(super) fn check(&self, place: &str, fields: &[Field]) -> Result<(), Failure> {
        let Some(field) = fields.iter().find(|field| field.key == self.field) else {
            let keys = fields.iter().map(|field| field.key.clone());
            return Err(invalid(&format!("{place}/field"), format!("there is no field {:?} above that this can depend on", self.field))
                .allowed(keys));
        };
        let can = |value: &Value| match (&field.kind, value) {
            (FieldKind::Choice { options, .. }, Value::String(key)) => options.iter().any(|option| option.key == *key),
            (FieldKind::Choice { .. }, _) => false,
            (FieldKind::YesNo, value) => value.is_boolean(),
            (FieldKind::Number { .. }, value) => value.is_number(),
            (_, value) => value.is_string(),
        };
        match self.is.iter().position(|value| !can(value)) {
            _ if self.is.is_empty() || self.is.len() > OPTIONS_MAX => {
                Err(invalid(&format!("{place}/is"), format!("name 1 to {OPTIONS_MAX} answers")))
            }
            Some(at) => {
                Err(invalid(&format!("{place}/is/{at}"), format!("{} is no answer that field {:?} can have", self.is[at], self.field)))
            }
            None => Ok(()),
        }
    }
}

/// # Errors
/// A refusal of a key that cannot be one.
pub(super) fn key(place: &str, text: &str) -> Result<(), Failure> {
    let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if text.is_empty() || text.len() > KEY_CHARS_MAX || !plain {
        return Err(invalid(place, format!("{text:?} is no key: 1 to {KEY_CHARS_MAX} small letters, digits and '_'")));
    }
    Ok(())
}

/// # Errors
/// A refusal when one language is missing or too long.
pub(crate) fn words(place: &str, text: &Bilingual, chars_max: usize) -> Result<(), Failure> {
    for (language, text) in [("zh", &text.zh), ("en", &text.en)] {
        let chars = text.trim().chars().count();
        if chars == 0 || chars > chars_max {
            return Err(invalid(&format!("{place}/{language}"), format!("write 1 to {chars_max} characters; these are {chars}")));
        }
    }
    Ok(())
}

/// # Errors
/// A refusal that says which field of a form cannot be, and why.
pub(crate) fn check(fields: &[Field]) -> Result<(), Failure> {
    if fields.len() > FIELDS_MAX {
        return Err(invalid("/form", format!("a form has at most {FIELDS_MAX} fields; this one has {}", fields.len())));
    }
    let mut seen = BTreeSet::new();
    for (place, field) in fields.iter().enumerate() {
        let at = format!("/form/{place}");
        key(&format!("{at}/key"), &field.key)?;
        if !seen.insert(&field.key) {
            return Err(invalid(&format!("{at}/key"), format!("there is a field {:?} above already", field.key)));
        }
        words(&format!("{at}/label"), &field.label, LABEL_CHARS_MAX)?;
        if let Some(hint) = &field.hint {
            words(&format!("{at}/hint"), hint, LABEL_CHARS_MAX * 2)?;
        }
        if let Some(when) = &field.shown_when {
            when.check(&format!("{at}/shown_when"), &fields[..place])?;
        }
        field.kind.check(&at)?;
    }
    Ok(())
}

impl FieldKind {
    fn check(&self, at: &str) -> Result<(), Failure> {
        match self {
            Self::Text { max_chars: Some(chars) } if !(1..=TEXT_CHARS_MAX).contains(chars) => {
                Err(invalid(&format!("{at}/max_chars"), format!("a line has 1 to {TEXT_CHARS_MAX} characters")))
            }
            Self::LongText { max_chars: Some(chars) } if !(1..=LONG_CHARS_MAX).contains(chars) => {
                Err(invalid(&format!("{at}/max_chars"), format!("a long text has 1 to {LONG_CHARS_MAX} characters")))
            }
            Self::Number { min: Some(min), max: Some(max), .. } if min > max => {
                Err(invalid(&format!("{at}/max"), "no number is at least `min` and at most `max`"))
            }
            Self::Date { from: Some(from), to: Some(to) } if from > to => {
                Err(invalid(&format!("{at}/to"), "no date is from `from` to `to`"))
            }
            Self::Choice { options, .. } => {
                if options.is_empty() || options.len() > OPTIONS_MAX {
                    return Err(invalid(&format!("{at}/options"), format!("a choice has 1 to {OPTIONS_MAX} options")));
                }
                let mut seen = BTreeSet::new();
                for (place, option) in options.iter().enumerate() {
                    let at = format!("{at}/options/{place}");
                    key(&format!("{at}/key"), &option.key)?;
                    words(&format!("{at}/label"), &option.label, LABEL_CHARS_MAX)?;
                    if !seen.insert(&option.key) {
                        return Err(invalid(&format!("{at}/key"), format!("there is an option {:?} already", option.key)));
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "tests/form.rs"]
mod tests;
