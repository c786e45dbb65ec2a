//! Answers to a form. Pure.

use std::collections::BTreeSet;

use evenkeel_core::{Failure, id::PersonId};
use jiff::civil::Date;
use serde_json::Value;

use super::form::{Answers, FIELDS_MAX, Field, FieldKind, OptionOf};
use crate::refuse::invalid;

/// The most characters of a key that a refusal repeats.
const KEY_SHOWN_CHARS: usize = 40;
/// The most characters of a line of text when nobody says.
const TEXT_CHARS: u32 = 200;
/// The most characters of a long text when nobody says.
const LONG_CHARS: u32 = 4_000;

impl FieldKind {
    /// # Errors
    /// What is wrong with an answer, in words.
    fn accepts(&self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (Self::Text { max_chars }, Value::String(text)) => {
                if text.chars().any(char::is_control) {
                    return Err("write one line".to_owned());
                }
                short(text, max_chars.unwrap_or(TEXT_CHARS))
            }
            (Self::LongText { max_chars }, Value::String(text)) => short(text, max_chars.unwrap_or(LONG_CHARS)),
            (Self::Number { whole: true, .. }, Value::Number(number)) if number.as_i64().is_none() => {
                Err("write a whole number".to_owned())
            }
            (Self::Number { min, max, .. }, Value::Number(number)) => {
                let number = number.as_f64().filter(|number| number.is_finite()).ok_or("write a number")?;
                if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
                    let bound = |bound: &Option<f64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
                    return Err(format!("write a number from {} to {}", bound(min), bound(max)));
                }
                Ok(())
            }
            (Self::Choice { options, several: false }, Value::String(key)) => among(options, key),
            (Self::Choice { options, several: true }, Value::Array(keys)) => {
                let mut seen = BTreeSet::new();
                keys.iter().try_for_each(|key| {
                    let key = key.as_str().ok_or("choose by key")?;
                    if seen.insert(key) { among(options, key) } else { Err(format!("{key:?} is chosen twice")) }
                })
            }
            (Self::YesNo, Value::Bool(_)) => Ok(()),
            (Self::Date { from, to }, Value::String(text)) => {
                let date: Date = text.parse().map_err(|_| "write a date as YYYY-MM-DD".to_owned())?;
                if from.is_some_and(|from| date < from) || to.is_some_and(|to| date > to) {
                    return Err("this date is not among those that can be given".to_owned());
                }
                Ok(())
            }
            (Self::Person, Value::String(id)) => id.parse::<PersonId>().map(|_| ()).map_err(|_| "this is no person's id".to_owned()),
            _ => Err(format!("{} is wanted", self.wanted())),
        }
    }

    const fn wanted(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::LongText { .. } => "a text",
            Self::Number { .. } => "a number",
            Self::Choice { several: false, .. } => "the key of an option",
            Self::Choice { several: true, .. } => "a list of keys of options",
            Self::YesNo => "true or false",
            Self::Date { .. } => "a date",
            Self::Person => "a person's id",
        }
    }
}

fn short(text: &str, chars_max: u32) -> Result<(), String> {
    let chars = text.chars().count();
    if chars > usize::try_from(chars_max).unwrap_or(usize::MAX) {
        return Err(format!("write at most {chars_max} characters; these are {chars}"));
    }
    Ok(())
}

fn among(options: &[OptionOf], key: &str) -> Result<(), String> {
    if options.iter().any(|option| option.key == key) { Ok(()) } else { Err(format!("{key:?} cannot be chosen")) }
}

/// Whether an answer says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(several) => several.is_empty(),
        _ => false,
    }
}

/// The answers that count: those to fields that are shown.
///
/// # Errors
/// A refusal at the first field, from the top, whose answer is missing or not one it can have; or at an answer to no field.
pub fn validate(fields: &[Field], given: &Answers) -> Result<Answers, Failure> {
    // Before anything is compared with anything: a form of ours never sends more.
    if given.len() > FIELDS_MAX {
        return Err(invalid("/answers", format!("a form has at most {FIELDS_MAX} fields; these are {} answers", given.len())));
    }
    if let Some(stranger) = given.keys().find(|key| !fields.iter().any(|field| field.key == **key)) {
        let place: String = stranger.chars().take(KEY_SHOWN_CHARS).collect();
        return Err(
            invalid(&format!("/answers/{place}"), "this form has no such field").allowed(fields.iter().map(|field| field.key.clone()))
        );
    }
    let mut answers = Answers::new();
    for field in fields {
        if field.shown_when.as_ref().is_some_and(|when| !when.holds(&answers)) {
            continue;
        }
        let at = format!("/answers/{}", field.key);
        match given.get(&field.key).filter(|value| !is_empty(value)) {
            None if field.required => return Err(invalid(&at, "this must be answered")),
            None => {}
            Some(value) => {
                field.kind.accepts(value).map_err(|wrong| invalid(&at, wrong))?;
                answers.insert(field.key.clone(), value.clone());
            }
        }
    }
    Ok(answers)
}
